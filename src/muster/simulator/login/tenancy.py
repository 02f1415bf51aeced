"""Which tenant an address means: by id, by domain, or one of the shared words."""

import re
from collections.abc import Mapping

from muster.simulator.clouds import LOGIN_HOSTS
from muster.simulator.config import Application
from muster.simulator.login.errors import SignInError
from muster.simulator.tenants import Tenant, Tenants

SHARED = frozenset({"common", "organizations", "consumers"})
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)


def named_tenant(name: str, *, tenants: Tenants, base: str) -> Tenant:
    """The tenant of that id or domain, in the cloud of the host that was asked."""
    tenant = tenants.find(name)
    if tenant is None:
        is_well_formed = _GUID.fullmatch(name) or _DOMAIN.fullmatch(name)
        raise SignInError(90002 if is_well_formed else 900023, name)
    host = base.partition("://")[2].partition(":")[0].lower()
    if host in LOGIN_HOSTS and host not in tenant.cloud.login_hosts:
        raise SignInError(900382)
    return tenant


def resolve_tenant(name: str, form: Mapping[str, str], *, tenants: Tenants, base: str) -> Tenant:
    """The tenant a token is asked from. Raises SignInError."""
    if name.lower() not in SHARED:
        return named_tenant(name, tenants=tenants, base=base)
    is_password = form.get("grant_type") == "password"
    if is_password and name.lower() != "organizations":
        raise SignInError(9001023)
    found = _tenants_of(form.get("client_id", ""), tenants)
    if not found:
        raise SignInError(700016, form.get("client_id", ""), name)
    app = found[0][1]
    if not app.is_multi_tenant:
        raise SignInError(50194, app.client_id, app.display_name)
    if form.get("grant_type") == "client_credentials":
        raise SignInError(50059)
    return _home_of(form.get("username", ""), found)


def _tenants_of(client_id: str, tenants: Tenants) -> list[tuple[Tenant, Application]]:
    pairs = ((tenant, tenant.application(client_id)) for tenant in tenants.all)
    return [(tenant, app) for tenant, app in pairs if app is not None]


def _home_of(user_name: str, found: list[tuple[Tenant, Application]]) -> Tenant:
    domain = user_name.rpartition("@")[2].lower()
    for tenant, _ in found:
        if domain in {name.lower() for name in tenant.domains}:
            return tenant
    raise SignInError(50034 if user_name else 50059, domain)
