"""The documents by which a client finds its way: OpenID configuration, instances, keys, realms."""

from typing import Any

from muster.simulator.clouds import CLOUDS, LOGIN_HOSTS
from muster.simulator.tenants import Tenant


def openid_configuration(tenant: Tenant | None, name: str, *, base: str) -> dict[str, Any]:
    """The OpenID configuration of a tenant, or of a shared word, at the host the client used."""
    cloud = tenant.cloud if tenant else CLOUDS["global"]
    path = f"{base}/{tenant.id if tenant else name}"
    issuer = path if tenant else f"{base}/{{tenantid}}"
    return {
        "token_endpoint": f"{path}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
            "self_signed_tls_client_auth",
        ],
        "jwks_uri": f"{path}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{issuer}/v2.0",
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"https://{cloud.graph_host}/oidc/userinfo",
        "authorization_endpoint": f"{path}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{path}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{path}/oauth2/v2.0/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username"],
        "tenant_region_scope": "EU" if tenant else None,
        "cloud_instance_name": cloud.instance,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": cloud.graph_host,
        "rbac_url": "https://pas.windows.net",
    }


def instances(endpoint_host: str, *, endpoint: str, base: str) -> dict[str, Any] | None:
    """The clouds, if the host asked about is one of theirs or this very server; else None."""
    own = base.partition("://")[2].lower()
    if endpoint_host.lower() not in {*LOGIN_HOSTS, own, own.partition(":")[0]}:
        return None
    authority = endpoint.partition("://")[2].strip("/").split("/")
    name = authority[1] if len(authority) > 1 else "common"
    rows = {cloud.login_hosts[0]: cloud for cloud in CLOUDS.values()}
    return {
        "tenant_discovery_endpoint": f"https://{endpoint_host}/{name}"
        "/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {
                "preferred_network": host,
                "preferred_cache": cloud.login_hosts[1 % len(cloud.login_hosts)],
                "aliases": list(cloud.login_hosts),
            }
            for host, cloud in rows.items()
        ],
    }


def user_realm(user_name: str, realm: str, *, tenant: Tenant | None) -> dict[str, Any]:
    """How a user name signs in, in the form MSAL asks for."""
    domain = user_name.rpartition("@")[2]
    answer: dict[str, Any] = {"ver": "1.0", "account_type": realm}
    if realm == "Unknown":
        return answer
    instance = tenant.cloud.instance if tenant else CLOUDS["global"].instance
    answer |= {
        "domain_name": domain,
        "cloud_instance_name": instance,
        "cloud_audience_urn": f"urn:federation:{instance.title()}",
    }
    if realm == "Federated":
        host = f"adfs.{domain}"
        answer |= {
            "federation_protocol": "WSTrust",
            "federation_metadata_url": f"https://{host}/adfs/services/trust/mex",
            "federation_active_auth_url": f"https://{host}/adfs/services/trust/2005/usernamemixed",
        }
    return answer
