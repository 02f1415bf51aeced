"""Adding what ingest did to what a run says of itself."""

from muster.inventory.ingest import Statistics
from muster.tasks.runs import Going


def add_up(work: Going, statistics: Statistics) -> None:
    """Add the counts and the incomplete collections of one ingestion to a run; say its notices."""
    for name, amount in statistics.as_dict().items():
        work.statistics[name] = work.statistics.get(name, 0) + amount
    work.incomplete += statistics.incomplete
    say(work, statistics)


def say(work: Going, statistics: Statistics) -> None:
    """Write what ingest has to say into the run's log, if it is anything.

    Within the transaction of what it is about, it is as sure as that.
    """
    notices = statistics.take_notices()
    for notice in notices:
        work.recorder.log("warning", notice.event, **notice.fields)
    if notices:
        work.recorder.flush()
