import gzip
import io

import pytest

from muster.core import ndjson
from muster.core.errors import ConfigError, DataError
from muster.core.records import AssetRecord, MembershipRecord, ServiceRecord
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
