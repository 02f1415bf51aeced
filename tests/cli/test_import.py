"""`muster import`: what a file may be, and what is said of one that is none."""

import json

import pytest

from muster.core import ndjson
from muster.core.records import AssetRecord
from muster.inventory.models import Asset

pytestmark = pytest.mark.django_db


def hosts(count):
    records = (
        AssetRecord(source="runzero", id=f"h{number}", names=(f"host-{number}",))
        for number in range(count)
    )
    return b"".join(ndjson.encode(each) for each in records)


def test_a_file_is_imported_into_the_site_that_is_named(muster, tmp_path):
    muster("site", "add", "HQ")
    (tmp_path / "scan.ndjson").write_bytes(hosts(3))

    imported = muster("import", tmp_path / "scan.ndjson", "--site", "hq", "--json")

    assert json.loads(imported.out)["statistics"]["assets_new"] == 3
    assert set(Asset.objects.values_list("site__name", flat=True)) == {"HQ"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (hosts(3) + b"{nonsense\n", "stdin: line 4 is not a record"),
        (b'{"type":"asset","source":"runzero","id":"\xe9"}\n', "stdin: line 1 is not a record"),
        (b"", "stdin holds no records"),
    ],
    ids=["nonsense", "not UTF-8", "empty"],
)
def test_a_malformed_line_is_one_clear_message_and_nothing_is_stored(muster, given, said):
    ended = muster("import", "-", given=given)

    assert ended.code == 1
    assert said in ended.err
    assert not Asset.objects.exists()


def test_a_file_that_is_not_there_is_one_clear_message(muster):
    ended = muster("import", "/nonexistent/scan.ndjson")

    assert ended.code == 1
    assert "/nonexistent/scan.ndjson cannot be read: No such file or directory" in ended.err


def test_a_site_that_is_not_there_is_one_clear_message(muster, tmp_path):
    ended = muster("import", "-", "--site", "Nowhere", given=hosts(1))

    assert ended.code == 1
    assert "no site 'Nowhere'" in ended.err
