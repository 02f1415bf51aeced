"""What only an inventory can tell: the values of a keyword, or the names of its attributes."""

from dataclasses import dataclass
from enum import StrEnum

from muster.query.ast import Operator, Value
from muster.query.parse import is_typable
from muster.query.printing import keyword_text, value_text
from muster.query.values import addresses
from muster.query.values.versions import is_version

LONGEST_SUGGESTED = 200
"""Longer values are no help in a list."""

_COMPARISONS = frozenset(Operator) - {Operator.CONTAINS, Operator.EQUAL}


class WantedKind(StrEnum):
    """Where the answers lie."""

    VALUES = "values"
    ATTRIBUTES = "attributes"
    SOURCES = "sources"
    SITES = "sites"
    ORGANIZATIONS = "organizations"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for in an inventory, and how a found text is written into the query.

    `prefix` is folded, as values and names are in the index. `keys` are the folded keys whose
    values are wanted. With `is_keyword` the names found are themselves keywords, behind
    `before`: a relation (`owner.`) or a source (`@azuread.user.`).
    """

    kind: WantedKind
    inventory: str
    prefix: str = ""
    keys: tuple[str, ...] = ()
    operator: Operator = Operator.CONTAINS
    before: str = ""
    is_keyword: bool = False
    is_address: bool = False

    def written(self, found: str) -> str | None:
        """Return the text of a suggestion; None if the query could not hold it or not read it."""
        if not found or len(found) > LONGEST_SUGGESTED or not is_typable(found):
            return None
        if self.is_keyword:
            return f"{keyword_text(self.before + found)}:"
        if self.operator in _COMPARISONS and not is_version(found):
            return None
        if self.is_address and addresses.ranges(found) is None:
            return None
        return value_text(Value.literal(found), self.operator)
