"""Rows for programs: JSON, one JSON object per line, or CSV."""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from muster.cli.session import as_json

Rows = Iterator[dict[str, Any]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_json(rows: Rows) -> None:
    """Write one array, row by row."""
    separator = "[\n"
    for row in rows:
        sys.stdout.write(f"{separator}  {as_json(row)}")
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def write_jsonl(rows: Rows) -> None:
    """Write one object per line."""
    for row in rows:
        sys.stdout.write(as_json(row) + "\n")


def write_csv(rows: Rows) -> None:
    """Write CSV with a heading; nothing where there are no rows."""
    first = next(rows, None)
    if first is None:
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(first)
    for row in chain([first], rows):
        writer.writerow([_cell(value) for value in row.values()])


def _cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return _cell(" ".join(map(str, value)))
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
