"""What the measured syncs share: a database of their own, a simulated tenant, and a task for it."""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muster.simulator.testing import RunningSimulator
    from muster.tasks.models import Task

Measure = Callable[[argparse.Namespace], dict[str, object]]


def parser(description: str | None, *, devices: int) -> argparse.ArgumentParser:
    """Return a parser that asks for the tenant's size, in the proportions of a company."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--devices", type=int, default=devices)
    made.add_argument("--users", type=int, default=devices * 3 // 4)
    made.add_argument("--groups", type=int, default=devices // 10)
    return made


def run(measure: Measure, arguments: argparse.Namespace) -> None:
    """Measure on a database of its own, or the server that is named, and print a line of JSON."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSTER_HOME"] = home
        os.environ.setdefault("MUSTER_DATABASE_URL", f"sqlite:{Path(home) / 'muster.db'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from muster.core.garbage import collect_rarely

        call_command("migrate", verbosity=0)
        collect_rarely()  # as the command line does
        print(json.dumps(measure(arguments)))


@contextmanager
def simulated(arguments: argparse.Namespace) -> "Iterator[tuple[RunningSimulator, Task]]":
    """Yield a tenant of that size, in a process of its own, and a task that syncs it."""
    from django.conf import settings

    from muster.simulator.demo import demo_server, demo_tenant
    from muster.simulator.testing import start_process

    tenant = demo_tenant(devices=arguments.devices, users=arguments.users, groups=arguments.groups)
    with start_process(demo_server(tenant)) as simulator:
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        yield simulator, _task()


def sync(task: "Task", *, is_full: bool = False) -> Any:
    """Run a task once, and return its run."""
    from muster.core.source import SilentProgress
    from muster.organizations.scope import scope_by_name
    from muster.tasks.connectors import run_now

    return run_now(scope_by_name(""), task, watcher=SilentProgress(), is_full=is_full)


def _task() -> "Task":
    from muster.credentials.services import NewCredential, create
    from muster.organizations.scope import scope_by_name
    from muster.simulator.demo import DEMO
    from muster.tasks.connectors import connector_task

    scope, now = scope_by_name(""), datetime.now(UTC)
    secret = {
        "tenant_id": DEMO.tenant_id,
        "client_id": DEMO.client_id,
        "client_secret": DEMO.client_secret,
    }
    new = NewCredential("Demo", "azure_client_secret", secret)
    return connector_task(
        scope,
        "azuread",
        credential=create(scope, new, at=now, save_anyway=True).credential,
        site=scope.site(),
        options={"include_inactive": "true"},
        at=now,
    )
