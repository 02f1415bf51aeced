"""Connector tasks: made, and run here and now."""

import threading
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from muster.core.errors import ConfigError
from muster.core.source import Progress, Source
from muster.credentials.models import Credential
from muster.credentials.sealing import Secret
from muster.credentials.services import open_for_use
from muster.integrations import registry
from muster.inventory.ingest import Ingestion
from muster.organizations.models import Site
from muster.organizations.scope import Scope
from muster.runner import run as run_plan
from muster.tasks.clock import Clock, utc_now
from muster.tasks.models import Run, Task
from muster.tasks.options import checked, excludes_unknown
from muster.tasks.planning import plan_of
from muster.tasks.runs import Going, going
from muster.tasks.states import Kept
from muster.tasks.storing import Storing


def connector_task(
    scope: Scope,
    source: str,
    *,
    credential: Credential,
    site: Site,
    options: Mapping[str, str],
    at: datetime,
) -> Task:
    """Return the task that asks this source with this credential, with these settings from now on.

    There is one per credential, because two would take each other's records for vanished.
    Raises ConfigError for an option that the source does not have or cannot read.
    """
    found = registry.source(source)
    task, _is_new = Task.objects.update_or_create(
        organization=scope.organization,
        source=source,
        credential=credential,
        defaults={"site": site, "options": checked(found, options)},
        create_defaults={
            "site": site,
            "options": checked(found, options),
            "name": f"{found.label}: {credential.name}"[:200],
            "created_at": at,
        },
    )
    return task


def run_now(
    scope: Scope,
    task: Task,
    *,
    watcher: Progress,
    stop: threading.Event | None = None,
    clock: Clock = utc_now,
    is_full: bool = False,
) -> Run:
    """Run a connector task in this process and return its run, which says how it ended.

    `is_full` reads everything, where otherwise changes might do.
    Raises ConfigError if the task cannot start: it runs already, or its credential is gone.
    """
    source = registry.source(task.source)
    if task.credential is None:
        raise ConfigError(
            f"the task '{task.name}' has no credential any more", hint="Choose another one for it."
        )
    secret = open_for_use(task.credential, at=clock())
    secrets = [secret[name] for name in task.credential.sealed]
    with going(
        scope, task, options=task.options, watcher=watcher, secrets=secrets, clock=clock
    ) as work:
        _collect(scope, task, source, secret, work=work, stop=stop, is_full=is_full)
    return work.run


def _collect(
    scope: Scope,
    task: Task,
    source: Source,
    secret: Secret,
    *,
    work: Going,
    stop: threading.Event | None,
    is_full: bool,
) -> None:
    kept = Kept(scope, task, source.instance(secret), work.run.started_at)
    storing = Storing(_ingestion(scope, task, source, secret, work.run), work, kept)
    state = kept.take(is_full=is_full)
    plan = plan_of(task, secret=secret, endpoints=settings.ENDPOINTS, state=state)
    try:
        reports = run_plan(
            plan,
            storing.take,
            progress=work.recorder,
            stop=stop,
            is_apart=settings.COLLECTS_APART,
        )
    finally:
        storing.finish()
    work.judge(reports)
    if storing.saw_nothing and work.is_whole():
        work.fail(
            f"{source.label} holds nothing at all: no {', '.join(source.collections)}",
            hint="Check that the credential opens the one you mean. What was known before is kept.",
        )


def _ingestion(
    scope: Scope, task: Task, source: Source, secret: Mapping[str, str], run: Run
) -> Ingestion:
    return Ingestion(
        scope,
        source=source.name,
        source_id=source.source_id,
        instance=source.instance(secret),
        site=task.site,
        run_id=run.pk,
        at=run.started_at,
        exclude_unknown=excludes_unknown(task.options),
    )
