"""Tasks, scans and templates, by the names that existing clients know."""

from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

Texts = dict[str, str]


class Task(Schema):
    """Something that brings data in. Times are Unix seconds, 0 for never."""

    id: str
    name: str
    description: str
    template_id: str
    client_id: str
    organization_id: str
    agent_id: str
    hosted_zone_id: str
    site_id: str
    cruncher_id: str
    created_at: int
    created_by: str
    created_by_user_id: str
    custom_integration_id: str
    source_id: int
    updated_at: int
    type: str
    status: str
    error: str
    params: Texts
    stats: dict[str, Any]
    hidden: bool
    parent_id: str
    recur: bool
    recur_frequency: str
    start_time: int
    recur_last: int
    recur_next: int
    recur_last_task_id: str
    grace_period: str


class TaskChange(Schema):
    """What to change of a task; null and what is not named stay as they are."""

    name: str | None = None
    description: str | None = None
    status: str | None = None
    site_id: str | None = None
    params: Texts | None = None
    grace_period: str | int | None = None


class Link(Schema):
    """An address that opens a file for a while, without a token."""

    url: str


class ScanOptions(Schema):
    """What to scan, and how; all texts, null for the default."""

    model_config = ConfigDict(extra="allow")

    targets: str
    excludes: str | None = None
    scan_name: str | None = Field(None, alias="scan-name")
    scan_description: str | None = Field(None, alias="scan-description")
    scan_template: str | None = Field(None, alias="scan-template")
    scan_frequency: str | None = Field(None, alias="scan-frequency")
    scan_start: str | None = Field(None, alias="scan-start")
    explorer: str | None = None
    agent: str | None = None
    hosted_zone_id: str | None = Field(None, alias="hosted-zone-id")
    hosted_zone_name: str | None = Field(None, alias="hosted-zone-name")


class ScanTemplate(Schema):
    """Settings of scans under a name."""

    id: str
    name: str
    description: str
    client_id: str
    organization_id: str
    agent_id: str
    site_id: str
    cruncher_id: str
    created_at: int
    created_by: str
    created_by_user_id: str
    updated_at: int
    type: str
    status: str
    error: str
    params: Texts
    stats: dict[str, Any]
    hidden: bool
    parent_id: str
    recur: bool
    recur_frequency: str
    start_time: int
    recur_last: int
    recur_next: int
    recur_last_task_id: str
    grace_period: str
    custom_integration_id: str
    source_id: str
    template_id: str
    size_site: int
    size_data: int
    size_results: int
    hosted_zone_id: str
    linked_task_count: int
    global_: bool = Field(..., alias="global")
    acl: dict[str, Any]


class TemplateOptions(Schema):
    """A new template."""

    name: str
    organization_id: str
    description: str | None = None
    params: Texts | None = None
    global_: bool | None = Field(False, alias="global")
    acl: dict[str, Any] | None = None


class TemplateReplacement(TemplateOptions):
    """All values of a template that is there."""

    id: str


class Agent(Schema):
    """An Explorer: a program on another machine that scans for this one."""

    id: str
    client_id: str
    organization_id: str
    created_at: int
    updated_at: int
    host_id: str
    hub_id: str
    name: str
    site_id: str
    last_checkin: int
    os: str
    arch: str
    version: str
    external_ip: str
    internal_ip: str
    system_info: dict[str, Any]
    connected: bool
    inactive: bool
    deactivated_at: int


class AgentChange(Schema):
    """What to change of an Explorer."""

    site_id: str | None = None
    settings: dict[str, Any] | None = None


class HostedZone(Schema):
    """A group of Explorers that any organization may use."""

    id: str
    name: str
    enabled: bool
    updated_at: str
    processor_id: str
    explorers_concurrency: int
    explorers_total: int
    tasks_active: int
    tasks_waiting: int
    organization_id: str
