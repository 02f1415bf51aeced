"""Things of the inventory, by the names that existing clients know (console-api.md)."""

from typing import Any

from ninja import Schema

Texts = dict[str, str]


class Problem(Schema):
    """What is wrong with a request, in a sentence."""

    title: str
    status: int
    detail: str


class Owner(Schema):
    """Who owns an asset, and how."""

    ownership_type_id: str
    name: str
    owner: str


class AssetFields(Schema):
    """What assets and services tell of an asset."""

    created_at: int
    updated_at: int
    organization_id: str
    org_name: str
    site_id: str
    site_name: str
    scanned: bool
    alive: bool
    active: bool
    first_seen: int
    last_seen: int
    detected_by: str
    type: str
    os: str
    os_version: str
    hw: str
    hw_vendor: str
    hw_product: str
    lowest_ttl: int
    lowest_rtt: int
    rtts: dict[str, Any]
    addresses: list[str]
    addresses_extra: list[str]
    macs: list[str]
    mac_vendors: list[str]
    names: list[str]
    domains: list[str]
    newest_mac: str
    newest_mac_vendor: str
    newest_mac_age: int
    service_count: int
    service_count_tcp: int
    service_count_udp: int
    service_count_arp: int
    service_count_icmp: int
    service_ports_tcp: list[str]
    service_ports_udp: list[str]
    service_protocols: list[str]
    service_products: list[str]
    service_ports_protocols: list[str]
    service_ports_products: list[str]
    sources: list[str]
    source_ids: list[int]
    custom_integration_ids: list[str]
    last_agent_id: str
    agent_name: str
    last_task_id: str
    tags: Texts
    comments: str
    criticality: str
    owners: list[Owner]
    risk: str
    risk_rank: int
    credentials: Texts
    vulnerability_count: int
    finding_count: int
    software_count: int
    eol_os: int
    eol_os_ext: int
    services: dict[str, Texts]
    attributes: Texts
    foreign_attributes: dict[str, list[Texts]]


class Asset(AssetFields):
    """One machine, merged from what all sources say. Times are Unix seconds, 0 for never."""

    id: str


class Service(AssetFields):
    """One open port, with the asset it is open on."""

    service_id: str
    service_asset_id: str
    service_created_at: int
    service_updated_at: int
    service_address: str
    service_transport: str
    service_vhost: str
    service_port: str
    service_data: Texts
    service_protocol: str
    service_summary: str
    service_screenshot_link: str
    service_link: str
    id: str


class DirectoryUser(Schema):
    """One person or account of a directory."""

    id: str
    directory_user_id: str
    directory_user_organization_id: str
    directory_user_site_id: str
    directory_user_source_id: int
    directory_user_created_at: int
    directory_user_updated_at: int
    directory_user_user_id: str
    directory_user_group_ids: list[str]
    directory_user_display_name: str
    directory_user_name: str
    directory_user_first_name: str
    directory_user_last_name: str
    directory_user_description: str
    directory_user_email: str
    directory_user_email_normalized: str
    directory_user_phone: str
    directory_user_title: str
    directory_user_location: str
    directory_user_last_logon_at: int
    directory_user_attributes: Texts


class DirectoryGroup(Schema):
    """One group of a directory."""

    id: str
    directory_group_id: str
    directory_group_organization_id: str
    directory_group_site_id: str
    directory_group_source_id: int
    directory_group_created_at: int
    directory_group_updated_at: int
    directory_group_group_id: str
    directory_group_user_count: int
    directory_group_name: str
    directory_group_display_name: str
    directory_group_description: str
    directory_group_email: str
    directory_group_email_normalized: str
    directory_group_attributes: Texts


class Site(Schema):
    """A place of an organization."""

    id: str
    created_at: int
    updated_at: int
    organization_id: str
    name: str
    description: str
    scope: str
    excludes: str
    subnets: dict[str, Any]
    asset_count: int


class AssetPage(Schema):
    """One page of assets; `next_key` is the `start_key` of the next, "" behind the last."""

    assets: list[Asset]
    next_key: str


class ServicePage(Schema):
    """One page of services."""

    services: list[Service]
    next_key: str


class UserPage(Schema):
    """One page of directory users."""

    users: list[DirectoryUser]
    next_key: str


class GroupPage(Schema):
    """One page of directory groups."""

    groups: list[DirectoryGroup]
    next_key: str


class AssetsSince(Schema):
    """Assets that came or changed; `since` is what to ask with the next time."""

    since: int
    assets: list[Asset]


class AssetServiceNow(Schema):
    """One asset in the form that ServiceNow imports."""

    asset_id: str
    organization: str
    site: str
    detected_by: str
    type: str
    sys_class_name: str
    os_vendor: str
    os_product: str
    os_version: str
    hw_vendor: str
    hw_product: str
    hw_version: str
    ip_address: str
    addresses_scope: str
    addresses_extra: str
    mac_address: str
    mac_manufacturer: str
    newest_mac_age: str
    macs: str
    mac_vendors: str
    name: str
    tags: str
    domains: str
    service_count: int
    service_count_tcp: int
    service_count_udp: int
    service_count_arp: int
    service_count_icmp: int
    lowest_ttl: int
    lowest_rtt: int
    alive: bool
    first_discovered: str
    last_discovered: str
    last_updated: str
    comments: str
