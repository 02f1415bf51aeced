"""An Explorer needs no Django: it runs where there is none."""

import subprocess

import pytest

from explorer.bare import bare_python

MUSTER = "from muster.cli.main import run; run()"


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return bare_python(tmp_path_factory.mktemp("bare"))


def said(python, code, *words):
    command = [python, "-c", code, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["django", "dbos", "psycopg", "sqlalchemy", "lark"])
def test_what_a_server_needs_is_not_there(python, name):
    assert "ModuleNotFoundError" in said(python, f"import {name}").stderr


@pytest.mark.parametrize(
    "code",
    [
        "import muster.explorer.agent, muster.explorer.enrolling",
        "import muster.runner.child",
        "import muster.scan.run, muster.scan.probing, muster.probes.registry as r",
        "from muster.integrations.registry import source; source('azuread')",
        "import muster.explorer.machine as m, datetime as d; m.describe(at=d.datetime.now(d.UTC))",
    ],
)
def test_all_that_an_explorer_does_is(python, code):
    ended = said(python, code)

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run"], "it has not enrolled yet"),
        (["enrol", "https://127.0.0.1:1", "--token", "mex_x"], "no connection to 127.0.0.1:1"),
        (["enrol", "http://muster.example", "--token", "mex_x"], "by HTTPS only"),
    ],
)
def test_its_commands_say_in_a_sentence_what_is_wrong(python, tmp_path, words, sentence):
    ended = said(python, MUSTER, "explorer", *words, "--folder", str(tmp_path / "explorer"))

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
