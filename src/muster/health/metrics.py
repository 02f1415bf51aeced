"""Figures and checks as Prometheus reads them.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text 0.0.4, read 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from muster.health.checks import Check
from muster.health.figures import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics(checks: Sequence[Check], figures: Figures | None) -> str:
    """Return the text of `/metrics`; without figures the checks alone."""
    lines = list(_family("check_ok", "gauge", "Whether a check holds.", _of_checks(checks)))
    if figures is not None:
        for name, kind, help_text, samples in _families(figures):
            lines += _family(name, kind, help_text, samples)
    return "\n".join(lines) + "\n"


_Samples = Sequence[tuple[Mapping[str, str], float]]


def _of_checks(checks: Sequence[Check]) -> _Samples:
    return [({"check": each.name}, float(each.ok)) for each in checks]


def _families(found: Figures) -> Iterator[tuple[str, str, str, _Samples]]:
    runs = [({"status": name}, count) for name, count in sorted(found.runs_by_status.items())]
    yield "organizations", "gauge", "Organizations.", _one(found.organizations)
    yield "tasks", "gauge", "Tasks.", _one(found.tasks)
    yield "runs_active", "gauge", "Runs that are going.", _one(found.runs_active)
    yield "runs", "gauge", "Runs that are kept, by status.", runs
    yield "workers", "gauge", "Workers that did not end in order, or live.", _one(found.workers)
    yield "workers_living", "gauge", "Workers that are alive.", _one(found.workers_living)
    yield (
        "run_heartbeat_age_seconds",
        "gauge",
        "How long the quietest run that is going has said nothing.",
        _seconds(found.oldest_heartbeat),
    )
    yield "events_total", "counter", "Events that were recorded.", _one(found.events)
    yield "deliveries_waiting", "gauge", "Notices to be sent.", _one(found.deliveries_waiting)
    yield (
        "delivery_due_age_seconds",
        "gauge",
        "How long the oldest notice is due.",
        _seconds(found.oldest_due),
    )
    yield "deliveries_failed", "gauge", "Notices given up.", _one(found.deliveries_failed)
    yield "channels_failing", "gauge", "Channels that do not work.", _one(found.channels_failing)


def _one(value: float) -> _Samples:
    return [({}, value)]


def _seconds(age: timedelta | None) -> _Samples:
    """Nothing is as old as nothing: 0, so that an alarm does not lose its series."""
    return _one(age.total_seconds() if age else 0.0)


def _family(name: str, kind: str, help_text: str, samples: _Samples) -> Iterator[str]:
    full = f"muster_{name}"
    yield f"# HELP {full} {help_text}"
    yield f"# TYPE {full} {kind}"
    for labels, value in samples:
        yield f"{full}{_labels(labels)} {value:.17g}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
