"""Who calls Graph, and what that token allows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from muster.simulator.clouds import GRAPH_APP_ID
from muster.simulator.graph.errors import GraphError
from muster.simulator.login import jwt
from muster.simulator.login.keys import IssuedTokens, SigningKey
from muster.simulator.tenants import Tenant, Tenants
from muster.simulator.web.faults import FaultKind
from muster.simulator.web.request import Request

_CACHE_SIZE = 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """The verified holder of a token."""

    tenant: Tenant
    app_id: str
    permissions: frozenset[str]
    token_id: str
    expires: float
    user_id: str | None = None

    def has_any(self, *permissions: str) -> bool:
        """True if the token holds one of these permissions."""
        return any(permission in self.permissions for permission in permissions)


class Gate:
    """Verifies tokens; each distinct one only once."""

    def __init__(
        self,
        tenants: Tenants,
        *,
        key: SigningKey,
        issued: IssuedTokens,
        clock: Callable[[], datetime],
    ) -> None:
        """Believe tokens that this key signed."""
        self._tenants = tenants
        self._key = key
        self._issued = issued
        self._clock = clock
        self._callers: dict[str, Caller] = {}

    def caller(self, request: Request) -> Caller:
        """The caller, or a 401 that says what is wrong with the token."""
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _refused("Access token is empty.")
        caller = self._callers.get(token) or self._verified(token.strip())
        if request.fault(FaultKind.EXPIRE_TOKENS):
            self._issued.expire(caller.token_id)
        is_over = caller.expires <= self._clock().timestamp()
        if is_over or self._issued.is_expired(caller.token_id):
            raise _refused("Access token has expired or is not yet valid.")
        return caller

    def _verified(self, text: str) -> Caller:
        token = jwt.parse(text)
        if token is None:
            raise _refused(
                "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be "
                "in JWS or JWE Compact Serialization Format."
            )
        if token.header.get("kid") != self._key.id or not token.is_signed_by(self._key.public):
            raise _refused("Access token validation failure. Signature is invalid.")
        tenant = self._tenants.find(str(token.claims.get("tid")))
        audiences = {GRAPH_APP_ID, tenant.cloud.graph_audience if tenant else ""}
        if tenant is None or str(token.claims.get("aud")).rstrip("/") not in audiences:
            raise _refused("Access token validation failure. Invalid audience.")
        if len(self._callers) >= _CACHE_SIZE:
            self._callers.clear()
        self._callers[text] = caller = _caller(token, tenant)
        return caller


def _caller(token: jwt.Token, tenant: Tenant) -> Caller:
    claims = token.claims
    names = claims.get("roles") or str(claims.get("scp", "")).split()
    return Caller(
        tenant=tenant,
        app_id=str(claims["appid"]),
        permissions=frozenset(names),
        token_id=str(claims["uti"]),
        expires=float(claims["exp"]),
        user_id=str(claims["oid"]) if "scp" in claims else None,
    )


def _refused(message: str) -> GraphError:
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/'
        f'authorize", client_id="{GRAPH_APP_ID}"'
    )
    return GraphError(
        401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge}
    )
