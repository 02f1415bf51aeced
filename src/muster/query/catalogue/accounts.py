"""Keywords of accounts: people of the console. People of a directory are users."""

from muster.query.catalogue import shared
from muster.query.catalogue.field import Field, FieldType

ACCESS = (
    *("superuser", "administrator", "admin", "user"),
    *("annotator", "viewer", "billing", "none"),
)
NAMED_BY = ("email", "name")
FREE = ("_account.email", "_account.name")

FIELDS = (
    Field(
        "email",
        FieldType.TEXT,
        "address they sign in with",
        "email:@corp.example",
        ("mail",),
        key="_account.email",
    ),
    Field("name", FieldType.TEXT, "name of the person", "name:ada", key="_account.name"),
    Field(
        "superuser",
        FieldType.BOOLEAN,
        "may change the whole installation",
        "superuser:t",
        ("is_superuser",),
        column="is_superuser",
    ),
    Field(
        "access",
        FieldType.TEXT,
        "role; admin is short for administrator",
        "access:=admin",
        ("role",),
        key="_account.access",
        choices=ACCESS,
    ),
    Field(
        "status",
        FieldType.TEXT,
        "activated, or disabled by an administrator",
        "status:=disabled",
        key="_account.status",
        choices=("activated", "disabled"),
    ),
    Field(
        "created_at",
        FieldType.INSTANT,
        "when it was made",
        "created_at:<1month",
        ("created",),
        column="created_at",
    ),
    Field(
        "last_login",
        FieldType.INSTANT,
        "when they last signed in",
        "last_login:>90days",
        ("last_login_at",),
        column="last_login",
    ),
    shared.ID,
    shared.HAS_KEYWORD,
    *shared.absent("Muster has no single sign-on for accounts", "sso"),
    *shared.absent("Muster has no second factor for accounts", "mfa"),
    *shared.absent(
        "Muster has no groups of accounts", "group_id", "group_name", "has_group", "group_count"
    ),
)
