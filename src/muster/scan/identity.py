"""Which id a scanned host has, so that the next scan of it says the same.

A host on our own segment is its MAC. One behind a router is its address, as nothing else of it
is seen in every scan. Hosts of earlier scans keep their ids: they are found again by a MAC, or by
address and name; so a host keeps its id when DHCP moves it, and when the next scan sees no MACs.
See docs/decisions/0020-how-a-scan-asks.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from uuid import UUID

from muster.core.normalize import address as plain_address
from muster.core.normalize import mac as plain_mac
from muster.core.normalize import short_name
from muster.core.records import AssetRecord

_SPACE = UUID("8d0f0f6e-5f0b-5c63-9a3e-6d7573746572").bytes
# The second-lowest bit of the first byte: made up by software, perhaps anew each time.
_LOCAL_BIT = 2
_SHARED = (
    "00:00:5e:00:01", "00:00:5e:00:02",  # VRRP
    "00:00:0c:07:ac", "00:00:0c:9f:f0",  # HSRP
    "00:07:b4",  # GLBP
    "00:05:73:a0",  # HSRP, IPv6
)  # fmt: skip


@dataclass(slots=True)
class KnownHosts:
    """Hosts of earlier scans, by what tells them."""

    by_mac: dict[str, str] = field(default_factory=dict)
    by_address: dict[str, tuple[str, frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Id, names and MACs of the host that was last seen at an address."""

    def add(self, record: AssetRecord) -> None:
        """Remember a host; of those that claim the same, the last counts."""
        macs = frozenset(filter(is_own_mac, map(plain_mac, record.macs)))
        self.by_mac.update(dict.fromkeys(macs, record.id))
        names = frozenset(filter(None, map(short_name, record.names)))
        for address in filter(None, map(plain_address, record.addresses[:1])):
            self.by_address[address] = (record.id, names, macs)

    def find(self, address: str, *, macs: Sequence[str], names: Iterable[str]) -> str:
        """Return the id of the host that this is, "" if it is a new one."""
        for each in macs:
            if is_own_mac(each) and each in self.by_mac:
                return self.by_mac[each]
        known = self.by_address.get(address)
        if known is None:
            return ""
        id_, its_names, its_macs = known
        mine, theirs = {each for each in macs if is_own_mac(each)}, its_macs
        if mine and theirs:
            return ""  # other hardware has the address now
        shorts = set(filter(None, map(short_name, names)))
        if shorts and its_names and not shorts & its_names:
            return ""
        return id_


def known_hosts(records: Iterable[object]) -> KnownHosts:
    """Return the hosts among records."""
    known = KnownHosts()
    for each in records:
        if isinstance(each, AssetRecord):
            known.add(each)
    return known


def is_own_mac(mac: str) -> bool:
    """True if a MAC belongs to one machine: not made up, not shared by a pair of routers."""
    if not plain_mac(mac):
        return False
    return not int(mac[:2], 16) & (_LOCAL_BIT | 1) and not mac.startswith(_SHARED)


def new_id(address: str, mac: str) -> str:
    """Return the id of a host that was never seen before."""
    basis = f"mac:{mac}" if is_own_mac(mac) else f"address:{address}"
    return _uuid5(basis)


def _uuid5(name: str) -> str:
    """Return what `str(uuid.uuid5(...))` does (RFC 9562), in a third of the time."""
    digest = bytearray(sha1(_SPACE + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
