"""Who speaks for an Explorer: signatures, sessions, and two processes with one identity."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction

import muster
from muster.core.errors import ConfigError
from muster.explorer.messages import Hello, Machine, Welcome
from muster.explorer.signing import Said, is_genuine
from muster.explorers.models import Explorer
from muster.explorers.watching import announce_online

SILENCE = timedelta(seconds=60)
"""Two polls and a bit: whoever is silent for so long counts as gone."""

POLL = timedelta(seconds=25)
"""So long a question for work is held open at most; proxies cut at 30 s and more."""

LARGEST_SKEW = timedelta(minutes=2)
"""A signature older than this, or from the future, may be one that was overheard."""

_TOUCHED = timedelta(seconds=5)


def authenticated(said: Said, signature: bytes, *, at: datetime) -> Explorer:
    """Return the Explorer that says something.

    Raises ConfigError, with a code, if it is none of ours, was revoked, or its clock is wrong.
    """
    explorer = _by_uid(said.explorer)
    if explorer is None or not is_genuine(said, signature, explorer.signing_key):
        raise ConfigError(
            "this server knows no such Explorer, or its signature is wrong",
            hint="Enrol it with a new token: muster explorer enrol URL --token TOKEN --anew",
            code="unknown",
        )
    if explorer.revoked_at is not None:
        raise ConfigError(
            f"the Explorer {explorer.name} was revoked on {explorer.revoked_at:%Y-%m-%d %H:%M} UTC",
            hint="If that was not meant, enrol this machine again with a new token and --anew.",
            code="revoked",
        )
    check_clock(said, at=at)
    return explorer


def check_clock(said: Said, *, at: datetime) -> None:
    """Raise ConfigError if something was signed at another time than now."""
    if abs(at - said.at) > LARGEST_SKEW:
        raise ConfigError(
            f"the request was signed at {said.at:%Y-%m-%d %H:%M:%S} UTC, and here it is "
            f"{at:%Y-%m-%d %H:%M:%S}",
            hint="Set the clock of the Explorer's machine.",
            code="clock-skew",
        )


def begin(explorer: Explorer, session: str, hello: Hello, *, address: str, at: datetime) -> Welcome:
    """Let a process speak for an Explorer from now on.

    One that says which session it follows takes over at once; another one only after that was
    silent. Raises ConfigError if the Explorer is alive elsewhere.
    """
    is_same = session == explorer.session
    if is_alive(explorer, at=at) and not is_same and hello.previous != explorer.session:
        _own(explorer).update(duplicate_at=at, duplicate_address=address)
        raise _duplicate(explorer)
    with transaction.atomic():
        taken = (
            _own(explorer)
            .filter(session=explorer.session)
            .update(
                session=session,
                session_at=explorer.session_at if is_same else at,
                last_seen=at,
                external_address=address,
                **_fields(hello.machine, at=at),
            )
        )
        if taken:
            announce_online(explorer, at=at)
    if not taken:
        raise _duplicate(explorer)
    return Welcome(
        name=explorer.name,
        version=muster.__version__,
        silence_seconds=SILENCE.total_seconds(),
        poll_seconds=POLL.total_seconds(),
    )


def check_session(explorer: Explorer, session: str, *, at: datetime) -> None:
    """Note that an Explorer lives.

    Raises ConfigError if another process speaks for it by now.
    """
    if not session or session != explorer.session:
        raise _duplicate(explorer)
    if at - explorer.last_seen > _TOUCHED:
        _own(explorer).filter(session=session).update(last_seen=at)


def end(explorer: Explorer, session: str) -> None:
    """Let the process go that speaks for an Explorer."""
    _own(explorer).filter(session=session).update(session="")


def is_alive(explorer: Explorer, *, at: datetime) -> bool:
    """True if a process speaks for it, and has spoken lately."""
    return (
        bool(explorer.session)
        and explorer.revoked_at is None
        and at - explorer.last_seen <= SILENCE
    )


def _fields(machine: Machine, *, at: datetime) -> dict[str, object]:
    skew = (machine.clock or at) - at
    return {
        "version": machine.version,
        "host": machine.host,
        "os": machine.os,
        "arch": machine.arch,
        "addresses": machine.addresses,
        "capabilities": machine.capabilities,
        "lacks": machine.lacks,
        "skew_seconds": max(-_MOST_SECONDS, min(round(skew.total_seconds()), _MOST_SECONDS)),
    }


_MOST_SECONDS = 2**31 - 1


def _duplicate(explorer: Explorer) -> ConfigError:
    where = f" from {explorer.external_address}" if explorer.external_address else ""
    return ConfigError(
        f"another process works as the Explorer {explorer.name}: one on {explorer.host}{where}",
        hint="If this machine was cloned, enrol it with a token of its own and --anew. If both are "
        "one machine, stop one of the two.",
        code="duplicate",
    )


def _by_uid(text: str) -> Explorer | None:
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return Explorer.objects.select_related("organization").filter(uid=uid).first()


def _own(explorer: Explorer) -> models.QuerySet[Explorer]:
    return Explorer.objects.filter(pk=explorer.pk, organization=explorer.organization)
