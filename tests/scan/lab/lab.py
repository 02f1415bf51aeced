"""The lab as a whole: `with lab(folder) as it`."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scan.lab.network import Network, attach, build
from scan.lab.services import HOSTS, Services


@dataclass(frozen=True, slots=True)
class Lab:
    network: Network
    services: Services


@contextlib.contextmanager
def lab(folder: Path) -> Iterator[Lab]:
    """Bring the lab up; it is gone after the block. Raises ImpossibleError saying what is missing."""
    network = Network(f"ml{os.getpid()}-")
    try:
        build(network, {short: (host.address, host.mac) for short, host in HOSTS.items()})
        services = Services(network, folder)
        services.start()
        yield Lab(network, services)
    finally:
        network.close()


__all__ = ["HOSTS", "Lab", "attach", "lab"]
