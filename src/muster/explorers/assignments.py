"""Plans on their way to Explorers, and the chunks on their way back."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec
from django.db import models, transaction

from muster.core.errors import ConfigError, DataError
from muster.explorer import chunks
from muster.explorer.messages import Claimed, Orders, Received
from muster.explorer.sealing import seal
from muster.explorers.models import Assignment, Chunk, Explorer
from muster.organizations.models import Organization
from muster.runner import wire

MOST_WAITING = 8
"""So many chunks may wait for the worker that stores them: the Explorer waits with the next."""

NOT_WANTED = "the run that it was for has ended, or goes on elsewhere"


def assign(
    organization: Organization,
    explorer: Explorer,
    run: uuid.UUID,
    order: bytes,
    *,
    at: datetime,
) -> Assignment:
    """Offer an order to an Explorer, sealed to its key; what the run had before is over."""
    uid = uuid.uuid4()
    with transaction.atomic():
        before = Assignment.objects.filter(organization=organization, run=run, closed_at=None)
        for each in before:
            close(each, at=at, why=NOT_WANTED)
        return Assignment.objects.create(
            organization=organization,
            explorer=explorer,
            uid=uid,
            run=run,
            sealed=seal(order, to=explorer.sealing_key, context=str(uid)),
            created_at=at,
        )


def close(assignment: Assignment, *, at: datetime, why: str = "") -> None:
    """End an assignment: its plan is blanked, its chunks go, its Explorer is told when it asks."""
    with transaction.atomic():
        open_ones = _row(assignment).filter(closed_at=None)
        open_ones.update(closed_at=at, why=why, sealed="")
        Chunk.objects.filter(organization=assignment.organization, assignment=assignment).delete()


def blank_plans(explorer: Explorer) -> None:
    """Leave nothing behind that the key of a machine that was lost could open."""
    Assignment.objects.filter(explorer=explorer).exclude(sealed="").update(sealed="")


def orders(explorer: Explorer, running: Collection[str], *, at: datetime) -> Orders:
    """Return what an Explorer is to claim, and what of its work is wanted no more.

    What it claimed and is not at any more, though its end has not come, is lost.
    """
    going = Assignment.objects.filter(explorer=explorer, closed_at=None).order_by("pk")
    offers: list[str] = []
    wanted: set[str] = set()
    for each in going:
        uid = str(each.uid)
        if not each.session or (each.session == explorer.session and not each.next):
            wanted.add(uid)
            if uid not in running and not each.is_ended:
                offers.append(uid)
        elif each.session == explorer.session:
            wanted.add(uid)
            if uid not in running and not each.is_ended:
                close(each, at=at, why="it lost the work that it was at")
    return Orders(offers=offers, over=sorted(set(running) - wanted))


def claim(explorer: Explorer, uid: str, *, at: datetime) -> Claimed:
    """Give a plan to the process that speaks for its Explorer; again, if the answer was lost.

    Raises ConfigError if it is not wanted any more, or has begun already.
    """
    mine = _of(explorer, uid).filter(closed_at=None, next=0)
    free = mine.filter(session__in=["", explorer.session])
    if not free.update(session=explorer.session, claimed_at=at):
        raise ConfigError(
            f"the plan {uid[:40]} is not to be had: {NOT_WANTED}",
            hint="Nothing is to be done.",
            code="over",
        )
    return Claimed(sealed=free.get().sealed)


def receive(explorer: Explorer, uid: str, number: int, chunk: bytes, *, at: datetime) -> Received:
    """Take a chunk if it is the one that is waited for; say in any case which one is.

    One that came before is there already, and one that is early has to come again. Raises
    DataError for one that cannot be taken: then the assignment ends with that.
    """
    found = _of(explorer, uid).select_related("organization").first()
    if found is None or found.closed_at is not None or found.session != explorer.session:
        return Received(next=number, is_over=True, why=found.why if found else NOT_WANTED)
    if number != found.next or found.is_ended:
        return Received(next=found.next, is_over=found.is_ended)
    if _chunks(found).count() >= MOST_WAITING:
        return Received(next=found.next, is_full=True)
    try:
        is_end = _checked(chunk)
    except DataError as error:
        _row(found).update(refused=error.message)
        raise
    return _kept(found, number, chunk, is_end=is_end)


def waiting_chunks(assignment: Assignment) -> Iterator[Chunk]:
    """Yield the chunks that are to be worked on, in order, each read as it is asked for."""
    numbers = _chunks(assignment).order_by("number").values_list("number", flat=True)
    for number in list(numbers):
        yield _chunks(assignment).get(number=number)


def forget_chunks(assignment: Assignment, up_to: int) -> None:
    """Forget the chunks that are stored."""
    _chunks(assignment).filter(number__lte=up_to).delete()


def looked_at_again(assignment: Assignment) -> Assignment:
    """Return an assignment and its Explorer as they are now."""
    return _row(assignment).select_related("explorer").get()


def _checked(chunk: bytes) -> bool:
    """Return whether the end is among a chunk's lines; raise DataError if it is no good."""
    lines = read(chunks.unpack(chunk))
    if not lines:
        raise DataError("the chunk holds no lines", code="malformed-chunk")
    ends = [number for number, each in enumerate(lines, 1) if isinstance(each, wire.Ended)]
    if ends and ends != [len(lines)]:
        raise DataError("something follows the end of the chunk's plan", code="malformed-chunk")
    return bool(ends)


def read(lines: bytes) -> list[wire.Line]:
    """Return what the lines of a chunk say. Raises DataError if they cannot be read."""
    try:
        return wire.decode(lines)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = str(error)[:200] or "it is nested too deeply"
        raise DataError(
            f"the chunk holds a line that is none of ours: {why}",
            hint="Update the older of server and Explorer.",
            code="malformed-chunk",
        ) from error


def _kept(assignment: Assignment, number: int, chunk: bytes, *, is_end: bool) -> Received:
    with transaction.atomic():
        waiting = _row(assignment).filter(next=number, closed_at=None, is_ended=False)
        if waiting.update(next=number + 1, is_ended=is_end):
            Chunk.objects.create(
                organization=assignment.organization,
                assignment=assignment,
                number=number,
                packed=chunk,
            )
    now = _row(assignment).get()
    return Received(next=now.next, is_over=now.closed_at is not None or now.is_ended, why=now.why)


def _row(assignment: Assignment) -> models.QuerySet[Assignment]:
    return Assignment.objects.filter(organization=assignment.organization, pk=assignment.pk)


def _chunks(assignment: Assignment) -> models.QuerySet[Chunk]:
    return Chunk.objects.filter(organization=assignment.organization, assignment=assignment)


def _of(explorer: Explorer, uid: str) -> models.QuerySet[Assignment]:
    try:
        wanted = uuid.UUID(uid)
    except ValueError:
        return Assignment.objects.none()
    return Assignment.objects.filter(explorer=explorer, uid=wanted)
