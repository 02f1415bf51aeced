"""`muster import`: what a file may be, and what is said of one that is none."""

import gzip
import json

import pytest

from muster.core import ndjson
from muster.core.records import AssetRecord
from muster.inventory.models import Asset, Feed

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


NMAP = b"""<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap"><host><status state="up"/>
<address addr="192.0.2.10" addrtype="ipv4"/><ports><port protocol="tcp" portid="22">
<state state="open"/><service name="ssh"/></port></ports></host></nmaprun>"""


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("scan.xml", NMAP, "nmap"),
        ("scan.txt", NMAP, "nmap"),
        ("scan.xml.gz", gzip.compress(NMAP), "nmap"),
        ("hosts.csv", b"Hostname;IP;Room\r\nws-0042;192.0.2.10;4\r\n", "csv"),
    ],
)
def test_a_file_of_another_program_is_known_by_its_content(muster, tmp_path, name, content, source):
    (tmp_path / name).write_bytes(content)

    imported = muster("import", tmp_path / name, "--json")
    found = muster("search", "source:custom AND address:192.0.2.10", "--json")

    assert json.loads(imported.out)["statistics"]["assets_new"] == 1
    assert found.code == 0
    assert Feed.objects.get().source == source
    assert "192.0.2.10" in found.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (NMAP[:-20], "stdin: the XML cannot be read"),
        (b"<rss/>", "stdin: the XML is of <rss>, not of nmap"),
        (b"name,os\nws-1,Windows\n,Linux\n", "stdin: line 3 names no machine"),
    ],
)
def test_a_file_of_another_program_that_is_damaged_stores_nothing(muster, content, says):
    ended = muster("import", "-", given=content)

    assert ended.code == 1
    assert says in ended.err
    assert not Asset.objects.exists()
