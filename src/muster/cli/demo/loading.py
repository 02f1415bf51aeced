"""The demo's steps: the same services as for a real tenant, on a simulated one."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings

from muster.cli.demo.company import TENANT, server
from muster.cli.demo.scan_file import FILE
from muster.cli.demo.state import CREDENTIAL
from muster.cli.findings import write_findings
from muster.cli.progress import bars
from muster.cli.session import Session
from muster.core.errors import UnavailableError
from muster.credentials.models import Credential
from muster.credentials.selectors import visible
from muster.credentials.services import NewCredential, create, remove
from muster.organizations.scope import Scope
from muster.simulator.demo import DEMO
from muster.simulator.testing import start_process
from muster.tasks.connectors import connector_task, run_now
from muster.tasks.files import RecordFile
from muster.tasks.importing import import_file
from muster.tasks.runs import raise_if_failed


def import_scan(session: Session, scope: Scope) -> None:
    """Load the bundled scan into the default site."""
    with FILE.open("rb") as file, bars(session) as watcher:
        records = RecordFile(file, name=FILE.name)
        run = import_file(scope, records, site=scope.site(), watcher=watcher)
    raise_if_failed(run)


@contextlib.contextmanager
def simulated_tenant() -> Iterator[None]:
    """Run the simulator in a process of its own, and send what is meant for Microsoft to it."""
    before = dict(settings.ENDPOINTS)
    with start_process(server()) as simulator:
        settings.ENDPOINTS.update(login=simulator.url, graph=simulator.url)
        try:
            yield
        finally:
            settings.ENDPOINTS.update(before)


def add_credential(session: Session, scope: Scope) -> Credential:
    """Add the tenant's credential as `muster credential add` does, in place of an older one."""
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
        write_findings(session, created.verdict.findings)
        raise UnavailableError("the simulated tenant refused the demo's credential")
    return created.credential


def sync(session: Session, scope: Scope, credential: Credential) -> None:
    """Run the real connector against the simulated tenant."""
    task = connector_task(
        scope,
        "azuread",
        credential=credential,
        site=scope.site(),
        options={},
        at=datetime.now(UTC),
    )
    with bars(session) as watcher:
        run = run_now(scope, task, watcher=watcher)
    raise_if_failed(run)
