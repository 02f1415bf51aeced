"""The scope a client asks for, and the resource it means."""

from dataclasses import dataclass

from muster.simulator.clouds import GRAPH_APP_ID, OTHER_RESOURCES
from muster.simulator.config import Application
from muster.simulator.login.errors import SignInError
from muster.simulator.tenants import Tenant

_OPENID = frozenset({"openid", "profile", "email", "offline_access"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: a resource, the permissions named, and the OpenID scopes."""

    audience: str
    permissions: tuple[str, ...]
    openid: frozenset[str]

    @property
    def is_default(self) -> bool:
        """True for `/.default`: everything consented."""
        return ".default" in self.permissions


def application_scope(text: str, *, tenant: Tenant, app: Application) -> Wanted:
    """What an app asks for in its own name: one resource and `/.default`, nothing else."""
    scopes = text.split()
    if len(scopes) != 1 or not scopes[0].endswith("/.default"):
        raise SignInError(70011, text)
    return delegated_scope(text, tenant=tenant, app=app)


def delegated_scope(text: str, *, tenant: Tenant, app: Application) -> Wanted:
    """What an app asks for in a person's name."""
    scopes = text.split()
    openid = frozenset(scope for scope in scopes if scope.lower() in _OPENID)
    named = [_split(scope) for scope in scopes if scope not in openid]
    resources = {resource for resource, _ in named}
    if len(resources) > 1:
        raise SignInError(28000, text)
    resource = resources.pop() if resources else ""
    permissions = tuple(permission for _, permission in named)
    if ".default" in permissions and len(permissions) > 1:
        raise SignInError(70011, text)
    return Wanted(_audience(resource, tenant=tenant, app=app, text=text), permissions, openid)


def _split(scope: str) -> tuple[str, str]:
    """Part `https://host/Permission` into resource and permission; a bare name means Graph."""
    resource, slash, permission = scope.rpartition("/")
    if slash and not permission:
        raise SignInError(70011, scope)
    return (resource.rstrip("/"), permission) if slash else ("", permission)


def _audience(resource: str, *, tenant: Tenant, app: Application, text: str) -> str:
    graph = tenant.cloud.graph_audience
    known = {"": graph, graph: graph, GRAPH_APP_ID: GRAPH_APP_ID}
    known.update({other: other for other in OTHER_RESOURCES})
    known.update({app.client_id.lower(): app.client_id, f"api://{app.client_id}": app.client_id})
    audience = known.get(resource.lower())
    if audience is not None:
        return audience
    if "://" not in resource and resource.count("-") != GRAPH_APP_ID.count("-"):
        raise SignInError(70011, text)
    raise SignInError(500011, resource, tenant.config.display_name)
