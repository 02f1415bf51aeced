"""Groups of Explorers, and hosted zones: groups whose Explorers serve every organization."""

from datetime import datetime

from django.db import IntegrityError, models, transaction

from muster.core.errors import ConfigError
from muster.explorers.editing import checked_name
from muster.explorers.models import Explorer, ExplorerGroup, GroupMember
from muster.explorers.permission import check_may_change, check_may_host
from muster.organizations.scope import Scope


def make_group(
    scope: Scope, name: str, *, is_hosted: bool = False, description: str = "", at: datetime
) -> ExplorerGroup:
    """Save an empty group, or an empty hosted zone, and return it.

    Raises ConfigError if the name is taken or the scope's role may not.
    """
    check_may_host(scope) if is_hosted else check_may_change(scope)
    try:
        with transaction.atomic():
            return ExplorerGroup.objects.create(
                organization=None if is_hosted else scope.organization,
                name=checked_name(name),
                description=description[:1000],
                created_at=at,
                updated_at=at,
            )
    except IntegrityError as error:
        raise ConfigError(
            f"there is already one named '{name.strip()}'", hint="Choose another name."
        ) from error


def remove_group(scope: Scope, group: ExplorerGroup) -> None:
    """Remove a group; its Explorers stay. Tasks that ran in it wait, and then say so."""
    check_may_change(scope, group)
    group.delete()


def enable(scope: Scope, group: ExplorerGroup, *, is_enabled: bool, at: datetime) -> None:
    """Let a group's Explorers be given new work through it, or no more."""
    check_may_change(scope, group)
    group.is_enabled, group.updated_at = is_enabled, at
    group.save(update_fields=["is_enabled", "updated_at"])


def add_member(scope: Scope, group: ExplorerGroup, explorer: Explorer) -> None:
    """Put an Explorer into a group, if it is not in it.

    Raises ConfigError if one serves every organization and the other does not.
    """
    check_may_change(scope, group)
    check_may_change(scope, explorer)
    if group.organization_id != explorer.organization_id:
        raise ConfigError(
            f"the Explorer {explorer.name} and '{group.name}' do not belong together",
            hint="Those of a hosted zone enrol for it: muster explorer token --zone NAME",
        )
    GroupMember.objects.get_or_create(
        organization=group.organization, group=group, explorer=explorer
    )


def remove_member(scope: Scope, group: ExplorerGroup, explorer: Explorer) -> None:
    """Take an Explorer out of a group, if it is in it."""
    check_may_change(scope, group)
    members(group).filter(explorer=explorer).delete()


def members(group: ExplorerGroup) -> models.QuerySet[GroupMember]:
    """Return who is in a group."""
    return GroupMember.objects.filter(organization=group.organization, group=group)
