"""The tokens of delta queries: how far a delta has been told."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from muster.simulator.directory import Kind
from muster.simulator.sealed import Sealer
from muster.simulator.web.request import Request

DEFAULT_SIZE = 100


@dataclass(frozen=True, slots=True)
class State:
    """How far a delta has been told. `until` None means the first, full round."""

    kind: Kind
    tenant: str
    since: int
    until: int | None = None
    cursor: int = 0
    offset: int = 0
    number: int = 1
    names: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    size: int = DEFAULT_SIZE
    is_link: bool = False
    at: int = 0


class DeltaTokens:
    """Makes and reads the tokens of delta queries."""

    def __init__(
        self,
        sealer: Sealer,
        *,
        clock: Callable[[], datetime],
        lifetime: timedelta,
        page_lifetime: timedelta,
    ) -> None:
        """Let the tokens of finished rounds and of pages live that long."""
        self._sealer = sealer
        self._clock = clock
        self._lifetimes = {True: lifetime, False: page_lifetime}

    def seal(self, state: State) -> str:
        """An opaque token."""
        return self._sealer.seal(asdict(replace(state, at=int(self._clock().timestamp()))))

    def open(self, text: str) -> State | None:
        """What a token says, None if it is not one of ours."""
        row = self._sealer.open(text)
        if row is None or "since" not in row:
            return None
        for name in ("names", "ids"):
            row[name] = None if row[name] is None else tuple(row[name])
        return State(**row)

    def is_over(self, state: State) -> bool:
        """True if the token is too old."""
        lifetime = self._lifetimes[state.is_link].total_seconds()
        return state.at + lifetime < self._clock().timestamp()

    def peek(self, request: Request) -> int:
        """The number of the page that a request of a delta asks for."""
        for name, value in request.parameters():
            if name.lower() == "$skiptoken" and (state := self.open(value)):
                return state.number
        return 1
