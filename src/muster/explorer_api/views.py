"""One view for each thing that an Explorer asks."""

import threading
import time

from muster.explorer.messages import (
    Claimed,
    Enrolled,
    Enrolment,
    Hello,
    Nothing,
    Orders,
    Poll,
    Received,
    Welcome,
    decode,
)
from muster.explorer_api.answering import LARGEST_CHUNK, Asking, answering, utc_now
from muster.explorers import assignments, enrolment, sessions

_MOST_HELD = 4
"""So many questions for work are held open at once by one process: each takes a thread of it."""

_LOOK_AGAIN_SECONDS = 0.5
_ASK_AGAIN_SECONDS = 5.0

_places = threading.BoundedSemaphore(_MOST_HELD)


@answering("enrol")
def enrol(asking: Asking) -> Enrolled:
    """Take a machine in that brings a token."""
    wanted = decode(asking.body, Enrolment)
    return enrolment.enrol(wanted, asking.said, asking.signature, at=asking.at)


@answering("hello")
def hello(asking: Asking) -> Welcome:
    """Let a process begin to speak for its Explorer."""
    explorer = asking.explorer(is_greeting=True)
    said = decode(asking.body, Hello)
    return sessions.begin(explorer, asking.said.session, said, address=asking.address, at=asking.at)


@answering("poll")
def poll(asking: Asking) -> Orders:
    """Return what is to be done, as soon as there is anything, or nothing after a while.

    Where too many wait already, the answer comes at once and says when to ask again.
    """
    explorer = asking.explorer()
    running = decode(asking.body, Poll).running
    found = assignments.orders(explorer, running, at=asking.at)
    if found.offers or found.over:
        return found
    if not _places.acquire(blocking=False):
        return Orders(again_after_seconds=_ASK_AGAIN_SECONDS)
    try:
        return _waited(asking, running)
    finally:
        _places.release()


@answering("bye")
def bye(asking: Asking) -> Nothing:
    """Let a process end that spoke for its Explorer."""
    sessions.end(asking.explorer(), asking.said.session)
    return Nothing()


@answering("plans/{uid}/claim")
def claim(asking: Asking, uid: str) -> Claimed:
    """Give out a plan."""
    return assignments.claim(asking.explorer(), uid, at=asking.at)


@answering("plans/{uid}/chunks/{number}", largest=LARGEST_CHUNK)
def chunk(asking: Asking, uid: str, number: int) -> Received:
    """Take a chunk."""
    return assignments.receive(asking.explorer(), uid, number, asking.body, at=asking.at)


def _waited(asking: Asking, running: list[str]) -> Orders:
    deadline = time.monotonic() + sessions.POLL.total_seconds()
    while time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
        # Anew each time: it may be revoked, or another process may have taken over meanwhile.
        explorer = asking.explorer()
        found = assignments.orders(explorer, running, at=utc_now())
        if found.offers or found.over:
            return found
    return Orders()
