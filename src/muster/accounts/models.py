"""Rows of people of the console. People of a directory are `inventory.DirectoryUser`."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from muster.accounts.roles import Role


class AccountManager(BaseUserManager["Account"]):
    """What Django's sign-in asks for, and nothing more."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Return the account of an e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """One person of the console; `role` holds wherever no organization says otherwise."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices(), default=Role.NONE)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        """The e-mail address."""
        return self.email


class Session(AbstractBaseSession):
    """One browser. `account`, `uid` and `created_at` are None until somebody signs in.

    Two rows have one `uid` for a moment, while a session gets another key.
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    uid = models.UUIDField(null=True, db_index=True, editable=False)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(auto_now=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return what keeps these rows."""
        from muster.accounts.sessions import SessionStore

        return SessionStore


class SignInAttempt(models.Model):
    """One attempt to sign in that did not succeed. `key` is what is counted: who, or from where."""

    key = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """They are counted by key, since when."""

        indexes: ClassVar = [models.Index(fields=["key", "at"], name="sign_in_attempt_by_key")]

    def __str__(self) -> str:
        """What is counted."""
        return self.key
