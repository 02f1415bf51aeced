"""What templates draw: icons, instants, numbers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from muster.console.fields import sentence
from muster.console.tables import Cell, Column
from muster.core.errors import MusterError

register = template.Library()

_STEPS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of `frontend/icons.json`; without a label it is decoration."""
    hidden = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>',
        hidden,
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def ago(at: datetime | None, otherwise: str = "never") -> SafeString:
    """Say how long ago, or in how long, an instant is; the instant itself on hovering."""
    if at is None:
        return format_html('<span class="text-secondary">{}</span>', otherwise)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        in_words(datetime.now(UTC) - at),
    )


def in_words(age: timedelta) -> str:
    """Return an age as people say it: `3 hours ago`, `in 2 days`."""
    size = abs(age)
    for step, name in _STEPS:
        if size >= step:
            number = size // step
            text = f"{number} {name}{'' if number == 1 else 's'}"
            return f"{text} ago" if age > timedelta() else f"in {text}"
    return "just now" if age >= timedelta() else "in a moment"


@register.filter
def thousands(number: int | None) -> str:
    """Write a number with its thousands apart."""
    return "" if number is None else f"{number:,}"


@register.filter
def told(error: MusterError) -> str:
    """Say an error of ours: what is wrong, and what to do."""
    return sentence(error)


@register.simple_tag
def pairs(values: Iterable[tuple[str, object]]) -> SafeString:
    """Write pairs as attributes of an element."""
    return format_html_join(" ", '{}="{}"', values)


@register.filter
def beside(cells: Iterable[Cell], columns: Iterable[Column]) -> list[tuple[Column, Cell]]:
    """Return each cell with its column."""
    return list(zip(columns, cells, strict=False))


_TONES = {
    "processed": "success",
    "verified": "success",
    "error": "danger",
    "failed": "danger",
    "active": "primary",
    "scanned": "primary",
    "queued": "primary",
    "paused": "warning",
    "stopped": "warning",
    "missed": "warning",
    "overlapped": "warning",
    "warning": "warning",
    "notice": "primary",
}


@register.filter
def tone(status: str) -> str:
    """Return the tone in which a status or the level of a line is shown."""
    return _TONES.get(status, "secondary")


@register.filter
def instant(text: str | None) -> datetime | None:
    """Read an instant that is written in ISO 8601."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def words(name: str) -> str:
    """Write a field's name as words: `include inactive`."""
    return name.replace("_", " ")
