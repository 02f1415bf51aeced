"""Which keys and values make a thing of an inventory searchable: the rows of `*_attribute`.

Every value is case-folded, one row per tab-separated part, cut to `LONGEST_INDEXED`
characters. A source's attributes have its own keys (`@azuread.dev.displayName`; those of our own
scans are bare, `ip.ttl.hops`). Our own columns have keys that start with an underscore, so that
one covering index serves every text search:

    _asset.name (each name in full) · _asset.address · _asset.mac · _asset.tag · _asset.domain
    _asset.os · _asset.os_version · _asset.type · _asset.hw · _asset.vendor
    _user.name · .display_name · .first_name · .last_name · .description · .email · .phone
         · .title · .department · .location
    _group.name · .display_name · .description · .email
    _service.address · .transport · .protocol (each in full) · .product · .vendor · .version
"""

from collections.abc import Mapping
from functools import lru_cache

from muster.core.normalize import mac
from muster.core.records import AssetRecord, GroupRecord, ServiceRecord, UserRecord
from muster.query.values.patterns import LONGEST_INDEXED, fold

LONGEST_KEY = 300
_MOST_REMEMBERED = 10_000
# Folding a character makes at most three of it.
_SURELY_SHORT = LONGEST_INDEXED // 3

COLUMN_KEYS = {
    "os": "_asset.os",
    "os_version": "_asset.os_version",
    "device_type": "_asset.type",
    "hardware": "_asset.hw",
    "hardware_vendor": "_asset.vendor",
}
COLUMN_OF_KEY: Mapping[str, str] = {key: column for column, key in COLUMN_KEYS.items()}
"""The columns of an asset whose texts are attributes, too."""
USER_KEYS = {
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
GROUP_KEYS = {
    field: f"_group.{field}" for field in ("name", "display_name", "description", "email")
}
_SERVICE_KEYS = {
    field: f"_service.{field}" for field in ("address", "transport", "product", "vendor", "version")
}

Pair = tuple[str, str]


def asset_pairs(
    record: AssetRecord,
    *,
    match_rule: str = "",
    is_superseded: bool = False,
    gone_at: int | None = None,
) -> list[Pair]:
    """Return the (key, folded value) pairs by which one record makes its asset found.

    `gone_at` is since when its source has it no more. The same pair may come twice.
    """
    prefix = attribute_prefix(record.source, record.kind)
    pairs = _folded(prefix, record.attributes)
    pairs += [("_asset.name", fold(each)) for each in record.names if each]
    pairs += [("_asset.address", fold(each)) for each in record.addresses if each]
    pairs += [("_asset.mac", mac(each) or fold(each)) for each in record.macs if each]
    pairs += [("_asset.tag", fold(each)) for each in record.tags if each]
    pairs += [("_asset.domain", fold(each)) for each in record.domains if each]
    if match_rule and prefix:
        pairs.append((f"{prefix}match.criteria", match_rule))
    if is_superseded:
        pairs.append((f"{prefix}match.superseded", "true"))
    if gone_at is not None and prefix:
        pairs.append((f"{prefix}goneTS", str(gone_at)))
    return pairs


def column_pairs(columns: Mapping[str, object]) -> list[Pair]:
    """Return the pairs of an asset's own columns, as merged from its records."""
    return [
        (key, fold(str(columns[column]))) for column, key in COLUMN_KEYS.items() if columns[column]
    ]


def user_pairs(record: UserRecord) -> list[Pair]:
    """Return the (key, folded value) pairs by which a directory user is found."""
    return _folded("", record.attributes) + _fields(record, USER_KEYS)


def group_pairs(record: GroupRecord) -> list[Pair]:
    """Return the (key, folded value) pairs by which a directory group is found."""
    return _folded("", record.attributes) + _fields(record, GROUP_KEYS)


def service_pairs(record: ServiceRecord) -> list[Pair]:
    """Return the (key, folded value) pairs by which a service is found."""
    pairs = _folded("", record.attributes) + _fields(record, _SERVICE_KEYS)
    return pairs + [("_service.protocol", fold(each)) for each in record.protocols if each]


def attribute_prefix(source: str, kind: str) -> str:
    """Return what stands before a source's attribute: `@azuread.dev.`, "" for our own scans."""
    return f"@{source}.{kind}." if kind else ""


def attribute_key(prefix: str, name: str) -> str:
    """Return the key of a source's attribute, as it is searched."""
    return _keys(prefix)[name]


def clean(text: str, *, limit: int = 300) -> str:
    """Return a text as a column can show it: without NUL, not longer than `limit`."""
    return text.replace("\0", "")[:limit]


def _folded(prefix: str, attributes: Mapping[str, str]) -> list[Pair]:
    # Runs for every attribute of every record; most are short, single and without NUL, and are
    # folded here without a call.
    keys = _keys(prefix)
    pairs: list[Pair] = []
    for name, value in attributes.items():
        if "\t" in value or len(value) > _SURELY_SHORT or "\0" in value:
            pairs += [(keys[name], fold(part)) for part in value.split("\t")]
        else:
            pairs.append((keys[name], value.casefold()))
    return pairs


def _fields(
    record: UserRecord | GroupRecord | ServiceRecord, keys: Mapping[str, str]
) -> list[Pair]:
    return [(key, fold(value)) for field, key in keys.items() if (value := getattr(record, field))]


class _Keys(dict[str, str]):
    """Keys by attribute name: names repeat in every record, so each is put together once.

    A bare name that begins like one of our own columns loses its underscore: a source cannot
    pass its word off for ours.
    """

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, name: str) -> str:
        key = clean(self._prefix + (name if self._prefix else name.lstrip("_")), limit=LONGEST_KEY)
        if len(self) < _MOST_REMEMBERED:
            self[name] = key
        return key


@lru_cache(maxsize=64)
def _keys(prefix: str) -> _Keys:
    return _Keys(prefix)
