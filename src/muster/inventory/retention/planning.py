"""What would go now: planned whole before anything does, in 40 bytes for each thing."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from muster.core.records import Collection
from muster.inventory.ingest import directory
from muster.inventory.models import CollectionSync, Feed
from muster.inventory.retention import sightings
from muster.inventory.retention.aging import SCANS, Horizon, Reason, Rules, Sighting
from muster.inventory.retention.policy import Policy, policy
from muster.inventory.retention.sightings import AssetSeen
from muster.inventory.selectors.instants import instant
from muster.organizations.scope import Scope

FirstRun = Callable[[datetime], int | None]
"""From an instant to the number of the first run that began since; None if none did."""

BATCH = 1000
KINDS = {"users": directory.USERS, "groups": directory.GROUPS}
_BY_ASSET = (Reason.STALE, Reason.OFFLINE, Reason.ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Going:
    """One record, user or group that goes: why, and by which run it was last seen.

    `is_whole` says of a record that its asset goes with it.
    """

    number: int
    asset: int
    reason: Reason
    run: int
    gone_at: int
    is_whole: bool


@dataclass(slots=True)
class Goings:
    """Many of them, in little memory: six whole numbers each, those of one asset together."""

    numbers: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, seen: Sighting, reason: Reason, *, is_whole: bool) -> None:
        """Add one; 0 stands for no asset, and for not gone."""
        asset, gone_at = seen.asset or 0, seen.gone_at or 0
        self.numbers.extend((seen.number, asset, reason, seen.run, gone_at, is_whole))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.numbers) // 6

    def batches(self) -> Iterator[list[Going]]:
        """Yield them in bounded lists that end where an asset does."""
        batch: list[Going] = []
        for start in range(0, len(self.numbers), 6):
            number, asset, reason, run, gone_at, is_whole = self.numbers[start : start + 6]
            if len(batch) >= BATCH and (asset == 0 or asset != batch[-1].asset):
                yield batch
                batch = []
            batch.append(Going(number, asset, Reason(reason), run, gone_at, bool(is_whole)))
        if batch:
            yield batch


@dataclass(slots=True)
class Plan:
    """What goes: records of assets, users, groups, and what there is to say of it.

    `assets` is how many go whole, `unsynced` how many live records go of feeds that nobody reads,
    and `held` are collections that expire nothing because they could not be read.
    """

    at: datetime
    records: Goings = field(default_factory=Goings)
    users: Goings = field(default_factory=Goings)
    groups: Goings = field(default_factory=Goings)
    assets: int = 0
    unsynced: Counter[int] = field(default_factory=Counter)
    held: set[int] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many of each kind go; assets also count by their records."""
        kinds = {"records": self.records, "users": self.users, "groups": self.groups}
        return {"assets": self.assets, **{name: len(each) for name, each in kinds.items()}}

    def of(self, kind: str) -> Goings:
        """Return the users or groups that go."""
        return self.users if kind == "users" else self.groups


def plan(scope: Scope, *, at: datetime, first_run: FirstRun) -> Plan:
    """Return what the retention of the organization lets go at this instant."""
    settings = policy(scope)
    made = Plan(at, held=_held_back(scope, settings, at=at))
    rules = rules_of(scope, settings, at=at, first_run=first_run)
    if rules.horizons or rules.keeps_latest:
        for each in _assets(scope, rules):
            _plan_asset(made, rules, each)
    if settings.expiration_directory:
        for name, kind in KINDS.items():
            horizon = directory_horizon(scope, settings, name, at=at, first_run=first_run)
            for seen in sightings.of_entries(scope, kind, before=horizon.cutoff):
                if horizon.has_aged(seen):
                    made.of(name).add(seen, Reason.DIRECTORY, is_whole=True)
                    _count_unsynced(made, seen)
    made.notices = _notices(scope, made)
    return made


