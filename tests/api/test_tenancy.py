"""No operation, whatever it is given, shows a token another organization's rows, or changes them.

The table is the description of the API itself: an operation that is added is tested.
"""

import pytest
from django.apps import apps

from api.conftest import Program, fill, text, token
from muster.api.application import api
from muster.credentials.models import Credential
from muster.custom.services import IntegrationChange, create
from muster.inventory.models import Asset, DirectoryUser, Service
from muster.notices.models import Event
from muster.organizations.models import Site
from muster.tasks.models import Run, ScanTemplate, Status, Task
from muster.tokens.models import Kind, Token

pytestmark = pytest.mark.django_db

ROOT = "/api/v1.0"
MARK = "strangers-own-word"
BODIES = {
    "comments": {"comments": "x"},
    "tags": {"tags": "x=y", "search": "first_seen:>0"},
    "clearTags": {"search": "first_seen:>0"},
    "clearOwners": {"search": "first_seen:>0"},
    "criticality": {"criticality": "high", "search": "first_seen:>0"},
    "owners": {"ownerships": [], "search": "first_seen:>0"},
    "attributes": {"attributes": {"a": "b"}},
}


def operations():
    for path, item in api.get_openapi_schema()["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path.removeprefix(ROOT), operation


TABLE = [(method, path) for method, path, _operation in operations()]


@pytest.fixture
def strangers(other_scope, at, now):
    """Another organization with one of everything, all of it marked; its ids by their names."""
    fill(other_scope, at)
    organization = other_scope.organization
    Asset.objects.filter(organization=organization).update(name=MARK)
    Site.objects.filter(organization=organization).update(name=MARK)
    task = Task.objects.create(
        organization=organization,
        name=MARK,
        site=other_scope.site(),
        source="azuread",
        created_at=now,
    )
    Run.objects.create(
        organization=organization,
        task=task,
        status=Status.PROCESSED,
        started_at=now,
        heartbeat_at=now,
        host="h",
        pid=1,
    )
    credential = Credential.objects.create(
        organization=organization,
        name=MARK,
        type="azure_client_secret",
        verification_status="verified",
        verified_at=now,
        created_at=now,
        created_by="x",
    )
    template = ScanTemplate.objects.create(
        organization=organization, name=MARK, created_at=now, created_by="x", updated_at=now
    )
    secret = token(Kind.EXPORT, organization)
    asset = Asset.objects.filter(organization=organization).first()
    integration = create(other_scope.principal, IntegrationChange(name="shared"), at=now)
    return {
        "org_id": organization.uid,
        "asset_id": asset.uid,
        "service_id": Service.objects.filter(organization=organization).first().uid,
        "thing_id": DirectoryUser.objects.filter(organization=organization).first().uid,
        "site_id": other_scope.site().uid,
        "task_id": task.uid,
        "credential_id": credential.uid,
        "template_id": template.uid,
        "key_id": Token.objects.get(organization=organization).uid,
        "integration_id": integration.uid,
        "explorer_id": asset.uid,
        "hosted_zone_id": asset.uid,
        "webhook_id": asset.uid,
        "act_id": asset.uid,
        "type_id": asset.uid,
        "source_id": 16,
        "inventory": "users",
        "ticket": secret,
    }


def rows_of(organization):
    """How many rows, and which changes, an organization has in every table that says whose it is."""
    return {
        model._meta.label: sorted(
            map(repr, model.objects.filter(organization=organization).values())
        )
        for model in apps.get_models()
        if any(each.name == "organization" for each in model._meta.fields)
        and model not in (Event, Token)
    }


@pytest.mark.parametrize(("method", "path"), TABLE)
def test_an_organization_token_neither_sees_nor_changes_strangers(
    org, strangers, other_scope, method, path
):
    before, asked = rows_of(other_scope.organization), body(path, strangers)

    response = org.ask(method, path.format(**strangers), asked)

    said = text(response)
    assert response.status_code < 500, said
    assert MARK not in said
    for name in ("org_id", "asset_id", "service_id", "thing_id", "site_id", "task_id"):
        is_asked = str(strangers[name]) in f"{path.format(**strangers)} {asked}"
        assert said.count(str(strangers[name])) <= int(is_asked)
    assert rows_of(other_scope.organization) == before


def body(path, strangers):
    last = path.rsplit("/", 1)[-1]
    if last in BODIES:
        return BODIES[last]
    asset, site = str(strangers["asset_id"]), str(strangers["site_id"])
    return {
        "asset_ids": [asset],
        "site_id": site,
        "targets": "10.0.0.1",
        "credential_id": str(strangers["credential_id"]),
        "name": "x",
        "search": "first_seen:>0",
    }


@pytest.mark.parametrize(
    ("method", "path"), [each for each in TABLE if each[1].startswith("/account/")]
)
@pytest.mark.parametrize("kind", [Kind.ORGANIZATION, Kind.EXPORT])
def test_only_those_who_may_see_all_get_into_account_paths(scope, strangers, kind, method, path):
    program = Program(token(kind, scope.organization))

    response = program.ask(method, path.format(**strangers), body(path, strangers))

    is_open = path.startswith("/account/api/")
    assert response.status_code == (422 if is_open else 401)


@pytest.mark.parametrize(("method", "path"), TABLE)
def test_without_a_token_only_open_operations_answer(scope, strangers, method, path):
    response = Program("").ask(method, path.format(**strangers), body(path, strangers))

    is_open = path.startswith(("/account/api/", "/releases/", "/health", "/links/"))
    assert (response.status_code != 401) is is_open


def test_an_account_token_sees_just_the_organization_that_it_names(account, scope, strangers):
    ours, theirs = str(scope.organization.uid), str(strangers["org_id"])

    assert text(account.get("/export/org/assets.json", _oid=ours)) == "[]"
    assert str(strangers["asset_id"]) in text(account.get("/org/assets", _oid=theirs))
    asset = f"/org/assets/{strangers['asset_id']}"
    assert account.get(asset, _oid=ours).status_code == 404
    assert account.get(asset, _oid=theirs).status_code == 200


def test_a_temporary_address_opens_one_run_for_a_while(account, scope, strangers):
    theirs = str(strangers["org_id"])
    sent = account.get(f"/org/tasks/{strangers['task_id']}/log", _oid=theirs)
    ticket = sent.headers["Location"].rsplit("/", 1)[-1]

    assert sent.status_code == 303
    assert Program("").get(f"/links/{ticket}").status_code == 200
    forged = ticket.replace(theirs, str(scope.organization.uid))
    assert Program("").get(f"/links/{forged}").status_code == 404
