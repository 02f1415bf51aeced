"""Records out of a list of hosts in CSV, as a spreadsheet or another inventory writes it.

The first row names the columns. Those that are known become fields; the others are kept as
attributes. Commas, semicolons and tabs separate.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from muster.core import normalize
from muster.core.errors import DataError
from muster.core.records import AssetRecord
from muster.protocols import text

SOURCE = "csv"
KIND = "row"
MOST_COLUMNS = 500
LONGEST_HEAD = 64 * 1024
LONGEST_CELL = 64 * 1024

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "assetid", "uuid"),
    "names": ("name", "names", "hostname", "hostnames", "host", "fqdn", "dnsname", "computername",
              "devicename", "computer", "device"),
    "addresses": ("address", "addresses", "ip", "ips", "ipaddress", "ipaddresses", "ipv4",
                  "ipv4address", "ipv6", "ipv6address"),
    "macs": ("mac", "macs", "macaddress", "macaddresses", "ethernetaddress", "physicaladdress"),
    "domains": ("domain", "domains"),
    "tags": ("tag", "tags", "label", "labels"),
    "os": ("os", "operatingsystem", "osname"),
    "os_version": ("osversion", "operatingsystemversion"),
    "device_type": ("type", "devicetype", "kind", "category"),
    "hardware_vendor": ("vendor", "manufacturer", "maker", "make", "hardwarevendor"),
    "hardware": ("model", "hardware", "modelname", "productname"),
    "serialNumber": ("serial", "serialnumber", "serialno", "servicetag"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
_MANY = ("names", "addresses", "macs", "domains", "tags")
_TELLING = ("id", "names", "addresses", "macs")
_SPLIT = re.compile(r"[;,|\s]+")
_DELIMITERS = (",", ";", "\t", "|")


def is_table(head: bytes) -> bool:
    """True if a file that begins so is a list whose columns tell machines apart."""
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    if line.lstrip().startswith(("{", "[", "<")):
        return False
    return any(_field(name) in _TELLING for name in _cells(line))


def records(file: BinaryIO) -> Iterator[AssetRecord]:
    """Yield one asset for each row, in order.

    Raises DataError naming the line of a row that tells no machine, or cannot be read.
    """
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        head = lines.readline(LONGEST_HEAD).rstrip("\r\n")
        columns = _columns(head)
        rows = csv.reader(_bounded(lines), delimiter=_delimiter(head))
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _asset(columns, row, number=rows.line_num + 1)
    except UnicodeDecodeError as error:
        raise DataError(
            "the list is not in UTF-8", hint="Save it as “CSV UTF-8”, or convert it with iconv."
        ) from error
    except csv.Error as error:
        raise DataError(f"the list cannot be read: {error}") from error
    finally:
        lines.detach()


def _bounded(lines: io.TextIOWrapper) -> Iterator[str]:
    while line := lines.readline(LONGEST_CELL + 1):
        if len(line) > LONGEST_CELL:
            raise DataError(f"the list has a line of more than {LONGEST_CELL} characters")
        yield line


def _columns(head: str) -> list[str]:
    columns = _cells(head)
    if len(columns) > MOST_COLUMNS:
        raise DataError(f"the list has {len(columns)} columns")
    return columns


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=lambda each: len(line.split(each)))


def _field(column: str) -> str:
    return _FIELD_OF.get(re.sub(r"[^a-z0-9]", "", column.casefold()), "")


def _asset(columns: Sequence[str], row: Sequence[str], *, number: int) -> AssetRecord:
    if len(row) > len(columns):
        raise DataError(
            f"line {number} has {len(row)} cells for {len(columns)} columns",
            hint='Put a cell that holds the separator in "quotation marks".',
        )
    fields: dict[str, list[str]] = {}
    other: dict[str, object] = {}
    for column, cell in zip(columns, row, strict=False):
        value = text.clean(cell)
        if value and (field := _field(column)):
            fields.setdefault(field, []).append(value)
        elif value:
            other[_key(column)] = value
    return _record(fields, other, number=number)


def _record(
    fields: Mapping[str, list[str]], other: dict[str, object], *, number: int
) -> AssetRecord:
    many = {name: _parts(fields.get(name, ()), name) for name in _MANY}
    addresses = tuple(filter(None, map(normalize.address, many["addresses"])))
    macs = text.macs(many["macs"])
    one = {name: values[0] for name, values in fields.items() if name not in _MANY}
    found = next(filter(None, [one.get("id", ""), *many["names"], *addresses, *macs]), "")
    if not found:
        raise DataError(
            f"line {number} names no machine", hint="It needs an id, a name, an address or a MAC."
        )
    told = other | {key: one[key] for key in ("serialNumber",) if key in one}
    return AssetRecord(
        source=SOURCE,
        kind=KIND,
        id=found[:300],
        names=text.names(many["names"]),
        addresses=addresses,
        macs=macs,
        domains=text.names(many["domains"]),
        tags=many["tags"],
        os=one.get("os", ""),
        os_version=one.get("os_version", ""),
        device_type=one.get("device_type", ""),
        hardware_vendor=one.get("hardware_vendor", ""),
        hardware=one.get("hardware", ""),
        attributes=text.attributes(told),
    )


def _parts(cells: Sequence[str], field: str) -> tuple[str, ...]:
    """Return the parts of cells; a name or tag may hold blanks, so these do not split it."""
    pattern = re.compile(r"[;,|]\s*") if field in {"names", "tags"} else _SPLIT
    parts: list[str] = [part.strip() for cell in cells for part in pattern.split(cell)]
    return tuple(dict.fromkeys(filter(None, parts)))


def _key(column: str) -> str:
    words: list[str] = re.findall(r"[A-Za-z0-9]+", column)
    if not words:
        return "unnamed"
    key = "".join(each[0].upper() + each[1:] for each in words)
    return (key[0].lower() + key[1:])[:100]
