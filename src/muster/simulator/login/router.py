"""Entra's paths: which of its endpoints answers."""

import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from muster.simulator.login.discovery import instances, openid_configuration, user_realm
from muster.simulator.login.errors import SignInError, correlation_id, error_response
from muster.simulator.login.keys import IssuedTokens, SigningKey
from muster.simulator.login.people import realm
from muster.simulator.login.tenancy import SHARED, named_tenant
from muster.simulator.login.token import TokenEndpoint
from muster.simulator.sealed import Sealer
from muster.simulator.tenants import Tenant, Tenants
from muster.simulator.web.faults import FaultKind
from muster.simulator.web.request import Request
from muster.simulator.web.response import Response, json_response

_NO_STORE = {"cache-control": "no-store, no-cache", "pragma": "no-cache", "expires": "-1"}


class LoginSite:
    """Everything under login.microsoftonline.com."""

    def __init__(
        self,
        tenants: Tenants,
        *,
        key: SigningKey,
        issued: IssuedTokens,
        sealer: Sealer,
        clock: Callable[[], datetime],
        loop_limit: int,
    ) -> None:
        """Serve the sign-in of those tenants."""
        self._tenants = tenants
        self._key = key
        self._clock = clock
        self._token = TokenEndpoint(
            tenants, key=key, issued=issued, sealer=sealer, loop_limit=loop_limit
        )

    def answer(self, request: Request) -> Response:
        """Entra's answer, with the headers all of its answers have."""
        try:
            response = self._struck(request) or self._route(request)
        except SignInError as error:
            response = error_response(error, request=request, now=self._clock())
        response.headers |= _NO_STORE | {
            "x-ms-request-id": str(uuid.uuid4()),
            "x-ms-ests-server": "2.1.22000.5 - SIM ProdSlices",
            "strict-transport-security": "max-age=31536000; includeSubDomains",
            "x-content-type-options": "nosniff",
        }
        if request.header("return-client-request-id").lower() == "true":
            response.headers["client-request-id"] = correlation_id(request)
        return response

    def _struck(self, request: Request) -> Response | None:
        """What is made to go wrong with this request as a whole."""
        if fault := request.fault(FaultKind.AADSTS):
            raise SignInError(int(fault.code) if fault.code.isdecimal() else 90033)
        busy = request.fault(FaultKind.THROTTLED)
        broken = busy or request.fault(FaultKind.STATUS)
        if broken is None:
            return None
        response = error_response(SignInError(90033), request=request, now=self._clock())
        response.status = 429 if busy else broken.status
        if broken.retry_after is not None:
            response.headers["retry-after"] = broken.retry_after
        return response

    def _route(self, request: Request) -> Response:
        match [part.lower() for part in request.segments]:
            case ["common", "discovery", "instance"]:
                return self._instances(request)
            case ["common", "userrealm", _]:
                return self._user_realm(request)
            case [_, "oauth2", "v2.0", "token"]:
                return self._tokens(request)
            case [_, "discovery", "v2.0", "keys"] | [_, "discovery", "keys"]:
                return self._keys(request)
            case [_, "v2.0", ".well-known", "openid-configuration"] | [
                _,
                ".well-known",
                "openid-configuration",
            ]:
                return self._configuration(request)
        return Response(404, b"", {"content-type": "text/html; charset=utf-8"})

    def _tokens(self, request: Request) -> Response:
        if request.method != "POST":
            raise SignInError(900561, request.method)
        body = self._token.answer(
            request.segments[0], request.form(), base=request.base, now=self._clock()
        )
        return json_response(200, body)

    def _configuration(self, request: Request) -> Response:
        name = request.segments[0]
        tenant = self._tenant(name, request)
        return json_response(200, openid_configuration(tenant, name.lower(), base=request.base))

    def _keys(self, request: Request) -> Response:
        name = request.segments[0]
        tenant = self._tenant(name, request)
        issuer = f"{request.base}/{tenant.id if tenant else '{tenantid}'}/v2.0"
        return json_response(200, {"keys": [self._key.to_json(issuer)]})

    def _instances(self, request: Request) -> Response:
        endpoint = dict(request.parameters()).get("authorization_endpoint", "")
        found = instances(urlsplit(endpoint).netloc, endpoint=endpoint, base=request.base)
        if found is None:
            raise SignInError(50049)
        return json_response(200, found)

    def _user_realm(self, request: Request) -> Response:
        user_name = request.segments[2]
        domain = user_name.rpartition("@")[2]
        kind = realm(user_name, self._tenants.all)
        return json_response(200, user_realm(user_name, kind, tenant=self._tenants.find(domain)))

    def _tenant(self, name: str, request: Request) -> Tenant | None:
        if name.lower() in SHARED:
            return None
        return named_tenant(name, tenants=self._tenants, base=request.base)
