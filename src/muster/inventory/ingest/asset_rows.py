"""Rows of `asset_source` as ingest reads and writes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from muster.correlate import Dimension, Key, Link, Node
from muster.inventory import engine
from muster.inventory.ingest.context import RunContext

TABLE = "inventory_assetsource"
RECORDS = "asset_source_record"

_COLUMNS = """s.id, s.asset_id, s.site_id, s.source_id, s.foreign_id, s.os_family, s.match_keys,
    s.match_rule, s.match_key, s.match_record, s.first_seen, s.last_seen, s.gone_at,
    f.source || ':' || f.instance"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored of one record besides its body. A record that is gone has no keys."""

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
    is_gone: bool = False

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
        )


def by_number(context: RunContext, numbers: Iterable[int]) -> dict[int, Row]:
    """Return rows by their numbers."""
    return _read(context, "s.id", numbers)


def by_asset(context: RunContext, assets: Iterable[int]) -> dict[int, Row]:
    """Return the rows of some assets, by their numbers."""
    return _read(context, "s.asset_id", assets)


def _read(context: RunContext, column: str, values: Iterable[int]) -> dict[int, Row]:
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
    is_gone = columns[12] is not None
    return Row(
        record=columns[0],
        asset=columns[1],
        site=columns[2],
        source_id=columns[3],
        foreign_id=columns[4],
        os_family=columns[5],
        keys=frozenset() if is_gone else unpack_keys(columns[6]),
        link=Link(rule=columns[7], key=columns[8], with_record=columns[9]),
        first_seen=columns[10],
        last_seen=columns[11],
        is_gone=is_gone,
        feed_name=columns[13],
    )


def pack_keys(keys: frozenset[Key]) -> str:
    """Return keys as they are stored."""
    return orjson.dumps(sorted((int(dimension), value) for dimension, value in keys)).decode()


def unpack_keys(packed: str) -> frozenset[Key]:
    """Return stored keys."""
    if packed == "[]":
        return frozenset()
    return frozenset((Dimension(number), value) for number, value in orjson.loads(packed))
