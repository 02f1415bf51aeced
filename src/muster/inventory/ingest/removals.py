"""Taking what a source says is no longer there: the sweep of what was told one by one."""

from collections.abc import Iterable, Mapping, Sequence

from muster.core.records import AnyRecord, Collection, RemovedRecord
from muster.inventory.ingest import directory, links, sweep
from muster.inventory.ingest.context import RunContext


def take(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Mark or remove what a batch names; what is not known, or gone already, stays as it is."""
    by_collection: dict[Collection, list[RemovedRecord]] = {}
    for record in records:
        if isinstance(record, RemovedRecord):
            by_collection.setdefault(record.collection, []).append(record)
    for collection, removed in by_collection.items():
        if collection is Collection.ASSETS:
            sweep.remove_assets(context, _ids(removed))
        elif collection in _KINDS:
            directory.remove(context, _KINDS[collection], _ids(removed))
        elif collection in _RELATIONS:
            _remove_relations(context, collection, removed)


_KINDS: Mapping[Collection, directory.Kind] = {
    Collection.USERS: directory.USERS,
    Collection.GROUPS: directory.GROUPS,
}
_RELATIONS: Mapping[Collection, links.Relation] = {
    Collection.MEMBERSHIPS: links.MEMBERSHIPS,
    Collection.OWNERSHIPS: links.OWNERSHIPS,
}


def _ids(records: Iterable[RemovedRecord]) -> list[str]:
    return [each.id for each in records if _is_text(each.id)]


def _remove_relations(
    context: RunContext, collection: Collection, records: Sequence[RemovedRecord]
) -> None:
    usable = [each for each in records if "\0" not in each.id + each.other_id]
    relation = _RELATIONS[collection]
    links.remove_pairs(
        context,
        relation,
        [(each.id, each.other_id) for each in usable if each.id and each.other_id],
    )
    links.remove_others(
        context, relation, relation.subject, [r.id for r in usable if r.id and not r.other_id]
    )
    links.remove_others(
        context, relation, relation.other, [r.other_id for r in usable if r.other_id and not r.id]
    )


def _is_text(text: str) -> bool:
    return bool(text) and "\0" not in text
