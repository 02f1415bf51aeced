"""What a person sees while a scan runs: the last hosts and how far it is, on stderr."""

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from muster.cli.session import printable
from muster.core.records import AssetRecord
from muster.core.scanfile import ScanError, ScanProgress
from muster.scan.found import Found

if TYPE_CHECKING:
    from muster.cli.session import Session

COLUMNS = {
    "address": "Address",
    "name": "Name",
    "mac": "MAC",
    "os": "System",
    "ports": "Open ports",
}
_SHOWN = 12
_MOST_KEPT = 5000
_MOST_PORTS = 12


class Sight:
    """Keeps what is shown. `left_out` is how many hosts were too many to keep."""

    def __init__(self, session: "Session") -> None:
        """Nothing was found yet."""
        self.rows: dict[str, dict[str, Any]] = {}
        self.left_out = 0
        self._session = session
        self._last: deque[dict[str, Any]] = deque(maxlen=_SHOWN)
        self._progress: ScanProgress | None = None
        self._live: Any = None

    def host(self, record: AssetRecord, found: Found) -> None:
        """Take a host that was found."""
        shown = row(record, found)
        if found.address in self.rows or len(self.rows) < _MOST_KEPT:
            self.rows[found.address] = shown
        else:
            self.left_out += 1
        self._last.append(shown)
        self._draw()

    def progress(self, told: ScanProgress) -> None:
        """Take how far it is."""
        self._progress = told
        self._draw()

    def error(self, told: ScanError) -> None:
        """Say what a person should know."""
        where = f"{told.address}: " if told.address else ""
        if not told.probe:
            self._session.tell(f"Warning: {where}{told.message}")

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Draw while the block runs, where somebody watches."""
        if not sys.stderr.isatty():
            yield
            return
        from rich.live import Live

        with Live(console=self._session.messages, refresh_per_second=4, transient=True) as live:
            self._live = live
            yield
            self._live = None

    def _draw(self) -> None:
        if self._live is not None:
            self._live.update(self._picture())

    def _picture(self) -> Any:
        from rich import box
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for heading in COLUMNS.values():
            table.add_column(heading, overflow="ellipsis", no_wrap=True)
        for each in self._last:
            table.add_row(*(Text(printable(str(each[key]))) for key in COLUMNS))
        return Group(table, Text(line(self._progress)))


def row(record: AssetRecord, found: Found) -> dict[str, Any]:
    """Return a host as a row of the table."""
    ports = [port if transport == "tcp" else f"{transport}/{port}"
             for transport, port in sorted(found.ports)]  # fmt: skip
    text = " ".join(map(str, ports[:_MOST_PORTS]))
    more = f" +{len(ports) - _MOST_PORTS}" if len(ports) > _MOST_PORTS else ""
    return {
        "address": found.address,
        "name": record.names[0] if record.names else "",
        "mac": found.mac or (record.macs[0] if record.macs else ""),
        "os": record.os or record.hardware_vendor,
        "ports": text + more,
    }


def line(told: ScanProgress | None) -> str:
    """Return how far it is, in one line."""
    if told is None:
        return "Starting"
    share = 100 * told.done / told.total if told.total else 100.0
    left = "" if told.remaining_seconds is None else f", about {_time(told.remaining_seconds)} left"
    return (
        f"{told.done:,} of {told.total:,} addresses ({share:.0f} %), {told.alive:,} hosts, "
        f"{told.services:,} services, {told.packets_per_second:,.0f} packets/s{left}"
    )


def _time(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
