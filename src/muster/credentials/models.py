"""Rows of credentials. Secrets are in `sealed` only, and only as ciphertext."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from muster.organizations.models import Organization


class Verification(models.TextChoices):
    """What the latest check of a credential found."""

    VERIFIED = "verified"
    FAILED = "failed"


class Credential(models.Model):
    """What opens one source. `organization` owns it; others see it only if it is global.

    `public` has the fields that may be shown (a client id); `sealed` has a ciphertext per secret
    field. `type` is the name of a `CredentialType` that a source declares. `expires_at` is
    None where the source does not tell.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="credentials"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=60)
    is_global = models.BooleanField(default=False)
    public = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    verification_status = models.CharField(max_length=20, choices=Verification.choices)
    verification_message = models.TextField(blank=True)
    verified_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        """Two credentials of one name in one organization would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint("organization", Lower("name"), name="credential_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name
