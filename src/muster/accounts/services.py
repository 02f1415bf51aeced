"""Writing accounts: the first one, others, and their passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from muster.accounts.models import Account
from muster.accounts.roles import Role
from muster.core.errors import ConfigError

LONGEST_NAME = 200
_LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a person gives for an account. Prints without the password."""

    email: str
    password: str
    name: str = ""
    role: Role = Role.NONE

    def __repr__(self) -> str:
        """Who, and with which role."""
        return f"NewAccount({self.email!r}, {self.role.value!r})"


def create(new: NewAccount, *, at: datetime) -> Account:
    """Save an account and return it.

    Raises ConfigError for an address that is none or in use, or a password that is too weak.
    """
    email, name = checked_email(new.email), _checked_name(new.name)
    if Account.objects.filter(email__iexact=email).exists():
        raise ConfigError(
            f"there is already an account '{email}'", hint="Use another address.", code="email"
        )
    account = Account(email=email, name=name, role=new.role, created_at=at)
    set_password(account, new.password)
    account.save()
    return account


def set_password(account: Account, password: str) -> None:
    """Put a new password into an account, which is not saved; its sessions end when it is.

    Raises ConfigError if the password is too weak.
    """
    if len(password) > _LONGEST_PASSWORD:
        raise ConfigError("the password is too long", hint="Use at most 1,024 characters.")
    try:
        validate_password(password, user=account)
    except ValidationError as error:
        raise ConfigError(
            "the password is too weak", hint=" ".join(_sentences(error)), code="password"
        ) from error
    account.set_password(password)


def change_password(account: Account, *, old: str, new: str) -> None:
    """Change an account's own password.

    Raises ConfigError if the old one is wrong or the new one too weak.
    """
    if not account.check_password(old):
        raise ConfigError("the present password is wrong", hint="Type it again.", code="old")
    set_password(account, new)
    account.save(update_fields=["password"])


def rename(account: Account, name: str) -> None:
    """Change what an account is called. Raises ConfigError if it cannot be a name."""
    account.name = _checked_name(name)
    account.save(update_fields=["name"])


def is_first_run() -> bool:
    """True until somebody has an account."""
    return not Account.objects.exists()


def checked_email(text: str) -> str:
    """Return an address without blanks around it. Raises ConfigError if it is none."""
    email = text.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ConfigError(
            f"'{email[:100]}' is not an e-mail address",
            hint="It looks like name@example.com.",
            code="email",
        ) from error
    return email


def _checked_name(text: str) -> str:
    name = text.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ConfigError(
            f"a name is at most {LONGEST_NAME} printable characters",
            hint="Shorten it.",
            code="name",
        )
    return name


def _sentences(error: ValidationError) -> Sequence[str]:
    return [str(each) for each in error.messages]
