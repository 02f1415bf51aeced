"""A sync of changes against a sync of everything: seconds and requests, on a tenant of a size."""

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=75_000)
    parser.add_argument("--groups", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.01, help="of each kind that changes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSTER_HOME"] = home
        os.environ.setdefault("MUSTER_DATABASE_URL", f"sqlite:{Path(home) / 'muster.db'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
        import django

        django.setup()
        print(json.dumps(measure(arguments)))


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Return what the first sync, one of everything and one of the changes of a day cost."""
    from django.conf import settings
    from django.core.management import call_command

    from muster.core.garbage import collect_rarely
    from muster.simulator.demo import demo_server, demo_tenant
    from muster.simulator.testing import start_process

    call_command("migrate", verbosity=0)
    collect_rarely()  # as the command line does
    tenant = demo_tenant(devices=arguments.devices, users=arguments.users, groups=arguments.groups)
    with start_process(demo_server(tenant)) as simulator:
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        task = prepared()
        found: dict[str, object] = {"first": sync(task)}
        simulator.evolve(seed=1, share=arguments.share)
        found["changes"] = sync(task)
        simulator.evolve(seed=2, share=arguments.share)
        found["everything"] = sync(task, is_full=True)
    return found


def prepared() -> object:
    """Return a task that syncs the simulated tenant."""
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


def sync(task: object, *, is_full: bool = False) -> dict[str, object]:
    """Run the task once; return its seconds, requests and some of what it did."""
    from muster.core.source import SilentProgress
    from muster.organizations.scope import scope_by_name
    from muster.tasks.connectors import run_now

    start = time.perf_counter()
    run = run_now(scope_by_name(""), task, watcher=SilentProgress(), is_full=is_full)
    seconds = round(time.perf_counter() - start, 1)
    assert run.is_complete, run.error
    names = ("requests", "assets_new", "assets_changed", "assets_gone", "users_changed")
    return {"seconds": seconds, **{name: run.statistics.get(name, 0) for name in names}}


if __name__ == "__main__":
    main()
