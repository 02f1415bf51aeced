"""Keywords of sites: the places of an organization."""

from muster.query.catalogue import shared
from muster.query.catalogue.field import Field, FieldType

NAMED_BY = ("name",)
FREE = ("_site.name", "_site.description", "_site.scope", "_site.subnet")

FIELDS = (
    Field("name", FieldType.TEXT, "name of the site", "name:berlin", key="_site.name"),
    Field(
        "description",
        FieldType.TEXT,
        "what it is",
        "description:warehouse",
        key="_site.description",
    ),
    Field(
        "scope",
        FieldType.TEXT,
        "addresses that scans of it cover, as they were written",
        'scope:"10.1.0.0/16"',
        ("targets",),
        key="_site.scope",
    ),
    Field(
        "excludes",
        FieldType.TEXT,
        "addresses that scans of it leave out, as they were written",
        'excludes:"10.1.2.3"',
        ("exclude",),
        key="_site.excludes",
    ),
    Field(
        "subnet",
        FieldType.TEXT,
        "network that is registered for it",
        'subnet:="10.1.2.0/24"',
        ("subnets",),
        key="_site.subnet",
    ),
    Field(
        "created_at",
        FieldType.INSTANT,
        "when it was made",
        "created_at:<1year",
        ("created",),
        column="created_at",
    ),
    shared.ID,
    shared.ORGANIZATION,
    shared.HAS_KEYWORD,
)
