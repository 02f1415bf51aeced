"""Reading tasks for lists: each with its latest run."""

from django.db.models import Max

from muster.credentials.selectors import credential_documents
from muster.integrations import registry
from muster.organizations.scope import Scope
from muster.organizations.selectors import organization_place, site_place
from muster.query.document import Document, known_instants
from muster.query.listing import Entry
from muster.query.values.sources import source_number
from muster.tasks.importing import CUSTOM, IMPORT
from muster.tasks.models import Run, Status, Task

CONNECTOR = "connector"


def task_entries(scope: Scope) -> list[Entry]:
    """Return the organization's tasks, in four statements however many there are."""
    runs = latest_runs(scope)
    credentials = credential_documents(scope)
    # A join would make a site of its own for each task.
    tasks = Task.objects.filter(organization=scope.organization).prefetch_related("site")
    return [
        _entry(scope, each, runs.get(each.pk), credentials.get(each.credential_id or 0))
        for each in tasks.defer("options").order_by("pk")
    ]


def latest_runs(scope: Scope) -> dict[int, Run]:
    """Return the latest run of each task of the organization, by the task's key."""
    runs = Run.objects.filter(organization=scope.organization)
    latest = runs.order_by().values("task").annotate(latest=Max("pk")).values("latest")
    shown = runs.filter(pk__in=latest).defer("options", "statistics")
    return {each.task_id: each for each in shown}


def task_type(task: Task) -> str:
    """Return what kind of task it is, as `type:` asks for it."""
    return IMPORT if task.source == IMPORT else CONNECTOR


def _entry(scope: Scope, task: Task, run: Run | None, credential: Document | None) -> Entry:
    return Entry(
        document=Document(
            uid=task.uid,
            texts=_texts(task, run),
            sources=_sources(task),
            flags=frozenset({"is_complete"} if run is not None and run.is_complete else ()),
            instants=known_instants(
                created_at=task.created_at,
                started_at=run.started_at if run else None,
                ended_at=run.ended_at if run else None,
            ),
            places={"organization": organization_place(scope), "site": site_place(task.site)},
            related={"credential": (credential,)} if credential else {},
        ),
        fields=_fields(task, run, credential),
    )


def _texts(task: Task, run: Run | None) -> dict[str, tuple[str, ...]]:
    return {
        "name": (task.name,),
        "description": (task.description,),
        "type": (task_type(task),),
        "status": (_status(run),),
        "trigger": (run.trigger,) if run else (),
        "error": (run.error, run.hint) if run else (),
        "integration": _integration(task),
    }


def _fields(task: Task, run: Run | None, credential: Document | None) -> dict[str, object]:
    return {
        "id": str(task.uid),
        "name": task.name,
        "description": task.description,
        "type": task_type(task),
        "status": _status(run),
        "source": "" if task.source == IMPORT else task.source,
        "site": task.site.name,
        "credential": credential.texts["name"][0] if credential else "",
        "trigger": run.trigger if run else "",
        "complete": run.is_complete if run else None,
        "created_at": task.created_at,
        "started_at": run.started_at if run else None,
        "ended_at": run.ended_at if run else None,
        "run_id": str(run.uid) if run else None,
        "error": run.error if run else "",
        "hint": run.hint if run else "",
    }


def _status(run: Run | None) -> str:
    return run.status if run else Status.NEW.value


def _integration(task: Task) -> tuple[str, ...]:
    if task.source == IMPORT:
        return ()
    found = registry.SOURCES.get(task.source)
    return (task.source, found.label) if found else (task.source,)


def _sources(task: Task) -> frozenset[int]:
    """Return the source by number; an import is of none, as its records say theirs."""
    if task.source == IMPORT:
        return frozenset()
    return frozenset({source_number(task.source) or CUSTOM})
