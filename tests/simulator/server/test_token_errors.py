"""What Entra refuses at its token endpoint, and in which words."""

import re
import uuid
from typing import Any

import httpx
import pytest

from muster.simulator.config import SignInState
from muster.simulator.demo import (
    ASSIGNED_APP_ID,
    CONFIDENTIAL_APP_ID,
    DEMO,
    DISABLED_APP_ID,
    EXPIRED_SECRET,
    FEDERATED_DOMAIN,
    MULTI_TENANT_APP_ID,
    NO_CONSENT_APP_ID,
    demo_user_name,
)
from muster.simulator.testing import RunningSimulator
from simulator.server.graph import SCOPE, token_request

SECRET = {
    "grant_type": "client_credentials",
    "client_id": DEMO.client_id,
    "client_secret": DEMO.client_secret,
    "scope": SCOPE,
}
PASSWORD = {
    "grant_type": "password",
    "client_id": DEMO.client_id,
    "username": DEMO.user_name,
    "password": DEMO.password,
    "scope": f"{SCOPE} openid profile offline_access",
}


def asked(
    simulator: RunningSimulator, http: httpx.Client, form: dict[str, str], **changes: str
) -> dict[str, Any]:
    tenant = changes.pop("tenant", DEMO.tenant_id)
    wanted = {name: value for name, value in (form | changes).items() if value != "-"}
    response = token_request(http, simulator.url, tenant=tenant, **wanted)
    body: dict[str, Any] = response.json()
    return {"status": response.status_code, **body}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_secret": "wrong"}, ([7000215], "invalid_client", 401)),
        ({"client_secret": EXPIRED_SECRET}, ([7000222], "invalid_client", 401)),
        ({"client_secret": "-"}, ([7000218], "invalid_client", 401)),
        ({"client_id": str(uuid.UUID(int=7))}, ([700016], "unauthorized_client", 400)),
        ({"client_id": DISABLED_APP_ID}, ([7000112], "unauthorized_client", 400)),
        ({"client_id": "-"}, ([900144], "invalid_request", 400)),
        ({"grant_type": "-"}, ([900144], "invalid_request", 400)),
        ({"scope": "-"}, ([900144], "invalid_request", 400)),
        ({"grant_type": "magic"}, ([70003], "unsupported_grant_type", 400)),
        ({"scope": "https://graph.microsoft.com/User.Read"}, ([70011], "invalid_scope", 400)),
        ({"scope": "User.Read openid"}, ([70011], "invalid_scope", 400)),
        ({"scope": "https://graph.microsoft.us/.default"}, ([500011], "invalid_resource", 400)),
        ({"scope": "https://other.example/.default"}, ([500011], "invalid_resource", 400)),
        ({"tenant": str(uuid.UUID(int=9))}, ([90002], "invalid_request", 400)),
        ({"tenant": "nowhere.example"}, ([90002], "invalid_request", 400)),
        ({"tenant": "no domain"}, ([900023], "invalid_request", 400)),
        ({"tenant": "common"}, ([50194], "invalid_request", 400)),
        ({"tenant": "organizations"}, ([50194], "invalid_request", 400)),
        ({"tenant": "common", "client_id": MULTI_TENANT_APP_ID}, ([50059], "invalid_request", 400)),
        ({"client_assertion": "a.b", "client_secret": "-"}, ([900144], "invalid_request", 400)),
    ],
)
def test_an_app_that_may_not_have_a_token_hears_why(
    simulator: RunningSimulator,
    http: httpx.Client,
    changes: dict[str, str],
    expected: tuple[list[int], str, int],
) -> None:
    answer = asked(simulator, http, SECRET, **changes)

    assert (answer["error_codes"], answer["error"], answer["status"]) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": "wrong"}, ([50126], "invalid_grant", None)),
        ({"username": f"nobody@{DEMO.domain}"}, ([50034], "invalid_grant", None)),
        ({"username": f"anyone@{FEDERATED_DOMAIN}"}, ([50056], "invalid_grant", None)),
        ({"username": "-"}, ([900144], "invalid_request", None)),
        ({"tenant": "common"}, ([9001023], "invalid_request", None)),
        ({"tenant": "consumers"}, ([9001023], "invalid_request", None)),
        ({"tenant": "organizations"}, ([50194], "invalid_request", None)),
        ({"client_id": CONFIDENTIAL_APP_ID}, ([7000218], "invalid_client", None)),
        ({"client_secret": DEMO.client_secret}, ([700025], "invalid_client", None)),
        ({"client_id": NO_CONSENT_APP_ID}, ([65001], "invalid_grant", "consent_required")),
        ({"client_id": ASSIGNED_APP_ID}, ([50105], "invalid_grant", None)),
        ({"scope": "Mail.Read openid"}, ([65001], "invalid_grant", "consent_required")),
        (
            {"scope": f"{SCOPE} https://vault.azure.net/.default"},
            ([28000], "invalid_request", None),
        ),
    ],
)
def test_a_person_who_may_not_sign_in_hears_why(
    simulator: RunningSimulator,
    http: httpx.Client,
    changes: dict[str, str],
    expected: tuple[list[int], str, str | None],
) -> None:
    answer = asked(simulator, http, PASSWORD, **changes)

    assert (answer["error_codes"], answer["error"], answer.get("suberror")) == expected


