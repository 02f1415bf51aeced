"""Writing channels: tried before they are saved, with secrets sealed as credentials' are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from muster.core.errors import ConfigError
from muster.core.source import Finding
from muster.credentials import keys, sealing
from muster.credentials.fields import checked
from muster.notices.actions import Action
from muster.notices.kinds import channel_kind
from muster.notices.models import Channel
from muster.notices.recording import Target, record
from muster.notices.sending.message import test_message
from muster.notices.sending.outcome import Outcome, Result
from muster.notices.sending.transmitting import Line, transmit
from muster.notices.texts import checked_name
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class NewChannel:
    """What a person gives for a channel. Prints without the values."""

    name: str
    type: str
    values: Mapping[str, str]

    def __repr__(self) -> str:
        """Name and type."""
        return f"NewChannel({self.name!r}, {self.type!r})"


@dataclass(frozen=True, slots=True)
class Created:
    """What came of adding a channel: None is saved where its test failed."""

    channel: Channel | None
    finding: Finding


def add(scope: Scope, new: NewChannel, *, at: datetime, save_anyway: bool = False) -> Created:
    """Check the values, send a test message, and save the channel.

    One that fails is saved only with `save_anyway`, and says so from then on.
    Raises ConfigError for an unknown kind, a value that cannot be right, or a name in use.
    """
    kind = channel_kind(new.type)
    name = checked_name(new.name, what="channel")
    values = kind.fitted(checked(kind.declared, new.values))
    _check_free(scope, name)
    channel = Channel(
        organization=scope.organization,
        name=name,
        type=new.type,
        created_at=at,
        created_by=scope.principal.name,
    )
    sealing.store(channel, kind.declared, values, vault=keys.vault())
    finding = _try(channel, at=at)
    if not (finding.ok or save_anyway):
        return Created(None, finding)
    _save(scope, channel, at=at)
    return Created(channel, finding)


def verify(scope: Scope, channel: Channel, *, at: datetime) -> Finding:
    """Send a test message through a saved channel; if it goes, what waits for it goes too."""
    finding = _try(channel, at=at)
    with transaction.atomic():
        channel.save(update_fields=["is_working", "message", "checked_at", "halted_at"])
        action = Action.CHANNEL_VERIFIED if finding.ok else Action.CHANNEL_FAILED
        _record(scope, action, channel, at=at, success=finding.ok)
    return finding


@transaction.atomic
def remove(scope: Scope, channel: Channel, *, at: datetime) -> None:
    """Delete a channel and what waits for it. Rules that led to it lead to their others."""
    _record(scope, Action.CHANNEL_DELETED, channel, at=at)
    channel.delete()


def opened(channel: Channel) -> Line:
    """Return what sending needs of a channel.

    Raises ConfigError if a secret's key is not here, or if it was changed or moved.
    """
    values = sealing.opened(channel, vault=keys.vault())
    return Line(channel.type, values, frozenset(channel.sealed))


def by_name(scope: Scope, reference: str) -> Channel:
    """Return the channel of that name or id.

    Raises ConfigError if there is none.
    """
    wanted = reference.strip().casefold()
    channels = list(Channel.objects.filter(organization=scope.organization).order_by("name"))
    for each in channels:
        if wanted in {each.name.casefold(), str(each.uid)}:
            return each
    known = ", ".join(each.name for each in channels)
    hint = f"Channels are: {known}." if known else "Add one with: muster channel add"
    raise ConfigError(f"there is no channel '{reference[:100]}'", hint=hint)


def _try(channel: Channel, *, at: datetime) -> Finding:
    """Send a test message and let the channel, unsaved, say what came of it."""
    message = test_message(
        uuid4(), at=at, organization=channel.organization.name, channel=channel.name
    )
    outcome = transmit(opened(channel), message, clock=lambda: at)
    is_refused = outcome.result is Result.HALTED
    channel.is_working = outcome.result is Result.SENT and not outcome.why
    channel.message = outcome.why
    channel.checked_at = at
    channel.halted_at = at if is_refused else None
    return _finding(channel, outcome)


def _finding(channel: Channel, outcome: Outcome) -> Finding:
    if channel.is_working:
        return Finding("test message", ok=True, detail="sent")
    hint = "Mend it and try again." if outcome.result is not Result.SENT else "Correct them."
    return Finding("test message", ok=False, detail=outcome.why, hint=hint)


def _save(scope: Scope, channel: Channel, *, at: datetime) -> None:
    """Save it, also where somebody else just took the name."""
    try:
        with transaction.atomic():
            channel.save()
            _record(scope, Action.CHANNEL_CREATED, channel, at=at, success=channel.is_working)
    except IntegrityError as error:
        raise _taken(channel.name) from error


def _record(
    scope: Scope, action: Action, channel: Channel, *, at: datetime, success: bool = True
) -> None:
    details = {"type": channel.type, **({"error": channel.message} if channel.message else {})}
    record(
        scope.organization,
        action,
        at=at,
        by=scope.principal,
        target=Target("channel", channel.uid, channel.name),
        success=success,
        details=details,
    )


def _check_free(scope: Scope, name: str) -> None:
    if Channel.objects.filter(organization=scope.organization, name__iexact=name).exists():
        raise _taken(name)


def _taken(name: str) -> ConfigError:
    return ConfigError(
        f"there is already a channel named '{name}'",
        hint="Choose another name, or remove the old one first: muster channel rm.",
    )
