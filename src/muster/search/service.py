"""The service: every inventory by its name, asked in one way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from muster.accounts.selectors import account_entries
from muster.credentials.selectors import credential_entries
from muster.explorers.selectors import explorer_entries
from muster.inventory import selectors
from muster.inventory.search import TIME_LIMIT, Count, Facet, known_attributes
from muster.inventory.selectors import LastSync
from muster.organizations.scope import Scope
from muster.organizations.selectors import site_entries
from muster.query.catalogue import catalogue
from muster.query.listing import Entry
from muster.search.columns import Chosen, Column, chosen, columns_of
from muster.search.found import Found, Row
from muster.search.kinds import Asked, InMemory, InTables, Inventory, Wanted
from muster.tasks.selectors import task_entries

_LATEST = "-last_seen"


def _accounts(scope: Scope) -> list[Entry]:
    return account_entries(scope.principal, scope.organization_id)


def _explorers(scope: Scope) -> list[Entry]:
    return explorer_entries(scope, at=datetime.now(UTC))


_INVENTORIES: Mapping[str, Inventory] = {
    "assets": InTables("assets", _LATEST, selectors.asset_rows),
    "services": InTables("services", _LATEST, selectors.service_rows),
    "users": InTables("users", _LATEST, selectors.user_rows),
    "groups": InTables("groups", _LATEST, selectors.group_rows),
    "tasks": InMemory("tasks", "-started_at", task_entries),
    "sites": InMemory("sites", "name", site_entries),
    "explorers": InMemory("explorers", "name", _explorers),
    "credentials": InMemory("credentials", "name", credential_entries),
    "accounts": InMemory("accounts", "email", _accounts),
}


def inventories() -> tuple[str, ...]:
    """Return the names of all inventories, in the order in which people look for them."""
    return tuple(_INVENTORIES)


def columns(inventory: str) -> tuple[Column, ...]:
    """Return the columns that every row of an inventory has, those that tables show first.

    Raises QueryError if there is no such inventory.
    """
    _named(inventory)
    return columns_of(inventory)


def as_of(scope: Scope, inventory: str) -> list[LastSync]:
    """Return when each feed of the organization was last read whole, for what feeds bring.

    None for the small inventories, which are as of now. Raises QueryError if there is no such
    inventory.
    """
    is_fed = isinstance(_named(inventory), InTables)
    return selectors.last_syncs(scope) if is_fed else []


def orders(inventory: str) -> tuple[str, ...]:
    """Return the keywords that an inventory can be sorted by.

    Raises QueryError if there is no such inventory.
    """
    return _named(inventory).orders()


def find(
    scope: Scope,
    inventory: str,
    text: str,
    *,
    now: datetime,
    sort: str = "",
    after: str = "",
    page_size: int = 50,
    columns: Sequence[str] = (),
    is_counted: bool = False,
    limit: timedelta = TIME_LIMIT,
) -> Found:
    """Return the page of what a query matches that starts behind the key `after`.

    `sort` is one of `orders`, with a minus for descending; "" is the inventory's own. `columns`
    chooses what rows have: columns and names of attributes, all columns for none. With
    `is_counted` the page says how many match in all, exactly up to 10,000; that costs less than
    to ask for it apart. Raises QueryError for a query, order, key or column that cannot be read,
    or when time runs out, and ConfigError where the scope's role may not see the inventory.
    """
    found = _named(inventory)
    asked = Asked(scope, text, now, limit)
    picked = _chosen(scope, inventory, columns)
    return found.find(asked, picked, Wanted(sort or found.sort, page_size, after, is_counted))


def every(
    scope: Scope,
    inventory: str,
    text: str,
    *,
    now: datetime,
    sort: str = "",
    most: int | None = None,
    columns: Sequence[str] = (),
    limit: timedelta = TIME_LIMIT,
) -> Iterator[Row]:
    """Return what a query matches in order, row by row, all or the first `most`.

    Large inventories are read page by page, so that memory stays flat; `limit` holds for each.
    Raises as `find` does, a wrong inventory or column at once, the rest with the first row.
    """
    found = _named(inventory)
    asked = Asked(scope, text, now, limit)
    picked = _chosen(scope, inventory, columns)
    return found.every(asked, picked, sort=sort or found.sort, most=most)


def count(
    scope: Scope,
    inventory: str,
    text: str,
    *,
    now: datetime,
    is_exact: bool = False,
    limit: timedelta = TIME_LIMIT,
) -> Count:
    """Return how many a query matches, exactly up to 10,000 or if asked.

    Raises as `find` does.
    """
    return _named(inventory).count(Asked(scope, text, now, limit), is_exact=is_exact)


def facets(
    scope: Scope,
    inventory: str,
    text: str,
    *,
    now: datetime,
    by: str,
    most: int = 20,
    limit: timedelta = TIME_LIMIT,
) -> Facet:
    """Return how many of what a query matches have each value of `by`, at most `most` values.

    `by` is a keyword, or in an inventory that has attributes the name of one. Raises as `find`
    does, and QueryError for a `by` that cannot be counted.
    """
    return _named(inventory).facets(Asked(scope, text, now, limit), by=by, most=most)


def _named(inventory: str) -> Inventory:
    catalogue(inventory)  # raises for an unknown one, and says which there are
    return _INVENTORIES[inventory]


def _chosen(scope: Scope, inventory: str, names: Sequence[str]) -> Chosen:
    return chosen(inventory, names, is_attribute=known_attributes(scope))
