"""Owners and users of devices and groups: what an expansion told, and what has to be asked for."""

from collections.abc import Sequence

from muster.core.errors import AuthError, MusterError
from muster.core.records import Collection, OwnershipRecord
from muster.integrations.entra import mapping
from muster.integrations.entra.batch import FanOut, Losses, Part
from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.listing import expanded
from muster.integrations.entra.telling import Teller

WORDS = {"owners": "owner", "registeredOwners": "owner", "registeredUsers": "user"}


class Relations:
    """The relations of one kind of subject (`asset` or `group`), told by one part of a run.

    A failure here makes the ownerships incomplete and nothing else.
    """

    def __init__(self, client: GraphClient, teller: Teller, *, kind: str, path: str) -> None:
        """Start with nothing noted; `path` is the subjects' collection."""
        self._teller = teller
        self._kind = kind
        self._path = path
        self._told: list[OwnershipRecord] = []
        self._missing: list[Part] = []
        self._losses = Losses()
        self._has_failed = False
        self._fan_out = FanOut(client, self._take, self._losses)

    def note(self, subject_id: str, relation: str, item: Item) -> None:
        """Keep what an expansion told in `item`; ask for it where that may not be all."""
        related = expanded(item, relation)
        if related is None:
            path = f"{self._path}/{subject_id}/{relation}?$select=id&$top=999"
            self._missing.append(Part(f"{relation} {subject_id}", path))
            return
        if related:
            self._told += self._records(relation, subject_id, related)

    async def settle(self) -> None:
        """Emit what is known and ask for the rest."""
        told, self._told = self._told, []
        missing, self._missing = self._missing, []
        await self._teller.emit(Collection.OWNERSHIPS, told)
        if missing and not self._has_failed:
            try:
                await self._fan_out.run(missing)
            except AuthError:
                raise
            except MusterError as error:
                self.fail(error)
        if self._losses.first is not None:
            self._teller.fail(Collection.OWNERSHIPS, self._losses.first)

    def fail(self, error: MusterError) -> None:
        """Make the ownerships incomplete and ask for no more of them."""
        self._has_failed = True
        self._teller.fail(Collection.OWNERSHIPS, error)

    async def _take(self, key: str, related: list[Item]) -> None:
        relation, subject_id = key.split(" ", 1)
        await self._teller.emit(Collection.OWNERSHIPS, self._records(relation, subject_id, related))

    def _records(
        self, relation: str, subject_id: str, related: Sequence[Item]
    ) -> list[OwnershipRecord]:
        return mapping.ownerships(self._kind, subject_id, related, relation=WORDS[relation])
