"""Which assets somebody chose in a list: by their boxes, or all that the query matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from muster.console.listing.asked import Asked, asked_of
from muster.console.listing.kinds import KINDS
from muster.console.requests import PageRequest
from muster.core.errors import ConfigError
from muster.inventory.choosing import check_number, choose_found, names_of

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, in which list. `names` are those of the first."""

    asked: Asked
    uids: Sequence[UUID]
    names: Sequence[str]

    @property
    def number(self) -> int:
        """How many they are."""
        return len(self.uids)

    @property
    def told(self) -> str:
        """How many they are, in words."""
        return self.asked.kind.counted(self.number)

    @property
    def joined(self) -> str:
        """Their ids in one text, as the form that asks carries them."""
        return ",".join(map(str, self.uids))

    @property
    def further(self) -> int:
        """How many there are besides those that are named."""
        return self.number - len(self.names)


def chosen_of(request: PageRequest) -> Chosen:
    """Return what a form chose.

    Raises ConfigError if that is nothing, too much or cannot be read, QueryError for a query that
    cannot be.
    """
    asked = asked_of(request, KINDS["assets"], request.POST.dict())
    asker = request.asker
    if request.POST.get("all") == "yes":
        uids: Sequence[UUID] = choose_found(asker.scope, asked.search, now=asker.at)
    else:
        uids = _given(request)
    check_number(len(uids))
    if not uids:
        raise ConfigError("nothing is chosen", hint="Choose assets by the boxes before them.")
    return Chosen(asked, uids, names_of(asker.scope, uids, most=MOST_NAMED))


def _given(request: PageRequest) -> list[UUID]:
    texts = [*request.POST.getlist("asset"), *request.POST.get("assets", "").split(",")]
    try:
        return list(dict.fromkeys(UUID(each) for each in texts if each))
    except ValueError as error:
        raise ConfigError("this is no choice of assets", hint="Choose them in the list.") from error
