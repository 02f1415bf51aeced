from pathlib import Path

from muster.core.probe_testing import facts, recorded
from muster.probes.mqtt.probe import MqttProbe

PROBE = MqttProbe()
HERE = Path(__file__).parent


def test_an_open_broker_tells_its_version():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "mosquitto.json"))

    assert fact.attributes == {
        "mqtt.connack": "accepted",
        "mqtt.version": "mosquitto version 2.0.11",
    }


def test_a_closed_broker_is_told_as_closed():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "mosquitto_closed.json"))

    assert fact.attributes == {"mqtt.connack": "not authorized"}


def test_nothing_but_the_topic_of_versions_is_subscribed_to():
    context = recorded(PROBE, HERE / "mosquitto.json")

    facts(PROBE, context)

    assert context.said.count(b"\x82") == 1
    assert b"$SYS/broker/version" in context.said
    assert b"#" not in context.said
