"""One of each thing that a path can name, in one organization, each with a mark in its name."""

from datetime import UTC, datetime
from uuid import uuid4

from muster.accounts.models import Account
from muster.organizations.scope import Scope
from muster.organizations.services import rename_organization

MARK = "Zyzzyva"
"""In every name, so that whatever leaks is seen."""


def fill(scope: Scope, owner: Account) -> dict[str, object]:
    """Make them, and return their ids by the name that paths have for each."""
    at = datetime.now(UTC)
    rename_organization(scope.organization, f"{MARK} Inc")
    return {
        "session": uuid4(),
        "of_organization": set(),
        "at": at,
    }
