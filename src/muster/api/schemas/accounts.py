"""What belongs to the whole installation, by the names that existing clients know."""

from typing import Any
from uuid import UUID

from ninja import Field, Schema


class Organization(Schema):
    """An isolated tenant."""

    id: str
    created_at: int
    updated_at: int
    client_id: str
    name: str
    description: str
    inactive: bool
    deactivated_at: int
    project: bool
    parent_id: str
    asset_count: int
    service_count: int
    service_count_tcp: int
    service_count_udp: int
    service_count_arp: int
    service_count_icmp: int
    expiration_assets_stale: int
    expiration_assets_offline: int
    expiration_integration_attributes: int
    expiration_scans: int
    expiration_vulnerabilities: int
    keep_latest_integration_attributes: bool
    download_token: str
    download_token_created_at: int
    export_token: str
    export_token_created_at: int
    export_token_last_used_at: int
    export_token_last_used_by: str
    export_token_counter: int


class Key(Schema):
    """A token of an organization or of all. `token` is shown once, when it is made."""

    id: str
    client_id: str
    organization_id: str
    created_at: int
    created_by: str
    comment: str
    last_used_at: int
    last_used_ip: str
    last_used_ua: str
    counter: int
    usage_today: int
    usage_limit: int
    token: str
    inactive: bool
    type: str


class KeyOptions(Schema):
    """A new token; without an organization it is for all."""

    comment: str | None = None
    organization_id: UUID | None = None


class ExportToken(Schema):
    """A token that only exports. `token` is shown once, when it is made."""

    id: str
    token: str
    comment: str
    created_at: int
    last_used_at: int
    last_used_by: str
    counter: int


class ExportTokenOptions(Schema):
    """A new export token."""

    comment: str | None = None


class AccessToken(Schema):
    """What a client got; to be sent as `Authorization: Bearer`."""

    access_token: str
    token_type: str
    expires_in: int


class ClientCredentials(Schema):
    """A client with its new secret, shown once."""

    api_client_id: str
    api_client_secret: str


class Credential(Schema):
    """What opens a source; never its secrets."""

    id: str
    client_id: str
    name: str
    type: str
    created_at: int
    created_by_id: str
    created_by_email: str
    acl: dict[str, Any]
    global_: bool = Field(..., alias="global")
    cidrs: list[str]
    last_used_at: int
    last_used_by_id: str


class CredentialOptions(Schema):
    """A new credential, with its secret fields."""

    name: str
    type: str
    secret: dict[str, Any]
    acl: dict[str, Any] | None = None
    global_: bool | None = Field(False, alias="global")
    cidrs: str | None = None


class User(Schema):
    """A person of the console."""

    id: str
    client_id: str
    created_at: int
    updated_at: int
    name: str
    first_name: str
    last_name: str
    email: str
    client_admin: bool
    org_default_role: str
    org_roles: dict[str, str]
    last_login_at: int
    last_login_ip: str
    last_login_ua: str
    last_activity_at: int
    sso_only: bool
    mfa_enabled: bool
    login_failures: int
    actions: int
    last_action_at: int
    invite_token_expiration: int
    reset_token_expiration: int
    password_enabled_at: int
    terms_agreed_as_of: int


class License(Schema):
    """What one may do: everything."""

    id: str
    name: str
    license_type: str
    license_expiration: int
    license_max_assets: int
    license_live_asset_count: int
    license_project_asset_count: int
    created_at: int
    updated_at: int
    activated_at: int
    via_reseller: bool
    partner: str


class Event(Schema):
    """Something that happened."""

    id: str
    created_at: int
    client_id: str
    organization_id: str
    site_id: str
    action: str
    source_id: str
    source_name: str
    source_type: str
    target_id: str
    target_name: str
    target_type: str
    success: bool
    details: dict[str, Any]
    state: str
    processor_id: str
    processed_at: int


class EventPage(Schema):
    """One page of events."""

    events: list[Event]
    next_key: str


class OwnershipType(Schema):
    """A way to own an asset."""

    id: str
    name: str
    reference: int
    order: int
    hidden: bool


class OwnershipTypeOptions(Schema):
    """A new way to own an asset."""

    name: str
    reference: int | None = None
    order: int | None = None
    hidden: bool | None = None


class OwnershipTypeChange(Schema):
    """What to change of a way to own an asset."""

    id: UUID
    name: str | None = None
    reference: int | None = None
    order: int | None = None
    hidden: bool | None = None


class OwnershipTypePatch(Schema):
    """What to change of one way to own an asset."""

    name: str | None = None
    reference: int | None = None
    order: int | None = None
    hidden: bool | None = None


class CustomIntegration(Schema):
    """A source of one's own. Its names and instants are spelled as existing clients want."""

    id: str
    name: str
    description: str
    icon: str | None
    clientId: str  # noqa: N815 - as clients spell it
    createdById: str  # noqa: N815 - as clients spell it
    createdAt: str  # noqa: N815 - as clients spell it
    updatedAt: str  # noqa: N815 - as clients spell it
    destroyedAt: str | None  # noqa: N815 - as clients spell it


class CustomIntegrationOptions(Schema):
    """What to make or change of an integration; the icon is a PNG in base64."""

    name: str | None = None
    description: str | None = None
    icon: str | None = None


class Version(Schema):
    """Which version something has."""

    id: str
    version: str


class Health(Schema):
    """Whether the server works."""

    status: str
    version: str
