"""The engine without privilege, against listeners on loopback."""

import asyncio
import resource
import socket
import threading

import pytest

from muster.core.errors import ConfigError
from muster.scan.engines.handshakes import Handshakes
from muster.scan.engines.reply import Asked, Asking, State
from muster.scan.ports import parse_ports
from scan.asking import connector, done, open_ports, replies
from scan.listeners import listener


def test_open_and_closed_ports_are_told_apart():
    with listener() as seen:
        found = replies(connector(), ["127.0.0.1"], f"{seen.port},1,2,3", skips_liveness=True)

    assert open_ports(found) == {("127.0.0.1", "tcp", seen.port)}
    assert done(found)["127.0.0.1"].is_alive
    assert done(found)["127.0.0.1"].refused == 3


def test_ipv6_is_scanned_alike():
    with listener("::1") as seen:
        found = replies(connector(), ["::1"], f"{seen.port},1")

    assert open_ports(found) == {("::1", "tcp", seen.port)}


def test_every_connection_is_ended_with_a_fin():
    with listener() as seen, listener(says=b"220 ready\r\n" * 500) as talkative:
        replies(connector(), ["127.0.0.1"], f"{seen.port},{talkative.port}")

    assert seen.ends == ["fin"]
    assert talkative.ends == ["fin"]
    assert seen.written == talkative.written == b""


def test_a_host_has_no_more_connections_at_a_time_than_allowed():
    with listener("0.0.0.0", says=b"hello", holds_seconds=0.05) as one:
        port, more = one.port, [listener(port=0, holds_seconds=0.05) for _ in range(3)]
        seen = [each.__enter__() for each in more]
        ports = ",".join(str(each.port) for each in (*seen,))

        found = replies(connector(), ["127.0.0.1"], f"{port},{ports}", host_connections=1)

        for each in more:
            each.__exit__(None, None, None)

    assert len(open_ports(found)) == 4
    assert {each.most for each in (one, *seen)} == {1}


def test_a_fragile_port_gets_one_connection_when_nothing_else_is_under_way():
    with listener(port=44818, holds_seconds=0.1) as plc, listener(port=20000) as rtu:
        found = replies(connector(), ["127.0.0.1"], "44818,20000,1-20", host_connections=8)

    assert {port for _, _, port in open_ports(found)} == {44818, 20000}
    assert (plc.most, plc.ends) == (1, ["fin"])
    assert (rtu.most, rtu.ends) == (1, ["fin"])


def test_an_open_udp_port_is_known_by_its_answer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.9", 0))
        port = server.getsockname()[1]
        answering = threading.Thread(target=_answer, args=(server,))
        answering.start()
        found = replies(connector(), ["127.0.0.9"], f"U:{port},9", skips_liveness=True)
        answering.join()

    [answer] = [each for each in found if each.state is State.OPEN]
    assert (answer.transport, answer.port, answer.data) == ("udp", port, b"here")
    assert done(found)["127.0.0.9"].refused == 1


def _answer(server: socket.socket) -> None:
    server.settimeout(10)
    _data, sender = server.recvfrom(1000)
    server.sendto(b"here", sender)


def test_every_target_is_done_once():
    addresses = [f"127.0.{each // 200}.{each % 200 + 1}" for each in range(1000)]

    found = replies(connector(), addresses, "1,2", group=100)

    assert sorted(each.number for each in found if each.state is State.DONE) == list(range(1000))


def test_stopping_ends_it_within_moments():
    engine = connector(rate=50)

    async def first_then_stop() -> int:
        heard = 0
        targets = (Asked(each, "127.0.0.1") for each in range(1))
        async for _ in engine.probe(targets, Asking(ports=parse_ports("1-60000"))):
            heard += 1
            engine.control.stop.set()
        return heard

    assert asyncio.run(asyncio.wait_for(first_then_stop(), 20)) >= 1
    assert engine.control.sent < 1000


def test_a_paused_engine_sends_nothing_and_goes_on():
    engine = connector()
    engine.control.pause.set()

    async def resumed() -> int:
        asyncio.get_running_loop().call_later(0.2, _resume, engine)
        targets = (Asked(each, "127.0.0.1") for each in range(1))
        return len([each async for each in engine.probe(targets, Asking(ports=parse_ports("1")))])

    assert asyncio.run(resumed()) == 2


def _resume(engine) -> None:
    assert engine.control.sent == 0
    engine.control.pause.clear()


def test_too_few_files_are_told_before_anything_is_sent():
    with pytest.raises(ConfigError, match="only 3 connections"):
        Handshakes(None, None, None, most=3)


def test_running_out_of_files_stops_with_a_sentence(monkeypatch):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr("muster.scan.engines.connecting.most_connections", lambda: 4096)
    engine = connector()
    resource.setrlimit(resource.RLIMIT_NOFILE, (60, hard))
    try:
        with pytest.raises(ConfigError, match="run out of open files") as told:
            replies(engine, [f"127.0.2.{each}" for each in range(1, 250)], "1-20",
                    skips_liveness=True, host_connections=20)  # fmt: skip
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert "resume" in told.value.hint


def test_it_says_what_it_cannot_see():
    limits = connector().limits

    assert limits.name == "connect"
    assert any("MAC" in each for each in limits.unseen)
