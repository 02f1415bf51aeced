"""What sources say of the things of a page: chosen attributes and fields of their records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from muster.core import ndjson
from muster.core.records import AssetRecord, GroupRecord, ServiceRecord, UserRecord
from muster.inventory import engine
from muster.inventory.attributes import attribute_prefix
from muster.inventory.models import Asset, DirectoryGroup, DirectoryUser, Service
from muster.inventory.selectors.records import StoredRecord, records_of
from muster.organizations.scope import Scope
from muster.query.values.patterns import fold

Values = dict[str, object]
"""By name: a text, a list of different ones where there are several, None where there is none."""

RECORD_FIELDS: Mapping[str, tuple[str, ...]] = {
    "assets": ("names", "macs", "domains", "tags"),
    "users": ("first_name", "last_name", "description", "phone", "location"),
    "groups": (),
    "services": ("vendor", "version"),
}
"""Fields of records that a page's rows leave out, as names of columns."""

_Owned = Iterable[tuple[int, Mapping[str, Sequence[str]]]]
"""For each record: the key of its thing, and its texts by folded name."""


def attribute_values(
    scope: Scope, ids: Sequence[int], names: Sequence[str], *, inventory: str
) -> dict[str, Values]:
    """Return the values of `names` for things of the scope, by their ids in Muster.

    A name is an attribute's, in any case, as a search asks for it, or one of RECORD_FIELDS.
    """
    uids = _uids(scope, ids, inventory)
    found: dict[int, dict[str, dict[str, None]]] = {number: {} for number in uids}
    asked = {name: _spellings(name) for name in names}
    for number, texts in _READERS[inventory](scope, list(uids)):
        for name, spellings in asked.items():
            values = found[number].setdefault(name, {})
            for each in spellings:
                values.update(dict.fromkeys(texts.get(each, ())))
    return {
        uids[number]: {name: _shown(list(values.get(name, ()))) for name in names}
        for number, values in found.items()
    }


def _spellings(name: str) -> tuple[str, ...]:
    """Return the folded names to look under: `@azuread.user.userType` whatever the type, too."""
    folded = fold(name.strip())
    head, _, rest = folded.partition(".")
    _kind, _, bare = rest.partition(".")
    return (folded, f"{head}.{bare}") if folded.startswith("@") and bare else (folded,)


def _shown(values: list[str]) -> object:
    if not values:
        return None
    return values[0] if len(values) == 1 else values


def _uids(scope: Scope, ids: Sequence[int], inventory: str) -> dict[int, str]:
    model: Any = {
        "assets": Asset,
        "users": DirectoryUser,
        "groups": DirectoryGroup,
        "services": Service,
    }[inventory]
    found = model.objects.filter(organization=scope.organization, pk__in=ids)
    return {number: str(uid) for number, uid in found.values_list("pk", "uid")}


def _of_assets(scope: Scope, ids: Sequence[int]) -> _Owned:
    return ((each.asset, _asset_texts(each)) for each in records_of(scope, ids))


def _asset_texts(stored: StoredRecord) -> dict[str, Sequence[str]]:
    record = stored.record
    prefix = attribute_prefix(record.source, record.kind)
    texts = _texts(record, "assets", prefix)
    if prefix:
        texts[fold(f"{prefix}match.criteria")] = (stored.match_rule,)
        if stored.superseded_by is not None:
            texts[fold(f"{prefix}match.superseded")] = ("true",)
        if stored.gone_at is not None:
            texts[fold(f"{prefix}goneTS")] = (str(stored.gone_at),)
        texts[fold(f"{prefix}ts")] = (str(stored.last_seen),)
    return texts


def _of_users(scope: Scope, ids: Sequence[int]) -> _Owned:
    found = engine.rows(
        "SELECT t.id, r.body FROM inventory_directoryuser t"
        " JOIN directory_user_record r ON r.id = t.id"
        f" WHERE t.organization_id = %s AND {engine.among('t.id')}",
        (scope.organization_id, engine.listed(ids)),
    )
    return _of_bodies(found, "users")


def _of_groups(scope: Scope, ids: Sequence[int]) -> _Owned:
    found = engine.rows(
        "SELECT t.id, r.body FROM inventory_directorygroup t"
        " JOIN directory_group_record r ON r.id = t.id"
        f" WHERE t.organization_id = %s AND {engine.among('t.id')}",
        (scope.organization_id, engine.listed(ids)),
    )
    return _of_bodies(found, "groups")


def _of_services(scope: Scope, ids: Sequence[int]) -> _Owned:
    """Yield what services say, and the attributes of the asset each is open on."""
    found = engine.rows(
        "SELECT t.id, r.body, t.asset_id FROM inventory_service t"
        " JOIN service_record r ON r.id = t.id"
        f" WHERE t.organization_id = %s AND {engine.among('t.id')}",
        (scope.organization_id, engine.listed(ids)),
    )
    yield from _of_bodies(found, "services")
    of_assets: dict[int, list[Mapping[str, Sequence[str]]]] = {}
    for asset, texts in _of_assets(scope, [row[2] for row in found if row[2] is not None]):
        qualified = {name: values for name, values in texts.items() if name.startswith("@")}
        of_assets.setdefault(asset, []).append(qualified)
    for number, _body, asset in found:
        yield from ((number, each) for each in of_assets.get(asset, ()))


def _of_bodies(rows: Iterable[Sequence[Any]], inventory: str) -> _Owned:
    for row in rows:
        record = ndjson.decode(bytes(row[1]))
        assert isinstance(record, UserRecord | GroupRecord | ServiceRecord)
        texts = _texts(record, inventory, "")
        for name, value in record.attributes.items():
            # Records of directories do not say of what type they are: see `_spellings`.
            texts[f"@{fold(record.source)}.{fold(name)}"] = _parts(value)
        yield row[0], texts


def _texts(
    record: AssetRecord | UserRecord | GroupRecord | ServiceRecord, inventory: str, prefix: str
) -> dict[str, Sequence[str]]:
    texts: dict[str, Sequence[str]] = {
        fold(prefix + name): _parts(value) for name, value in record.attributes.items()
    }
    for name in RECORD_FIELDS[inventory]:
        value = getattr(record, name)
        given = (value,) if isinstance(value, str) else value
        texts[name] = tuple(each for each in given if each)
    return texts


def _parts(value: str) -> tuple[str, ...]:
    return tuple(value.split("\t"))


_READERS: Mapping[str, Callable[[Scope, Sequence[int]], _Owned]] = {
    "assets": _of_assets,
    "users": _of_users,
    "groups": _of_groups,
    "services": _of_services,
}
