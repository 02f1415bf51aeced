"""Custom integrations, ways to own assets, and templates of scans: all hold everywhere."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from muster.api.access import AccountRequest
from muster.api.answers import answer, nothing
from muster.api.export.inventories import FAULTS, Search
from muster.api.integrations import icon_of, named_integration
from muster.api.problems import not_found
from muster.api.rendering.accounts import integration_document, ownership_type_document
from muster.api.rendering.tasks import template_document
from muster.api.schemas import accounts as schemas
from muster.api.schemas.tasks import ScanTemplate, TemplateOptions, TemplateReplacement
from muster.api.telling import named_organization, uid_of
from muster.custom import services as custom
from muster.inventory import ownership_types as owning
from muster.tasks import templates
from muster.tasks.models import ScanTemplate as Template

router = Router(tags=["account"])
_INTEGRATION = {200: schemas.CustomIntegration, **FAULTS}
_TYPES = {200: list[schemas.OwnershipType], **FAULTS}
_TEMPLATE = {200: ScanTemplate, **FAULTS}


@router.get(
    "/custom-integrations",
    response={200: list[schemas.CustomIntegration], **FAULTS},
    summary="List custom integrations",
)
def list_integrations(request: AccountRequest) -> HttpResponse:
    """List all custom integrations."""
    return answer([integration_document(each) for each in custom.integrations()])


@router.post("/custom-integrations", response=_INTEGRATION, summary="Register a custom integration")
def post_integration(
    request: AccountRequest, given: schemas.CustomIntegrationOptions
) -> HttpResponse:
    """Register a source of one's own; its attributes are `@name.custom.*`."""
    access = request.auth
    by = access.signed.row.uid
    row = custom.create(access.signed.principal, _change(given), at=access.now, by=by)
    return answer(integration_document(row))


@router.get(
    "/custom-integrations/{integration_id}", response=_INTEGRATION, summary="Get an integration"
)
def get_integration(request: AccountRequest, integration_id: str) -> HttpResponse:
    """Get one custom integration."""
    return answer(integration_document(named_integration(integration_id)))


@router.patch(
    "/custom-integrations/{integration_id}", response=_INTEGRATION, summary="Change an integration"
)
def patch_integration(
    request: AccountRequest, integration_id: str, given: schemas.CustomIntegrationOptions
) -> HttpResponse:
    """Change what is given of an integration."""
    return _changed(request, integration_id, _change(given))


@router.put(
    "/custom-integrations/{integration_id}", response=_INTEGRATION, summary="Replace an integration"
)
def put_integration(
    request: AccountRequest, integration_id: str, given: schemas.CustomIntegrationOptions
) -> HttpResponse:
    """Set all of an integration; what is not given becomes empty."""
    change = custom.IntegrationChange(
        name=given.name, description=given.description or "", icon=icon_of(given.icon) or b""
    )
    return _changed(request, integration_id, change)


@router.delete(
    "/custom-integrations/{integration_id}", response=_INTEGRATION, summary="Remove an integration"
)
def delete_integration(request: AccountRequest, integration_id: str) -> HttpResponse:
    """Remove an integration and return it; what it told counts as gone."""
    access, row = request.auth, named_integration(integration_id)
    told = integration_document(row, destroyed_at=access.now)
    custom.remove(access.signed.principal, row, at=access.now)
    return answer(told)


def _changed(
    request: AccountRequest, reference: str, change: custom.IntegrationChange
) -> HttpResponse:
    access = request.auth
    row = named_integration(reference)
    return answer(
        integration_document(custom.change(access.signed.principal, row, change, at=access.now))
    )


def _change(given: schemas.CustomIntegrationOptions) -> custom.IntegrationChange:
    return custom.IntegrationChange(
        name=given.name, description=given.description, icon=icon_of(given.icon)
    )


@router.get("/assets/ownership-types", response=_TYPES, summary="List ways to own assets")
def list_types(request: AccountRequest) -> HttpResponse:
    """List ways to own assets, in their order."""
    return answer([ownership_type_document(each) for each in owning.ownership_types()])


@router.post("/assets/ownership-types", response=_TYPES, summary="Make ways to own assets")
def post_types(request: AccountRequest, given: list[schemas.OwnershipTypeOptions]) -> HttpResponse:
    """Make ways to own assets, all or none."""
    new = [
        owning.TypeChange(None, each.name, each.reference, each.order, each.hidden)
        for each in given
    ]
    made = owning.create_types(request.auth.signed.principal, new)
    return answer([ownership_type_document(each) for each in made])


