"""Rows of `asset_source` as ingest reads and writes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from muster.correlate import ORDINARY, Dimension, Key, Link, Node, Standing
from muster.inventory import engine

TABLE = "inventory_assetsource"
RECORDS = "asset_source_record"

_COLUMNS = """s.id, s.asset_id, s.site_id, s.source_id, s.foreign_id, s.os_family, s.match_keys,
    s.match_rule, s.match_key, s.match_record, s.first_seen, s.last_seen, s.gone_at,
    f.source || ':' || f.instance, s.superseded_by, s.standing, s.matched_at,
    f.excludes_unknown"""


class InOrganization(Protocol):
    """Whatever says in which organization rows are read: a run's context, or a scope."""

    @property
    def organization_id(self) -> int:
        """The key that every table of a tenant's rows starts with."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored of one record besides its body. A record that is gone has no keys.

    `matched_at` is when it came to its asset, in Unix seconds. `excludes_unknown` says that no
    asset is made of it while no scan has seen it.
    """

    record: int
    asset: int | None
    site: int
    source_id: int
    foreign_id: str
    feed_name: str
    os_family: str
    keys: frozenset[Key]
    link: Link
    first_seen: int
    last_seen: int
    gone_at: int | None = None
    standing: Standing = ORDINARY
    matched_at: int = 0
    excludes_unknown: bool = False

    @property
    def is_gone(self) -> bool:
        """True if its source has it no more."""
        return self.gone_at is not None

    @property
    def order(self) -> tuple[int, str, str]:
        """What it is called everywhere. Scans come first: they are what others join."""
        return (0 if self.source_id == 1 else 1, self.feed_name, self.foreign_id)

    def node(self) -> Node:
        """The row as correlation sees it."""
        return Node(
            record=self.record,
            source_id=self.source_id,
            order=self.order,
            keys=self.keys,
            os_family=self.os_family,
            link=self.link,
            standing=self.standing,
        )


def by_number(context: InOrganization, numbers: Iterable[int]) -> dict[int, Row]:
    """Return rows by their numbers."""
    return _read(context, "s.id", numbers)


def by_asset(context: InOrganization, assets: Iterable[int]) -> dict[int, Row]:
    """Return the rows of some assets, by their numbers."""
    return _read(context, "s.asset_id", assets)


def standings(context: InOrganization, numbers: Iterable[int]) -> dict[int, Standing]:
    """Return how records stand in their sources, by their numbers."""
    wanted = list(numbers)
    if not wanted:
        return {}
    found = engine.rows(
        f"SELECT s.id, s.standing FROM {TABLE} s"
        f" WHERE {engine.unindexed('s.organization_id')} = %s AND {engine.among('s.id')}",
        (context.organization_id, engine.listed(wanted)),
    )
    return {number: unpack_standing(packed) for number, packed in found}


def by_foreign_id(context: InOrganization, wanted: Mapping[int, Iterable[str]]) -> dict[int, Row]:
    """Return the rows with some foreign ids, which are given by the number of their feed."""
    rows: dict[int, Row] = {}
    for feed, foreign_ids in wanted.items():
        found = engine.rows(
            f"SELECT {_COLUMNS} FROM {TABLE} s JOIN inventory_feed f ON f.id = s.feed_id"
            " WHERE s.organization_id = %s AND s.feed_id = %s"
            f" AND {engine.among('s.foreign_id')}",
            (context.organization_id, feed, engine.listed(foreign_ids)),
        )
        rows.update({each[0]: _row(each) for each in found})
    return rows


def _read(context: InOrganization, column: str, values: Iterable[int]) -> dict[int, Row]:
    wanted = list(values)
    if not wanted:
        return {}
    found = engine.rows(
        f"SELECT {_COLUMNS} FROM {TABLE} s JOIN inventory_feed f ON f.id = s.feed_id"
        f" WHERE {engine.unindexed('s.organization_id')} = %s AND {engine.among(column)}",
        (context.organization_id, engine.listed(wanted)),
    )
    return {each[0]: _row(each) for each in found}


def _row(columns: Sequence[Any]) -> Row:
    return Row(
        record=columns[0],
        asset=columns[1],
        site=columns[2],
        source_id=columns[3],
        foreign_id=columns[4],
        os_family=columns[5],
        keys=frozenset() if columns[12] is not None else unpack_keys(columns[6]),
        link=Link(
            rule=columns[7],
            key=columns[8],
            with_record=columns[9],
            superseded_by=columns[14],
        ),
        first_seen=columns[10],
        last_seen=columns[11],
        gone_at=columns[12],
        feed_name=columns[13],
        standing=unpack_standing(columns[15]),
        matched_at=columns[16],
        excludes_unknown=bool(columns[17]),
    )


def pack_standing(standing: Standing) -> str:
    """Return a standing as it is stored: "" for the ordinary one, which says nothing."""
    if standing == ORDINARY:
        return ""
    each = standing
    # Not `astuple`: it copies deeply, which for every record costs as much as storing it.
    values = (each.is_active, each.is_joined, each.hardware, each.registered, each.signed_in)
    return orjson.dumps(values).decode()


def unpack_standing(packed: str) -> Standing:
    """Return a stored standing."""
    return Standing(*orjson.loads(packed)) if packed else ORDINARY


def pack_keys(keys: frozenset[Key]) -> str:
    """Return keys as they are stored."""
    return orjson.dumps(sorted((int(dimension), value) for dimension, value in keys)).decode()


def unpack_keys(packed: str) -> frozenset[Key]:
    """Return stored keys."""
    if packed == "[]":
        return frozenset()
    return frozenset((Dimension(number), value) for number, value in orjson.loads(packed))
