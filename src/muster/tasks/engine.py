"""The durable engine under the workers: all that Muster knows of DBOS is in this file.

A workflow is one run of a task. It outlives the process that works on it: an executor that starts
again under its name recovers its own workflows, and `adopt` puts those of one that is gone into a
queue for anyone. Muster's rows say what a run is; DBOS says only that somebody is to do it.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from muster.core.errors import UnavailableError

_QUEUE = "muster-runs"
_WORKFLOW = "muster-run"
# One for all versions of Muster: what an older one has queued is a run's id, which any can do.
_VERSION = "1"
_POLLING_SECONDS = 1.0
_MOST_FORGOTTEN = 500
_QUIET = logging.CRITICAL + 1

Work = Callable[[str], None]

_work: Work | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the engine keeps its own tables. Prints without what the URL holds."""

    url: str = field(repr=False)


def place_of(parameters: Mapping[str, Any], *, vendor: str) -> Place:
    """Return the engine's place beside a database that the given parameters connect to.

    In PostgreSQL that is a schema of its own; beside SQLite's file, another file.
    """
    if vendor == "sqlite":
        return Place(
            f"sqlite:///{Path(str(parameters['database'])).with_suffix('.engine.sqlite3')}"
        )
    known = {name: parameters.get(name) for name in ("user", "password", "host", "port", "dbname")}
    more = {
        name: str(parameters[name])
        for name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "options")
        if parameters.get(name)
    }
    # A folder of a socket is no host to a URL.
    is_socket = str(known["host"] or "/").startswith("/")
    if is_socket and known["host"]:
        more["host"] = str(known["host"])
    if is_socket and known["port"]:
        more["port"] = str(known["port"])
    url = URL.create(
        "postgresql+psycopg",
        username=known["user"],
        password=known["password"],
        host=None if is_socket else str(known["host"]),
        port=None if is_socket or not known["port"] else int(known["port"]),
        database=known["dbname"],
        query=more,
    )
    return Place(url.render_as_string(hide_password=False))


@DBOS.workflow(name=_WORKFLOW)
def _do(run_id: str) -> None:
    """Do one run; repeated from its beginning after a crash, which `_work` can take."""
    assert _work is not None
    _work(run_id)


@contextlib.contextmanager
def running(place: Place, *, executor: str, slots: int, work: Work) -> Iterator[None]:
    """Do runs that are started here or taken over, each in a thread of its own.

    `work` gets a run's id, and may be called for one that is done, or that is being done: it
    decides by the run's row. `executor` must be no other living process's. What is left undone
    at the end is done by whoever takes the name, or adopts it.
    """
    global _work  # noqa: PLW0603 - DBOS itself is one for the process
    _work = work
    config: DBOSConfig = {
        "name": "muster",
        "system_database_url": place.url,
        "application_version": _VERSION,
        "executor_id": executor,
        "log_level": "CRITICAL",
        "max_executor_threads": slots + 2,
        "use_listen_notify": False,
        "scheduler_polling_interval_sec": 3600.0,
    }
    DBOS(config=config)
    logging.getLogger("dbos").setLevel(_QUIET)
    DBOS.launch()
    try:
        DBOS.register_queue(
            _QUEUE,
            worker_concurrency=slots,
            polling_interval_sec=_POLLING_SECONDS,
            on_conflict="always_update",
        )
        yield
    finally:
        DBOS.destroy()
        _work = None


def start(run_id: str, *, attempt: int) -> None:
    """Begin a run in a thread of this process, once for each attempt however often it is called.

    Not by way of the queue: that is polled, and a slot would begin two runs a second.
    """
    with _told(), SetWorkflowID(f"{run_id}:{attempt}"):
        DBOS.start_workflow(_do, run_id)


def adopt(executor: str) -> int:
    """Put what a process that is gone was doing back into the queue; return how much that was."""
    with _told():
        pending = DBOS.list_workflows(
            executor_id=executor, status="PENDING", load_input=False, load_output=False
        )
        for each in pending:
            DBOS.resume_workflow(each.workflow_id, queue_name=_QUEUE)
        return len(pending)


def forget_old(*, before: str) -> int:
    """Delete what the engine remembers of work that ended before an instant (ISO 8601)."""
    with _told():
        ended = DBOS.list_workflows(
            completed_before=before,
            status=["SUCCESS", "ERROR", "CANCELLED"],
            limit=_MOST_FORGOTTEN,
            load_input=False,
            load_output=False,
        )
        if ended:
            DBOS.delete_workflows([each.workflow_id for each in ended])
        return len(ended)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell what the engine's database does in our terms."""
    try:
        yield
    except DBAPIError as error:
        raise UnavailableError(f"the engine's database does not answer ({error.orig})") from error
