"""The API's description: complete, and true of every answer, whatever is sent."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.conftest import fill, token
from muster.api.application import api
from muster.tokens.models import Kind
from muster.wsgi import application

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
DESCRIBED = api.get_openapi_schema()
schema = schemathesis.openapi.from_wsgi("/api/v1.0/openapi.json", application)


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_the_answer_is_as_described(case, bearer):
    case.query = {name: value for name, value in (case.query or {}).items() if name != "_oid"}

    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"}, checks=CHECKS)


@pytest.fixture
def bearer(scope, at):
    """A token for all; the connection of the test's transaction outlives each request."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    fill(scope, at)
    yield token(Kind.ACCOUNT)
    for each in signals:
        each.connect(close_old_connections)


def operations():
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in DESCRIBED["paths"].items()
        for method, operation in item.items()
    ]


def test_it_is_openapi_3_1():
    assert DESCRIBED["openapi"].startswith("3.1")


def test_every_operation_says_what_it_does_and_what_can_go_wrong():
    for name, operation in operations():
        assert operation["summary"], name
        assert operation["operationId"], name
        assert len(operation["responses"]) > 1 or "/releases/" in name or "/health" in name, name
        assert ("security" in operation) is ("401" in map(str, operation["responses"])) or (
            "/account/api/" in name
        ), name


def test_no_two_operations_have_one_id():
    ids = [operation["operationId"] for _name, operation in operations()]

    assert len(set(ids)) == len(ids)


def test_what_is_ours_is_marked():
    for name, operation in operations():
        assert ("x-muster" in operation) is ("/org/muster/" in name), name
