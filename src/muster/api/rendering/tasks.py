"""Tasks, templates and Explorers, as existing clients read them (reference console-api.md)."""

from collections.abc import Mapping
from typing import Any

from muster.api.rendering.assets import JSON
from muster.api.rendering.plain import NO_ID, id_or_none, seconds
from muster.query.values.sources import source_number
from muster.tasks.importing import IMPORT
from muster.tasks.models import Run, ScanTemplate, Status, Task
from muster.tasks.schedules import from_document
from muster.tasks.selectors import schedule_text, task_type
from muster.tasks.standing import status_of, trouble_of

_STATUSES = {Status.QUEUED.value: "new"}
"""How statuses are called outside, where that differs."""
_CUSTOM = -1
_STATISTICS = {
    "change.newAssets": ("assets_new",),
    "change.changedAssets": ("assets_changed", "assets_matched"),
    "change.unchangedAssets": ("assets_unchanged",),
    "change.totalAssets": ("assets_new", "assets_changed", "assets_matched", "assets_unchanged"),
}


def task_document(task: Task, run: Run | None) -> JSON:
    """Return one task with what its latest run says."""
    schedule = from_document(task.schedule)
    status = status_of(task, run)
    recurs = schedule is not None and schedule.recurs
    return {
        "id": str(task.uid),
        "name": task.name,
        "description": task.description,
        "template_id": NO_ID,
        "client_id": NO_ID,
        "organization_id": str(task.organization.uid),
        "agent_id": id_or_none(task.explorer),
        "hosted_zone_id": NO_ID,
        "site_id": str(task.site.uid),
        "cruncher_id": NO_ID,
        "created_at": seconds(task.created_at),
        "created_by": task.created_by,
        "created_by_user_id": NO_ID,
        "custom_integration_id": task.options.get("integration", NO_ID),
        "source_id": _source_id(task),
        "updated_at": seconds(task.updated_at or task.created_at),
        "type": task_type(task),
        "status": _STATUSES.get(status, status),
        "error": _error(task, run),
        "params": {name: str(text) for name, text in task.options.items()},
        "stats": statistics(run.statistics if run else {}),
        "hidden": task.is_hidden,
        "parent_id": NO_ID,
        "recur": recurs,
        "recur_frequency": schedule_text(task, "frequency"),
        "start_time": seconds(run.started_at if run else task.next_at),
        "recur_last": seconds(run.started_at) if run and recurs else 0,
        "recur_next": seconds(task.next_at),
        "recur_last_task_id": NO_ID,
        "grace_period": str(task.grace_hours),
    }


def statistics(told: Mapping[str, Any]) -> JSON:
    """Return what a run did: its own counts, and those under the names that clients know."""
    known = {
        name: sum(int(told.get(each, 0)) for each in parts) for name, parts in _STATISTICS.items()
    }
    return {**told, **(known if told else {})}


def template_document(template: ScanTemplate) -> JSON:
    """Return one template."""
    empty = (
        dict.fromkeys(_NO_IDS, NO_ID) | dict.fromkeys(_NO_NUMBERS, 0) | dict.fromkeys(_NO_TEXTS, "")
    )
    return {
        **empty,
        "id": str(template.uid),
        "name": template.name,
        "description": template.description,
        "organization_id": str(template.organization.uid),
        "created_at": seconds(template.created_at),
        "created_by": template.created_by,
        "updated_at": seconds(template.updated_at),
        "type": "scan",
        "status": "active",
        "source_id": "1",
        "params": dict(template.params),
        "stats": {},
        "hidden": False,
        "recur": False,
        "global": template.is_global,
        "acl": dict(template.acl),
    }


_NO_IDS = (
    *("client_id", "agent_id", "site_id", "cruncher_id", "created_by_user_id", "parent_id"),
    *("recur_last_task_id", "custom_integration_id", "template_id", "hosted_zone_id"),
)
_NO_NUMBERS = (
    *("start_time", "recur_last", "recur_next", "size_site", "size_data", "size_results"),
    "linked_task_count",
)
_NO_TEXTS = ("error", "recur_frequency", "grace_period")


def agent_document(row: Mapping[str, Any], organization_id: str) -> JSON:
    """Return one Explorer, from a row of its inventory."""
    addresses = row.get("addresses") or []
    return {
        "id": str(row["id"]),
        "client_id": NO_ID,
        "organization_id": organization_id,
        "created_at": seconds(row.get("created_at")),
        "updated_at": seconds(row.get("last_seen")),
        "host_id": str(row.get("host_id") or ""),
        "hub_id": NO_ID,
        "name": str(row.get("name") or ""),
        "site_id": id_or_none(row.get("site_id")),
        "last_checkin": seconds(row.get("last_seen")),
        "os": str(row.get("os") or ""),
        "arch": str(row.get("arch") or ""),
        "version": str(row.get("version") or ""),
        "external_ip": str(row.get("external_address") or ""),
        "internal_ip": next(iter(addresses), ""),
        "system_info": {},
        "connected": bool(row.get("connected")),
        "inactive": not row.get("connected"),
        "deactivated_at": 0,
    }


def _source_id(task: Task) -> int:
    if task.source == IMPORT:
        return _CUSTOM if task.options.get("integration") else 1
    return source_number(task.source) or _CUSTOM


def _error(task: Task, run: Run | None) -> str:
    told = [trouble_of(task), *((run.error, run.hint) if run else ())]
    return " ".join(each for each in told if each)
