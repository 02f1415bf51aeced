"""The outbox: what is due is taken, sent, and marked; whatever dies in between is sent again."""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from muster.core.errors import ConfigError
from muster.notices.actions import Action
from muster.notices.channels import opened
from muster.notices.models import Channel, Delivery, State
from muster.notices.recording import Target, record
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import Outcome, Result
from muster.notices.sending.transmitting import Clock, transmit_all
from muster.notices.texts import LONGEST_TEXT, shortened, storable

MOST_ATTEMPTS = 10
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(days=7)
"""Older news are none; also where nothing was tried because the channel is halted."""

LEASE = timedelta(minutes=30)
"""Longer than `PER_CHANNEL` messages can take, or two senders would send one."""

PER_CHANNEL = 20
CHANNELS_AT_ONCE = 50
_THREADS = 8
_GROWTH = 4
_LONGEST_TOLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round did: how many went out, are put off, and were given up."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """Deliveries of one channel that are ours for the time of the lease, oldest first."""

    channel: Channel
    deliveries: tuple[Delivery, ...]
    messages: tuple[Message, ...]


def send_due(*, clock: Clock, draw: Callable[[], float] = random.random) -> Sent:
    """Send what is due in all organizations, some of each channel, and return what came of it.

    Call it again and again, from as many processes as there are: each delivery is taken by one.
    A delivery may arrive twice if a process dies between sending and marking; its id tells.
    """
    at = clock()
    given_up = _give_up_old(at)
    taken = [found for channel in _due_channels(at) if (found := _take(channel, at))]
    counts = [
        _mark(each, outcomes, at=clock(), draw=draw) for each, outcomes in _tried(taken, clock)
    ]
    return Sent(
        sent=sum(each.sent for each in counts),
        put_off=sum(each.put_off for each in counts),
        given_up=given_up + sum(each.given_up for each in counts),
    )


def _give_up_old(at: datetime) -> int:
    old = Delivery.objects.filter(state=State.WAITING, created_at__lte=at - PATIENCE)
    return old.update(state=State.FAILED, error=f"not sent within {PATIENCE.days} days")


def _due_channels(at: datetime) -> list[Channel]:
    """Return the channels with something due, the longest waiting first: each gets its turn."""
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=at, channel__halted_at=None)
    waiting = due.values("channel").annotate(since=Min("due_at")).order_by("since")
    keys = [each["channel"] for each in waiting[:CHANNELS_AT_ONCE]]
    found = Channel.objects.select_related("organization").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _take(channel: Channel, at: datetime) -> _Taken | None:
    """Take some of a channel's deliveries, each only if nobody else just did."""
    due = Delivery.objects.filter(
        organization=channel.organization, channel=channel, state=State.WAITING, due_at__lte=at
    )
    rows = list(due.select_related("event").order_by("due_at", "pk")[:PER_CHANNEL])
    mine = tuple(each for each in rows if due.filter(pk=each.pk).update(due_at=at + LEASE))
    if not mine:
        return None
    return _Taken(channel, mine, tuple(_message(each, channel) for each in mine))


def _message(delivery: Delivery, channel: Channel) -> Message:
    event = delivery.event
    return Message(
        id=delivery.uid,
        action=event.action,
        sentence=event.action.replace("-", " ").capitalize(),
        at=event.created_at,
        organization=channel.organization.name,
        by=event.source_name,
        target_type=event.target_type,
        target_id=event.target_id,
        target_name=event.target_name,
        success=event.success,
        amount=event.amount,
        details=event.details,
        event_id=str(event.uid),
        rule=delivery.rule_name,
        found=delivery.found,
        held_back=delivery.held_back,
    )


