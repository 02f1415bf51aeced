"""A thing of an inventory in memory, as the oracle sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

_NIL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Document:
    """One asset, directory user, group or service.

    `texts` are our own texts by keyword (`name`, `os`, `tag`, `email` ...), many-valued.
    `figures` are numbers and `instants` aware datetimes, both by column; what is missing is
    unset. `flags` are the columns of booleans that are true. `attributes` have their full names,
    each with its values as the source spells them. `places` has `site` and `organization`, each
    with its name and id. `changed` are the names, as shown, of what its history tells changes of.
    `related` are the documents a relation leads to, through all nesting.
    """

    uid: UUID = _NIL
    foreign_id: str = ""
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    sources: frozenset[int] = frozenset()
    figures: Mapping[str, float] = field(default_factory=dict)
    instants: Mapping[str, datetime] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    places: Mapping[str, Sequence[str]] = field(default_factory=dict)
    changed: Sequence[str] = ()
    related: Mapping[str, Sequence["Document"]] = field(default_factory=dict)


def known_instants(**instants: datetime | None) -> dict[str, datetime]:
    """Return the instants that are set, as a document keeps them."""
    return {name: at for name, at in instants.items() if at is not None}
