"""The simulator as a process of its own."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec
import pytest

from muster.simulator.__main__ import main
from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, demo_tenant
from muster.simulator.testing import start_process
from simulator.server.graph import Graph, app_token

TENANT = demo_tenant(devices=7, users=5, groups=2)


def test_a_process_serves_and_ends_with_its_block(http: httpx.Client) -> None:
    with start_process(ServerConfig(tenants=(TENANT,))) as running:
        graph = Graph(http, running.url, app_token(http, running.url))
        count = len(graph.rows("devices"))

    assert count == 7
    with pytest.raises(httpx.ConnectError):
        http.get(running.url)


def test_tls_is_served_with_a_certificate_of_the_folders_own_authority(tmp_path: Path) -> None:
    config = ServerConfig(
        tenants=(TENANT,), tls_folder=str(tmp_path / "tls"), tls_names=("graph.test",)
    )
    with start_process(config) as running:
        authority = Path(running.ca_file).read_text()
        context = ssl.create_default_context(cafile=running.ca_file)
        with httpx.Client(trust_env=False, verify=context) as http:
            health = http.get(f"{running.url}/_simulator/health").json()
        with httpx.Client(trust_env=False) as http, pytest.raises(httpx.ConnectError):
            http.get(running.url)
    with start_process(config) as again:
        same = Path(again.ca_file).read_text()

    assert health == {"status": "ok"}
    assert authority == same
    assert (tmp_path / "tls" / "ca.key").stat().st_mode & 0o077 == 0


def test_the_command_line_announces_the_demo_tenant() -> None:
    command = [sys.executable, "-m", "muster.simulator", "--port", "0", "--devices", "3"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        process.terminate()

    assert "http://127.0.0.1:" in lines[0]
    assert DEMO.tenant_id in lines[1]
    assert DEMO.client_secret in lines[3]


def test_a_process_ends_with_the_one_that_started_it() -> None:
    command = [
        sys.executable, "-m", "muster.simulator", "--port=0", "--json", "--until-stdin-closes",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()

        process.stdin.close()

        assert process.wait(timeout=30) in {0, -signal.SIGTERM}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--config", '{"tenants": 5}'],
        ["--faults", "{"],
        ["--faults", "5"],
        ["--faults", '[{"kind": "none such"}]'],
        ["--faults", '[{"kind": "drop", "path": "("}]'],
    ],
)
def test_an_unreadable_configuration_is_an_error(arguments: list[str]) -> None:
    with pytest.raises(msgspec.MsgspecError):
        main(["--port", "0", *arguments])


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(SystemExit, match=r"cannot serve at 127\.0\.0\.1:"),
    ):
        main(["--devices", "1", "--port", str(taken.getsockname()[1])])
