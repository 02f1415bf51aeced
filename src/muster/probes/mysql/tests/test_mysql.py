from pathlib import Path

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.mysql.probe import MysqlProbe

PROBE = MysqlProbe()
HERE = Path(__file__).parent


def test_mariadb_is_told_by_its_own_version():
    context = recorded(PROBE, HERE / "mariadb.json")

    (fact,) = facts(PROBE, context)

    assert (fact.product, fact.version) == ("MariaDB", "10.11.19")
    assert fact.attributes["mysql.authPlugin"] == "mysql_native_password"
    assert context.said == b""


def test_a_server_that_refuses_this_address_is_known_as_one():
    error = b"\xff\x6a\x04Host '192.0.2.99' is not allowed to connect to this MySQL server"
    context = RecordedContext(
        PROBE, connections=[[len(error).to_bytes(3, "little") + b"\0", error]]
    )

    (fact,) = facts(PROBE, context)

    assert fact.attributes["mysql.errorCode"] == "1130"
    assert fact.version == ""
