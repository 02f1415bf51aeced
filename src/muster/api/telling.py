"""Reading small things for a program: searched as everywhere, then rendered."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from muster.api.access import Access, OrganizationAccess
from muster.api.problems import not_found
from muster.api.rendering.assets import JSON
from muster.api.rendering.organizations import Figures, organization_document
from muster.api.rendering.sites import site_document
from muster.api.rendering.tasks import agent_document, task_document
from muster.inventory.retention import policy
from muster.inventory.selectors.figures import site_counts, totals
from muster.organizations.editing import organizations_seen_by, site_of
from muster.organizations.models import Site
from muster.organizations.scope import Scope, scope
from muster.search import every
from muster.tasks.models import Task
from muster.tasks.selectors import latest_runs, task_by_id, tasks_by_ids
from muster.tokens.models import Kind
from muster.tokens.selectors import tokens_of

MOST_TASKS = 1000
"""As many tasks as one list has: the latest."""


def uid_of(text: str | UUID, what: str) -> UUID:
    """Return an id. Raises Problem if it is none, as for one that nothing has."""
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError as error:
        raise not_found(what, text) from error


def optional_uid(text: str | None, what: str) -> UUID | None:
    """Return an id; None for null, nothing, or the zeros that say there is none."""
    if text is None or not text.strip():
        return None
    uid = uid_of(text, what)
    return uid if uid.int else None


def site_documents(access: OrganizationAccess, search: str) -> list[JSON]:
    """Return the sites that a search matches."""
    rows = every(access.scope, "sites", search, now=access.now)
    counts = site_counts(access.scope)
    found = (site_of(access.scope, UUID(str(each["id"]))) for each in rows)
    return [_site(access.scope, each, counts) for each in found if each is not None]


def site_told(scope: Scope, site: Site) -> JSON:
    """Return one site."""
    return _site(scope, site, site_counts(scope))


def named_site(scope: Scope, reference: str) -> Site:
    """Return the site of that id. Raises Problem if the organization has none such."""
    site = site_of(scope, uid_of(reference, "site"))
    if site is None:
        raise not_found("site", reference)
    return site


def task_documents(access: OrganizationAccess, search: str, status: str = "") -> list[JSON]:
    """Return the tasks that a search matches, the latest first; removed ones only if asked for."""
    rows = every(access.scope, "tasks", search, now=access.now, sort="-created_at")
    found = tasks_by_ids(access.scope, (UUID(str(each["id"])) for each in rows))
    wanted = status.strip().casefold()
    documents = _tasks(access.scope, found)
    return [each for each in documents if _is_wanted(each, wanted)][:MOST_TASKS]


def named_task(scope: Scope, reference: str) -> Task:
    """Return the task of that id. Raises Problem if the organization has none such."""
    task = task_by_id(scope, uid_of(reference, "task"))
    if task is None:
        raise not_found("task", reference)
    return task


def task_told(scope: Scope, task: Task) -> JSON:
    """Return one task as it is now."""
    return _tasks(scope, [task])[0]


def agent_documents(access: OrganizationAccess, search: str = "") -> list[JSON]:
    """Return the Explorers that a search matches."""
    rows = every(access.scope, "explorers", search, now=access.now)
    return [agent_document(each, str(access.scope.organization.uid)) for each in rows]


def organization_documents(access: Access) -> list[JSON]:
    """Return the organizations that who asks may see."""
    who = access.signed.principal
    return [organization_told(scope(who, each)) for each in organizations_seen_by(who)]


def organization_told(own: Scope) -> JSON:
    """Return one organization."""
    kinds = (Kind.EXPORT, Kind.DOWNLOAD)
    tokens = {each.kind: each for each in reversed(tokens_of(own.organization, kinds))}
    counted = totals(own)
    return organization_document(
        own.organization,
        policy=policy(own),
        figures=Figures(counted.assets, counted.services, counted.by_transport),
        export_token=tokens.get(Kind.EXPORT),
        download_token=tokens.get(Kind.DOWNLOAD),
    )


def named_organization(access: Access, reference: str) -> Scope:
    """Return the scope of the organization of that id. Raises Problem if there is none such."""
    uid = uid_of(reference, "organization")
    return _scope_of(access, uid, reference)


def _scope_of(access: Access, uid: UUID, reference: str) -> Scope:
    who = access.signed.principal
    for each in organizations_seen_by(who):
        if each.uid == uid:
            return scope(who, each)
    raise not_found("organization", reference)


def scopes(access: Access) -> list[Scope]:
    """Return a scope of every organization that who asks may see."""
    who = access.signed.principal
    return [scope(who, each) for each in organizations_seen_by(who)]


def within(access: Access, own: Scope) -> OrganizationAccess:
    """Return the same who and when, in one organization."""
    return OrganizationAccess(access.signed, access.now, own)


def only_text(given: dict[str, Any]) -> dict[str, str]:
    """Return what is given as text by name, without what is null."""
    return {name: _text(value) for name, value in given.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _site(own: Scope, site: Site, counts: dict[int, int]) -> JSON:
    return site_document(site, own.organization, assets=counts.get(site.pk, 0))


def _tasks(own: Scope, tasks: Iterable[Task]) -> list[JSON]:
    wanted = list(tasks)
    runs = latest_runs(own, [each.pk for each in wanted])
    return [task_document(each, runs.get(each.pk)) for each in wanted]


def _is_wanted(document: JSON, status: str) -> bool:
    if status:
        return bool(document["status"] == status)
    return not document["hidden"] and document["status"] != "removed"
