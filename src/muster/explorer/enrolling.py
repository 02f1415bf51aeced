"""Enrolling: a one-time token and new keys for an identity."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx

from muster.core.errors import ConfigError
from muster.explorer import identity
from muster.explorer.client import Client, checked_server
from muster.explorer.identity import Identity
from muster.explorer.machine import describe
from muster.explorer.messages import LONGEST_TOKEN, Enrolled, Enrolment


def enrol(
    folder: Path,
    server: str,
    *,
    token: str,
    name: str,
    http: httpx.Client,
    now: Callable[[], datetime],
    is_anew: bool = False,
) -> Enrolled:
    """Enrol the machine and keep its identity in a folder; return what the server made of it.

    The keys are written before they are shown, so that an answer that is lost can be asked for
    again with the same token. Raises ConfigError if an identity is there and not `is_anew`, or if
    the server refuses.
    """
    address = checked_server(server)
    if not token.strip() or len(token.strip()) > LONGEST_TOKEN:
        raise ConfigError(
            "there is no token", hint="Make one on the server with: muster explorer token"
        )
    with identity.only_process(folder):
        keys = _keys(folder, address, is_anew=is_anew)
        client = Client(http, address, keys, now)
        signing, sealing = keys.public()
        enrolment = Enrolment(
            token=token.strip(),
            signing_key=signing,
            sealing_key=sealing,
            machine=describe(at=now()),
            name=name.strip(),
        )
        enrolled = client.ask("enrol", enrolment, Enrolled)
        identity.save(folder, Identity(address, enrolled.explorer, enrolled.name, keys))
        return enrolled


def _keys(folder: Path, server: str, *, is_anew: bool) -> identity.Keys:
    """Return the keys of an enrolment that was not answered, or new ones."""
    if identity.is_enrolled(folder) and not is_anew:
        found = identity.load(folder)
        if found.explorer:
            raise ConfigError(
                f"this is the Explorer {found.name} of {found.server} already",
                hint="Run it with: muster explorer run. To enrol anew with a new token: --anew.",
            )
        if found.server == server:
            return found.keys
    keys = identity.new_keys()
    identity.save(folder, Identity(server, "", "", keys))
    return keys
