"""Metrics: the text that Prometheus reads."""

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from muster.health.checks import Check
from muster.health.figures import Figures
from muster.health.metrics import metrics

FIGURES = Figures(
    organizations=2,
    tasks=3,
    runs_active=1,
    oldest_heartbeat=timedelta(seconds=1.5),
    runs_by_status={"processed": 7, "error": 1},
    workers=2,
    workers_living=1,
    events=12345678,
    deliveries_waiting=4,
    oldest_due=None,
    deliveries_failed=0,
    channels_failing=0,
)
# The format's own grammar: name, labels in quotes with escapes, a number.
_SAMPLE = re.compile(
    r'[a-zA-Z_:][\w:]*(\{[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"\})? [-+0-9.e]+', re.ASCII
)


def test_every_figure_is_there_as_it_is():
    text = metrics([Check("database", ok=True, detail="")], FIGURES)

    for line in (
        'muster_check_ok{check="database"} 1',
        'muster_runs{status="error"} 1',
        "muster_workers_living 1",
        "muster_run_heartbeat_age_seconds 1.5",
        "muster_delivery_due_age_seconds 0",
        "muster_events_total 12345678",
        "# TYPE muster_events_total counter",
    ):
        assert f"\n{line}\n" in f"\n{text}"


def test_without_a_database_the_checks_are_told():
    text = metrics([Check("database", ok=False, detail="")], None)

    assert text.splitlines()[-1] == 'muster_check_ok{check="database"} 0'


@given(st.text(st.characters(exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")))
def test_no_name_breaks_the_format(name):
    text = metrics([Check(name, ok=True, detail="")], FIGURES)

    for line in text.split("\n")[:-1]:
        assert line.startswith("# ") or _SAMPLE.fullmatch(line)
