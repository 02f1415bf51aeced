"""When something counts as no longer seen, and what of an asset goes then: no rows, only rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

SCANS = 1


class Reason(IntEnum):
    """Why something goes; the first that holds."""

    STALE = 1
    OFFLINE = 2
    ATTRIBUTES = 3
    LATEST = 4
    DIRECTORY = 5

    @property
    def setting(self) -> str:
        """The setting that says so."""
        return _SETTINGS[self]


_SETTINGS = {
    Reason.STALE: "expiration_assets_stale",
    Reason.OFFLINE: "expiration_assets_offline",
    Reason.ATTRIBUTES: "expiration_integration_attributes",
    Reason.LATEST: "keep_latest_integration_attributes",
    Reason.DIRECTORY: "expiration_directory",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a record of a source was last seen, and by which run. Instants are Unix seconds."""

    number: int
    feed: int
    source_id: int
    last_seen: int
    gone_at: int | None
    run: int
    asset: int | None = None
    is_superseded: bool = False


@dataclass(frozen=True, slots=True)
class Horizon:
    """What was last seen before `cutoff` has aged, except what a source still has.

    `synced` are the feeds that were read since, whole or in part, and `first_run` the first run
    that began since: whoever reads a feed keeps what it does not say is gone.
    """

    cutoff: int
    synced: frozenset[int] = frozenset()
    first_run: int | None = None

    def has_aged(self, seen: Sighting) -> bool:
        """True if nothing has seen it since the cutoff, and no source that is read has it."""
        if max(seen.last_seen, seen.gone_at or seen.last_seen) >= self.cutoff:
            return False
        if seen.gone_at is not None or seen.source_id == SCANS:
            return True
        is_touched = self.first_run is not None and seen.run >= self.first_run
        return not is_touched and seen.feed not in self.synced


@dataclass(frozen=True, slots=True)
class Rules:
    """What an organization lets go: a horizon for each reason that it has set."""

    horizons: Mapping[Reason, Horizon]
    keeps_latest: bool
    source_of: Mapping[int, str]

    def going(self, sightings: Sequence[Sighting], *, is_alive: bool) -> dict[int, Reason]:
        """Return which records of one asset go, by number; all of them, and the asset goes."""
        for reason in (Reason.STALE, Reason.OFFLINE):
            horizon = self.horizons.get(reason)
            if horizon is None or (reason is Reason.OFFLINE and is_alive):
                continue
            if all(horizon.has_aged(each) for each in sightings):
                return {each.number: reason for each in sightings}
        attributes = self.horizons.get(Reason.ATTRIBUTES)
        found = {
            each.number: Reason.ATTRIBUTES
            for each in sightings
            if attributes and each.source_id != SCANS and attributes.has_aged(each)
        }
        if self.keeps_latest:
            staying = [each for each in sightings if each.number not in found]
            found |= dict.fromkeys(self._older(staying), Reason.LATEST)
        return found

    def has_aged(self, seen: Sighting, reason: Reason) -> bool:
        """True if a record has aged as far as that reason goes."""
        horizon = self.horizons.get(reason)
        return horizon is not None and horizon.has_aged(seen)

    def _older(self, sightings: Iterable[Sighting]) -> list[int]:
        newest: dict[str, Sighting] = {}
        older: list[int] = []
        for each in sorted(sightings, key=_newest_last, reverse=True):
            if each.source_id == SCANS:
                continue
            if newest.setdefault(self.source_of[each.feed], each) is not each:
                older.append(each.number)
        return older


def _newest_last(seen: Sighting) -> tuple[object, ...]:
    return seen.gone_at is None, not seen.is_superseded, seen.last_seen, seen.number
