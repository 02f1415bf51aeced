"""Rows of Explorers, their groups, and the plans that they are at."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from muster.organizations.models import Organization, Site

LONGEST_NAME = 200


class Explorer(models.Model):
    """A process elsewhere that collects for us. `organization` None: it serves every one of them.

    Its public keys say who it is, and plans are sealed to one of them. `session` names the process
    that speaks for it now, "" where none does. `skew_seconds` is how far its clock was ahead of
    ours at its last hello. `duplicate_at` is when another process was last refused that had the
    same keys. `most_runs` None means as many as the setting says.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, related_name="explorers"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.TextField(blank=True)
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, related_name="+")
    tags = models.JSONField(default=list)
    most_runs = models.IntegerField(null=True)
    signing_key = models.CharField(max_length=44, unique=True)
    sealing_key = models.CharField(max_length=44)
    session = models.CharField(max_length=32, blank=True)
    session_at = models.DateTimeField(null=True)
    last_seen = models.DateTimeField()
    external_address = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=100, blank=True)
    host = models.CharField(max_length=200, blank=True)
    os = models.CharField(max_length=200, blank=True)
    arch = models.CharField(max_length=100, blank=True)
    addresses = models.JSONField(default=list)
    capabilities = models.JSONField(default=list)
    lacks = models.JSONField(default=list)
    skew_seconds = models.IntegerField(default=0)
    duplicate_at = models.DateTimeField(null=True)
    duplicate_address = models.CharField(max_length=100, blank=True)
    is_told_offline = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Two of one name would be taken for each other; one that was revoked frees its name."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="explorer_name_is_unique",
                condition=models.Q(revoked_at=None),
            ),
            models.UniqueConstraint(
                Lower("name"),
                name="server_explorer_name_is_unique",
                condition=models.Q(revoked_at=None, organization=None),
            ),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class ExplorerGroup(models.Model):
    """Explorers of one organization of which any may do a task.

    One without an organization is a hosted zone: of Explorers that serve every organization.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, related_name="explorer_groups"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.TextField(blank=True)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        """Two of one name would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                "organization", Lower("name"), name="explorer_group_name_is_unique"
            ),
            models.UniqueConstraint(
                Lower("name"),
                name="hosted_zone_name_is_unique",
                condition=models.Q(organization=None),
            ),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class GroupMember(models.Model):
    """One Explorer in one group, both of the same organization or both of none."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, related_name="+"
    )
    group = models.ForeignKey(ExplorerGroup, on_delete=models.CASCADE, related_name="members")
    explorer = models.ForeignKey(Explorer, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        """It is in a group once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "explorer"], name="group_member_is_unique")
        ]

    def __str__(self) -> str:
        """Who is where, by key."""
        return f"{self.explorer_id} in {self.group_id}"


class EnrolmentToken(models.Model):
    """Lets one machine enrol, once. Only its digest is kept."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, related_name="+"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(ExplorerGroup, on_delete=models.CASCADE, null=True, related_name="+")
    tags = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    explorer = models.ForeignKey(Explorer, on_delete=models.CASCADE, null=True, related_name="+")

    def __str__(self) -> str:
        """Its id, and nothing that opens anything."""
        return str(self.uid)


class Assignment(models.Model):
    """One step of one run, given to one Explorer. `organization` is the run's.

    `sealed` is the plan, which only the Explorer's key opens; "" once it is over. `session` is the
    process that claimed it. `next` is the number of the chunk that is waited for; `is_ended` says
    that the last one has come. `why` is the sentence for whoever still works on it after it was
    closed, and `refused` the one about a chunk that could not be taken.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    explorer = models.ForeignKey(Explorer, on_delete=models.CASCADE, related_name="assignments")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.UUIDField()
    sealed = models.TextField(blank=True)
    session = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    next = models.IntegerField(default=0)
    is_ended = models.BooleanField(default=False)
    refused = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        """Explorers ask for what is open."""

        indexes: ClassVar = [
            models.Index(
                fields=["explorer"],
                name="assignment_open",
                condition=models.Q(closed_at=None),
            )
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.uid)


class Chunk(models.Model):
    """Lines that were uploaded and wait for the worker that stores what they say."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    packed = models.BinaryField()

    class Meta:
        """However often it is sent, it is there once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "number"], name="chunk_is_unique")
        ]

    def __str__(self) -> str:
        """Which one, and nothing of what it holds."""
        return f"{self.assignment_id}:{self.number}"
