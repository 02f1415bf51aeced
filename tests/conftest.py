"""What every test shares. Tests that touch rows carry `django_db` and run on both engines."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings
from hypothesis import settings

from muster.organizations.models import Organization
from muster.organizations.scope import Scope, scope_by_name

# Files as they lie in the source, so that no test depends on what was last built; and a password
# is hashed a hundred times in a test, which must not take a second each.
FOR_TESTS = {
    "HOSTS": ["testserver"],
    "WHITENOISE_AUTOREFRESH": True,
    "WHITENOISE_USE_FINDERS": True,
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


def pytest_configure() -> None:
    """Set what holds for every test."""
    override_settings(**FOR_TESTS).enable()
    # How long an example takes says how busy the machine is.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


@pytest.fixture
def now() -> datetime:
    """One instant for all of a test: nothing here depends on the wall clock."""
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def scope(db: None) -> Scope:
    """The scope of the default organization."""
    return scope_by_name("")


@pytest.fixture
def other_scope(db: None, now: datetime) -> Scope:
    """The scope of a second organization, to see that nothing leaks."""
    from muster.organizations.services import create_organization

    create_organization("Other", at=now)
    return scope_by_name("Other")


@pytest.fixture
def organization(scope: Scope) -> Organization:
    """The default organization."""
    return scope.organization
