"""Transactions that write into an organization: many side by side, or one that is alone.

On SQLite only one writes anyway.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from muster.inventory import engine

_LOCKS = 0x6D75  # "mu": so that our locks are not taken for another program's
_MANY = "SELECT pg_advisory_xact_lock_shared(%s::int, %s::int)"
_ALONE = "SELECT pg_advisory_xact_lock(%s::int, %s::int)"


@contextmanager
def writing(organization_id: int) -> Iterator[None]:
    """Write in one transaction, while nobody is `alone` in the organization."""
    with transaction.atomic():
        _lock(_MANY, organization_id)
        yield


@contextmanager
def alone(organization_id: int) -> Iterator[None]:
    """Write in one transaction, while nobody else does in the organization.

    What is read within is as the others left it, and as they will find it.
    """
    with transaction.atomic():
        _lock(_ALONE, organization_id)
        yield


def _lock(sql: str, organization_id: int) -> None:
    if engine.is_postgresql():
        engine.rows(sql, (_LOCKS, organization_id))
