"""Writing credentials: verified before they are saved, removed, sealed anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from muster.core.errors import ConfigError
from muster.credentials import keys, sealing
from muster.credentials.fields import checked, checked_name
from muster.credentials.kinds import declared
from muster.credentials.models import Credential, Verification
from muster.credentials.vault import Vault
from muster.credentials.verification import Verdict, tried
from muster.notices.actions import Action
from muster.notices.models import Channel
from muster.notices.recording import Target, record
from muster.organizations.scope import Scope

_VERDICT = ["verification_status", "verification_message", "verified_at", "expires_at"]


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What a person gives for a credential. Prints without the values."""

    name: str
    type: str
    values: Mapping[str, str]
    is_global: bool = False

    def __repr__(self) -> str:
        """Name and type."""
        return f"NewCredential({self.name!r}, {self.type!r})"


@dataclass(frozen=True, slots=True)
class Created:
    """What came of adding a credential: None is saved where the check failed."""

    credential: Credential | None
    verdict: Verdict


def create(scope: Scope, new: NewCredential, *, at: datetime, save_anyway: bool = False) -> Created:
    """Check the values, try them against the source, and save them.

    A credential that fails is saved only with `save_anyway`, and says so from then on.
    Raises ConfigError for an unknown type, a value that cannot be right, or a name in use.
    """
    source, kind = declared(new.type)
    name = checked_name(new.name)
    values = checked(kind, new.values)
    source.instance(values)
    _check_free(scope, name)
    vault = keys.vault()
    verdict = tried(source, kind, values, endpoints=settings.ENDPOINTS)
    if not (verdict.is_verified or save_anyway):
        return Created(None, verdict)
    credential = Credential(
        organization=scope.organization,
        name=name,
        type=kind.name,
        is_global=new.is_global,
        created_at=at,
        created_by=scope.principal.name,
    )
    sealing.store(credential, kind, verdict.corrected(values, kind), vault=vault)
    _mark(credential, verdict, at=at)
    with transaction.atomic():
        credential.save()
        _record(scope, Action.CREDENTIAL_CREATED, credential, at=at, success=verdict.is_verified)
    return Created(credential, verdict)


def try_out(new: NewCredential) -> Verdict:
    """Return what the source finds with values that are not saved, and save nothing.

    Raises ConfigError for an unknown type, or a value that cannot be right.
    """
    source, kind = declared(new.type)
    values = checked(kind, new.values)
    source.instance(values)
    return tried(source, kind, values, endpoints=settings.ENDPOINTS)


def replace(
    scope: Scope,
    credential: Credential,
    values: Mapping[str, str],
    *,
    at: datetime,
    save_anyway: bool = False,
) -> Created:
    """Put new values into a credential once they are tried; a secret that is not given stays.

    This is how a secret is renewed: tasks that use the credential go on with it. Raises
    ConfigError if another organization owns it, if a value cannot be right, or if the values open
    another world than before.
    """
    _check_own(scope, credential)
    source, kind = declared(credential.type)
    before = sealing.opened(credential, vault=keys.vault())
    kept = {name: before[name] for name in kind.secret_names() if name in before}
    given = {name: text for name, text in values.items() if text.strip() or name not in kept}
    after = checked(kind, {**kept, **given})
    if source.instance(after) != source.instance(before):
        raise ConfigError(
            "these values open another tenant than before, and its records would be mixed up",
            hint="Add a new credential for it.",
        )
    verdict = tried(source, kind, after, endpoints=settings.ENDPOINTS)
    if not (verdict.is_verified or save_anyway):
        return Created(None, verdict)
    sealing.store(credential, kind, verdict.corrected(after, kind), vault=keys.vault())
    credential.expires_at = None
    _mark(credential, verdict, at=at)
    holds = verdict.is_verified
    action = Action.CREDENTIAL_VERIFIED if holds else Action.CREDENTIAL_REFUSED
    with transaction.atomic():
        credential.save(update_fields=["public", "sealed", *_VERDICT])
        _record(scope, action, credential, at=at, success=holds)
    return Created(credential, verdict)


def verify(scope: Scope, credential: Credential, *, at: datetime) -> Verdict:
    """Try a saved credential again and keep the verdict."""
    source, kind = declared(credential.type)
    values = sealing.opened(credential, vault=keys.vault())
    verdict = tried(source, kind, values, endpoints=settings.ENDPOINTS)
    _mark(credential, verdict, at=at)
    holds = verdict.is_verified
    action = Action.CREDENTIAL_VERIFIED if holds else Action.CREDENTIAL_REFUSED
    with transaction.atomic():
        credential.save(update_fields=_VERDICT)
        _record(scope, action, credential, at=at, success=holds)
    return verdict


@transaction.atomic
def remove(scope: Scope, credential: Credential, *, at: datetime) -> None:
    """Delete a credential.

    Raises ConfigError if another organization owns it.
    """
    _check_own(scope, credential)
    _record(scope, Action.CREDENTIAL_DELETED, credential, at=at)
    credential.delete()


def _check_own(scope: Scope, credential: Credential) -> None:
    if credential.organization_id != scope.organization_id:
        raise ConfigError(
            f"the credential '{credential.name}' belongs to another organization",
            hint="It is global; change it in the organization that owns it.",
        )


def open_for_use(credential: Credential, *, at: datetime) -> sealing.Secret:
    """Return the values of a credential for one run, and remember that it was used."""
    values = sealing.opened(credential, vault=keys.vault())
    credential.last_used_at = at
    credential.save(update_fields=["last_used_at"])
    return values


def rotate_keys() -> int:
    """Seal every secret of the installation anew, and return how many credentials and channels.

    A key file gets a new key, and loses its old ones when all is sealed with it. Keys from the
    environment are a person's: the first seals, and the others can be removed afterwards.
    """
    if not keys.is_from_environment():
        keys.put_new_key_first()
    changed = reseal(keys.vault())
    if not keys.is_from_environment():
        keys.keep_first_key()
    return changed


@transaction.atomic
def reseal(vault: Vault) -> int:
    """Seal what other keys sealed with the current one, all or nothing; return how many rows."""
    changed = 0
    for rows in (Credential.objects, Channel.objects):
        for each in rows.select_related("organization").select_for_update(of=("self",)):
            if sealing.reseal(each, vault=vault):
                each.save(update_fields=["sealed"])
                changed += 1
    return changed


def _check_free(scope: Scope, name: str) -> None:
    if Credential.objects.filter(organization=scope.organization, name__iexact=name).exists():
        raise ConfigError(
            f"there is already a credential named '{name}'",
            hint="Choose another name, or remove the old one first: muster credential rm.",
        )


def _mark(credential: Credential, verdict: Verdict, *, at: datetime) -> None:
    holds = verdict.is_verified
    credential.verification_status = Verification.VERIFIED if holds else Verification.FAILED
    credential.verification_message = verdict.message
    credential.verified_at = at
    # Whoever cannot sign in is told of no end, and the last one known still holds.
    credential.expires_at = verdict.ends_at or credential.expires_at


def _record(
    scope: Scope, action: Action, credential: Credential, *, at: datetime, success: bool = True
) -> None:
    error = {} if success else {"error": credential.verification_message}
    record(
        scope.organization,
        action,
        at=at,
        by=scope.principal,
        target=Target("credential", credential.uid, credential.name),
        success=success,
        details={"type": credential.type, "global": credential.is_global, **error},
    )
