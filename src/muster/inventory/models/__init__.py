"""Rows of the inventory. Instants are Unix seconds in UTC, so that one SQL serves both engines.

The tables that only set-based SQL touches (attributes, addresses, keys, text, memberships,
ownerships) have no class here; `schema.py` has their columns.
"""

from muster.inventory.models.assets import Asset, AssetSource
from muster.inventory.models.directory import DirectoryGroup, DirectoryUser
from muster.inventory.models.feeds import AttributeKey, Feed

__all__ = ["Asset", "AssetSource", "AttributeKey", "DirectoryGroup", "DirectoryUser", "Feed"]
