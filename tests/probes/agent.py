"""An SNMP agent on loopback, with what objects a test gives it."""

import asyncio
import contextlib

from muster.protocols import ber
from muster.protocols.cursor import Cursor

GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
NO_SUCH_OBJECT, END_OF_VIEW = 0x80, 0x82


def octets(value):
    return ber.element(ber.OCTETS, value)


def oid(text):
    numbers = [int(each) for each in text.split(".")]
    body = bytearray([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        body += bytes(reversed(groups))
    return ber.element(ber.OID, bytes(body))


def _text(content):
    numbers, value = [content[0] // 40, content[0] % 40], 0
    for byte in content[1:]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def _order(text):
    return tuple(map(int, text.split(".")))


class Agent(asyncio.DatagramProtocol):
    """Answers versions 1 and 2c for its communities; `objects` are encoded values by their OIDs.

    With `is_looping` it answers every walk with the same row, as some devices do.
    """

    def __init__(self, objects, *, communities=("public",), versions=(0, 1), is_looping=False):
        self.objects = dict(sorted(objects.items(), key=lambda each: _order(each[0])))
        self.communities = communities
        self.versions = versions
        self.is_looping = is_looping
        self.asked = 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        version, community, request = ber.read(Cursor(data)).inside()[:3]
        name = community.content.decode()
        if version.number() not in self.versions or name not in self.communities:
            return
        self.asked += 1
        self.transport.sendto(self.answer(version, community, request), address)

    def answer(self, version, community, request):
        number, _first, second, bindings = request.inside()
        names = [_text(each.inside()[0].content) for each in bindings.inside()]
        rows = self.rows(request.tag, names, second.number())
        missing = version.number() == 0 and any(value[0] == NO_SUCH_OBJECT for _name, value in rows)
        body = ber.sequence(
            ber.integer(number.number()),
            ber.integer(2 if missing else 0),
            ber.integer(1 if missing else 0),
            ber.sequence(*(ber.sequence(oid(name), value) for name, value in rows)),
            tag=RESPONSE,
        )
        return ber.sequence(ber.integer(version.number()), octets(community.content), body)

    def rows(self, kind, names, repetitions):
        if kind == GET:
            missing = ber.element(NO_SUCH_OBJECT, b"")
            return [(name, self.objects.get(name, missing)) for name in names]
        count = repetitions if kind == GET_BULK else 1
        return [row for name in names for row in self.following(name, count)]

    def following(self, name, count):
        later = [each for each in self.objects.items() if _order(each[0]) > _order(name)]
        if self.is_looping and later:
            return [later[0]] * count
        return later[:count] or [(name, ber.element(END_OF_VIEW, b""))]


@contextlib.asynccontextmanager
async def running(agent):
    """Run an agent on a port of its own, which is given."""
    loop = asyncio.get_running_loop()
    transport, _protocol = await loop.create_datagram_endpoint(
        lambda: agent, local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
