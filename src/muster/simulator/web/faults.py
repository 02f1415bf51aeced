"""Faults by switch: what shall go wrong, for which requests, how often."""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Self


class FaultKind(Enum):
    """Everything that can be made to go wrong."""

    THROTTLED = "throttled"  # 429; retry_after: text to send, or None for no header
    STATUS = "status"  # any status with Graph's body; status, code, message, retry_after
    EXPIRED_PAGE_TOKEN = "expired_page_token"  # noqa: S105 - Graph's own name of an error
    EXPIRE_TOKENS = "expire_tokens"  # this access token is expired from now on
    DELTA_GONE = "delta_gone"  # 410 with a Location
    FORBIDDEN = "forbidden"  # 403 Authorization_RequestDenied
    AADSTS = "aadsts"  # a sign-in error; code: its number
    TRUNCATED_BODY = "truncated_body"  # Content-Length is right, the body ends early, then FIN
    MALFORMED_JSON = "malformed_json"
    HTML = "html"  # 200 with a proxy's web page
    SLOW = "slow"  # seconds to wait before the answer
    DROP = "drop"  # the connection is reset before the headers
    DROP_BODY = "drop_body"  # ... in the middle of the body
    PAGE_SIZE = "page_size"  # size: at most that many rows, whatever $top says
    EMPTY_PAGE = "empty_page"  # no rows, and a nextLink
    FOREIGN_LINK = "foreign_link"  # the nextLink names another host
    LINK_LOOP = "link_loop"  # the nextLink leads to the same page
    IGNORE_FILTER = "ignore_filter"  # $filter is silently not applied
    DUPLICATE = "duplicate"  # the last row comes again on the next page
    NO_COUNT = "no_count"  # @odata.count is left out


_FRACTIONS = frozenset({"probability", "seconds"})
_NUMBERS = _FRACTIONS | {"page", "min_page", "nth", "times", "seed", "status", "size"}
_TEXTS = frozenset({"path", "method", "message", "host"})
_MAY_BE_NONE = frozenset({"page", "min_page", "times", "retry_after"})


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong. Every condition that is given must hold.

    `path` is a regular expression searched in path and query; `page` counts from 1;
    `nth` is which of the otherwise matching requests is the first to fail, counted from 1;
    `times` is how often it strikes, None for always.
    """

    kind: FaultKind
    path: str = ""
    method: str = ""
    page: int | None = None
    min_page: int | None = None
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    status: int = 500
    code: str = ""
    message: str = ""
    retry_after: str | None = None
    seconds: float = 1.0
    size: int = 1
    host: str = "graph.example.net"
    seen: int = 0
    struck: int = 0
    _pattern: re.Pattern[str] = field(init=False, repr=False)
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pattern = re.compile(self.path)
        self._random = random.Random(self.seed)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read a fault; ValueError says what is wrong with it."""
        known = {f.name for f in fields(cls) if f.init} - {"seen", "struck"}
        unknown = sorted(set(row) - known)
        if unknown:
            raise ValueError(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")
        values = dict(row)
        for name, value in row.items():
            if not _fits(name, value):
                raise ValueError(f"{name} cannot be {value!r}")
        values["kind"] = FaultKind(values.get("kind"))
        for name in ("retry_after", "code"):
            if values.get(name) is not None:
                values[name] = str(values[name])
        try:
            return cls(**values)
        except (TypeError, re.error) as error:
            raise ValueError(str(error)) from error

    def to_json(self) -> dict[str, Any]:
        """The fault with its counters."""
        shown = {f.name: getattr(self, f.name) for f in fields(self) if not f.name.startswith("_")}
        return {**shown, "kind": self.kind.value}

    def strikes(self, *, method: str, url: str, page: int) -> bool:
        """True if this request fails; counts it."""
        if not self._matches(method=method, url=url, page=page):
            return False
        self.seen += 1
        spent = self.times is not None and self.struck >= self.times
        if spent or self.seen < self.nth or self._random.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def _matches(self, *, method: str, url: str, page: int) -> bool:
        return (
            (not self.method or self.method.upper() == method)
            and (self.page is None or self.page == page)
            and (self.min_page is None or page >= self.min_page)
            and self._pattern.search(url) is not None
        )


def _fits(name: str, value: object) -> bool:
    if value is None:
        return name in _MAY_BE_NONE
    if name in _NUMBERS:
        return isinstance(value, int | float if name in _FRACTIONS else int)
    return name not in _TEXTS or isinstance(value, str)


class Faults:
    """The faults that are switched on."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        """Start with those."""
        self._faults = list(faults)

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, faults: Iterable[Fault]) -> None:
        """Switch more on."""
        self._faults.extend(faults)

    def clear(self) -> None:
        """Switch all off."""
        self._faults.clear()

    def choose(self, *, method: str, url: str, page: int) -> tuple[Fault, ...]:
        """The faults that strike this request."""
        struck = (f for f in self._faults if f.strikes(method=method, url=url, page=page))
        return tuple(struck)

    def to_json(self) -> list[dict[str, Any]]:
        """Every fault with its counters."""
        return [fault.to_json() for fault in self._faults]
