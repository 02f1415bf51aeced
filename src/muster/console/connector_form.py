"""The form of a connector task: its fields from a source's declarations, and back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import QueryDict

from muster.console.fields import OPTION, Choice, Field, given, option_fields
from muster.core.errors import ConfigError
from muster.core.source import Source
from muster.credentials.models import Credential
from muster.credentials.selectors import by_name, visible
from muster.organizations.scope import Scope
from muster.organizations.selectors import sites
from muster.tasks.models import DEFAULT_GRACE_HOURS, Task
from muster.tasks.schedules import Schedule, read
from muster.tasks.services import Changes, NewTask

NOW, ASKED = "now", "asked"
"""What a schedule can be besides one of its frequencies: once and at once, or when asked."""

_FREQUENCIES = (
    Choice("daily", "Every day"),
    Choice("weekly", "Every week"),
    Choice("monthly", "Every month"),
    Choice("hourly", "Every hour"),
    Choice("every", "Every so many hours"),
    Choice("continuous", "Again and again"),
    Choice("once", "Once, at a time"),
)
_MOST_HOURS = 6


@dataclass(frozen=True, slots=True)
class Group:
    """Some fields under one heading."""

    label: str
    fields: Sequence[Field]


def form_of(scope: Scope, source: Source, posted: QueryDict, *, is_new: bool) -> list[Group]:
    """Return the fields with what was given, and defaults where nothing was."""
    return [
        Group("What to ask", [_credential(scope, source, posted), *_options(source, posted)]),
        Group("When", _schedule(posted, is_new=is_new)),
        Group("Where it goes, and how it is called", _words(scope, source, posted)),
    ]


def new_task(scope: Scope, source: Source, posted: QueryDict, *, at: datetime) -> NewTask:
    """Return the task that a form describes. Raises ConfigError for what cannot be read."""
    return NewTask(
        name=posted.get("name", ""),
        source=source.name,
        site=scope.site(posted.get("site", "")),
        credential=_chosen(scope, posted),
        options=given(posted, OPTION),
        description=posted.get("description", ""),
        schedule=_read_schedule(posted, at=at),
        grace_hours=_grace(posted),
    )


def changes_of(scope: Scope, source: Source, posted: QueryDict, *, at: datetime) -> Changes:
    """Return the changes that a form describes. Raises ConfigError for what cannot be read."""
    schedule = _read_schedule(posted, at=at)
    return Changes(
        name=posted.get("name", ""),
        description=posted.get("description", ""),
        site=scope.site(posted.get("site", "")),
        credential=_chosen(scope, posted),
        options=given(posted, OPTION),
        schedule=schedule,
        is_unscheduled=schedule is None,
        grace_hours=_grace(posted),
    )


def wants_run(posted: QueryDict) -> bool:
    """True if the task is to run as soon as it is saved."""
    return posted.get("frequency", NOW) == NOW


def posted_of(task: Task) -> QueryDict:
    """Return what a form would have sent for a task as it is."""
    posted = QueryDict(mutable=True)
    schedule = task.schedule
    posted.update(
        {
            "name": task.name,
            "description": task.description,
            "site": str(task.site.uid),
            "credential": str(task.credential.uid) if task.credential else "",
            "grace_hours": str(task.grace_hours),
            "frequency": str(schedule.get("frequency", ASKED)),
            "start": str(schedule.get("start", ""))[:16],
            "timezone": str(schedule.get("timezone", "UTC")),
            "days": ", ".join(schedule.get("days", [])),
            "hours": str(schedule.get("hours", _MOST_HOURS)),
            **{OPTION + name: text for name, text in task.options.items()},
        }
    )
    return posted


def _credential(scope: Scope, source: Source, posted: QueryDict) -> Field:
    kinds = [each.name for each in source.credential_types]
    rows = visible(scope).filter(type__in=kinds)
    choices = tuple(Choice(str(each.uid), each.name) for each in rows)
    return Field(
        "credential",
        "Credential",
        "choice",
        posted.get("credential", ""),
        help="" if choices else "There is none for this source yet.",
        choices=choices,
        is_required=True,
        extra="console/parts/credential_link.html",
    )


def _options(source: Source, posted: QueryDict) -> list[Field]:
    fields = option_fields(source.options, given(posted, OPTION))
    return [_with_check(each) if each.name == f"{OPTION}filter" else each for each in fields]


def _with_check(field: Field) -> Field:
    return replace(field, extra="console/parts/filter_check.html")


def _schedule(posted: QueryDict, *, is_new: bool) -> list[Field]:
    now = Choice(NOW, "Now, and then only when asked")
    first = now if is_new else Choice(ASKED, "Only when asked")
    chosen = posted.get("frequency", first.value)
    return [
        Field(
            "frequency",
            "Run it",
            "choice",
            chosen,
            choices=(first, *_FREQUENCIES),
            is_required=True,
            shows=True,
        ),
        Field(
            "start",
            "From",
            "datetime-local",
            posted.get("start", ""),
            help="Date and time of the first run, on the clock of the time zone. Empty is now.",
            shown_for="daily weekly monthly hourly every continuous once",
        ),
        Field(
            "timezone",
            "Time zone",
            value=posted.get("timezone", "UTC"),
            help="Such as Europe/Berlin. It stays at this time of day when clocks change.",
            is_required=True,
            shown_for="daily weekly monthly hourly every continuous once",
        ),
        Field(
            "days",
            "On",
            value=posted.get("days", ""),
            help="Days such as mon, wed, fri. Empty is the weekday of the first run.",
            shown_for="weekly",
        ),
        Field(
            "hours",
            "Hours between runs",
            "number",
            posted.get("hours", str(_MOST_HOURS)),
            is_required=True,
            shown_for="every",
        ),
        Field(
            "grace_hours",
            "Grace period in hours",
            "number",
            posted.get("grace_hours", str(DEFAULT_GRACE_HOURS)),
            help="A run that was missed by more than this, because nothing ran, is left out.",
            is_required=True,
            shown_for="daily weekly monthly hourly every continuous once",
        ),
    ]


def _words(scope: Scope, source: Source, posted: QueryDict) -> list[Field]:
    choices = tuple(Choice(str(each.uid), each.name) for each in sites(scope))
    return [
        Field(
            "site",
            "Site",
            "choice",
            posted.get("site", ""),
            help="Where assets go that no scan has seen. Assets of two sites are never merged.",
            choices=choices,
            is_required=True,
        ),
        Field("name", "Name", value=posted.get("name", f"{source.label} sync"), is_required=True),
        Field("description", "Description", "multiline", posted.get("description", "")),
    ]


def _chosen(scope: Scope, posted: QueryDict) -> Credential | None:
    wanted = posted.get("credential", "")
    return by_name(scope, wanted) if wanted else None


def _read_schedule(posted: QueryDict, *, at: datetime) -> Schedule | None:
    frequency = posted.get("frequency", NOW)
    if frequency in {NOW, ASKED}:
        return None
    return read(
        frequency,
        now=at,
        start=posted.get("start", ""),
        timezone=posted.get("timezone", ""),
        days=[posted.get("days", "")] if frequency == "weekly" else [],
        hours=posted.get("hours", "") if frequency == "every" else "",
    )


def _grace(posted: QueryDict) -> int:
    text = posted.get("grace_hours", "").strip() or str(DEFAULT_GRACE_HOURS)
    if not (text.isascii() and text.isdigit() and len(text) <= len("1000")):
        raise ConfigError(
            f"the grace period is '{text[:20]}'",
            hint="It is a whole number of hours.",
            code="grace_hours",
        )
    return int(text)
