"""Saying something of assets: tags, comments, how critical they are, and who owns them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from muster.core.errors import ConfigError
from muster.core.records import AssetRecord
from muster.inventory import engine
from muster.inventory.ingest import annotated, asset_rows, bodies
from muster.inventory.ingest.annotated import Annotated
from muster.inventory.ingest.asset_rows import RECORDS
from muster.inventory.ingest.columns import Said
from muster.inventory.ingest.context import without_run
from muster.inventory.ingest.locking import writing
from muster.inventory.ingest.writing import views, write_found
from muster.inventory.models import AnnotationKind, Asset
from muster.inventory.ownership_types import ownership_type
from muster.inventory.search import ids
from muster.inventory.tags import read_tags
from muster.organizations.scope import Scope
from muster.query.catalogue.assets import CRITICALITIES

LONGEST_COMMENTS = 10_000
LONGEST_OWNER = 300
MOST_OWNERS = 50
_AT_ONCE = 500
_UNSET = frozenset({"", "0", "none", "unset"})

Rows = Sequence[Annotated]
Change = Callable[[Rows], Rows]
"""From what is said of one asset to what is to be said of it."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who says it, and when."""

    scope: Scope
    at: datetime

    def row(self, kind: AnnotationKind, name: str, value: str) -> Annotated:
        """Return an annotation of theirs."""
        made_at = int(self.at.timestamp())
        return Annotated(int(kind), name, value, self.scope.principal.name[:300], made_at)


def tagging(author: Author, text: str) -> Change:
    """Return the change that a text of tags means. Raises ConfigError if it cannot be read."""
    change = read_tags(text)
    fresh = [author.row(AnnotationKind.TAG, name, value) for name, value in change.put.items()]
    going = change.put.keys() | change.taken
    return lambda rows: [*(r for r in rows if not _is_tag(r, going)), *fresh]


def clearing(kind: AnnotationKind) -> Change:
    """Return the change that takes all of a kind away."""
    return lambda rows: [each for each in rows if each.kind != kind]


def commenting(author: Author, text: str) -> Change:
    """Return the change to these comments; "" takes them away."""
    if len(text) > LONGEST_COMMENTS or "\0" in text:
        raise ConfigError(
            f"comments are at most {LONGEST_COMMENTS:,} characters without NUL",
            hint="Shorten them.",
        )
    return _setting(author, AnnotationKind.COMMENTS, text.strip())


def rating(author: Author, text: str) -> Change:
    """Return the change to a criticality, by its name or number; "" or 0 takes it away."""
    folded = " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
    if folded in _UNSET:
        return clearing(AnnotationKind.CRITICALITY)
    by_number = {str(number): name for number, name in enumerate(CRITICALITIES, start=1)}
    name = by_number.get(folded, folded)
    if name not in CRITICALITIES:
        raise ConfigError(
            f"there is no criticality '{text[:60]}'",
            hint=f"It is one of: {', '.join(CRITICALITIES)}; 1 to 5 stand for them, 0 for none.",
        )
    return _setting(author, AnnotationKind.CRITICALITY, name)


def owning(author: Author, owners: Iterable[tuple[UUID, str]]) -> Change:
    """Return the change to these owners by the ids of their types; one without a name goes.

    Raises ConfigError for a type that there is not, or a name that cannot be kept.
    """
    given = list(owners)
    if len(given) > MOST_OWNERS:
        raise ConfigError(f"these are {len(given)} owners", hint=f"Set at most {MOST_OWNERS}.")
    named = {str(ownership_type(uid).uid): _checked_owner(owner) for uid, owner in given}
    fresh = [author.row(AnnotationKind.OWNER, uid, each) for uid, each in named.items() if each]
    return lambda rows: [
        *(r for r in rows if r.kind != AnnotationKind.OWNER or r.name not in named),
        *fresh,
    ]


def annotate(author: Author, uids: Iterable[UUID], change: Change) -> int:
    """Change what is said of assets of the scope, and return of how many.

    Raises ConfigError if one is not there, or who asks may not.
    """
    _check_role(author.scope)
    wanted = list(dict.fromkeys(uids))
    rows = Asset.objects.filter(organization=author.scope.organization, uid__in=wanted)
    found = dict(rows.values_list("uid", "pk"))
    for uid in wanted:
        if uid not in found:
            raise ConfigError(
                f"there is no asset {uid}", hint="It may have been merged or removed."
            )
    return _annotate(author, sorted(found.values()), change)


def annotate_found(author: Author, text: str, change: Change, *, now: datetime) -> int:
    """Change what is said of all assets that a query matches, and return of how many.

    Raises QueryError for a query that cannot be read.
    """
    _check_role(author.scope)
    # All of them first: what a change makes of them may be what the query asks for.
    found = iter(list(ids(author.scope, text, now=now)))
    changed = 0
    while batch := list(islice(found, _AT_ONCE)):
        changed += _annotate(author, batch, change)
    return changed


def _annotate(author: Author, assets: Sequence[int], change: Change) -> int:
    with writing(author.scope.organization_id):
        was = annotated.read(author.scope, assets)
        now = {asset: change(was.get(asset, ())) for asset in assets}
        changed = [asset for asset in assets if _said(was.get(asset, ())) != _said(now[asset])]
        if changed:
            _write(author, changed, was, now)
    return len(assets)


def _write(
    author: Author, assets: Sequence[int], was: Mapping[int, Rows], now: Mapping[int, Rows]
) -> None:
    annotated.remove(author.scope, assets)
    annotated.insert(author.scope, {asset: now[asset] for asset in assets})
    context = without_run(author.scope.organization_id, at=int(author.at.timestamp()))
    said = _records(author.scope, assets)
    write_found(context, views(said, was), views(said, now))
    engine.execute(
        "UPDATE inventory_asset SET updated_at = %s"
        f" WHERE organization_id = %s AND {engine.among('id')}",
        (context.at, context.organization_id, engine.listed(assets)),
    )


def _records(scope: Scope, assets: Sequence[int]) -> dict[int, list[Said]]:
    rows = asset_rows.by_asset(scope, assets)
    records = bodies.read(RECORDS, rows.keys())
    found: dict[int, list[Said]] = {}
    for number, row in rows.items():
        record = records[number]
        if row.asset is not None and isinstance(record, AssetRecord):
            found.setdefault(row.asset, []).append(Said(row=row, record=record))
    return found


def _said(rows: Rows) -> set[tuple[int, str, str]]:
    return {(each.kind, each.name, each.value) for each in rows}


def _is_tag(row: Annotated, names: Iterable[str]) -> bool:
    return row.kind == AnnotationKind.TAG and row.name in names


def _setting(author: Author, kind: AnnotationKind, value: str) -> Change:
    fresh = [author.row(kind, "", value)] if value else []
    return lambda rows: [*(each for each in rows if each.kind != kind), *fresh]


def _checked_owner(owner: str) -> str:
    stripped = owner.strip()
    if len(stripped) > LONGEST_OWNER or not stripped.isprintable():
        raise ConfigError(f"an owner is at most {LONGEST_OWNER} printable characters")
    return stripped


def _check_role(scope: Scope) -> None:
    if not scope.principal.role_in(scope.organization_id).may_annotate():
        raise ConfigError(
            f"{scope.principal.name} may not annotate assets",
            hint="Ask an administrator for the role of an annotator.",
        )
