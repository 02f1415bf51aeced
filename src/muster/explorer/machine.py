"""What an Explorer can say of the machine it runs on, and what it misses there."""

import platform
import socket
from datetime import datetime

import muster
from muster.explorer.messages import Machine
from muster.integrations import registry
from muster.scan.engines.raw import engine as raw
from muster.scan.engines.raw.netlink import own_addresses

RAW = "raw"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm"}
_MOST_ADDRESSES = 64
_NO_RAW = (
    "It may not open packet sockets (CAP_NET_RAW is missing): scans see no MAC addresses and not "
    "the hosts that answer no connection. Give it the capability, as its systemd unit and "
    "container file do."
)


def describe(*, at: datetime) -> Machine:
    """Return what this machine is, by its own clock."""
    has_raw = raw.is_allowed()
    return Machine(
        version=muster.__version__,
        host=socket.gethostname()[:200],
        os=_system()[:200],
        arch=_ARCHITECTURES.get(platform.machine(), platform.machine())[:100],
        addresses=_addresses(),
        capabilities=[*([RAW] if has_raw else []), *sorted(registry.SOURCES)],
        lacks=[] if has_raw else [_NO_RAW],
        clock=at,
    )


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _addresses() -> list[str]:
    try:
        own = own_addresses()
    except (OSError, AttributeError):
        return []  # Not Linux, or a container that may not ask.
    shown = [
        str(each.address)
        for each in own
        if not each.address.is_loopback and not each.address.is_link_local
    ]
    return list(dict.fromkeys(shown))[:_MOST_ADDRESSES]
