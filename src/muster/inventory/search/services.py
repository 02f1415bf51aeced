"""Sets of assets by their services: rows without an id of their own."""

from muster.inventory.search.attributes import matches
from muster.inventory.search.sql import Sql, all_of, any_of, between, negated, sql
from muster.query.catalogue.services import JOINED
from muster.query.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FigureIs,
    FreeText,
    TextIs,
    Without,
)
from muster.query.values.patterns import Pattern

_COLUMNS = {
    "_service.transport": "v.transport",
    "_service.protocol": "v.protocols",
    "_service.product": "v.product",
    "_service.address": "v.address",
}


def assets_with(organization_id: int, condition: Condition) -> Sql:
    """Return the assets that have a service which fulfils the condition."""
    found = sql(
        "SELECT s.asset_id FROM asset_service v JOIN inventory_assetsource s"
        " ON s.organization_id = v.organization_id AND s.id = v.record_id"
        " WHERE v.organization_id = %s AND s.asset_id IS NOT NULL AND ",
        organization_id,
    )
    return found + _row(condition)


def _row(condition: Condition) -> Sql:
    match condition:
        case AllOf(parts):
            return all_of(_row(each) for each in parts)
        case AnyOf(parts):
            return any_of(_row(each) for each in parts)
        case Without(part):
            return negated(_row(part))
        case TextIs(key, Pattern() as pattern):
            return _text(key, pattern)
        case FreeText(keys, pattern):
            return any_of(_text(key, pattern) for key in keys)
        case FigureIs():
            return _figure(condition)
    raise AssertionError(condition)


def _text(key: str, pattern: Pattern) -> Sql:
    column = _COLUMNS[key]
    if key not in JOINED:
        return matches(column, pattern)
    tab = "'\t'"
    joined = matches(f"({tab} || {column} || {tab})", pattern.among())
    return all_of([sql(f"{column} > ''"), joined])


def _figure(condition: FigureIs) -> Sql:
    within = between("v.port", condition.interval)
    if condition.column == "port":
        return within
    return all_of([sql("v.transport = %s", condition.column), within])
