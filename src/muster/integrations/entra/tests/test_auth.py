import asyncio
import warnings
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from muster.core.errors import AuthError, ConfigError, UnavailableError
from muster.core.source import Context
from muster.integrations.entra import credentials
from muster.integrations.entra.auth import Token, Tokens, claims, permissions
from muster.integrations.entra.tests.tenant import (
    CLIENT_ID,
    NOW,
    SECRET,
    TENANT_ID,
    Tenant,
    collected,
    graph_error,
    token,
)

USER = {
    "client_id": CLIENT_ID,
    "tenant_id": TENANT_ID,
    "username": "reader@corp.example",
    "password": "pass word",
}


def key_pair(days=90):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "muster")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return pem(key), certificate.public_bytes(serialization.Encoding.PEM).decode()


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def run(tenant, secret=SECRET, endpoints=None):
    context = Context(secret=secret, progress=tenant.progress, now=NOW, endpoints=endpoints or {})
    return asyncio.run(collected(tenant, context))


def form(tenant):
    sent = [each for each in tenant.requests if each.url.path.endswith("/token")]
    return httpx.QueryParams(sent[0].content.decode())


def refused(number, error="invalid_grant", text="told why"):
    body = {
        "error": error,
        "error_codes": [number],
        "error_description": f"AADSTS{number}: {text}\r\nTrace ID: t Correlation ID: c",
    }
    return httpx.Response(400, json=body)


def test_a_client_secret_is_exchanged_for_a_token_of_graph():
    tenant = Tenant()

    run(tenant)

    assert form(tenant)["grant_type"] == "client_credentials"
    assert form(tenant)["scope"] == "https://graph.microsoft.com/.default"
    assert form(tenant)["client_id"] == CLIENT_ID
    sent = {each.headers.get("Authorization") for each in tenant.requests}
    assert sent == {None, f"Bearer {token()}"}


def test_a_username_and_password_work_without_a_warning_of_deprecation():
    tenant = Tenant()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        records = run(tenant, USER)

    assert records
    assert form(tenant)["grant_type"] == "password"
    assert form(tenant)["password"] == "pass word"
    assert "client_secret" not in form(tenant)


def test_a_certificate_signs_an_assertion():
    tenant = Tenant()
    key, certificate = key_pair()
    secret = {"client_id": CLIENT_ID, "tenant_id": TENANT_ID, "certificate": key + certificate}

    assert run(tenant, secret)
    assert form(tenant)["client_assertion"].count(".") == 2


def test_a_certificate_says_when_it_ends():
    key, certificate = key_pair(days=10)
    secret = {"client_id": CLIENT_ID, "tenant_id": TENANT_ID, "certificate": certificate + key}

    assert credentials.expires_at(credentials.read(secret)) == NOW + timedelta(days=10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "holds no unencrypted private key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "holds no unencrypted certificate"),
        (key_pair()[0] + key_pair()[1], "does not belong to the certificate"),
        (
            "-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----",
            "cannot be read as a certificate",
        ),
        (pem(ec.generate_private_key(ec.SECP256R1())) + key_pair()[1], "not an RSA key"),
    ],
)
def test_a_bad_certificate_is_told_before_anything_is_sent(text, message):
    tenant = Tenant()

    with pytest.raises(ConfigError, match=message):
        run(tenant, {"client_id": CLIENT_ID, "tenant_id": TENANT_ID, "certificate": text})
    assert tenant.requests == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"client_id": ""}, r"Azure application \(client\) ID is missing"),
        ({"client_id": "abc"}, "is not a GUID"),
        ({"tenant_id": "  "}, r"Azure directory \(tenant\) ID is missing"),
        ({"tenant_id": "common"}, "neither a GUID nor a domain"),
        ({"tenant_id": "a/../b.example"}, "neither a GUID nor a domain"),
        ({"client_secret": " "}, "holds no client secret"),
        ({"environment": "mars"}, "no cloud named 'mars'"),
        ({"subscription_id": "x"}, "subscription ID 'x' is not a GUID"),
        ({"username": "no-at", "password": "x"}, "not a sign-in name"),
        ({"username": "a@b.example", "password": ""}, "password is missing"),
        ({"username": "a@b.example/../x", "password": "p"}, "not a sign-in name"),
    ],
)
def test_a_bad_credential_is_told_before_anything_is_sent(change, message):
    tenant = Tenant()

    with pytest.raises(ConfigError, match=message) as caught:
        run(tenant, {**SECRET, **change})
    assert caught.value.hint
    assert tenant.requests == []


def test_blanks_around_ids_and_secrets_are_trimmed():
    tenant = Tenant()

    run(tenant, {name: f"  {value}\n" for name, value in SECRET.items()})

    assert form(tenant)["client_id"] == CLIENT_ID
    assert form(tenant)["client_secret"] == SECRET["client_secret"]


def test_a_verified_domain_names_the_tenant_too():
    assert credentials.tenant({"tenant_id": " Corp.Example "}) == "corp.example"


def test_subscriptions_are_accepted_and_change_nothing():
    tenant = Tenant()
    extra = {"multi_subscription": "false", "subscription_id": TENANT_ID}

    assert run(tenant, {**SECRET, **extra})


