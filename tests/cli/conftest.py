"""The program, called in this process or in one of its own, against a simulated tenant."""

import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from muster.cli.main import app
from muster.core.http import Outside
from muster.integrations.entra.source import EntraSource
from muster.simulator.demo import DEMO, demo_server, demo_tenant
from muster.simulator.testing import start_in_thread


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "home" / "master.key"
    return settings.HOME


@pytest.fixture
def muster(db, home):
    """Call a command in this process, on the test's own database."""

    def call(*arguments, given=None):
        result = CliRunner().invoke(app, [str(each) for each in arguments], input=given)
        unforeseen = result.exception
        if unforeseen is not None and not isinstance(unforeseen, SystemExit):
            raise unforeseen
        return Ended(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A home whose database is migrated, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    command = [sys.executable, "-c", "from muster.cli.main import run; run()", "db", "migrate"]
    subprocess.run(command, check=True, capture_output=True, env=surroundings(folder, {}))
    return folder / "program"


@pytest.fixture
def program(tmp_path, prepared):
    """Call the program as a person does: a process with a home of its own."""
    shutil.copytree(prepared, tmp_path / "program")

    def call(*arguments, given=b"", limit_kilobytes=0, **environment):
        command = [sys.executable, "-c", "from muster.cli.main import run; run()"]
        command += [str(each) for each in arguments]
        if limit_kilobytes:
            limited = f'ulimit -f {limit_kilobytes}; exec "$@"'
            command = ["bash", "-c", limited, "bash", *command]
        ended = subprocess.run(
            command,
            input=given,
            capture_output=True,
            env=surroundings(tmp_path, environment),
            check=False,
        )
        out, err = ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
        return Ended(ended.returncode, out, err)

    return call


def surroundings(tmp_path, changes):
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MUSTER_")}
    return {**kept, "MUSTER_HOME": str(tmp_path / "program"), **changes}


@pytest.fixture(scope="session")
def simulator():
    with start_in_thread(demo_server(demo_tenant(devices=60, users=40, groups=8))) as running:
        yield running


@pytest.fixture
def tenant(simulator, settings, monkeypatch):
    """The simulated tenant, without faults, asked by a source that does not wait for real."""
    simulator.clear_faults()
    settings.COLLECTS_APART = False
    settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
    quick = EntraSource(Outside(sleep=lambda _seconds: asyncio.sleep(0)))
    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"azuread": quick})
    yield simulator
    simulator.clear_faults()


ADD = (
    "credential", "add", "--type", "azure_client_secret", "--name", "Demo",
    "--client-id", DEMO.client_id, "--tenant-id", DEMO.tenant_id, "--client-secret", "-",
)  # fmt: skip


@pytest.fixture
def credential(muster, tenant):
    added = muster(*ADD, given=DEMO.client_secret)
    assert added.code == 0, added.err
    return "Demo"