@pytest.mark.parametrize(
    ("state", "code", "error"),
    [
        (SignInState.LOCKED, 50053, "invalid_grant"),
        (SignInState.PASSWORD_EXPIRED, 50055, "invalid_grant"),
        (SignInState.NO_PASSWORD, 50056, "invalid_grant"),
        (SignInState.DISABLED, 50057, "invalid_grant"),
        (SignInState.MFA_REQUIRED, 50076, "interaction_required"),
        (SignInState.MFA_ENROLMENT, 50079, "interaction_required"),
        (SignInState.CONDITIONAL_ACCESS, 53003, "interaction_required"),
        (SignInState.SECURITY_DEFAULTS, 530035, "interaction_required"),
    ],
)
def test_every_bad_state_of_a_person_has_its_number(
    simulator: RunningSimulator, http: httpx.Client, state: SignInState, code: int, error: str
) -> None:
    answer = asked(simulator, http, PASSWORD, username=demo_user_name(state))

    assert (answer["error_codes"], answer["error"]) == ([code], error)


def test_ten_wrong_passwords_lock_a_person_out_even_with_the_right_one(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    tries = [
        asked(simulator, http, PASSWORD, tenant="locked.example", password=f"wrong {n}")
        for n in range(10)
    ]

    answer = asked(simulator, http, PASSWORD, tenant="locked.example")

    assert {tuple(each["error_codes"]) for each in tries} == {(50126,)}
    assert answer["error_codes"] == [50053]


def test_an_error_has_the_form_that_entra_gives_it(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    correlation = str(uuid.uuid4())

    response = http.post(
        f"{simulator.url}/{DEMO.tenant_id}/oauth2/v2.0/token",
        data={**SECRET, "client_secret": "wrong"},
        headers={"client-request-id": correlation},
    )

    body = response.json()
    assert set(body) == {
        "error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id",
        "error_uri",
    }  # fmt: skip
    assert body["correlation_id"] == correlation
    assert body["error_uri"] == "https://login.microsoftonline.com/error?code=7000215"
    assert re.fullmatch(
        rf"AADSTS7000215: Invalid client secret provided\. .* Trace ID: {body['trace_id']} "
        rf"Correlation ID: {correlation} Timestamp: {body['timestamp']}",
        body["error_description"],
    )
    assert DEMO.client_secret not in response.text


def test_a_get_of_the_token_endpoint_is_refused(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    response = http.get(f"{simulator.url}/{DEMO.tenant_id}/oauth2/v2.0/token")

    assert response.json()["error_codes"] == [900561]


def test_any_sign_in_error_can_be_ordered(simulator: RunningSimulator, http: httpx.Client) -> None:
    simulator.add_faults({"kind": "aadsts", "code": 90033, "path": "/token"})

    first, second = (asked(simulator, http, SECRET) for _ in range(2))

    assert (first["status"], first["error"]) == (503, "temporarily_unavailable")
    assert second["status"] == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [({"kind": "throttled", "retry_after": "3"}, 429), ({"kind": "status", "status": 504}, 504)],
)
def test_the_token_endpoint_can_be_busy_or_broken(
    simulator: RunningSimulator, http: httpx.Client, fault: dict[str, Any], status: int
) -> None:
    simulator.add_faults(fault | {"path": "/oauth2/v2.0/token"})

    response = token_request(http, simulator.url, **SECRET)

    assert (response.status_code, response.json()["error"]) == (status, "temporarily_unavailable")
    assert response.headers.get("retry-after") == fault.get("retry_after")


def test_an_app_without_consent_gets_a_token_that_opens_nothing(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    answer = asked(simulator, http, SECRET, client_id=NO_CONSENT_APP_ID)
    headers = {"Authorization": f"Bearer {answer['access_token']}"}

    response = http.get(f"{simulator.url}/v1.0/devices", headers=headers)

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "Authorization_RequestDenied"
