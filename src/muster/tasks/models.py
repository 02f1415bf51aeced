"""Rows of tasks, their runs, and what the runs said."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from muster.core.records import LONGEST_PART
from muster.credentials.models import Credential
from muster.organizations.models import Organization, Site

LONGEST_WORKER = 200
DEFAULT_GRACE_HOURS = 4
"""As the reference product has it (console.md section 4.2)."""


class Status(models.TextChoices):
    """Where a run is (reference console.md section 4.5)."""

    NEW = "new"
    QUEUED = "queued"
    ACTIVE = "active"
    SCANNED = "scanned"
    PROCESSED = "processed"
    ERROR = "error"
    STOPPED = "stopped"


DOING = (Status.ACTIVE, Status.SCANNED)
"""Where a run is that a process works on: it collects, or has collected all and stores the rest."""


class Trigger(models.TextChoices):
    """What made a run start."""

    MANUAL = "manual"
    SCHEDULE = "schedule"
    REPLAY = "replay"


class Task(models.Model):
    """Something to collect into one site. `options` are texts as the source declares them.

    `source` is a source's short name, or `import` for files, which need no credential. `explorer`
    is where it runs: the id of an Explorer, a group or a hosted zone; None for this server.
    `schedule` is what `schedules.to_document` makes, and `next_at` when it is due by it. `held`
    says why nothing runs by itself until a person acts. `failures` counts those in a row.
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
    explorer = models.UUIDField(null=True)
    schedule = models.JSONField(default=dict)
    grace_hours = models.IntegerField(default=DEFAULT_GRACE_HOURS)
    next_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    is_hidden = models.BooleanField(default=False)
    held = models.TextField(blank=True)
    failures = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        """Schedulers look for what is due, across all organizations."""

        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], name="task_by_next", condition=models.Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Run(models.Model):
    """One go at a task. `options` are those it started with.

    `host`, `pid` and `heartbeat_at` say who works on it, so that a run whose process is gone can
    be told from one that is slow; `explorer` is the one that collects for it, None where its
    worker does; `worker` is the one whose engine looks after it, and `attempt`
    how often the engine was handed it, last at `released_at`. `is_lost` says that its process went
    away. `started_at` is when it was queued, until it starts. `is_complete` is False where anything
    that should have been collected was not; nothing of that has expired then. `progress` is
    what `progress.Progress` last said of it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="runs")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    explorer = models.UUIDField(null=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NEW)
    trigger = models.CharField(max_length=20, choices=Trigger.choices, default=Trigger.MANUAL)
    options = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    attempt = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    stop_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField()
    host = models.CharField(max_length=255)
    pid = models.BigIntegerField()
    worker = models.CharField(max_length=LONGEST_WORKER, blank=True)
    is_lost = models.BooleanField(default=False)
    is_complete = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    statistics = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    hint = models.TextField(blank=True)
    code = models.CharField(max_length=100, blank=True)

    class Meta:
        """Two runs of one task at once would take each other's records for vanished.

        One that waits counts too: two would only wait for each other.
        """

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(status__in=["queued", "active", "scanned"]),
                name="one_run_at_a_time_per_task",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-started_at"], name="run_by_start"),
            models.Index(
                fields=["queued_at"], name="run_in_queue", condition=models.Q(status="queued")
            ),
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


class RawData(models.Model):
    """What one run was told, kept to be downloaded and to be told again.

    `source` to `reader` are what ingest knew of the run: with them, what is told again leads to
    the same. `lost` says why nothing of it is kept, "" where all of it is. `size` is in bytes.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="raw")
    source = models.CharField(max_length=60)
    source_id = models.IntegerField()
    instance = models.CharField(max_length=200)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    exclude_unknown = models.BooleanField()
    settings = models.JSONField(null=True)
    reader = models.CharField(max_length=100, blank=True)
    parts = models.IntegerField(default=0)
    records = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    lost = models.TextField(blank=True)

    class Meta:
        """A world's runs are told again in order."""

        indexes: ClassVar = [
            models.Index(
                fields=["organization", "source", "instance", "run"], name="raw_data_of_world"
            )
        ]

    def __str__(self) -> str:
        """Of what, and how much."""
        return f"{self.source}:{self.instance}, {self.records} records"


class RawPart(models.Model):
    """The records of one batch as it was stored: NDJSON, a gzip file by itself."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    data = models.ForeignKey(RawData, on_delete=models.CASCADE, related_name="kept")
    number = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        """Parts have an order."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["data", "number"], name="raw_part_is_unique")
        ]

    def __str__(self) -> str:
        """Which part."""
        return str(self.number)


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


class UploadPart(models.Model):
    """A piece of a file that a program uploaded, which its run reads."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="upload")
    number = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        """The pieces have an order."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="upload_part_is_unique")
        ]

    def __str__(self) -> str:
        """Which piece."""
        return str(self.number)


class ScanTemplate(models.Model):
    """Settings of scans under a name. `params` are texts as `scan` takes them.

    With `is_global` all organizations may use it; `acl` are roles by organization as programs
    gave them.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    is_global = models.BooleanField(default=False)
    acl = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()

    class Meta:
        """Two of one name in one organization would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint("organization", Lower("name"), name="template_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Outcome(models.TextChoices):
    """What came of a time at which a task was due."""

    RAN = "ran"
    MISSED = "missed"
    OVERLAPPED = "overlapped"


class Recurrence(models.Model):
    """One time at which a task was due. `run` is what it spawned, None where nothing did.

    A downtime that swallowed several leaves a row for the last of them.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="recurrences")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        """However many schedulers look at the clock, a time comes once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "due_at"], name="due_once")
        ]

    def __str__(self) -> str:
        """When it was, and what came of it."""
        return f"{self.due_at.isoformat()}: {self.outcome}"


class Worker(models.Model):
    """A process that runs tasks, of all organizations. Its name outlives it.

    Whoever takes a name over has another `host` and `pid`. `slots` are how many runs it takes at
    once; it takes no more from `ending_at` on.
    """

    name = models.CharField(max_length=LONGEST_WORKER, unique=True)
    host = models.CharField(max_length=255)
    pid = models.BigIntegerField()
    slots = models.IntegerField()
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ending_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """The name."""
        return self.name
