"""What differs between two states of a thing: pure, values in and changes out."""

from collections.abc import Iterable, Mapping

from muster.core.records import AssetRecord, GroupRecord, UserRecord
from muster.inventory.attributes import (
    COLUMN_KEYS,
    GROUP_KEYS,
    USER_KEYS,
    attribute_key,
    attribute_prefix,
)
from muster.inventory.history.telling import Change
from muster.inventory.history.volatile import is_volatile

_FLAG_KEYS = {
    "is_active": "_asset.active",
    "is_scanned": "_asset.scanned",
    "is_alive": "_asset.alive",
}
_MANY_KEYS = {
    "names": "_asset.name",
    "addresses": "_asset.address",
    "macs": "_asset.mac",
    "domains": "_asset.domain",
    "tags": "_asset.tag",
}
OWN_KEYS = frozenset(
    {*COLUMN_KEYS.values(), *_FLAG_KEYS.values(), *_MANY_KEYS.values(), "_asset.site"}
)
"""The keys of what an asset itself is, whichever of its records says it."""

Columns = Mapping[str, object]


def attribute_changes(old: AssetRecord, new: AssetRecord) -> list[Change]:
    """Return what changed of the attributes that a source says of an asset."""
    return _attributes(attribute_prefix(new.source, new.kind), new.source, old, new)


def entry_changes(old: UserRecord | GroupRecord, new: UserRecord | GroupRecord) -> list[Change]:
    """Return what changed of a directory user or group; when a user signed in is no change."""
    keys = USER_KEYS if isinstance(new, UserRecord) else GROUP_KEYS
    changes = [
        change(key, getattr(old, field, ""), getattr(new, field)) for field, key in keys.items()
    ]
    if isinstance(new, UserRecord) and isinstance(old, UserRecord):
        changes.append(change("_user.active", _word(old.is_active), _word(new.is_active)))
    return [*filter(None, changes), *_attributes("", new.source, old, new)]


def column_changes(old: Columns, new: Columns, *, is_same_records: bool) -> list[Change]:
    """Return what changed of an asset's own columns.

    Where records came or left, what they brought or took away is told by that; what it replaced
    is told as a change.
    """
    changes: list[Change | None] = []
    for column, key in COLUMN_KEYS.items():
        before, after = str(old[column]), str(new[column])
        if before != after and (is_same_records or (before and after)):
            changes.append(change(key, before, after))
    for column, key in _FLAG_KEYS.items():
        if old[column] != new[column] and (is_same_records or column == "is_active"):
            changes.append(change(key, _word(old[column]), _word(new[column])))
    if not is_same_records and old["name"]:
        changes.append(change("_asset.name", str(old["name"]), str(new["name"])))
    return [*filter(None, changes)]


def list_changes(old: Iterable[AssetRecord], new: Iterable[AssetRecord]) -> list[Change]:
    """Return what changed of the names, addresses, MACs, domains and tags of an asset."""
    old, new = tuple(old), tuple(new)
    changes: list[Change | None] = []
    for field, key in _MANY_KEYS.items():
        before, after = _values(old, field), _values(new, field)
        if before != after:
            changes.append(many(key, _union(before), _union(after)))
    return [*filter(None, changes)]


def change(attribute: str, old: str, new: str) -> Change | None:
    """Return the change of one attribute, None if there is none.

    Of several values that a tab joins, their order says nothing.
    """
    if old == new:
        return None
    if old and new and ("\t" in old or "\t" in new):
        return many(attribute, old.split("\t"), new.split("\t"))
    return Change(attribute, old, new)


def many(attribute: str, old: Iterable[str], new: Iterable[str]) -> Change | None:
    """Return which of several values went and came, None if they are the same."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    went = [each for each in before if each not in after]
    came = [each for each in after if each not in before]
    if not went and not came:
        return None
    is_many = len(went) < len(before) or len(came) < len(after) or max(len(went), len(came)) > 1
    return Change(attribute, "\t".join(went), "\t".join(came), is_many=is_many)


def _attributes(
    prefix: str,
    source: str,
    old: AssetRecord | UserRecord | GroupRecord,
    new: AssetRecord | UserRecord | GroupRecord,
) -> list[Change]:
    before, after = old.attributes, new.attributes
    names = {name for name, _ in before.items() ^ after.items()}
    changes = (
        change(attribute_key(prefix, name), before.get(name, ""), after.get(name, ""))
        for name in sorted(names)
        if not is_volatile(source, name)
    )
    return [*filter(None, changes)]


def _values(records: Iterable[AssetRecord], field: str) -> list[tuple[str, ...]]:
    return [getattr(record, field) for record in records]


def _union(groups: Iterable[tuple[str, ...]]) -> list[str]:
    return [each for group in groups for each in group if each]


def _word(value: object) -> str:
    return "true" if value else "false"
