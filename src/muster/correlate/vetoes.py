"""What forbids that two groups of records are one machine, whatever matches."""

from dataclasses import dataclass, field

from muster.correlate.keys import RULES, Dimension, Key, values_of

SCANS = 1
# Sources that look at machines from outside: what adapter they see answers for that machine.
SCANNERS = frozenset({SCANS, 10, 11, 12, 13, 14})

_STRONG = tuple(dimension for dimension, rule in RULES.items() if rule.breaks)
# Who has the same serial number or id and another system was installed anew.
_SYSTEMS_BREAK_BELOW = RULES[Dimension.SERIAL].strength
_MACS_BREAK_BELOW = RULES[Dimension.MAC].strength


@dataclass(slots=True)
class Machine:
    """What a group of records says together. `apart` are records that a person kept from it."""

    sources: set[int]
    families: set[str]
    ids: dict[Dimension, set[str]]
    scanned_macs: set[str]
    records: set[int] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, record: int, source_id: int, os_family: str, keys: frozenset[Key]) -> "Machine":
        """Return the machine of one record."""
        return cls(
            sources={source_id},
            families={os_family} if os_family else set(),
            ids={each: values_of(each, keys) for each in _STRONG},
            scanned_macs=values_of(Dimension.MAC, keys) if source_id in SCANNERS else set(),
            records={record},
        )

    def take(self, other: "Machine") -> None:
        """Add what another group says."""
        self.sources |= other.sources
        self.families |= other.families
        self.scanned_macs |= other.scanned_macs
        self.records |= other.records
        self.apart |= other.apart
        for dimension, values in other.ids.items():
            self.ids[dimension] |= values


def veto(strength: int, one: Machine, other: Machine) -> str:
    """Return what forbids a match of that strength, "" if nothing does."""
    if one.apart & other.records or other.apart & one.records:
        return "a person said that they are two machines"
    if one.sources & other.sources:
        return "each has a record of the same source, and two ids of one source are two machines"
    for dimension in _STRONG:
        is_stronger = RULES[dimension].strength > strength
        if is_stronger and _differ(one.ids[dimension], other.ids[dimension]):
            return f"{RULES[dimension].label} differs"
    if strength < _SYSTEMS_BREAK_BELOW and _differ(one.families, other.families):
        return "their operating systems are of different families"
    if strength < _MACS_BREAK_BELOW and _differ(one.scanned_macs, other.scanned_macs):
        return "scans saw them with different adapters"
    return ""


def _differ(one: set[str], other: set[str]) -> bool:
    return bool(one and other and not one & other)
