"""Plans and chunks: each once, in order, bounded, whatever is sent."""

import gzip
import json
import zlib
from uuid import uuid4

import pytest

from explorers.conftest import END, WHOLE, given, host, utc_now
from muster.core.errors import ConfigError, DataError
from muster.explorer import sealing
from muster.explorer.chunks import MOST_PACKED_BYTES, pack
from muster.explorers import assignments
from muster.explorers.models import Assignment, Chunk
from muster.runner import wire

pytestmark = pytest.mark.django_db


def numbers():
    return list(Chunk.objects.order_by("number").values_list("number", flat=True))


def test_a_plan_is_offered_and_can_be_opened_by_its_explorer_alone(machine, assignment):
    assert machine.poll().offers == [str(assignment.uid)]

    sealed = machine.claim(assignment).sealed

    key = machine.client.keys.sealing
    opened = sealing.opened(sealed, by=key, context=str(assignment.uid))
    assert json.loads(opened) == {"source": "fake"}
    assert b"fake" not in bytes(assignment.sealed, "ascii")


def test_a_plan_cannot_be_opened_as_another(machine, assignment):
    sealed = machine.claim(assignment).sealed

    with pytest.raises(DataError, match="cannot be opened"):
        sealing.opened(sealed, by=machine.client.keys.sealing, context=str(uuid4()))


def test_a_plan_of_another_explorer_is_not_to_be_had(scope, machine, machine_of, token):
    other = machine_of("other").enrol(token())
    other.hello()
    assignment = given(scope, other)

    assert machine.poll("x").offers == []
    with pytest.raises(ConfigError, match="not to be had"):
        machine.claim(assignment)
    assert machine.send(assignment, 0, host(1)).is_over


def test_a_claim_whose_answer_was_lost_is_answered_again(machine, assignment):
    assert machine.claim(assignment) == machine.claim(assignment)
    assert machine.poll().offers == [str(assignment.uid)]
    assert machine.poll(str(assignment.uid), "x").offers == []


def test_chunks_are_kept_in_order(machine, claimed):
    assert machine.send(claimed, 0, host(1)).next == 1
    assert machine.send(claimed, 1, host(2)).next == 2

    assert numbers() == [0, 1]


def test_a_chunk_that_comes_again_is_there_once(machine, claimed):
    machine.send(claimed, 0, host(1))

    assert machine.send(claimed, 0, host(1)).next == 1
    assert machine.send(claimed, 0, host(9)).next == 1

    assert numbers() == [0]


def test_a_chunk_that_comes_too_early_has_to_come_again(machine, claimed):
    assert machine.send(claimed, 2, host(3)).next == 0
    assert machine.send(claimed, 10**9, host(3)).next == 0

    assert numbers() == []


def test_nothing_is_taken_behind_the_end(machine, claimed):
    assert machine.send(claimed, 0, WHOLE, END).is_over

    assert machine.send(claimed, 1, host(1)).is_over

    assert numbers() == [0]


def test_too_many_that_wait_are_refused_until_some_are_stored(machine, claimed):
    for number in range(assignments.MOST_WAITING):
        machine.send(claimed, number, host(number))
    full = machine.send(claimed, assignments.MOST_WAITING, host(99))
    assignments.forget_chunks(claimed, 0)

    assert (full.is_full, full.next) == (True, assignments.MOST_WAITING)
    assert machine.send(claimed, assignments.MOST_WAITING, host(99)).next == full.next + 1


LINE = wire.encode(host(1))
MALFORMED = {
    "no gzip": b"hello",
    "nothing": b"",
    "cut off": pack(LINE)[:-9],
    "more behind it": pack(LINE) + b"x",
    "two in one": pack(LINE) + pack(LINE),
    "within a line": pack(LINE[:-1]),
    "no lines": pack(b""),
    "a bomb": pack(b" " * 50_000_000),
    "a bomb in a bomb": gzip.compress(gzip.compress(b"\0" * 300_000_000)),
    "no JSON": pack(b"hello\n"),
    "of no type": pack(b'{"type":"nonsense"}\n'),
    "nested deeply": pack(b"[" * 100_000 + b"\n"),
    "no UTF-8": pack(b'{"type":"asset","source":"fake","id":"\xff"}\n'),
    "behind the end": pack(wire.encode(END) + LINE),
    "zlib": zlib.compress(LINE),
}


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_chunk_that_is_none_is_refused_in_a_sentence_and_ends_the_plan(machine, claimed, name):
    with pytest.raises(DataError) as told:
        machine.send(claimed, 0, packed=MALFORMED[name])

    assert told.value.hint or told.value.message
    assert numbers() == []
    assert assignments.looked_at_again(claimed).refused


def test_a_chunk_that_is_too_large_is_not_read(machine, claimed):
    with pytest.raises(ConfigError, match="larger than"):
        machine.send(claimed, 0, packed=b"\0" * (MOST_PACKED_BYTES + 1))


def test_what_was_claimed_and_is_not_worked_on_any_more_is_lost(machine, claimed):
    machine.send(claimed, 0, host(1))

    machine.poll("another")

    assert assignments.looked_at_again(claimed).closed_at is not None


def test_what_is_not_wanted_any_more_is_told(machine, claimed):
    assignments.close(claimed, at=utc_now(), why="stopped")

    assert machine.poll(str(claimed.uid)).over == [str(claimed.uid)]
    received = machine.send(claimed, 0, host(1))
    assert (received.is_over, received.why) == (True, "stopped")
    assert numbers() == []


def test_a_new_plan_of_a_run_ends_the_one_before(scope, machine):
    run = uuid4()
    first = given(scope, machine, run=run)

    second = given(scope, machine, run=run)

    assert machine.poll().offers == [str(second.uid)]
    assert assignments.looked_at_again(first).sealed == ""


def test_the_process_before_cannot_send_into_the_plan_of_its_follower(machine, machine_of, claimed):
    second = machine_of().load()
    second.hello(previous=machine.client.session)

    assert second.send(claimed, 0, host(1)).is_over
    assert Assignment.objects.get().next == 0


@pytest.mark.parametrize("uid", ["x", "00000000-0000-0000-0000-000000000001", "..%2F..", "\0"])
def test_a_plan_that_is_none_is_not_to_be_had(machine, uid):
    class Unknown:
        pass

    unknown = Unknown()
    unknown.uid = uid

    with pytest.raises((ConfigError, DataError)):
        machine.claim(unknown)
