"""Accounts of every role, and a browser of Django's for each."""

from datetime import UTC, datetime

from django.test import Client

from muster.accounts.models import Account
from muster.accounts.roles import Role
from muster.accounts.services import NewAccount, create
from muster.organizations.access import grant
from muster.organizations.models import Organization

PASSWORD = "a long enough password"


def account_of(role: Role, *, email: str = "") -> Account:
    """Make an account with a role everywhere."""
    email = email or f"{role.value}@muster.example"
    return create(NewAccount(email, PASSWORD, role=role), at=datetime.now(UTC))


def outsider_of(organization: Organization) -> Account:
    """Make an account that is superuser of one organization and nothing elsewhere."""
    account = account_of(Role.NONE, email="outsider@muster.example")
    grant(account, organization, Role.SUPERUSER)
    return account


def browser_of(account: Account) -> Client:
    """Return a browser in which the account is signed in."""
    client = Client()
    client.force_login(account)
    return client
