"""Reading Explorers for lists: an organization sees its own, and the names of hosted zones."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from muster.core.errors import ConfigError
from muster.explorers.models import Explorer, ExplorerGroup, GroupMember
from muster.explorers.sessions import LARGEST_SKEW, is_alive
from muster.organizations.scope import Scope
from muster.organizations.selectors import organization_place, site_place
from muster.query.document import Document, known_instants
from muster.query.listing import Entry


def visible(scope: Scope) -> QuerySet[Explorer]:
    """Return the organization's Explorers with their groups, by name."""
    groups = GroupMember.objects.filter(organization=scope.organization).select_related("group")
    return _rows(scope).prefetch_related(Prefetch("memberships", queryset=groups))


def _rows(scope: Scope) -> QuerySet[Explorer]:
    rows = Explorer.objects.filter(organization=scope.organization).select_related("site")
    return rows.order_by("name", "pk")


def hosted() -> QuerySet[Explorer]:
    """Return the Explorers that serve every organization."""
    groups = GroupMember.objects.filter(organization=None).select_related("group")
    rows = Explorer.objects.filter(organization=None)
    return rows.prefetch_related(Prefetch("memberships", queryset=groups)).order_by("name", "pk")


def explorer_by_name(scope: Scope, reference: str, *, is_hosted: bool = False) -> Explorer:
    """Return the Explorer of that name or id; one that was revoked only by its id.

    Raises ConfigError if there is none.
    """
    wanted = reference.strip().casefold()
    rows = list(hosted() if is_hosted else visible(scope))
    for each in rows:
        is_named = each.name.casefold() == wanted and each.revoked_at is None
        if is_named or str(each.uid) == wanted:
            return each
    known = ", ".join(each.name for each in rows if each.revoked_at is None)
    raise ConfigError(
        f"there is no Explorer '{reference[:200]}'",
        hint=f"There are: {known}." if known else "Enrol one: muster explorer token",
    )


def groups(scope: Scope) -> QuerySet[ExplorerGroup]:
    """Return the organization's groups of Explorers."""
    rows = ExplorerGroup.objects.filter(organization=scope.organization)
    return rows.prefetch_related("members__explorer").order_by("name")


def zones() -> QuerySet[ExplorerGroup]:
    """Return the hosted zones, which every organization may use."""
    rows = ExplorerGroup.objects.filter(organization=None)
    return rows.prefetch_related("members__explorer").order_by("name")


def group_by_name(scope: Scope, reference: str) -> ExplorerGroup:
    """Return the group of that name or id. Raises ConfigError if there is none."""
    return _named(groups(scope), reference, "group of Explorers", "muster explorer group-add")


def zone_by_name(reference: str) -> ExplorerGroup:
    """Return the hosted zone of that name or id. Raises ConfigError if there is none."""
    return _named(zones(), reference, "hosted zone", "muster explorer group-add --zone")


def explorer_entries(scope: Scope, *, at: datetime) -> list[Entry]:
    """Return the organization's Explorers, in a few statements however many there are."""
    return [_entry(scope, each, at=at) for each in visible(scope)]


def explorer_documents(scope: Scope, *, at: datetime) -> dict[UUID, Document]:
    """Return what is searched of the organization's Explorers, by id."""
    return {each.uid: _document(scope, each, at=at) for each in _rows(scope)}


def explorer_fields(explorer: Explorer, *, at: datetime) -> dict[str, object]:
    """Return what is shown of one Explorer."""
    return {
        "id": str(explorer.uid),
        "name": explorer.name,
        "description": explorer.description,
        "host": explorer.host,
        "addresses": explorer.addresses,
        "external_address": explorer.external_address,
        "os": explorer.os,
        "arch": explorer.arch,
        "version": explorer.version,
        "site": explorer.site.name if explorer.site else "",
        "groups": [each.group.name for each in explorer.memberships.all()],
        "tags": explorer.tags,
        "capabilities": explorer.capabilities,
        "connected": is_alive(explorer, at=at),
        "active": explorer.revoked_at is None,
        "last_seen": explorer.last_seen,
        "created_at": explorer.created_at,
        "created_by": explorer.created_by,
        "revoked_at": explorer.revoked_at,
        "most_runs": explorer.most_runs,
        "trouble": trouble_of(explorer),
    }


def trouble_of(explorer: Explorer) -> str:
    """Return what a person should know of an Explorer, in sentences; "" if nothing."""
    told = list(explorer.lacks)
    if abs(explorer.skew_seconds) > LARGEST_SKEW.total_seconds():
        way = "ahead of" if explorer.skew_seconds > 0 else "behind"
        told.append(f"Its clock is {abs(explorer.skew_seconds):,} seconds {way} ours.")
    if explorer.duplicate_at is not None:
        told.append(
            f"A second process with its keys was refused at {explorer.duplicate_at:%Y-%m-%d %H:%M} "
            f"UTC (from {explorer.duplicate_address or 'an unknown address'}): enrol each machine "
            "with a token of its own."
        )
    return " ".join(told)


def _named(rows: QuerySet[ExplorerGroup], reference: str, what: str, command: str) -> ExplorerGroup:
    wanted = reference.strip().casefold()
    for each in rows:
        if wanted in {each.name.casefold(), str(each.uid)}:
            return each
    known = ", ".join(each.name for each in rows)
    raise ConfigError(
        f"there is no {what} '{reference.strip()[:200]}'",
        hint=f"There are: {known}." if known else f"Make one with: {command} NAME",
    )


def _entry(scope: Scope, explorer: Explorer, *, at: datetime) -> Entry:
    return Entry(
        document=_document(scope, explorer, at=at), fields=explorer_fields(explorer, at=at)
    )


def _document(scope: Scope, explorer: Explorer, *, at: datetime) -> Document:
    flags = {"is_connected": is_alive(explorer, at=at), "is_active": explorer.revoked_at is None}
    external = [explorer.external_address] if explorer.external_address else []
    return Document(
        uid=explorer.uid,
        texts={
            "name": tuple(dict.fromkeys((explorer.name, explorer.host))),
            "address": (*explorer.addresses, *external),
            "os": (explorer.os,),
            "arch": (explorer.arch,),
            "version": (explorer.version,),
            "capability": tuple(explorer.capabilities),
            "tag": tuple(explorer.tags),
        },
        addresses=(*explorer.addresses, *external),
        flags=frozenset(name for name, is_set in flags.items() if is_set),
        instants=known_instants(last_seen=explorer.last_seen, created_at=explorer.created_at),
        places={
            "organization": organization_place(scope),
            **({"site": site_place(explorer.site)} if explorer.site else {}),
        },
    )
