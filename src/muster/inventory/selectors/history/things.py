"""The history of one asset, user or group: revision by revision, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from muster.core.errors import ConfigError
from muster.inventory import engine
from muster.inventory.history.telling import Event, Subject
from muster.inventory.models import AssetSource, DirectoryGroup, DirectoryUser
from muster.inventory.models.directory import DirectoryEntry
from muster.inventory.selectors.asset_names import find_asset, uid_of
from muster.inventory.selectors.history import linked
from muster.inventory.selectors.history.entries import HistoryEntry, Kept, LinkDetail, Teller
from muster.inventory.selectors.history.linked import End, Side
from muster.organizations.scope import Scope

LARGEST_PAGE = 1000
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class History:
    """A page of one thing's history; `next_key` asks for the next, "" behind the last."""

    id: str
    name: str
    entries: list[HistoryEntry]
    next_key: str = ""


@dataclass(frozen=True, slots=True)
class _About:
    """Whose rows make the history: numbers by subject, and the ends of relations by number."""

    subject: Subject
    number: int
    owners: Mapping[Subject, Sequence[int]]
    ends: Mapping[tuple[Subject, int], tuple[End, Sequence[Side]]]


def asset_history(scope: Scope, reference: str, *, size: int = 50, after: str = "") -> History:
    """Return what changed of the asset with that id or name, and of its records.

    What became of assets that merged into it is part of it. `size` counts the runs and acts that
    changed it; `after` is the `next_key` of the page before. Raises ConfigError if there is no
    such asset or no such page.
    """
    asset = find_asset(scope, reference)
    records = AssetSource.objects.filter(organization=scope.organization, asset=asset)
    rows = list(records.values_list("pk", "feed_id", "foreign_id"))
    about = _About(
        subject=Subject.ASSET,
        number=asset.pk,
        owners={
            Subject.ASSET: [asset.pk, *_absorbed(scope, asset.pk)],
            Subject.RECORD: [row[0] for row in rows],
        },
        ends={(Subject.RECORD, row[0]): (End(row[1], row[2]), linked.OF_RECORD) for row in rows},
    )
    return _history(scope, about, str(asset.uid), asset.name, size=size, after=after)


def user_history(scope: Scope, reference: str, *, size: int = 50, after: str = "") -> History:
    """Return what changed of the directory user with that id or name, as `asset_history` does."""
    return _of_entry(
        scope, DirectoryUser, reference, Subject.USER, linked.OF_USER, size=size, after=after
    )


def group_history(scope: Scope, reference: str, *, size: int = 50, after: str = "") -> History:
    """Return what changed of the group with that id or name, as `asset_history` does."""
    return _of_entry(
        scope, DirectoryGroup, reference, Subject.GROUP, linked.OF_GROUP, size=size, after=after
    )


def _of_entry(
    scope: Scope,
    model: type[DirectoryUser | DirectoryGroup],
    reference: str,
    subject: Subject,
    sides: Sequence[Side],
    *,
    size: int,
    after: str,
) -> History:
    entry = _find(scope, model, reference.strip(), subject)
    about = _About(
        subject=subject,
        number=entry.pk,
        owners={subject: [entry.pk]},
        ends={(subject, entry.pk): (End(entry.feed_id, entry.foreign_id), sides)},
    )
    name = entry.display_name or entry.name or entry.foreign_id
    return _history(scope, about, str(entry.uid), name, size=size, after=after)


def _find(
    scope: Scope, model: type[DirectoryUser | DirectoryGroup], reference: str, subject: Subject
) -> DirectoryEntry:
    word = str(subject.name).casefold()
    if not reference:
        raise ConfigError(f"name the {word} to show", hint="By its name or its id.")
    uid = uid_of(reference)
    chosen = Q(foreign_id=reference)
    chosen |= Q(uid=uid) if uid is not None else Q(name__iexact=reference)
    if uid is None:
        chosen |= Q(display_name__iexact=reference) | Q(email__iexact=reference)
    rows = model.objects.filter(chosen, organization=scope.organization)
    found = list(rows.order_by("pk")[: _MOST_NAMED + 1])
    if not found:
        raise ConfigError(
            f"there is no {word} '{reference}'",
            hint=f"Look for it with: muster search -i {word}s '{reference}'",
        )
    if len(found) > 1:
        ids = ", ".join(str(each.uid) for each in found[:_MOST_NAMED])
        raise ConfigError(f"several {word}s are named '{reference}'", hint=f"Name one by id: {ids}")
    return found[0]


def _history(scope: Scope, about: _About, uid: str, name: str, *, size: int, after: str) -> History:
    size = max(1, min(size, LARGEST_PAGE))
    revisions = _revisions(scope, about, before=_before(after), most=size + 1)
    page = revisions[:size]
    next_key = str(page[-1]) if len(revisions) > size else ""
    return History(uid, name, _entries(scope, about, page), next_key)


