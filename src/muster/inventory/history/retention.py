"""How long history is kept: by its age, and no longer than what it tells of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from muster.inventory import engine
from muster.inventory.history.rows import RELATIONS, link_key
from muster.inventory.history.telling import Subject, attribute_numbers
from muster.inventory.models import Revision
from muster.organizations.scope import Scope


class InOrganization(Protocol):
    """Whatever says whose history it is."""

    @property
    def organization_id(self) -> int:
        """The organization."""


SETTING = "expiration_history"
"""What the setting is called that says for how many days history is kept; 0 is for ever."""

# The tables that lose a row with its revision, and the column that names it.
_BY_REVISION = {
    "history": "revision_id",
    "history_new": "revision_id",
    "history_key": "revision_id",
    "history_absorbed": "revision_id",
    "membership_gone": "until_id",
    "ownership_gone": "until_id",
}


def expire(scope: Scope, *, before: datetime, is_dry_run: bool = False) -> int:
    """Remove the history of an organization from before an instant.

    Returns how many rows of changes went; a dry run only counts them. The caller's transaction
    holds all of it. When a thing last changed stays known.
    """
    old = Revision.objects.filter(organization=scope.organization, at__lt=int(before.timestamp()))
    numbers = list(old.values_list("pk", flat=True))
    if not numbers:
        return 0
    if is_dry_run:
        return _count(scope, numbers)
    removed = {
        table: _delete(scope, table, column, numbers) for table, column in _BY_REVISION.items()
    }
    old.delete()
    return removed["history"]


def forget(scope: InOrganization, subject: Subject, numbers: Iterable[int]) -> None:
    """Remove the history of things that are being removed, in the caller's transaction.

    `numbers` are those of assets, of records of assets, of users or of groups. An asset takes the
    history of those with it that merged into it; the history of its records is their own. That
    so many were new in a run stays told.
    """
    wanted = set(numbers)
    if subject is Subject.ASSET:
        wanted = _with_absorbed(scope, wanted)
    listed = engine.listed(sorted(wanted))
    _forget_keys(scope, subject, listed)
    engine.execute(
        "DELETE FROM history WHERE organization_id = %s AND subject = %s"
        f" AND {engine.among('owner_id')}",
        (scope.organization_id, int(subject), listed),
    )
    if subject is Subject.ASSET:
        engine.execute(
            f"DELETE FROM history_absorbed WHERE organization_id = %s"
            f" AND ({engine.among('asset_id')} OR {engine.among('into_id')})",
            (scope.organization_id, listed, listed),
        )


def _forget_keys(scope: InOrganization, subject: Subject, listed: object) -> None:
    """Remove what the things are found by; their rows say which attributes these are."""
    bodies = engine.rows(
        "SELECT body FROM history WHERE organization_id = %s AND subject = %s"
        f" AND {engine.among('owner_id')}",
        (scope.organization_id, int(subject), listed),
    )
    keys = attribute_numbers(row[0] for row in bodies) | _link_keys(scope, subject)
    engine.execute(
        f"DELETE FROM history_key WHERE organization_id = %s AND {engine.among('key_id')}"
        f" AND {engine.among('owner_id')}",
        (scope.organization_id, engine.listed(sorted(keys)), listed),
    )


def _link_keys(scope: InOrganization, subject: Subject) -> set[int]:
    names = [link_key(subject, relation) for relation in RELATIONS.get(subject, ())]
    found = engine.rows(
        f"SELECT id FROM inventory_attributekey WHERE organization_id = %s"
        f" AND {engine.among('name')}",
        (scope.organization_id, engine.listed(names)),
    )
    return {row[0] for row in found}


def _with_absorbed(scope: InOrganization, assets: set[int]) -> set[int]:
    wanted, new = set(assets), set(assets)
    while new:
        found = engine.rows(
            "SELECT asset_id FROM history_absorbed WHERE organization_id = %s"
            f" AND {engine.among('into_id')}",
            (scope.organization_id, engine.listed(sorted(new))),
        )
        new = {row[0] for row in found} - wanted
        wanted |= new
    return wanted


def _count(scope: Scope, revisions: list[int]) -> int:
    found = engine.rows(
        "SELECT COUNT(*) FROM history WHERE organization_id = %s"
        f" AND {engine.among('revision_id')}",
        (scope.organization_id, engine.listed(revisions)),
    )
    return int(found[0][0])


def _delete(scope: Scope, table: str, column: str, revisions: list[int]) -> int:
    return engine.execute(
        f"DELETE FROM {table} WHERE organization_id = %s AND {engine.among(column)}",
        (scope.organization_id, engine.listed(revisions)),
    )
