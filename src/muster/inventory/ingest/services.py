"""Taking service records: open ports of assets of the same feed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from muster.core import normalize
from muster.core.records import AnyRecord, ServiceRecord
from muster.inventory import engine
from muster.inventory.attributes import clean, service_pairs
from muster.inventory.ingest import asset_rows, attribute_rows, bodies
from muster.inventory.ingest.attribute_rows import PairChanges
from muster.inventory.ingest.changes.services import ServiceChanges
from muster.inventory.ingest.context import RunContext
from muster.inventory.models.feeds import Inventory
from muster.query.values import addresses
from muster.query.values.patterns import fold

TABLE = "inventory_service"
RECORDS = "service_record"
MOST_WAITING = 20_000
"""So many services may come before their assets; more would fill the memory."""

_BATCH = 1000
_COLUMNS = ("packed", "protocols", "product")

Key = tuple[int, str, int, str]
"""What a service is known by: the record of its asset, transport, port and address."""


@dataclass(frozen=True, slots=True)
class _Home:
    """The record that a service belongs to, and the asset that this is of, if it has one."""

    record: int
    asset: int | None


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A service record beside what is stored of it; `number` is None for a new one."""

    record: ServiceRecord
    key: Key
    asset: int | None
    body: bytes
    digest: int
    number: int | None
    is_changed: bool


