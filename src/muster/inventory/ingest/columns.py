"""What an asset is called and is, as merged from its records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from muster.core.normalize import NETBIOS_LENGTH, mac, short_name
from muster.core.records import AssetRecord
from muster.inventory.attributes import clean
from muster.inventory.ingest.asset_rows import Row
from muster.query.values.patterns import fold

COLUMNS = (
    "name",
    "os",
    "os_version",
    "device_type",
    "hardware",
    "hardware_vendor",
    "source_mask",
    "source_count",
    "is_active",
    "is_scanned",
    "is_alive",
    "first_seen",
    "last_seen",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One record with what is stored beside it."""

    row: Row
    record: AssetRecord


def merge(said: Sequence[Said]) -> dict[str, object]:
    """Return the columns of an asset; scans speak first, then sources by their number.

    A record that is gone from its source still describes the asset, but is no source of it.
    """
    ordered = sorted(said, key=lambda each: (each.row.is_gone, each.row.order))
    live = [each for each in ordered if not each.row.is_gone]
    operating_system = next((each.record for each in ordered if each.record.os), None)
    return {
        "name": clean(_name(ordered)),
        "os": clean(operating_system.os) if operating_system else "",
        "os_version": clean(operating_system.os_version) if operating_system else "",
        "device_type": clean(_first(ordered, lambda record: record.device_type), limit=100),
        "hardware": clean(_first(ordered, lambda record: record.hardware)),
        "hardware_vendor": clean(_first(ordered, lambda record: record.hardware_vendor), limit=200),
        "source_mask": _mask(live),
        "source_count": len({each.row.source_id for each in live}),
        "is_active": all(each.record.is_active for each in live),
        "is_scanned": any(each.record.is_scanned for each in live),
        "is_alive": any(each.record.is_alive for each in live),
        "first_seen": min(each.row.first_seen for each in said),
        "last_seen": max(each.row.last_seen for each in said),
    }


def search_text(said: Sequence[Said], more: Sequence[str] = ()) -> str:
    """Return what free words are looked up in: names, addresses, MACs, domains, tags, and more."""
    words: dict[str, None] = {}
    for each in sorted(said, key=lambda one: one.row.order):
        record = each.record
        macs = tuple(mac(each) or each for each in record.macs)
        for group in (record.names, record.addresses, macs, record.domains, record.tags):
            words.update(dict.fromkeys(fold(word) for word in group if word))
    words.update(dict.fromkeys(more))
    return "\n".join(words)


def _name(ordered: Sequence[Said]) -> str:
    """The first record's first name, or the longer one of which NetBIOS cut it."""
    names = [name.strip() for each in ordered for name in each.record.names if name.strip()]
    if not names:
        return next((each.record.addresses[0] for each in ordered if each.record.addresses), "")
    first = names[0]
    if len(first) == NETBIOS_LENGTH:
        folded = first.casefold()
        return next((name for name in names[1:] if short_name(name).startswith(folded)), first)
    return first


def _first(ordered: Sequence[Said], read: Callable[[AssetRecord], str]) -> str:
    return next((value for each in ordered if (value := read(each.record))), "")


def _mask(live: Sequence[Said]) -> int:
    mask = 0
    for each in live:
        mask |= 1 << max(each.row.source_id, 0)
    return mask
