"""Writing a difference: assets, records, and all that makes them searchable."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from muster.core.normalize import address
from muster.inventory import engine
from muster.inventory.attributes import Pair, asset_pairs, column_pairs
from muster.inventory.ingest import annotated, attribute_rows, bodies, columns, services
from muster.inventory.ingest.annotated import NONE, Annotated, Annotations
from muster.inventory.ingest.asset_rows import RECORDS, TABLE, Row, pack_keys, pack_standing
from muster.inventory.ingest.attribute_rows import PairChanges
from muster.inventory.ingest.changes import assets as changed
from muster.inventory.ingest.columns import COLUMNS, Said
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.difference import Difference, Incoming, SaidByAsset
from muster.inventory.ingest.placement import ASSETS, Placement
from muster.inventory.models.feeds import Inventory

_RECORD_COLUMNS = (
    "asset_id",
    "digest",
    "os_family",
    "match_rule",
    "match_key",
    "match_record",
    "superseded_by",
    "matched_at",
    "match_keys",
    "standing",
    "first_seen",
    "last_seen",
    "gone_at",
    "run_id",
)
_PLACE_COLUMNS = (
    "asset_id",
    "match_rule",
    "match_key",
    "match_record",
    "superseded_by",
    "matched_at",
)


@dataclass(frozen=True, slots=True)
class View:
    """An asset as its records, and people, make it at one time."""

    said: Sequence[Said]
    columns: dict[str, object]
    annotations: Sequence[Annotated] = ()

    def pairs(self) -> list[Pair]:
        """What it is found by."""
        pairs = column_pairs(self.columns)
        for each in self.said:
            link = each.row.link
            pairs += asset_pairs(
                each.record,
                match_rule=link.rule,
                is_superseded=link.superseded_by is not None,
                gone_at=each.row.gone_at,
            )
        return pairs + annotated.pairs(self.annotations)

    def text(self) -> str:
        """What free words are looked up in."""
        return columns.search_text(self.said, annotated.words(self.annotations))


Views = dict[int, View]


def write(
    context: RunContext, difference: Difference, placement: Placement, incoming: Incoming
) -> None:
    """Write everything that the difference says, and nothing else."""
    was, now = _was_and_now(context, difference)
    _write_assets(context, was, now, placement)
    _write_places(context, difference, incoming)
    context.look_up()
    _write_incoming(context, difference, incoming)
    _move_services(context, difference)
    context.look_up()
    write_found(context, was, now)
    context.look_up()
    _write_addresses(context, was, now)
    changed.note(context, difference, placement, incoming, was=was, now=now)
    _delete_emptied(was.keys() - now.keys())


def _was_and_now(context: RunContext, difference: Difference) -> tuple[Views, Views]:
    known = annotated.read(context, difference.was)
    was = views(difference.was, known)
    emptied = difference.was.keys() - difference.now.keys()
    heirs = {each: changed.heir(difference, was[each]) for each in emptied} if known else {}
    held = annotated.follow(context, known, heirs) if known else known
    return was, views(difference.now, held)


def views(said_by_asset: SaidByAsset, annotations: Annotations = NONE) -> Views:
    """Return assets as their records make them, with what people say of each."""
    return {
        asset: View(said, columns.merge(said), annotations.get(asset, ()))
        for asset, said in said_by_asset.items()
    }


def write_found(context: RunContext, was: Views, now: Views) -> None:
    """Write what assets are found by, where that changed."""
    _write_pairs(context, was, now)
    _write_texts(context, was, now)


def _write_assets(context: RunContext, was: Views, now: Views, placement: Placement) -> None:
    made, changed = [], []
    for asset, view in now.items():
        if asset in placement.made:
            made.append((asset, placement.made[asset], *view.columns.values()))
        elif asset not in was or was[asset].columns != view.columns:
            changed.append((asset, context.at, *view.columns.values()))
    _insert_assets(context, made)
    engine.update(ASSETS, ("updated_at", *COLUMNS), changed)


def _insert_assets(context: RunContext, made: Sequence[Sequence[object]]) -> None:
    values = [
        (
            row[0],
            context.organization_id,
            row[1],
            uid,
            context.at,
            context.at,
            *row[2:],
        )
        for row, uid in zip(made, engine.new_uids(len(made)), strict=True)
    ]
    names = ("id", "organization_id", "site_id", "uid", "created_at", "updated_at", *COLUMNS)
    engine.insert(ASSETS, names, values)


def _write_places(context: RunContext, difference: Difference, incoming: Incoming) -> None:
    moved = [difference.after[number] for number in difference.moved if number not in incoming]
    places = [
        (row.record, *_place(context, difference.before.get(row.record), row)) for row in moved
    ]
    engine.update(TABLE, _PLACE_COLUMNS, places)


def _place(context: RunContext, old: Row | None, row: Row) -> tuple[object, ...]:
    link = row.link
    stays = old is not None and (old.asset, old.link) == (row.asset, link)
    at = row.matched_at if stays else context.at
    return row.asset, link.rule, link.key, link.with_record, link.superseded_by, at


def _write_incoming(context: RunContext, difference: Difference, incoming: Incoming) -> None:
    fresh, changed = [], []
    for number, stored in incoming.items():
        row = difference.after[number]
        asset, *match = _place(context, difference.before.get(number), row)
        known_by = (pack_keys(row.keys), pack_standing(row.standing))
        values = (asset, stored.digest, row.os_family, *match, *known_by)
        seen = (row.first_seen, row.last_seen, None, context.run_id)
        if number in difference.before:
            changed.append((number, *values, *seen))
        else:
            constant = (context.organization_id, context.feed_id, row.site, row.source_id)
            fresh.append((number, *constant, row.foreign_id, *values, *seen))
    identity = ("id", "organization_id", "feed_id", "site_id", "source_id", "foreign_id")
    engine.insert(TABLE, (*identity, *_RECORD_COLUMNS), fresh)
    engine.update(TABLE, _RECORD_COLUMNS, changed)
    texts = {n: stored.body for n, stored in incoming.items() if stored.is_changed}
    bodies.write(RECORDS, texts, is_clear=not changed)


def _move_services(context: RunContext, difference: Difference) -> None:
    before, after = difference.before, difference.after
    moved = [each for each in difference.moved if before[each].asset != after[each].asset]
    if moved:
        services.follow(context, moved)


def _write_pairs(context: RunContext, was: Views, now: Views) -> None:
    changes = PairChanges()
    for asset, view in now.items():
        if asset in was:
            before = set(was[asset].pairs())
            changes.change(asset, before=before, after=set(view.pairs()))
        else:
            changes.add(asset, view.pairs())
    for asset in was.keys() - now.keys():
        changes.change(asset, before=set(was[asset].pairs()), after=set())
    attribute_rows.write(context, Inventory.ASSETS, changes)


def _write_addresses(context: RunContext, was: Views, now: Views) -> None:
    before, after = _addresses(was), _addresses(now)
    engine.execute_many(
        "DELETE FROM asset_address WHERE organization_id = %s AND packed = %s AND asset_id = %s",
        [(context.organization_id, *each) for each in before - after],
    )
    engine.insert(
        "asset_address",
        ("organization_id", "packed", "asset_id"),
        sorted((context.organization_id, *each) for each in after - before),
        update="DO NOTHING",
    )


def _addresses(views: Views) -> set[tuple[bytes, int]]:
    return {
        (packed(canonical), asset)
        for asset, view in views.items()
        for each in view.said
        for text in each.record.addresses
        if (canonical := address(text))
    }


def packed(text: str) -> bytes:
    """Return a canonical address as 16 bytes, an IPv4 one as ::ffff:a.b.c.d."""
    found = ip_address(text)
    return found.packed if found.version == 6 else bytes(10) + b"\xff\xff" + found.packed  # noqa: PLR2004


def _write_texts(context: RunContext, was: Views, now: Views) -> None:
    before = {asset: view.text() for asset, view in was.items()}
    after = {asset: view.text() for asset, view in now.items()}
    stale = [asset for asset, text in before.items() if text != after.get(asset)]
    fresh = {asset: text for asset, text in after.items() if text != before.get(asset, "")}
    if stale:
        engine.delete_by("asset_text", "rowid", stale)
    engine.insert(
        "asset_text",
        ("rowid", "body", "organization_id"),
        [(asset, text, context.organization_id) for asset, text in fresh.items() if text],
    )


def _delete_emptied(emptied: set[int]) -> None:
    if emptied:
        engine.execute(
            f"DELETE FROM {ASSETS} WHERE {engine.among('id')}", (engine.listed(emptied),)
        )
