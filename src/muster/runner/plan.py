"""What is to be run, and what is said of it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from muster.core.records import CollectionReport
from muster.core.source import Checkpoints


@dataclass(frozen=True, slots=True)
class Step:
    """One source to ask, as `core.source.Context` explains what it gets."""

    source: str
    options: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, str] | None = field(default=None, repr=False)
    checkpoints: Checkpoints | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps, done in order: a connector task has one, a scan has many."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepReport:
    """How a step ended. `records` are those emitted, without reports.

    `complete` is true if every collection is; otherwise `error` is the sentence for a person,
    `hint` what to do, `code` the other side's own name for it. It `is_broken_off` if it did not
    end by itself: it was stopped, or its process was lost. Then it can go on later.
    """

    source: str
    complete: bool
    records: int = 0
    error: str = ""
    hint: str = ""
    code: str = ""
    is_stopped: bool = False
    is_broken_off: bool = False
    collections: tuple[CollectionReport, ...] = ()
