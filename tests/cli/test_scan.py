"""`muster scan` as a person meets it. Nothing is sent but to loopback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scan.listeners import listener

MUSTER = Path(sys.executable).with_name("muster")
QUIET = ("--nameserver", "none", "--probes", "none", "--rate", "0", "--host-rate", "0")


def muster(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MUSTER, *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_scan_shows_its_hosts_and_writes_a_file(tmp_path):
    with listener() as seen:
        done = muster("scan", "127.0.0.1", "--ports", str(seen.port), *QUIET, "--out", "s.ndjson",
                      folder=tmp_path)  # fmt: skip

    assert done.returncode == 0
    assert "127.0.0.1" in done.stdout
    assert str(seen.port) in done.stdout
    assert "1 hosts, 1 services" in done.stderr
    types = [json.loads(each)["type"] for each in (tmp_path / "s.ndjson").read_text().splitlines()]
    assert types[0] == "header"
    assert types[-1] == "end"


def test_it_answers_in_json(tmp_path):
    done = muster("scan", "127.0.0.1", "--ports", "1", *QUIET, "--out", "s.ndjson", "--json",
                  folder=tmp_path)  # fmt: skip

    answer = json.loads(done.stdout)
    assert answer["end"]["status"] == "complete"
    assert answer["hosts"][0]["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "no targets"),
        (("10.0.0.0/99",), "no network"),
        (("127.0.0.1", "--ports", "99999"), "no port"),
        (("127.0.0.1", "--engine", "warp"), "no engine"),
        (("127.0.0.1", "--probes", "nosuch"), "no probe"),
        (("127.0.0.1", "--probes", "modbus"), "fragile"),
        (("127.0.0.1", "--rate", "-5"), "--rate"),
        (("127.0.0.1", "--group", "0"), "--group"),
        (("127.0.0.1", "--probe-option", "x=1"), "no option"),
        (("127.0.0.1", "--since", "/nowhere/scan"), "cannot be read"),
        (("--resume", "/nowhere/scan"), "cannot be read"),
        (("127.0.0.1", "--resume", "x"), "--resume takes"),
        (("defaults",), "no registered subnets"),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_nothing(tmp_path, words, says):
    done = muster("scan", *words, folder=tmp_path)

    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_loopback_and_no_database_is_needed(tmp_path):
    done = muster("--home", "/nowhere", "scan", "127.0.0.1", "--ports", "1", *QUIET, "--out", "s",
                  folder=tmp_path)  # fmt: skip

    assert done.returncode == 0
