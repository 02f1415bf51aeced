"""What holds for a whole run of ingest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from muster.core.errors import StoppedError
from muster.core.records import ServiceRecord
from muster.inventory.history.revisions import CurrentRevision
from muster.inventory.ingest.attribute_keys import AttributeKeys
from muster.inventory.ingest.bulk import Bulk
from muster.inventory.ingest.statistics import Statistics


def never() -> bool:
    """Nobody stops most of what is written."""
    return False


@dataclass(frozen=True, slots=True)
class RunContext:
    """Whose records these are, where new assets go, and when this is. `at` is in Unix seconds.

    `revision` is what the history is written under, `waiting` are services that came before their
    assets. `settings` are those of the task as far as they decide what is seen, None if nobody
    says, and `reader` is the credential behind it; `changed` says of a collection how the settings
    differ from when it was last whole. `judged` are the collections of which it was said how much
    they lost. `is_stopped` says that somebody waits for the end.
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
    settings: Mapping[str, str] | None = None
    reader: str = ""
    is_stopped: Callable[[], bool] = never
    bulk: Bulk = field(default_factory=Bulk)
    revision: CurrentRevision = field(default_factory=CurrentRevision)
    statistics: Statistics = field(default_factory=Statistics)
    waiting: list[ServiceRecord] = field(default_factory=list)
    changed: dict[str, str] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)

    @property
    def is_run(self) -> bool:
        """False for what a person or retention does."""
        return self.feed_id != 0

    def look_up(self) -> None:
        """Raise StoppedError if the run is to end: called between the steps of a batch.

        A batch of 12 MB takes seconds on a slow disk, and may be dropped at any point.
        """
        if self.is_stopped():
            raise StoppedError


def without_run(
    organization_id: int, *, at: int, revision: CurrentRevision | None = None
) -> RunContext:
    """Return the context of no run: nothing comes in, and no record that has an asset loses it."""
    return RunContext(
        organization_id=organization_id,
        site_id=0,
        feed_id=0,
        feed_name="",
        source_id=0,
        run_id=0,
        at=at,
        exclude_unknown=False,
        keys=AttributeKeys(organization_id),
        revision=revision or CurrentRevision(),
    )
