"""How a condition is compiled: for all rows, for a stream of them, or for a few candidates.

The same condition reads best in different ways. The owners of a value are a range of the index,
which is quick to start and dear to keep; whether one row has the value is a single look into the
index; and a pattern over a million values is best asked once, keeping only what belongs to the
candidates.
"""

from enum import Enum, auto

CANDIDATES = "candidates"
"""The named set of ids, in a column `id`, that NEAR conditions are asked of."""


class Reading(Enum):
    """What sets of ids become."""

    WHOLE = auto()
    """Each set is whole: the condition can be negated, counted and joined anywhere."""
    STREAMED = auto()
    """Where few values are wanted they are looked up row by row; other sets are whole."""
    NEAR = auto()
    """As STREAMED, and other sets only hold candidates. True of candidates only."""
