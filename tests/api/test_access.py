"""Who is let in, where, and what they are told if not."""

from datetime import UTC, datetime, timedelta

import pytest

from api.conftest import ROOT, Program, token, whole
from muster.accounts.roles import LOCAL_OPERATOR, Principal, Role
from muster.core.errors import ConfigError
from muster.notices.models import Event
from muster.tokens.bearers import signed
from muster.tokens.models import AccessToken, Kind, Token
from muster.tokens.services import (
    ACCESS_LASTS,
    create_client,
    create_token,
    grant,
    remove_client,
    rotate_client,
    rotate_token,
)

pytestmark = pytest.mark.django_db

SITES = "/org/sites"


@pytest.mark.parametrize("secret", ["", "OT123", "CT" + "0" * 40, "x" * 10_000, "Bearer", "é"])
def test_a_token_that_nobody_has_opens_nothing(scope, secret):
    response = Program(secret).get(SITES)

    assert response.status_code == 401
    assert whole(response)["status"] == 401


def test_an_organization_token_sees_its_organization(org, scope):
    assert [each["name"] for each in org.json(SITES)] == ["Primary"]
    assert org.json("/org")["id"] == str(scope.organization.uid)


def test_an_organization_token_is_refused_on_account_paths(org):
    for path in ("/account/orgs", "/account/custom-integrations", "/account/license"):
        response = org.get(path)

        assert response.status_code == 401
        assert response.headers["Content-Type"].endswith("json")


def test_an_export_token_only_exports(scope):
    program = Program(token(Kind.EXPORT, scope.organization))

    assert program.get("/export/org/sites.json").status_code == 200
    assert program.get(SITES).status_code == 401
    assert program.get("/account/orgs").status_code == 401


def test_a_download_token_opens_nothing_here(scope):
    program = Program(token(Kind.DOWNLOAD, scope.organization))

    assert {program.get(each).status_code for each in (SITES, "/export/org/sites.json")} == {401}


def test_an_account_token_names_its_organization(account, scope, other_scope):
    unclear = account.get(SITES)
    named = account.get("/org", _oid=str(other_scope.organization.uid))

    assert unclear.status_code == 400
    assert "_oid" in whole(unclear)["detail"]
    assert whole(named)["name"] == "Other"


def test_an_account_token_need_not_name_the_only_organization(account, scope):
    assert account.json("/org")["name"] == scope.organization.name


@pytest.mark.parametrize("oid", ["x", "00000000-0000-0000-0000-000000000000", "' OR 1=1"])
def test_an_organization_that_there_is_not_is_4xx(account, scope, other_scope, oid):
    assert account.get(SITES, _oid=oid).status_code in {400, 404}


def test_an_organization_token_cannot_name_another(org, other_scope):
    assert org.get(SITES, _oid=str(other_scope.organization.uid)).status_code == 404


def test_a_removed_and_a_rotated_token_open_nothing(scope, now):
    made = create_token(LOCAL_OPERATOR, Kind.ORGANIZATION, organization=scope.organization, at=now)
    renewed = rotate_token(LOCAL_OPERATOR, made.token, at=now)

    assert Program(made.secret).get(SITES).status_code == 401
    assert Program(renewed.secret).get(SITES).status_code == 200
    assert Program(renewed.secret).delete("/org/key").status_code == 204
    assert Program(renewed.secret).get(SITES).status_code == 401


def test_secrets_are_kept_as_hashes_only(scope, now):
    made = create_token(LOCAL_OPERATOR, Kind.ACCOUNT, organization=None, at=now)
    client = create_client(LOCAL_OPERATOR, organization=None, at=now)
    access = grant(client.client, at=now)

    kept = repr(
        [
            *Token.objects.values(),
            *AccessToken.objects.values(),
            *type(client.client).objects.values(),
            *Event.objects.values(),
        ]
    )
    for secret in (made.secret, client.secret, access.secret):
        assert secret not in kept
    assert made.secret not in repr(made) + repr(client) + repr(access)


def test_a_client_signs_in_and_is_let_in_until_its_time_is_over(scope):
    made = create_client(LOCAL_OPERATOR, organization=None, at=datetime.now(UTC))
    fields = {
        "grant_type": "client_credentials",
        "client_id": str(made.client.uid),
        "client_secret": made.secret,
    }
    got = whole(Program("").form("/account/api/token", fields))

    assert got["token_type"] == "Bearer"
    assert got["expires_in"] >= 3600
    assert Program(got["access_token"]).get("/account/orgs").status_code == 200
    later = datetime.now(UTC) + ACCESS_LASTS + timedelta(seconds=1)
    assert signed(got["access_token"], now=later) is None


