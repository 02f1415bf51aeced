"""The tenant itself: its name and its verified domains."""

from typing import Any

import orjson

from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import denied, not_found
from muster.simulator.graph.kinds import DEVICES, GROUPS, USERS
from muster.simulator.graph.lists.listing import rows_response
from muster.simulator.web.response import Response, json_response

_OPENING = ("Organization.Read.All", "User.Read", *USERS.permissions)


def list_organization(call: Call, object_id: str | None = None) -> Response:
    """The one organization, in a list or by its id."""
    if not call.caller.has_any(*_OPENING, *DEVICES.permissions, *GROUPS.permissions):
        raise denied()
    row = _organization(call)
    if object_id is None:
        names = call.options.select
        context = call.context(f"organization({','.join(names)})" if names else "organization")
        return rows_response({"@odata.context": context}, orjson.dumps(row))
    if object_id.lower() != call.caller.tenant.id:
        raise not_found(object_id)
    return json_response(200, {"@odata.context": call.context("organization/$entity"), **row})


def _organization(call: Call) -> dict[str, Any]:
    tenant = call.caller.tenant
    whole: dict[str, Any] = {
        "id": tenant.id,
        "deletedDateTime": None,
        "businessPhones": [],
        "city": None,
        "country": None,
        "countryLetterCode": None,
        "createdDateTime": None,
        "displayName": tenant.config.display_name,
        "onPremisesSyncEnabled": None,
        "tenantType": "AAD",
        "verifiedDomains": [
            _domain(name, is_initial=position == 0, is_default=position == 0)
            for position, name in enumerate(tenant.domains)
        ],
    }
    names = call.options.select
    return whole if names is None else {name: whole.get(name) for name in names}


def _domain(name: str, *, is_initial: bool, is_default: bool) -> dict[str, Any]:
    return {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": is_default,
        "isInitial": is_initial,
        "name": name,
        "type": "Managed",
    }
