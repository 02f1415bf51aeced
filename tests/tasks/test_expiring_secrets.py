"""A secret that is about to end is announced where the app may read its own registration."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from muster.credentials.services import NewCredential, create
from muster.notices.expiring import announce_expiring
from muster.notices.models import Event
from muster.simulator.config import Secret
from muster.simulator.demo import DEMO, PERMISSIONS, demo_server, demo_tenant
from muster.simulator.testing import start_in_thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


@pytest.fixture
def credential_of(scope, now, settings):
    """Make a credential whose app has some permissions, and whose secret ends in ten days."""
    running = ExitStack()

    def made(*permissions):
        tenant = demo_tenant(devices=2, users=2, groups=2)
        first, *others = tenant.applications
        ending = Secret(value=DEMO.client_secret, expires_at=now + timedelta(days=10))
        longer = Secret(value="other", expires_at=now + timedelta(days=900))
        app = replace(
            first, secrets=(ending, longer), application_permissions=(*PERMISSIONS, *permissions)
        )
        server = demo_server(replace(tenant, applications=(app, *others)))
        simulator = running.enter_context(start_in_thread(server))
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        secret = {
            "tenant_id": DEMO.tenant_id,
            "client_id": DEMO.client_id,
            "client_secret": DEMO.client_secret,
        }
        return create(scope, NewCredential("Entra", "azure_client_secret", secret), at=now)

    with running:
        yield made


def test_its_own_secret_is_known_among_others_and_announced(credential_of, now):
    saved = credential_of("Application.Read.All")

    assert saved.credential.expires_at == now + timedelta(days=10)
    assert announce_expiring(at=now) == 1
    event = Event.objects.get(action="credential-expiring")
    assert event.details["ends_at"] == (now + timedelta(days=10)).isoformat()


def test_without_the_permission_nothing_is_known_and_that_is_no_failure(credential_of, now):
    saved = credential_of()

    assert saved.credential.verification_status == "verified"
    assert saved.credential.expires_at is None
    assert announce_expiring(at=now) == 0
