"""Reading an agent: the system first, then its tables, each as far as the agent goes along."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Target, heard
from muster.probes.snmp import tables
from muster.probes.snmp.discovery import Engine
from muster.probes.snmp.session import Agent
from muster.probes.snmp.tables import Column, Neighbour
from muster.protocols import text

_NAME = "snmp"
_SYSTEM: Mapping[str, str] = {
    "1.3.6.1.2.1.1.1.0": "snmp.sysDescr",
    "1.3.6.1.2.1.1.2.0": "snmp.sysObjectID",
    "1.3.6.1.2.1.1.3.0": "snmp.sysUpTime",
    "1.3.6.1.2.1.1.4.0": "snmp.sysContact",
    "1.3.6.1.2.1.1.5.0": "snmp.sysName",
    "1.3.6.1.2.1.1.6.0": "snmp.sysLocation",
}
_IF_DESCR, _IF_TYPE, _IF_MAC = (f"1.3.6.1.2.1.2.2.1.{each}" for each in (2, 3, 6))
_IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
_OWN_ADDRESS = "1.3.6.1.2.1.4.20.1.1"
_ARP = "1.3.6.1.2.1.4.22.1.2"
_NEIGHBOURS = "1.3.6.1.2.1.4.35.1.4"
_BRIDGE_PORTS = "1.3.6.1.2.1.17.1.4.1.2"
_BRIDGE = "1.3.6.1.2.1.17.4.3.1.2"
_BRIDGE_BY_VLAN = "1.3.6.1.2.1.17.7.1.2.2.1.2"
_SERIAL = "1.3.6.1.2.1.47.1.1.1.1.11"
_MODEL = "1.3.6.1.2.1.47.1.1.1.1.13"
_PRINTER_SERIAL = "1.3.6.1.2.1.43.5.1.1.17"
_DEVICE = "1.3.6.1.2.1.25.3.2.1.3"
_CISCO = "1.3.6.1.4.1.9."
_CISCO_VLANS = "1.3.6.1.4.1.9.9.46.1.3.1.1.2"

MOST_INTERFACES = 1024
MOST_NEIGHBOURS = 16_384
MOST_VLANS = 64
MOST_SERIALS = 32


@dataclass
class Tables:
    """What the agent's tables held; a table that it refuses is empty, and named."""

    interfaces: Column = field(default_factory=dict)
    types: Column = field(default_factory=dict)
    macs: Column = field(default_factory=dict)
    addresses: Column = field(default_factory=dict)
    serials: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


async def facts(
    context: ProbeContext, target: Target, agent: Agent, engine: Engine | None
) -> list[Fact]:
    """Return what an agent tells: of itself first, then of the others that it knows.

    Raises UnavailableError or DataError if it does not even tell what it is.
    """
    system = await agent.values(_SYSTEM)
    told = {_SYSTEM[oid]: tables.string(value) for oid, value in system.items() if oid in _SYSTEM}
    if not any(told.values()):
        raise DataError(f"{target.address} tells nothing of itself by SNMP")
    found = await _tables(agent, is_asked_for_others=context.options.get("snmp-tables") == "true")
    if told.get("snmp.sysObjectID", "").startswith(_CISCO) and found.neighbours:
        found.neighbours += tuple(await _by_vlan(context, target, agent, found))
    own = _own(context, target, told, found, engine, is_third=agent.is_third_version)
    return [own, *_others(context, target, own, found.neighbours)]


def of_engine(engine: Engine | None) -> dict[str, object]:
    """Return what the id of an engine says, as attributes."""
    if engine is None:
        return {}
    return {"snmp.engineID": engine.id, "snmp.engineEnterprise": engine.enterprise}


