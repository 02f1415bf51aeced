"""An Explorer's life: it says hello, waits for work, does it, and says why it ends."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import muster
from muster.core.errors import ConfigError, MusterError, UnavailableError
from muster.explorer import identity
from muster.explorer.client import NOTABLE_SKEW, Client
from muster.explorer.job import Job
from muster.explorer.machine import describe
from muster.explorer.messages import Hello, Nothing, Orders, Poll, Welcome

DUPLICATE = "duplicate"
_LONGEST_WAIT_SECONDS = 60.0
_DUPLICATE_SECONDS = 5.0
"""With 24 tries, longer than any server waits before it takes a silent process for gone."""
_JOB_SECONDS = 10.0
"""So long a job may take to end its process when it is told to."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Agent:
    """One process of an Explorer. `until` ends it."""

    client: Client
    folder: Path
    tell: Tell
    until: threading.Event
    _jobs: dict[str, tuple[Job, threading.Thread]] = field(default_factory=dict)
    _last_told: str = ""
    _patience: int = 24

    def live(self) -> None:
        """Work until told to end.

        Raises ConfigError if a person must act: it was revoked, or runs somewhere else too.
        """
        welcome = self._greeted()
        if welcome is None:
            return
        self.tell(f"The Explorer {welcome.name} is connected to {self.client.server}.")
        try:
            self._turn_until_told()
        finally:
            self._stop_all()
            with contextlib.suppress(MusterError):
                self.client.ask("bye", Nothing(), Nothing)

    def _greeted(self) -> Welcome | None:
        """Say hello until the server takes it; None if told to end before.

        Another process's session may be one that died without a word here: that is waited for.
        """
        self.client.session = identity.new_session()
        tries = 0
        while not self.until.is_set():
            try:
                return self._said_hello()
            except UnavailableError as error:
                self._tell_once(_again(error))
                tries += 1
                self.until.wait(_waited(tries))
            except ConfigError as error:
                if error.code != DUPLICATE or self._patience <= 0:
                    raise
                self._tell_once(f"{error.message}; waiting whether that one is gone.")
                self._patience -= 1
                self.until.wait(_DUPLICATE_SECONDS)
        return None

    def _said_hello(self) -> Welcome:
        machine = describe(at=self.client.now())
        hello = Hello(machine=machine, previous=identity.last_session(self.folder))
        welcome = self.client.ask("hello", hello, Welcome)
        identity.keep_session(self.folder, self.client.session)
        for each in machine.lacks:
            self._tell_once(each)
        self._tell_of_clock()
        if welcome.version != muster.__version__:
            self.tell(
                f"The server runs Muster {welcome.version} and this is {muster.__version__}: "
                "update the older one."
            )
        self._last_told = ""
        return welcome

    def _turn_until_told(self) -> None:
        tries = 0
        while not self.until.is_set():
            self._forget_ended()
            try:
                orders = self.client.ask("poll", Poll(running=[*self._jobs]), Orders)
            except UnavailableError as error:
                self._tell_once(_again(error))
                tries += 1
                self.until.wait(_waited(tries))
                continue
            if self._last_told:
                self.tell("The server answers again.")
            tries, self._last_told = 0, ""
            self._obey(orders)
            # What could not be claimed is offered again, and not in the same moment.
            self.until.wait(max(orders.again_after_seconds, 1.0 if orders.offers else 0.0))

    def _obey(self, orders: Orders) -> None:
        for each in orders.over:
            if each in self._jobs:
                self._jobs[each][0].stop()
        for each in orders.offers:
            if each not in self._jobs:
                self._begin(each)

    def _begin(self, assignment: str) -> None:
        job = Job(self.client, assignment, self.tell)
        thread = threading.Thread(target=job.do, name=f"plan {assignment}", daemon=True)
        self._jobs[assignment] = (job, thread)
        thread.start()

    def _forget_ended(self) -> None:
        for each, (_job, thread) in [*self._jobs.items()]:
            if not thread.is_alive():
                del self._jobs[each]

    def _stop_all(self) -> None:
        for job, _thread in self._jobs.values():
            job.stop()
        for _job, thread in self._jobs.values():
            thread.join(_JOB_SECONDS)

    def _tell_of_clock(self) -> None:
        if abs(self.client.skew) > NOTABLE_SKEW:
            self.tell(
                f"The clock of this machine is {in_words(self.client.skew)} the server's. Work "
                "goes on by the server's; set this one, as by: timedatectl set-ntp true"
            )

    def _tell_once(self, sentence: str) -> None:
        if sentence != self._last_told:
            self._last_told = sentence
            self.tell(sentence)


def in_words(skew: timedelta) -> str:
    """Return how far a clock is off: `2 h 3 min ahead of`."""
    minutes = round(abs(skew).total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    length = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"{length} {'ahead of' if skew > timedelta() else 'behind'}"


def _again(error: UnavailableError) -> str:
    return f"{error.message}; trying again. {error.hint}".strip()


def _waited(tries: int) -> float:
    """Return how long to wait after so many tries that failed."""
    return float(min(2 ** min(tries - 1, 10), _LONGEST_WAIT_SECONDS))
