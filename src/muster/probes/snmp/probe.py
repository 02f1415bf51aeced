"""Asking SNMP agents what they are, and whom they know.

A router's ARP cache and a switch's table of MACs tell the MACs of machines that the scan only
reaches across routers: each becomes a fact of its own, told `via` the device.
"""

import contextlib
from collections.abc import AsyncGenerator, Sequence

from muster.core.errors import DataError, MusterError, UnavailableError
from muster.core.probe import Fact, ProbeContext, ProbeCredential, Safety, Target, UdpProbe, heard
from muster.core.source import CredentialType, Option, OptionKind
from muster.probes.snmp import credentials, discovery, reading
from muster.probes.snmp.session import Agent
from muster.protocols import text

NAME = "snmp"
MOST_COMMUNITIES = 8


class SnmpProbe(UdpProbe):
    """System, interfaces, neighbours; see the module."""

    name = NAME
    label = "SNMP v1, v2c and v3"
    ports: tuple[int, ...] = (161,)
    safety = Safety.POLITE
    options: Sequence[Option] = (
        Option(
            "snmp-communities",
            "Communities",
            default="public",
            help="Tried in this order besides credentials; separated by blanks or commas.",
        ),
        Option(
            "snmp-tables",
            "Read ARP caches and switch tables",
            kind=OptionKind.BOOLEAN,
            default="true",
            help="Tells the MACs of machines behind routers and the switch ports they are at.",
        ),
    )
    credential_types: Sequence[CredentialType] = (credentials.COMMUNITY, credentials.USER)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the agent says of itself and of others; nothing if there is no answer."""
        engine, raw = await _engine(context, target)
        async with contextlib.aclosing(_agents(context, target, is_third=bool(raw))) as agents:
            async for agent in agents:
                try:
                    return await reading.facts(context, target, agent, engine)
                except MusterError:
                    # This user is refused, or the agent breaks off: the next may do.
                    continue
        if engine is None:
            return []
        told = text.attributes(reading.of_engine(engine))
        return [
            heard(
                NAME,
                context,
                target,
                protocols=("snmp",),
                macs=engine.macs,
                attributes=told,
                raw=raw,
            )
        ]


async def _engine(context: ProbeContext, target: Target) -> tuple[discovery.Engine | None, bytes]:
    for answer in await context.ask(target, discovery.engine_question()):
        with contextlib.suppress(DataError):
            return discovery.engine(answer.data), answer.data
    return None, b""


async def _agents(
    context: ProbeContext, target: Target, *, is_third: bool
) -> AsyncGenerator[Agent, None]:
    """Yield the ways in which the agent lets itself be asked, the safest first."""
    given = context.credentials(target)
    for each in given if is_third else ():
        if each.type == credentials.USER.name:
            with contextlib.suppress(UnavailableError, DataError):
                agent = Agent(context, target, user=credentials.user(each.fields))
                await agent.begin()
                yield agent
    for community in _communities(context, given):
        for version in (discovery.V2C, discovery.V1):
            asked = discovery.question(community, version=version)
            answers = await context.ask(target, asked)
            if any(discovery.is_answer(each.data, version=version) for each in answers):
                is_first = version == discovery.V1
                yield Agent(context, target, community=community, is_first_version=is_first)
                break


def _communities(context: ProbeContext, given: Sequence[ProbeCredential]) -> list[str]:
    kind = credentials.COMMUNITY.name
    saved = [each.fields.get("community", "") for each in given if each.type == kind]
    typed = context.options.get("snmp-communities", "").replace(",", " ").split()
    return list(dict.fromkeys(each for each in [*saved, *typed] if each))[:MOST_COMMUNITIES]
