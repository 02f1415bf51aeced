"""Ways to own an asset, as a form asks for them."""

from uuid import UUID

from muster.console.fields import Choice, Field
from muster.console.requests import PageRequest
from muster.core.errors import ConfigError
from muster.inventory.ownership_types import TypeChange, create_types, ownership_types

_FIRST = "first"
_FIRST_NAME = "Owner"


def owner_fields(request: PageRequest) -> list[Field]:
    """Return the fields that name an owner; where there is no way to own yet, the first is made."""
    ways = [Choice(str(each.uid), each.name) for each in ownership_types() if not each.is_hidden]
    choices = tuple(ways or [Choice(_FIRST, _FIRST_NAME)])
    help_text = "A person or a team; empty takes the owner away."
    return [
        Field("kind", "Way to own", "choice", request.POST.get("kind", ""), choices=choices),
        Field("owner", "Name", value=request.POST.get("owner", ""), help=help_text),
    ]


def way_to_own(request: PageRequest, given: str) -> UUID:
    """Return the id of the way to own that a form names; the first one is made when it is used.

    Raises ConfigError if it names none.
    """
    if given == _FIRST:
        known = ownership_types()
        made = known or create_types(request.asker.principal, [TypeChange(name=_FIRST_NAME)])
        return made[0].uid
    try:
        return UUID(given)
    except ValueError as error:
        raise ConfigError("choose a way to own", hint="Take one of the list.") from error
