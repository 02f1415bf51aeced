"""Keywords of explorers: the remote agents that run tasks."""

from muster.query.catalogue import shared
from muster.query.catalogue.field import Field, FieldType

NAMED_BY = ("name",)
FREE = ("_explorer.name", "_explorer.address", "_explorer.os", "_explorer.tag")

FIELDS = (
    Field(
        "name",
        FieldType.TEXT,
        "name of its host",
        "name:scanner.local",
        ("hostname",),
        key="_explorer.name",
    ),
    Field(
        "address",
        FieldType.ADDRESS,
        "IP address of its host",
        "address:10.0.1.200",
        ("addresses", "ip", "internal_ip", "external_ip"),
        key="_explorer.address",
    ),
    Field(
        "net",
        FieldType.ADDRESS,
        "IP address of its host in a range",
        "net:10.0.0.0/8",
        ("cidr", "subnet", "network"),
        key="_explorer.address",
    ),
    Field("os", FieldType.TEXT, "operating system of its host", "os:linux", key="_explorer.os"),
    Field(
        "arch",
        FieldType.TEXT,
        "processor of its host",
        "arch:amd64",
        ("architecture",),
        key="_explorer.arch",
    ),
    Field(
        "version",
        FieldType.VERSION,
        "version of the explorer",
        "version:<1.2",
        key="_explorer.version",
    ),
    Field(
        "npcap_version",
        FieldType.VERSION,
        "version of Npcap on Windows",
        "npcap_version:1.31",
        ("npcap",),
        key="_explorer.npcap_version",
    ),
    Field(
        "capability",
        FieldType.TEXT,
        "something it can do",
        "capability:screenshot",
        ("capabilities",),
        key="_explorer.capability",
    ),
    Field("tag", FieldType.TEXT, "tag", "tag:dev", ("tags",), key="_explorer.tag"),
    Field("site", FieldType.SITE, "site by name or id", "site:Primary", ("site_id", "sites")),
    Field(
        "connected",
        FieldType.BOOLEAN,
        "it is in touch with the server",
        "connected:f",
        ("is_connected", "online"),
        column="is_connected",
    ),
    Field(
        "active",
        FieldType.BOOLEAN,
        "not taken out of service",
        "active:f",
        ("is_active",),
        column="is_active",
    ),
    Field(
        "last_seen",
        FieldType.INSTANT,
        "when the server last heard of it",
        "last_seen:>1day",
        ("last_checkin",),
        column="last_seen",
    ),
    Field(
        "created_at",
        FieldType.INSTANT,
        "when it enrolled",
        "created_at:<1week",
        ("created",),
        column="created_at",
    ),
    shared.ID,
    shared.ORGANIZATION,
    shared.HAS_KEYWORD,
)
