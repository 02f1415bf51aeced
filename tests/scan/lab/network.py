"""Network namespaces: a switch, a router, hosts, and everything torn down at the end.

scanner 10.99.0.2 ──┐
service hosts ──────┤ switch 10.99.0.0/24, fd99::/64
farm (200 hosts) ───┘     │
                        router 10.99.0.1 ── far 10.97.0.0/24
                                         └─ wide 10.98.0.0/16 (65,536 addresses of one machine)
"""

import contextlib
import ctypes
import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_CLONE_NEWNET = 0x40000000
_SYS_CAPGET, _SYS_CAPSET = 125, 126
_CAP_VERSION = 0x20080522
_CAPS = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13}
_libc = ctypes.CDLL(None, use_errno=True)

SCANNER, ROUTER = "10.99.0.2", "10.99.0.1"
FARM_SIZE = 200


class ImpossibleError(Exception):
    """This machine cannot make network namespaces; the message says what is missing."""


class Network:
    """Namespaces with a common prefix. `close` removes them and what runs in them."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.names: list[str] = []
        self._links: list[str] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def name(self, short: str) -> str:
        return f"{self.prefix}{short}"

    def add(self, *shorts: str) -> None:
        """Make namespaces whose loopback is up."""
        self.names += shorts
        run("ip", "-batch", "-", text="".join(f"netns add {self.name(s)}\n" for s in shorts))
        for each in shorts:
            self.ip(each, "link set lo up")

    def ip(self, short: str, *lines: str) -> None:
        """Run lines of `ip` in a namespace."""
        run("ip", "-n", self.name(short), "-batch", "-", text="\n".join(lines) + "\n")

    def join(self, one: str, one_link: str, other: str, other_link: str) -> None:
        """Lay a cable between two namespaces."""
        run(
            *("ip", "link", "add", one_link, "netns", self.name(one), "type", "veth"),
            *("peer", "name", other_link, "netns", self.name(other)),
        )

    def sysctl(self, short: str, **settings: object) -> None:
        """Set values below net, with / in place of dots."""

        def write() -> None:
            for key, value in settings.items():
                Path("/proc/sys/net", key).write_text(str(value))

        self.inside(short, write)

    def start(self, short: str, *command: str, **given: Any) -> subprocess.Popen[bytes]:
        """Start a program in a namespace; it is ended with the network."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name(short), *command],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **given,
        )
        self.processes.append(process)
        return process

    def inside(self, short: str, work: Callable[[], Any], *, is_plain: bool = False) -> Any:
        """Return what a function gives that runs in a namespace, in a thread of its own.

        With `is_plain` it runs without the capabilities for packet sockets and echoes.
        """
        outcome: list[Any] = []

        def enter() -> None:
            try:
                _enter(f"/run/netns/{self.name(short)}")
                if is_plain:
                    _drop_capabilities()
                outcome.append((True, work()))
            except BaseException as error:  # noqa: BLE001 - crosses the thread
                outcome.append((False, error))

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        is_well, value = outcome[0]
        if not is_well:
            raise value
        return value

    def close(self) -> None:
        """End every process and remove every namespace."""
        for each in self.processes:
            _end(each)
        for each in self.names:
            subprocess.run(
                ["ip", "netns", "del", self.name(each)], check=False, capture_output=True
            )


def run(*command: str, text: str = "") -> str:
    """Run a program and return what it says. Raises ImpossibleError with its complaint."""
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, check=False, timeout=60
        )
    except FileNotFoundError as error:
        raise ImpossibleError(f"{command[0]} is not installed; `make lab` installs it") from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise ImpossibleError(f"{' '.join(command)}: {said}")
    return done.stdout.decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started: they are one session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait(10)


