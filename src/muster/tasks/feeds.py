"""The world that a run writes into: what ingest is told of it, at first and when told again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from muster.inventory.ingest import Ingestion, never
from muster.organizations.models import Site
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class RunFeed:
    """Whose records a run stores, where new assets go, and what decided what its source told."""

    source: str
    source_id: int
    instance: str
    site: Site
    exclude_unknown: bool = False
    settings: Mapping[str, str] | None = None
    reader: str = ""

    def ingestion(
        self,
        scope: Scope,
        *,
        run_id: int,
        at: datetime,
        done: Mapping[str, int] | None = None,
        reported: Iterable[str] = (),
        is_stopped: Callable[[], bool] = never,
    ) -> Ingestion:
        """Return what stores the records of a run, which count as seen `at`."""
        return Ingestion(
            scope,
            source=self.source,
            source_id=self.source_id,
            instance=self.instance,
            site=self.site,
            run_id=run_id,
            at=at,
            exclude_unknown=self.exclude_unknown,
            done=done,
            settings=self.settings,
            reader=self.reader,
            reported=reported,
            is_stopped=is_stopped,
        )
