"""Keywords that more than one inventory has."""

from muster.query.catalogue.field import Field, FieldType

ID = Field("id", FieldType.ID, "id in Muster", "id:061786a4-4ce3-4f67-9dfd-581bfbbb1633")
ORGANIZATION = Field(
    "organization",
    FieldType.ORGANIZATION,
    "organization by name or id; a search never leaves its own",
    "organization:Default",
    ("org",),
)
SOURCE = Field(
    "source",
    FieldType.SOURCE,
    "data source by name or number",
    "source:azuread",
    ("sources", "source_id"),
)
FIRST_SEEN = Field(
    "first_seen",
    FieldType.INSTANT,
    "when a source first saw it",
    "first_seen:<1week",
    column="first_seen",
)
LAST_SEEN = Field(
    "last_seen",
    FieldType.INSTANT,
    "when a source last saw it",
    "last_seen:>30days",
    column="last_seen",
)
UPDATED_AT = Field(
    "updated_at",
    FieldType.INSTANT,
    "when its data last changed",
    "updated_at:<1day",
    ("updated",),
    column="updated_at",
)
CHANGED = Field(
    "changed",
    FieldType.INSTANT,
    "when its history last tells of a change, of it being gone or back, or of a move",
    "changed:<1day",
    ("changed_at",),
    column="changed_at",
)
CHANGED_ATTRIBUTE = Field(
    "changed_attribute",
    FieldType.ATTRIBUTE_NAME,
    "its history tells of a change of an attribute or keyword whose name contains this",
    "changed_attribute:os_version",
    ("changed_attr",),
    column="changed",
)
ATTRIBUTE_NAME = Field(
    "attribute",
    FieldType.ATTRIBUTE_NAME,
    "has an attribute whose name contains this",
    "attribute:virtual",
    ("attr", "attributes"),
)
HAS = Field(
    "has",
    FieldType.PRESENCE,
    "has this attribute, or anything for this keyword",
    'has:"@azuread.dev.deviceId"',
)

HAS_KEYWORD = Field("has", FieldType.PRESENCE, "has anything for this keyword", "has:name")


def absent(reason: str, *names: str) -> tuple[Field, ...]:
    """Return keywords that people will try and Muster has no data for."""
    return tuple(Field(each, FieldType.ABSENT, reason) for each in names)


NO_VULNERABILITIES = absent(
    "Muster holds no vulnerabilities or findings",
    *("vulnerability", "vulnerabilities", "vuln", "vuln_count", "vulnerability_count", "cve"),
    *("severity", "kev", "epss_score", "cvss", "exploitable", "finding", "finding_name"),
    *("finding_count", "foreign_vulnerability", "epss", "plugin"),
)
NO_WIRELESS = absent(
    "Muster holds no wireless networks",
    *("wireless", "essid", "bssid", "ssid", "auth", "authentication", "enc", "encryption"),
)
NO_ANALYSIS = absent(
    "Muster computes no risk, outlier score or category",
    *("outlier", "outlier_score", "risk", "risk_rank", "category"),
)
NO_END_OF_LIFE = absent(
    "Muster holds no end-of-life dates",
    *("os_eol", "os_eol_extended", "os_eol_expired", "eol"),
)
NO_SOFTWARE = absent(
    "Muster holds no software inventory", *("software", "software_count", "software_name")
)
NO_HISTORY = absent(
    "Muster searches what is known now; what it was before is in its history, and changed and"
    " changed_attribute find what has one",
    *("last", "previous"),
)
NOT_KEPT = (
    *absent(
        "Muster does not know which of several MACs is the newest",
        *("newest_mac", "newest_mac_age", "newest_mac_vendor", "mac_age"),
    ),
)
PREFIXES = frozenset(
    {"last", "previous", "vulnerability", "vuln", "finding", "software", "wireless"}
)
"""Keywords of absent data that people write with a dot behind, as if they led to an inventory."""
