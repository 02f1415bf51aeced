"""What can be exported: how each inventory is read and rendered, and which fields it has."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ninja import Schema

from muster.api.access import OrganizationAccess
from muster.api.problems import Problem
from muster.api.rendering.assets import JSON, Surroundings, asset_document
from muster.api.rendering.directory import group_document, user_document
from muster.api.rendering.services import service_document
from muster.api.rendering.surroundings import surroundings
from muster.api.schemas import inventory as schemas
from muster.search import every_whole, whole_page

Render = Callable[[Any, Surroundings], JSON]


@dataclass(frozen=True, slots=True)
class Kind:
    """One inventory. `page` describes a page of it, which has its things under `name`."""

    name: str
    schema: type[Schema]
    page: type[Schema]
    render: Render

    @property
    def fields(self) -> list[str]:
        """The names of what each thing has, in their order."""
        return list(self.schema.model_fields)


def _service(pair: Any, around: Surroundings) -> JSON:
    service, asset = pair
    return service_document(service, asset, around)


KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind("assets", schemas.Asset, schemas.AssetPage, asset_document),
        Kind("services", schemas.Service, schemas.ServicePage, _service),
        Kind("users", schemas.DirectoryUser, schemas.UserPage, user_document),
        Kind("groups", schemas.DirectoryGroup, schemas.GroupPage, group_document),
    )
}


def every(access: OrganizationAccess, kind: Kind, search: str, fields: str = "") -> Iterator[JSON]:
    """Yield every thing that a search matches, rendered.

    Raises Problem for a field that there is not, and QueryError with the first one.
    """
    pick = picking(kind, fields)
    return (
        pick(each)
        for things in every_whole(access.scope, kind.name, search, now=access.now)
        for each in rendered(access, kind, things)
    )


def page(
    access: OrganizationAccess,
    kind: Kind,
    search: str,
    fields: str,
    *,
    start_key: str,
    page_size: int,
) -> JSON:
    """Return one page of what a search matches."""
    pick = picking(kind, fields)
    found = whole_page(
        access.scope, kind.name, search, now=access.now, after=start_key, page_size=page_size
    )
    documents = [pick(each) for each in rendered(access, kind, found.things)]
    return {kind.name: documents, "next_key": found.next_key}


def rendered(access: OrganizationAccess, kind: Kind, things: Sequence[Any]) -> list[JSON]:
    """Return things as documents."""
    around = surroundings(access.scope, assets_among(things))
    return [kind.render(each, around) for each in things]


def assets_among(things: Iterable[Any]) -> list[Any]:
    """Return the assets that things are or belong to: those know which runs told of them."""
    found = (each[1] if isinstance(each, tuple) else each for each in things)
    return [each for each in found if hasattr(each, "runs")]


def picking(kind: Kind, fields: str) -> Callable[[JSON], JSON]:
    """Return the choice of some fields of a document; all of them for "".

    Raises Problem for a name that no thing of this kind has.
    """
    wanted = chosen(kind.fields, fields)
    if not wanted:
        return lambda document: document
    return lambda document: {name: document[name] for name in wanted}


def chosen(known: Sequence[str], fields: str) -> list[str]:
    """Return the fields that a list by commas names, in that order."""
    wanted = [each.strip() for each in fields.split(",") if each.strip()]
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise Problem(
            400, f"there is no field '{unknown[0][:60]}'. Fields are: {', '.join(known)}."
        )
    return list(dict.fromkeys(wanted))
