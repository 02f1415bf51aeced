"""The simulator's own endpoints under `/_simulator`: faults, the log, changes of the tenant."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import orjson

from muster.simulator.config import Application
from muster.simulator.directory import Directory
from muster.simulator.graph.throttling import Throttle
from muster.simulator.login.keys import IssuedTokens
from muster.simulator.tenants import Tenant, Tenants
from muster.simulator.web.faults import Fault, Faults
from muster.simulator.web.log import RequestLog
from muster.simulator.web.request import Request
from muster.simulator.web.response import Response, json_response

JSONObject = dict[str, Any]


class ControlSite:
    """What a test or a demonstration turns while the server runs."""

    def __init__(
        self,
        tenants: Tenants,
        *,
        faults: Faults,
        log: RequestLog,
        issued: IssuedTokens,
        throttle: Throttle,
    ) -> None:
        """Turn these."""
        self._tenants = tenants
        self._faults = faults
        self._log = log
        self._issued = issued
        self._throttle = throttle
        self._doors: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "health"): lambda _: {"status": "ok"},
            ("GET", "tenants"): lambda _: [_described(tenant) for tenant in tenants.all],
            ("GET", "faults"): lambda _: faults.to_json(),
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): lambda _: faults.clear(),
            ("GET", "requests"): lambda _: log.to_json(),
            ("DELETE", "requests"): lambda _: log.clear(),
            ("POST", "evolve"): self._evolve,
            ("POST", "mutate"): self._mutate,
            ("POST", "application"): self._change_application,
            ("POST", "token-lifetime"): self._set_token_lifetime,
            ("POST", "expire-tokens"): lambda _: issued.expire_all(),
            ("POST", "throttling"): self._set_throttling,
        }

    def answer(self, request: Request) -> Response:
        """Do it, and say what came of it."""
        door = self._doors.get((request.method, "/".join(request.segments[1:])))
        if door is None:
            return json_response(404, {"error": "no such switch"})
        try:
            body = orjson.loads(request.body) if request.body else {}
            return json_response(200, door(body))
        except KeyError as error:
            return json_response(400, {"error": f"missing or unknown: {error.args[0]}"})
        except (ValueError, TypeError) as error:
            return json_response(400, {"error": str(error)})

    def _add_faults(self, body: Any) -> Any:
        rows = body if isinstance(body, list) else [body]
        self._faults.add([Fault.from_json(row) for row in rows])
        return self._faults.to_json()

    def _evolve(self, body: JSONObject) -> Any:
        directory = self._tenant(body).directory
        summary = directory.evolve(seed=int(body["seed"]), share=float(body.get("share", 0.05)))
        return {"version": summary.version, "counts": dict(summary.counts)}

    def _mutate(self, body: JSONObject) -> Any:
        directory = self._tenant(body).directory
        object_id = mutate(directory, body)
        return {"id": object_id, "version": directory.version}

    def _change_application(self, body: JSONObject) -> Any:
        """Change an app registration: its permissions, consent, switches."""
        tenant = self._tenant(body)
        known = {field.name for field in fields(Application)} - {"client_id", "secrets"}
        changes = {name: body[name] for name in known & set(body)}
        changes = {n: tuple(v) if isinstance(v, list) else v for n, v in changes.items()}
        if tenant.application(str(body["client_id"])) is None:
            raise KeyError(body["client_id"])
        wanted = str(body["client_id"]).lower()
        apps = tuple(
            replace(app, **changes) if app.client_id.lower() == wanted else app
            for app in tenant.config.applications
        )
        tenant.config = replace(tenant.config, applications=apps)
        return {"client_id": wanted, "changed": sorted(changes)}

    def _set_token_lifetime(self, body: JSONObject) -> Any:
        self._issued.lifetime = timedelta(seconds=float(body["seconds"]))
        return {"seconds": self._issued.lifetime.total_seconds()}

    def _set_throttling(self, body: JSONObject) -> Any:
        self._throttle.is_on = bool(body["is_on"])
        self._throttle.limit = int(body.get("limit", 0))
        return {"is_on": self._throttle.is_on, "limit": self._throttle.limit}

    def _tenant(self, body: JSONObject) -> Tenant:
        name = body.get("tenant")
        if name is None:
            return self._tenants.all[0]
        tenant = self._tenants.find(str(name))
        if tenant is None:
            raise KeyError(name)
        return tenant


def mutate(directory: Directory, body: JSONObject) -> str:
    """Do one thing to a directory and return the id of the object it was done to.

    `action` is one of `_DEEDS`; `kind` is devices, users or groups.
    """
    deed = _DEEDS.get(str(body["action"]))
    if deed is None:
        raise ValueError(f"unknown action {body['action']!r}; known are {', '.join(_DEEDS)}")
    return deed(directory, {"kind": "devices", "properties": {}, "soft": True, **body})


def _add(directory: Directory, body: JSONObject) -> str:
    add = {
        "devices": directory.add_device,
        "users": directory.add_user,
        "groups": directory.add_group,
    }[body["kind"]]
    return add(**body["properties"])


def _to_one(
    deed: Callable[[Directory, JSONObject], None],
) -> Callable[[Directory, JSONObject], str]:
    def done(directory: Directory, body: JSONObject) -> str:
        deed(directory, body)
        return str(body["id"])

    return done


_DEEDS: dict[str, Callable[[Directory, JSONObject], str]] = {
    "add": _add,
    "update": _to_one(lambda d, b: d.update(b["kind"], b["id"], **b["properties"])),
    "delete": _to_one(lambda d, b: d.delete(b["kind"], b["id"], soft=bool(b["soft"]))),
    "restore": _to_one(lambda d, b: d.restore(b["kind"], b["id"])),
    "add_member": _to_one(lambda d, b: d.add_member(b["group"], b["kind"], b["id"])),
    "remove_member": _to_one(lambda d, b: d.remove_member(b["group"], b["kind"], b["id"])),
    "set_owner": _to_one(lambda d, b: d.set_registered_owner(b["id"], b["user"])),
    "add_registered_user": _to_one(lambda d, b: d.add_registered_user(b["id"], b["user"])),
}


def _described(tenant: Tenant) -> JSONObject:
    return {
        "id": tenant.id,
        "domain": tenant.config.domain,
        "display_name": tenant.config.display_name,
        "version": tenant.directory.version,
        "devices": tenant.directory.count("devices"),
        "users": tenant.directory.count("users"),
        "groups": tenant.directory.count("groups"),
        "applications": [app.client_id for app in tenant.config.applications],
    }
