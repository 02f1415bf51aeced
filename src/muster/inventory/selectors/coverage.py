"""The counts that answer the main question: scanned, in a directory, or both."""

from dataclasses import dataclass

from muster.inventory import engine
from muster.organizations.scope import Scope

_SCANS = 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many assets are only scanned, only in other sources, both, or in none any more."""

    scanned_only: int
    directory_only: int
    both: int
    gone: int
    users: int
    groups: int
    memberships: int

    @property
    def assets(self) -> int:
        """All assets."""
        return self.scanned_only + self.directory_only + self.both + self.gone


def coverage(scope: Scope) -> Coverage:
    """Return the counts of an organization; users and groups that are gone do not count."""
    masks = engine.rows(
        "SELECT source_mask, COUNT(*) FROM inventory_asset WHERE organization_id = %s"
        " GROUP BY source_mask",
        (scope.organization_id,),
    )
    scans = 1 << _SCANS
    return Coverage(
        scanned_only=sum(count for mask, count in masks if mask == scans),
        directory_only=sum(count for mask, count in masks if mask and not mask & scans),
        both=sum(count for mask, count in masks if mask & scans and mask != scans),
        gone=sum(count for mask, count in masks if mask == 0),
        users=_count(scope, "inventory_directoryuser", "AND gone_at IS NULL"),
        groups=_count(scope, "inventory_directorygroup", "AND gone_at IS NULL"),
        memberships=_count(scope, "membership", ""),
    )


def _count(scope: Scope, table: str, condition: str) -> int:
    sql = f"SELECT COUNT(*) FROM {table} WHERE organization_id = %s {condition}"
    return int(engine.rows(sql, (scope.organization_id,))[0][0])
