"""E-mail: what is sent, that nothing can be put into its head, and what refusals mean."""

import email
import email.policy
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.notices.sending import mail
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import SENT, Result

ID = UUID("061786a4-4ce3-4f67-9dfd-581bfbbb1633")
FROM_TO = {"sender": "muster@corp.example", "recipients": "ops@corp.example, b@corp.example"}


@pytest.fixture
def message(now):
    return Message(
        id=ID,
        action="task-failed",
        sentence="Task failed",
        at=now,
        organization="Org",
        target_name="Entra: Büro",
        details={"error": "throttled"},
    )


def send(values, message):
    return mail.send(values, message, environ={}, is_internal_allowed=True)


def parsed(mailbox):
    return email.message_from_bytes(mailbox.mails[0].data, policy=email.policy.default)


def test_every_recipient_gets_it(mailbox, mail_values, message):
    assert send(mail_values, message) == SENT
    assert mailbox.mails[0].recipients == ["ops@corp.example", "boss@corp.example"]


def test_it_says_what_happened(mailbox, mail_values, message):
    send(mail_values, message)

    got = parsed(mailbox)
    assert got["Subject"] == "[Muster] Task failed: Entra: Büro (Org)"
    assert "Error: throttled" in got.get_content()
    assert got["Auto-Submitted"] == "auto-generated"


def test_each_attempt_has_the_same_message_id(mailbox, mail_values, message):
    send(mail_values, message)
    send(mail_values, message)

    ids = {email.message_from_bytes(each.data)["Message-ID"] for each in mailbox.mails}
    assert ids == {f"<{ID.hex}@corp.example>"}


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@given(name=ANY_TEXT, organization=ANY_TEXT, detail=ANY_TEXT)
def test_no_text_of_an_event_adds_a_header(now_value, name, organization, detail):
    hostile = Message(
        id=ID,
        action="task-failed",
        sentence="Task failed",
        at=now_value,
        organization=organization + "\r\nBcc: all@corp.example",
        target_name=name + "\nX-Evil: 1\r\n\r\nbody",
        details={"why\r\nX-Evil: 2": detail},
    )

    raw = mail.composed(FROM_TO, hostile).as_bytes()

    got = email.message_from_bytes(raw, policy=email.policy.default)
    assert sorted(got.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Muster-Event",
         "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    )  # fmt: skip
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.fixture(scope="module")
def now_value():
    from datetime import UTC, datetime

    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_right_password_signs_in(mailbox, mail_values, message):
    mailbox.manners.password = "correct horse"

    outcome = send({**mail_values, "user": "muster", "password": "correct horse"}, message)

    assert outcome == SENT
    assert mailbox.mails[0].user == "muster"


def test_a_wrong_password_halts_and_is_not_repeated(mailbox, mail_values, message):
    mailbox.manners.password = "correct horse"

    outcome = send({**mail_values, "user": "muster", "password": "battery staple"}, message)

    assert outcome.result is Result.HALTED
    assert "battery" not in outcome.why


def test_a_server_without_encryption_gets_nothing_that_asks_for_it(mailbox, mail_values, message):
    outcome = send({**mail_values, "security": "starttls"}, message)

    assert outcome.result is Result.LATER
    assert mailbox.mails == []


def test_a_server_without_tls_is_no_server_with(mailbox, mail_values, message):
    assert send({**mail_values, "security": "tls"}, message).result is Result.LATER


def test_recipients_that_are_refused_are_named_and_the_others_told(mailbox, mail_values, message):
    mailbox.manners.refused = {"boss@corp.example": 550}

    outcome = send(mail_values, message)

    assert outcome.result is Result.SENT
    assert "boss@corp.example" in outcome.why


@pytest.mark.parametrize(("code", "result"), [(550, Result.NEVER), (450, Result.LATER)])
def test_all_recipients_refused(mailbox, mail_values, message, code, result):
    mailbox.manners.refused = {"ops@corp.example": code, "boss@corp.example": code}

    assert send(mail_values, message).result is result


@pytest.mark.parametrize(
    ("said", "result"), [("554 spam", Result.NEVER), ("451 later", Result.LATER)]
)
def test_a_message_that_is_refused(mailbox, mail_values, message, said, result):
    mailbox.manners.at_data = said

    assert send(mail_values, message).result is result


def test_a_server_that_talks_without_end_is_left(mailbox, mail_values, message):
    mailbox.manners.is_talkative = True

    outcome = send(mail_values, message)

    assert outcome.result is Result.LATER


@pytest.mark.parametrize("greeting", ["554 go away", "nonsense", "421 busy"])
def test_a_server_that_greets_otherwise_gets_nothing(mailbox, mail_values, message, greeting):
    mailbox.manners.greeting = greeting

    assert send(mail_values, message).result is Result.LATER


def test_the_metadata_service_is_no_mail_server(mail_values, message):
    outcome = send({**mail_values, "host": "169.254.169.254"}, message)

    assert "leads to 169.254.169.254" in outcome.why


def test_nobody_there_is_tried_again(mail_values, message):
    assert send({**mail_values, "port": "1"}, message).result is Result.LATER
