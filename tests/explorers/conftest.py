"""Explorers that ask the real endpoint, without a network in between."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from muster.core.records import AssetRecord, Collection, CollectionReport
from muster.explorer import identity, signing
from muster.explorer.chunks import pack
from muster.explorer.client import Client
from muster.explorer.enrolling import enrol
from muster.explorer.machine import describe
from muster.explorer.messages import Hello, Nothing, Orders, Poll, Received, Welcome
from muster.explorers.assignments import assign
from muster.explorers.enrolment import NewToken, make_token
from muster.explorers.models import Explorer
from muster.explorers.sessions import SILENCE
from muster.runner import wire

SERVER = "http://localhost"


def utc_now():
    return datetime.now(UTC)


class Machine:
    """An Explorer's machine: its folder, its clock, and what it asks."""

    def __init__(self, folder, app, *, ahead=timedelta()):
        self.folder = folder
        self.http = httpx.Client(transport=httpx.WSGITransport(app=app))
        self.ahead = ahead
        self.client = None

    def now(self):
        return utc_now() + self.ahead

    def enrol(self, token, name="berlin-1", **more):
        enrol(self.folder, SERVER, token=token, name=name, http=self.http, now=self.now, **more)
        return self.load()

    def load(self):
        who = identity.load(self.folder)
        self.client = Client(self.http, SERVER, who.keys, self.now, explorer=who.explorer)
        return self

    def hello(self, *, previous=""):
        self.client.session = identity.new_session()
        hello = Hello(machine=describe(at=self.now()), previous=previous)
        return self.client.ask("hello", hello, Welcome)

    def poll(self, *running):
        return self.client.ask("poll", Poll(running=list(running)), Orders)

    def claim(self, assignment):
        from muster.explorer.messages import Claimed

        return self.client.ask(f"plans/{assignment.uid}/claim", Nothing(), Claimed)

    def send(self, assignment, number, *lines, packed=None):
        body = pack(b"".join(map(wire.encode, lines))) if packed is None else packed
        return self.client.send(f"plans/{assignment.uid}/chunks/{number}", body, Received)

    @property
    def row(self):
        return Explorer.objects.get(uid=self.client.explorer)


def host(number):
    return AssetRecord(source="fake", id=f"id-{number}", names=(f"host-{number}",))


WHOLE = CollectionReport(source="fake", collection=Collection.ASSETS, complete=True)
END = wire.Ended()


@pytest.fixture
def app():
    """The web application; as Django's own test client has it, the test's connection stays."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    yield WSGIHandler()
    for each in signals:
        each.connect(close_old_connections)


@pytest.fixture
def token(scope):
    def made(**new):
        return make_token(scope, NewToken(**new), at=utc_now())[0]

    return made


@pytest.fixture
def machine_of(app, tmp_path):
    def made(name="berlin-1", **more):
        return Machine(tmp_path / name, app, **more)

    machines = []

    def kept(*given, **more):
        machines.append(made(*given, **more))
        return machines[-1]

    yield kept
    for each in machines:
        each.http.close()


@pytest.fixture
def machine(machine_of, token):
    """One that has enrolled and said hello."""
    found = machine_of().enrol(token())
    found.hello()
    return found


@pytest.fixture
def assignment(scope, machine):
    """A plan that waits for the machine."""
    return given(scope, machine)


@pytest.fixture
def claimed(machine, assignment):
    machine.claim(assignment)
    return assignment


def given(scope, machine, *, run=None):
    from uuid import uuid4

    order = json.dumps({"source": "fake"}).encode()
    return assign(scope.organization, machine.row, run or uuid4(), order, at=utc_now())


def silent(explorer):
    """Let an Explorer have been silent for too long."""
    Explorer.objects.filter(pk=explorer.pk).update(last_seen=utc_now() - SILENCE * 2)


def signed(machine, path, body, *, key=None, at=None, explorer=None, session=None):
    """Return the headers of a request that a stranger might make up."""
    client = machine.client
    said = signing.Said(
        path=path,
        body=body,
        at=at or utc_now(),
        explorer=client.explorer if explorer is None else explorer,
        session=client.session if session is None else session,
    )
    headers = signing.signed_headers(said, key or client.keys.signing)
    return {**headers, signing.PROTOCOL: "1"}
