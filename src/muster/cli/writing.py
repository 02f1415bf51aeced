"""Rows for programs: JSON, one JSON object per line, or CSV."""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from muster.cli.session import as_json

Rows = Iterator[dict[str, Any]]

# In full width too: a spreadsheet in a language that writes so reads them alike.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
    writer.writerow([_cell(name) for name in first])
    for row in chain([first], rows):
        writer.writerow([_cell(value) for value in row.values()])


def _cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    text = _text(value)
    is_formula = text.lstrip(" ").startswith(_FORMULA) and not isinstance(value, int | float)
    return f"'{text}" if is_formula else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return " ".join(f"{name}={text}" for name, text in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)
