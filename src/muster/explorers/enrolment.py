"""Taking new Explorers in: a token that holds once, and the keys of the machine that brings it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction

from muster.core.errors import ConfigError
from muster.explorer.messages import Enrolled, Enrolment
from muster.explorer.signing import Said, is_genuine
from muster.explorers.editing import checked_name, checked_tags
from muster.explorers.models import EnrolmentToken, Explorer, ExplorerGroup, GroupMember
from muster.explorers.permission import check_may_change, check_may_host
from muster.explorers.sessions import check_clock
from muster.organizations.models import Site
from muster.organizations.scope import Scope

LIFE = timedelta(hours=24)
LONGEST_LIFE = timedelta(days=30)
_PREFIX = "mex_"
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewToken:
    """What whoever enrols with a token becomes. "" as a name leaves it to the machine's."""

    name: str = ""
    site: Site | None = None
    group: ExplorerGroup | None = None
    tags: Sequence[str] = ()
    life: timedelta = LIFE


def make_token(scope: Scope, new: NewToken, *, at: datetime) -> tuple[str, EnrolmentToken]:
    """Return a new token, which is shown this once, and its row.

    With a hosted zone as its group, whoever enrols serves every organization.
    Raises ConfigError if the scope's role may not, or the life is out of range.
    """
    is_hosted = new.group is not None and new.group.organization_id is None
    check_may_host(scope) if is_hosted else check_may_change(scope)
    if not timedelta() < new.life <= LONGEST_LIFE:
        raise ConfigError(
            "a token holds for more than 0 hours and at most 30 days",
            hint="It is needed only until the machine has enrolled.",
        )
    text = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    row = EnrolmentToken.objects.create(
        organization=None if is_hosted else scope.organization,
        digest=_digest(text),
        name=checked_name(new.name) if new.name else "",
        site=None if is_hosted else new.site,
        group=new.group,
        tags=checked_tags(new.tags),
        created_at=at,
        created_by=scope.principal.name,
        expires_at=at + new.life,
    )
    return text, row


def enrol(enrolment: Enrolment, said: Said, signature: bytes, *, at: datetime) -> Enrolled:
    """Take a machine in and use up its token; whoever asks again with the same keys gets the same.

    Raises ConfigError if the token does not hold, or the signature is not of the key it brings.
    """
    if not is_genuine(said, signature, enrolment.signing_key):
        raise ConfigError(
            "the enrolment is not signed with the key that it brings",
            hint="Update the Explorer; if it is of this version, this is a defect of Muster.",
            code="unknown",
        )
    check_clock(said, at=at)
    token = _found(enrolment.token)
    if (before := token.explorer) is not None:
        if before.signing_key == enrolment.signing_key and before.revoked_at is None:
            return _enrolled(before)
        raise _not_holding("it was used already")
    if token.expires_at <= at:
        raise _not_holding("its time is over")
    return _enrolled(_taken_in(token, enrolment, at=at))


def _taken_in(token: EnrolmentToken, enrolment: Enrolment, *, at: datetime) -> Explorer:
    machine = enrolment.machine
    wanted = token.name or enrolment.name or machine.host or "explorer"
    try:
        with transaction.atomic():
            explorer = Explorer.objects.create(
                organization=token.organization,
                name=_free_name(token, checked_name(wanted)),
                site=token.site,
                tags=token.tags,
                signing_key=enrolment.signing_key,
                sealing_key=enrolment.sealing_key,
                last_seen=at,
                version=machine.version,
                host=machine.host,
                os=machine.os,
                arch=machine.arch,
                addresses=machine.addresses,
                capabilities=machine.capabilities,
                lacks=machine.lacks,
                created_at=at,
                created_by=token.created_by,
            )
            if token.group is not None:
                GroupMember.objects.create(
                    organization=token.organization, group=token.group, explorer=explorer
                )
            unused = EnrolmentToken.objects.filter(
                organization=token.organization, pk=token.pk, used_at=None
            )
            if not unused.update(used_at=at, explorer=explorer):
                raise _not_holding("it was used already")
    except IntegrityError as error:
        raise ConfigError(
            "these keys, or this name, were taken in the same moment",
            hint="Try again with --anew.",
            code="taken",
        ) from error
    return explorer


def _free_name(token: EnrolmentToken, name: str) -> str:
    """Return the name, with a number behind it where another has it."""
    taken = set(_names(token).values_list("name", flat=True))
    folded = {each.casefold() for each in taken}
    if name.casefold() not in folded:
        return name
    number = 2
    while f"{name[:190]}-{number}".casefold() in folded:
        number += 1
    return f"{name[:190]}-{number}"


def _names(token: EnrolmentToken) -> models.QuerySet[Explorer]:
    return Explorer.objects.filter(organization=token.organization, revoked_at=None)


def _found(text: str) -> EnrolmentToken:
    rows = EnrolmentToken.objects.select_related("organization", "site", "group", "explorer")
    token = rows.filter(digest=_digest(text)).first()
    if token is None:
        raise _not_holding("there is none such")
    return token


def _enrolled(explorer: Explorer) -> Enrolled:
    organization = explorer.organization
    return Enrolled(
        explorer=str(explorer.uid),
        name=explorer.name,
        organization=organization.name if organization else "",
    )


def _not_holding(why: str) -> ConfigError:
    return ConfigError(
        f"the token does not hold: {why}",
        hint="Make a new one on the server: muster explorer token",
        code="token",
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