@pytest.mark.parametrize(
    ("cloud", "login", "graph"),
    [
        ("gcc", "login.microsoftonline.com", "graph.microsoft.com"),
        ("gcc_high", "login.microsoftonline.us", "graph.microsoft.us"),
        ("dod", "login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("china", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_its_own_addresses_and_scope(cloud, login, graph):
    tenant = Tenant()

    def elsewhere(request):
        hosts[request.url.host] = True
        home = {login: "login.microsoftonline.com", graph: "graph.microsoft.com"}
        url = request.url.copy_with(host=home[request.url.host])
        response = tenant.answer(httpx.Request(request.method, url, content=request.content))
        text = response.text.replace("login.microsoftonline.com", login)
        return httpx.Response(response.status_code, text=text)

    hosts = {}
    outside = tenant.outside()
    tenant.outside = lambda: type(outside)(
        transport=httpx.MockTransport(elsewhere), sleep=outside.sleep
    )

    assert run(tenant, {**SECRET, "environment": cloud})
    assert set(hosts) == {login, graph}
    assert form(tenant)["scope"] == f"https://{graph}/.default"


def test_server_settings_replace_the_base_addresses():
    tenant = Tenant()
    base = "http://127.0.0.1:8765"

    def local(request):
        seen.append(f"{request.url.scheme}://{request.url.netloc.decode()}")
        host = (
            "graph.microsoft.com" if "/v1.0/" in request.url.path else "login.microsoftonline.com"
        )
        if request.url.path.endswith(("openid-configuration", "/token")):
            host = "login.microsoftonline.com"
        url = request.url.copy_with(scheme="https", host=host, port=None)
        response = tenant.answer(
            httpx.Request(request.method, url, content=request.content, headers=request.headers)
        )
        text = response.text.replace("https://login.microsoftonline.com", base)
        return httpx.Response(response.status_code, text=text)

    seen = []
    outside = tenant.outside()
    tenant.outside = lambda: type(outside)(
        transport=httpx.MockTransport(local), sleep=outside.sleep
    )

    assert run(tenant, USER, {"login": base, "graph": f"{base}/"})
    assert set(seen) == {base}


@pytest.mark.parametrize("base", ["graph", "ftp://x", "https://"])
def test_a_base_address_that_is_none_is_a_config_error(base):
    with pytest.raises(ConfigError, match="no base address"):
        run(Tenant(), endpoints={"graph": base})


def test_the_pages_own_error_reads_as_there():
    tenant = Tenant()
    text = (
        "The request body must contain the following parameter: "
        "'client_assertion' or 'client_secret'"
    )
    tenant.on("/token", refused(7000218, "invalid_client", text))

    with pytest.raises(AuthError) as caught:
        run(tenant, USER)
    assert f"(invalid_client) AADSTS7000218: {text}" in caught.value.message
    assert "Allow public client flows" in caught.value.hint
    assert caught.value.code == "AADSTS7000218"
    assert "Trace ID" not in caught.value.message


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (7000215, "secret's Value"),
        (7000222, "new client secret"),
        (700016, "client ID"),
        (90002, "tenant ID"),
        (50126, "Correct the credential"),
        (50034, "sign-in name"),
        (50053, "sign-in logs"),
        (50055, "new password"),
        (50057, "Enable the account"),
        (50076, "client secret"),
        (53003, "policy"),
        (65001, "Grant admin consent"),
        (999999, "sign-in logs"),
    ],
)
def test_each_refusal_names_its_fix_and_is_not_tried_again(number, word):
    tenant = Tenant()
    tenant.on("/token", refused(number))

    with pytest.raises(AuthError) as caught:
        run(tenant)
    assert word in caught.value.hint
    assert len([each for each in tenant.requests if each.method == "POST"]) == 1


def test_a_tenant_that_does_not_exist_is_told_from_its_discovery():
    tenant = Tenant()
    tenant.on("openid-configuration", refused(90002, "invalid_tenant"))

    with pytest.raises(AuthError, match="The tenant does not exist in this cloud"):
        run(tenant)


def test_a_federated_user_is_refused_before_the_password_leaves():
    tenant = Tenant()
    told = {
        "account_type": "Federated",
        "domain_name": "corp.example",
        "federation_metadata_url": "https://adfs.evil.example/mex",
    }
    tenant.on("/userrealm/", httpx.Response(200, json=told))

    with pytest.raises(AuthError, match="federated"):
        run(tenant, USER)
    assert {each.url.host for each in tenant.requests} == {"login.microsoftonline.com"}


def test_an_unknown_realm_is_tolerated():
    tenant = Tenant()
    tenant.on("/userrealm/", httpx.Response(200, json={"account_type": "Unknown"}))

    assert run(tenant, USER)


@pytest.mark.parametrize("response", [httpx.Response(503), httpx.Response(429), refused(90033)])
def test_a_passing_fault_of_the_sign_in_is_tried_again(response):
    tenant = Tenant()
    tenant.on("/token", response, times=1)

    assert run(tenant)
    assert tenant.progress.counts["requests"] > 0


@pytest.mark.parametrize("where", ["openid-configuration", "/token"])
def test_a_web_page_instead_of_the_sign_in_service_is_told(where):
    tenant = Tenant()
    tenant.on(where, httpx.Response(200, text="<html>Sign in to the hotel</html>"))

    with pytest.raises(UnavailableError, match="not JSON"):
        run(tenant)


@pytest.mark.parametrize("document", [{}, {"token_endpoint": 7}, {"issuer": None}])
def test_a_discovery_document_without_what_it_owes_is_told(document):
    tenant = Tenant()
    tenant.on("openid-configuration", httpx.Response(200, json=document))

    with pytest.raises((UnavailableError, ConfigError)):
        run(tenant)


def test_a_secret_that_the_other_side_repeats_is_not_shown():
    tenant = Tenant()
    tenant.on("/token", refused(7000215, text=f"bad {SECRET['client_secret']} given"))

    with pytest.raises(AuthError) as caught:
        run(tenant)
    assert SECRET["client_secret"] not in caught.value.message


def test_a_refusal_is_remembered_and_not_sent_again():
    asked = []

    async def acquire():
        asked.append(1)
        raise AuthError("wrong password")

    async def twice(tokens):
        for _ in range(2):
            with pytest.raises(AuthError):
                await tokens.current()

    asyncio.run(twice(Tokens(acquire, now=lambda: NOW)))

    assert len(asked) == 1


def test_many_that_find_the_token_stale_renew_it_once():
    issued = []

    async def acquire():
        await asyncio.sleep(0)
        issued.append(1)
        return Token(str(len(issued)), renew_at=NOW + timedelta(hours=1))

    async def renew(tokens):
        first = await tokens.current()
        return await asyncio.gather(*(tokens.renewed(first) for _ in range(5)))

    assert asyncio.run(renew(Tokens(acquire, now=lambda: NOW))) == ["2"] * 5


def test_a_token_tells_its_permissions_of_both_types():
    assert permissions(token(("A.Read",))) == {"A.Read"}
    assert permissions("opaque") is None
    assert permissions("a.!!!.c") is None
    assert permissions("a.W10.c") is None
    assert permissions("e30.eyJzY3AiOiJBIEIifQ.s") == {"A", "B"}
    assert permissions("e30.eyJhdWQiOiJ4In0.s") == frozenset()
    assert claims("e30.bnVsbA.s") == {}


def findings(tenant, secret=SECRET):
    context = Context(secret=secret, progress=tenant.progress, now=NOW)
    return {each.name: each for each in asyncio.run(tenant.source().verify(context))}


def test_a_good_credential_verifies():
    found = findings(Tenant())

    assert all(each.ok for each in found.values() if each.is_required)
    assert {"sign-in", "permission Device.Read.All", "read devices", "read group members"} <= set(
        found
    )


def test_a_missing_permission_is_named_with_its_fix():
    tenant = Tenant(roles=("Device.Read.All", "User.Read.All"))
    tenant.on("/groups", graph_error(403, "Authorization_RequestDenied", "Insufficient."))

    found = findings(tenant)

    assert not found["permission Group.Read.All"].ok
    assert "application permissions > Group.Read.All" in found["permission Group.Read.All"].hint
    assert not found["read groups"].ok
    assert "invalid response: 403 (403 Forbidden)" in found["read groups"].detail
    assert found["read devices"].ok
    assert not found["permission AuditLog.Read.All"].is_required


def test_a_user_is_told_of_delegated_permissions():
    tenant = Tenant(roles=())
    tenant.on("/users", graph_error(403, "Authorization_RequestDenied", "Insufficient."))

    assert "delegated" in findings(tenant, USER)["permission User.Read.All"].hint


def test_a_credential_that_cannot_sign_in_stops_there():
    tenant = Tenant()
    tenant.on("/token", refused(7000222))

    found = findings(tenant)

    assert list(found) == ["credential", "sign-in"]
    assert "new client secret" in found["sign-in"].hint


def test_a_malformed_credential_is_a_finding():
    assert not findings(Tenant(), {})["credential"].ok


def test_a_secret_near_its_end_is_told_where_graph_says_so():
    tenant = Tenant()
    ends = {"passwordCredentials": [{"endDateTime": "2026-12-01T00:00:00Z"}]}
    tenant.on("/applications", httpx.Response(200, json={"value": [ends]}))

    found = findings(tenant)["expiry"]

    assert (found.ok, found.detail, found.is_required) == (False, "ends on 2026-12-01", False)


def test_a_certificate_near_its_end_is_told():
    key, certificate = key_pair(days=5)
    secret = {"client_id": CLIENT_ID, "tenant_id": TENANT_ID, "certificate": key + certificate}

    assert not findings(Tenant(), secret)["expiry"].ok


def test_a_credential_does_not_print_its_secrets():
    read = credentials.read({**SECRET})

    assert SECRET["client_secret"] not in repr(read)
    assert datetime.now(UTC)
    assert orjson.dumps(SECRET["client_secret"]).decode() not in repr(
        Context(secret=SECRET, now=NOW)
    )
