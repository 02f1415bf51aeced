"""Signing in with a password: slow for a guesser, and the same whether an account exists or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password

from muster.accounts.models import Account, SignInAttempt
from muster.core.errors import AuthError

WINDOW = timedelta(minutes=15)
"""For so long an attempt counts."""

MOST_TOGETHER = 5
"""How often one address may fail for one account."""

MOST_FOR_ACCOUNT = 50
"""How often all addresses together may: more, as otherwise anyone could lock anyone out."""

MOST_FROM_ADDRESS = 100
"""How often one address may fail for all accounts: an office may share one."""

_LONGEST_EMAIL = 254
_LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody gave, and from where. Prints without the password."""

    email: str
    password: str
    address: str

    def __repr__(self) -> str:
        """Who and where."""
        return f"Attempt({self.email!r}, {self.address!r})"

    def limits(self) -> dict[str, int]:
        """How many failures are allowed, by what is counted."""
        who = _who(self.email)
        return {
            f"{who} {self.address}"[:200]: MOST_TOGETHER,
            f"who {who}": MOST_FOR_ACCOUNT,
            f"from {self.address}"[:200]: MOST_FROM_ADDRESS,
        }


def sign_in(attempt: Attempt, *, at: datetime) -> Account:
    """Return the account whose password it is.

    Raises AuthError otherwise, without a word on which of the two was wrong, and after too many
    failures whatever the password. The attempt is written down first: however many come at
    once, no more than the limit are looked at.
    """
    _write_down(attempt, at=at)
    if is_locked(attempt, at=at):
        raise AuthError(
            "There were too many failed attempts.",
            hint=f"Try again in {WINDOW.seconds // 60} minutes, or have an administrator run: "
            "muster account unlock.",
            code="locked",
        )
    account = _account_of(attempt)
    if account is None:
        raise AuthError("The e-mail address or the password is wrong.", code="wrong")
    SignInAttempt.objects.filter(key__in=list(attempt.limits())[:1]).delete()
    return account


def is_locked(attempt: Attempt, *, at: datetime) -> bool:
    """Return whether more has failed lately than may, this attempt counted in."""
    recent = SignInAttempt.objects.filter(at__gt=at - WINDOW)
    return any(recent.filter(key=key).count() > most for key, most in attempt.limits().items())


def unlock(email: str) -> int:
    """Forget the failures of one account, and return how many there were."""
    who = _who(email)
    of_account = SignInAttempt.objects.filter(key=f"who {who}")
    together = SignInAttempt.objects.filter(key__startswith=f"{who} ")
    return of_account.delete()[0] + together.delete()[0]


def _who(email: str) -> str:
    """Return what failures of one account are counted under; PostgreSQL takes no NUL."""
    return email.replace("\0", "").strip().casefold()[:100]


def _write_down(attempt: Attempt, *, at: datetime) -> None:
    SignInAttempt.objects.filter(at__lte=at - WINDOW).delete()
    SignInAttempt.objects.bulk_create(SignInAttempt(key=key, at=at) for key in attempt.limits())


def _account_of(attempt: Attempt) -> Account | None:
    """Return the account; who has none takes as long to be refused as who has one."""
    email, password = attempt.email.strip(), attempt.password
    if len(email) > _LONGEST_EMAIL or len(password) > _LONGEST_PASSWORD or "\0" in email:
        return None
    account = Account.objects.filter(email__iexact=email, is_active=True).first()
    if account is None or not account.has_usable_password():
        make_password(password)
        return None
    return account if check_password(password, account.password) else None
