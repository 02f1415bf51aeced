"""`muster fingerprints`: listing, installing and testing them."""

import json

import pytest
from typer.testing import CliRunner

from muster.cli.main import app

DATABASE = """<fingerprints matches="x.y"><fingerprint pattern="^a$"><description>A</description>
<example os.product="{}">a</example><param pos="0" name="os.product" value="A"/></fingerprint>
</fingerprints>"""


@pytest.fixture
def muster(tmp_path, monkeypatch):
    """Call the command with a home of its own; it needs no database."""
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(app, ["fingerprints", *map(str, arguments)])


def test_our_own_are_listed_without_an_inventory(muster, tmp_path):
    rows = json.loads(muster("list", "--json").stdout)

    assert {"ssh.banner", "ntlm.build"} <= {each["subject"] for each in rows}
    assert {each["from"] for each in rows} == {"Muster"}
    assert not (tmp_path / "home").exists()


def test_a_file_is_installed_and_listed(muster, tmp_path):
    (tmp_path / "x.xml").write_text(DATABASE.format("A"))

    installed = muster("install", tmp_path / "x.xml", "--json")
    rows = json.loads(muster("list", "--json").stdout)

    assert json.loads(installed.stdout) == [{"name": "x.xml", "subject": "x.y", "entries": 1}]
    assert {"subject": "x.y", "fingerprints": 1, "origin": "x.xml", "from": "installed"} in rows
    assert (tmp_path / "home" / "fingerprints" / "x.xml").exists()


def test_a_file_that_is_none_is_one_clear_message_and_nothing_is_installed(muster, tmp_path):
    (tmp_path / "x.xml").write_text("<oops")

    ended = muster("install", tmp_path / "x.xml")

    assert ended.exit_code == 1
    assert "x.xml is no XML" in ended.stderr
    assert not (tmp_path / "home").exists()


def test_an_example_that_fails_is_told_and_ends_with_1(muster, tmp_path):
    (tmp_path / "x.xml").write_text(DATABASE.format("B"))
    muster("install", tmp_path / "x.xml")

    ended = muster("test", "--installed", "--json")

    assert ended.exit_code == 1
    assert json.loads(ended.stdout)["failures"][0]["what"] == "gives other values for os.product"


def test_our_own_hold(muster):
    ended = muster("test")

    assert ended.exit_code == 0
    assert "0 of which fail" in ended.stdout
