"""Reading tasks for lists: each with its latest run."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Max

from muster.core.errors import ConfigError
from muster.credentials.models import Credential
from muster.credentials.selectors import credential_documents
from muster.explorers.places import THIS_SERVER, place_name, place_names
from muster.explorers.selectors import explorer_documents
from muster.integrations import registry
from muster.organizations.scope import Scope
from muster.organizations.selectors import organization_place, site_place
from muster.query.document import Document, known_instants
from muster.query.listing import Entry
from muster.query.values.sources import source_number
from muster.tasks.importing import CUSTOM, IMPORT
from muster.tasks.models import Run, Task
from muster.tasks.schedules import from_document, in_words
from muster.tasks.standing import GOING, status_of, trouble_of

CONNECTOR = "connector"
_AT_ONCE = 500


def task_entries(scope: Scope) -> list[Entry]:
    """Return the organization's tasks, in a few statements however many there are."""
    runs = latest_runs(scope)
    credentials = credential_documents(scope)
    # A join would make a site of its own for each task.
    tasks = Task.objects.filter(organization=scope.organization).prefetch_related("site")
    found = list(tasks.defer("options").order_by("pk"))
    where = _Where.of(scope, {each.explorer for each in found if each.explorer})
    return [
        _entry(scope, each, runs.get(each.pk), credentials.get(each.credential_id or 0), where)
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class _Where:
    """Where tasks run: the names of places, and what is searched of Explorers, by id."""

    names: Mapping[UUID, str]
    explorers: Mapping[UUID, Document]

    @classmethod
    def of(cls, scope: Scope, places: AbstractSet[UUID]) -> "_Where":
        if not places:
            return cls({}, {})
        explorers = explorer_documents(scope, at=datetime.now(UTC))
        return cls(place_names(scope.organization, places), explorers)

    def name(self, task: Task) -> str:
        if task.explorer is None:
            return THIS_SERVER
        return self.names.get(task.explorer, str(task.explorer))


def latest_runs(scope: Scope, tasks: Iterable[int] | None = None) -> dict[int, Run]:
    """Return the latest run of each task of the organization, or of some, by the task's key.

    Those of some are whole; of all, without options and statistics.
    """
    runs = Run.objects.filter(organization=scope.organization)
    if tasks is not None:
        own = runs.filter(task__in=list(tasks))
        newest = own.order_by().values("task").annotate(latest=Max("pk")).values("latest")
        return {each.task_id: each for each in runs.filter(pk__in=newest)}
    latest = runs.order_by().values("task").annotate(latest=Max("pk")).values("latest")
    shown = runs.filter(pk__in=latest).defer("options", "statistics")
    return {each.task_id: each for each in shown}


def tasks_of_runs(scope: Scope, runs: Iterable[int]) -> dict[int, str]:
    """Return the ids of the tasks that runs of the organization were of, by the runs' keys."""
    found = Run.objects.filter(organization=scope.organization, pk__in=list(runs))
    return {run: str(task) for run, task in found.values_list("pk", "task__uid")}


def oldest_going(scope: Scope) -> datetime | None:
    """Return when the oldest run of the organization began that is still going; None if none is."""
    going = Run.objects.filter(organization=scope.organization, status__in=GOING)
    return going.order_by("started_at").values_list("started_at", flat=True).first()


def tasks_by_ids(scope: Scope, uids: Iterable[UUID]) -> list[Task]:
    """Return tasks of the organization in the order given, each with its site and credential."""
    wanted = list(uids)
    found = Task.objects.filter(organization=scope.organization).select_related(
        "site", "credential", "organization"
    )
    # In several statements: SQLite takes only so many values in one.
    by_uid = {
        each.uid: each
        for start in range(0, len(wanted), _AT_ONCE)
        for each in found.filter(uid__in=wanted[start : start + _AT_ONCE])
    }
    return [by_uid[each] for each in wanted if each in by_uid]


def task_by_id(scope: Scope, uid: UUID) -> Task | None:
    """Return the task of that id, removed or not; None if there is none."""
    return next(iter(tasks_by_ids(scope, [uid])), None)


def task_by_name(scope: Scope, reference: str) -> Task:
    """Return the task of that name or id; one that was removed only by its id.

    Raises ConfigError if there is none, or several of that name.
    """
    tasks = Task.objects.filter(organization=scope.organization).select_related(
        "site", "credential", "organization"
    )
    wanted = reference.strip().casefold()
    found = [each for each in tasks.order_by("pk") if wanted == str(each.uid)]
    found = found or [
        each for each in tasks if each.name.casefold() == wanted and each.removed_at is None
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            f"several tasks are named '{reference[:200]}'",
            hint=f"Give one's id instead: {', '.join(str(each.uid) for each in found)}.",
        )
    raise ConfigError(
        f"there is no task '{reference[:200]}'", hint="See: muster task list. Add one: task add."
    )


def task_type(task: Task) -> str:
    """Return what kind of task it is, as `type:` asks for it."""
    return IMPORT if task.source == IMPORT else CONNECTOR


def _entry(
    scope: Scope, task: Task, run: Run | None, credential: Document | None, where: _Where
) -> Entry:
    explorer = where.explorers.get(task.explorer) if task.explorer else None
    related = {"credential": credential, "explorer": explorer}
    return Entry(
        document=Document(
            uid=task.uid,
            texts=_texts(task, run),
            sources=_sources(task),
            flags=_flags(task, run),
            instants=known_instants(
                created_at=task.created_at,
                started_at=run.started_at if run else None,
                ended_at=run.ended_at if run else None,
                next_at=task.next_at,
            ),
            places={"organization": organization_place(scope), "site": site_place(task.site)},
            related={name: (each,) for name, each in related.items() if each},
        ),
        fields=_fields(task, run, credential, where.name(task)),
    )


def _texts(task: Task, run: Run | None) -> dict[str, tuple[str, ...]]:
    return {
        "name": (task.name,),
        "description": (task.description,),
        "type": (task_type(task),),
        "status": (status_of(task, run),),
        "frequency": (schedule_text(task, "frequency"),) if task.schedule else (),
        "created_by": (task.created_by,) if task.created_by else (),
        "trigger": (run.trigger,) if run else (),
        "error": (trouble_of(task), *((run.error, run.hint) if run else ())),
        "integration": _integration(task),
    }


def task_fields(task: Task) -> dict[str, object]:
    """Return what is shown of one task, as a row of the inventory has it."""
    runs = Run.objects.filter(organization=task.organization_id, task=task)
    where = place_name(task.organization, task.explorer)
    fields = _fields(task, runs.order_by("-pk").first(), None, where)
    return {**fields, "credential": task.credential.name if task.credential else ""}


def _fields(
    task: Task, run: Run | None, credential: Document | None, where: str
) -> dict[str, object]:
    return {
        "id": str(task.uid),
        "name": task.name,
        "description": task.description,
        "type": task_type(task),
        "status": status_of(task, run),
        "source": "" if task.source == IMPORT else task.source,
        "site": task.site.name,
        "credential": credential.texts["name"][0] if credential else "",
        "where": where,
        "trigger": run.trigger if run else "",
        "complete": run.is_complete if run else None,
        "created_at": task.created_at,
        "started_at": run.started_at if run else None,
        "ended_at": run.ended_at if run else None,
        "run_id": str(run.uid) if run else None,
        "recur": _recurs(task),
        "recur_frequency": schedule_text(task, "frequency"),
        "schedule": schedule_words(task),
        "next_at": task.next_at,
        "grace_hours": task.grace_hours,
        "failures": task.failures,
        "trouble": trouble_of(task),
        "hidden": task.is_hidden,
        "created_by": task.created_by,
        "error": run.error if run else "",
        "hint": run.hint if run else "",
    }


def schedule_text(task: Task, name: str) -> str:
    """Return one of the words of a task's schedule; "" where it has none."""
    return str(task.schedule.get(name, ""))


def schedule_words(task: Task) -> str:
    """Return a task's schedule as a person would say it."""
    return in_words(from_document(task.schedule))


def _recurs(task: Task) -> bool:
    schedule = from_document(task.schedule)
    return schedule is not None and schedule.recurs


def _flags(task: Task, run: Run | None) -> frozenset[str]:
    flags = {
        "is_complete": run is not None and run.is_complete,
        "is_recurring": _recurs(task),
        "is_hidden": task.is_hidden,
    }
    return frozenset(name for name, is_set in flags.items() if is_set)


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


def tasks_using(scope: Scope, credential: Credential) -> list[Task]:
    """Return the organization's tasks that use a credential and were not removed, by name."""
    using = Task.objects.filter(
        organization=scope.organization, credential=credential, removed_at=None
    )
    return list(using.order_by("name", "pk"))