def _tried(taken: Sequence[_Taken], clock: Clock) -> Iterator[tuple[_Taken, list[Outcome]]]:
    """Yield what came of each channel's messages; channels are tried beside each other."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="notices") as pool:
        started = [(each, _started(pool, each, clock)) for each in taken]
    for each, future in started:
        yield each, [future] if isinstance(future, Outcome) else future.result()


def _started(
    pool: ThreadPoolExecutor, taken: _Taken, clock: Clock
) -> "Future[list[Outcome]] | Outcome":
    try:
        line = opened(taken.channel)
    except ConfigError as error:
        return Outcome(Result.HALTED, f"{error.message} {error.hint}", is_channels=True)
    return pool.submit(transmit_all, line, taken.messages, clock=clock)


@transaction.atomic
def _mark(
    taken: _Taken, outcomes: Sequence[Outcome], *, at: datetime, draw: Callable[[], float]
) -> Sent:
    """Write down what came of each delivery, and what that says of the channel."""
    states = [
        _mark_one(delivery, outcome, at=at, draw=draw)
        for delivery, outcome in zip(taken.deliveries, outcomes, strict=False)
    ]
    untried = taken.deliveries[len(outcomes) :]
    _give_back(untried, outcomes[-1], at=at, draw=draw)
    _judge(taken.channel, states, outcomes, at=at)
    return Sent(
        sent=states.count(State.SENT),
        put_off=states.count(State.WAITING) + len(untried),
        given_up=states.count(State.FAILED),
    )


def _mark_one(
    delivery: Delivery, outcome: Outcome, *, at: datetime, draw: Callable[[], float]
) -> State:
    is_halted = outcome.result is Result.HALTED
    attempts = delivery.attempts + (not is_halted)
    state = State.WAITING
    if outcome.result is Result.SENT:
        state = State.SENT
    elif outcome.result is Result.NEVER or attempts >= MOST_ATTEMPTS:
        state = State.FAILED
    Delivery.objects.filter(organization=delivery.organization_id, pk=delivery.pk).update(
        state=state,
        attempts=attempts,
        error=shortened(storable(outcome.why), LONGEST_TEXT),
        due_at=at if is_halted else at + wait(attempts, outcome.after, draw=draw),
        sent_at=at if state is State.SENT else None,
    )
    return state


def _give_back(
    untried: Sequence[Delivery], last: Outcome, *, at: datetime, draw: Callable[[], float]
) -> None:
    """Let go of what was taken and not tried, as the channel does not work just now."""
    is_halted = last.result is Result.HALTED
    for each in untried:
        due_at = at if is_halted else at + wait(1, last.after, draw=draw)
        Delivery.objects.filter(organization=each.organization_id, pk=each.pk).update(due_at=due_at)


def _judge(
    channel: Channel, states: Sequence[State], outcomes: Sequence[Outcome], *, at: datetime
) -> None:
    """Say once that a channel does not work, and once that it does again."""
    last = outcomes[-1]
    is_halted = last.result is Result.HALTED
    mine = Channel.objects.filter(organization=channel.organization, pk=channel.pk)
    if is_halted or State.FAILED in states:
        failed = next(each for each in reversed(outcomes) if each.result is not Result.SENT)
        why = shortened(storable(failed.why), LONGEST_TEXT)
        was_working = mine.filter(is_working=True).update(is_working=False)
        mine.update(message=why, checked_at=at, halted_at=at if is_halted else None)
        if was_working:
            target = Target("channel", channel.uid, channel.name)
            details = {"error": why}
            action = Action.CHANNEL_FAILED
            record(
                channel.organization, action, at=at, target=target, success=False, details=details
            )
    elif State.SENT in states:
        mine.filter(is_working=False).update(
            is_working=True, message="", checked_at=at, halted_at=None
        )


def wait(attempts: int, told: timedelta | None, *, draw: Callable[[], float]) -> timedelta:
    """Return how long to wait after so many attempts: four times as long each, with a part drawn.

    A told time is kept to, up to the longest wait of a day.
    """
    grown = min(FIRST_WAIT * int(_GROWTH ** min(attempts - 1, 20)), LONGEST_WAIT)
    drawn = grown * (0.5 + 0.5 * draw())
    return max(drawn, min(told, _LONGEST_TOLD)) if told else drawn
