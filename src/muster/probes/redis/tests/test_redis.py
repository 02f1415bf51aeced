from pathlib import Path

import pytest

from muster.core.errors import DataError
from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.redis.probe import RedisProbe

PROBE = RedisProbe()
HERE = Path(__file__).parent


def test_version_and_system_are_told():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "redis.json"))

    assert (fact.product, fact.version) == ("Redis", "7.0.15")
    assert fact.attributes["redis.os"].startswith("Linux ")
    assert fact.attributes["redis.access"] == "open"


def test_a_server_that_wants_a_password_is_known_as_one():
    context = RecordedContext(PROBE, connections=[[b"-NOAUTH Authentication required.\r\n"]])

    (fact,) = facts(PROBE, context)

    assert fact.attributes["redis.access"] == "denied"
    assert fact.attributes["redis.error"] == "NOAUTH Authentication required."


def test_another_service_is_not_taken_for_redis():
    with pytest.raises(DataError, match="no Redis"):
        facts(PROBE, RecordedContext(PROBE, connections=[[b"HTTP/1.1 400 Bad Request\r\n\r\n"]]))
