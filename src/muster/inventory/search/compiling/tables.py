"""Where each inventory's rows and attributes lie."""

from dataclasses import dataclass

from muster.inventory.models.feeds import Inventory
from muster.inventory.search.compiling.sql import TRUE, Sql


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of one inventory, its attributes, and the columns that figures and flags have.

    `ranged` are those columns that an index orders rows by. `steady` is SQLite's index that names
    all rows in the order in which they lie. `shown` is what rows `t` must pass to be in the
    inventory at all.
    """

    number: Inventory
    rows: str
    attributes: str
    owner: str
    own_prefix: str
    figures: frozenset[str]
    flags: frozenset[str]
    ranged: frozenset[str]
    steady: str = ""
    shown: Sql = TRUE


_SEEN = frozenset({"first_seen", "last_seen", "updated_at"})

TABLES = {
    "assets": Tables(
        number=Inventory.ASSETS,
        rows="inventory_asset",
        attributes="asset_attribute",
        owner="asset_id",
        own_prefix="_asset.",
        figures=_SEEN | {"source_count", "created_at", "changed_at"},
        flags=frozenset({"is_scanned", "is_alive", "is_active"}),
        ranged=frozenset({"first_seen", "last_seen"}),
        steady="asset_by_site",
    ),
    "users": Tables(
        number=Inventory.USERS,
        rows="inventory_directoryuser",
        attributes="user_attribute",
        owner="user_id",
        own_prefix="_user.",
        figures=_SEEN | {"last_logon", "changed_at"},
        flags=frozenset({"is_active"}),
        ranged=frozenset({"last_seen"}),
    ),
    "groups": Tables(
        number=Inventory.GROUPS,
        rows="inventory_directorygroup",
        attributes="group_attribute",
        owner="group_id",
        own_prefix="_group.",
        figures=_SEEN | {"user_count", "changed_at"},
        flags=frozenset(),
        ranged=frozenset(),
    ),
    "services": Tables(
        number=Inventory.SERVICES,
        rows="inventory_service",
        attributes="service_attribute",
        owner="service_id",
        own_prefix="_service.",
        figures=_SEEN | {"port"},
        flags=frozenset(),
        ranged=frozenset({"last_seen"}),
        # The plus keeps SQLite from walking the index of assets for it.
        shown=Sql("+t.asset_id IS NOT NULL"),
    ),
}
