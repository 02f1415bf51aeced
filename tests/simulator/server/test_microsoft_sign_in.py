"""msal and azure-identity sign in, and cannot tell the simulator from Entra ID."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    UsernamePasswordCredential,
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from muster.simulator.config import SignInState
from muster.simulator.demo import CONFIDENTIAL_APP_ID, DEMO, FEDERATED_DOMAIN, demo_user_name
from muster.simulator.testing import RunningSimulator
from simulator.server.microsoft import LOGIN, local_session, local_transport

SCOPE = ["https://graph.microsoft.com/.default"]
AUTHORITY = f"{LOGIN}/{DEMO.tenant_id}"


@pytest.fixture
def session(tls_server: RunningSimulator) -> Iterator[requests.Session]:
    with local_session(tls_server) as found:
        yield found


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "muster")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    now = datetime.now(UTC)
    builder = builder.not_valid_before(now - timedelta(days=1))
    return builder.not_valid_after(now + timedelta(days=1)).sign(key, SHA256())


@pytest.fixture
def registered(tls_server: RunningSimulator, certificate: x509.Certificate) -> None:
    """The certificate is uploaded to the app registration."""
    pem = certificate.public_bytes(Encoding.PEM).decode()
    tls_server.change_application(DEMO.client_id, certificates=[pem])


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def opens_graph(simulator: RunningSimulator, token: str) -> bool:
    with httpx.Client(trust_env=False, verify=_context(simulator)) as http:
        headers = {"Authorization": f"Bearer {token}"}
        return http.get(f"{simulator.url}/v1.0/devices", headers=headers).status_code == 200


def _context(simulator: RunningSimulator) -> Any:
    import ssl

    return ssl.create_default_context(cafile=simulator.ca_file)


def confidential(session: requests.Session, credential: Any, **options: Any) -> Any:
    client_id = options.pop("client_id", DEMO.client_id)
    return msal.ConfidentialClientApplication(
        client_id,
        authority=AUTHORITY,
        client_credential=credential,
        http_client=session,
        **options,
    )


def test_msal_gets_a_token_for_a_client_secret(
    tls_server: RunningSimulator, session: requests.Session
) -> None:
    app = confidential(session, DEMO.client_secret)

    answer = app.acquire_token_for_client(SCOPE)

    assert opens_graph(tls_server, answer["access_token"])
    assert app.acquire_token_for_client(SCOPE)["token_source"] == "cache"


def test_msal_gets_a_token_by_the_tenants_domain(
    tls_server: RunningSimulator, session: requests.Session
) -> None:
    app = msal.ConfidentialClientApplication(
        DEMO.client_id,
        authority=f"{LOGIN}/{DEMO.domain}",
        client_credential=DEMO.client_secret,
        http_client=session,
    )

    assert opens_graph(tls_server, app.acquire_token_for_client(SCOPE)["access_token"])


def test_msal_passes_a_refusal_on(tls_server: RunningSimulator, session: requests.Session) -> None:
    answer = confidential(session, "wrong").acquire_token_for_client(SCOPE)

    assert answer["error"] == "invalid_client"
    assert answer["error_codes"] == [7000215]


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("digest", [SHA1(), SHA256()])
def test_msal_gets_a_token_for_a_certificate(
    tls_server: RunningSimulator,
    session: requests.Session,
    key: rsa.RSAPrivateKey,
    certificate: x509.Certificate,
    digest: SHA1 | SHA256,
) -> None:
    name = "thumbprint" if isinstance(digest, SHA1) else "thumbprint_sha256"
    thumbprint = certificate.fingerprint(digest).hex()
    public = certificate.public_bytes(Encoding.PEM).decode()
    credential = {
        "private_key": private_pem(key),
        name: thumbprint,
        "public_certificate": public,
    }
    app = confidential(session, credential)

    answer = app.acquire_token_for_client(SCOPE)

    assert opens_graph(tls_server, answer["access_token"])


@pytest.mark.usefixtures("registered")
def test_msal_with_a_key_that_does_not_fit_the_certificate_is_refused(
    session: requests.Session, certificate: x509.Certificate
) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    credential = {
        "private_key": private_pem(other),
        "thumbprint": certificate.fingerprint(SHA1()).hex(),
    }

    answer = confidential(session, credential).acquire_token_for_client(SCOPE)

    assert answer["error_codes"] == [700027]


def test_msal_with_an_unknown_certificate_is_refused(
    session: requests.Session, key: rsa.RSAPrivateKey
) -> None:
    credential = {"private_key": private_pem(key), "thumbprint": "00" * 20}

    answer = confidential(session, credential).acquire_token_for_client(SCOPE)

    assert answer["error_codes"] == [700027]


@pytest.mark.filterwarnings("ignore:.*deprecated for public client.*:DeprecationWarning")
def test_msal_signs_a_person_in_as_a_public_client_and_refreshes(
    tls_server: RunningSimulator, session: requests.Session
) -> None:
    app = msal.PublicClientApplication(DEMO.client_id, authority=AUTHORITY, http_client=session)

    answer = app.acquire_token_by_username_password(DEMO.user_name, DEMO.password, SCOPE)

    accounts = app.get_accounts()
    again = app.acquire_token_silent_with_error(SCOPE, accounts[0], force_refresh=True)
    assert opens_graph(tls_server, answer["access_token"])
    assert answer["id_token_claims"]["preferred_username"] == DEMO.user_name
    assert [account["username"] for account in accounts] == [DEMO.user_name]
    assert opens_graph(tls_server, again["access_token"])
    assert again["access_token"] != answer["access_token"]


def test_msal_signs_a_person_in_through_a_confidential_app(
    tls_server: RunningSimulator, session: requests.Session
) -> None:
    app = confidential(session, DEMO.client_secret, client_id=CONFIDENTIAL_APP_ID)

    answer = app.acquire_token_by_username_password(DEMO.user_name, DEMO.password, SCOPE)

    assert opens_graph(tls_server, answer["access_token"])


@pytest.mark.filterwarnings("ignore:.*deprecated for public client.*:DeprecationWarning")
def test_msal_hears_that_a_person_needs_more_than_a_password(session: requests.Session) -> None:
    app = msal.PublicClientApplication(DEMO.client_id, authority=AUTHORITY, http_client=session)

    answer = app.acquire_token_by_username_password(
        demo_user_name(SignInState.MFA_REQUIRED), DEMO.password, SCOPE
    )

    assert (answer["error"], answer["suberror"]) == ("interaction_required", "basic_action")


def test_msal_hears_that_an_authority_is_no_instance_of_microsofts(
    session: requests.Session,
) -> None:
    with pytest.raises(ValueError, match="invalid_instance"):
        msal.ConfidentialClientApplication(
            DEMO.client_id,
            authority=f"https://login.elsewhere.example/{DEMO.tenant_id}",
            client_credential=DEMO.client_secret,
            http_client=session,
        )


def test_msal_follows_an_oidc_authority_on_a_local_port(
    tls_server: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_server.ca_file)
    app = msal.ConfidentialClientApplication(
        DEMO.client_id,
        oidc_authority=f"{tls_server.url}/{DEMO.tenant_id}",
        client_credential=DEMO.client_secret,
    )

    assert opens_graph(tls_server, app.acquire_token_for_client(SCOPE)["access_token"])


def test_azure_identity_gets_a_token_for_a_client_secret(tls_server: RunningSimulator) -> None:
    credential = ClientSecretCredential(
        DEMO.tenant_id,
        DEMO.client_id,
        DEMO.client_secret,
        transport=local_transport(tls_server),
    )

    with credential:
        assert opens_graph(tls_server, credential.get_token(*SCOPE).token)


def test_azure_identity_gets_a_token_on_a_local_port(
    tls_server: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_server.ca_file)
    credential = ClientSecretCredential(
        DEMO.tenant_id,
        DEMO.client_id,
        DEMO.client_secret,
        authority=tls_server.url,
        disable_instance_discovery=True,
        connection_verify=tls_server.ca_file,
    )

    with credential:
        assert opens_graph(tls_server, credential.get_token(*SCOPE).token)


@pytest.mark.usefixtures("registered")
def test_azure_identity_gets_a_token_for_a_certificate(
    tls_server: RunningSimulator, key: rsa.RSAPrivateKey, certificate: x509.Certificate
) -> None:
    pem = private_pem(key) + certificate.public_bytes(Encoding.PEM).decode()
    credential = CertificateCredential(
        DEMO.tenant_id,
        DEMO.client_id,
        certificate_data=pem.encode(),
        transport=local_transport(tls_server),
    )

    with credential:
        assert opens_graph(tls_server, credential.get_token(*SCOPE).token)


def username_password(simulator: RunningSimulator, user_name: str) -> UsernamePasswordCredential:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # "doesn't support MFA"
        return UsernamePasswordCredential(
            DEMO.client_id,
            user_name,
            DEMO.password,
            tenant_id=DEMO.tenant_id,
            transport=local_transport(simulator),
        )


@pytest.mark.filterwarnings("ignore:.*deprecated for public client.*:DeprecationWarning")
def test_azure_identity_signs_a_person_in(tls_server: RunningSimulator) -> None:
    with username_password(tls_server, DEMO.user_name) as credential:
        assert opens_graph(tls_server, credential.get_token(*SCOPE).token)


@pytest.mark.filterwarnings("ignore:.*deprecated for public client.*:DeprecationWarning")
def test_azure_identity_hears_of_a_locked_account(tls_server: RunningSimulator) -> None:
    with (
        username_password(tls_server, demo_user_name(SignInState.LOCKED)) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS50053"),
    ):
        credential.get_token(*SCOPE)


def test_a_user_realm_says_how_a_name_signs_in(
    tls_server: RunningSimulator, session: requests.Session
) -> None:
    names = (DEMO.user_name, f"a@{FEDERATED_DOMAIN}", "a@nowhere.example")

    realms = [
        session.get(f"{LOGIN}/common/userrealm/{name}", params={"api-version": "1.0"}).json()
        for name in names
    ]

    kinds = [realm["account_type"] for realm in realms]
    assert kinds == ["Managed", "Federated", "Unknown"]
