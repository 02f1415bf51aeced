"""`muster simulator`: a tenant in a process of its own, and a scan of the same company."""

import io
import json
import signal
import subprocess
import sys

import pytest

from cli.conftest import surroundings
from muster.core import ndjson
from muster.core.records import AssetRecord

pytestmark = pytest.mark.django_db


def test_a_scan_is_written_as_records_that_import_takes(muster, tmp_path):
    file = tmp_path / "scan.ndjson"

    written = muster("simulator", "scan", "--hosts", "30", "--devices", "50", "--output", file)
    imported = json.loads(muster("import", file, "--json").out)

    assert written.code == 0
    assert imported["statistics"]["assets_new"] == 30


def test_the_same_seed_gives_the_same_scan(muster):
    size = ("--hosts", "20", "--devices", "40", "--users", "20", "--groups", "3")

    first = muster("simulator", "scan", *size, "--seed", "5").out
    second = muster("simulator", "scan", *size, "--seed", "5").out

    records = list(ndjson.read(io.BytesIO(first.encode())))
    assert first == second
    assert sum(isinstance(each, AssetRecord) for each in records) == 20


def test_a_simulated_tenant_answers_until_it_is_told_to_end(tmp_path):
    command = [sys.executable, "-c", "from muster.cli.main import run; run()"]
    command += ["simulator", "entra", "--port", "0", "--devices", "5", "--json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(tmp_path, {}),
    ) as process:
        announced = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        code = process.wait()

    assert announced["url"].startswith("http://127.0.0.1:")
    assert (code, said) == (0, b"")


@pytest.mark.parametrize(
    "faults", ["nonsense", "{}", "[1]", '[{"kind": "nonsense"}]', '[{"kind": "slow", "x": 1}]']
)
def test_faults_that_are_none_are_one_clear_message(muster, faults):
    ended = muster("simulator", "entra", "--port", "0", "--devices", "1", "--faults", faults)

    assert ended.code == 1
    assert "--faults" in ended.err


def test_a_port_in_use_is_one_clear_message(muster, simulator):
    port = simulator.url.rpartition(":")[2]

    ended = muster("simulator", "entra", "--port", port, "--devices", "1")

    assert ended.code == 1
    assert "already in use" in (ended.out + ended.err).lower()


def test_an_output_that_cannot_be_written_is_one_clear_message(muster, tmp_path):
    ended = muster("simulator", "scan", "--hosts", "1", "--output", tmp_path / "no" / "scan.ndjson")

    assert ended.code == 1
    assert "No such file or directory" in ended.err
