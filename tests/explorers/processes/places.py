"""A server, its worker and Explorers in processes of their own, as an operator has them."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime

import httpx

from muster.explorers.enrolment import NewToken, make_token
from muster.explorers.models import Explorer
from muster.organizations.scope import scope_by_name
from muster.tasks.models import Checkpoint
from tasks.worker.processes import PATIENCE_SECONDS, Fleet, url_of

MUSTER = "from muster.cli.main import run; run()"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def surroundings(**more):
    kept = {key: text for key, text in os.environ.items() if not key.startswith("MUSTER_")}
    return {**kept, **more}


class Places(Fleet):
    """A server with its worker, and Explorers that know only its address and have no Django."""

    def __init__(self, *given, python):
        super().__init__(*given)
        self.python = python
        self.url = ""

    def serve(self):
        """Start the web server with a worker beside it, and wait until it answers."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._start(
            "server",
            [sys.executable, "-c", MUSTER, "serve", "--port", str(port)],
            MUSTER_DEVELOPMENT="yes",  # no page is asked for, so none of their files need be built
            MUSTER_HOME=str(self.folder),
            MUSTER_DATABASE_URL=url_of(self.database),
            MUSTER_ENTRA_LOGIN_URL=self.simulator.url,
            MUSTER_ENTRA_GRAPH_URL=self.simulator.url,
        )
        self.wait(self._answers)

    def enrol(self, name, **new):
        """Enrol an Explorer with a new token, and return its row."""
        text, _row = make_token(scope_by_name(""), NewToken(**new), at=datetime.now(UTC))
        words = [self.url, "--token", text, "--name", name, "--folder", str(self.home_of(name))]
        ended = subprocess.run(
            [self.python, "-c", MUSTER, "explorer", "enrol", *words, "--json"],
            env=surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return Explorer.objects.get(uid=json.loads(ended.stdout)["id"])

    def explore(self, name):
        """Run an Explorer."""
        words = ["explorer", "run", "--folder", str(self.home_of(name))]
        self._start(name, [self.python, "-c", MUSTER, *words])

    def wait_until_held(self, run):
        """Wait until some of a run is stored, while the simulator holds the rest back."""
        self.wait(lambda: Checkpoint.objects.filter(run=run, statistics__assets_new__gt=0).first())

    def ended(self, name):
        """Wait until a process has ended by itself, and return its exit code."""
        return self.processes.pop(name).wait(PATIENCE_SECONDS)

    def children_of(self, name):
        """Return the processes that an Explorer has begun and that live."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.processes[name].pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return listed.stdout.split()

    def home_of(self, name):
        return self.folder / f"explorer-{name}"

    def _start(self, name, command, **more):
        with (self.folder / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                command, env=surroundings(**more), stdout=log, stderr=log, start_new_session=True
            )

    def _answers(self):
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False
