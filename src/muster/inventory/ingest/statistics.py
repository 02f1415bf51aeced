"""What a run did to the inventory, in numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Self

from muster.core.records import CollectionReport


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that whoever runs this should see, with its numbers."""

    event: str
    fields: Mapping[str, object]


@dataclass(slots=True)
class Statistics:
    """Counts of records.

    An asset record is either new (it made an asset), matched (it is new and joined an asset),
    changed, unchanged or excluded (unknown assets are, on request).
    What a complete run no longer saw is gone; or deselected, if it was the first complete run under
    other settings, so that it may be there still. `sudden_losses` are collections that lost more
    than they kept, `feeds_left` the worlds that a credential no longer opens.
    A record is unreadable if its id is, or if it is a service of an asset that nobody named: it
    is left out.
    """

    assets_new: int = 0
    assets_matched: int = 0
    assets_changed: int = 0
    assets_unchanged: int = 0
    assets_excluded: int = 0
    assets_gone: int = 0
    assets_deselected: int = 0
    services: int = 0
    users_new: int = 0
    users_changed: int = 0
    users_unchanged: int = 0
    users_gone: int = 0
    users_deselected: int = 0
    groups_new: int = 0
    groups_changed: int = 0
    groups_unchanged: int = 0
    groups_gone: int = 0
    groups_deselected: int = 0
    memberships: int = 0
    memberships_gone: int = 0
    ownerships: int = 0
    ownerships_gone: int = 0
    unreadable: int = 0
    sudden_losses: int = 0
    feeds_left: int = 0
    incomplete: list[CollectionReport] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """Return statistics that begin with counts as `as_dict` tells them."""
        statistics = cls()
        for name, amount in counts.items():
            statistics.add(name, amount)
        return statistics

    def go_back(self, earlier: Self) -> None:
        """Be as a copy of these was earlier: what was counted since was not written."""
        for each in fields(self):
            setattr(self, each.name, getattr(earlier, each.name))

    def copy(self) -> Self:
        """Return the same counts, reports and notices, to go back to."""
        return replace(self, incomplete=[*self.incomplete], notices=[*self.notices])

    def add(self, name: str, amount: int = 1) -> None:
        """Count `amount` more of one of the fields."""
        setattr(self, name, getattr(self, name) + amount)

    def take_notices(self) -> list[Notice]:
        """Return what has not been said yet; whoever takes it says it."""
        taken, self.notices = self.notices, []
        return taken

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, without the reports and notices."""
        counts = asdict(self)
        del counts["incomplete"], counts["notices"]
        return counts
