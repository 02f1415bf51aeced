import asyncio
import random
from pathlib import Path

import pytest

from muster.core.errors import ConfigError
from muster.core.probe import ProbeCredential, Target
from muster.core.probe_testing import LoopbackContext
from muster.probes.snmp import credentials, session
from muster.probes.snmp.probe import SnmpProbe
from muster.protocols import ber
from probes.agent import Agent, octets, oid, running

PROBE = SnmpProbe()
HERE = Path(__file__).parent

SYSTEM = {
    "1.3.6.1.2.1.1.1.0": octets(b"Cisco IOS Software, C2960X, Version 15.2(7)E4"),
    "1.3.6.1.2.1.1.2.0": oid("1.3.6.1.4.1.9.1.1208"),
    "1.3.6.1.2.1.1.5.0": octets(b"core-sw-01.corp.example"),
    "1.3.6.1.2.1.1.6.0": octets(b"Rack 4"),
}
INTERFACES = {
    "1.3.6.1.2.1.2.2.1.3.1": ber.integer(6),
    "1.3.6.1.2.1.2.2.1.3.2": ber.integer(24),
    "1.3.6.1.2.1.2.2.1.6.1": octets(bytes.fromhex("001b54000001")),
    "1.3.6.1.2.1.2.2.1.6.2": octets(bytes(6)),
    "1.3.6.1.2.1.31.1.1.1.1.1": octets(b"Gi1/0/1"),
    "1.3.6.1.2.1.31.1.1.1.1.2": octets(b"Lo0"),
}
ARP = {
    "1.3.6.1.2.1.4.22.1.2.1.10.97.0.10": octets(bytes.fromhex("3c528200970a")),
    "1.3.6.1.2.1.4.22.1.2.1.10.97.0.11": octets(bytes(6)),
    "1.3.6.1.2.1.4.22.1.2.1.10.97.0.1": octets(bytes.fromhex("001b54000001")),
}
BRIDGE = {
    "1.3.6.1.2.1.17.1.4.1.2.7": ber.integer(1),
    "1.3.6.1.2.1.17.4.3.1.2.220.166.50.0.0.22": ber.integer(7),
    "1.3.6.1.2.1.17.4.3.1.2.220.166.50.0.0.23": ber.integer(0),
}


def heard(agent, **given):
    async def run():
        async with running(agent) as port:
            context = LoopbackContext(PROBE, **given)
            return await PROBE.run(context, Target("127.0.0.1", port, "udp"))

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(session, "TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr("muster.core.probe_testing.LOOPBACK_WAIT_SECONDS", 0.3)


def test_a_switch_tells_what_it_is_and_its_macs():
    own = heard(Agent(SYSTEM | INTERFACES))[0]

    assert own.names == ("core-sw-01.corp.example",)
    assert own.macs == ("00:1b:54:00:00:01",)
    assert own.attributes["snmp.sysObjectID"] == "1.3.6.1.4.1.9.1.1208"
    assert own.attributes["snmp.interfaceNames"] == "Gi1/0/1\tLo0"


def test_an_arp_cache_tells_the_macs_of_others_by_their_addresses():
    facts = heard(Agent(SYSTEM | INTERFACES | ARP))

    others = {each.address: each.macs for each in facts[1:]}
    assert others == {"10.97.0.10": ("3c:52:82:00:97:0a",)}
    assert facts[1].via == "127.0.0.1"
    assert facts[1].attributes["snmp.arp.interface"] == "Gi1/0/1"


def test_a_table_of_macs_tells_machines_without_addresses_and_their_port():
    facts = heard(Agent(SYSTEM | INTERFACES | BRIDGE))

    assert [(each.address, each.macs) for each in facts[1:]] == [("", ("dc:a6:32:00:00:16",))]
    assert facts[1].attributes["snmp.bridge.interface"] == "Gi1/0/1"


def test_a_catalyst_is_asked_for_each_vlan():
    vlans = {"1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.10": ber.integer(1)}
    agent = Agent(SYSTEM | INTERFACES | ARP | BRIDGE | vlans, communities=("public", "public@10"))

    facts = heard(agent)

    assert sorted(each.macs[0] for each in facts[1:]) == ["3c:52:82:00:97:0a", "dc:a6:32:00:00:16"]


def test_only_the_system_is_told_where_tables_are_not_to_be_read():
    facts = heard(Agent(SYSTEM | INTERFACES | ARP), options={"snmp-tables": "false"})

    assert len(facts) == 1


def test_an_agent_that_repeats_itself_for_ever_is_left():
    agent = Agent(SYSTEM | INTERFACES | ARP, is_looping=True)

    facts = heard(agent)

    assert facts[0].names == ("core-sw-01.corp.example",)
    assert agent.asked < 100


def test_the_first_version_is_spoken_where_there_is_no_other():
    own = heard(Agent(SYSTEM | INTERFACES, versions=(0,)))[0]

    assert own.attributes["snmp.sysName"] == "core-sw-01.corp.example"
    assert own.macs == ("00:1b:54:00:00:01",)


def test_a_saved_community_is_tried_before_the_usual_one():
    credential = ProbeCredential("1", "snmpv2_community", {"community": "s3cret"})
    agent = Agent(SYSTEM, communities=("s3cret",))

    own = heard(agent, credentials=[credential])[0]

    assert own.names == ("core-sw-01.corp.example",)
    assert "s3cret" not in str(own)
    assert "s3cret" not in repr(credential)


def test_an_agent_that_knows_no_community_is_silent():
    assert heard(Agent(SYSTEM, communities=("other",))) == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "no user name"),
        ({"username": "a", "auth-protocol": "rot13"}, "unknown auth-protocol"),
        ({"username": "a", "auth-protocol": "sha", "auth-passphrase": "short"}, "less than 8"),
        ({"username": "a", "auth-protocol": "none", "privacy-protocol": "aes"}, "without auth"),
    ],
)
def test_a_credential_that_cannot_work_is_named(fields, says):
    with pytest.raises(ConfigError, match=says):
        credentials.user(fields)


class Garbling(Agent):
    """Answers discovery well, and then with bytes changed, as a hostile device would."""

    def __init__(self, objects, seed):
        super().__init__(objects)
        self.chance = random.Random(seed)

    def answer(self, version, community, request):
        answer = bytearray(super().answer(version, community, request))
        for _ in range(self.chance.randint(1, 3) if self.asked > 2 else 0):
            byte = self.chance.choice([0, 1, 0x7F, 0x80, 0xFF, 0x84, 0x30])
            answer[self.chance.randrange(len(answer))] = byte
        return bytes(answer)


@pytest.mark.parametrize("seed", range(30))
def test_answers_with_wrong_bytes_do_no_harm(seed, monkeypatch):
    monkeypatch.setattr(session, "TIMEOUT_SECONDS", 0.02)
    monkeypatch.setattr("muster.core.probe_testing.LOOPBACK_WAIT_SECONDS", 0.05)

    assert len(heard(Garbling(SYSTEM | INTERFACES | ARP | BRIDGE, seed))) < 100
