"""What operations on the inventory and its places take."""

from typing import Any
from uuid import UUID

from ninja import Schema


class Comments(Schema):
    """Comments of an asset; "" takes them away."""

    comments: str


class Tags(Schema):
    """Tags as `key=value other "with blanks"=x -gone`; "" takes all away."""

    tags: str


class TagsWithSearch(Tags):
    """Tags for all that a query matches."""

    search: str


class Criticality(Schema):
    """How critical: very low, low, medium, high, critical, or 1 to 5; 0 for none."""

    criticality: str | int


class CriticalityWithSearch(Criticality):
    """The same for all that a query matches."""

    search: str


class OwnershipGiven(Schema):
    """An owner by the id of the way of owning; "" takes them away."""

    ownership_type_id: UUID
    owner: str | None = None


class Ownerships(Schema):
    """Owners of an asset."""

    ownerships: list[OwnershipGiven]


class OwnershipsWithSearch(Ownerships):
    """The same for all that a query matches."""

    search: str


class SearchQuery(Schema):
    """What is meant."""

    search: str


class AssetIDs(Schema):
    """Assets by their ids."""

    asset_ids: list[UUID]


class Status(Schema):
    """That it was done, and of how many."""

    status: str
    updated_asset_count: int


class SiteOptions(Schema):
    """What to make or change of a site; null stays as it is."""

    name: str | None = None
    description: str | None = None
    scope: str | None = None
    excludes: str | None = None
    subnets: dict[str, Any] | None = None


class OrgOptions(Schema):
    """What to make or change of an organization; null stays as it is. Days, 0 for never."""

    name: str | None = None
    description: str | None = None
    parent_id: UUID | None = None
    expiration_assets_stale: str | int | None = None
    expiration_assets_offline: str | int | None = None
    expiration_integration_attributes: str | int | None = None
    expiration_scans: str | int | None = None
    expiration_vulnerabilities: str | int | None = None
    keep_latest_integration_attributes: str | bool | None = None


class Attributes(Schema):
    """Attributes to set; an empty one goes."""

    attributes: dict[str, str]


class Updated(Schema):
    """Of how many assets something was changed."""

    updated: int
