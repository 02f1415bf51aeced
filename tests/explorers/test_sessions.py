"""Who speaks for an Explorer: signatures, clocks, two processes of one identity, revoked ones."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from explorers.conftest import SERVER, given, signed, silent, utc_now
from muster.core.errors import ConfigError
from muster.explorer.messages import Poll, encode
from muster.explorers import assignments, editing, sessions, watching
from muster.explorers.models import Explorer
from muster.notices.models import Event

pytestmark = pytest.mark.django_db

POLL = encode(Poll())


def asked(machine, headers, *, path="poll", body=POLL):
    response = machine.http.post(f"{SERVER}/api/explorer/{path}", content=body, headers=headers)
    return response.status_code, response.json()["code"]


def test_one_that_said_hello_is_connected(machine):
    assert sessions.is_alive(machine.row, at=utc_now())
    assert machine.row.host


def test_a_wrong_signature_opens_nothing(machine):
    stranger = Ed25519PrivateKey.generate()

    assert asked(machine, signed(machine, "poll", POLL, key=stranger)) == (401, "unknown")


@pytest.mark.parametrize(
    "change",
    [
        {"body": b'{"running": []}'},
        {"path": "bye"},
        {"explorer": "00000000-0000-0000-0000-000000000001"},
        {"explorer": "nonsense"},
        {"session": "0" * 32},
    ],
)
def test_a_signature_holds_for_what_was_signed_alone(machine, change):
    headers = signed(machine, change.get("path", "poll"), change.get("body", POLL + b" "))
    sent = {**signed(machine, "poll", POLL), "Muster-Signature": headers["Muster-Signature"]}
    if "explorer" in change:
        sent["Muster-Explorer"] = change["explorer"]

    assert asked(machine, sent) == (401, "unknown")


@pytest.mark.parametrize(
    "header", ["Muster-Signature", "Muster-Time", "Muster-Explorer", "Muster-Session"]
)
@pytest.mark.parametrize("text", ["", "-1", "9" * 40, "x", "\x7f", "a" * 5000])
def test_whatever_stands_in_a_header_is_refused_in_a_sentence(machine, header, text):
    headers = {**signed(machine, "poll", POLL), header: text.encode("latin-1")}

    status, _code = asked(machine, headers)

    assert status in {400, 401}


def test_one_that_speaks_another_protocol_is_told_to_update(machine):
    headers = {**signed(machine, "poll", POLL), "Muster-Protocol": "99"}

    assert asked(machine, headers) == (426, "protocol")


def test_what_was_signed_long_ago_is_refused(machine):
    old = signed(machine, "poll", POLL, at=utc_now() - timedelta(minutes=10))

    assert asked(machine, old) == (401, "clock-skew")


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(hours=-3), timedelta(days=9000)])
def test_one_whose_clock_is_wrong_works_by_ours_and_is_told(machine_of, token, ahead):
    machine = machine_of(ahead=ahead).enrol(token())

    machine.hello()

    assert abs(machine.client.skew - ahead) < timedelta(minutes=1)
    assert abs(machine.row.skew_seconds - ahead.total_seconds()) < 60


def test_a_second_process_of_one_identity_is_refused_and_remembered(machine, machine_of):
    second = machine_of().load()

    with pytest.raises(ConfigError, match="another process works as the Explorer") as told:
        second.hello()

    assert told.value.code == "duplicate"
    assert "token of its own" in told.value.hint
    assert machine.row.duplicate_at is not None
    assert machine.poll("x").over == ["x"]


def test_one_that_follows_the_last_process_takes_over_at_once(machine, machine_of):
    second = machine_of().load()

    second.hello(previous=machine.client.session)

    with pytest.raises(ConfigError) as told:
        machine.poll()
    assert told.value.code == "duplicate"


def test_one_whose_process_was_silent_is_replaced(machine, machine_of):
    silent(machine.row)

    machine_of().load().hello()

    assert machine.row.session != machine.client.session


def test_one_that_ended_in_order_is_replaced_at_once(machine, machine_of):
    from muster.explorer.messages import Nothing

    machine.client.ask("bye", Nothing(), Nothing)
    assert not sessions.is_alive(machine.row, at=utc_now())

    machine_of().load().hello()

    assert sessions.is_alive(machine.row, at=utc_now())


def test_one_that_was_revoked_is_told_so_and_its_plans_are_blank(scope, machine):
    assignment = given(scope, machine)

    editing.revoke(scope, machine.row, at=utc_now())

    with pytest.raises(ConfigError, match="was revoked") as told:
        machine.poll()
    assert told.value.code == "revoked"
    assert assignments.looked_at_again(assignment).sealed == ""
    with pytest.raises(ConfigError, match="was revoked"):
        machine.hello()


def test_one_of_which_nothing_is_heard_is_announced_once_and_again_when_it_is_back(machine):
    silent(machine.row)

    for _ in range(2):
        watching.tend(at=utc_now(), silence=sessions.SILENCE)
    machine.hello(previous=machine.client.session)

    told = Event.objects.order_by("pk").values_list("action", "target_name")
    assert list(told) == [("explorer-offline", "berlin-1"), ("explorer-online", "berlin-1")]


def test_a_stranger_learns_nothing_of_who_is_there(machine):
    stranger = Ed25519PrivateKey.generate()
    unknown = signed(
        machine, "poll", POLL, key=stranger, explorer="00000000-0000-0000-0000-000000000001"
    )
    known = signed(machine, "poll", POLL, key=stranger)

    assert asked(machine, unknown) == asked(machine, known)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[" * 5000, b'{"running": 1}', b'{"running": ["' + b"x" * 5000 + b'"]}']
)
def test_a_message_that_is_none_is_refused_in_a_sentence(machine, body):
    assert asked(machine, signed(machine, "poll", body), body=body) == (400, "malformed")


def test_a_message_that_is_too_large_is_not_read(machine):
    body = b"x" * 70_000

    assert asked(machine, signed(machine, "poll", body), body=body) == (413, "too-large")


def test_only_posting_is_answered(client, db):
    assert client.get("/api/explorer/poll").status_code == 405


def test_an_explorer_that_is_renamed_is_greeted_by_its_new_name(scope, machine):
    editing.edit(scope, machine.row, editing.ExplorerChanges(name="cellar"))

    assert machine.hello(previous=machine.client.session).name == "cellar"
    assert Explorer.objects.get().name == "cellar"
