"""One plan carried out: claimed, opened, collected, uploaded once, whatever the network does."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from muster.core.errors import ConfigError, DataError, UnavailableError
from muster.core.records import AssetRecord, CollectionReport
from muster.core.source import Context
from muster.explorer import job as jobs
from muster.explorer import sealing, uploading
from muster.explorer.chunks import unpack
from muster.explorer.identity import new_keys
from muster.explorer.job import Job
from muster.explorer.messages import Claimed, Received
from muster.runner import wire
from muster.runner.process import order_of


class Server:
    """In place of the client: takes chunks, and fails as it is told to."""

    def __init__(self, order):
        self.keys = new_keys()
        self.sealed = sealing.seal(order, to=self.keys.public()[1], context="plan")
        self.chunks = []
        self.failures = []
        self.claims = True

    def ask(self, path, _message, _answer):
        assert path == "plans/plan/claim"
        if self.claims:
            self._fail()
        return Claimed(sealed=self.sealed)

    def send(self, path, body, _answer):
        number = int(path.rpartition("/")[2])
        if number == len(self.chunks):
            self._fail()
            self.chunks.append(body)
            self._fail_after()
        lines = self.lines()
        return Received(next=len(self.chunks), is_over=isinstance(lines[-1], wire.Ended))

    def lines(self):
        return wire.decode(b"".join(map(unpack, self.chunks)))

    def _fail(self):
        if self.failures and self.failures[0][0] == "before":
            raise self.failures.pop(0)[1]

    def _fail_after(self):
        if self.failures and self.failures[0][0] == "after":
            raise self.failures.pop(0)[1]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(uploading, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(jobs, "_UNSAID_SECONDS", 0.0)


COUNT = 2500
LINES = """
import sys
for number in range(2500):
    print('{"type":"asset","source":"example","id":"id-%d"}' % number)
    number % 100 or sys.stdout.flush()
print('{"type":"ended"}')
"""


@pytest.fixture
def order():
    return order_of("example", Context(now=datetime.now(UTC)))


@pytest.fixture
def many(monkeypatch):
    """A process that tells of many devices, a hundred at a time."""

    def started(_order):
        return subprocess.Popen([sys.executable, "-c", LINES], stdout=subprocess.PIPE)

    monkeypatch.setattr("muster.runner.process.started", started)
    return [f"id-{number}" for number in range(COUNT)]


def done(server):
    said = []
    Job(server, "plan", said.append).do()
    return said


def ids(server):
    return [each.id for each in server.lines() if isinstance(each, AssetRecord)]


def test_what_a_source_tells_is_uploaded_with_its_report_and_its_end(order):
    server = Server(order)

    assert done(server) == []

    assert ids(server) == ["1", "2", "3"]
    assert server.lines()[-1] == wire.Ended()
    assert any(isinstance(each, CollectionReport) and each.complete for each in server.lines())


def test_much_is_uploaded_in_many_chunks_in_order(order, many, monkeypatch):
    monkeypatch.setattr(jobs, "AIM_BYTES", 10_000)
    server = Server(order)

    assert done(server) == []

    assert ids(server) == many
    assert len(server.chunks) > 5


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_chunk_whose_answer_is_lost_is_sent_again_and_there_once(order, many, when):
    server = Server(order)
    server.claims = False
    server.failures = [(when, UnavailableError("the network is gone")) for _ in range(3)]

    said = done(server)

    assert ids(server) == many
    assert "the upload goes on when the server answers" in said[0]


def test_a_plan_that_cannot_be_claimed_now_is_left_for_later(order):
    server = Server(order)
    server.failures = [("before", UnavailableError("the network is gone"))]

    (said,) = done(server)

    assert "offered again" in said
    assert server.chunks == []


def test_what_the_server_cannot_read_is_told_here(order):
    server = Server(order)
    server.failures = [("after", DataError("it is no gzip", code="malformed-chunk"))]

    (said,) = done(server)

    assert "it is no gzip" in said


def test_a_source_that_is_not_there_is_told_as_the_end(order):
    server = Server(order_of("nonsense", Context(now=datetime.now(UTC))))

    done(server)

    assert "no source named 'nonsense'" in server.lines()[-1].message


def test_a_process_that_dies_is_told_as_the_end():
    server = Server(b"no order at all")

    done(server)

    assert server.lines()[-1].message.startswith("the collecting process ended before it was done")


def test_a_line_that_no_chunk_holds_is_told_as_the_end(order, monkeypatch):
    monkeypatch.setattr(jobs, "AIM_BYTES", 10)
    monkeypatch.setattr(jobs, "LONGEST_LINE_BYTES", 20)
    server = Server(order)

    done(server)

    assert "on the server itself" in server.lines()[-1].hint


def test_a_plan_that_is_sealed_to_another_is_told_as_the_end(order):
    server = Server(order)
    server.sealed = Server(order).sealed

    done(server)

    assert "cannot be opened" in server.lines()[-1].message


def test_a_plan_that_is_wanted_no_more_ends_its_process(order):
    server = Server(order)
    server.send = lambda *_given: Received(next=0, is_over=True, why="stopped")

    assert done(server) == []


def test_one_that_another_process_works_for_stops(order):
    server = Server(order)
    server.failures = [("after", ConfigError("another process works as it", code="duplicate"))]

    (said,) = done(server)

    assert "another process works as it" in said
