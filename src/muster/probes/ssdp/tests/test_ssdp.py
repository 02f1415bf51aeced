from pathlib import Path

import pytest

from muster.core.errors import DataError
from muster.core.probe import Target
from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.ssdp.probe import SsdpProbe, SsdpSegmentProbe, located

PROBE = SsdpProbe()
HERE = Path(__file__).parent


def test_a_device_is_told_with_its_description():
    search, device = facts(PROBE, recorded(PROBE, HERE / "television.json"))

    assert search.attributes["ssdp.server"] == "SHP, UPnP/1.0, Samsung UPnP SDK/1.0"
    assert (device.port, device.transport) == (9197, "tcp")
    assert device.attributes["upnp.friendlyName"] == "Living Room TV"
    assert device.attributes["upnp.modelName"] == "UE55NU7100"


@pytest.mark.parametrize(
    "place",
    [
        "http://198.51.100.1/evil.xml",
        "http://192.0.2.10@198.51.100.1/",
        "https://192.0.2.10/x",
        "file:///etc/passwd",
        "http://192.0.2.10:99999999/",
        "http://[::1/",
    ],
)
def test_a_description_is_only_fetched_from_the_host_itself(place):
    with pytest.raises(DataError):
        located(place, at="192.0.2.10")


def test_a_device_that_points_elsewhere_is_known_by_its_answer_alone():
    context = recorded(PROBE, HERE / "television.json")

    found = facts(PROBE, context, Target("192.0.2.99", 1900, "udp"))

    assert [each.attributes["ssdp.server"] for each in found] == [
        "SHP, UPnP/1.0, Samsung UPnP SDK/1.0"
    ]
    assert context.streams == []


def test_a_description_with_entities_is_not_read():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><root><device>&a;</device></root>'
    told = recorded(PROBE, HERE / "television.json")
    page = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb
    context = RecordedContext(PROBE, connections=[[page]], datagrams=told._datagrams)

    assert len(facts(PROBE, context)) == 1


def test_a_segment_tells_each_host():
    probe = SsdpSegmentProbe()
    answers = recorded(PROBE, HERE / "television.json")._datagrams[0] * 2

    found = facts(probe, RecordedContext(probe, datagrams=[answers]))

    assert [each.address for each in found] == ["192.0.2.20", "192.0.2.21"]
