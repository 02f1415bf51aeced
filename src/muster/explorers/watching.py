"""Telling people that an Explorer went away or came back, and clearing up behind it."""

from datetime import datetime, timedelta

from django.db import transaction

from muster.explorers.models import Assignment, Explorer
from muster.notices.actions import Action
from muster.notices.recording import Target, record

_KEPT = timedelta(days=7)


def tend(*, at: datetime, silence: timedelta) -> None:
    """Announce the Explorers that were silent for too long, and forget assignments of old."""
    silent = Explorer.objects.filter(
        last_seen__lt=at - silence, is_told_offline=False, revoked_at=None
    )
    for each in silent.select_related("organization"):
        with transaction.atomic():
            told = Explorer.objects.filter(
                pk=each.pk, is_told_offline=False, last_seen=each.last_seen
            )
            if told.update(is_told_offline=True):
                _record(each, Action.EXPLORER_OFFLINE, at=at, last_seen=each.last_seen.isoformat())
    Assignment.objects.filter(closed_at__lt=at - _KEPT).delete()


def announce_online(explorer: Explorer, *, at: datetime) -> None:
    """Announce that an Explorer is there, in the transaction that says so.

    One that was away for less than it takes to notice is not.
    """
    offline = Explorer.objects.filter(pk=explorer.pk, is_told_offline=True)
    if offline.update(is_told_offline=False):
        _record(explorer, Action.EXPLORER_ONLINE, at=at)


def _record(explorer: Explorer, action: Action, *, at: datetime, **details: object) -> None:
    # What serves every organization is no organization's to be told of.
    if explorer.organization is not None:
        record(
            explorer.organization,
            action,
            at=at,
            target=Target("explorer", explorer.uid, explorer.name),
            success=action is Action.EXPLORER_ONLINE,
            details={"host": explorer.host, "version": explorer.version, **details},
        )
