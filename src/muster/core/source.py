"""The source protocol: what an integration or probe declares, and how it is asked to collect."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from muster.core.records import AnyRecord, Collection

Checkpoints = Mapping[str, Mapping[str, str]]
"""Where each part of a source's work stands, by the part's name."""


class OptionKind(StrEnum):
    """How an option is asked for: it draws the form field, the CLI flag and the parsing."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a person may set for a task; `name` is also its key in the plan."""

    name: str
    label: str
    kind: OptionKind = OptionKind.TEXT
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretField:
    """One field of a credential. `is_secret` fields are write-only: never shown again."""

    name: str
    label: str
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    is_multiline: bool = False


@dataclass(frozen=True, slots=True)
class CredentialType:
    """A kind of credential that a source accepts, such as `azure_client_secret`."""

    name: str
    label: str
    fields: tuple[SecretField, ...]
    note: str = ""

    def secret_names(self) -> frozenset[str]:
        """Names of the fields that must never be shown."""
        return frozenset(each.name for each in self.fields if each.is_secret)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a verification: what was checked, whether it holds, and the fix if not.

    `correction` is what readable fields of the credential are better called, by field: it is
    applied when a new credential is saved. `ends_at` is when the credential ends, None if unknown.
    """

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""
    is_required: bool = True
    correction: Mapping[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None


class Progress(Protocol):
    """Where a source tells how far it is. Cheap to call often."""

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        """Say that `done` records of `collection` are collected; `total` None means unknown."""

    def log(self, level: str, event: str, **fields: object) -> None:
        """Put a line into the run's log: level `debug`, `info`, `notice`, `warning` or `error`.

        A notice is nothing to act upon, but whoever watches should know.
        """

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a statistic of the run, such as `requests` or `retries`."""


class SilentProgress:
    """Progress for whoever does not watch; keeps only the counts."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self.counts: dict[str, int] = {}

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        """Drop it."""

    def log(self, level: str, event: str, **fields: object) -> None:
        """Drop it."""

    def count(self, name: str, amount: int = 1) -> None:
        """Add to `counts`."""
        self.counts[name] = self.counts.get(name, 0) + amount


@dataclass(frozen=True, slots=True)
class Context:
    """What a source gets for one run: its options, its secrets, and where to report.

    `options` and `secret` are text to text, as declared by the source. `endpoints` are base
    addresses that replace the real ones, by server setting only, never from a form.
    `state` is what the source's last StateRecord held: then it may tell changes alone. It is
    empty where everything is to be told, and None where nobody keeps a state.
    `checkpoints` are the states of the source's CheckpointRecords by part, of a run that broke off
    and now goes on: what they say is done is stored, and need not be told again. They are empty at
    the beginning of a run, and None where nobody keeps them: then a source need not yield any.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    progress: Progress = field(default_factory=SilentProgress)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    endpoints: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, str] | None = field(default=None, repr=False)
    checkpoints: Checkpoints | None = field(default=None, repr=False)


class Source(Protocol):
    """An integration or probe. One instance serves all runs and holds no state of any."""

    name: str
    label: str
    source_id: int
    collections: tuple[Collection, ...]
    options: Sequence[Option]
    credential_types: Sequence[CredentialType]

    def instance(self, secret: Mapping[str, str]) -> str:
        """Which of the source's many worlds a credential opens (a tenant id); "" where one."""

    async def verify(self, context: Context) -> list[Finding]:
        """Try the credential, changing nothing; name each missing permission with its fix."""

    def collect(self, context: Context) -> AsyncIterator[AnyRecord]:
        """Yield records, and a CollectionReport after each collection, in a flat memory.

        Raises ConfigError or UnavailableError if it cannot finish; every collection not yet
        reported complete is then incomplete.

        A source may yield CheckpointRecords. If it does and the context says where it stood, it
        yields what is missing, and every report, with the figures of an undisturbed run. Telling
        again what was told before does no harm; a source without checkpoints begins anew.
        """
