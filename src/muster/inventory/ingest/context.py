"""What holds for a whole run of ingest."""

from dataclasses import dataclass, field

from muster.core.records import ServiceRecord
from muster.inventory.history.revisions import CurrentRevision
from muster.inventory.ingest.attribute_keys import AttributeKeys
from muster.inventory.ingest.bulk import Bulk
from muster.inventory.ingest.statistics import Statistics


@dataclass(frozen=True, slots=True)
class RunContext:
    """Whose records these are, where new assets go, and when this is. `at` is in Unix seconds.

    `revision` is what the history is written under, `waiting` are services that came before their
    assets.
    """

    organization_id: int
    site_id: int
    feed_id: int
    feed_name: str
    source_id: int
    run_id: int
    at: int
    exclude_unknown: bool
    keys: AttributeKeys
    bulk: Bulk = field(default_factory=Bulk)
    revision: CurrentRevision = field(default_factory=CurrentRevision)
    statistics: Statistics = field(default_factory=Statistics)
    waiting: list[ServiceRecord] = field(default_factory=list)
