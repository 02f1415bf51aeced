"""Rows of tokens and clients. What opens a door is kept as its hash only."""

import uuid
from typing import ClassVar

from django.db import models

from muster.organizations.models import Organization

LONGEST_COMMENT = 200
_LONGEST_AGENT = 300


class Kind(models.TextChoices):
    """What a token opens (reference console.md section 5, API tokens)."""

    ACCOUNT = "account"
    ORGANIZATION = "organization"
    EXPORT = "export"
    DOWNLOAD = "download"


class Bearer(models.Model):
    """What all that signs in has in common: where it holds, and how it was used.

    `organization` is None where it holds for all. `day_counter` are the requests of `day`.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", null=True
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    comment = models.CharField(max_length=LONGEST_COMMENT, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=LONGEST_COMMENT)
    rotated_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_ip = models.CharField(max_length=60, blank=True)
    last_used_agent = models.CharField(max_length=_LONGEST_AGENT, blank=True)
    counter = models.BigIntegerField(default=0)
    day = models.DateField(null=True)
    day_counter = models.BigIntegerField(default=0)

    class Meta:
        """Only the concrete ones have tables."""

        abstract = True

    def __str__(self) -> str:
        """The comment, and nothing of the secret."""
        return self.comment or str(self.uid)


class Token(Bearer):
    """A token that is sent with every request. `beginning` are its first characters, to know it."""

    kind = models.CharField(max_length=20, choices=Kind.choices)
    beginning = models.CharField(max_length=12)

    class Meta:
        """A token for all organizations belongs to none."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="account", organization__isnull=True)
                | (~models.Q(kind="account") & models.Q(organization__isnull=False)),
                name="token_holds_where_its_kind_says",
            )
        ]


class ApiClient(Bearer):
    """A program that signs in with an id (`uid`) and a secret, and gets a token for an hour."""


class AccessToken(models.Model):
    """What an API client got for its secret."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="access_tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Whose it is, and nothing of the secret."""
        return f"access of {self.client_id}"
