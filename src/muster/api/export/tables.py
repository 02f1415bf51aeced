"""Documents as tables: CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from muster.api.answers import encoded
from muster.core.spreadsheet import cell


def csv_lines(documents: Iterable[Mapping[str, Any]], names: Sequence[str]) -> Iterator[bytes]:
    """Yield a heading and a line for each document."""
    yield _line(names)
    for each in documents:
        yield _line([_value(each[name]) for name in names])


def _value(value: Any) -> str:
    """Return a value as one cell: lists and tags by blanks, what is deeper in JSON."""
    if isinstance(value, dict):
        if all(isinstance(each, str) for each in value.values()):
            pairs = (f"{name}={text}" if text else name for name, text in value.items())
            return cell("\t".join(pairs) if "\t" in "".join(value) else ";".join(pairs))
        return cell(encoded(value).decode())
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            return cell(";".join(value))
        return (
            cell(encoded(value).decode())
            if any(isinstance(e, dict) for e in value)
            else cell(";".join(map(str, value)))
        )
    return cell(value)


def _line(values: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue().encode("utf-8", "replace")
