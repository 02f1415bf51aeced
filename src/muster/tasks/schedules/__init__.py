"""When a task recurs: values in, instants out; no clock and no rows.

A schedule is data (`schedule.py`), read from what a person or a program gives (`reading.py`).
`occurrences.py` says when it is due, `missed.py` what to do about what a downtime swallowed.
"""

from muster.tasks.schedules.missed import Verdict, judge
from muster.tasks.schedules.occurrences import latest_until, next_after, upcoming
from muster.tasks.schedules.reading import from_document, read, to_document
from muster.tasks.schedules.schedule import Frequency, Schedule, Weekday
from muster.tasks.schedules.words import in_words

__all__ = [
    "Frequency",
    "Schedule",
    "Verdict",
    "Weekday",
    "from_document",
    "in_words",
    "judge",
    "latest_until",
    "next_after",
    "read",
    "to_document",
    "upcoming",
]
