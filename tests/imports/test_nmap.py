import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import DataError
from muster.imports.nmap import records

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" args="nmap -sV -oX out.xml 192.0.2.0/24" start="1795564800" version="7.93">
<host starttime="1795564800" endtime="1795564810"><status state="up" reason="arp-response"/>
<address addr="192.0.2.10" addrtype="ipv4"/><address addr="3C:52:82:00:00:07" addrtype="mac" vendor="Hewlett Packard"/>
<hostnames><hostname name="ws-0042.corp.example" type="PTR"/></hostnames>
<ports><port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/>
<service name="ssh" product="OpenSSH" version="9.2p1" extrainfo="protocol 2.0"/></port>
<port protocol="tcp" portid="80"><state state="open"/><service name="http"/><script id="http-title" output="Intranet"/></port>
<port protocol="tcp" portid="81"><state state="closed"/></port></ports>
<os><osmatch name="Linux 4.15 - 5.19" accuracy="96"><osclass type="general purpose" vendor="Linux" osfamily="Linux"/></osmatch>
<osmatch name="Linux 2.6" accuracy="90"/></os></host>
<host><status state="down"/><address addr="192.0.2.11" addrtype="ipv4"/></host>
<runstats><finished time="1795564900"/></runstats></nmaprun>"""


def read(data):
    return list(records(io.BytesIO(data)))


def test_a_host_that_is_up_is_an_asset_with_its_open_ports():
    asset, ssh, web = read(XML)

    assert (asset.id, asset.source) == ("192.0.2.10", "nmap")
    assert asset.names == ("ws-0042.corp.example",)
    assert asset.macs == ("3c:52:82:00:00:07",)
    assert asset.os == "Linux 4.15 - 5.19"
    assert asset.is_alive
    assert asset.seen_at == datetime.fromtimestamp(1795564810, UTC)
    assert (ssh.port, ssh.product, ssh.version) == (22, "OpenSSH", "9.2p1")
    assert web.attributes["html.title"] == "Intranet"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<html/>", "not of nmap"),
        (XML[:700], "cannot be read"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><nmaprun>&x;</nmaprun>", "entities"),
        (XML.replace(b'portid="22"', b'portid="99999"'), "no port"),
    ],
)
def test_what_is_no_scan_of_nmap_is_refused(data, says):
    with pytest.raises(DataError, match=says):
        read(data)


@given(st.integers(0, len(XML) - 1), st.binary(max_size=4))
def test_wrong_bytes_do_no_harm(at, bytes_):
    try:
        read(XML[:at] + bytes_ + XML[at + len(bytes_) :])
    except DataError:
        return
