"""What is said when a scan has ended."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from muster.cli.errors import FAILED, STOPPED
from muster.cli.scanning.live import COLUMNS, Sight
from muster.core.scanfile import ScanEnd, ScanStatus

if TYPE_CHECKING:
    from muster.cli.session import Session


def show(session: "Session", end: ScanEnd, sight: Sight, path: Path) -> None:
    """Show the hosts and how it ended; end the command with its exit code if not complete."""
    rows = sorted(sight.rows.values(), key=_order)
    if session.is_json:
        session.answer({"file": str(path), "end": _document(end), "hosts": rows})
    elif rows:
        session.table(COLUMNS, rows)
    if sight.left_out:
        session.tell(f"{sight.left_out:,} more hosts are in the file.")
    session.tell(_sentence(end, path))
    if end.hint:
        session.tell(f"  {end.hint}")
    if end.status is not ScanStatus.COMPLETE:
        raise typer.Exit(STOPPED if end.status is ScanStatus.STOPPED else FAILED)


def _order(row: dict[str, str]) -> tuple[int, bytes]:
    from ipaddress import ip_address

    address = ip_address(row["address"])
    return address.version, address.packed


def _sentence(end: ScanEnd, path: Path) -> str:
    said = (
        f"Scan {end.status}: {end.addresses:,} addresses, {end.alive:,} hosts, "
        f"{end.services:,} services in {end.seconds:.1f} s; written to {path}."
    )
    return f"{said}\n{end.reason[:1].upper()}{end.reason[1:]}." if end.reason else said


def _document(end: ScanEnd) -> dict[str, object]:
    return {name: getattr(end, name) for name in end.__struct_fields__}
