"""What people decided about records, as correlation takes it."""

from collections.abc import Iterable, Mapping
from typing import Any

from muster.correlate import Decision
from muster.inventory import engine
from muster.inventory.ingest import asset_rows
from muster.inventory.ingest.asset_rows import Row
from muster.inventory.ingest.context import RunContext

_TABLE = "inventory_matchdecision"
_COLUMNS = """d.id, d.is_same, d.act, d.one_feed_id, f.source || ':' || f.instance,
    d.one_foreign_id, d.other_feed_id, g.source || ':' || g.instance, d.other_foreign_id"""

Name = tuple[str, str]


class Decided:
    """The decisions that touch some records of a site, found step by step."""

    def __init__(self, context: RunContext, site: int) -> None:
        """Find out whether there are any at all."""
        self._context = context
        self._site = site
        self._found: dict[int, tuple[Any, ...]] = {}
        self._has_any = bool(
            engine.rows(
                f"SELECT 1 FROM {_TABLE} WHERE organization_id = %s LIMIT 1",
                (context.organization_id,),
            )
        )

    def partners(self, rows: Iterable[Row]) -> dict[int, Row]:
        """Return the stored records that a decision names beside one of these."""
        names = {(row.feed_name, row.foreign_id) for row in rows}
        if not self._has_any or not names:
            return {}
        wanted: dict[int, set[str]] = {}
        for each in self._touching({foreign_id for _, foreign_id in names}):
            if _one(each) in names or _other(each) in names:
                self._found[each[0]] = each
                wanted.setdefault(each[3], set()).add(each[5])
                wanted.setdefault(each[6], set()).add(each[8])
        found = asset_rows.by_foreign_id(self._context, wanted)
        return {number: row for number, row in found.items() if row.site == self._site}

    def among(self, rows: Mapping[int, Row]) -> list[Decision]:
        """Return the decisions between these records, newest first."""
        numbers = {(row.feed_name, row.foreign_id): number for number, row in rows.items()}
        return [
            Decision(
                is_same=bool(each[1]),
                one=numbers[_one(each)],
                other=numbers[_other(each)],
                act=str(each[2]),
            )
            for _, each in sorted(self._found.items(), reverse=True)
            if _one(each) in numbers and _other(each) in numbers
        ]

    def _touching(self, foreign_ids: set[str]) -> list[tuple[Any, ...]]:
        listed = engine.listed(foreign_ids)
        sides = (
            f"SELECT {_COLUMNS} FROM {_TABLE} d JOIN inventory_feed f ON f.id = d.one_feed_id"
            " JOIN inventory_feed g ON g.id = d.other_feed_id"
            f" WHERE d.organization_id = %s AND {engine.among(f'd.{side}_foreign_id')}"
            for side in ("one", "other")
        )
        organization = self._context.organization_id
        return engine.rows(" UNION ".join(sides), (organization, listed, organization, listed))


def _one(columns: tuple[Any, ...]) -> Name:
    return columns[4], columns[5]


def _other(columns: tuple[Any, ...]) -> Name:
    return columns[7], columns[8]
