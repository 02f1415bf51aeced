"""Keywords that may stand where a term starts: by what was typed, else by nearness."""

import difflib
from collections.abc import Iterator

from muster.query.catalogue import Catalogue, Field, FieldType
from muster.query.completing.completion import Suggestion, SuggestionKind
from muster.query.completing.resolving import Resolved, resolve
from muster.query.completing.wanted import Wanted, WantedKind

_LONGEST_COMPARED = 60
_ALIKE = 0.6
_WHOLE, _START, _OTHER_START, _START_OF_PART, _WITHIN = range(5)


def keywords(typed: str, inventory: str) -> Iterator[Suggestion]:
    """Yield the keywords for what was typed, most fitting first.

    Behind the whole name of a relation come the keywords of the inventory that it leads to.
    """
    found = resolve(typed, inventory)
    for name, field in ranked(found.rest, found.inventory):
        yield _suggestion(f"{found.before}{name}", field)
    if found.field is not None and found.field.type is FieldType.RELATION:
        inside = resolve(f"{typed}.", inventory)
        if inside.before:
            for field in inside.inventory.known():
                yield _suggestion(f"{inside.before}{field.name}", field)


def attributes_wanted(typed: str, inventory: str) -> Wanted | None:
    """Return which attribute names may stand there; None where nothing was typed of one."""
    found = resolve(typed, inventory)
    if not found.rest or not found.inventory.has_attributes:
        return None
    source, prefix = _source_and_name(found)
    return Wanted(
        WantedKind.ATTRIBUTES,
        found.inventory.inventory,
        prefix=prefix.casefold(),
        before=found.before + source,
        is_keyword=True,
    )


def ranked(typed: str, inventory: Catalogue) -> list[tuple[str, Field]]:
    """Return names with their fields, one a field: prefixes first, near ones if there are none."""
    folded = typed.casefold()
    ranks = [(_rank(folded, each), each) for each in inventory.known()]
    fitting = sorted(
        ((rank, name, each) for (rank, name), each in ranks if rank is not None),
        key=lambda found: found[0],
    )
    if fitting:
        return [(name, each) for _, name, each in fitting]
    names = difflib.get_close_matches(
        folded[:_LONGEST_COMPARED], inventory.names(), n=5, cutoff=_ALIKE
    )
    near: dict[str, tuple[str, Field]] = {}
    for name in names:
        if (field := inventory.field(name)) is not None:
            near.setdefault(field.name, (name, field))
    return list(near.values())


def _rank(folded: str, field: Field) -> tuple[int | None, str]:
    """Return how well a field fits, less is better, and under which of its names; None if not."""
    names = (field.name, *field.aliases)
    for name in names:
        if name == folded:
            return _WHOLE, name
    for name in names:
        if name.startswith(folded):
            return (_START if name == field.name else _OTHER_START), name
    if any(part.startswith(folded) for part in field.name.split("_")):
        return _START_OF_PART, field.name
    if folded in field.name:
        return _WITHIN, field.name
    return None, ""


def _source_and_name(found: Resolved) -> tuple[str, str]:
    """Return `@azuread.user.` and the bare name behind it where an inventory keeps bare names."""
    if not found.inventory.is_open or not found.rest.startswith("@"):
        return "", found.rest
    source, _, rest = found.rest.partition(".")
    kind, dot, name = rest.partition(".")
    return (f"{source}.{kind}.", name) if dot else ("", found.rest)


def _suggestion(name: str, field: Field) -> Suggestion:
    return Suggestion(
        f"{name}:", SuggestionKind.KEYWORD, field.help, field.type.value, field.example
    )