def _enter(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if _libc.setns(descriptor, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "cannot enter the namespace")
    finally:
        os.close(descriptor)


def _drop_capabilities() -> None:
    """Take packet sockets from this thread alone: the two sets that count for it."""
    head = (ctypes.c_uint32 * 2)(_CAP_VERSION, 0)
    data = (ctypes.c_uint32 * 6)()
    if _libc.syscall(_SYS_CAPGET, head, data):
        raise OSError(ctypes.get_errno(), "capget")
    for bit in _CAPS.values():
        for at in (0, 1, 2):
            data[at] &= ~(1 << bit)
    if _libc.syscall(_SYS_CAPSET, head, data):
        raise OSError(ctypes.get_errno(), "capset")


def attach(network: Network, short: str, *, addresses: Sequence[str], mac: str) -> None:
    """Put a namespace on the switch as `eth0`."""
    port = f"p{short}"[:15]
    network.join(short, "eth0", "switch", port)
    network.ip("switch", f"link set {port} master br0 up")
    network.ip(
        short,
        f"link set eth0 address {mac}",
        "link set eth0 up",
        *(f"addr add {each} dev eth0{' nodad' if ':' in each else ''}" for each in addresses),
        *("route add default via 10.99.0.1",) * (short != "router"),
    )


def build(network: Network, hosts: dict[str, tuple[str, str]]) -> None:
    """Make the switch, the router, the scanner and the hosts (short name: address and MAC)."""
    network.add("switch", "router", "scanner", "farm", "far", "wide", *hosts)
    network.ip("switch", "link add br0 type bridge", "link set br0 up")
    attach(network, "router", addresses=["10.99.0.1/24", "fd99::1/64"], mac="00:1b:54:00:00:01")
    attach(network, "scanner", addresses=["10.99.0.2/24", "fd99::2/64"], mac="02:00:00:00:00:02")
    for short, (address, mac) in hosts.items():
        last = address.rpartition(".")[2]
        attach(network, short, addresses=[f"{address}/24", f"fd99::{last}/64"], mac=mac)
    _build_farm(network)
    _build_behind(network)


def farm_address(number: int) -> str:
    return f"10.99.0.{number + 50}"


def farm_mac(number: int) -> str:
    return f"3c:52:82:00:01:{number:02x}"


def _build_farm(network: Network) -> None:
    """200 hosts with MACs of their own, on one cable; each answers ARP for itself only."""
    network.join("farm", "up0", "switch", "pfarm")
    network.ip("switch", "link set pfarm master br0 up")
    network.sysctl(
        "farm", **{"ipv4/conf/all/arp_ignore": 1, "ipv4/conf/all/arp_announce": 2,
                   "ipv4/conf/default/arp_ignore": 1, "ipv4/conf/all/rp_filter": 0,
                   "ipv4/conf/default/rp_filter": 0, "core/somaxconn": 65535}
    )  # fmt: skip
    lines = ["link set up0 up"]
    for each in range(FARM_SIZE):
        lines += [
            f"link add m{each} link up0 address {farm_mac(each)} type macvlan mode bridge",
            f"link set m{each} up",
            f"addr add {farm_address(each)}/24 dev m{each}",
        ]
    network.ip("farm", *lines)


def _build_behind(network: Network) -> None:
    """A second network behind the router, and 65,536 addresses of one machine."""
    network.join("router", "eth1", "far", "eth0")
    network.join("router", "eth2", "wide", "eth0")
    network.ip("router", "addr add 10.97.0.1/24 dev eth1", "link set eth1 up",
               "addr add 10.96.0.1/30 dev eth2", "link set eth2 up",
               "route add 10.98.0.0/16 via 10.96.0.2")  # fmt: skip
    network.ip("far", "link set eth0 address 3c:52:82:00:97:0a", "link set eth0 up",
               "addr add 10.97.0.10/24 dev eth0", "route add default via 10.97.0.1")  # fmt: skip
    network.ip("wide", "link set eth0 up", "addr add 10.96.0.2/30 dev eth0",
               "route add default via 10.96.0.1",
               "route add local 10.98.0.0/16 dev lo")  # fmt: skip
    network.sysctl("wide", **{"core/somaxconn": 65535, "ipv4/tcp_max_syn_backlog": 65535,
                              "ipv4/icmp_ratelimit": 0, "ipv4/icmp_msgs_per_sec": 1000000})  # fmt: skip
    network.sysctl("router", **{"ipv4/ip_forward": 1})
