"""Who came and who went: the names behind the counts of a history's relations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from muster.inventory import engine, schema
from muster.inventory.selectors.history.entries import LinkDetail
from muster.organizations.scope import Scope

MOST_NAMED = 20
"""So many of those that came, and of those that went, are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Side:
    """A relation as one of its ends sees it: the table, its own end and the other."""

    relation: str
    table: str
    own: str
    other: str
    where: str = "1 = 1"


_OWNED = {
    relation: Side(relation, "ownership", "subject_ref", "owner_ref", f"relation = {number}")
    for relation, number in schema.RELATIONS.items()
}
OF_RECORD = (_OWNED["owner"], _OWNED["user"])
OF_GROUP = (Side("member", "membership", "group_ref", "member_ref"), _OWNED["owner"])
OF_USER = (
    Side("group", "membership", "member_ref", "group_ref"),
    Side("device", "ownership", "owner_ref", "subject_ref"),
)


@dataclass(frozen=True, slots=True)
class End:
    """A thing as relations name it: by its foreign id in a feed."""

    feed: int
    ref: str


def revisions_of(scope: Scope, end: End, sides: Sequence[Side]) -> tuple[str, list[object]]:
    """Return the statement of the revisions in which relations of a thing came or went."""
    parts, parameters = [], []
    for side in sides:
        for table, column in _times(side):
            parts.append(
                f"SELECT {column} AS revision_id FROM {table} WHERE organization_id = %s"
                f" AND {side.own} = %s AND feed_id = %s AND {column} > 0"
            )
            parameters += [scope.organization_id, end.ref, end.feed]
    return " UNION ".join(parts), parameters


def details(scope: Scope, end: End, sides: Sequence[Side], revision: int) -> list[LinkDetail]:
    """Return what came and went of a thing's relations in one revision, with names."""
    found = []
    for side in sides:
        came, came_refs = _came(scope, end, side, revision)
        went, went_refs = _went(scope, end, side, revision)
        if came or went:
            names = _names(scope, end.feed, {*came_refs, *went_refs})
            found.append(
                LinkDetail(
                    side.relation,
                    came,
                    went,
                    tuple(names.get(each, each) for each in came_refs),
                    tuple(names.get(each, each) for each in went_refs),
                )
            )
    return found


def _times(side: Side) -> list[tuple[str, str]]:
    gone = f"{side.table}_gone"
    return [(side.table, "since_id"), (gone, "since_id"), (gone, "until_id")]


def _came(scope: Scope, end: End, side: Side, revision: int) -> tuple[int, list[str]]:
    chosen = (
        f"organization_id = %s AND {side.own} = %s AND feed_id = %s AND since_id = %s"
        f" AND {side.where}"
    )
    bound = (scope.organization_id, end.ref, end.feed, revision)
    tables = (f"SELECT {side.other} AS ref FROM {each} WHERE {chosen}"
              for each in (side.table, f"{side.table}_gone"))  # fmt: skip
    return _counted(" UNION ".join(tables), (*bound, *bound))


def _went(scope: Scope, end: End, side: Side, revision: int) -> tuple[int, list[str]]:
    return _counted(
        f"SELECT {side.other} AS ref FROM {side.table}_gone WHERE organization_id = %s"
        f" AND {side.own} = %s AND feed_id = %s AND until_id = %s AND {side.where}",
        (scope.organization_id, end.ref, end.feed, revision),
    )


def _counted(statement: str, parameters: Sequence[object]) -> tuple[int, list[str]]:
    counted = engine.rows(f"SELECT COUNT(*) FROM ({statement}) counted", parameters)
    named = engine.rows(f"{statement} ORDER BY ref LIMIT {MOST_NAMED}", parameters)
    return int(counted[0][0]), [row[0] for row in named]


def _names(scope: Scope, feed: int, refs: Iterable[str]) -> dict[str, str]:
    """Return what the things of a feed are called, by their foreign ids."""
    bound = (scope.organization_id, feed, engine.listed(sorted(refs)))
    names: dict[str, str] = {}
    for table in ("inventory_directoryuser", "inventory_directorygroup"):
        found = engine.rows(
            f"SELECT foreign_id, display_name, name FROM {table} WHERE organization_id = %s"
            f" AND feed_id = %s AND {engine.among('foreign_id')}",
            bound,
        )
        names |= {ref: shown or name or ref for ref, shown, name in found}
    found = engine.rows(
        "SELECT s.foreign_id, a.name FROM inventory_assetsource s"
        " JOIN inventory_asset a ON a.id = s.asset_id WHERE s.organization_id = %s"
        f" AND s.feed_id = %s AND {engine.among('s.foreign_id')}",
        bound,
    )
    return names | {ref: name or ref for ref, name in found}
