"""`$orderby`: by the few properties the directory can sort by."""

from collections.abc import Mapping
from dataclasses import dataclass

from muster.simulator.graph.errors import malformed, unsupported
from muster.simulator.graph.kinds import KindInfo


@dataclass(frozen=True, slots=True)
class Order:
    """One property and a direction."""

    name: str
    is_descending: bool

    def key(self, row: Mapping[str, object]) -> tuple[bool, str]:
        """What rows are sorted by; nulls come first."""
        value = row.get(self.name)
        return value is not None, str(value).casefold() if value is not None else ""


def read_order(text: str, *, info: KindInfo) -> Order:
    """The order a text means. Raises GraphError for what cannot be sorted by."""
    clauses = [clause.split() for clause in text.split(",")]
    if len(clauses) != 1:
        raise unsupported("Sorting by more than one property is not supported.")
    name, *direction = clauses[0] or [""]
    if len(direction) > 1 or (direction and direction[0].lower() not in {"asc", "desc"}):
        raise malformed(f"Syntax error at position {len(name)} in '{text}'.")
    names = {known.lower(): known for known in info.orderable}
    if name.lower() not in names:
        raise unsupported(f"Unsupported sort property '{name}' for '{info.title}'.")
    is_descending = bool(direction) and direction[0].lower() == "desc"
    return Order(names[name.lower()], is_descending)
