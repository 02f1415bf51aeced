import gzip
import io
import os
import threading
from datetime import UTC, datetime

import pytest

from muster.core import ndjson
from muster.core.errors import ConfigError, DataError
from muster.core.records import AssetRecord, MembershipRecord, ServiceRecord
from muster.core.scanfile import SCHEMA, ScanHeader
from muster.inventory.models import Asset, Feed
from muster.tasks.files import RecordFile, open_records
from muster.tasks.importing import BATCH, import_file
from muster.tasks.models import Run, Status

HOSTS = b"".join(
    ndjson.encode(AssetRecord(source="runzero", id=f"h{number}", names=(f"host-{number}",)))
    for number in range(3)
)


def given(content):
    return RecordFile(io.BytesIO(content), name="scan.ndjson")


@pytest.mark.django_db
class TestImport:
    def test_every_record_of_a_file_is_stored(self, scope, watcher):
        run = import_file(scope, given(HOSTS), site=scope.site(), watcher=watcher)

        assert run.status == Status.PROCESSED
        assert run.statistics["assets_new"] == Asset.objects.count() == 3

    def test_importing_twice_changes_nothing(self, scope, watcher):
        import_file(scope, given(HOSTS), site=scope.site(), watcher=watcher)

        run = import_file(scope, given(HOSTS), site=scope.site(), watcher=watcher)

        assert run.statistics["assets_unchanged"] == Asset.objects.count() == 3

    def test_a_gzip_file_is_known_by_its_content(self, scope, watcher):
        run = import_file(scope, given(gzip.compress(HOSTS)), site=scope.site(), watcher=watcher)

        assert run.statistics["assets_new"] == 3

    def test_records_of_several_sources_go_to_their_own_feeds(self, scope, watcher):
        other = ndjson.encode(AssetRecord(source="homegrown", id="x", names=("x",)))

        import_file(scope, given(HOSTS + other), site=scope.site(), watcher=watcher)

        feeds = set(Feed.objects.values_list("source", "source_id", "instance"))
        site = str(scope.site().uid)
        assert feeds == {("runzero", 1, site), ("homegrown", 0, site)}

    @pytest.mark.parametrize("lines_before", [0, 2, BATCH + 5])
    def test_a_malformed_line_is_named_and_nothing_is_stored(self, scope, watcher, lines_before):
        lines = HOSTS.splitlines(keepends=True)
        content = b"".join(lines[at % 3] for at in range(lines_before)) + b'{"type": "asset"\n'

        with pytest.raises(DataError, match=f"scan.ndjson: line {lines_before + 1} is not"):
            import_file(scope, given(content), site=scope.site(), watcher=watcher)

        assert not Asset.objects.exists()
        assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (AssetRecord(source="", id="x"), "line 1 is not a record"),
        (AssetRecord(source="x" * 61, id="x"), "line 1 is not a record"),
        (AssetRecord(source="runzero", id=""), "line 1 is not a record"),
        (AssetRecord(source="runzero", id="x" * 301), "line 1 is not a record"),
        (AssetRecord(source="Run Zero", id="x"), "record 1 has the source"),
        (AssetRecord(source="runzero", id="x", names=("a\0b",)), "record 1 holds a NUL"),
        (AssetRecord(source="runzero", id="x", attributes={"a": "\\\0"}), "record 1 holds a NUL"),
        (MembershipRecord(source="azuread", group_id="g", member_id=""), "line 1 is not a record"),
        (
            ServiceRecord(source="runzero", asset_id="x", address="", transport="tcp", port=-1),
            "line 1 is not a record",
        ),
    ],
)
def test_a_record_that_cannot_be_stored_is_named(record, message):
    with pytest.raises(DataError, match=message):
        import_file(None, given(ndjson.encode(record)), site=None, watcher=None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            b'{"type":"membership","source":"azuread","group_id":"g","member_id":"m","member_kind":"alien"}',
            "record 1 has the member_kind 'alien'",
        ),
        (
            b'{"type":"ownership","source":"azuread","subject_kind":"car","subject_id":"s","owner_id":"o"}',
            "record 1 has the subject_kind 'car'",
        ),
        (
            b'{"type":"asset","source":"runzero","id":"x","seen_at":"9999-12-31T23:59:59-14:00"}',
            "record 1 has the seen_at 9999-12-31T23:59:59-14:00, which is out of range",
        ),
        (
            b'{"type":"asset","source":"runzero","id":"x","first_seen_at":"0001-01-01T00:00:00+14:00"}',
            "record 1 has the first_seen_at",
        ),
        (
            b'{"type":"user","source":"azuread","id":"x","last_logon_at":"0001-01-01T00:00:00+14:00"}',
            "record 1 has the last_logon_at",
        ),
        (
            b'{"type":"asset","source":"runzero","id":"x","y":'
            + b"[" * 100_000
            + b"]" * 100_000
            + b"}",
            "line 1 is not a record: it is nested too deeply",
        ),
        (HOSTS.decode().encode("utf-16"), "is UTF-16 and must be UTF-8"),
    ],
    ids=["member", "subject", "late", "early", "logon", "deep", "utf-16"],
)
def test_a_record_that_could_not_be_read_again_is_refused(line, message):
    with pytest.raises(DataError, match=message):
        import_file(None, given(line), site=None, watcher=None)


