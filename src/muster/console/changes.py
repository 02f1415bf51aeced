"""What a run or a person changed, in a line."""

from collections.abc import Iterable, Iterator

from muster.inventory.selectors import HistoryEntry

_MOST = 4


def in_line(entries: Iterable[HistoryEntry]) -> str:
    """Return what entries tell, the first few things of it: `os: Windows 10 → Windows 11`."""
    told = list(dict.fromkeys(_told(entries)))
    more = f" and {len(told) - _MOST} more" if len(told) > _MOST else ""
    return "; ".join(told[:_MOST]) + more


def _told(entries: Iterable[HistoryEntry]) -> Iterator[str]:
    for entry in entries:
        for change in entry.changes:
            old, new = (text.replace("\t", ", ")[:120] for text in (change.old, change.new))
            yield f"{change.attribute}: {old or '–'} → {new or '–'}"
        for move in entry.moves:
            yield f"moved to {move.target_name or 'another asset'}"
        for link in entry.links:
            yield f"{link.relation}s: +{link.came} −{link.went}"
        if not (entry.changes or entry.moves or entry.links):
            yield ", ".join(entry.events)
