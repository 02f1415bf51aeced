"""Telling a person, before anything is sent, what Graph will refuse in a filter and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from muster.core.errors import QueryError
from muster.odata import properties, shape
from muster.odata.mistakes import nearest, short
from muster.odata.nodes import Expression, Kind, Lambda, Literal, Node
from muster.odata.parser import parse
from muster.odata.properties import LONELY_ROOT, Level, Property, Resource
from muster.odata.support import allowed, fits, literal_hint, support, wanted_type
from muster.odata.uses import Fault, Use, uses

LONGEST_ADVANCED_URL = 2048

_NOWHERE = ", nor on any other property of its directory"
_REASONS = {
    "lt": _NOWHERE,
    "gt": _NOWHERE,
    "has": _NOWHERE,
    "contains": _NOWHERE,
    "endsWith": ", only on mail, otherMails, userPrincipalName and proxyAddresses",
}
_INSTEAD_OF = {"lt": "le", "gt": "ge", "contains": "startsWith", "endsWith": "startsWith"}


class Severity(StrEnum):
    """Whether Graph will refuse the filter, or might."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark on a filter; `position` and `length` say where in the text."""

    severity: Severity
    message: str
    hint: str
    position: int
    length: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A filter that can be read, and what there is to say of it, in the order of the text.

    `needs_advanced` says that it works only with `ConsistencyLevel: eventual` and `$count=true`.
    """

    text: str
    expression: Expression
    issues: tuple[Issue, ...]
    needs_advanced: bool

    @property
    def errors(self) -> tuple[Issue, ...]:
        """What Graph will refuse."""
        return tuple(each for each in self.issues if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """What Graph might refuse, or answer otherwise than meant."""
        return tuple(each for each in self.issues if each.severity is Severity.WARNING)

    def raise_first(self) -> None:
        """Raise the first error, if there is one, as the QueryError that it is."""
        for each in self.errors[:1]:
            raise QueryError(
                each.message,
                hint=each.hint,
                code="Request_UnsupportedQuery",
                text=self.text,
                position=each.position,
                length=each.length,
            )


def check(text: str, *, resource: str) -> Checked:
    """Return the filter's expression and every remark that the resource's tables call for.

    `resource` is `device`, `user` or `group`. Where Microsoft's own pages disagree there is a
    warning and never an error. Raises QueryError if the text is no filter at all.
    """
    expression = parse(text)
    table = properties.resource(resource)
    found = list(uses(expression))
    needs = needs_advanced(expression, resource=resource)
    issues = [issue for each in found for issue in _issues(each, table)]
    if not _asks_for_advanced(expression, resource):
        issues += _size_issues(expression)
    issues += _address_issues(expression, text)
    issues += _combination_issues([each for each in found if isinstance(each, Use)], table, needs)
    return Checked(text, expression, tuple(sorted(issues, key=lambda each: each.position)), needs)


def needs_advanced(expression: Expression, *, resource: str) -> bool:
    """True unless the filter is known to work without `ConsistencyLevel` and `$count=true`."""
    return shape.is_too_large(expression) or _asks_for_advanced(expression, resource)


def _asks_for_advanced(expression: Expression, resource: str) -> bool:
    """True if an operator in it is advanced, whatever its size."""
    if shape.advanced_operator(expression):
        return True
    table = properties.resource(resource)
    return any(_is_advanced(each, table) for each in uses(expression) if isinstance(each, Use))


def _is_advanced(use: Use, table: Resource) -> bool:
    item = table.find(use.path)
    if use.operator in {"any", "all"}:
        return False
    return item is None or support(item, use).level is Level.ADVANCED


def _issues(found: Use | Fault, table: Resource) -> Iterator[Issue]:
    if isinstance(found, Fault):
        yield _issue(found.node, found.message, found.hint, is_error=found.is_error)
        return
    if found.operator == "all":
        hint = "Say it with any: not(collection/any(x:...))."
        yield _issue(found.node, "Graph does not support `all`", hint)
    item = table.find(found.path)
    if item is None:
        yield from _unknown(found, table)
    elif misshapen := _shape_issue(found, item, table):
        yield misshapen
    elif found.operator == "any":
        yield from _emptiness_issues(found)
    elif found.operator != "all":
        yield from _literal_issues(found, item)
        yield from _support_issues(found, item)


def _unknown(use: Use, table: Resource) -> Iterator[Issue]:
    first, _, rest = use.path.partition("/")
    parent = table.properties.get(first)
    if rest and parent is not None:
        yield _unknown_part(use, rest, parent, table)
    elif not use.is_element:  # the collection that it is an element of has been named already
        yield _unknown_root(use, first, table)


def _unknown_root(use: Use, first: str, table: Resource) -> Issue:
    near = nearest(first, table.properties)
    if near and near.casefold() == first.casefold():
        hint = f"Case matters in names: write {near}."
        return _issue(use.subject, f"A {table.name} has no property `{short(first)}`", hint)
    if table.may_be_extension(use.path):
        message = f"`{short(use.path)}` is an extension or a type that Muster cannot check"
        return _issue(use.subject, message, "Graph decides whether it exists.", is_error=False)
    hint = f"Did you mean {near}?" if near else f"See Microsoft's page of the {table.name}."
    return _issue(use.subject, f"A {table.name} has no property `{short(first)}`", hint)


def _unknown_part(use: Use, part: str, parent: Property, table: Resource) -> Issue:
    known = table.parts(parent.name)
    near = nearest(part, known)
    if not parent.is_complex:
        hint = f"Write {parent.name} by itself."
    elif near:
        hint = f"Did you mean {near}?"
    else:
        hint = f"Filters know {', '.join(known)}." if known else "No filter can look inside it."
    return _issue(use.subject, f"`{parent.name}` has no part `{short(part)}` to filter by", hint)


def _shape_issue(use: Use, item: Property, table: Resource) -> Issue | None:
    name = use.subject.text
    if use.operator in {"any", "all", "count"}:
        if item.is_collection:
            return None
        return _issue(use.subject, f"`{name}` is one value and no list", f"Write {name} eq value.")
    if item.is_collection and not use.is_element:
        parts = table.parts(item.name)
        inner = f"x/{parts[0]}" if parts else "x"
        hint = f"Write {name}/any(x:{inner} eq value)."
        return _issue(use.subject, f"`{name}` is a list", hint)
    if item.is_complex:
        inside = ", ".join(f"{name}/{each}" for each in table.parts(item.name)[:3])
        hint = f"Compare one of its parts: {inside}." if inside else "No filter can look inside it."
        return _issue(use.subject, f"`{name}` is an object", hint)
    return None


def _emptiness_issues(use: Use) -> Iterator[Issue]:
    if isinstance(use.node, Lambda) and use.node.predicate is None:
        hint = f"Write {use.subject.text}/$count ne 0."
        message = "No page of Microsoft's knows any() without a condition"
        yield _issue(use.node, message, hint, is_error=False)


def _literal_issues(use: Use, item: Property) -> Iterator[Issue]:
    if use.operator == "":
        yield _condition_issue(use, item)
    wanted = wanted_type(item, use)
    for literal in use.literals:
        if not fits(wanted, literal):
            message = (
                f"`{use.subject.text}` is {_article(wanted)}, and {short(literal.text)} is not"
            )
            yield _issue(literal, message, literal_hint(wanted, literal))
        elif use.operator == "startsWith" and _length(literal) > shape.LONGEST_PREFIX:
            message = f"Graph takes at most {shape.LONGEST_PREFIX} characters in startsWith"
            yield _issue(literal, message, "Shorten the text.")


def _condition_issue(use: Use, item: Property) -> Issue:
    name = use.subject.text
    if item.element_type == "Edm.Boolean":
        hint = f"Write {name} eq true."
        return _issue(use.node, f"`{name}` stands alone", hint, is_error=False)
    return _issue(use.node, f"`{name}` is neither true nor false", f"Write {name} eq value.")


def _support_issues(use: Use, item: Property) -> Iterator[Issue]:
    answer = support(item, use)
    if answer.level is Level.NONE:
        yield _issue(use.node, *_refused(use, item))
    elif answer.is_disputed:
        message = f"Microsoft's pages disagree on whether `{item.name}` takes {_asked(use)}"
        hint = "It is sent; if Graph refuses it, take it out."
        yield _issue(use.node, message, hint, is_error=False)


def _refused(use: Use, item: Property) -> tuple[str, str]:
    name, offered = use.path, allowed(item)
    if not offered and not item.stated:
        return f"Graph cannot filter by `{name}`", "Take it out; no operator works on it."
    if use.operator == "ne" and use.is_element:
        return "`ne` inside any() is not supported", "Write not(collection/any(x:x eq value))."
    instead = _INSTEAD_OF.get(use.operator, "")
    hint = f"It takes {', '.join(offered)}." if offered else "See Microsoft's page."
    if instead in offered:
        hint = f"Use {instead}. {hint}"
    reason = _REASONS.get(use.operator, "")
    return f"Graph does not support {_asked(use)} on `{name}`{reason}", hint


def _asked(use: Use) -> str:
    if use.operator == "count":
        value = use.literals[0].text
        return f"`/$count {use.comparison} {value}`"
    is_null = any(each.kind is Kind.NULL for each in use.literals)
    return f"`{use.operator or 'eq'} null`" if is_null else f"`{use.operator or 'eq'}`"


def _address_issues(expression: Expression, text: str) -> Iterator[Issue]:
    if len(quote(text, safe="")) > LONGEST_ADVANCED_URL:
        message = f"The request's address will be longer than {LONGEST_ADVANCED_URL} characters"
        yield _issue(expression, message, "Graph may refuse it; shorten it.", is_error=False)


def _size_issues(expression: Expression) -> Iterator[Issue]:
    """A filter that is advanced anyway has no limit of size, so none is mentioned."""
    alternatives, height = shape.or_children(expression), shape.height(expression)
    if alternatives > shape.MOST_ALTERNATIVES:
        message = f"{alternatives} alternatives are more than the {shape.MOST_ALTERNATIVES}"
        yield _size_issue(expression, f"{message} that Graph takes by default")
    if height > shape.GREATEST_HEIGHT:
        message = f"A height of {height} is more than the {shape.GREATEST_HEIGHT}"
        yield _size_issue(expression, f"{message} that Graph takes by default")


def _size_issue(expression: Expression, message: str) -> Issue:
    hint = "It works as an advanced query, with ConsistencyLevel: eventual."
    return _issue(expression, message, hint, is_error=False)


def _combination_issues(
    found: list[Use],
    table: Resource,
    needs: bool,  # noqa: FBT001, private and named at its one call
) -> Iterator[Issue]:
    roots = {each.path.split("/", 1)[0] for each in found}
    for each in found:
        if each.path.split("/", 1)[0] == LONELY_ROOT and len(roots) > 1:
            message = "Graph combines signInActivity with no other property"
            yield _issue(each.node, message, "Filter by it alone.")
        item = table.find(each.path)
        if needs and item is not None and support(item, each).level is Level.DEFAULT_ONLY:
            message = f"`{each.subject.text}` works only outside advanced queries"
            yield _issue(each.node, message, "The rest of the filter needs an advanced one.")


def _article(type_name: str) -> str:
    words = {
        "Edm.Boolean": "true or false",
        "Edm.String": "text",
        "Edm.DateTimeOffset": "a date-time",
        "Edm.Guid": "a GUID",
    }
    return words.get(type_name, "a number")


def _length(literal: Literal) -> int:
    return len(literal.value) if isinstance(literal.value, str) else 0


def _issue(node: Node, message: str, hint: str, *, is_error: bool = True) -> Issue:
    severity = Severity.ERROR if is_error else Severity.WARNING
    return Issue(severity, message, hint, node.position, node.length)
