"""`muster serve` as a process: it answers, runs a worker, and ends in order."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx

PATIENCE_SECONDS = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def muster(*words, home):
    environ = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
    return subprocess.Popen(
        [sys.executable, "-c", "from muster.cli.main import run; run()", *words],
        env={**environ, "MUSTER_HOME": str(home), "MUSTER_DEVELOPMENT": "yes"},
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def served(home, *words):
    port = free_port()
    process = muster("serve", "--port", str(port), *words, home=home)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def answer(url):
    try:
        return httpx.get(url, timeout=10, trust_env=False)
    except httpx.TransportError:
        return None


def test_it_answers_runs_a_worker_and_ends_in_order(tmp_path):
    with served(tmp_path) as (process, url):
        wait_for(lambda: answer(f"{url}/readyz"))
        wait_for(lambda: "muster_workers_living 1" in answer(f"{url}/metrics").text)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE_SECONDS)[1]

    assert process.returncode == 0
    assert "Traceback" not in said
    assert "runs that are going are handed back" in said


def test_a_port_in_use_is_told_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = muster("serve", "--port", str(taken.getsockname()[1]), home=tmp_path)
        said = process.communicate(timeout=PATIENCE_SECONDS)[1]

    assert process.returncode == 1
    assert "cannot be listened on" in said
    assert "Traceback" not in said
