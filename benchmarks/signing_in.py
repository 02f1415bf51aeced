"""A token of the simulated tenant, for loops that do without a client library."""

import argparse

import httpx


def token(arguments: argparse.Namespace) -> str:
    """Return an access token for the application."""
    form = {
        "client_id": arguments.client_id,
        "client_secret": arguments.client_secret,
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    url = f"{arguments.url}/{arguments.tenant_id}/oauth2/v2.0/token"
    return str(httpx.post(url, data=form, trust_env=False).json()["access_token"])
