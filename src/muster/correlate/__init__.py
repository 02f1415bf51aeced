"""Which records are of the same machine. Pure: values in, decisions with their reasons out."""

from muster.correlate.clusters import (
    BY_HAND,
    LED,
    MOST_LED,
    NEW,
    Decision,
    Leaders,
    Link,
    Node,
    find_leaders,
    resolve,
)
from muster.correlate.keys import (
    RULES,
    Dimension,
    Key,
    Reading,
    can_link,
    dimension_of,
    keys_of,
    readings,
)
from muster.correlate.standing import ORDINARY, Standing, standing_of
from muster.correlate.vetoes import Machine, veto

__all__ = [
    "BY_HAND",
    "LED",
    "MOST_LED",
    "NEW",
    "ORDINARY",
    "RULES",
    "Decision",
    "Dimension",
    "Key",
    "Leaders",
    "Link",
    "Machine",
    "Node",
    "Reading",
    "Standing",
    "can_link",
    "dimension_of",
    "find_leaders",
    "keys_of",
    "readings",
    "resolve",
    "standing_of",
    "veto",
]
