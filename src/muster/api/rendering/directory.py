"""Directory users and groups, as existing clients read them (reference console-api.md)."""

from muster.api.rendering.assets import JSON, Surroundings
from muster.api.rendering.plain import NO_ID, seconds
from muster.inventory.selectors import WholeGroup, WholeUser


def user_document(user: WholeUser, around: Surroundings) -> JSON:
    """Return one person of a directory."""
    row, record = user.row, user.record
    return {
        "id": str(row.uid),
        "directory_user_id": str(row.uid),
        "directory_user_organization_id": str(around.organization.uid),
        "directory_user_site_id": NO_ID,
        "directory_user_source_id": row.source_id,
        "directory_user_created_at": row.first_seen,
        "directory_user_updated_at": row.updated_at,
        "directory_user_user_id": row.foreign_id,
        "directory_user_group_ids": list(user.groups),
        "directory_user_display_name": record.display_name,
        "directory_user_name": record.name,
        "directory_user_first_name": record.first_name,
        "directory_user_last_name": record.last_name,
        "directory_user_description": record.description,
        "directory_user_email": record.email,
        "directory_user_email_normalized": record.email.strip().casefold(),
        "directory_user_phone": record.phone,
        "directory_user_title": record.title,
        "directory_user_location": record.location,
        "directory_user_last_logon_at": seconds(row.last_logon),
        "directory_user_attributes": dict(record.attributes),
    }


def group_document(group: WholeGroup, around: Surroundings) -> JSON:
    """Return one group of a directory."""
    row, record = group.row, group.record
    return {
        "id": str(row.uid),
        "directory_group_id": str(row.uid),
        "directory_group_organization_id": str(around.organization.uid),
        "directory_group_site_id": NO_ID,
        "directory_group_source_id": row.source_id,
        "directory_group_created_at": row.first_seen,
        "directory_group_updated_at": row.updated_at,
        "directory_group_group_id": row.foreign_id,
        "directory_group_user_count": row.user_count,
        "directory_group_name": record.name,
        "directory_group_display_name": record.display_name,
        "directory_group_description": record.description,
        "directory_group_email": record.email,
        "directory_group_email_normalized": record.email.strip().casefold(),
        "directory_group_attributes": dict(record.attributes),
    }
