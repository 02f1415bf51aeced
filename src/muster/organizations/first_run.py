"""The first run: the owner's account and the organization's name, once and never again."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from muster.accounts import services as accounts
from muster.accounts.models import Account
from muster.accounts.services import NewAccount
from muster.core.errors import ConfigError
from muster.organizations.models import Organization
from muster.organizations.services import rename_organization

_CODE_LENGTH = 12


def setup_code() -> str:
    """Return what somebody on another machine has to know to be the first one.

    It follows from the signing key, so that only who can read the server's output or files has it.
    """
    return salted_hmac("muster.first-run", "code").hexdigest()[:_CODE_LENGTH]


def is_setup_code(text: str) -> bool:
    """Return whether a text is the code."""
    return secrets.compare_digest(text.strip().casefold().encode(), setup_code().encode())


@transaction.atomic
def set_up(owner: NewAccount, organization_name: str, *, at: datetime) -> Account:
    """Make the owner's account, give the first organization its name, and return the account.

    Raises ConfigError for what cannot be as given, or if somebody has an account already; then
    nothing is changed.
    """
    # Of two who come at once, the second waits here and then sees the first one's account.
    first = Organization.objects.select_for_update().order_by("pk")[:1].get()
    if not accounts.is_first_run():
        raise ConfigError("Muster is set up already", hint="Sign in.", code="done")
    account = accounts.create(owner, at=at)
    try:
        rename_organization(first, organization_name)
    except ConfigError as error:
        raise ConfigError(error.message, hint=error.hint, code="organization") from error
    return account
