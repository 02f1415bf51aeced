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

from muster.core.records import AssetRecord, GroupRecord, UserRecord

LONGEST_INDEXED = 512
LONGEST_KEY = 300

_USER_FIELDS = (
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
_GROUP_FIELDS = ("name", "display_name", "description", "email")

Pair = tuple[str, str]


def asset_pairs(record: AssetRecord, *, match_rule: str = "") -> set[Pair]:
    """Return the (key, folded value) pairs by which one record makes its asset found."""
    prefix = attribute_prefix(record.source, record.kind)
    pairs = set(_folded(prefix, record.attributes))
    pairs.update(_own("_asset.name", record.names))
    pairs.update(_own("_asset.address", record.addresses))
    pairs.update(_own("_asset.mac", record.macs))
    pairs.update(_own("_asset.tag", record.tags))
    pairs.update(_own("_asset.domain", record.domains))
    if match_rule and prefix:
        pairs.add((f"{prefix}match.criteria", match_rule))
    return pairs


def column_pairs(
    *, os: str, os_version: str, device_type: str, hardware: str, hardware_vendor: str
) -> set[Pair]:
    """Return the pairs of an asset's own columns, as merged from its records."""
    columns = {
        "_asset.os": os,
        "_asset.os_version": os_version,
        "_asset.type": device_type,
        "_asset.hw": hardware,
        "_asset.vendor": hardware_vendor,
    }
    return {(key, fold(value)) for key, value in columns.items() if value}


def user_pairs(record: UserRecord) -> set[Pair]:
    """Return the (key, folded value) pairs by which a directory user is found."""
    pairs = set(_folded("", record.attributes))
    for field in _USER_FIELDS:
        pairs.update(_own(f"_user.{field}", (getattr(record, field),)))
    return pairs


def group_pairs(record: GroupRecord) -> set[Pair]:
    """Return the (key, folded value) pairs by which a directory group is found."""
    pairs = set(_folded("", record.attributes))
    for field in _GROUP_FIELDS:
        pairs.update(_own(f"_group.{field}", (getattr(record, field),)))
    return pairs


def attribute_prefix(source: str, kind: str) -> str:
    """Return what stands before a source's attribute: `@azuread.dev.`, "" for our own scans."""
    return f"@{source}.{kind}." if kind else ""


def fold(value: str) -> str:
    """Return a value as it is compared: case-folded, cut to what is indexed.

    PostgreSQL's text holds no NUL character, so there is none on SQLite either.
    """
    folded = value.casefold()[:LONGEST_INDEXED]
    return folded.replace("\0", "") if "\0" in folded else folded


def clean(text: str, *, limit: int = 300) -> str:
    """Return a text as a column can show it: without NUL, not longer than `limit`."""
    return text.replace("\0", "")[:limit]


@lru_cache(maxsize=10_000)
def _key(prefix: str, name: str) -> str:
    """Names repeat in every record of a source, so each is put together once."""
    return clean(prefix + name, limit=LONGEST_KEY)


def _folded(prefix: str, attributes: Mapping[str, str]) -> Iterator[Pair]:
    for name, value in attributes.items():
        key = _key(prefix, name)
        if "\t" in value:
            for part in value.split("\t"):
                yield key, fold(part)
        else:
            yield key, fold(value)


def _own(key: str, values: Iterable[str]) -> Iterator[Pair]:
    return ((key, fold(value)) for value in values if value)
