"""What people decide about assets: merge, split, remove a source, move, and undo.

A decision is about records, named as their sources name them, so it holds in every later run.
It is undone by its act: the inventory is then what the records and the other decisions make.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from muster.core.errors import ConfigError
from muster.inventory import engine
from muster.inventory.history.revisions import CurrentRevision
from muster.inventory.ingest import asset_rows, assets
from muster.inventory.ingest.asset_rows import TABLE, Row
from muster.inventory.ingest.context import without_run
from muster.inventory.ingest.locking import writing
from muster.inventory.models import Asset, Feed, MatchDecision
from muster.inventory.models.decisions import MERGE, REMOVE, SPLIT
from muster.organizations.models import Site
from muster.organizations.scope import Scope

Rows = dict[int, Row]


def merge_assets(scope: Scope, uids: Sequence[UUID], *, at: datetime, note: str = "") -> UUID:
    """Make one asset of several, whatever speaks against it, and return the id of the act.

    The oldest of them stays; those of other sites come to the site of the first. Raises
    ConfigError if fewer than two are named, or one is not there or is gone from all its sources.
    """
    _check_role(scope)
    with writing(scope.organization_id):
        merged = [_asset(scope, uid) for uid in dict.fromkeys(uids)]
        if len(merged) < 2:  # noqa: PLR2004
            raise ConfigError("a merge needs two assets", hint="Name another one.")
        before = asset_rows.by_asset(scope, [each.pk for each in merged])
        live = _live(before)
        _check_live(merged, live)
        home = merged[0].site_id
        first, *others = sorted(live.values(), key=lambda row: (row.site != home, row.order))
        act = _Act(scope, MERGE, at=at, note=note)
        act.say(is_same=True, one=[first], other=others, site=home)
        _place_again(scope, before, site=home, at=at, by=act.revision)
    return act.uid


def split_record(
    scope: Scope, uid: UUID, *, source: str, foreign_id: str, at: datetime, note: str = ""
) -> UUID:
    """Give one record an asset of its own, for good, and return the id of the act.

    `source` is a short name, such as `azuread`. Raises ConfigError if the asset has no such
    record, or no other.
    """
    found = _records(scope, uid, source)
    chosen = {number: row for number, row in found.items() if row.foreign_id == foreign_id}
    if not chosen:
        known = ", ".join(row.foreign_id for row in found.values())
        raise ConfigError(
            f"the asset has no record {foreign_id} of {source}", hint=f"It has: {known}."
        )
    return _split(scope, uid, chosen, _Act(scope, SPLIT, at=at, note=note))


def remove_source(scope: Scope, uid: UUID, *, source: str, at: datetime, note: str = "") -> UUID:
    """Take all records of one source off an asset, for good, and return the id of the act.

    They go to an asset of their own. Raises ConfigError if the asset has none, or nothing else.
    """
    return _split(scope, uid, _records(scope, uid, source), _Act(scope, REMOVE, at=at, note=note))


def undo(scope: Scope, act: UUID, *, at: datetime) -> None:
    """Take an act back: its records are put together again as if it had never been.

    Raises ConfigError if there is no such act.
    """
    _check_role(scope)
    with writing(scope.organization_id):
        made = MatchDecision.objects.filter(organization=scope.organization, act=act)
        decisions = list(made)
        if not decisions:
            raise ConfigError(
                f"there is no decision {act}",
                hint="It may have been taken back; then decide it again.",
            )
        wanted: dict[int, set[str]] = {}
        sites: dict[tuple[int, str], int] = {}
        for each in decisions:
            wanted.setdefault(each.one_feed_id, set()).add(each.one_foreign_id)
            wanted.setdefault(each.other_feed_id, set()).add(each.other_foreign_id)
            if each.former_site_id is not None:
                sites[each.other_feed_id, each.other_foreign_id] = each.former_site_id
        made.delete()
        rows = asset_rows.by_foreign_id(scope, wanted)
        for site, moving in _by_former_site(scope, rows, sites).items():
            _set_site(scope, moving, site)
        by = _revision(scope, "undo", note=decisions[0].note)
        _resolve(scope, rows, asset_rows.by_number(scope, rows), at=at, by=by)


def move_asset(scope: Scope, uid: UUID, *, site: Site, at: datetime) -> None:
    """Bring an asset with all its records to another site, where later runs leave it.

    There it may meet records of the same machine and merge with them. Raises ConfigError if
    there is no such asset, or the site is of another organization.
    """
    _check_role(scope)
    if site.organization_id != scope.organization_id:
        raise ConfigError(f"there is no site '{site.name}'", hint="Name one of the organization.")
    with writing(scope.organization_id):
        asset = _asset(scope, uid)
        rows, by = asset_rows.by_asset(scope, [asset.pk]), _revision(scope, "move")
        _place_again(scope, rows, site=site.pk, at=at, by=by)


class _Act:
    """What is done at once, and by whom."""

    def __init__(self, scope: Scope, kind: str, *, at: datetime, note: str) -> None:
        self.uid = uuid4()
        self.at = at
        self._scope = scope
        self._kind = kind
        self._note = note
        self.revision = _revision(scope, kind, note=note)

    def say(
        self, *, is_same: bool, one: Iterable[Row], other: Sequence[Row], site: int | None = None
    ) -> None:
        """Write a decision for each of the one with each of the other.

        Those of the other that are not in `site` will be moved there.
        """
        feeds = {
            f"{each.source}:{each.instance}": each.pk
            for each in Feed.objects.filter(organization=self._scope.organization)
        }
        MatchDecision.objects.filter(organization=self._scope.organization).bulk_create(
            MatchDecision(
                organization=self._scope.organization,
                act=self.uid,
                kind=self._kind,
                is_same=is_same,
                one_feed_id=feeds[mine.feed_name],
                one_foreign_id=mine.foreign_id,
                other_feed_id=feeds[theirs.feed_name],
                other_foreign_id=theirs.foreign_id,
                former_site_id=theirs.site if site not in {None, theirs.site} else None,
                made_by=self._scope.principal.name,
                made_at=int(self.at.timestamp()),
                note=self._note,
            )
            for mine in one
            for theirs in other
        )


def _split(scope: Scope, uid: UUID, chosen: Rows, act: _Act) -> UUID:
    _check_role(scope)
    with writing(scope.organization_id):
        rows = asset_rows.by_asset(scope, [_asset(scope, uid).pk])
        rest = sorted(
            (row for number, row in _live(rows).items() if number not in chosen),
            key=lambda row: row.order,
        )
        leaving = sorted(chosen.values(), key=lambda row: row.order)
        if not rest:
            raise ConfigError("the asset has nothing else", hint="There is nothing to split.")
        # What was merged by hand through one of those that leave stays together without it.
        act.say(is_same=False, one=leaving, other=rest)
        if _is_by_hand(scope, leaving):
            act.say(is_same=True, one=rest[:1], other=rest[1:])
            act.say(is_same=True, one=leaving[:1], other=leaving[1:])
        _resolve(scope, rows, rows, at=act.at, by=act.revision)
    return act.uid


def _is_by_hand(scope: Scope, rows: Iterable[Row]) -> bool:
    names = {row.foreign_id for row in rows}
    same = MatchDecision.objects.filter(organization=scope.organization, is_same=True)
    return (
        same.filter(one_foreign_id__in=names).exists()
        or same.filter(other_foreign_id__in=names).exists()
    )


def _revision(scope: Scope, act: str, *, note: str = "") -> CurrentRevision:
    """Return what the history of an act is written under."""
    return CurrentRevision(act=act, made_by=scope.principal.name, note=note)


def _place_again(
    scope: Scope, before: Rows, *, site: int, at: datetime, by: CurrentRevision
) -> None:
    moving = [number for number, row in before.items() if row.site != site]
    _set_site(scope, moving, site)
    after = {number: replace(row, site=site) for number, row in before.items()}
    _resolve(scope, before, after, at=at, by=by)


def _set_site(scope: Scope, records: Sequence[int], site: int) -> None:
    if records:
        engine.execute(
            f"UPDATE {TABLE} SET site_id = %s WHERE organization_id = %s AND {engine.among('id')}",
            (site, scope.organization_id, engine.listed(records)),
        )


def _resolve(scope: Scope, before: Rows, after: Rows, *, at: datetime, by: CurrentRevision) -> None:
    """Put the records together again, and every asset where its records are.

    Those that are gone follow where the live ones of their asset go.
    """
    context = without_run(scope.organization_id, at=int(at.timestamp()), revision=by)
    assets.resolve_again(context, before=_live(before), after=_live(after))
    engine.execute(
        "UPDATE inventory_asset SET site_id = (SELECT MIN(s.site_id) FROM"
        f" {TABLE} s WHERE s.asset_id = inventory_asset.id) WHERE organization_id = %s AND id IN"
        f" (SELECT asset_id FROM {TABLE} WHERE {engine.among('id')} AND asset_id IS NOT NULL)",
        (scope.organization_id, engine.listed(after)),
    )


def _by_former_site(
    scope: Scope, rows: Rows, sites: Mapping[tuple[int, str], int]
) -> dict[int, list[int]]:
    feeds = {
        each.pk: f"{each.source}:{each.instance}"
        for each in Feed.objects.filter(organization=scope.organization)
    }
    by_name = {(feeds[feed], foreign_id): site for (feed, foreign_id), site in sites.items()}
    found: dict[int, list[int]] = {}
    for number, row in rows.items():
        site = by_name.get((row.feed_name, row.foreign_id))
        if site is not None:
            found.setdefault(site, []).append(number)
    return found


def _records(scope: Scope, uid: UUID, source: str) -> Rows:
    rows = _live(asset_rows.by_asset(scope, [_asset(scope, uid).pk]))
    found = {
        number: row for number, row in rows.items() if row.feed_name.split(":", 1)[0] == source
    }
    if not found:
        known = ", ".join(sorted({row.feed_name.split(":", 1)[0] for row in rows.values()}))
        raise ConfigError(f"the asset has no record of {source}", hint=f"It has: {known}.")
    return found


def _live(rows: Rows) -> Rows:
    return {number: row for number, row in rows.items() if not row.is_gone}


def _check_live(merged: Iterable[Asset], live: Rows) -> None:
    held = {row.asset for row in live.values()}
    for each in merged:
        if each.pk not in held:
            raise ConfigError(
                f"'{each.name}' is gone from all its sources",
                hint="It goes with the retention; there is nothing to merge.",
            )


def _asset(scope: Scope, uid: UUID) -> Asset:
    found = Asset.objects.filter(organization=scope.organization, uid=uid).first()
    if found is None:
        raise ConfigError(f"there is no asset {uid}", hint="It may have been merged or removed.")
    return found


def _check_role(scope: Scope) -> None:
    if not scope.principal.role_in(scope.organization_id).may_change_inventory():
        raise ConfigError(
            f"{scope.principal.name} may not change assets",
            hint="Ask an administrator for the role of a user.",
        )
