"""The demo's steps: the same services as for a real tenant, on a simulated one."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from django.conf import settings

from muster.core.errors import UnavailableError
from muster.core.source import Progress
from muster.credentials.models import Credential
from muster.credentials.selectors import visible
from muster.credentials.services import NewCredential, create, remove
from muster.demo.company import TENANT, server
from muster.demo.scan_file import FILE
from muster.demo.state import CREDENTIAL
from muster.organizations.scope import Scope
from muster.simulator.demo import DEMO
from muster.simulator.testing import start_process
from muster.tasks.connectors import connector_task, run_now
from muster.tasks.files import RecordFile
from muster.tasks.importing import import_file
from muster.tasks.runs import raise_if_failed

Watching = Callable[[], AbstractContextManager[Progress]]
"""What shows the progress of one step while it is open."""


def load(scope: Scope, *, tell: Callable[[str], None], watching: Watching) -> None:
    """Load the company into an organization; what is there of it already is brought up to date."""
    tell("This is demo data: the company, its people and its machines are invented.")
    tell("1. Loading a scan of its network ...")
    _import_scan(scope, watching)
    tell("2. Starting a simulated Microsoft Entra ID tenant of the same company ...")
    with _simulated_tenant():
        tell("3. Adding its credential, which is tried before it is saved ...")
        credential = _add_credential(scope)
        tell("4. Syncing devices, users, groups and memberships ...")
        _sync(scope, credential, watching)


def _import_scan(scope: Scope, watching: Watching) -> None:
    """Load the bundled scan into the default site."""
    with FILE.open("rb") as file, watching() as watcher:
        records = RecordFile(file, name=FILE.name)
        run = import_file(scope, records, site=scope.site(), watcher=watcher)
    raise_if_failed(run)


@contextlib.contextmanager
def _simulated_tenant() -> Iterator[None]:
    """Run the simulator in a process of its own, and send what is meant for Microsoft to it."""
    before = dict(settings.ENDPOINTS)
    with start_process(server()) as simulator:
        settings.ENDPOINTS.update(login=simulator.url, graph=simulator.url)
        try:
            yield
        finally:
            settings.ENDPOINTS.update(before)


def _add_credential(scope: Scope) -> Credential:
    """Add the tenant's credential as a person would, in place of an older one."""
    for old in visible(scope).filter(name=CREDENTIAL, organization=scope.organization):
        remove(scope, old, at=datetime.now(UTC))
    values = {
        "client_id": DEMO.client_id,
        "tenant_id": TENANT.id,
        "client_secret": DEMO.client_secret,
    }
    new = NewCredential(name=CREDENTIAL, type="azure_client_secret", values=values)
    created = create(scope, new, at=datetime.now(UTC))
    if created.credential is None:
        raise UnavailableError(
            "the simulated tenant refused the demo's credential", hint=created.verdict.message
        )
    return created.credential


def _sync(scope: Scope, credential: Credential, watching: Watching) -> None:
    """Run the real connector against the simulated tenant."""
    task = connector_task(
        scope,
        "azuread",
        credential=credential,
        site=scope.site(),
        options={},
        at=datetime.now(UTC),
    )
    with watching() as watcher:
        run = run_now(scope, task, watcher=watcher)
    raise_if_failed(run)
