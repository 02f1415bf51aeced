"""The token endpoint: a form in, tokens or an AADSTS error out."""

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from muster.simulator.login.claims import (
    Grant,
    Subject,
    access_claims,
    client_info,
    granted_scopes,
    id_token_claims,
)
from muster.simulator.login.clients import (
    confidential,
    find_application,
    public_or_confidential,
    required,
)
from muster.simulator.login.errors import SignInError
from muster.simulator.login.keys import IssuedTokens, SigningKey
from muster.simulator.login.people import check_password
from muster.simulator.login.scopes import Wanted, application_scope, delegated_scope
from muster.simulator.login.tenancy import resolve_tenant
from muster.simulator.sealed import Sealer
from muster.simulator.tenants import Tenant, Tenants

_LOOP_WINDOW = timedelta(seconds=10)
_REFRESH_LIFETIME = timedelta(days=90)


class TokenEndpoint:
    """Gives tokens to those who may have them."""

    def __init__(
        self,
        tenants: Tenants,
        *,
        key: SigningKey,
        issued: IssuedTokens,
        sealer: Sealer,
        loop_limit: int,
    ) -> None:
        """Serve those tenants; `loop_limit` tokens for one client in ten seconds, 0 any number."""
        self._tenants = tenants
        self._key = key
        self._issued = issued
        self._sealer = sealer
        self._loop_limit = loop_limit
        self._recent: dict[str, deque[datetime]] = defaultdict(deque)

    def answer(
        self, name: str, form: Mapping[str, str], *, base: str, now: datetime
    ) -> dict[str, Any]:
        """The tokens for a posted form. Raises SignInError."""
        grant_type = required(form, "grant_type")
        deciders = {
            "client_credentials": self._client_credentials,
            "password": self._password,
            "refresh_token": self._refresh,
        }
        if grant_type not in deciders:
            raise SignInError(70003, grant_type)
        required(form, "client_id")
        tenant = resolve_tenant(name, form, tenants=self._tenants, base=base)
        grant = deciders[grant_type](tenant, form, now)
        self._check_loop(grant, now)
        return self._tokens(grant, form, base=base, now=now)

    def _client_credentials(self, tenant: Tenant, form: Mapping[str, str], now: datetime) -> Grant:
        app = find_application(form, tenant)
        scope = required(form, "scope")
        method = confidential(form, app=app, tenant=tenant, now=now)
        wanted = application_scope(scope, tenant=tenant, app=app)
        return Grant(tenant, app, wanted, method=method)

    def _password(self, tenant: Tenant, form: Mapping[str, str], now: datetime) -> Grant:
        app = find_application(form, tenant)
        method = public_or_confidential(form, app=app, tenant=tenant, now=now)
        wanted = delegated_scope(required(form, "scope"), tenant=tenant, app=app)
        user_name = check_password(form, tenant=tenant, app=app, now=now)
        subject = Subject(user_name, tenant.object_id(user_name))
        return _consented(Grant(tenant, app, wanted, subject, method))

    def _refresh(self, tenant: Tenant, form: Mapping[str, str], now: datetime) -> Grant:
        app = find_application(form, tenant)
        method = public_or_confidential(form, app=app, tenant=tenant, now=now)
        sealed = self._sealer.open(required(form, "refresh_token").removeprefix("1."))
        if sealed is None or (sealed.get("app"), sealed.get("tid")) != (app.client_id, tenant.id):
            raise SignInError(70000)
        if sealed["exp"] < now.timestamp():
            raise SignInError(700082)
        scope = form.get("scope") or sealed["scope"]
        wanted = delegated_scope(scope, tenant=tenant, app=app)
        subject = Subject(sealed["upn"], sealed["oid"])
        return _consented(Grant(tenant, app, wanted, subject, method))

    def _check_loop(self, grant: Grant, now: datetime) -> None:
        """Stop a client that does not keep its tokens, as Entra does."""
        if not self._loop_limit:
            return
        recent = self._recent[grant.app.client_id]
        while recent and recent[0] <= now - _LOOP_WINDOW:
            recent.popleft()
        recent.append(now)
        if len(recent) > self._loop_limit:
            raise SignInError(50196)

    def _tokens(
        self, grant: Grant, form: Mapping[str, str], *, base: str, now: datetime
    ) -> dict[str, Any]:
        seconds = int(self._issued.lifetime.total_seconds())
        claims = access_claims(grant, token_id=self._issued.new_id(), now=now, seconds=seconds)
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": self._key.sign(claims),
        }
        if grant.subject is not None:
            answer |= self._for_person(grant, form, base=base, now=now)
        return answer

    def _for_person(
        self, grant: Grant, form: Mapping[str, str], *, base: str, now: datetime
    ) -> dict[str, Any]:
        wanted = grant.wanted
        answer: dict[str, Any] = {"scope": _scope_text(grant)}
        if "offline_access" in wanted.openid:
            answer["refresh_token"] = self._refresh_token(grant, now)
        if "openid" in wanted.openid:
            seconds = int(self._issued.lifetime.total_seconds())
            issuer = f"{base}/{grant.tenant.id}/v2.0"
            claims = id_token_claims(grant, issuer=issuer, now=now, seconds=seconds)
            answer["id_token"] = self._key.sign(claims)
        if form.get("client_info"):
            answer["client_info"] = client_info(grant)
        return answer

    def _refresh_token(self, grant: Grant, now: datetime) -> str:
        assert grant.subject is not None
        state = {
            "app": grant.app.client_id,
            "tid": grant.tenant.id,
            "upn": grant.subject.user_name,
            "oid": grant.subject.object_id,
            "scope": _requested(grant.wanted),
            "exp": (now + _REFRESH_LIFETIME).timestamp(),
        }
        return f"1.{self._sealer.seal(state)}"


def _consented(grant: Grant) -> Grant:
    """The grant, if the app has consent for what it asks in the person's name."""
    if not granted_scopes(grant):
        raise SignInError(65001, grant.app.client_id, grant.app.display_name)
    return grant


def _requested(wanted: Wanted) -> str:
    named = [f"{wanted.audience}/{name}" for name in wanted.permissions]
    return " ".join([*named, *sorted(wanted.openid)])


def _scope_text(grant: Grant) -> str:
    """The scopes as the answer lists them: the resource's ones in full."""
    audience = grant.wanted.audience
    named = [f"{audience}/{name}" for name in granted_scopes(grant)]
    openid = sorted(grant.wanted.openid - {"offline_access"})
    default = [f"{audience}/.default"] if grant.wanted.is_default else []
    return " ".join([*openid, *named, *default])