def _before(after: str) -> int:
    if not after:
        return 1 << 62
    if not (after.isascii() and after.isdigit()) or len(after) > 18:  # noqa: PLR2004 - fits 64 bits
        raise ConfigError("there is no such page", hint="Start again without a page key.")
    return int(after)


def _revisions(scope: Scope, about: _About, *, before: int, most: int) -> list[int]:
    parts, bound = [], []
    for subject, numbers in about.owners.items():
        parts.append(
            "SELECT revision_id FROM history WHERE organization_id = %s AND subject = %s"
            f" AND {engine.among('owner_id')}"
        )
        bound += [scope.organization_id, int(subject), engine.listed(numbers)]
    if about.subject is Subject.USER:
        # Groups and devices tell of theirs themselves; of users only the relations know.
        end, sides = about.ends[Subject.USER, about.number]
        statement, parameters = linked.revisions_of(scope, end, sides)
        parts.append(statement)
        bound += parameters
    if (made := _made_in(scope, about)) is not None:
        parts.append("SELECT CAST(%s AS BIGINT)")
        bound.append(made)
    found = engine.rows(
        f"SELECT revision_id FROM ({' UNION '.join(parts)}) told WHERE revision_id < %s"
        " AND revision_id IN (SELECT id FROM inventory_revision WHERE organization_id = %s)"
        " ORDER BY revision_id DESC LIMIT %s",
        (*bound, before, scope.organization_id, most),
    )
    return [row[0] for row in found]


def _made_in(scope: Scope, about: _About) -> int | None:
    """Return the revision in which the thing was new, None if that is no longer kept."""
    found = engine.rows(
        "SELECT last_id, revision_id FROM history_new WHERE organization_id = %s AND subject = %s"
        " AND first_id <= %s ORDER BY first_id DESC LIMIT 1",
        (scope.organization_id, int(about.subject), about.number),
    )
    return found[0][1] if found and found[0][0] >= about.number else None


def _entries(scope: Scope, about: _About, revisions: Sequence[int]) -> list[HistoryEntry]:
    rows = _rows(scope, about, revisions)
    teller = Teller(scope, rows, revisions)
    made = _made_in(scope, about)
    entries: list[HistoryEntry] = []
    for revision in revisions:
        told = [
            (kept, told)
            for kept, told in zip(rows, teller.told, strict=True)
            if kept.revision == revision
        ]
        entries += [
            teller.entry(kept, told, _links(scope, about, kept, told.events)) for kept, told in told
        ]
        if about.subject is Subject.USER:
            entries += _of_user(scope, about, teller, revision)
        if revision == made:
            entries.append(teller.blank(revision, ["new"]))
    return entries


def _of_user(scope: Scope, about: _About, teller: Teller, revision: int) -> list[HistoryEntry]:
    end, sides = about.ends[Subject.USER, about.number]
    links = linked.details(scope, end, sides, revision)
    if not links:
        return []
    entry = teller.blank(revision, ["links"])
    entry.links = links
    return [entry]


def _links(scope: Scope, about: _About, kept: Kept, events: Event) -> list[LinkDetail]:
    if Event.LINKS not in events or (kept.subject, kept.owner) not in about.ends:
        return []
    end, sides = about.ends[kept.subject, kept.owner]
    return linked.details(scope, end, sides, kept.revision)


def _rows(scope: Scope, about: _About, revisions: Sequence[int]) -> list[Kept]:
    found: list[Kept] = []
    for subject, numbers in about.owners.items():
        rows = engine.rows(
            "SELECT owner_id, revision_id, events, body FROM history WHERE organization_id = %s"
            f" AND subject = %s AND {engine.among('owner_id')} AND {engine.among('revision_id')}",
            (
                *(scope.organization_id, int(subject)),
                *(engine.listed(numbers), engine.listed(revisions)),
            ),
        )
        found += [Kept(subject, *row) for row in sorted(rows)]
    return found


def _absorbed(scope: Scope, asset: int) -> list[int]:
    """Return the assets that went up in this one, through all merges."""
    found = engine.rows(
        "WITH RECURSIVE gone_up(id) AS (SELECT asset_id FROM history_absorbed"
        " WHERE organization_id = %s AND into_id = %s UNION"
        " SELECT a.asset_id FROM gone_up JOIN history_absorbed a ON a.into_id = gone_up.id"
        " WHERE a.organization_id = %s) SELECT id FROM gone_up",
        (scope.organization_id, asset, scope.organization_id),
    )
    return [row[0] for row in found]
