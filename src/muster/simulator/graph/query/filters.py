"""`$filter`: read, refused as Graph refuses, or turned into a test."""

from collections.abc import Callable, Mapping

from muster.core.errors import QueryError
from muster.odata import Expression, parse, predicate, refusal, syntax_refusal
from muster.odata.nodes import And, In, Path
from muster.simulator.graph.errors import GraphError
from muster.simulator.graph.kinds import KindInfo

Test = Callable[[Mapping[str, object]], bool]


def filter_test(text: str, *, info: KindInfo, is_advanced: bool, has_null_logic: bool) -> Test:
    """The test that a filter means. Raises GraphError with Graph's own words."""
    try:
        expression = parse(text)
    except QueryError as error:
        found = syntax_refusal(error)
        raise GraphError(found.status, found.code, found.message) from error
    refused = refusal(expression, resource=info.resource, is_advanced=is_advanced)
    if refused is not None:
        raise GraphError(refused.status, refused.code, refused.message)
    return predicate(expression, null_is_false=not has_null_logic)


def named_ids(text: str) -> list[str] | None:
    """The ids among which all that a readable filter finds must be; None if it names none."""
    return _ids(parse(text))


def _ids(expression: Expression) -> list[str] | None:
    if isinstance(expression, And):
        named = (_ids(each) for each in expression.operands)
        return next((each for each in named if each is not None), None)
    if not isinstance(expression, In) or not isinstance(expression.operand, Path):
        return None
    if expression.operand.text.casefold() != "id":
        return None
    return list(dict.fromkeys(str(each.value).lower() for each in expression.values))
