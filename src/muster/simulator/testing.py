"""The simulator for tests: started, waited for, steered and stopped."""

import json
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, DemoAccess, demo_server
from muster.simulator.server import Address, build

_STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that answers at `url`; the methods are its switches."""

    url: str
    ca_file: str = ""
    demo: DemoAccess = DEMO

    def add_faults(self, *faults: dict[str, Any]) -> None:
        """Let these go wrong from now on."""
        self.control("POST", "faults", list(faults))

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self.control("DELETE", "faults")

    def requests(self) -> list[dict[str, Any]]:
        """What clients have sent, oldest first, parts of batches too."""
        found: list[dict[str, Any]] = self.control("GET", "requests")["requests"]
        return found

    def forget_requests(self) -> None:
        """Start the log anew."""
        self.control("DELETE", "requests")

    def evolve(self, *, seed: int, share: float = 0.05, tenant: str | None = None) -> Any:
        """Let the tenant live through a day."""
        return self.control("POST", "evolve", {"seed": seed, "share": share, "tenant": tenant})

    def mutate(self, action: str, **arguments: Any) -> str:
        """Change one thing; the id of the object it was done to. See `control.mutate`."""
        changed = self.control("POST", "mutate", {"action": action, **arguments})
        return str(changed["id"])

    def change_application(self, client_id: str, **changes: Any) -> None:
        """Change an app registration, such as its `application_permissions`."""
        self.control("POST", "application", {"client_id": client_id, **changes})

    def expire_tokens(self) -> None:
        """Let every access token given out so far be expired."""
        self.control("POST", "expire-tokens", {})

    def set_token_lifetime(self, seconds: float) -> None:
        """Let new tokens live that long."""
        self.control("POST", "token-lifetime", {"seconds": seconds})

    def set_throttling(self, *, is_on: bool, limit: int = 0) -> None:
        """Enforce resource units or not; `limit` 0 is what Graph allows a tenant of that size."""
        self.control("POST", "throttling", {"is_on": is_on, "limit": limit})

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Turn one switch; urllib.error.HTTPError if it cannot be turned so."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.url}/_simulator/{name}", data=data, method=method
        )
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.ca_file:
            context = ssl.create_default_context(cafile=self.ca_file)
            handlers.append(urllib.request.HTTPSHandler(context=context))
        with urllib.request.build_opener(*handlers).open(request) as response:
            return json.load(response)


@contextmanager
def start_process(config: ServerConfig | None = None) -> Iterator[RunningSimulator]:
    """A simulator in a process of its own, ready when the block begins, gone when it ends."""
    text = msgspec.json.encode(config or demo_server()).decode()
    options = ["--json", "--until-stdin-closes", "--config", text]
    command = [sys.executable, "-m", "muster.simulator", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:  # noqa: S603 - our own module
        try:
            address = _announced(process)
            yield RunningSimulator(address.url, address.ca_file)
        finally:
            _stop(process)


@contextmanager
def start_in_thread(config: ServerConfig | None = None) -> Iterator[RunningSimulator]:
    """A simulator in a thread of this process: quicker to start, and it shares our processor."""
    chosen = config or demo_server()
    with socket.create_server((chosen.host, chosen.port)) as listener:
        server, address = build(chosen, listener)
        ready = threading.Event()
        server.when_ready = ready.set
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            ready.wait()
            yield RunningSimulator(address.url, address.ca_file)
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)


def _announced(process: "subprocess.Popen[bytes]") -> Address:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the simulator ended with code {process.wait()}")
    return msgspec.json.decode(line, type=Address)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
