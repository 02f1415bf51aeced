"""What a worker does now and then: announce what is about to end, forget what is old, send."""

from datetime import datetime, timedelta

from muster.notices.expiring import announce_expiring
from muster.notices.models import Event
from muster.notices.sending.outbox import Sent, send_due
from muster.notices.sending.transmitting import Clock

KEPT = timedelta(days=366)
"""A year and a day, as the reference product keeps its log a year."""


def tend(*, clock: Clock) -> Sent:
    """Do all of it for all organizations, and return what came of the sending."""
    at = clock()
    announce_expiring(at=at)
    forget_old(at=at)
    return send_due(clock=clock)


def forget_old(*, at: datetime) -> int:
    """Delete the events that are kept long enough, with their deliveries; return how many rows."""
    deleted, _by_table = Event.objects.filter(created_at__lt=at - KEPT).delete()
    return deleted
