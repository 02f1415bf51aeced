"""Which ports are asked, and which of them are treated with care."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from muster.core.errors import ConfigError

TCP, UDP = "tcp", "udp"
HIGHEST = 65_535


class PortAsk(NamedTuple):
    """One port of one transport."""

    transport: str
    port: int


FRAGILE = frozenset({
    102,  # S7comm
    502,  # Modbus
    789,  # Red Lion Crimson
    1089, 1090, 1091,  # Foundation Fieldbus
    1911, 4911,  # Niagara Fox
    1962,  # PCWorx
    2222,  # EtherNet/IP, implicit
    2404,  # IEC 60870-5-104
    4000,  # Emerson ROC
    4840,  # OPC UA
    5006, 5007,  # MELSEC
    9600,  # OMRON FINS
    18245,  # GE SRTP
    20000,  # DNP3
    20547,  # ProConOS
    34962, 34963, 34964,  # PROFINET
    44818,  # EtherNet/IP
    47808,  # BACnet
})  # fmt: skip
"""Ports of devices that are known to hang from a second or half-open connection.

Left out unless a person asks for them; then one full connection at a time and no second try.
"""

SILENT = frozenset(range(9100, 9108))
"""Raw printing: whatever is written there is printed. They are connected to, and left at once."""

# What a default scan asks, most telling first; nothing that only exploits would look for.
DEFAULT_TCP = (
    80, 443, 22, 445, 3389, 139, 135, 23, 21, 25, 53, 8080, 8443, 5900, 3306, 5432, 6379, 1433,
    389, 636, 88, 110, 143, 993, 995, 587, 465, 111, 113, 119, 179, 515, 548, 554, 631, 873, 902,
    1080, 1194, 1521, 1723, 1883, 2049, 2082, 2083, 2375, 2376, 2379, 3000, 3128, 3268, 3269, 3690,
    4443, 5000, 5001, 5060, 5061, 5222, 5357, 5601, 5672, 5671, 5984, 5985, 5986, 6000, 6443, 6667,
    7001, 7070, 7443, 7547, 8000, 8001, 8006, 8008, 8009, 8081, 8088, 8089, 8123, 8181, 8291, 8333,
    8500, 8554, 8728, 8834, 8880, 8883, 8888, 9000, 9001, 9042, 9090, 9092, 9100, 9200, 9443, 9999,
    10000, 10250, 11211, 15672, 27017, 32400, 49152, 62078,
)  # fmt: skip
DEFAULT_UDP = (53, 67, 69, 123, 137, 161, 500, 1900, 3702, 5060, 5353, 11211)

LIVENESS_TCP = (443, 80, 22, 445, 3389)
"""Ports of which one answers on most hosts, be it with a refusal."""


def parse_ports(text: str, *, fragile: bool = False) -> tuple[PortAsk, ...]:
    """Return the ports of `22,80,8000-8100,U:53,161/udp`; `default` and `all` are known words.

    Ports of fragile devices are left out unless `fragile`, or a person names one by itself.
    Raises ConfigError for what is no port.
    """
    found: dict[PortAsk, None] = {}
    transport = TCP
    for word in (each for each in text.replace(" ", ",").split(",") if each):
        transport, rest = _transport(word, transport)
        if rest:
            found.update(dict.fromkeys(_asks(rest, transport, fragile=fragile)))
    if not found:
        raise ConfigError("no ports are given", hint="Write such as 22,80,8000-8100,U:161.")
    return tuple(found)


def default_ports(*, udp: bool, fragile: bool) -> tuple[PortAsk, ...]:
    """Return what is asked where a person names no ports."""
    asks = [PortAsk(TCP, each) for each in DEFAULT_TCP]
    asks += [PortAsk(UDP, each) for each in DEFAULT_UDP if udp]
    asks += [PortAsk(TCP, each) for each in sorted(FRAGILE) if fragile]
    return tuple(asks)


def port_text(asks: Iterable[PortAsk]) -> str:
    """Return ports as `parse_ports` reads them."""
    both = [(TCP, ""), (UDP, "U:")]
    grouped = {each: sorted({ask.port for ask in asks_of}) for each, asks_of in _by(asks).items()}
    return ",".join(sign + _runs(grouped[each]) for each, sign in both if grouped.get(each))


def _by(asks: Iterable[PortAsk]) -> dict[str, list[PortAsk]]:
    grouped: dict[str, list[PortAsk]] = {}
    for each in asks:
        grouped.setdefault(each.transport, []).append(each)
    return grouped


def _runs(ports: Sequence[int]) -> str:
    """Write ports shortly; a fragile one by itself, so that reading the text keeps it."""
    runs: list[list[int]] = []
    for port in ports:
        if runs and runs[-1][-1] == port - 1 and not {port, port - 1} & FRAGILE:
            runs[-1] = [runs[-1][0], port]
        else:
            runs.append([port])
    return ",".join("-".join(map(str, dict.fromkeys(run))) for run in runs)


def _transport(word: str, current: str) -> tuple[str, str]:
    """Read `U:53`, `T:22` (which hold for what follows) and `161/udp` (which does not)."""
    upper = word.upper()
    for sign, transport in (("U:", UDP), ("T:", TCP)):
        if upper.startswith(sign):
            return transport, word[2:]
    return current, word


def _asks(word: str, transport: str, *, fragile: bool) -> list[PortAsk]:
    name, slash, own = word.partition("/")
    if slash:
        if own.casefold() not in {TCP, UDP}:
            raise _no_port(word)
        transport = own.casefold()
    if name.casefold() == "default":
        ports: Iterable[int] = DEFAULT_UDP if transport == UDP else DEFAULT_TCP
    elif name.casefold() == "all" or name == "-":
        ports = range(1, HIGHEST + 1)
    else:
        return _numbered(name, word, transport, fragile=fragile)
    return [PortAsk(transport, each) for each in ports if fragile or each not in FRAGILE]


def _numbered(name: str, word: str, transport: str, *, fragile: bool) -> list[PortAsk]:
    first, dash, last = name.partition("-")
    start, end = _number(first, word), _number(last if dash else first, word)
    if end < start:
        raise _no_port(word)
    is_kept = fragile or not dash
    return [PortAsk(transport, each) for each in range(start, end + 1)
            if is_kept or each not in FRAGILE]  # fmt: skip


def _number(text: str, word: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 1 <= int(text) <= HIGHEST:  # noqa: PLR2004
        raise _no_port(word)
    return int(text)


def _no_port(word: str) -> ConfigError:
    return ConfigError(
        f"{word[:60]} is no port or range of ports",
        hint="Write such as 22,80,8000-8100,U:161 (U: for UDP); ports are 1 to 65535.",
    )
