"""What a simulated world consists of: tenants, app registrations, people who sign in, limits."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

NEVER = datetime(2999, 1, 1, tzinfo=UTC)


class SignInState(Enum):
    """What stands in the way of a person whose password is right."""

    OK = "ok"
    DISABLED = "disabled"
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 - the name of a state
    LOCKED = "locked"
    MFA_REQUIRED = "mfa_required"
    MFA_ENROLMENT = "mfa_enrolment"
    CONDITIONAL_ACCESS = "conditional_access"
    SECURITY_DEFAULTS = "security_defaults"
    NO_PASSWORD = "no_password"  # noqa: S105 - the name of a state


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A client secret of an app registration."""

    value: str
    expires_at: datetime = NEVER


@dataclass(frozen=True, kw_only=True)
class Application:
    """An app registration with its service principal.

    `certificates` are PEM texts of the public certificates that were uploaded.
    """

    client_id: str
    display_name: str
    secrets: tuple[Secret, ...] = ()
    certificates: tuple[str, ...] = ()
    application_permissions: tuple[str, ...] = ()
    delegated_permissions: tuple[str, ...] = ()
    is_consented: bool = True
    allows_public_client_flows: bool = False
    is_enabled: bool = True
    is_multi_tenant: bool = False
    assigned_user_names: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class SignInUser:
    """A person who can try to sign in with a password."""

    user_name: str
    password: str
    state: SignInState = SignInState.OK


@dataclass(frozen=True, kw_only=True)
class TenantConfig:
    """One tenant: its directory's size and seed, its apps and people.

    An empty `tenant_id` follows from the domain. `founded_at` is the instant that the ages of
    all stamps count back from; None is the midnight before the start. `has_null_logic` False
    lets `not` keep rows whose property is null; Microsoft does not say which of both Graph does.
    """

    domain: str = "contoso.onmicrosoft.com"
    tenant_id: str = ""
    display_name: str = "Contoso"
    other_domains: tuple[str, ...] = ()
    federated_domains: tuple[str, ...] = ()
    cloud: str = "global"
    seed: int = 42
    devices: int = 2000
    users: int = 1500
    groups: int = 200
    applications: tuple[Application, ...] = ()
    sign_in_users: tuple[SignInUser, ...] = ()
    has_null_logic: bool = True
    founded_at: datetime | None = None

    @property
    def id(self) -> str:
        """The directory's id."""
        return self.tenant_id or str(uuid.uuid5(uuid.NAMESPACE_DNS, self.domain.lower()))


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """A server with its tenants. Port 0 takes any free one. `tls_folder` switches TLS on.

    `faults` are rows as `POST /_simulator/faults` takes them.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tenants: tuple[TenantConfig, ...] = ()
    tls_folder: str = ""
    tls_names: tuple[str, ...] = ()
    token_lifetime: timedelta = timedelta(seconds=3599)
    page_token_lifetime: timedelta = timedelta(hours=1)
    delta_token_lifetime: timedelta = timedelta(days=7)
    is_throttling: bool = False
    throttle_limit: int = 0
    token_loop_limit: int = 0
    faults: tuple[dict[str, Any], ...] = field(default=())
    cache_megabytes: int = 256
