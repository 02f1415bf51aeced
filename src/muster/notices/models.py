"""Rows of events, channels, rules and deliveries. Secrets are in `sealed` only, as ciphertext."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from muster.organizations.models import Organization

LONGEST_NAME = 200


class Event(models.Model):
    """One thing that happened, in an audit log: the database refuses to change such a row.

    `source_*` is who did it, `target_*` what it was done to (reference console-api.md, Event).
    `amount` is how many or how often: new assets, failures in a row; 1 where nothing is counted.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    action = models.CharField(max_length=60)
    success = models.BooleanField()
    source_type = models.CharField(max_length=20)
    source_name = models.CharField(max_length=LONGEST_NAME)
    target_type = models.CharField(max_length=20, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    target_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    amount = models.BigIntegerField(default=1)
    details = models.JSONField(default=dict)

    class Meta:
        """The log is read from its end, by action, and by what it is about."""

        indexes: ClassVar = [
            models.Index(fields=["organization", "-id"], name="event_by_age"),
            models.Index(fields=["organization", "action", "-id"], name="event_by_action"),
            models.Index(fields=["organization", "target_id", "-id"], name="event_by_target"),
            models.Index(fields=["created_at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.action} {self.target_name}".strip()


class Channel(models.Model):
    """A way to tell people: `public` and `sealed` are kept as a credential's are.

    `halted_at` is set once the other side refused who we are: nothing is tried again before a
    person had the channel verified, so that no account is locked out.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    type = models.CharField(max_length=20)
    public = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    is_working = models.BooleanField()
    message = models.TextField(blank=True)
    checked_at = models.DateTimeField()
    halted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        """Two channels of one name in one organization would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint("organization", Lower("name"), name="channel_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Rule(models.Model):
    """Which events go to which channels.

    `query` is asked of the assets ("" asks nothing), and `threshold` is how many it must find,
    or without a query how large the event's `amount` must be. After the rule held, it rests for
    `period`; `held_back` counts what it would have told meanwhile. `error` is why its query could
    not be asked the last time.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    actions = models.JSONField()
    query = models.TextField(blank=True)
    threshold = models.BigIntegerField(default=1)
    period = models.DurationField()
    channels = models.ManyToManyField(Channel, related_name="rules")
    is_enabled = models.BooleanField(default=True)
    held_at = models.DateTimeField(null=True)
    held_back = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        """Two rules of one name in one organization would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint("organization", Lower("name"), name="rule_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class State(models.TextChoices):
    """Where a delivery is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Delivery(models.Model):
    """One event on its way to one channel, written with the event or not at all.

    It is due at `due_at`. Whoever takes it moves that into the future, so that it comes back if
    they die with it. Its `uid` goes with every attempt, so that who gets it twice can tell.
    `rule_name`, `found` and `held_back` say why it was made.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    rule_name = models.CharField(max_length=LONGEST_NAME)
    found = models.BigIntegerField()
    held_back = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Two rules that hold for one event do not tell one channel twice."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "channel"], name="delivery_is_unique")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(state="waiting"),
                name="delivery_by_due",
            )
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.uid)
