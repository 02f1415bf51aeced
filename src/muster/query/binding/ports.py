"""What a list of ports means: the open ports of one transport, all together."""

from muster.query.ast import Operator, Term
from muster.query.binding.faults import fault_in_value, unexpected_value
from muster.query.catalogue import Field
from muster.query.conditions import AllOf, AnyOf, Condition, FigureIs, RelatedTo, Without
from muster.query.values.numbers import Interval

MOST_PORTS = 100
_LARGEST = 65_535
_ANY = "%"


def bind_ports(term: Term, field: Field) -> Condition:
    """Return the condition that all the listed ports are open, and behind `:=` no others.

    An empty list behind `:=` means that none is. Raises QueryError if the value is no list.
    """
    text = term.value.plain().strip()
    if text in {"", _ANY}:
        return any_port(field) if text else Without(any_port(field))
    ports = _ports(term, field, text)
    tests = tuple(FigureIs(field.column, Interval(low=each, high=each)) for each in ports)
    listed = tuple(_open(field, each) for each in tests)
    if term.operator is not Operator.EQUAL:
        return AllOf(listed)
    other = AllOf((FigureIs(field.column, Interval()), Without(AnyOf(tests))))
    return AllOf((*listed, Without(_open(field, other))))


def any_port(field: Field) -> Condition:
    """Return the condition that any port of the field's transport is open."""
    return _open(field, FigureIs(field.column, Interval()))


def _open(field: Field, condition: Condition) -> Condition:
    return RelatedTo(field.relation, field.inventory, condition)


def _ports(term: Term, field: Field, text: str) -> list[int]:
    parts = [each.strip() for each in text.split(",")]
    if not all(each.isascii() and each.isdigit() and len(each) <= len("65535") for each in parts):
        raise unexpected_value(term, field)
    ports = sorted({int(each) for each in parts})
    if ports[-1] > _LARGEST:
        raise fault_in_value(term, f"{ports[-1]} is no port: the largest is {_LARGEST}")
    if len(ports) > MOST_PORTS:
        raise fault_in_value(term, f"at most {MOST_PORTS} ports can be listed at once")
    return ports
