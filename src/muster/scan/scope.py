"""What is to be scanned: intervals of addresses, which are never written out one by one."""

import socket
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import accumulate, islice

from muster.core.errors import ConfigError

Address = IPv4Address | IPv6Address
Interval = tuple[int, int, int]
"""IP version, first and last address."""
Resolve = Callable[[str], Sequence[str]]

DEFAULTS = "defaults"
MOST_ADDRESSES = 1 << 32

_WIDTHS = {4: 32, 6: 128}
_NOBODY = ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8")
"""Networks that no host has its own address in; a packet there would reach many or none."""
_LONGEST = 300
_FORMS = "Write 10.0.0.0/24, 10.0.0.1-10.0.0.9, 10.0.0.5, a name, an IPv6 network, or defaults."


@dataclass(frozen=True)
class Scope:
    """Disjoint intervals in order; `names` are what a person called an address in it."""

    intervals: tuple[Interval, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many addresses there are."""
        return self._ends[-1] if self.intervals else 0

    def at(self, number: int) -> Address:
        """Return one address by its place in the scope."""
        index = bisect_right(self._ends, number)
        version, first, _last = self.intervals[index]
        return _address(version, first + number - (self._ends[index - 1] if index else 0))

    def text_at(self, number: int) -> str:
        """Return one address as text; quicker than by way of `at`."""
        index = bisect_right(self._ends, number)
        version, first, _last = self.intervals[index]
        value = first + number - (self._ends[index - 1] if index else 0)
        if version == 4:  # noqa: PLR2004
            return socket.inet_ntoa(value.to_bytes(4, "big"))
        return str(IPv6Address(value))

    def __contains__(self, address: object) -> bool:
        """True for an address of the scope, as text or as a value."""
        try:
            found = ip_address(str(address))
        except ValueError:
            return False
        key = (found.version, int(found), 1 << 128)
        index = bisect_right(self.intervals, key) - 1
        if index < 0:
            return False
        version, first, last = self.intervals[index]
        return version == found.version and first <= int(found) <= last

    def texts(self) -> tuple[str, ...]:
        """Return the intervals as `first-last`, and single addresses as themselves."""
        return tuple(_text(each) for each in self.intervals)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(last - first + 1 for _version, first, last in self.intervals))


def system_resolve(name: str) -> Sequence[str]:
    """Return the addresses that the system knows for a name; empty if none."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))


def parse_scope(
    targets: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    defaults: Sequence[str] = (),
    resolve: Resolve = system_resolve,
) -> Scope:
    """Return the scope that a person wrote: targets less exclusions.

    `defaults` stands for the site's registered subnets where a target says so. A name that is
    excluded and cannot be resolved is an error too: it must not be scanned by mistake.
    Raises ConfigError naming what cannot be read, or where nothing or too much is left.
    """
    words = [each for target in targets for each in _words(target)]
    if not words:
        raise ConfigError("no targets are given", hint=_FORMS)
    names: dict[str, str] = {}
    wanted = [each for word in words for each in _intervals(word, defaults, resolve, names)]
    left_out = [each for word in exclude for item in _words(word)
                for each in _intervals(item, defaults, resolve, {})]  # fmt: skip
    nobody = [each for network in _NOBODY for each in _intervals(network, (), resolve, {})]
    scope = Scope(tuple(_subtract(_merged(wanted), _merged([*left_out, *nobody]))), names)
    return _checked(scope, words)


def _checked(scope: Scope, words: Sequence[str]) -> Scope:
    size = sum(last - first + 1 for _version, first, last in scope.intervals)
    if not size:
        raise ConfigError(
            f"no address is left of {_cut(', '.join(words))}",
            hint="Everything is excluded, or belongs to networks without hosts (multicast).",
        )
    if size > MOST_ADDRESSES:
        raise ConfigError(
            f"the scope has {size:,} addresses, more than any scan can ask ({MOST_ADDRESSES:,})",
            hint="Name smaller networks; for IPv6 name hosts, or networks of /96 and smaller.",
        )
    return scope


def _words(text: str) -> Iterator[str]:
    yield from (each for each in text.replace(",", " ").split() if each)


def _intervals(
    word: str, defaults: Sequence[str], resolve: Resolve, names: dict[str, str]
) -> list[Interval]:
    if len(word) > _LONGEST:
        raise ConfigError(f"the target {_cut(word)} is too long", hint=_FORMS)
    if word.casefold() == DEFAULTS:
        return _default_intervals(defaults, resolve, names)
    for read in (_single, _network, _range):
        if (interval := read(word)) is not None:
            return [interval]
    return _named(word, resolve, names)


def _default_intervals(
    defaults: Sequence[str], resolve: Resolve, names: dict[str, str]
) -> list[Interval]:
    if not defaults:
        raise ConfigError(
            "the site has no registered subnets, so there are no defaults to scan",
            hint="Register the site's subnets, or write the networks themselves.",
        )
    plain = [each for each in defaults if each.casefold() != DEFAULTS]
    return [each for word in plain for each in _intervals(word, (), resolve, names)]


def _single(word: str) -> Interval | None:
    try:
        address = ip_address(word.strip("[]"))
    except ValueError:
        return None
    if getattr(address, "scope_id", None) or (address.version == 6 and address.is_link_local):  # noqa: PLR2004
        raise ConfigError(
            f"{_cut(word)} is a link-local address, which says nothing without an interface",
            hint="Name another address of the host.",
        )
    return address.version, int(address), int(address)


def _network(word: str) -> Interval | None:
    if "/" not in word:
        return None
    try:
        network = ip_network(word.replace("[", "").replace("]", ""), strict=False)
    except ValueError as error:
        raise ConfigError(f"{_cut(word)} is no network: {_cut(str(error))}", hint=_FORMS) from error
    return network.version, int(network.network_address), int(network.broadcast_address)


def _range(word: str) -> Interval | None:
    start, dash, end = word.partition("-")
    first = _single_or_none(start)
    if not dash or first is None:
        return None
    last = _single_or_none(end) or _last_part(first, end)
    if last is None or last.version != first.version or int(last) < int(first):
        raise ConfigError(
            f"{_cut(word)} is no range of addresses",
            hint="Write first-last, such as 10.0.0.1-10.0.0.9 or 10.0.0.1-9.",
        )
    return first.version, int(first), int(last)


def _single_or_none(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _last_part(first: Address, end: str) -> Address | None:
    """Read the 9 of 10.0.0.1-9."""
    if first.version != 4 or not end.isascii() or not end.isdigit():  # noqa: PLR2004 - IP version
        return None
    return _single_or_none(f"{str(first).rpartition('.')[0]}.{end}")


def _named(word: str, resolve: Resolve, names: dict[str, str]) -> list[Interval]:
    if not any(each.isalpha() for each in word) or "/" in word or ":" in word:
        raise ConfigError(f"{_cut(word)} is no target that can be scanned", hint=_FORMS)
    addresses = resolve(word)
    if not addresses:
        raise ConfigError(
            f"the name {_cut(word)} cannot be resolved", hint="Check its spelling and the DNS."
        )
    intervals: list[Interval] = []
    for text in addresses:
        address = ip_address(text)
        names.setdefault(str(address), word)
        intervals.append((address.version, int(address), int(address)))
    return intervals


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for version, first, last in sorted(intervals):
        if merged and merged[-1][0] == version and first <= merged[-1][2] + 1:
            merged[-1] = (version, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((version, first, last))
    return merged


def _subtract(wanted: Sequence[Interval], unwanted: Sequence[Interval]) -> Iterator[Interval]:
    """Yield what is left; both are sorted and disjoint, so their ends are sorted too."""
    ends = [(version, last) for version, _first, last in unwanted]
    for version, first, last in wanted:
        start = first
        for cut in islice(unwanted, bisect_left(ends, (version, first)), None):
            if cut[0] != version or cut[1] > last:
                break
            if start < cut[1]:
                yield version, start, cut[1] - 1
            start = max(start, cut[2] + 1)
        if start <= last:
            yield version, start, last


def _address(version: int, number: int) -> Address:
    return IPv4Address(number) if version == 4 else IPv6Address(number)  # noqa: PLR2004


def _text(interval: Interval) -> str:
    version, first, last = interval
    start = str(_address(version, first))
    return start if first == last else f"{start}-{_address(version, last)}"


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line of a terminal
