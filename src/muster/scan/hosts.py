"""The hosts that were found, each written once it is whole; two addresses of one are merged."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from muster.core import ndjson
from muster.core.probe import Fact
from muster.core.records import AssetRecord, RemovedRecord, ServiceRecord
from muster.core.records import Collection as Kind
from muster.scan.found import Found
from muster.scan.identity import is_own_mac, new_id
from muster.scan.mapping import SOURCE, asset, merged, services
from muster.scan.plan import ScanPlan

_MOST_REMEMBERED = 10_000
"""So many records are kept for what is told of their hosts later."""
MOST_ADDRESSES_OF_A_MAC = 8
"""More addresses than this behind one MAC are a router that answers for others (proxy ARP)."""

Named = tuple[AssetRecord, list[ServiceRecord]]
Conclude = Callable[[Sequence[Fact], AssetRecord, list[ServiceRecord]], Named]
"""Puts into the records of a host what its facts come to."""
Write = Callable[[ndjson.AnyLine], None]


def conclude_nothing(
    facts: Sequence[Fact], record: AssetRecord, services: list[ServiceRecord]
) -> Named:
    """Return the records as they are."""
    return record, services


@dataclass(slots=True)
class Hosts:
    """Gives hosts their ids and writes them."""

    plan: ScanPlan
    engine: str
    write: Write
    now: Callable[[], datetime]
    conclude: Conclude = conclude_nothing
    alive: int = 0
    services: int = 0
    assets: set[str] = field(default_factory=set)
    _by_mac: dict[str, AssetRecord] = field(default_factory=dict)
    _claims: dict[str, set[str]] = field(default_factory=dict)
    _told: dict[str, list[Fact]] = field(default_factory=dict)
    _records: OrderedDict[str, AssetRecord] = field(default_factory=OrderedDict)

    def claim(self, address: str, mac: str) -> None:
        """Note that an address answered with a MAC."""
        if mac:
            self._claims.setdefault(mac, set()).add(address)

    def tell(self, facts: Sequence[Fact]) -> None:
        """Keep what one host told of others, until these are found."""
        for fact in facts:
            if fact.address and fact.address in self.plan.scope:
                self._told.setdefault(fact.address, []).append(fact)

    def finish(self, found: Found) -> AssetRecord:
        """Write a host with its facts and services, and return its record."""
        found.facts += self._told.pop(found.address, [])
        mac = self._mac(found)
        id_ = self._id(found, mac)
        record = asset(
            found,
            id_=id_,
            engine=self.engine,
            at=self.now(),
            name=self.plan.scope.names.get(found.address, ""),
        )
        for fact in found.facts:
            self.write(fact)
        record, open_ports = self.conclude(found.facts, record, services(found, id_=id_))
        record = self._merged(record, mac)
        self.write(record)
        self._remember(found.address, record)
        for each in open_ports:
            self.write(each)
        self.alive += 1
        self.assets.add(id_)
        self.services += len(open_ports)
        return record

    def late(self) -> list[Found]:
        """Write what was told of hosts after they were; return those that only spoke in a group.

        What a router says of a host that did not answer is kept as facts, and is no host.
        """
        found = []
        for address, facts in self._told.items():
            record = self._records.get(address)
            if record is not None:
                self._add_to(record, facts)
            elif any(not each.via for each in facts):
                found.append(Found(-1, address, facts[0].probe))
                continue
            for each in facts:
                self.write(each)
        return found

    def _add_to(self, record: AssetRecord, facts: Sequence[Fact]) -> None:
        macs = [mac for each in facts for mac in each.macs]
        more = msgspec.structs.replace(record, macs=tuple(dict.fromkeys([*record.macs, *macs])))
        if more != record:
            self.write(more)

    def _id(self, found: Found, mac: str) -> str:
        known = self.plan.known.find(
            found.address, macs=found.macs if mac or not found.mac else (), names=found.names
        )
        return known or new_id(found.address, mac)

    def _mac(self, found: Found) -> str:
        """Return the MAC that tells the host; "" if it is nobody's own."""
        claims = self._claims.get(found.mac, set())
        if not is_own_mac(found.mac):
            return ""
        if len(claims) <= MOST_ADDRESSES_OF_A_MAC:
            return found.mac
        self._part(found.mac)
        return ""

    def _merged(self, record: AssetRecord, mac: str) -> AssetRecord:
        if not mac:
            return record
        earlier = self._by_mac.get(mac)
        if earlier is not None and earlier.id == record.id:
            record = merged(earlier, record)
        self._by_mac[mac] = record
        return record

    def _remember(self, address: str, record: AssetRecord) -> None:
        if not self.plan.probes:
            return  # nobody tells of it later
        self._records[address] = record
        if len(self._records) > _MOST_REMEMBERED:
            self._records.popitem(last=False)

    def _part(self, mac: str) -> None:
        """Take back a host that was several: its MAC proves to be a router's."""
        wrong = self._by_mac.pop(mac, None)
        if wrong is None or len(wrong.addresses) < 2:  # noqa: PLR2004 - one address is one host
            return
        self.write(RemovedRecord(source=SOURCE, collection=Kind.ASSETS, id=wrong.id))
        self.assets.discard(wrong.id)