@router.put("/assets/ownership-types", response=_TYPES, summary="Change ways to own assets")
def put_types(request: AccountRequest, given: list[schemas.OwnershipTypeChange]) -> HttpResponse:
    """Change ways to own assets, all or none."""
    for each in given:
        _type(str(each.id))
    changes = [
        owning.TypeChange(each.id, each.name, each.reference, each.order, each.hidden)
        for each in given
    ]
    changed = owning.change_types(request.auth.signed.principal, changes)
    return answer([ownership_type_document(each) for each in changed])


@router.delete("/assets/ownership-types", response=_TYPES, summary="Remove ways to own assets")
def delete_types(request: AccountRequest, given: Body[list[UUID]]) -> HttpResponse:
    """Remove ways to own assets, all or none, and return what is left."""
    for each in given:
        _type(str(each))
    owning.remove_types(request.auth.signed.principal, given)
    return list_types(request)


@router.patch(
    "/assets/ownership-types/{type_id}",
    response={200: schemas.OwnershipType, **FAULTS},
    summary="Change a way to own assets",
)
def patch_type(
    request: AccountRequest, type_id: str, given: schemas.OwnershipTypePatch
) -> HttpResponse:
    """Change one way to own assets."""
    change = owning.TypeChange(
        _type(type_id), given.name, given.reference, given.order, given.hidden
    )
    changed = owning.change_types(request.auth.signed.principal, [change])
    return answer(ownership_type_document(changed[0]))


@router.delete(
    "/assets/ownership-types/{type_id}", response=_TYPES, summary="Remove a way to own assets"
)
def delete_type(request: AccountRequest, type_id: str) -> HttpResponse:
    """Remove one way to own assets, and return what is left."""
    owning.remove_types(request.auth.signed.principal, [_type(type_id)])
    return list_types(request)


def _type(reference: str) -> UUID:
    uid = uid_of(reference, "ownership type")
    if uid not in {each.uid for each in owning.ownership_types()}:
        raise not_found("ownership type", reference)
    return uid


@router.get(
    "/tasks/templates", response={200: list[ScanTemplate], **FAULTS}, summary="List templates"
)
def list_templates(request: AccountRequest, search: Search = "") -> HttpResponse:
    """List templates of scans; a search is part of a name or description."""
    wanted = search.strip().casefold()
    found = templates.templates(request.auth.signed.principal)
    return answer(
        [template_document(e) for e in found if wanted in f"{e.name}\n{e.description}".casefold()]
    )


@router.post("/tasks/templates", response=_TEMPLATE, summary="Make a template")
def post_template(request: AccountRequest, given: TemplateOptions) -> HttpResponse:
    """Save settings of scans under a name."""
    access = request.auth
    made = templates.create(access.signed.principal, _settings(request, given), at=access.now)
    return answer(template_document(made))


@router.put("/tasks/templates", response=_TEMPLATE, summary="Replace a template")
def put_template(request: AccountRequest, given: TemplateReplacement) -> HttpResponse:
    """Give a template other settings."""
    access, row = request.auth, _template(request, given.id)
    told = _settings(request, given)
    return answer(
        template_document(templates.replace(access.signed.principal, row, told, at=access.now))
    )


@router.get("/tasks/templates/{template_id}", response=_TEMPLATE, summary="Get a template")
def get_template(request: AccountRequest, template_id: str) -> HttpResponse:
    """Get one template."""
    return answer(template_document(_template(request, template_id)))


@router.delete(
    "/tasks/templates/{template_id}", response={204: None, **FAULTS}, summary="Remove a template"
)
def delete_template(request: AccountRequest, template_id: str) -> HttpResponse:
    """Remove one template."""
    templates.remove(request.auth.signed.principal, _template(request, template_id))
    return nothing()


def _template(request: AccountRequest, reference: str) -> Template:
    found = templates.template(request.auth.signed.principal, uid_of(reference, "template"))
    if found is None:
        raise not_found("template", reference)
    return found


def _settings(request: AccountRequest, given: TemplateOptions) -> templates.TemplateChange:
    own = named_organization(request.auth, given.organization_id)
    return templates.TemplateChange(
        name=given.name,
        organization=own.organization,
        description=given.description or "",
        params=given.params or {},
        is_global=bool(given.global_),
        acl=given.acl or {},
    )
