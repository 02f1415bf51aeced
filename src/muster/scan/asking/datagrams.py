"""Datagrams of probes: a question and the answers of one host, or of a group's members."""

import asyncio
import errno
import socket
from collections.abc import Callable
from ipaddress import ip_address

from muster.core.errors import ConfigError, UnavailableError
from muster.core.probe import Datagram, Target
from muster.scan.asking.limits import Limits

_MOST_BYTES = 65_535
_TRIES = 2
_GROUP_HOPS = 1
_ERRORS = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),  # IP_RECVERR
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),  # IPV6_RECVERR
}


async def ask(
    target: Target, payload: bytes, limits: Limits, *, most: int, wait: float
) -> list[Datagram]:
    """Send a datagram, once more if nothing comes, and return up to `most` answers."""
    with _opened(target) as made:
        answers: list[Datagram] = []
        for _ in range(_TRIES):
            await limits.take(target.address)
            _send(made, payload, target)
            is_refused = await _listen(
                made, answers, most, wait / _TRIES, lambda address: address == target.address
            )
            if answers or is_refused:
                break
        return answers


async def ask_group(
    target: Target,
    payload: bytes,
    limits: Limits,
    *,
    source: str,
    most: int,
    wait: float,
) -> list[Datagram]:
    """Send a datagram to a group of the segment and return what hosts of the scope answer."""
    answers: list[Datagram] = []
    with _opened(target) as made:
        await limits.take(target.address)
        if ":" not in target.address:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _GROUP_HOPS)
            if source:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(source))
        _send(made, payload, target)
        await _listen(made, answers, most, wait, lambda address: address in limits.scope)
    return answers


async def _listen(
    made: socket.socket,
    answers: list[Datagram],
    most: int,
    seconds: float,
    is_wanted: Callable[[str], bool],
) -> bool:
    """Gather answers for a while; true if the system was told that none will come."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            while len(answers) < most:
                data, sender = await loop.sock_recvfrom(made, _MOST_BYTES)
                address = str(ip_address(sender[0].partition("%")[0]))
                if is_wanted(address):
                    answers.append(Datagram(address, sender[1], data))
    except TimeoutError:
        return False
    except OSError:
        return True
    return False


def _opened(target: Target) -> socket.socket:
    family = socket.AF_INET6 if ":" in target.address else socket.AF_INET
    try:
        made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            raise ConfigError("this machine has run out of open files") from error
        raise UnavailableError(f"{target.address} cannot be asked: {error.strerror}") from error
    # Refusals by ICMP are told, so that nobody waits for an answer that cannot come.
    level, option = _ERRORS[family]
    made.setsockopt(level, option, 1)
    return made


def _send(made: socket.socket, payload: bytes, target: Target) -> None:
    try:
        made.sendto(payload, (target.address, target.port))
    except BlockingIOError:
        return  # the system is busy; the second try asks again
    except OSError as error:
        raise UnavailableError(f"{target.address} cannot be asked: {error.strerror}") from error
