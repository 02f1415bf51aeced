"""Which keys and values make an asset, user or group searchable: the rows of `*_attribute`.

Every value is case-folded, one row per tab-separated part, cut to `LONGEST_INDEXED`
characters. A source's attributes have its own keys (`@azuread.dev.displayName`; those of our own
scans are bare, `ip.ttl.hops`). Our own columns have keys that start with an underscore, so that
one covering index serves every text search:

    _asset.name (each name in full) · _asset.address · _asset.mac · _asset.tag · _asset.domain
    _asset.os · _asset.os_version · _asset.type · _asset.hw · _asset.vendor
    _user.name · .display_name · .first_name · .last_name · .description · .email · .phone
         · .title · .department · .location
    _group.name · .display_name · .description · .email
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from muster.core.normalize import mac
from muster.core.records import AssetRecord, GroupRecord, UserRecord
from muster.query.values.patterns import LONGEST_INDEXED, fold

LONGEST_KEY = 300
# Folding a character makes at most three of it.
_SURELY_SHORT = LONGEST_INDEXED // 3

_COLUMN_KEYS = {
    "os": "_asset.os",
    "os_version": "_asset.os_version",
    "device_type": "_asset.type",
    "hardware": "_asset.hw",
    "hardware_vendor": "_asset.vendor",
}
_USER_KEYS = {
    field: f"_user.{field}"
    for field in (
        "name",
        "display_name",
        "first_name",
        "last_name",
        "description",
        "email",
        "phone",
        "title",
        "department",
        "location",
    )
}
_GROUP_KEYS = {
    field: f"_group.{field}" for field in ("name", "display_name", "description", "email")
}

Pair = tuple[str, str]


def asset_pairs(record: AssetRecord, *, match_rule: str = "") -> Iterator[Pair]:
    """Yield the (key, folded value) pairs by which one record makes its asset found."""
    prefix = attribute_prefix(record.source, record.kind)
    yield from _folded(prefix, record.attributes)
    yield from _own("_asset.name", record.names)
    yield from _own("_asset.address", record.addresses)
    yield from _own("_asset.mac", (mac(each) or each for each in record.macs))
    yield from _own("_asset.tag", record.tags)
    yield from _own("_asset.domain", record.domains)
    if match_rule and prefix:
        yield _key(prefix, "match.criteria"), match_rule


def column_pairs(columns: Mapping[str, object]) -> Iterator[Pair]:
    """Yield the pairs of an asset's own columns, as merged from its records."""
    for column, key in _COLUMN_KEYS.items():
        if columns[column]:
            yield key, fold(str(columns[column]))


def user_pairs(record: UserRecord) -> Iterator[Pair]:
    """Yield the (key, folded value) pairs by which a directory user is found."""
    yield from _folded("", record.attributes)
    for field, key in _USER_KEYS.items():
        if value := getattr(record, field):
            yield key, fold(value)


def group_pairs(record: GroupRecord) -> Iterator[Pair]:
    """Yield the (key, folded value) pairs by which a directory group is found."""
    yield from _folded("", record.attributes)
    for field, key in _GROUP_KEYS.items():
        if value := getattr(record, field):
            yield key, fold(value)


def attribute_prefix(source: str, kind: str) -> str:
    """Return what stands before a source's attribute: `@azuread.dev.`, "" for our own scans."""
    return f"@{source}.{kind}." if kind else ""


def clean(text: str, *, limit: int = 300) -> str:
    """Return a text as a column can show it: without NUL, not longer than `limit`."""
    return text.replace("\0", "")[:limit]


@lru_cache(maxsize=10_000)
def _key(prefix: str, name: str) -> str:
    """Names repeat in every record of a source, so each is put together once.

    A bare name that begins like one of our own columns loses its underscore: a source cannot
    pass its word off for ours.
    """
    return clean(prefix + (name if prefix else name.lstrip("_")), limit=LONGEST_KEY)


def _folded(prefix: str, attributes: Mapping[str, str]) -> Iterator[Pair]:
    # Runs for every attribute of every record; most are short, single and without NUL, and are
    # folded here without a call.
    for name, value in attributes.items():
        key = _key(prefix, name)
        if "\t" in value:
            for part in value.split("\t"):
                yield key, fold(part)
        elif len(value) > _SURELY_SHORT or "\0" in value:
            yield key, fold(value)
        else:
            yield key, value.casefold()


def _own(key: str, values: Iterable[str]) -> Iterator[Pair]:
    return ((key, fold(value)) for value in values if value)
