"""Rows for programs: JSON, one JSON object per line, or CSV."""

import csv
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

from muster.cli.session import as_json
from muster.core.spreadsheet import cell

Rows = Iterator[dict[str, Any]]


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
    writer.writerow([cell(name) for name in first])
    for row in chain([first], rows):
        writer.writerow([cell(value) for value in row.values()])
