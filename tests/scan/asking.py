"""Running an engine to its end, for tests."""

import asyncio
from collections.abc import Iterable

from muster.scan.engines.connecting import connect_engine
from muster.scan.engines.engine import Engine
from muster.scan.engines.reply import Asked, Asking, Reply, State
from muster.scan.pace import UNLIMITED, Pace
from muster.scan.ports import parse_ports


def connector(rate: float = UNLIMITED, host_rate: float = UNLIMITED) -> Engine:
    return connect_engine(Pace(rate=rate, host_rate=host_rate))


def replies(engine: Engine, addresses: Iterable[str], ports: str, **given) -> list[Reply]:
    """Return all that an engine says of some addresses."""
    targets = (Asked(number, address) for number, address in enumerate(addresses))
    asking = Asking(ports=parse_ports(ports), **given)

    async def collect() -> list[Reply]:
        return [each async for each in engine.probe(targets, asking)]

    return asyncio.run(collect())


def open_ports(found: Iterable[Reply]) -> set[tuple[str, str, int]]:
    return {(each.address, each.transport, each.port) for each in found if each.state is State.OPEN}


def done(found: Iterable[Reply]) -> dict[str, Reply]:
    return {each.address: each for each in found if each.state is State.DONE}
