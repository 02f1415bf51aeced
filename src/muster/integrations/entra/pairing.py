"""Two listings of the same objects, read side by side and joined by id in flat memory."""

from collections.abc import AsyncIterator, Iterable

from muster.integrations.entra.batch import together
from muster.integrations.entra.client import Item, Page
from muster.integrations.entra.listing import LARGEST_PAGE, Listing

_MOST_WAITING = 5 * LARGEST_PAGE
_MOST_PAGES = 2
_FEW = 20

Pair = tuple[Item, Item | None]


class Pairing:
    """Reads both sides and joins them.

    Graph lists both in one order, so that hardly anything waits; should the orders part, or one
    side's pages be smaller, at most some thousand objects wait on either side.
    """

    def __init__(self, left: Listing, right: Listing | None) -> None:
        """Ask nothing yet; no `right` is one that has been read to its end."""
        self._left = _Side(left)
        self._right = _Side(right)

    async def pairs(self) -> AsyncIterator[list[Pair]]:
        """Yield each object of the left once, with its twin, None where none was met."""
        left, right = self._left, self._right
        while not (left.is_done and right.is_done):
            behind = _behind(left, right)
            if not behind:
                right.waiting.clear()
                yield left.without_twins(left.waiting)
                continue
            await together(side.read() for side in behind)
            pairs = _matched(left, right)
            pairs += left.without_twins(left.overtaken())
            right.drop(right.overtaken())
            if pairs:
                yield pairs
        if rest := left.without_twins(left.waiting):
            yield rest

    def place(self) -> tuple[str, str | None] | None:
        """Return from where both sides go on if all before it was yielded; None if some was not.

        That is a link for the left; for the right too, or "" for its beginning, None for its end.
        Twins that wait are read again.
        """
        if self._left.is_done or self._left.waiting:
            return None
        if self._right.is_done and not self._right.waiting:
            return self._left.next_link, None
        return self._left.next_link, self._right.oldest_link()


class _Side:
    def __init__(self, listing: Listing | None) -> None:
        self._pages = listing.pages() if listing else None
        self._links: dict[int, str] = {}
        self._page = 0
        self.next_link = listing.start if listing else ""
        self.waiting: dict[str, tuple[int, Item]] = {}
        self.is_done = listing is None

    def may_read(self, other: "_Side") -> bool:
        """Read on unless too much waits here for the other side to catch up."""
        return not self.is_done and (other.is_done or len(self.waiting) <= _MOST_WAITING)

    async def read(self) -> None:
        page: Page | None = await anext(self._pages, None) if self._pages else None
        if page is None:
            self.is_done = True
            return
        self._page += 1
        self._links[self._page] = self.next_link
        self._links.pop(self._page - _MOST_PAGES - 1, None)
        self.next_link = page.next_link or ""
        # Whoever knows that there is no next page need not ask for it.
        self.is_done = not self.next_link
        self.waiting.update((each["id"], (self._page, each)) for each in page.value)

    def overtaken(self) -> list[str]:
        """Return what came to one side only, most likely, and would wait to the end.

        An object that is made or deleted meanwhile. Where it is more than a few, the orders differ.
        """
        old = [key for key, (page, _) in self.waiting.items() if page + _MOST_PAGES <= self._page]
        return old if len(old) <= _FEW else []

    def oldest_link(self) -> str:
        """Return the link to the first page of which something waits, else to the next."""
        oldest = min((page for page, _ in self.waiting.values()), default=0)
        return self._links.get(oldest, "") if oldest else self.next_link

    def drop(self, keys: list[str]) -> None:
        for key in keys:
            del self.waiting[key]

    def without_twins(self, keys: Iterable[str]) -> list[Pair]:
        return [(self.waiting.pop(key)[1], None) for key in list(keys)]


def _behind(left: _Side, right: _Side) -> list[_Side]:
    """Return which sides to read: the one of which less waits, both where they are level."""
    sides = [each for each, other in ((left, right), (right, left)) if each.may_read(other)]
    fewest = min((len(each.waiting) for each in sides), default=0)
    return [each for each in sides if len(each.waiting) == fewest]


def _matched(left: _Side, right: _Side) -> list[Pair]:
    met = [key for key in left.waiting if key in right.waiting]
    return [(left.waiting.pop(key)[1], right.waiting.pop(key)[1]) for key in met]
