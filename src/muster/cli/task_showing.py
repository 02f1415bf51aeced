"""Tasks on a terminal, and as JSON."""

from typing import TYPE_CHECKING, Any

from muster.cli.task_options import now

if TYPE_CHECKING:
    from muster.cli.session import Session
    from muster.organizations.scope import Scope
    from muster.tasks.models import Task

_COLUMNS = {
    "name": "Name",
    "status": "Status",
    "schedule": "Schedule",
    "next_at": "Due next (UTC)",
    "started_at": "Last run (UTC)",
    "credential": "Credential",
    "site": "Site",
    "id": "Id",
}


def show_list(session: "Session", tasks: list[dict[str, Any]]) -> None:
    """Write tasks, and loudly which ones need a person."""
    if session.is_json:
        session.answer(tasks)
        return
    session.table(_COLUMNS, tasks)
    for each in tasks:
        if each["trouble"]:
            session.tell(f"{each['name']}: {each['trouble']}: {each['error']}")
            if each["hint"]:
                session.tell(f"  {each['hint']}")


def show_detail(session: "Session", scope: "Scope", task: "Task") -> None:
    """Write all that is known of a task."""
    from muster.tasks.pasts import past

    document = {**_fields(task), "options": task.options, "runs": past(scope, task, most=10)}
    if session.is_json:
        session.answer(document)
        return
    from muster.cli.tables import text_of

    for name, value in document.items():
        if name != "runs" and text_of(value):
            session.say(f"{name:<16}{text_of(value)}")
    for line in _progress_of(document["runs"]):
        session.say(f"{'progress':<16}{line}")
    columns = {"started_at": "Started", "status": "Status", "trigger": "By", "error": "Error"}
    session.table(columns, document["runs"])


def _progress_of(runs: list[dict[str, Any]]) -> list[str]:
    """Return in words how far the latest run is, while it goes."""
    going = [each for each in runs[:1] if each["ended_at"] is None and each.get("progress")]
    return [line for each in going for line in progress_lines(each["progress"])]


def progress_lines(progress: dict[str, Any]) -> list[str]:
    """Return in words how much was collected and stored, how fast, and how long the rest takes."""
    lines = []
    for name, each in progress["acquisition"].items():
        total = f" of {each['total']:,}" if each["total"] is not None else ""
        stored = progress["processing"].get(name, 0)
        lines.append(f"{name}: {each['done']:,}{total} collected, {stored:,} stored")
    pace = f"{progress['records_per_second']:,.0f} records a second"
    left = progress["remaining_seconds"]
    minutes, seconds = divmod(left or 0, 60)
    lines.append(pace if left is None else f"{pace}, about {minutes}:{seconds:02} left")
    return lines


def show_changed(session: "Session", task: "Task", sentence: str) -> None:
    """Write a task that has just been changed."""
    fields = _fields(task)
    session.answer(fields) if session.is_json else session.say(sentence.format(**_quoted(fields)))


def show_schedule(session: "Session", task: "Task", *, count: int) -> None:
    """Write when a task is due, and its next times in its own zone."""
    from zoneinfo import ZoneInfo

    from muster.tasks.schedules import from_document, in_words, upcoming

    schedule = from_document(task.schedule)
    times = upcoming(schedule, now(), count=count) if schedule else []
    zone = ZoneInfo(schedule.timezone if schedule else "UTC")
    if session.is_json:
        session.answer({**_fields(task), "next": [each.isoformat() for each in times]})
        return
    session.say(f"{task.name} runs {in_words(schedule)}.")
    if task.paused_at is not None:
        session.say("It is paused: none of these times count until it is resumed.")
    for each in times:
        session.say(f"  {each.astimezone(zone):%a %Y-%m-%d %H:%M %Z}")


def _fields(task: "Task") -> dict[str, Any]:
    from muster.tasks.selectors import task_fields

    return task_fields(task)


def _quoted(fields: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}
