"""Muster's own sync, from Graph to a searchable inventory."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from measuring import measured

_ENTRA_ID = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "tenant-id", "client-id", "client-secret", "database"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument(
        "--times", type=int, default=1, help="sync that often; the last is measured"
    )
    arguments = parser.parse_args()
    os.environ["MUSTER_HOME"] = str(Path(arguments.database).parent)
    os.environ.setdefault("MUSTER_DATABASE_URL", f"sqlite:{arguments.database}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from muster.core.garbage import collect_rarely

    call_command("migrate", verbosity=0)
    collect_rarely()  # as the command line does
    # A worker has them long before it syncs; the loops' modules are not measured either.
    import muster.inventory.ingest
    import muster.runner.run  # noqa: F401

    for number in range(1, arguments.times):
        sync(arguments, number)
    with measured() as found:
        found["counts"] = sync(arguments, arguments.times)


def sync(arguments: argparse.Namespace, run_id: int) -> dict[str, int]:
    """Collect and ingest once, as a connector task does."""
    from muster.inventory.ingest import Ingestion
    from muster.organizations.scope import scope_by_name
    from muster.runner.plan import Plan, Step
    from muster.runner.run import run

    scope = scope_by_name("")
    ingestion = Ingestion(
        scope,
        source="azuread",
        source_id=_ENTRA_ID,
        instance=arguments.tenant_id,
        site=scope.site(),
        run_id=run_id,
        at=datetime.now(UTC),
    )
    secret = {
        "type": "azure_client_secret",
        "tenant_id": arguments.tenant_id,
        "client_id": arguments.client_id,
        "client_secret": arguments.client_secret,
        "environment": "global",
    }
    endpoints = {"login": arguments.url, "graph": arguments.url}
    step = Step("azuread", options={"include_inactive": "true"}, secret=secret, endpoints=endpoints)
    reports = run(Plan((step,)), ingestion.take, is_apart=True)
    assert all(each.complete for each in reports), reports
    return ingestion.finish().as_dict()


if __name__ == "__main__":
    main()
