"""How fast a scan may send: to all hosts together, and to each of them.

Both limits count packets that really leave. Time is given as seconds of one monotonic clock, so
that tests can say what it is.
"""

from collections import deque
from threading import Lock

_CATCH_UP = 1.002
"""How much faster than asked a scan may be while it catches up with a pause of its own machine."""
_BURST_SECONDS = 0.008
_SPAN_SECONDS = 1.03
"""A host's window is a little longer than a second: a packet may be late on its way out."""
_MOST_IDLE = 20_000
_NOTHING = 1e-9
"""Less than this of a packet is the error of adding up fractions."""
_LOOK_AGAIN_SECONDS = 0.004
_TURN_SECONDS = 0.02
"""So long the others wait for one who goes first and has not come back yet."""
UNLIMITED = float("inf")


class Pace:
    """The limits of one scan. Any thread may ask.

    `rate` and `host_rate` are packets a second; `UNLIMITED` for none. In any second at most
    1.02 times `rate` and never more than `host_rate` packets are allowed.
    """

    def __init__(self, *, rate: float, host_rate: float) -> None:
        """Start with nothing saved up, so that a scan does not begin with a burst."""
        self.rate = rate
        self.host_rate = host_rate
        self.is_limited = rate != UNLIMITED or host_rate != UNLIMITED
        """False where anything may be sent at any time."""
        self._lock = Lock()
        self._short = _Bucket(rate * _CATCH_UP, max(1.0, rate * _BURST_SECONDS))
        self._long = _Bucket(rate, max(1.0, rate))
        self._hosts: dict[str, _HostPace] = {}
        self._first_until = 0.0

    def take(
        self, host: str, now: float, *, packets: int = 1, reserve: int = 0, is_first: bool = False
    ) -> float:
        """Return 0 and count the packets, or return after how many seconds to ask again.

        `reserve` are packets that the system will send by itself as the exchange goes on: they
        count for the host until `spend` or `cancel` says what became of them. Who `is_first`
        goes before all others until it has had its turn: what is begun is brought to its end.
        """
        if not self.is_limited:
            return 0.0
        with self._lock:
            paced = self._host(host)
            wait = paced.wait(now, packets + reserve) if paced else 0.0
            if wait:
                return wait
            wait = self._wait_of_all(now, packets, is_first=is_first)
            if wait:
                return wait
            self._count(now, packets)
            if paced:
                paced.count(now, packets)
                paced.reserved += reserve
            return 0.0

    def wait_of_all(self, now: float) -> float:
        """Return after how many seconds anything at all may be sent; 0 for now."""
        if self.rate == UNLIMITED:
            return 0.0
        with self._lock:
            return self._wait_of_all(now, 1, is_first=False)

    def spend(self, host: str, now: float, *, packets: int, reserved: bool = True) -> None:
        """Count packets that left without asking, such as what the system sent by itself."""
        if not self.is_limited:
            return
        with self._lock:
            self._count(now, packets)
            if paced := self._host(host):
                paced.count(now, packets)
                if reserved:
                    paced.reserved = max(0, paced.reserved - packets)

    def cancel(self, host: str, reserve: int) -> None:
        """Give back what was reserved and will not be sent."""
        if self.host_rate == UNLIMITED:
            return
        with self._lock:
            if paced := self._hosts.get(host):
                paced.reserved = max(0, paced.reserved - reserve)

    def slow_down(self, host: str) -> None:
        """Halve what a host gets, down to an eighth: it answers worse than it did."""
        self._change(host, 2.0)

    def speed_up(self, host: str) -> None:
        """Undo one `slow_down`."""
        self._change(host, 0.5)

    def _wait_of_all(self, now: float, packets: int, *, is_first: bool) -> float:
        wait = max(self._short.wait(now, packets), self._long.wait(now, packets))
        if not is_first:
            return max(wait, min(self._first_until - now, _LOOK_AGAIN_SECONDS), 0.0)
        self._first_until = now + _TURN_SECONDS if wait else 0.0
        return wait

    def _change(self, host: str, factor: float) -> None:
        if self.host_rate == UNLIMITED:
            return
        with self._lock:
            if paced := self._host(host):
                paced.slowness = min(8.0, max(1.0, paced.slowness * factor))

    def _count(self, now: float, packets: int) -> None:
        self._short.take(now, packets)
        self._long.take(now, packets)

    def _host(self, host: str) -> "_HostPace | None":
        if self.host_rate == UNLIMITED:
            return None
        paced = self._hosts.get(host)
        if paced is None:
            if len(self._hosts) >= _MOST_IDLE:
                self._forget_idle()
            paced = self._hosts[host] = _HostPace(self.host_rate)
        return paced

    def _forget_idle(self) -> None:
        """Drop the older half of the hosts, less those that a packet went to just now."""
        newest = max((each.last for each in self._hosts.values()), default=0.0)
        for host in list(self._hosts)[: _MOST_IDLE // 2]:
            paced = self._hosts[host]
            if not paced.reserved and newest - paced.last > paced.span * paced.slowness:
                del self._hosts[host]


class _Bucket:
    """A token bucket that starts empty; it may be overdrawn by what could not be asked for."""

    __slots__ = ("_at", "_most", "_rate", "_tokens")

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = most
        self._tokens = 0.0
        self._at: float | None = None

    def wait(self, now: float, packets: int) -> float:
        if self._rate == UNLIMITED:
            return 0.0
        self._fill(now)
        missing = min(packets, self._most) - self._tokens
        return missing / self._rate if missing > _NOTHING else 0.0

    def take(self, now: float, packets: int) -> None:
        if self._rate != UNLIMITED:
            self._fill(now)
            self._tokens -= packets

    def _fill(self, now: float) -> None:
        if self._at is None:
            self._at = now
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = max(self._at, now)


class _HostPace:
    """When the last packets to one host left: as many as it may get in one window."""

    __slots__ = ("_left", "_limit", "last", "reserved", "slowness", "span")

    def __init__(self, rate: float) -> None:
        self._limit = max(1, int(rate))
        self.span = _SPAN_SECONDS * self._limit / rate
        self.slowness = 1.0
        self.reserved = 0
        self.last = -UNLIMITED
        self._left: deque[float] = deque(maxlen=self._limit)

    def wait(self, now: float, packets: int) -> float:
        span = self.span * self.slowness
        while self._left and now - self._left[0] >= span:
            self._left.popleft()
        missing = len(self._left) + self.reserved + packets - self._limit
        if missing > 0 and (self._left or self.reserved):
            return self._until(now, missing, span)
        # Two of a host's packets are at least half their share of the second apart.
        return max(0.0, self.last + span / self._limit / 2 - now)

    def _until(self, now: float, missing: int, span: float) -> float:
        if missing <= len(self._left):
            return max(1e-4, self._left[missing - 1] + span - now)
        return span / self._limit

    def count(self, now: float, packets: int) -> None:
        self._left.extend([now] * packets)
        self.last = now
