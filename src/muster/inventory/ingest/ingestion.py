"""One run of ingest: takes batches of records and ends in statistics."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from muster.core.records import (
    AnyRecord,
    AssetRecord,
    Collection,
    CollectionReport,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    RemovedRecord,
    ServiceRecord,
    UserRecord,
)
from muster.inventory import engine
from muster.inventory.ingest import (
    assets,
    bulk,
    directory,
    feed_marks,
    kept_facets,
    links,
    losses,
    reach,
    recounting,
    removals,
    services,
    sweep,
    syncs,
)
from muster.inventory.ingest.attribute_keys import AttributeKeys
from muster.inventory.ingest.changes import relations
from muster.inventory.ingest.context import RunContext, never
from muster.inventory.ingest.locking import writing
from muster.inventory.ingest.statistics import Statistics
from muster.inventory.models import Feed
from muster.organizations.models import Site
from muster.organizations.scope import Scope

Taker = Callable[[RunContext, list[AnyRecord]], None]

_TAKERS: tuple[tuple[type, Taker], ...] = (
    (AssetRecord, assets.take),
    (ServiceRecord, services.take),
    (UserRecord, directory.take_users),
    (GroupRecord, directory.take_groups),
    (MembershipRecord, links.take_memberships),
    (OwnershipRecord, links.take_ownerships),
    (RemovedRecord, removals.take),
)


def _nothing() -> None:
    """What most write besides."""


class Ingestion:
    """Writes the records of one run of one source into the inventory of one organization.

    `instance` is which of the source's worlds this is (a tenant id, a site's id): foreign ids
    are unique within it, and only it loses what a complete run no longer sees. `site` is where
    assets go that no record matched. `at` is when the records count as seen. `done` are the
    statistics of a run that broke off and goes on here, with its own `run_id` and `at`.
    `settings` are what decides what the source tells, and `reader` the credential that opens this
    world: what is not seen because one of them changed is said to be so. `reported` are the
    collections that were whole before the run broke off. `is_stopped` says that somebody waits for
    the end of the run.
    """

    def __init__(
        self,
        scope: Scope,
        *,
        source: str,
        source_id: int,
        instance: str,
        site: Site,
        run_id: int,
        at: datetime,
        exclude_unknown: bool = False,
        done: Mapping[str, int] | None = None,
        settings: Mapping[str, str] | None = None,
        reader: str = "",
        reported: Iterable[str] = (),
        is_stopped: Callable[[], bool] = never,
    ) -> None:
        """Find or make the feed; nothing else is written before the first batch."""
        feed, _ = Feed.objects.get_or_create(
            organization=scope.organization,
            source=source,
            instance=instance,
            defaults={"source_id": source_id},
        )
        self._context = RunContext(
            organization_id=scope.organization_id,
            site_id=site.pk,
            feed_id=feed.pk,
            feed_name=f"{source}:{instance}",
            source_id=source_id,
            run_id=run_id,
            at=int(at.timestamp()),
            exclude_unknown=exclude_unknown,
            keys=AttributeKeys(scope.organization_id),
            statistics=Statistics.of(done or {}),
            settings=settings,
            reader=reader,
            judged=set(reported),
            is_stopped=is_stopped,
        )
        self._is_resumed = done is not None

    @property
    def statistics(self) -> Statistics:
        """What was done so far."""
        return self._context.statistics

    @property
    def feed_id(self) -> int:
        """The key of the world that these records are of."""
        return self._context.feed_id

    @property
    def is_waiting(self) -> bool:
        """True if some of what was taken is not written yet."""
        return bool(self._context.waiting)

    def take(self, records: Sequence[AnyRecord], *, along: Callable[[], None] = _nothing) -> None:
        """Write a batch, whole or (if this raises) not at all; `along` is in its transaction.

        What is to be said of the batch is by then among the notices of the statistics. Raises
        StoppedError if somebody stopped the run before all of the batch was written.
        """
        before = self._context.statistics.copy()
        try:
            with writing(self._context.organization_id):
                self._take(records)
                along()
        except BaseException:
            self._context.statistics.go_back(before)
            self._context.keys.forget()
            self._context.revision.forget()
            raise
        self._context.bulk.move_large()

    def finish(self, *, at: datetime | None = None, is_over: bool = True) -> Statistics:
        """Write what only the whole run tells, and return what it did.

        `at` is now, when facets are counted again; the time of the records if not given. A run
        that broke off is not over: whose relations came and went is told once, when it is.
        """
        with writing(self._context.organization_id):
            if feed_marks.settle(self._context):
                links.settle_memberships(self._context)
        if is_over:
            with writing(self._context.organization_id):
                relations.settle(self._context)
        if self._context.waiting:
            with writing(self._context.organization_id):
                services.take_waiting(self._context)
        if self._is_resumed:
            recounting.recount(self._context)
        bulk.move_all()
        # How much came before it broke off, nobody has counted.
        if self._context.bulk.is_large or self._is_resumed:
            engine.analyze()
        losses.judge_rest(self._context)
        kept_facets.refresh(self._context, at=int(at.timestamp()) if at else self._context.at)
        return self._context.statistics

    def _take(self, records: Sequence[AnyRecord]) -> None:
        told = feed_marks.told_of_members(self._context.statistics)
        feed_marks.note_exclusion(self._context)
        self._take_in_order(records)
        if feed_marks.told_of_members(self._context.statistics) != told:
            feed_marks.unsettle(self._context)

    def _take_in_order(self, records: Sequence[AnyRecord]) -> None:
        pending: list[AnyRecord] = []
        for record in records:
            if isinstance(record, CollectionReport):
                self._take_records(pending)
                pending = []
                self._close(record)
                continue
            if pending and isinstance(record, RemovedRecord) != isinstance(
                pending[-1], RemovedRecord
            ):
                self._take_records(pending)
                pending = []
            pending.append(record)
        self._take_records(pending)

    def _take_records(self, records: Sequence[AnyRecord]) -> None:
        by_kind: dict[type, list[AnyRecord]] = {}
        for record in records:
            by_kind.setdefault(type(record), []).append(record)
        for kind, take in _TAKERS:
            if kind in by_kind:
                self._context.look_up()
                take(self._context, by_kind[kind])

    def _close(self, report: CollectionReport) -> None:
        syncs.note(self._context, report)
        if not report.complete:
            self._context.statistics.incomplete.append(report)
            return
        reach.note(self._context, report.collection)
        reach.leave_others(self._context)
        if not report.is_delta and report.collection in sweep.SWEEPS:
            sweep.SWEEPS[Collection(report.collection)](self._context)
            losses.judge(self._context, report.collection)
