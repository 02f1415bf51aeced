"""The program under a hostile shell: odd arguments, streams, locales, homes and databases."""

import json
import sqlite3
import subprocess
import sys

import pytest

from cli.conftest import surroundings

RUN = [sys.executable, "-c", "from muster.cli.main import run; run()"]
HOST = b'{"type":"asset","source":"runzero","id":"h","names":["a"]}\n'


@pytest.fixture
def shell(tmp_path, program):
    """Run a line in a shell in which "$@" is the program."""

    def call(line):
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}", "bash", *RUN],
            capture_output=True,
            text=True,
            env=surroundings(tmp_path, {}),
            check=False,
        )

    return call


def is_clear(ended):
    """True if a command failed as it should: with a sentence, not with a bug."""
    is_bug = "bug" in ended.err or "Traceback" in ended.err
    return ended.code == 1 and ended.err.count("Error: ") == 1 and not is_bug


@pytest.mark.parametrize(
    "arguments",
    [
        ("asset", "show", "x" * 100_000),
        ("asset", "show", b"\xff"),
        ("site", "add", b"\xff"),
        ("site", "add", "x" * 201),
        ("site", "add", "a\x1b[31m"),
        ("organization", "add", "two\nlines"),
        ("search", b"\xff"),
    ],
    ids=["long", "bytes", "site bytes", "long site", "control", "lines", "query bytes"],
)
def test_an_odd_argument_is_one_clear_message(program, arguments):
    words = [
        each.decode(errors="surrogateescape") if isinstance(each, bytes) else each
        for each in arguments
    ]

    ended = program(*words)

    assert is_clear(ended), ended.err
    assert ended.out == ""


def test_what_is_quoted_in_a_message_cannot_steer_the_terminal(program):
    ended = program("search", "name:\x1b[31mred")

    assert is_clear(ended)
    assert "\x1b" not in ended.err


def test_of_a_long_query_only_the_part_meant_is_shown(program):
    ended = program("search", "a " * 900 + "AND AND" + " b" * 50)

    query, carets = ended.err.splitlines()[1:3]
    assert len(query) < 200
    assert query[carets.index("^") :].startswith("AND b")


def test_a_home_of_nobody_is_one_clear_message(program):
    home = "~nobody-of-that-name/x"

    for ended in (
        program("site", "list", MUSTER_HOME=home),
        program("--home", home, "site", "list"),
    ):
        assert is_clear(ended), ended.err
        assert "no home of that name" in ended.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql://u:hunter22@host:port/x",
        "postgresql://u:hunter22@host:99999/x",
        "postgres://u:hunter22@[::1/x",
        "postgresql://u:hunter22@no-such-host.invalid/x",
        "postgresql://u:hunter22@127.0.0.1:9/x?nonsense=hunter22",
        "sqlite:///no/such/folder/x",
        "hunter22",
    ],
)
def test_a_database_url_that_leads_nowhere_is_told_without_its_password(program, url):
    ended = program("site", "list", MUSTER_DATABASE_URL=url)

    assert is_clear(ended), ended.err
    assert "hunter22" not in ended.err


def test_a_database_that_lost_a_table_is_one_clear_message(program, tmp_path):
    database = sqlite3.connect(tmp_path / "program" / "muster.sqlite3")
    database.execute("PRAGMA foreign_keys = off")
    database.execute("DROP TABLE inventory_asset")
    database.commit()
    database.close()

    ended = program("search")

    assert is_clear(ended), ended.err
    assert "lacks a part" in ended.err


def test_a_bug_before_the_home_is_known_is_reported_all_the_same(tmp_path, program):
    code = (
        "import sys\nfrom muster.core import database_url\nfrom muster.cli.main import run\n"
        "def broken(*given, **named): raise RuntimeError('a bug')\n"
        "database_url.home_folder = broken\nsys.argv = ['muster', 'site', 'list']\nrun()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=surroundings(tmp_path, {"TMPDIR": str(tmp_path)}),
        check=False,
    )

    assert "Traceback" not in ended.stderr
    assert list(tmp_path.glob("crashes/crash-*.txt"))


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_stays_json_where_the_terminal_knows_only_ascii(program, form):
    name = "zé日本🦀"
    host = json.dumps({"type": "asset", "source": "runzero", "id": "h", "names": [name]})
    program("import", "-", given=host.encode())

    ended = program("search", "--format", form, PYTHONIOENCODING="ascii")

    assert name in str(json.loads(ended.out))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"$@" site list >&-', 0),
        ('"$@" site list 2>&-', 0),
        ('"$@" import - <&-', 1),
        ('"$@" site list > /dev/full', 1),
        ('"$@" site list --json > /dev/full', 1),
        ('"$@" --help > /dev/full', 1),
        ('"$@" site list | true', 141),
        ('"$@" search --json | true', 141),
    ],
)
def test_closed_and_full_streams_are_no_bugs(shell, line, code):
    ended = shell(line)

    assert ended.returncode == code, ended.stderr
    assert "bug" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"COLUMNS": "40"}])
def test_a_plain_terminal_is_enough(program, environment):
    assert "Primary" in program("site", "list", **environment).out


def test_of_two_imports_at_once_none_is_lost(tmp_path, program):
    both = [
        subprocess.Popen(
            [*RUN, "import", "-"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=surroundings(tmp_path, {}),
        )
        for _each in range(2)
    ]
    said = "".join(each.communicate(HOST)[1].decode() for each in both)

    assert 0 in {each.returncode for each in both}, said
    assert all(each.returncode == 0 or "is running already" in said for each in both)
    assert program("search", "--count").out == "1\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("--name", "bad", "--save-anyway"), 0),
        (("--name", "bad", "--save-anyway", "--json"), 0),
        (("--name", "bad"), 1),
        (("--name", ""), 1),
        (("--name", "bad", "--nonsense"), 2),
        (("--name",), 2),
        (("--name", "bad", "--help"), 0),
    ],
)
def test_a_secret_is_in_no_output_and_no_file(program, tmp_path, line, code):
    given = (
        "--client-id",
        "no guid",
        "--tenant-id",
        "contoso.example",
        "--client-secret",
        "hunter22",
    )

    ended = program("credential", "add", "--type", "azure_client_secret", *given, *line)

    kept = b"".join(
        each.read_bytes() for each in (tmp_path / "program").rglob("*") if each.is_file()
    )
    assert ended.code == code, ended.err
    assert "hunter22" not in ended.out + ended.err
    assert b"hunter22" not in kept