def test_the_mark_that_windows_puts_before_utf_8_is_no_part_of_the_first_record():
    records = list(given(b"\xef\xbb\xbf" + HOSTS).records())

    assert records == list(given(HOSTS).records())


def test_lines_may_end_as_on_windows():
    records = list(given(HOSTS.replace(b"\n", b"\r\n")).records())

    assert records == list(given(HOSTS).records())


def test_a_pipe_with_a_name_can_be_read_twice(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(HOSTS,))
    writer.start()

    with open_records(str(pipe), stdin=io.BytesIO()) as file:
        first, second = list(file.records()), list(file.records())
    writer.join()

    assert first == second
    assert len(first) == 3


@pytest.mark.parametrize("name", ["", "a\0b", "~nobody-of-that-name/x"])
def test_a_name_that_no_file_can_have_is_a_sentence(name):
    with pytest.raises(ConfigError), open_records(name, stdin=io.BytesIO()):
        pass


def test_a_file_whose_name_is_not_utf_8_can_be_read_and_its_name_be_kept(tmp_path):
    path = tmp_path / "scan-\udcff"
    path.write_bytes(HOSTS)

    with open_records(str(path), stdin=io.BytesIO()) as file:
        records = list(file.records())

    assert len(records) == 3
    assert file.name.encode().endswith(b"scan-\\udcff")


def test_a_file_that_breaks_off_while_it_is_read_is_a_sentence():
    class Broken(io.BytesIO):
        def readline(self, size=-1):
            raise OSError(5, "Input/output error")

    with pytest.raises(ConfigError, match=r"scan.ndjson cannot be read: Input/output error"):
        list(RecordFile(Broken(HOSTS), name="scan.ndjson").records())


def test_a_backslash_before_u0000_is_text(tmp_path):
    from muster.tasks.checking import check

    check(AssetRecord(source="runzero", id="x", names=("\\u0000",)), name="f", number=1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no records"),
        (b"\n\n", "holds no records"),
        (gzip.compress(HOSTS, mtime=0)[:-9], "damaged gzip"),
        (gzip.compress(HOSTS, mtime=0)[:12], "damaged gzip"),
        (b"\x1f\x8bnonsense", "damaged gzip"),
        (b'{"type":"asset","source":"runzero","id":"\xff"}\n', "line 1 is not a record"),
        (b'{"type":"nonsense"}\n', "line 1 is not a record"),
        (b"[1,2]\n", "line 1 is not a record"),
        (HOSTS + HOSTS[:40], "line 4 is not a record"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_in_a_sentence(content, message):
    with pytest.raises(DataError, match=message):
        import_file(None, given(content), site=None, watcher=None)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with (
        pytest.raises(ConfigError, match="cannot be read: No such file"),
        open_records(str(tmp_path / "none"), stdin=io.BytesIO()),
    ):
        pass


def test_stdin_can_be_read_twice():
    with open_records("-", stdin=io.BytesIO(HOSTS)) as file:
        first, second = list(file.records()), list(file.records())

    assert first == second
    assert len(first) == 3


@pytest.mark.django_db
def test_a_scan_file_that_broke_off_brings_what_it_has(scope, watcher):
    header = ScanHeader(
        schema=SCHEMA, scan_id="1", program="muster", explorer="", engine="connect", unseen=(),
        started_at=datetime(2026, 11, 20, tzinfo=UTC), scope=("10.0.0.1",), names={}, seed=1,
        ports="80", probes=(), options={},
    )  # fmt: skip
    host = AssetRecord(source="runzero", id="h", addresses=("10.0.0.1",), is_scanned=True)
    content = ndjson.encode(header) + ndjson.encode(host)

    run = import_file(scope, given(content), site=scope.site(), watcher=watcher)

    assert run.statistics["assets_new"] == 1
