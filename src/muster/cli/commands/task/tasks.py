"""The part of `muster task` that is about tasks: made, seen, changed and scheduled."""

from typing import Annotated

import typer

from muster.cli.commands.task.group import app, found_task
from muster.cli.declaring import command
from muster.cli.session import Session
from muster.cli.task_options import (
    Credential,
    Days,
    Description,
    Explorer,
    Frequency,
    Grace,
    Hours,
    Name,
    Options,
    Site,
    Start,
    TaskName,
    Timezone,
    now,
    options_of,
    schedule_of,
)
from muster.cli.task_showing import show_changed, show_detail, show_list, show_schedule


@command(app, "list")
def show_all(
    session: Session,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Hidden ones too.")] = False,
) -> None:
    """List the organization's tasks, and say which ones a person has to look after."""
    scope = session.scope
    from muster.tasks.selectors import task_entries

    fields = [dict(each.fields) for each in task_entries(scope)]
    show_list(session, [each for each in fields if everything or not each["hidden"]])


@command(app, "show")
def show(session: Session, task: TaskName) -> None:
    """Show one task with its options, its schedule and its latest runs."""
    scope, found = found_task(session, task)
    show_detail(session, scope, found)


@command(app, "add")
def add(
    session: Session,
    *,
    name: Name,
    source: Annotated[str, typer.Option(help="The integration that collects.")] = "azuread",
    credential: Credential = "",
    site: Site = "",
    description: Description = "",
    option: Options = None,
    explorer: Explorer = "",
    frequency: Frequency = "",
    start: Start = "",
    timezone: Timezone = "UTC",
    days: Days = None,
    hours: Hours = "",
    grace_hours: Grace = None,
    paused: Annotated[bool, typer.Option("--paused", help="Do not let it be due yet.")] = False,
) -> None:
    """Add a connector task. Without a frequency it runs only when asked."""
    scope = session.scope
    from muster.cli.task_options import credential_of
    from muster.tasks.models import DEFAULT_GRACE_HOURS
    from muster.tasks.services import NewTask, create

    new = NewTask(
        name=name,
        source=source,
        site=scope.site(site),
        credential=credential_of(scope, source, credential),
        options=options_of(source, option or []),
        description=description,
        explorer=explorer,
        schedule=schedule_of(frequency, start, timezone, days or [], hours),
        grace_hours=DEFAULT_GRACE_HOURS if grace_hours is None else grace_hours,
        is_paused=paused,
    )
    show_changed(session, create(scope, new, at=now()), "Added the task {name}: {schedule}.")


@command(app, "edit")
def edit(
    session: Session,
    task: TaskName,
    *,
    name: Annotated[str | None, typer.Option(help="What to call it from now on.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    credential: Credential = "",
    site: Site = "",
    option: Options = None,
    explorer: Explorer = "",
    grace_hours: Grace = None,
) -> None:
    """Change a task. A run that is going keeps the settings it started with."""
    scope, found = found_task(session, task)
    from muster.credentials.selectors import by_name
    from muster.tasks import services

    changes = services.Changes(
        name=name,
        description=description,
        site=scope.site(site) if site else None,
        credential=by_name(scope, credential) if credential else None,
        options=options_of(found.source, option) if option else None,
        explorer=explorer or None,
        grace_hours=grace_hours,
    )
    changed = services.edit(scope, found, changes, at=now())
    show_changed(session, changed, "Changed the task {name}.")


@command(app, "schedule")
def schedule(
    session: Session,
    task: TaskName,
    *,
    frequency: Frequency = "",
    start: Start = "",
    timezone: Timezone = "UTC",
    days: Days = None,
    hours: Hours = "",
    none: Annotated[bool, typer.Option("--none", help="Run it only when asked.")] = False,
    following: Annotated[
        int, typer.Option("--next", min=1, max=1000, help="How many of the next times to show.")
    ] = 5,
) -> None:
    """Set when a task is due, if a frequency is given; show its next times."""
    scope, found = found_task(session, task)
    from muster.tasks import services

    given = schedule_of(frequency, start, timezone, days or [], hours)
    if given is not None or none:
        changes = services.Changes(schedule=given, is_unscheduled=none and given is None)
        found = services.edit(scope, found, changes, at=now())
    show_schedule(session, found, count=following)


@command(app, "copy")
def copy(
    session: Session,
    task: TaskName,
    *,
    name: Annotated[str, typer.Option(help="What to call the copy.")] = "",
) -> None:
    """Copy a task's settings. The copy is paused: change it, then resume it."""
    scope, found = found_task(session, task)
    from muster.tasks import services

    copied = services.copy(scope, found, name=name, at=now())
    show_changed(session, copied, "Added the task {name}, paused.")


@command(app, "pause")
def pause(session: Session, task: TaskName) -> None:
    """Keep a task from being due until it is resumed. A run that is going goes on."""
    scope, found = found_task(session, task)
    from muster.tasks import services

    show_changed(session, services.pause(scope, found, at=now()), "Paused the task {name}.")


@command(app, "resume")
def resume(session: Session, task: TaskName) -> None:
    """Let a task be due again that was paused, or stopped until a person acts."""
    scope, found = found_task(session, task)
    from muster.tasks import services

    resumed = services.resume(scope, found, at=now())
    show_changed(session, resumed, "Resumed the task {name}: {schedule}.")


@command(app, "hide")
def hide(session: Session, task: TaskName) -> None:
    """Remove a task from sight; its runs stay."""
    scope, found = found_task(session, task)
    from muster.tasks import services

    show_changed(session, services.hide(scope, found, at=now()), "Hid the task {name}.")
