"""Rows of the inventory. Instants are Unix seconds in UTC, so that one SQL serves both engines.

The tables that only set-based SQL touches (attributes, addresses, keys, text, memberships,
ownerships) have no class here; `schema.py` has their columns.
"""

from muster.inventory.models.annotations import Annotation, AnnotationKind, OwnershipType
from muster.inventory.models.assets import Asset, AssetSource
from muster.inventory.models.decisions import MatchDecision
from muster.inventory.models.directory import DirectoryGroup, DirectoryUser
from muster.inventory.models.feeds import AttributeKey, Feed
from muster.inventory.models.queries import SavedQuery
from muster.inventory.models.retention import Retention
from muster.inventory.models.revisions import Revision
from muster.inventory.models.services import Service
from muster.inventory.models.summaries import CollectionSync, KeptFacet

__all__ = [
    "Annotation",
    "AnnotationKind",
    "Asset",
    "AssetSource",
    "AttributeKey",
    "CollectionSync",
    "DirectoryGroup",
    "DirectoryUser",
    "Feed",
    "KeptFacet",
    "MatchDecision",
    "OwnershipType",
    "Retention",
    "Revision",
    "SavedQuery",
    "Service",
]
