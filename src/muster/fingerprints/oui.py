"""Whose number a MAC begins with, by IEEE's lists: netaddr's copy, or one that a person installed.

A MAC with the locally administered bit was made up, by a telephone that hides or by a virtual
machine: it names no maker, and another day it is another.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from netaddr import EUI
from netaddr.core import AddrFormatError, NotRegisteredError

from muster.core import normalize
from muster.core.errors import DataError

FILE = "oui.csv"
"""What an installed list is called in the folder of fingerprints; IEEE's own format."""

MOST_ROWS = 500_000
_LOCAL_BIT = 2
_LENGTHS = (9, 7, 6)
"""MA-S, MA-M and MA-L: nine, seven and six digits; the longest that is registered is right."""

_VIRTUAL: Mapping[str, str] = {
    "000569": "VMware", "000c29": "VMware", "001c14": "VMware", "005056": "VMware",
    "00155d": "Microsoft", "080027": "VirtualBox", "00163e": "Xen", "525400": "QEMU",
    "bc2411": "Proxmox",
}  # fmt: skip
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:inc|corp|corporation|co|ltd|limited|llc|gmbh|ag|s\.?a|b\.?v|plc|kg|company"
    r"|international|technologies|technology|electronics|systems)\.?,?$",
    re.IGNORECASE,
)


class Makers:
    """Makers by the first digits of a MAC."""

    def __init__(self, installed: Mapping[str, str] | None = None) -> None:
        """Take what a person installed (six, seven or nine digits); netaddr's fills the gaps."""
        self._installed = installed or {}
        self.of = lru_cache(maxsize=65_536)(self._of)

    def of_any(self, macs: Iterable[str]) -> str:
        """Return the maker of the first MAC that has one."""
        return next(filter(None, map(self.of, macs)), "")

    def is_made_up(self, mac: str) -> bool:
        """True if the MAC was not given by a maker."""
        digits = normalize.mac(mac).replace(":", "")
        return bool(digits) and bool(int(digits[:2], 16) & _LOCAL_BIT)

    def _of(self, mac: str) -> str:
        digits = normalize.mac(mac).replace(":", "")
        if not digits:
            return ""
        if digits[:6] in _VIRTUAL:
            return _VIRTUAL[digits[:6]]
        if self.is_made_up(mac):
            return ""
        for length in _LENGTHS:
            if digits[:length] in self._installed:
                return short(self._installed[digits[:length]])
        return short(_registered(digits))


def _registered(digits: str) -> str:
    try:
        return str(EUI(digits).oui.registration()["org"])
    except (NotRegisteredError, AddrFormatError, IndexError, AttributeError):
        return ""


def short(organization: str) -> str:
    """Return an organization's name as people say it: without its legal form."""
    name = " ".join(organization.split())
    while (shorter := _LEGAL_FORM.sub("", name)) != name and shorter:
        name = shorter
    return name[:80]


def makers(*folders: Path) -> Makers:
    """Return the makers, with the list installed in the first folder that has one.

    Raises DataError if that list cannot be read.
    """
    for folder in folders:
        if (folder / FILE).is_file():
            return Makers(read((folder / FILE).read_bytes(), name=FILE))
    return Makers()


def read(data: bytes, *, name: str) -> dict[str, str]:
    """Return the makers in IEEE's list (`Registry,Assignment,Organization Name,…`).

    Raises DataError if it holds none.
    """
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace")))
    found: dict[str, str] = {}
    try:
        for number, row in enumerate(rows):
            digits = (row.get("Assignment") or "").strip().casefold()
            if number < MOST_ROWS and re.fullmatch(r"[0-9a-f]{6,9}", digits):
                found[digits] = (row.get("Organization Name") or "").strip()
    except csv.Error as error:
        raise DataError(f"{name} is no CSV: {error}") from error
    if not found:
        raise DataError(
            f"{name} holds no list of makers",
            hint="IEEE's oui.csv begins with: Registry,Assignment,Organization Name.",
        )
    return found
