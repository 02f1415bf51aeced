"""The program as a process: its start, its exit codes, and what it says when the machine fails."""

import json
import shutil
import subprocess
import sys

from cli.conftest import surroundings
from muster.core import ndjson
from muster.core.records import AssetRecord


def hosts(count):
    return b"".join(
        ndjson.encode(
            AssetRecord(
                source="runzero",
                id=f"h{number}",
                names=(f"host-{number}",),
                attributes={"note": f"{number} " + "x" * 400},
            )
        )
        for number in range(count)
    )


def test_help_is_quick_because_it_imports_neither_django_nor_the_sources():
    code = (
        "import sys\nfrom muster.cli.main import run\nsys.argv = ['muster', '--help']\n"
        "try:\n    run()\nexcept SystemExit as ended:\n    assert not ended.code\n"
        "heavy = {'django', 'msal', 'httpx', 'lark', 'cryptography', 'uvicorn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert "credential" in ended.stdout


def test_the_version_is_printed(program):
    assert program("--version").out.startswith("muster ")


def test_the_first_call_prepares_the_database_and_the_second_is_silent(program, tmp_path):
    shutil.rmtree(tmp_path / "program")
    first = program("organization", "list", "--json")
    second = program("organization", "list", "--json")

    assert "Preparing the database" in first.err
    assert second.err == ""
    assert json.loads(first.out) == json.loads(second.out)


def test_a_home_given_on_the_command_line_is_used(program, tmp_path):
    program("site", "list", "--home", tmp_path / "elsewhere")

    assert (tmp_path / "elsewhere" / "muster.sqlite3").exists()


def test_a_home_that_cannot_be_made_is_one_clear_message(program, tmp_path):
    (tmp_path / "file").write_text("")

    ended = program("site", "list", "--home", tmp_path / "file" / "home")

    assert ended.code == 1
    assert "cannot be made" in ended.err
    assert "Traceback" not in ended.err


def test_a_database_that_is_none_is_one_clear_message(program, tmp_path):
    (tmp_path / "program" / "muster.sqlite3").write_bytes(b"nonsense " * 1000)

    ended = program("site", "list")

    assert ended.code == 1
    assert "is damaged, or is no database" in ended.err


def test_a_database_url_of_no_engine_is_one_clear_message(program):
    ended = program("site", "list", MUSTER_DATABASE_URL="oracle://x")

    assert ended.code == 1
    assert "MUSTER_DATABASE_URL has the scheme 'oracle'" in ended.err


def test_a_database_server_that_is_not_there_is_one_clear_message(program):
    ended = program("site", "list", MUSTER_DATABASE_URL="postgresql://u:hunter22@127.0.0.1:9/x")

    assert ended.code == 1
    assert "the database server cannot be reached" in ended.err
    assert "hunter22" not in ended.err


def test_a_newer_database_is_refused(program, tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "program" / "muster.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('inventory', '9999_future', '2027-01-01')"
        )
    database.close()

    ended = program("site", "list")

    assert ended.code == 1
    assert "a newer Muster wrote this database" in ended.err


def test_a_full_disk_is_one_clear_message_and_whole_batches_are_kept(program):
    program("import", "-", given=hosts(10))

    ended = program("import", "-", given=hosts(5000), limit_kilobytes=2500)

    kept = int(program("search", "--count").out)
    assert ended.code == 1
    assert "the disk is full" in ended.err
    assert "Traceback" not in ended.err
    assert kept == 10 or (kept % 1000 == 0 and kept < 5000)


def test_importing_from_stdin_and_gzip_works(program):
    import gzip

    imported = program("import", "-", "--json", given=gzip.compress(hosts(5)))

    assert imported.code == 0, imported.err
    assert json.loads(imported.out)["statistics"]["assets_new"] == 5


def test_a_secret_that_is_not_utf_8_is_one_clear_message(program, tmp_path):
    (tmp_path / "secret").write_bytes(b"\xff\xfe")

    ended = program(
        "credential", "add", "--type", "azure_client_secret", "--name", "x",
        "--client-secret-file", tmp_path / "secret",
    )  # fmt: skip

    assert ended.code == 1
    assert "is not UTF-8" in ended.err


def test_a_reader_that_leaves_is_no_error_message(tmp_path, program):
    program("import", "-", given=hosts(400))
    command = [sys.executable, "-c", "from muster.cli.main import run; run()"]
    command += ["search", "--limit", "0", "--format", "jsonl"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings(tmp_path, {})
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""


def test_a_bug_leaves_a_short_message_and_a_report_without_secrets(tmp_path, program):
    code = (
        "import sys\nfrom muster.cli import database\nfrom muster.cli.main import run\n"
        "def broken(**given): raise RuntimeError('client_secret=hunter22')\n"
        "database.open_database = broken\nsys.argv = ['muster', 'site', 'list']\nrun()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=surroundings(tmp_path, {}),
        check=False,
    )

    (report,) = (tmp_path / "program" / "crashes").iterdir()
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert str(report) in ended.stderr
    assert "Traceback" in report.read_text()
    assert "hunter22" not in report.read_text() + ended.stderr
