"""What is sent next: round the hosts in work, within the limits, again where nothing came."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from muster.scan.engines.codes import code_of, is_fragile, is_udp
from muster.scan.engines.host import Host, Sent
from muster.scan.engines.reply import Asked, Asking, Reply, State
from muster.scan.engines.waits import Waits
from muster.scan.pace import Pace

Liveness = Callable[[Host], Sequence[int]]
"""Says by which codes a host is to show that it is there; empty to ask its ports at once."""

_LEAST_WINDOW, _FIRST_WINDOW, _MOST_WINDOW = 64, 512, 16_384
_LOOK_AGAIN_SECONDS = 0.02
_STEADY_REPLIES = 20
_LEAST_FRAGILE_SECONDS = 1.0
_RISEN, _LEAST_RISE_SECONDS = 4.0, 0.1


class Schedule:
    """The hosts in work and everything under way to them.

    How much may be under way at a time grows with each answer and shrinks when one came only
    after a second try, as TCP does it.
    """

    def __init__(
        self, targets: Iterator[Asked | None], asking: Asking, pace: Pace, *, liveness: Liveness
    ) -> None:
        """Take targets one by one; a None among them means: not now, ask again in a while."""
        self.asking = asking
        self.replies: list[Reply] = []
        self.sent = 0
        self.repeated = 0
        self.wake_at = 0.0
        self.waits = Waits(asking)
        self.hosts: dict[str, Host] = {}
        self._targets: Iterator[Asked | None] | None = targets
        self._liveness = liveness
        self._pace = pace
        codes = [code_of(each) for each in asking.ports]
        self._asks = tuple(code for code in codes if not is_fragile(code))
        self._fragile = tuple(code for code in codes if is_fragile(code))
        self._wanted = frozenset(codes)
        self._ready: deque[Host] = deque()
        self._later: list[tuple[float, int, Host]] = []
        self._turns = count()
        self._under_way: deque[Sent] = deque()
        self._fragile_under_way: deque[Sent] = deque()
        self._in_flight = 0
        self._window = float(_FIRST_WINDOW)
        self._shrunk_at = 0.0

    @property
    def is_over(self) -> bool:
        """True when every target was taken and is done."""
        return self._targets is None and not self.hosts

    def next(self, now: float, cost: Callable[[Host, int], tuple[int, int]]) -> Sent | None:
        """Return the next thing to send, counted by the pace; None if nothing may be sent now.

        `cost` says how many packets something takes, and how many to reserve. After None,
        `wake_at` is when to ask again, unless something is heard before.
        """
        self.wake_at = now + _LOOK_AGAIN_SECONDS
        self._wake(now)
        while self._in_flight < self._window:
            host = self._next_host()
            if host is None:
                return None
            if host.connections >= self.asking.host_connections:
                continue  # it has its turn again when one of them has ended
            ask = host.take_next()
            if ask is None:
                self.settle(host)
                continue
            packets, reserve = cost(host, ask[0])
            wait = self._pace.take(host.address, now, packets=packets, reserve=reserve)
            if not wait:
                return self._note_sent(host, ask, now)
            host.retries.appendleft(ask)
            if self._put_off(host, now, wait):
                return None
        return None

    def queue(self, host: Host) -> None:
        """Let a host have its turn again."""
        if not host.is_queued and not host.is_done:
            host.is_queued = True
            self._ready.append(host)

    def hear(self, host: Host, code: int, now: float) -> float | None:
        """Note that something was answered, and return after how many seconds.

        None if that answer was heard before; 0 if it cannot be told how long it took.
        """
        if code in host.heard or host.is_done:
            return None
        host.heard.add(code)
        host.answered = True
        sent = host.pending.pop(code, None)
        if sent is None:
            return 0.0
        self._in_flight -= 1
        if is_udp(code):
            # Systems ration their refusals: that one comes late says nothing of the network.
            return now - sent[0] if sent[1] == 1 else 0.0
        if sent[1] > 1:
            self._note_loss(host, now)
            return 0.0
        self._window = min(_MOST_WINDOW, self._window + 1)
        self._note_time(host, now - sent[0])
        return now - sent[0]

    def show_alive(self, host: Host, reply: Reply) -> None:
        """Tell of a host's first sign of life; from then on its ports are asked."""
        if not host.is_told:
            host.is_told = True
            self.replies.append(reply)
        if not host.is_alive:
            host.come_alive()
            self._forget_liveness(host)
            self.queue(host)

    def settle(self, host: Host) -> None:
        """Tell that a host is done if nothing more is to come, else let it have its turn."""
        if host.is_done or host.is_queued:
            return
        if host.pending or host.connections:
            # What waits for the end of something under way gets its turn with that.
            if host.retries or host.next < len(self._codes(host)):
                self.queue(host)
            return
        if host.has_more():
            self.queue(host)
            return
        self._finish(host)

    def give_up(self, host: Host, code: int) -> None:
        """Forget one thing that cannot be asked or answered."""
        if host.pending.pop(code, None) is not None:
            self._in_flight -= 1
        host.heard.add(code)
        self.settle(host)

    def expire(self, now: float) -> list[Sent]:
        """Return what nobody answered in time, after it was put in line again or given up."""
        expired = self._expired(self._under_way, now - self.waits.seconds)
        expired += self._expired(self._fragile_under_way, now - self._fragile_seconds)
        for _sent_at, tries, host, code in expired:
            del host.pending[code]
            self._in_flight -= 1
            if tries < self._most_tries(host, code):
                host.retries.append((code, tries + 1))
                self.queue(host)
            else:
                self.settle(host)
        return expired

    def next_expiry(self) -> float | None:
        """Return when the oldest thing under way expires; None if there is none."""
        times = [
            line[0][0] + seconds
            for line, seconds in (
                (self._under_way, self.waits.seconds),
                (self._fragile_under_way, self._fragile_seconds),
            )
            if line
        ]
        return min(times, default=None)

    @property
    def _fragile_seconds(self) -> float:
        """There is no second try, so the only one gets its time."""
        return max(_LEAST_FRAGILE_SECONDS, self.waits.seconds)

    def _codes(self, host: Host) -> tuple[int, ...]:
        return host.asks if host.is_alive else host.liveness

    def _most_tries(self, host: Host, code: int) -> int:
        if is_fragile(code):
            return 1
        if host.is_alive:
            return self.asking.tries
        return self.asking.liveness_tries

    def _expired(self, line: deque[Sent], before: float) -> list[Sent]:
        expired = []
        while line and line[0][0] <= before:
            sent = line.popleft()
            if sent[2].pending.get(sent[3]) is sent:
                expired.append(sent)
        return expired

    def _wake(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            host = heapq.heappop(self._later)[2]
            host.is_queued = False
            self.queue(host)

    def _next_host(self) -> Host | None:
        """Return the host whose turn it is; a new one where there is room for one."""
        if len(self.hosts) < self.asking.group and (fresh := self._admit()):
            return fresh
        while self._ready:
            host = self._ready.popleft()
            host.is_queued = False
            if not host.is_done:
                return host
        if self._later:
            self.wake_at = min(self.wake_at, self._later[0][0])
        return None

    def _admit(self) -> Host | None:
        if self._targets is None:
            return None
        try:
            asked = next(self._targets)
        except StopIteration:
            self._targets = None
            return None
        if asked is None or asked.address in self.hosts:
            return None
        host = Host(asked.number, asked.address)
        self.hosts[asked.address] = host
        host.asks, host.fragile = self._asks, self._fragile
        host.liveness = tuple(self._liveness(host))
        host.is_alive = not host.liveness
        return host

    def _note_sent(self, host: Host, ask: tuple[int, int], now: float) -> Sent:
        code, tries = ask
        sent = (now, tries, host, code)
        host.pending[code] = sent
        self._in_flight += 1
        self.sent += 1
        self.repeated += tries > 1
        (self._fragile_under_way if is_fragile(code) else self._under_way).append(sent)
        if host.retries or host.next < len(self._codes(host)):
            self.queue(host)
        return sent

    def _put_off(self, host: Host, now: float, wait: float) -> bool:
        """Keep a host until the pace allows; true if nobody may send before that."""
        everyone = self._pace.wait_of_all(now)
        if everyone:
            host.is_queued = True
            self._ready.appendleft(host)
            self.wake_at = now + everyone
            return True
        host.is_queued = True
        heapq.heappush(self._later, (now + wait, next(self._turns), host))
        return False

    def _note_loss(self, host: Host, now: float) -> None:
        self._pace.slow_down(host.address)
        host.steady = 0
        if now - self._shrunk_at > self.waits.seconds:
            self._shrunk_at = now
            self._window = max(_LEAST_WINDOW, self._window * 0.7)

    def _note_time(self, host: Host, seconds: float) -> None:
        self.waits.note(seconds)
        host.least_rtt = min(host.least_rtt or seconds, seconds)
        if seconds > max(_LEAST_RISE_SECONDS, _RISEN * host.least_rtt):
            self._pace.slow_down(host.address)
            host.steady = 0
            return
        host.steady += 1
        if host.steady % _STEADY_REPLIES == 0:
            self._pace.speed_up(host.address)

    def _forget_liveness(self, host: Host) -> None:
        """Other signs of life need not be waited for; a late answer of a port still counts."""
        for code in [each for each in host.pending if each not in self._wanted]:
            del host.pending[code]
            self._in_flight -= 1

    def _finish(self, host: Host) -> None:
        host.is_done = True
        del self.hosts[host.address]
        self.replies.append(
            Reply(
                host.number,
                host.address,
                State.DONE,
                is_alive=host.answered,
                refused=host.refused,
            )
        )
