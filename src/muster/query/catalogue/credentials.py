"""Keywords of credentials. What is secret in them cannot be asked for."""

from muster.query.catalogue import shared
from muster.query.catalogue.field import Field, FieldType

NAMED_BY = ("name",)
FREE = ("_credential.name", "_credential.type", "_credential.field")

FIELDS = (
    Field(
        "name",
        FieldType.TEXT,
        "name of the credential",
        'name:"Entra production"',
        key="_credential.name",
    ),
    Field(
        "type",
        FieldType.TEXT,
        "what kind of credential it is",
        "type:azure_client_secret",
        ("credential_type",),
        key="_credential.type",
    ),
    Field(
        "field",
        FieldType.TEXT,
        "value of a field that is not secret, such as a tenant's id",
        "field:corp.example",
        ("fields",),
        key="_credential.field",
    ),
    Field(
        "global",
        FieldType.BOOLEAN,
        "every organization may use it",
        "global:t",
        ("is_global",),
        column="is_global",
    ),
    Field(
        "verified",
        FieldType.BOOLEAN,
        "its latest check went well",
        "verified:f",
        ("is_verified",),
        column="is_verified",
    ),
    Field(
        "verification",
        FieldType.TEXT,
        "what its latest check found",
        "verification:expired",
        ("verification_message", "status"),
        key="_credential.verification",
    ),
    Field(
        "verified_at",
        FieldType.INSTANT,
        "when it was last checked",
        "verified_at:>30days",
        column="verified_at",
    ),
    Field(
        "created_by",
        FieldType.TEXT,
        "who added it",
        "created_by:operator",
        ("created_by_email",),
        key="_credential.created_by",
    ),
    Field(
        "created_at",
        FieldType.INSTANT,
        "when it was added",
        "created_at:<1year",
        ("created",),
        column="created_at",
    ),
    Field(
        "last_used_at",
        FieldType.INSTANT,
        "when a task last used it",
        "last_used_at:>90days",
        ("last_used",),
        column="last_used_at",
    ),
    shared.ID,
    shared.ORGANIZATION,
    shared.HAS_KEYWORD,
    *shared.absent(
        "Muster shows no secret to anybody",
        *("secret", "secrets", "password", "client_secret", "token", "key"),
    ),
    *shared.absent("Muster hands credentials to sources, not to hosts by address", "cidr", "cidrs"),
    *shared.absent("Muster does not keep who last used a credential", "last_used_by"),
)
