"""The demo tenant: well-known names and secrets of an organization that does not exist."""

from dataclasses import dataclass
from datetime import UTC, datetime

from muster.simulator.config import (
    Application,
    Secret,
    ServerConfig,
    SignInState,
    SignInUser,
    TenantConfig,
)

PERMISSIONS = ("Device.Read.All", "Group.Read.All", "User.Read.All")
_DOMAIN = "contoso.onmicrosoft.com"
_EXPIRED_AT = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """What a connector needs for the demo tenant. None of it opens anything real."""

    domain: str = _DOMAIN
    tenant_id: str = TenantConfig(domain=_DOMAIN).id
    client_id: str = "6f1d3a52-8c47-4e0b-9a35-d2b7c0e4f611"
    client_secret: str = "demo~8Q.mustersimulatorsecret"  # noqa: S105 - opens the simulator only
    user_name: str = f"inventory.reader@{_DOMAIN}"
    password: str = "Demo-Passw0rd!"  # noqa: S105 - opens the simulator only


DEMO = DemoAccess()
EXPIRED_SECRET = "demo~old.expiredsecret"  # noqa: S105 - an expired one
NO_GROUPS_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a02"
NO_CONSENT_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a03"
CONFIDENTIAL_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a04"
DISABLED_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a05"
ASSIGNED_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a06"
MULTI_TENANT_APP_ID = "0b8e8e6e-51c4-4a25-8f43-7c2f2f1b7a07"
FEDERATED_DOMAIN = "federated.contoso.example"


def demo_user_name(state: SignInState) -> str:
    """The user name of the demo's person in that state; all have the demo's password."""
    return DEMO.user_name if state is SignInState.OK else f"{state.value}@{DEMO.domain}"


def demo_tenant(
    *, devices: int = 2000, users: int = 1500, groups: int = 200, seed: int = 42
) -> TenantConfig:
    """The demo tenant in a size."""
    return TenantConfig(
        domain=DEMO.domain,
        federated_domains=(FEDERATED_DOMAIN,),
        seed=seed,
        devices=devices,
        users=users,
        groups=groups,
        applications=_applications(),
        sign_in_users=tuple(
            SignInUser(user_name=demo_user_name(state), password=DEMO.password, state=state)
            for state in SignInState
        ),
    )


def demo_server(tenant: TenantConfig | None = None) -> ServerConfig:
    """A server with the demo tenant alone."""
    return ServerConfig(tenants=(tenant or demo_tenant(),))


def _applications() -> tuple[Application, ...]:
    return (
        _application(DEMO.client_id, "Muster", allows_public_client_flows=True),
        _application(
            NO_GROUPS_APP_ID,
            "Muster without groups",
            permissions=("Device.Read.All", "User.Read.All"),
            allows_public_client_flows=True,
        ),
        _application(
            NO_CONSENT_APP_ID,
            "Muster without consent",
            is_consented=False,
            allows_public_client_flows=True,
        ),
        _application(CONFIDENTIAL_APP_ID, "Muster without public client flows"),
        _application(DISABLED_APP_ID, "Muster, disabled", is_enabled=False),
        _application(
            ASSIGNED_APP_ID,
            "Muster for nobody",
            allows_public_client_flows=True,
            assigned_user_names=(),
        ),
        _application(
            MULTI_TENANT_APP_ID,
            "Muster for many tenants",
            allows_public_client_flows=True,
            is_multi_tenant=True,
        ),
    )


def _application(
    client_id: str,
    display_name: str,
    *,
    permissions: tuple[str, ...] = PERMISSIONS,
    is_consented: bool = True,
    allows_public_client_flows: bool = False,
    is_enabled: bool = True,
    is_multi_tenant: bool = False,
    assigned_user_names: tuple[str, ...] | None = None,
) -> Application:
    return Application(
        client_id=client_id,
        display_name=display_name,
        secrets=(
            Secret(value=DEMO.client_secret),
            Secret(value=EXPIRED_SECRET, expires_at=_EXPIRED_AT),
        ),
        application_permissions=permissions,
        delegated_permissions=permissions,
        is_consented=is_consented,
        allows_public_client_flows=allows_public_client_flows,
        is_enabled=is_enabled,
        is_multi_tenant=is_multi_tenant,
        assigned_user_names=assigned_user_names,
    )
