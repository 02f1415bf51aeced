"""App registrations, as far as they tell when their secrets end."""

import uuid
from datetime import UTC, datetime
from typing import Any

import orjson

from muster.core.errors import QueryError
from muster.odata import parse, predicate, syntax_refusal
from muster.simulator.config import Application, Secret
from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import GraphError, bad_request, denied, no_segment, not_found
from muster.simulator.graph.lists.listing import rows_response
from muster.simulator.web.response import Response, json_response

# Source: https://learn.microsoft.com/graph/api/application-list (read 2026-11).
_OPENING = (
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
_HINT_LENGTH = 3
_BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


def answer_applications(call: Call, rest: list[str]) -> Response:
    """Those that a `$filter` lets through, or one by its id or `appId=...`."""
    if not call.caller.has_any(*_OPENING):
        raise denied()
    rows = [_row(call, each) for each in call.caller.tenant.config.applications]
    names = call.options.select
    chosen = f"({','.join(names)})" if names else ""
    if not rest:
        found = [_selected(call, each) for each in rows if _is_wanted(call, each)]
        head = {"@odata.context": call.context(f"applications{chosen}")}
        return rows_response(head, b",".join(map(orjson.dumps, found)))
    if len(rest) > 1:
        raise no_segment(rest[1])
    one = _selected(call, _named(rows, rest[0]))
    return json_response(
        200, {"@odata.context": call.context(f"applications{chosen}/$entity"), **one}
    )


def _is_wanted(call: Call, row: dict[str, Any]) -> bool:
    if call.options.filter is None:
        return True
    try:
        return predicate(parse(call.options.filter))(row)
    except QueryError as error:
        refused = syntax_refusal(error)
        raise GraphError(refused.status, refused.code, refused.message) from error


def _named(rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    name, equals, value = key.partition("=")
    if equals and name.casefold() != "appid":
        raise bad_request(f"Invalid object identifier '{key}'.")
    field, wanted = ("appId", value) if equals else ("id", key)
    for each in rows:
        if each[field].casefold() == wanted.casefold():
            return each
    raise not_found(wanted)


def _selected(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    names = call.options.select
    return row if names is None else {name: row.get(name) for name in names}


def _row(call: Call, application: Application) -> dict[str, Any]:
    namespace = uuid.UUID(call.caller.tenant.id)
    return {
        "id": str(uuid.uuid5(namespace, f"application {application.client_id}")),
        "deletedDateTime": None,
        "appId": application.client_id,
        "displayName": application.display_name,
        "signInAudience": "AzureADMultipleOrgs" if application.is_multi_tenant else "AzureADMyOrg",
        "passwordCredentials": [_password(namespace, each) for each in application.secrets],
        "keyCredentials": [],
    }


def _password(namespace: uuid.UUID, secret: Secret) -> dict[str, Any]:
    """Of its text Graph tells the first three characters, and nothing else after it was made.

    Source: https://learn.microsoft.com/graph/api/resources/passwordcredential (read 2026-11).
    """
    return {
        "customKeyIdentifier": None,
        "displayName": "Muster",
        "endDateTime": secret.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hint": secret.value[:_HINT_LENGTH],
        "keyId": str(uuid.uuid5(namespace, f"secret {secret.value}")),
        "secretText": None,
        "startDateTime": _BEGINNING.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