def test_a_client_of_one_organization_sees_that_one(scope, other_scope, now):
    made = create_client(LOCAL_OPERATOR, organization=other_scope.organization, at=now)
    program = Program(grant(made.client, at=datetime.now(UTC)).secret)

    assert program.json("/org")["name"] == "Other"
    assert program.get("/account/orgs").status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "x"}, 401),
        ({"grant_type": "password"}, 400),
        ({"client_secret": ""}, 401),
    ],
)
def test_a_wrong_sign_in_is_told_in_json(scope, now, change, status):
    made = create_client(LOCAL_OPERATOR, organization=None, at=now)
    fields = {"client_id": str(made.client.uid), "client_secret": made.secret, **change}

    response = Program("").form("/account/api/token", fields)

    assert response.status_code == status
    assert whole(response)["detail"]


def test_a_renewed_or_removed_client_is_out_with_all_it_got(scope, now):
    made = create_client(LOCAL_OPERATOR, organization=None, at=now)
    old = grant(made.client, at=datetime.now(UTC)).secret
    fields = {"client_id": str(made.client.uid), "client_secret": made.secret}
    got = whole(Program("").form("/account/api/rotate", fields))

    assert Program(old).get("/account/orgs").status_code == 401
    assert Program("").form("/account/api/token", fields).status_code == 401
    renewed = {"client_id": got["api_client_id"], "client_secret": got["api_client_secret"]}
    assert Program("").form("/account/api/token", renewed).status_code == 200
    remove_client(LOCAL_OPERATOR, made.client, at=now)
    assert Program("").form("/account/api/token", renewed).status_code == 401


def test_only_a_superuser_makes_a_token_for_all(scope, now):
    with pytest.raises(ConfigError, match="may not change API tokens"):
        create_token(Principal("a", Role.ADMINISTRATOR), Kind.ACCOUNT, organization=None, at=now)
    with pytest.raises(ConfigError, match="may not change API tokens"):
        create_token(
            Principal("u", Role.USER), Kind.ORGANIZATION, organization=scope.organization, at=now
        )


def test_a_renewal_by_a_person_needs_a_role(scope, now):
    made = create_client(LOCAL_OPERATOR, organization=None, at=now)

    with pytest.raises(ConfigError, match="may not"):
        rotate_client(made.client, by=Principal("v", Role.VIEWER), at=now)


def test_a_token_for_all_is_recorded_in_every_organization(scope, other_scope, now):
    create_token(LOCAL_OPERATOR, Kind.ACCOUNT, organization=None, at=now, comment="sync")

    for each in (scope, other_scope):
        event = Event.objects.filter(organization=each.organization).latest("pk")
        assert (event.action, event.target_name) == ("token-created", "sync")


def test_usage_is_said_and_counted(org, scope):
    first, second = org.get(SITES), org.get(SITES)

    assert first.headers["X-API-Usage-Today"] == "1"
    assert second.headers["X-API-Usage-Today"] == second.headers["X-API-Usage-Total"] == "2"
    limit, left = (int(second.headers[f"X-API-Usage-{n}"]) for n in ("Limit", "Remaining"))
    assert left == limit - 2
    assert org.json("/org/key")["last_used_at"] > 0


def test_who_asked_too_often_is_told_when_to_come_back(org, settings):
    settings.API_REQUESTS_PER_DAY = 2
    answers = [org.get(SITES) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].headers["X-API-Usage-Remaining"] == "0"
    assert answers[-1].headers["Retry-After"]
    assert "2 times a day" in whole(answers[-1])["detail"]


def test_a_request_larger_than_allowed_is_refused(org, settings):
    settings.API_LARGEST_UPLOAD = 10

    response = org.put(SITES, {"name": "x" * 100})

    assert response.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nonsense", 404), ("POST", "/org/assets/x/y/z", 404), ("DELETE", "/org/sites", 405)],
)
def test_an_address_that_there_is_not_is_told_in_json(org, method, path, status):
    response = org.ask(method, path)

    assert response.status_code == status
    assert whole(response)["status"] == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000"}',
        b"[" * 9999,
        b"\xff",
    ],
)
def test_a_body_that_cannot_be_read_is_4xx(org, body):
    response = org.ask("PUT", SITES, body)

    assert 400 <= response.status_code < 500
    assert whole(response)["detail"]


def test_nul_in_an_address_is_4xx(org):
    assert org.get("/org/assets", search="name:\0").status_code == 400
    assert org._client.get(f"{ROOT}/org/assets?search=%00").status_code == 400
