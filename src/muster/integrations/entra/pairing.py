"""Two listings of the same objects, read side by side and joined by id in flat memory."""

from collections.abc import AsyncIterator

from muster.integrations.entra.batch import together
from muster.integrations.entra.client import Item, Page
from muster.integrations.entra.listing import LARGEST_PAGE, Listing

_MOST_WAITING = 5 * LARGEST_PAGE

Pair = tuple[Item, Item | None]


async def paired(left: Listing, right: Listing) -> AsyncIterator[list[Pair]]:
    """Yield each object of `left` once, with its twin of `right`, None where none was met.

    Graph lists both in one order, so that hardly anything waits; should the orders part, or one
    side's pages be smaller, at most some thousand objects wait on either side.
    """
    sides = (_Side(left), _Side(right))
    while not all(side.is_done for side in sides):
        behind = [side for side, other in (sides, sides[::-1]) if side.may_read(other)]
        if not behind:
            yield _unpaired(sides[0])
            sides[1].waiting.clear()
            continue
        await together(side.read() for side in behind)
        if pairs := _matched(*sides):
            yield pairs
    if rest := _unpaired(sides[0]):
        yield rest


class _Side:
    def __init__(self, listing: Listing) -> None:
        self._pages = listing.pages()
        self.waiting: dict[str, Item] = {}
        self.is_done = False

    def may_read(self, other: "_Side") -> bool:
        """Read on unless too much waits here for the other side to catch up."""
        return not self.is_done and (other.is_done or len(self.waiting) <= _MOST_WAITING)

    async def read(self) -> None:
        page: Page | None = await anext(self._pages, None)
        if page is None:
            self.is_done = True
            return
        self.waiting.update((each["id"], each) for each in page.value)


def _matched(left: _Side, right: _Side) -> list[Pair]:
    met = [key for key in left.waiting if key in right.waiting]
    return [(left.waiting.pop(key), right.waiting.pop(key)) for key in met]


def _unpaired(side: _Side) -> list[Pair]:
    rest: list[Pair] = [(each, None) for each in side.waiting.values()]
    side.waiting.clear()
    return rest