async def _tables(agent: Agent, *, is_asked_for_others: bool) -> Tables:
    found = Tables()
    # An agent that breaks off is told with what it told until then.
    with contextlib.suppress(UnavailableError):
        names = await _column(agent, _IF_NAME, MOST_INTERFACES)
        found.interfaces = names or await _column(agent, _IF_DESCR, MOST_INTERFACES)
        found.types = await _column(agent, _IF_TYPE, MOST_INTERFACES)
        found.macs = await _column(agent, _IF_MAC, MOST_INTERFACES)
        found.addresses = await _column(agent, _OWN_ADDRESS, MOST_INTERFACES)
        found.serials = tables.strings(
            await _column(agent, _SERIAL, MOST_SERIALS)
            or await _column(agent, _PRINTER_SERIAL, MOST_SERIALS)
        )
        found.models = tables.strings(await _column(agent, _MODEL, MOST_SERIALS))
        found.devices = tables.strings(await _column(agent, _DEVICE, MOST_SERIALS))
        if is_asked_for_others:
            found.neighbours = tuple(await _neighbours(agent, found))
    return found


async def _column(agent: Agent, oid: str, most: int) -> Column:
    """Return a column, empty where the agent does not have it or garbles it."""
    try:
        return await agent.column(oid, most=most)
    except DataError:
        return {}


async def _neighbours(agent: Agent, found: Tables) -> list[Neighbour]:
    names = found.interfaces
    known = list(tables.arp(await _column(agent, _ARP, MOST_NEIGHBOURS), names))
    known += tables.neighbours(await _column(agent, _NEIGHBOURS, MOST_NEIGHBOURS), names)
    return known + await _bridged(agent, names)


async def _bridged(agent: Agent, names: Column) -> list[Neighbour]:
    ports = await _column(agent, _BRIDGE_PORTS, MOST_INTERFACES)
    if not ports:
        return []
    learnt = await _column(agent, _BRIDGE_BY_VLAN, MOST_NEIGHBOURS)
    learnt = learnt or await _column(agent, _BRIDGE, MOST_NEIGHBOURS)
    return list(tables.bridged(learnt, ports, names))


async def _by_vlan(
    context: ProbeContext, target: Target, agent: Agent, found: Tables
) -> list[Neighbour]:
    """Ask a Catalyst once for each VLAN: it keeps a table of MACs for each, under a community."""
    if not agent.community:
        return []
    vlans = [index[-1] for index in await _column(agent, _CISCO_VLANS, MOST_VLANS) if index]
    known: list[Neighbour] = []
    for vlan in vlans:
        of_vlan = Agent(context, target, community=f"{agent.community}@{vlan}")
        with contextlib.suppress(UnavailableError):
            known += await _bridged(of_vlan, found.interfaces)
    return known


def _own(
    context: ProbeContext,
    target: Target,
    system: Mapping[str, str],
    found: Tables,
    engine: Engine | None,
    *,
    is_third: bool,
) -> Fact:
    macs = tables.own_macs(found.macs, found.types, found.interfaces)
    told: dict[str, object] = {
        **system,
        **of_engine(engine),
        "snmp.version": "3" if is_third else "2c or 1",
        "snmp.interfaceNames": tables.strings(found.interfaces),
        "snmp.interfaceMacs": macs,
        "snmp.serialNumbers": found.serials,
        "snmp.modelNames": found.models,
        "snmp.deviceDescriptions": found.devices,
        "snmp.neighbours": len(found.neighbours) or None,
    }
    addresses = text.addresses(tables.string(each) for each in found.addresses.values())
    return heard(
        _NAME,
        context,
        target,
        protocols=("snmp",),
        names=text.names([system.get("snmp.sysName", "")]),
        macs=macs or (engine.macs if engine else ()),
        addresses=tuple(each for each in addresses if each != target.address),
        attributes=text.attributes(told),
        raw="\n".join(f"{key}={value}" for key, value in system.items()).encode(),
    )


def _others(
    context: ProbeContext, target: Target, own: Fact, neighbours: Iterable[Neighbour]
) -> list[Fact]:
    mine = {*own.macs}
    places = {target.address, *own.addresses}
    found: dict[tuple[str, str], Neighbour] = {}
    for each in neighbours:
        if each.mac not in mine and each.address not in places:
            found.setdefault((each.address, each.mac), each)
    return [
        heard(
            _NAME,
            context,
            Target(each.address),
            macs=(each.mac,),
            via=target.address,
            attributes=text.attributes(_place(each)),
        )
        for each in list(found.values())[:MOST_NEIGHBOURS]
    ]


def _place(each: Neighbour) -> dict[str, object]:
    key = "snmp.arp.interface" if each.address else "snmp.bridge.interface"
    return {key: each.interface}
