"""Channels: tried before they are saved, sealed, and what cannot be one."""

import pytest
from django.db import connection

from muster.core.errors import ConfigError
from muster.credentials.services import rotate_keys
from muster.notices import selectors
from muster.notices.channels import NewChannel, add, by_name, opened, remove, verify
from muster.notices.models import Channel
from notices.conftest import SECRET

pytestmark = pytest.mark.django_db


def test_a_channel_is_tried_before_it_is_saved(scope, web, now):
    created = add(scope, NewChannel("Ops", "webhook", {"url": web.url, "secret": SECRET}), at=now)

    assert created.finding.ok
    assert b'"type":"test"' in web.requests[0].body


def test_one_that_fails_is_not_saved(scope, web, now):
    web.statuses = [500]
    new = NewChannel("Ops", "webhook", {"url": web.url, "secret": SECRET})

    created = add(scope, new, at=now)

    assert created.channel is None
    assert "500" in created.finding.detail
    assert (Channel.objects.count(), selectors.events(scope)) == (0, [])


def test_one_that_fails_can_be_saved_and_says_so(scope, web, now):
    web.statuses = [500]
    new = NewChannel("Ops", "webhook", {"url": web.url, "secret": SECRET})

    add(scope, new, at=now, save_anyway=True)

    [shown] = selectors.channels(scope)
    assert not shown["working"]
    assert "500" in shown["message"]


def test_a_mail_channel_tells_its_recipients(scope, mailbox, mail_values, now):
    assert add(scope, NewChannel("Mail", "email", mail_values), at=now).finding.ok
    assert len(mailbox.mails) == 1


def test_a_wrong_password_is_a_finding_without_the_password(scope, mailbox, mail_values, now):
    mailbox.manners.password = "right"
    values = {**mail_values, "user": "muster", "password": "wr0ng-s3cr3t"}
    # Over plain text a password is refused before it is sent, so say it to the sender itself.
    with pytest.raises(ConfigError, match="readable by others"):
        add(scope, NewChannel("Mail", "email", values), at=now)

    assert mailbox.sign_ins == 0


def test_secrets_are_stored_as_ciphertext_only(scope, hook):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_channel")
        stored = repr(cursor.fetchall())

    assert "T0PSECRETPATH" not in stored
    assert SECRET not in stored
    assert opened(hook).values["secret"] == SECRET


def test_a_channel_is_shown_without_secrets(scope, hook, web):
    shown = repr(selectors.channels(scope)) + repr(opened(hook)) + repr(hook)

    assert "T0PSECRETPATH" not in shown
    assert SECRET not in shown
    assert f"http://127.0.0.1:{web.port}" in shown


def test_rotating_keys_seals_channels_anew(scope, hook):
    before = dict(hook.sealed)

    assert rotate_keys() == 1

    hook.refresh_from_db()
    assert hook.sealed != before
    assert opened(hook).values["secret"] == SECRET


def test_a_ciphertext_that_was_moved_does_not_open(scope, hook, web, now):
    new = NewChannel("Two", "webhook", {"url": web.url, "secret": SECRET})
    other = add(scope, new, at=now).channel
    other.sealed = hook.sealed

    with pytest.raises(ConfigError, match="changed or copied"):
        opened(other)


def test_verify_keeps_what_it_found(scope, hook, web, now):
    web.statuses = [500]

    assert not verify(scope, hook, at=now).ok
    hook.refresh_from_db()
    assert not hook.is_working
    assert selectors.events(scope)[0].action == "channel-failed"


def test_a_channel_of_another_organization_is_not_there(other_scope, hook):
    assert selectors.channels(other_scope) == []
    with pytest.raises(ConfigError, match="no channel"):
        by_name(other_scope, "Ops")


def test_a_name_in_use_is_refused_whatever_its_case(scope, hook, web, now):
    with pytest.raises(ConfigError, match="already"):
        add(scope, NewChannel("oPS", "webhook", {"url": web.url, "secret": SECRET}), at=now)


def test_a_removed_channel_is_in_the_log(scope, hook, now):
    remove(scope, hook, at=now)

    assert selectors.events(scope)[0].action == "channel-deleted"


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "a b"},
        {"host": "evil\r\nRCPT TO:<x@y>"},
        {"host": "http://corp.example"},
        {"host": "corp..example"},
        {"host": ""},
        {"port": "0"},
        {"port": "65536"},
        {"port": "x"},
        {"port": "²"},
        {"port": "9" * 5000},
        {"security": "maybe"},
        {"user": "only"},
        {"password": "only"},
        {"sender": ""},
        {"sender": "nobody"},
        {"sender": "a@corp.example, b@corp.example"},
        {"sender": "a@corp.example\r\nBcc: all@corp.example"},
        {"sender": "Name <a@corp.example>"},
        {"sender": '"a b"@corp.example'},
        {"recipients": ""},
        {"recipients": " , "},
        {"recipients": "a@corp.example\nb@corp.example"},
        {"recipients": ",".join(f"a{each}@corp.example" for each in range(51))},
        {"recipients": "a" * 300 + "@corp.example"},
        {"unknown": "x"},
    ],
)
def test_what_is_no_mail_channel_is_refused_before_anything_is_sent(
    scope, mailbox, mail_values, now, changes
):
    with pytest.raises(ConfigError):
        add(scope, NewChannel("Mail", "email", {**mail_values, **changes}), at=now)

    assert (mailbox.mails, Channel.objects.count()) == ([], 0)


def test_an_unknown_kind_is_refused(scope, now):
    with pytest.raises(ConfigError, match="no kind of channel"):
        add(scope, NewChannel("X", "pigeon", {}), at=now)


def test_a_domain_in_another_script_is_written_as_the_mail_system_does(
    scope, mailbox, mail_values, now
):
    values = {**mail_values, "recipients": "ops@bücher.example"}

    assert add(scope, NewChannel("Mail", "email", values), at=now).finding.ok
    assert mailbox.mails[0].recipients == ["ops@xn--bcher-kva.example"]
