"""What tests of pages share."""

import pytest
from django.test import Client

from console.people import account_of, browser_of
from muster.accounts.models import Account
from muster.accounts.roles import Role


@pytest.fixture
def owner(db) -> Account:
    """The owner's account."""
    return account_of(Role.SUPERUSER, email="owner@muster.example")


@pytest.fixture
def browser(owner) -> Client:
    """The owner's browser."""
    return browser_of(owner)
