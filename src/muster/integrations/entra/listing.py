"""Listings of Graph that give way: what a tenant refuses to tell is left out, and that is said."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from muster.core.errors import UnavailableError
from muster.integrations.entra.client import GraphClient, Item, Page, Request, is_expired
from muster.integrations.entra.errors import RefusedError
from muster.integrations.entra.fields import SIGN_IN_ACTIVITY

LARGEST_PAGE = 999
"""Graph refuses $top=1000."""

MOST_EXPANDED = 20
"""An expansion ends there without saying so, so exactly this many means: ask again.
Source: https://learn.microsoft.com/graph/query-parameters#expand-parameter (read 2026-11)."""

_SMALL_PAGE = 100
_SAFE = "(),'$=/:"
_NAMED = re.compile(r"['\"]([A-Za-z]+)['\"]|\b([a-z]+[A-Z][A-Za-z]*)\b")
_PAGE_SIZE = re.compile(r"page size|\btop\b", re.IGNORECASE)


class LostPlaceError(UnavailableError):
    """A listing cannot go on where it broke off; it has to begin anew."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a collection. `expand` is one relationship, of which ids are asked for.

    `top` 0 leaves the page size to Graph. A `select` that is only an extra may be lost.
    """

    path: str
    select: tuple[str, ...] = ()
    expand: str = ""
    filter: str = ""
    is_advanced: bool = False
    base_cost: int = 1
    top: int = LARGEST_PAGE
    is_select_extra: bool = False

    def address(self) -> str:
        """Return the path with its parameters, encoded."""
        given = {
            "$select": ",".join(self.select),
            "$expand": f"{self.expand}($select=id)" if self.expand else "",
            "$filter": self.filter,
            "$count": "true" if self.is_advanced else "",
            "$top": str(self.top or ""),
        }
        told = (f"{name}={quote(value, safe=_SAFE)}" for name, value in given.items() if value)
        return f"{self.path}?{'&'.join(told)}"

    @property
    def cost(self) -> int:
        """Resource units of one page: -1 for $select, +1 for $expand, never below 1."""
        return max(1, self.base_cost - bool(self.select) + bool(self.expand))


def expanded(item: Item, relation: str) -> list[Any] | None:
    """Return what an expansion told of a relation; None unless that is surely all of it."""
    told = item.get(relation)
    if not isinstance(told, list) or len(told) >= MOST_EXPANDED:
        return None
    count = item.get(f"{relation}@odata.count")
    is_cut = isinstance(count, int) and count > len(told)
    return None if is_cut or item.get(f"{relation}@odata.nextLink") else told


class Listing:
    """One listing; `query` is what is asked, after whatever had to be left out.

    `start` is the link of the page from which it goes on, where an earlier listing broke off.
    """

    def __init__(self, client: GraphClient, query: Query, start: str = "") -> None:
        """Ask nothing yet."""
        self._client = client
        self.query = query
        self.start = start

    async def pages(self) -> AsyncGenerator[Page, None]:
        """Yield the pages. Gives way only before the first one, so all are answers to one query.

        Raises LostPlaceError where Graph does not know any more where it is to go on.
        """
        if self.start:
            async for page in self._further():
                yield page
            return
        is_begun = False
        while not is_begun:
            try:
                async for page in self._client.pages(self._request()):
                    is_begun = True
                    yield page
            except RefusedError as error:
                if is_begun or not self._give_way(error):
                    raise
            else:
                return

    async def _further(self) -> AsyncGenerator[Page, None]:
        if not self.start.startswith(f"{self._client.base}/"):
            raise LostPlaceError("the next page is at another address than the configured Graph")
        is_begun = False
        try:
            async for page in self._client.pages(self._request(), start=self.start):
                is_begun = True
                yield page
        except RefusedError as error:
            if is_begun and not is_expired(error):
                raise
            raise LostPlaceError(error.message, code=error.code) from error

    def _request(self) -> Request:
        return Request(
            self._client.address(self.query.address()),
            cost=self.query.cost,
            is_advanced=self.query.is_advanced,
        )

    def _give_way(self, error: RefusedError) -> bool:
        if error.status == HTTPStatus.FORBIDDEN and SIGN_IN_ACTIVITY in self.query.select:
            return self._without(SIGN_IN_ACTIVITY, error, level="info")
        if error.status not in {
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_IMPLEMENTED,
        }:
            return False
        for quoted, bare in _NAMED.findall(error.detail):
            if (name := quoted or bare) in self.query.select and name != "id":
                return self._without(name, error, level="warning")
        if error.status == HTTPStatus.FORBIDDEN:
            return self._without_expansion(error)
        return self._simplified(error)

    def _simplified(self, error: RefusedError) -> bool:
        """Leave out what Graph may have meant without naming it, dearest last."""
        if SIGN_IN_ACTIVITY in self.query.select:
            return self._without(SIGN_IN_ACTIVITY, error, level="warning")
        if _PAGE_SIZE.search(error.detail) and self._with_smaller_page(error):
            return True
        return (
            self._without_expansion(error)
            or self._with_smaller_page(error)
            or self._without_extras(error)
        )

    def _with_smaller_page(self, error: RefusedError) -> bool:
        if not self.query.top:
            return False
        smaller = _SMALL_PAGE if self.query.top > _SMALL_PAGE else 0
        self.query = replace(self.query, top=smaller)
        self._tell("debug", "pages are made smaller", error)
        return True

    def _without_extras(self, error: RefusedError) -> bool:
        if not self.query.is_select_extra or self.query.select == ("id",):
            return False
        self._tell("warning", f"{', '.join(self.query.select[1:])} left out", error)
        self.query = replace(self.query, select=("id",))
        return True

    def _without(self, name: str, error: RefusedError, *, level: str) -> bool:
        kept = tuple(each for each in self.query.select if each != name)
        self.query = replace(self.query, select=kept)
        self._tell(level, f"{name} left out", error)
        return True

    def _without_expansion(self, error: RefusedError) -> bool:
        if not self.query.expand:
            return False
        self._tell("debug", f"{self.query.expand} is asked for one by one", error)
        self.query = replace(self.query, expand="")
        return True

    def _tell(self, level: str, event: str, error: RefusedError) -> None:
        self._client.progress.log(level, event, path=self.query.path, reason=error.message)
