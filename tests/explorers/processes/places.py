"""A server, its worker and Explorers in processes of their own, as an operator has them."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime

import httpx

from muster.explorers.enrolment import NewToken, make_token
from muster.explorers.models import Explorer
from muster.organizations.scope import scope_by_name
from tasks.worker.processes import Fleet, url_of

MUSTER = [sys.executable, "-c", "from muster.cli.main import run; run()"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def surroundings(**more):
    kept = {key: text for key, text in os.environ.items() if not key.startswith("MUSTER_")}
    return {**kept, **more}


class Places(Fleet):
    """A fleet of workers, the server beside it, and Explorers that know only its address."""

    def __init__(self, *given):
        super().__init__(*given)
        self.url = ""

    def serve(self):
        """Start the web server, without a worker, and wait until it answers."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._start(
            "server",
            ["serve", "--no-worker", "--port", str(port)],
            MUSTER_HOME=str(self.folder),
            MUSTER_DATABASE_URL=url_of(self.database),
        )
        self.wait(self._answers)

    def token(self, **new):
        text, _row = make_token(scope_by_name(""), NewToken(**new), at=datetime.now(UTC))
        return text

    def enrol(self, name, **new):
        """Enrol an Explorer from a process that has no database, and return its row."""
        command = ["explorer", "enrol", self.url, "--token", self.token(**new)]
        command += ["--name", name, "--folder", str(self._folder(name)), "--json"]
        ended = subprocess.run(
            [*MUSTER, *command], env=surroundings(), capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return Explorer.objects.get(uid=json.loads(ended.stdout)["id"])

    def explore(self, name, *, folder=""):
        """Run an Explorer, under a name of the test's for this process."""
        words = ["explorer", "run", "--folder", str(self._folder(folder or name))]
        self._start(name, words)

    def wait_until_connected(self, explorer):
        return self.wait(lambda: Explorer.objects.exclude(session="").filter(pk=explorer.pk))

    def ended(self, name):
        """Wait until a process has ended by itself, and return its exit code."""
        return self.processes.pop(name).wait(90)

    def interrupt(self, name, number=signal.SIGSTOP):
        os.killpg(self.processes[name].pid, number)

    def _folder(self, name):
        return self.folder / f"explorer-{name}"

    def _start(self, name, words, **more):
        with (self.folder / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                [*MUSTER, *words],
                env=surroundings(**more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self):
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False
