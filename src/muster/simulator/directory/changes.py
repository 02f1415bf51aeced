"""What a tenant remembers of its changes, so that a delta can be told."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["devices", "users", "groups"]
What = Literal["changed", "soft_deleted", "deleted"]
Member = tuple[Kind, str]

KINDS: tuple[Kind, ...] = ("devices", "users", "groups")


@dataclass(frozen=True, slots=True)
class TenantSize:
    """How many objects a tenant starts with."""

    devices: int
    users: int
    groups: int

    def of(self, kind: Kind) -> int:
        """Return the number for one kind."""
        return {"devices": self.devices, "users": self.users, "groups": self.groups}[kind]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one object.

    A new or restored object is `changed` in all its properties. The member lists are used for
    groups only; several changes may carry the same version (a deleted user leaves groups).
    """

    id: str
    what: What
    version: int
    properties: frozenset[str] = frozenset()
    members_added: tuple[Member, ...] = ()
    members_removed: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class EvolutionSummary:
    """What a day did: counts by `<kind> <deed>`, such as `devices renamed`."""

    version: int
    counts: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: Kind) -> int:
        """How many deeds touched objects of the kind."""
        return sum(count for name, count in self.counts.items() if name.startswith(kind))


class ChangeLog:
    """The changes of all kinds in the order in which they happened."""

    def __init__(self) -> None:
        """Start with no change."""
        self._changes: dict[Kind, list[Change]] = {kind: [] for kind in KINDS}
        self._versions: dict[Kind, list[int]] = {kind: [] for kind in KINDS}

    def note(self, kind: Kind, change: Change) -> None:
        """Append a change; versions never fall."""
        self._changes[kind].append(change)
        self._versions[kind].append(change.version)

    def since(self, kind: Kind, version: int) -> Sequence[Change]:
        """Return the changes of a kind later than the version, oldest first."""
        return self._changes[kind][bisect_right(self._versions[kind], version) :]
