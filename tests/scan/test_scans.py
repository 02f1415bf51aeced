"""Whole scans of loopback: records, ends, files, and going on where one broke off."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core import ndjson
from muster.core.errors import ConfigError, DataError
from muster.core.records import AssetRecord, CollectionReport, ServiceRecord
from muster.core.scanfile import ScanEnd, ScanProgress, ScanStatus
from muster.scan.file import ScanFile, continued, new_file, read_broken, read_known
from muster.scan.identity import KnownHosts, known_hosts, new_id
from muster.scan.plan import plan_of
from muster.scan.progress import Watermark
from muster.scan.run import Scan
from scan.listeners import listener
from scan.scanning import scanned, wanted


def test_a_host_becomes_an_asset_and_its_open_ports_services():
    with listener() as seen:
        result = scanned(wanted(["127.0.0.1"], ports=f"{seen.port},1"))

    asset = result.assets["127.0.0.1"]
    assert (asset.source, asset.is_scanned, asset.is_alive) == ("runzero", True, True)
    assert [(each.asset_id, each.port) for each in result.services] == [(asset.id, seen.port)]


def test_the_end_says_what_was_found():
    with listener() as seen:
        end = scanned(wanted(["127.0.0.1-127.0.0.4"], ports=str(seen.port))).end

    assert (end.status, end.addresses, end.alive, end.services) == (ScanStatus.COMPLETE, 4, 4, 1)


def test_a_complete_scan_says_for_which_addresses_it_speaks():
    result = scanned(wanted(["127.0.0.0/29"], exclude=["127.0.0.4"], ports="1"))

    [report] = [each for each in result.lines if isinstance(each, CollectionReport)]
    assert report.complete
    assert report.scope == ("127.0.0.0-127.0.0.3", "127.0.0.5-127.0.0.7")


def test_a_scan_of_the_usual_ports_speaks_for_services_too():
    result = scanned(wanted(["127.0.0.1"]))

    kinds = [each.collection for each in result.lines if isinstance(each, CollectionReport)]
    assert kinds == ["assets", "services"]


def _stop_after_some(scan: Scan, line) -> None:
    if isinstance(line, AssetRecord) and scan._hosts.alive >= 5:
        scan.stop()


def test_a_stopped_scan_expires_nothing():
    result = scanned(wanted(["127.0.1.0/24"], ports="1", group=8), after=_stop_after_some)

    assert result.end.status is ScanStatus.STOPPED
    assert result.end.addresses < 256
    assert not any(each.complete for each in result.lines if isinstance(each, CollectionReport))
    assert "--resume" in result.end.hint


def test_a_scan_goes_on_where_it_was_stopped_and_finds_the_same(tmp_path):
    whole = scanned(wanted(["127.0.1.0/24"], ports="1"))
    asked = wanted(["127.0.1.0/24"], ports="1", group=8)
    path = scanned(asked, after=_stop_after_some).write(tmp_path / "scan.ndjson")

    broken = read_broken(path)
    rest = scanned(
        plan_of(broken.header, position=broken.position, known=broken.known, spent=broken.spent)
    )

    with path.open("rb") as file:
        records = [each for each in ndjson.read(file) if isinstance(each, AssetRecord)]
    earlier = {each.addresses[0]: each.id for each in records}
    later = {address: each.id for address, each in rest.assets.items()}
    assert 0 < broken.position < 256
    assert earlier | later == {address: each.id for address, each in whole.assets.items()}
    assert rest.end.status is ScanStatus.COMPLETE
    assert len(later) <= 256 - broken.position


def test_a_time_limit_ends_it():
    result = scanned(wanted(["127.0.1.0/24"], ports="1-500", rate=100.0, minutes=0.01))

    assert result.end.status is ScanStatus.STOPPED
    assert "time limit" in result.end.reason


def test_progress_is_told_and_ends_at_the_whole():
    result = scanned(wanted(["127.0.1.0/28"], ports="1"))

    last = [each for each in result.lines if isinstance(each, ScanProgress)][-1]
    assert (last.position, last.done, last.total) == (16, 16, 16)


def test_a_host_that_accepts_everything_is_said_to_be_answered_for():
    listeners = [listener() for _ in range(20)]
    seen = [each.__enter__() for each in listeners]
    ports = ",".join(str(each.port) for each in seen)

    result = scanned(wanted(["127.0.0.1"], ports=ports, host_connections=20))

    for each in listeners:
        each.__exit__(None, None, None)
    assert any("firewall or proxy" in each for each in result.errors)
    assert result.services == []
    assert result.assets["127.0.0.1"].attributes["scan.answersEveryPort"] == "true"


def test_a_rescan_gives_the_same_ids():
    one, other = (scanned(wanted(["127.0.0.1-127.0.0.3"], ports="1", seed=n)) for n in (3, 9))

    assert {each.id for each in one.assets.values()} == {each.id for each in other.assets.values()}


def _host(id_="x", address="10.0.0.7", macs=(), names=()):
    return AssetRecord(source="runzero", id=id_, addresses=(address,), macs=macs, names=names)


MAC, OTHER_MAC = "3c:52:82:00:00:01", "3c:52:82:00:00:02"


@pytest.mark.parametrize(
    ("address", "macs", "names", "id_"),
    [
        ("10.0.0.99", (MAC,), (), "x"),  # DHCP moved it
        ("10.0.0.7", (), (), "x"),  # the next scan sees no MACs
        ("10.0.0.7", (), ("ws-1",), "x"),
        ("10.0.0.7", (OTHER_MAC,), (), ""),  # other hardware has the address now
        ("10.0.0.7", (), ("ws-2",), ""),  # another host has it
        ("10.0.0.8", (), ("ws-1",), ""),  # a name alone is no proof
        ("10.0.0.8", ("02:00:00:00:00:01",), (), ""),  # made up by software
    ],
)
def test_hosts_of_earlier_scans_keep_their_ids(address, macs, names, id_):
    known = known_hosts([_host(macs=(MAC,), names=("WS-1.corp.example",))])

    assert known.find(address, macs=macs, names=names) == id_


def test_a_mac_made_up_by_software_is_no_identity():
    assert new_id("10.0.0.7", "02:00:00:00:00:01") == new_id("10.0.0.7", "")
    assert new_id("10.0.0.7", MAC) == new_id("10.0.0.8", MAC)


def test_ids_of_a_file_are_known(tmp_path):
    path = tmp_path / "earlier.ndjson"
    path.write_bytes(ndjson.encode(_host(id_="kept", macs=(MAC,))))

    assert read_known(path).by_mac == {MAC: "kept"}


def test_half_a_line_at_the_end_is_cut_off(tmp_path):
    result = scanned(wanted(["127.0.0.1"], ports="1"), after=lambda *_: None)
    lines = [each for each in result.lines if not isinstance(each, ScanEnd)]
    path = tmp_path / "scan.ndjson"
    path.write_bytes(b"".join(map(ndjson.encode, lines)) + b'{"type":"asset","sou')

    broken = read_broken(path)
    with continued(path) as file:
        file.write(result.end)

    assert broken.position == 1
    assert [json.loads(each)["type"] for each in path.read_bytes().splitlines()][-1] == "end"


def test_a_complete_scan_is_not_gone_on_with(tmp_path):
    path = scanned(wanted(["127.0.0.1"], ports="1")).write(tmp_path / "scan.ndjson")

    with pytest.raises(ConfigError, match="complete"):
        read_broken(path)


def test_what_is_no_scan_is_not_gone_on_with(tmp_path):
    path = tmp_path / "other.ndjson"
    path.write_bytes(ndjson.encode(_host()))

    with pytest.raises(DataError, match="does not begin like a scan"):
        read_broken(path)


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    path = tmp_path / "scan.ndjson"
    path.write_text("mine")

    with pytest.raises(ConfigError, match="there already"), new_file(path, force=False):
        pass
    assert path.read_text() == "mine"


def test_records_of_a_scan_file_are_read_without_the_rest(tmp_path):
    with listener() as seen:
        result = scanned(wanted(["127.0.0.1"], ports=str(seen.port)))
    path = result.write(tmp_path / "scan.ndjson")

    with path.open("rb") as file:
        kinds = [type(each) for each in ndjson.read(file)]

    assert kinds == [AssetRecord, ServiceRecord, CollectionReport]


def test_an_unknown_line_is_still_refused(tmp_path):
    path = tmp_path / "scan.ndjson"
    path.write_bytes(b'{"type":"heder"}\n')

    with path.open("rb") as file, pytest.raises(DataError, match="line 1"):
        list(ndjson.read(file))


@given(st.permutations(range(12)))
def test_the_position_is_where_everything_before_is_done(order):
    mark, done = Watermark(0), set()
    for each in order:
        mark.reach(each)
        done.add(each)
        assert set(range(mark.position)) <= done
        assert mark.position not in done


def test_every_second_is_on_the_disk(tmp_path):
    path = tmp_path / "scan.ndjson"
    progress = ScanProgress(
        at=datetime(2026, 11, 20, tzinfo=UTC), position=0, done=0, total=1, alive=0, services=0,
        packets=0, packets_per_second=0.0, seconds=1.0,
    )  # fmt: skip
    with path.open("wb") as file:
        ScanFile(file).write(progress)

        assert ndjson.decode_line(path.read_bytes()) == progress


def test_nobody_is_known_at_first():
    assert KnownHosts().find("10.0.0.1", macs=(MAC,), names=("a",)) == ""
