"""A real server over TLS, in processes of its own, and tokens for it."""

import json
import os
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from serving.test_serve import PATIENCE_SECONDS, free_port, muster


@dataclass(frozen=True, slots=True)
class Served:
    """Where it answers, and where its data lies."""

    url: str
    home: Path

    @property
    def authority(self) -> Path:
        return self.home / "tls" / "ca.pem"

    def command(self, *words):
        """Run a command beside it and return its answer."""
        return command(self.home, *words)


def command(home, *words):
    environ = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
    done = subprocess.run(
        [sys.executable, "-c", "from muster.cli.main import run; run()", "--json", *words],
        env={**environ, "MUSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    return json.loads(done.stdout)


@contextmanager
def served_over_tls(home, *words):
    port = free_port()
    process = muster("serve", "--tls", "--port", str(port), *words, home=home)
    try:
        found = Served(f"https://localhost:{port}", Path(home))
        wait_until_it_answers(process, found)
        yield found
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_until_it_answers(process, found):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()[1]
        try:
            trusted = ssl.create_default_context(cafile=str(found.authority))
            httpx.get(f"{found.url}/api/v1.0/health", verify=trusted, trust_env=False, timeout=10)
        except (httpx.TransportError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")
