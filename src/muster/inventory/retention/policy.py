"""The settings of retention, per organization: read, checked, changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from django.db import models

from muster.core.errors import ConfigError
from muster.inventory.models import Retention
from muster.inventory.selectors.instants import instant
from muster.organizations.scope import Scope

MOST_DAYS = 36_500
_LONGEST_AUTHOR = 300
_YES, _NO = frozenset({"true", "t", "yes", "on", "1"}), frozenset({"false", "f", "no", "off", "0"})
_NOT_KEPT = {"expiration_vulnerabilities": "Muster keeps no vulnerabilities."}


@dataclass(frozen=True, slots=True)
class Policy:
    """What goes after how many days; 0 means never.

    `expiration_assets_stale`: assets that nothing has seen for so long; `..._offline`: those of
    them that did not answer the last scan. `expiration_integration_attributes`: what an integration
    says of an asset, once it is gone from there or no longer synced. `expiration_directory`:
    directory users and groups likewise. `expiration_history`: what changed, and when.
    `expiration_scans`: what runs logged. With
    `keep_latest_integration_attributes`, an asset keeps the newest of several records of a source.

    `ran_at` is when it last ran, and `outcome` what it then removed, by name.
    """

    expiration_assets_stale: int = 0
    expiration_assets_offline: int = 0
    expiration_integration_attributes: int = 0
    expiration_directory: int = 0
    expiration_history: int = 0
    expiration_scans: int = 0
    keep_latest_integration_attributes: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None
    ran_at: datetime | None = None
    outcome: Mapping[str, int] = field(default_factory=dict)

    def settings(self) -> dict[str, int | bool]:
        """Return what can be set, by name."""
        return {name: getattr(self, name) for name in SETTINGS}

    @property
    def removes_anything(self) -> bool:
        """True unless everything is kept for ever."""
        return any(self.settings().values())


SETTINGS = tuple(each.name for each in fields(Policy) if each.name.startswith(("expir", "keep")))


def policy(scope: Scope) -> Policy:
    """Return the retention of the organization; nothing ever goes if nobody has set any."""
    row = _rows(scope).first()
    if row is None:
        return Policy()
    return Policy(
        **{name: getattr(row, name) for name in SETTINGS},
        changed_by=row.changed_by,
        changed_at=instant(row.changed_at),
        ran_at=instant(row.ran_at),
        outcome=row.outcome,
    )


def change(scope: Scope, given: Mapping[str, str], *, at: datetime) -> Policy:
    """Set some settings, each by its text, and return all of them.

    Raises ConfigError, and changes nothing, if one is unknown or cannot be read, or if whoever
    asks may not change how the organization works.
    """
    if not scope.principal.role_in(scope.organization_id).may_change_organization():
        raise ConfigError(
            f"{scope.principal.name} may not change the retention",
            hint="Ask an administrator.",
        )
    values = {name: _value(name, text.strip()) for name, text in given.items()}
    by = scope.principal.name[:_LONGEST_AUTHOR]
    Retention.objects.update_or_create(
        organization=scope.organization,
        defaults={**values, "changed_by": by, "changed_at": int(at.timestamp())},
    )
    return policy(scope)


def claim_day(scope: Scope, *, at: datetime) -> bool:
    """Take it on oneself to run the retention of this day, in UTC; False if somebody has."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    is_due = models.Q(ran_at=None) | models.Q(ran_at__lt=int(midnight.timestamp()))
    return bool(_rows(scope).filter(is_due).update(ran_at=int(at.timestamp())))


def keep_outcome(scope: Scope, outcome: Mapping[str, int], *, at: datetime) -> None:
    """Remember what the last run of retention removed."""
    _rows(scope).update(outcome=dict(outcome), ran_at=int(at.timestamp()))


def check_may_remove(scope: Scope) -> None:
    """Raise ConfigError if whoever asks may not remove things."""
    if not scope.principal.role_in(scope.organization_id).may_change_inventory():
        raise ConfigError(
            f"{scope.principal.name} may not remove what has expired",
            hint="Ask an administrator for the role of a user.",
        )


def _rows(scope: Scope) -> models.QuerySet[Retention]:
    return Retention.objects.filter(organization=scope.organization)


def _value(name: str, text: str) -> int | bool:
    if name not in SETTINGS:
        hint = _NOT_KEPT.get(name, f"Settings are: {', '.join(SETTINGS)}.")
        raise ConfigError(f"retention has no setting '{_shown(name)}'", hint=hint)
    if name.startswith("keep"):
        return _boolean(name, text)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) + 1):
        raise _wrong(name, text, f"It is a whole number of days from 0 (never) to {MOST_DAYS}.")
    if int(text) > MOST_DAYS:
        raise _wrong(name, text, f"It is at most {MOST_DAYS} days; 0 means never.")
    return int(text)


def _boolean(name: str, text: str) -> bool:
    folded = text.casefold()
    if folded not in _YES | _NO:
        raise _wrong(name, text, "It is true or false.")
    return folded in _YES


def _wrong(name: str, text: str, hint: str) -> ConfigError:
    return ConfigError(f"{name} cannot be '{_shown(text)}'", hint=hint)


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text[:60])
