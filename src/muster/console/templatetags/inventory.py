"""What templates of the inventory draw: sources and how old what they said is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django import template

from muster.console.listing import looks
from muster.console.listing.terms import narrowed
from muster.inventory.selectors import HistoryEntry, LastSync, RecordDetail
from muster.inventory.selectors.instants import instant

register = template.Library()
_LONGEST_INSTANT = 12
_TONES = {
    "matched": "success",
    "agrees": "success",
    "ambiguous": "warning",
    "vetoed": "danger",
    "refused": "danger",
}
_ACTS = {
    "merge": "Merged by hand",
    "split": "Split by hand",
    "remove-source": "Source removed by hand",
    "move": "Moved to another site",
    "undo": "Decision undone",
    "remove": "Removed by hand",
}
_EVENTS = {
    "new": "first seen",
    "changed": "changed",
    "gone": "gone",
    "back": "back again",
    "joined": "a record joined",
    "moved": "a record moved",
    "left": "a record left",
    "links": "relations changed",
}
_EVENT_ICONS = {
    "new": "plus",
    "gone": "circle-x",
    "back": "circle-check",
    "joined": "git-merge",
    "moved": "git-merge",
    "left": "arrows-split-2",
    "links": "link",
}
_NEVER = datetime.min.replace(tzinfo=UTC)


@register.filter
def source_label(name: str) -> str:
    """Return what people call a source."""
    return looks.source_label(name)


@register.filter
def source_icon(name: str) -> str:
    """Return the icon of a source."""
    return looks.source_icon(name)


@register.filter
def oldest(syncs: Sequence[LastSync]) -> LastSync:
    """Return the sync that says as of when all holds: the oldest of those that are still read."""
    read = [each for each in syncs if each.left_at is None] or list(syncs)
    return min(read, key=lambda each: each.complete_at or _NEVER)


@register.filter
def of_source(records: Sequence[RecordDetail], source: str) -> list[RecordDetail]:
    """Return the records of one source."""
    return [each for each in records if each.source == source]


@register.filter
def sentence_of(text: str) -> str:
    """Write a reason as a sentence."""
    end = "" if text.endswith((".", "?", "!")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}" if text else ""


@register.filter
def outcome_tone(outcome: str) -> str:
    """Return the tone of what came of a key."""
    return _TONES.get(outcome, "secondary")


@register.filter
def act_label(kind: str) -> str:
    """Return what people call an act."""
    return _ACTS.get(kind, kind.capitalize())


@register.filter
def shown_value(text: str) -> str:
    """Write a value with several parts as people read it."""
    return text.replace("\t", ", ")


@register.filter
def instant_of(name: str, text: str) -> datetime | None:
    """Return the instant that an attribute is, None if it is none."""
    is_instant = name.casefold().endswith("ts") and text.isascii() and text.isdigit()
    return instant(int(text)) if is_instant and len(text) <= _LONGEST_INSTANT else None


@register.filter
def entry_title(entry: HistoryEntry) -> str:
    """Say what an entry of a history is about."""
    if entry.act:
        return act_label(entry.act)
    return ", ".join(_EVENTS.get(each, each) for each in entry.events).capitalize()


@register.filter
def entry_icon(entry: HistoryEntry) -> str:
    """Return the icon of an entry of a history."""
    if entry.act:
        return "git-merge"
    return next((_EVENT_ICONS[each] for each in entry.events if each in _EVENT_ICONS), "edit")


@register.filter
def tag_search(name: str, text: str) -> str:
    """Return the query of what has this tag."""
    return narrowed("", "tag", f"{name}={text}" if text else name)


@register.filter
def department_search(department: str) -> str:
    """Return the query of the people of a department."""
    return narrowed("", "department", department)


@register.filter
def owner_search(uid: str) -> str:
    """Return the query of the devices that a user owns or uses."""
    return f"owner.id:{uid} OR user.id:{uid}"


@register.filter
def group_search(uid: str) -> str:
    """Return the query of all that is in a group, also through others."""
    return f"group.id:{uid}"
