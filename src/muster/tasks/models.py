"""Rows of tasks, their runs, and what the runs said."""

import uuid
from typing import ClassVar

from django.db import models

from muster.core.records import LONGEST_PART
from muster.credentials.models import Credential
from muster.organizations.models import Organization, Site


class Status(models.TextChoices):
    """Where a run is (reference console.md section 4.5)."""

    NEW = "new"
    QUEUED = "queued"
    ACTIVE = "active"
    SCANNED = "scanned"
    PROCESSED = "processed"
    ERROR = "error"
    STOPPED = "stopped"


class Trigger(models.TextChoices):
    """What made a run start."""

    MANUAL = "manual"
    SCHEDULE = "schedule"


class Task(models.Model):
    """Something to collect into one site. `options` are texts as the source declares them.

    `source` is a source's short name, or `import` for files, which need no credential.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="tasks")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    credential = models.ForeignKey(
        Credential, on_delete=models.SET_NULL, null=True, related_name="tasks"
    )
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """The name."""
        return self.name


class Run(models.Model):
    """One go at a task. `options` are those it started with.

    `host`, `pid` and `heartbeat_at` say who works on it, so that a run whose process is gone can
    be told from one that is slow. `is_complete` is False where anything that should have been
    collected was not; nothing of that has expired then.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="runs")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NEW)
    trigger = models.CharField(max_length=20, choices=Trigger.choices, default=Trigger.MANUAL)
    options = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField()
    host = models.CharField(max_length=255)
    pid = models.BigIntegerField()
    is_complete = models.BooleanField(default=False)
    statistics = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    hint = models.TextField(blank=True)

    class Meta:
        """Two runs of one task at once would take each other's records for vanished."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(status="active"),
                name="one_active_run_per_task",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-started_at"], name="run_by_start")
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.uid)


class SyncState(models.Model):
    """Where the last sync of one world of a source stands, so that the next may ask for changes.

    `state` is the source's own and no one else's to read or to show. It holds for the task that
    wrote it, with the settings in `settings_digest`, and no longer than until another task writes
    into the same world. `full_at` is when everything was last read.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    instance = models.CharField(max_length=200)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    settings_digest = models.CharField(max_length=64)
    state = models.JSONField(default=dict)
    full_at = models.DateTimeField()

    class Meta:
        """One picture of each world is kept, so it has one state."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "source", "instance"], name="sync_state_is_unique"
            )
        ]

    def __str__(self) -> str:
        """Which world, and nothing of the state."""
        return f"{self.source}:{self.instance}"


class Checkpoint(models.Model):
    """Where the run stands that last began in one world of a source, until it is over.

    Written in one transaction with what it stored: `statistics` are what it did until then,
    `reported` are the collections that were stored whole. It holds for the settings in
    `settings_digest`. `tries` is how often the run was taken up again without getting further.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    instance = models.CharField(max_length=200)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    settings_digest = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    statistics = models.JSONField(default=dict)
    reported = models.JSONField(default=list)

    class Meta:
        """Whoever begins in a world ends what was unfinished there: it would sweep wrongly."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "source", "instance"], name="checkpoint_is_unique"
            )
        ]

    def __str__(self) -> str:
        """Which world, and nothing of the places."""
        return f"{self.source}:{self.instance}"


class CheckpointPart(models.Model):
    """Where one part of a source's work stands; the source's own, and no one else's to show."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=LONGEST_PART)
    state = models.JSONField(default=dict)

    class Meta:
        """A part stands in one place."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checkpoint", "part"], name="checkpoint_part_is_unique")
        ]

    def __str__(self) -> str:
        """Which part, and nothing of the place."""
        return self.part


class RunLog(models.Model):
    """One line that a run said, without secrets."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    level = models.CharField(max_length=10)
    event = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Level and event."""
        return f"{self.level}: {self.event}"