def take(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of services; those whose asset has not come yet wait for it."""
    services = [each for each in records if isinstance(each, ServiceRecord)]
    early = _take(context, services)
    room = max(0, MOST_WAITING - len(context.waiting))
    context.waiting.extend(early[:room])
    context.statistics.add("unreadable", len(early[room:]))


def take_waiting(context: RunContext) -> None:
    """Write what waited for its asset; a service whose asset never came counts as unreadable."""
    strangers = _take(context, context.waiting)
    context.waiting.clear()
    context.statistics.add("unreadable", len(strangers))


def sweep(context: RunContext) -> None:
    """Remove services that a complete scan of their asset no longer found."""
    found = engine.rows(
        f"SELECT v.id, v.record_id FROM {TABLE} v JOIN {asset_rows.TABLE} s ON s.id = v.record_id"
        " WHERE v.organization_id = %s AND v.run_id <> %s AND s.feed_id = %s AND s.run_id = %s",
        (context.organization_id, context.run_id, context.feed_id, context.run_id),
    )
    for start in range(0, len(found), _BATCH):
        went = dict(found[start : start + _BATCH])
        changes = ServiceChanges()
        for number, record in bodies.read(RECORDS, went).items():
            _note(changes, went[number], old=record)
        changes.write(context)
        remove(context, list(went))


def follow(context: RunContext, records: Iterable[int]) -> None:
    """Give the services of records that moved the asset that their record has now."""
    engine.execute(
        f"UPDATE {TABLE} SET asset_id = (SELECT s.asset_id FROM {asset_rows.TABLE} s"
        f" WHERE s.id = {TABLE}.record_id)"
        f" WHERE organization_id = %s AND {engine.among('record_id')}",
        (context.organization_id, engine.listed(records)),
    )


def remove(context: RunContext, numbers: Sequence[int]) -> None:
    """Remove services with all that makes them found."""
    _write_pairs(context, bodies.read(RECORDS, numbers), {})
    bodies.delete(RECORDS, numbers)
    engine.execute(
        f"DELETE FROM {TABLE} WHERE organization_id = %s AND {engine.among('id')}",
        (context.organization_id, engine.listed(numbers)),
    )


def of_records(context: RunContext, records: Iterable[int]) -> list[int]:
    """Return the numbers of the services of some records."""
    found = engine.rows(
        f"SELECT id FROM {TABLE} WHERE organization_id = %s AND {engine.among('record_id')}",
        (context.organization_id, engine.listed(records)),
    )
    return [row[0] for row in found]


def _take(context: RunContext, services: Sequence[ServiceRecord]) -> list[ServiceRecord]:
    """Write services and return those whose asset is not known; of equal ones the last counts."""
    homes = _homes(context, {each.asset_id for each in services})
    latest = {
        _key(homes[each.asset_id].record, each): each for each in services if each.asset_id in homes
    }
    incoming = _compare(context, latest, homes)
    changed = {each.number: each for each in incoming if each.number and each.is_changed}
    fresh = [each for each in incoming if each.number is None]
    new = dict(zip(engine.allocate(TABLE, len(fresh)), fresh, strict=True))
    before = bodies.read(RECORDS, changed)
    _touch(context, [each.number for each in incoming if each.number])
    _insert(context, new)
    _update(context, changed)
    written = {**new, **changed}
    texts = {number: each.body for number, each in written.items()}
    bodies.write(RECORDS, texts, is_clear=not changed)
    _write_pairs(context, before, {number: each.record for number, each in written.items()})
    changes = ServiceChanges()
    for number, each in written.items():
        _note(changes, each.key[0], old=before.get(number), new=each.record)
    changes.write(context)
    context.statistics.add("services", len(latest))
    return [each for each in services if each.asset_id not in homes]


def _homes(context: RunContext, foreign_ids: set[str]) -> dict[str, _Home]:
    found = engine.rows(
        f"SELECT foreign_id, id, asset_id FROM {asset_rows.TABLE} WHERE organization_id = %s"
        f" AND feed_id = %s AND {engine.among('foreign_id')}",
        (
            context.organization_id,
            context.feed_id,
            engine.listed(clean(each) for each in foreign_ids),
        ),
    )
    return {row[0]: _Home(row[1], row[2]) for row in found}


def _key(number: int, record: ServiceRecord) -> Key:
    transport = clean(fold(record.transport), limit=20)
    return number, transport, record.port, clean(fold(record.address))


def _compare(
    context: RunContext, latest: Mapping[Key, ServiceRecord], homes: Mapping[str, _Home]
) -> list[_Incoming]:
    known = _known(context, {key[0] for key in latest})
    incoming = []
    for key, record in latest.items():
        body = bodies.body_of(record)
        digest = bodies.digest_of(body)
        number, old_digest = known.get(key, (None, None))
        incoming.append(
            _Incoming(
                record=record,
                key=key,
                asset=homes[record.asset_id].asset,
                body=body,
                digest=digest,
                number=number,
                is_changed=digest != old_digest,
            )
        )
    return incoming


def _known(context: RunContext, records: Iterable[int]) -> dict[Key, tuple[int, int]]:
    found = engine.rows(
        f"SELECT record_id, transport, port, address, id, digest FROM {TABLE}"
        f" WHERE organization_id = %s AND {engine.among('record_id')}",
        (context.organization_id, engine.listed(records)),
    )
    return {tuple(row[:4]): (row[4], row[5]) for row in found}


def _touch(context: RunContext, numbers: Sequence[int]) -> None:
    engine.execute(
        f"UPDATE {TABLE} SET last_seen = CASE WHEN last_seen < %s THEN %s ELSE last_seen END,"
        f" run_id = %s WHERE {engine.among('id')}",
        (context.at, context.at, context.run_id, engine.listed(numbers)),
    )


def _insert(context: RunContext, new: Mapping[int, _Incoming]) -> None:
    identity = ("id", "organization_id", "uid", "asset_id", "digest")
    natural = ("record_id", "transport", "port", "address")
    times = ("first_seen", "last_seen", "updated_at", "run_id")
    values = [
        (
            *(number, context.organization_id, uid, each.asset, each.digest),
            *each.key,
            *(context.at, context.at, context.at, context.run_id),
            *_values(each.record),
        )
        for (number, each), uid in zip(new.items(), engine.new_uids(len(new)), strict=True)
    ]
    engine.insert(TABLE, (*identity, *natural, *times, *_COLUMNS), values)


def _update(context: RunContext, changed: Mapping[int, _Incoming]) -> None:
    values = [
        (number, each.digest, context.at, *_values(each.record)) for number, each in changed.items()
    ]
    engine.update(TABLE, ("digest", "updated_at", *_COLUMNS), values)


def _values(record: ServiceRecord) -> tuple[object, ...]:
    canonical = normalize.address(record.address)
    return (
        addresses.packed(canonical) if canonical else None,
        clean("\t".join(record.protocols)),
        clean(record.product),
    )


def _write_pairs(
    context: RunContext, before: Mapping[int, AnyRecord], after: Mapping[int, AnyRecord]
) -> None:
    changes = PairChanges()
    for number, record in after.items():
        if number in before:
            changes.change(number, before=_pairs(before[number]), after=_pairs(record))
        else:
            changes.add(number, _pairs(record))
    for number in before.keys() - after.keys():
        changes.change(number, before=_pairs(before[number]), after=set())
    attribute_rows.write(context, Inventory.SERVICES, changes)


def _note(
    changes: ServiceChanges,
    record: int,
    *,
    old: AnyRecord | None = None,
    new: AnyRecord | None = None,
) -> None:
    was, is_now = (each if isinstance(each, ServiceRecord) else None for each in (old, new))
    changes.add(record, old=was, new=is_now)


def _pairs(record: AnyRecord) -> set[tuple[str, str]]:
    return set(service_pairs(record)) if isinstance(record, ServiceRecord) else set()
