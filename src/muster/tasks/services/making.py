"""Making, changing and copying tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from muster.core.errors import ConfigError
from muster.credentials.models import Credential
from muster.explorers.places import place_by_name
from muster.integrations import registry
from muster.organizations.models import Site
from muster.organizations.scope import Scope
from muster.tasks.importing import IMPORT
from muster.tasks.models import DEFAULT_GRACE_HOURS, Task
from muster.tasks.options import checked
from muster.tasks.schedules import Schedule, from_document, next_after, to_document
from muster.tasks.services import checking
from muster.tasks.services.permission import check_is_there, check_may_change


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a person gives for a connector task. No schedule means: only when asked.

    `explorer` is where it runs, as `explorers.places` reads it: "" for this server.
    """

    name: str
    source: str
    site: Site
    credential: Credential | None
    options: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    explorer: str = ""
    schedule: Schedule | None = None
    grace_hours: int = DEFAULT_GRACE_HOURS
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What a person changes; None stays as it is.

    `options` change one by one: "" brings the default back. `is_unscheduled` takes the schedule
    away.
    """

    name: str | None = None
    description: str | None = None
    site: Site | None = None
    credential: Credential | None = None
    options: Mapping[str, str] | None = None
    explorer: str | None = None
    schedule: Schedule | None = None
    is_unscheduled: bool = False
    grace_hours: int | None = None


def create(scope: Scope, new: NewTask, *, at: datetime) -> Task:
    """Save a task and return it.

    Raises ConfigError for whatever cannot be as given, or if the scope's role may not.
    """
    check_may_change(scope)
    source = registry.source(new.source)
    explorer = place_by_name(scope, new.explorer)
    checking.check_credential(source, new.credential)
    task = Task(
        organization=scope.organization,
        name=checking.checked_name(new.name),
        description=checking.checked_description(new.description),
        source=new.source,
        site=new.site,
        credential=new.credential,
        options=checked(source, new.options),
        explorer=explorer,
        grace_hours=checking.checked_grace(new.grace_hours),
        paused_at=at if new.is_paused else None,
        created_at=at,
        created_by=scope.principal.name,
        updated_at=at,
    )
    _schedule(task, new.schedule, at=at)
    with transaction.atomic():
        _check_alone(scope, task)
        task.save()
    return task


def edit(scope: Scope, task: Task, changes: Changes, *, at: datetime) -> Task:
    """Change a task and return it. A run that is going keeps the settings it started with.

    Raises ConfigError for whatever cannot be as given; then nothing is changed.
    """
    check_may_change(scope, task)
    check_is_there(task)
    if task.source == IMPORT:
        raise ConfigError(
            f"'{task.name}' is an import and has no settings", hint="Import the file again."
        )
    _change_words(task, changes)
    if changes.explorer is not None:
        task.explorer = place_by_name(scope, changes.explorer)
    _change_settings(task, changes)
    fields = [*_EDITED]
    if changes.is_unscheduled or changes.schedule is not None or task.held:
        kept = None if changes.is_unscheduled else from_document(task.schedule)
        _schedule(task, changes.schedule or kept, at=at)
        fields += ["schedule", "next_at", "held"]
    task.held = ""
    task.updated_at = at
    with transaction.atomic():
        _check_alone(scope, task)
        # Not the others: a scheduler or the end of a run may be writing them right now.
        task.save(update_fields=fields)
    return task


def copy(scope: Scope, task: Task, *, name: str = "", at: datetime) -> Task:
    """Return a copy of a task with its settings and without its runs.

    It is paused, as both would write into the same world: change it first, or pause the other.
    """
    check_may_change(scope, task)
    if task.source == IMPORT:
        raise ConfigError(
            f"'{task.name}' is an import and cannot be copied", hint="Import the file again."
        )
    new = NewTask(
        name=name or f"{task.name[: checking.LONGEST_NAME - 7]} (copy)",
        source=task.source,
        site=task.site,
        credential=task.credential,
        options=task.options,
        description=task.description,
        explorer=str(task.explorer or ""),
        schedule=from_document(task.schedule),
        grace_hours=task.grace_hours,
        is_paused=True,
    )
    return create(scope, new, at=at)


def _change_words(task: Task, changes: Changes) -> None:
    if changes.name is not None:
        task.name = checking.checked_name(changes.name)
    if changes.description is not None:
        task.description = checking.checked_description(changes.description)
    if changes.grace_hours is not None:
        task.grace_hours = checking.checked_grace(changes.grace_hours)


def _change_settings(task: Task, changes: Changes) -> None:
    source = registry.source(task.source)
    if changes.site is not None:
        task.site = changes.site
    if changes.credential is not None:
        checking.check_credential(source, changes.credential)
        task.credential = changes.credential
    if changes.options is not None:
        defaults = {each.name: each.default for each in source.options}
        given = {name: text or defaults.get(name, "") for name, text in changes.options.items()}
        task.options = checked(source, {**task.options, **given})


def _schedule(task: Task, schedule: Schedule | None, *, at: datetime) -> None:
    due = next_after(schedule, _minute_of(at)) if schedule is not None else None
    if schedule is not None and due is None:
        raise ConfigError(
            f"the start {schedule.start:%Y-%m-%d %H:%M} ({schedule.timezone}) has passed",
            hint="Give a later one, or run the task now.",
        )
    task.schedule = to_document(schedule)
    task.next_at = None if task.paused_at is not None else due


def _minute_of(at: datetime) -> datetime:
    """Return the last moment before this minute: whoever says 14:05 at 14:05:20 means now."""
    return at.replace(second=0, microsecond=0) - timedelta(microseconds=1)


def _check_alone(scope: Scope, task: Task) -> None:
    if task.paused_at is None:
        checking.check_alone(scope, task)


_EDITED = (
    *("name", "description", "site", "credential", "options", "explorer"),
    *("grace_hours", "updated_at"),
)
