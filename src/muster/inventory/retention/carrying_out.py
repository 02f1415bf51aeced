"""Removing what was planned, batch by batch, each alone in the organization for a moment."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from muster.inventory import history
from muster.inventory.history.revisions import CurrentRevision
from muster.inventory.ingest import directory, expiry, kept_facets
from muster.inventory.ingest.context import RunContext, without_run
from muster.inventory.ingest.locking import alone
from muster.inventory.retention import sightings
from muster.inventory.retention.aging import Reason, Sighting
from muster.inventory.retention.planning import (
    KINDS,
    FirstRun,
    Going,
    Plan,
    directory_horizon,
    rules_of,
)
from muster.inventory.retention.policy import policy
from muster.organizations.scope import Scope

_ACT = "retention"


def carry_out(scope: Scope, made: Plan, *, first_run: FirstRun) -> dict[str, int]:
    """Remove what a plan says, and return how many of each kind went.

    What was seen since it was planned stays. If this is broken off, what went is gone whole, and
    the rest is planned again the next time.
    """
    by = CurrentRevision(act=_ACT, made_by=scope.principal.name)
    context = without_run(scope.organization_id, at=int(made.at.timestamp()), revision=by)
    removed: Counter[str] = Counter(assets=0, records=0, users=0, groups=0)
    for batch in made.records.batches():
        with alone(scope.organization_id):
            going = _still_going(scope, batch, at=made.at, first_run=first_run)
            expiry.remove_records(context, going)
            removed["assets"] += _whole(batch, going)
            removed["records"] += len(going)
    for name in KINDS:
        for batch in made.of(name).batches():
            with alone(scope.organization_id):
                removed[name] += _remove_entries(
                    scope, context, name, batch, at=made.at, first_run=first_run
                )
    if any(removed.values()):
        kept_facets.refresh(context, at=context.at)
    return dict(removed)


def expire_history(scope: Scope, *, at: datetime, is_dry_run: bool = False) -> int:
    """Remove what changed too long ago to be kept; return how many changes that is."""
    days = policy(scope).expiration_history
    if not days:
        return 0
    with alone(scope.organization_id):
        return history.expire(scope, before=at - timedelta(days=days), is_dry_run=is_dry_run)


def _still_going(
    scope: Scope, batch: Sequence[Going], *, at: datetime, first_run: FirstRun
) -> list[int]:
    rules = rules_of(scope, policy(scope), at=at, first_run=first_run)
    planned = {each.number: each for each in batch}
    going: list[int] = []
    for asset in sightings.records(scope, planned):
        now = rules.going(asset.sightings, is_alive=asset.is_alive)
        for seen in asset.sightings:
            each = planned.get(seen.number)
            if each is None or not _is_unseen(each, seen):
                continue
            is_latest = each.reason is Reason.LATEST
            if seen.number in now if is_latest else rules.has_aged(seen, each.reason):
                going.append(seen.number)
    return going


def _whole(batch: Sequence[Going], going: Sequence[int]) -> int:
    """Count the assets of which everything went that they were planned with."""
    gone = set(going)
    whole = {each.asset for each in batch if each.is_whole}
    return len(whole - {each.asset for each in batch if each.number not in gone})


def _remove_entries(
    scope: Scope,
    context: RunContext,
    name: str,
    batch: Sequence[Going],
    *,
    at: datetime,
    first_run: FirstRun,
) -> int:
    settings = policy(scope)
    if not settings.expiration_directory:
        return 0
    horizon = directory_horizon(scope, settings, name, at=at, first_run=first_run)
    planned = {each.number: each for each in batch}
    going = [
        seen.number
        for seen in sightings.entries(scope, KINDS[name], planned)
        if _is_unseen(planned[seen.number], seen) and horizon.has_aged(seen)
    ]
    directory.delete(context, KINDS[name], going)
    return len(going)


def _is_unseen(planned: Going, now: Sighting) -> bool:
    return (planned.run, planned.gone_at) == (now.run, now.gone_at or 0)
