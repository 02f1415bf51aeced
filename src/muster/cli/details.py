"""One asset on a terminal: its columns, its sources and why they were merged, its attributes."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from muster.cli.changes import HISTORY_COLUMNS, entry_rows
from muster.cli.tables import text_of, write_table

if TYPE_CHECKING:
    from muster.inventory.selectors import AssetDetail, RecordDetail


def write_detail(detail: "AssetDetail") -> None:
    """Write everything known of an asset."""
    _write_pairs(detail.fields.items())
    _head("Sources")
    _write_sources(detail.records)
    _write_keys(detail.records)
    if detail.people:
        _head("People")
        columns = {"relation": "", "display_name": "Name", "name": "Sign-in", "department": "Dept."}
        write_table(
            columns, [{key: getattr(each, key) for key in columns} for each in detail.people]
        )
    if detail.services:
        _head("Services")
        columns = {key: key.capitalize() for key in ("address", "transport", "port", "product")}
        write_table(columns, detail.services)
    for record in detail.records:
        _write_attributes(record)
    if detail.history:
        _head("Last changes")
        write_table(HISTORY_COLUMNS, entry_rows(detail.history))


def _write_sources(records: "list[RecordDetail]") -> None:
    columns = {"source": "Source", "foreign_id": "Id there", "last_seen": "Last seen"}
    if any(each.gone_at or each.unsynced_since for each in records):
        columns["state"] = "Gone"
    columns["reason"] = "Why it is this asset"
    shown = columns.keys() - {"state"}
    rows = [
        {"state": _state(each), **{name: getattr(each, name) for name in shown}} for each in records
    ]
    write_table(columns, rows)


def _state(record: "RecordDetail") -> str:
    """Return whether its source still has it, and since when not."""
    if record.gone_at and record.is_deselected:
        return f"not seen since {text_of(record.gone_at)}, when the task's settings changed"
    if record.gone_at:
        return f"gone since {text_of(record.gone_at)}"
    if record.unsynced_since:
        return f"not synced any more since {text_of(record.unsynced_since)}"
    return ""


def _write_keys(records: "list[RecordDetail]") -> None:
    """Write what each source says of the identity, and what came of it."""
    rows = [
        {
            "source": record.source,
            "rule": key.rule,
            "value": key.value,
            "outcome": key.outcome.value,
            "reason": key.reason,
        }
        for record in records
        for key in record.keys
    ]
    if rows:
        _head("Keys")
        columns = {"source": "Source", "rule": "Key", "value": "Value", "outcome": "Outcome"}
        write_table({**columns, "reason": "Why"}, rows)


def _write_attributes(record: "RecordDetail") -> None:
    if record.attributes:
        _head(f"Attributes of {record.source} {record.foreign_id}")
        _write_pairs(record.attributes.items())


def _head(text: str) -> None:
    sys.stdout.write(f"\n{text_of(text)}\n")


def _write_pairs(pairs: Iterable[tuple[str, Any]]) -> None:
    shown = [(name, text_of(value)) for name, value in pairs]
    width = max((len(name) for name, text in shown if text), default=0)
    for name, text in shown:
        if text:
            sys.stdout.write(f"{name:<{width}}  {text}\n")