def rules_of(scope: Scope, settings: Policy, *, at: datetime, first_run: FirstRun) -> Rules:
    """Return what holds for assets and their records."""
    return Rules(
        horizons={
            reason: _horizon(scope, days, Collection.ASSETS, at=at, first_run=first_run)
            for reason in _BY_ASSET
            if (days := int(settings.settings()[reason.setting]))
        },
        keeps_latest=settings.keep_latest_integration_attributes,
        source_of=dict(
            Feed.objects.filter(organization=scope.organization).values_list("pk", "source")
        ),
    )


def directory_horizon(
    scope: Scope, settings: Policy, collection: str, *, at: datetime, first_run: FirstRun
) -> Horizon:
    """Return what holds for directory users or groups."""
    days = settings.expiration_directory
    return _horizon(scope, days, Collection(collection), at=at, first_run=first_run)


def _horizon(
    scope: Scope, days: int, collection: Collection, *, at: datetime, first_run: FirstRun
) -> Horizon:
    since = at - timedelta(days=days)
    cutoff = int(since.timestamp())
    synced = CollectionSync.objects.filter(
        organization=scope.organization, collection=str(collection)
    )
    return Horizon(
        cutoff=cutoff,
        synced=frozenset(
            each.feed_id
            for each in synced
            if max(each.complete_at or 0, each.incomplete_at or 0) >= cutoff
        ),
        first_run=first_run(since),
    )


def _held_back(scope: Scope, settings: Policy, *, at: datetime) -> set[int]:
    """Return the collections that would have aged, had nobody tried to read them."""
    asked = {
        "assets": [int(settings.settings()[each.setting]) for each in _BY_ASSET],
        **{name: [settings.expiration_directory] for name in KINDS},
    }
    cutoffs = {
        name: int((at - timedelta(days=min(given))).timestamp())
        for name, days in asked.items()
        if (given := [each for each in days if each])
    }
    synced = CollectionSync.objects.filter(organization=scope.organization)
    return {
        each.pk
        for each in synced.filter(collection__in=cutoffs)
        if (each.complete_at or 0) < cutoffs[each.collection] <= (each.incomplete_at or 0)
    }


def _assets(scope: Scope, rules: Rules) -> Iterator[AssetSeen]:
    """What nothing but a record of its own can be old of is looked at only if such records go."""
    cutoffs = [each.cutoff for each in rules.horizons.values()]
    is_by_record = rules.keeps_latest or Reason.ATTRIBUTES in rules.horizons
    before = None if is_by_record else max(cutoffs)
    return chain(sightings.of_assets(scope, before=before), sightings.without_asset(scope))


def _plan_asset(made: Plan, rules: Rules, seen: AssetSeen) -> None:
    going = rules.going(seen.sightings, is_alive=seen.is_alive)
    is_whole = len(going) == len(seen.sightings) and seen.asset is not None
    made.assets += is_whole
    for each in seen.sightings:
        if each.number in going:
            made.records.add(each, going[each.number], is_whole=is_whole)
            if going[each.number] is not Reason.LATEST:
                _count_unsynced(made, each)


def _count_unsynced(made: Plan, seen: Sighting) -> None:
    if seen.gone_at is None and seen.source_id != SCANS:
        made.unsynced[seen.feed] += 1


def _notices(scope: Scope, made: Plan) -> list[str]:
    """Say of whole feeds that go because nobody reads them any more."""
    feeds = Feed.objects.filter(organization=scope.organization, pk__in=made.unsynced)
    unsynced = [
        f"{each} is not synced any more{_since(each)}: {made.unsynced[each.pk]:,} of its records"
        " expire without being gone from their source"
        for each in feeds.order_by("source", "instance")
    ]
    held = CollectionSync.objects.filter(organization=scope.organization, pk__in=made.held)
    return unsynced + [
        f"{each.collection} of {each.feed} could not be read whole"
        f"{f' since {instant(each.complete_at):%Y-%m-%d}' if each.complete_at else ''}: those that"
        " are not gone do not expire"
        for each in held.select_related("feed").order_by("pk")
    ]


def _since(feed: Feed) -> str:
    left_at = instant(feed.left_at)
    return f", since its credential opens another one ({left_at:%Y-%m-%d})" if left_at else ""
