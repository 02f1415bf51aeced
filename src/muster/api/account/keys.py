"""Tokens of organizations and of all, and API clients."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Form, Router, Schema

from muster.api.access import AccountRequest
from muster.api.answers import answer, nothing
from muster.api.export.inventories import FAULTS
from muster.api.problems import Problem, not_found
from muster.api.rendering.accounts import key_document
from muster.api.schemas.accounts import AccessToken, ClientCredentials, Key, KeyOptions
from muster.api.telling import named_organization, scopes, uid_of
from muster.tasks.clock import utc_now
from muster.tokens.bearers import client_of
from muster.tokens.models import ApiClient, Kind, Token
from muster.tokens.selectors import tokens_of
from muster.tokens.services import (
    create_token,
    grant,
    remove_token,
    rotate_client,
    rotate_token,
)

router = Router(tags=["account"])
signing_in = Router(tags=["account"])
_KINDS = (Kind.ACCOUNT, Kind.ORGANIZATION)


class ClientForm(Schema):
    """How a program signs in (RFC 6749, section 4.4)."""

    client_id: str
    client_secret: str
    grant_type: str = "client_credentials"


@signing_in.post(
    "/api/token",
    auth=None,
    response={200: AccessToken, 400: FAULTS[400], 401: FAULTS[401], 422: FAULTS[422]},
    summary="Sign in as an API client",
)
def get_access(request: HttpRequest, given: Annotated[ClientForm, Form()]) -> HttpResponse:
    """Get an access token for a client's id and secret."""
    if given.grant_type != "client_credentials":
        raise Problem(400, "the grant_type is client_credentials; there is no other here")
    access = grant(_client(given), at=utc_now())
    return answer(
        {
            "access_token": access.secret,
            "token_type": "Bearer",
            "expires_in": int(access.lasts.total_seconds()),
        }
    )


@signing_in.post(
    "/api/rotate",
    auth=None,
    response={200: ClientCredentials, 400: FAULTS[400], 401: FAULTS[401], 422: FAULTS[422]},
    summary="Renew the secret of an API client",
)
def renew_client(request: HttpRequest, given: Annotated[ClientForm, Form()]) -> HttpResponse:
    """Give a client another secret for its old one; what it got before opens nothing more."""
    made = rotate_client(_client(given), at=utc_now())
    return answer({"api_client_id": str(made.client.uid), "api_client_secret": made.secret})


def _client(given: ClientForm) -> ApiClient:
    client = client_of(given.client_id, given.client_secret)
    if client is None:
        raise Problem(
            401,
            "there is no API client with this id and secret",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return client


@router.get("/keys", response={200: list[Key], **FAULTS}, summary="List tokens")
def list_keys(request: AccountRequest) -> HttpResponse:
    """List the tokens of all organizations and those that hold everywhere."""
    return answer([_told(each) for each in _keys(request)])


@router.put("/keys", response={200: Key, **FAULTS}, summary="Make a token")
def put_key(request: AccountRequest, given: KeyOptions) -> HttpResponse:
    """Make a token for an organization, or for all without one; it is shown once."""
    access = request.auth
    home = given.organization_id if given.organization_id and given.organization_id.int else None
    own = named_organization(access, str(home)) if home else None
    made = create_token(
        access.signed.principal,
        Kind.ORGANIZATION if own else Kind.ACCOUNT,
        organization=own.organization if own else None,
        at=access.now,
        comment=given.comment or "",
    )
    return answer(_told(made.token, made.secret))


@router.get("/keys/{key_id}", response={200: Key, **FAULTS}, summary="Get a token")
def get_key(request: AccountRequest, key_id: str) -> HttpResponse:
    """Get one token, without its secret."""
    return answer(_told(_key(request, key_id)))


@router.delete("/keys/{key_id}", response={204: None, **FAULTS}, summary="Remove a token")
def delete_key(request: AccountRequest, key_id: str) -> HttpResponse:
    """Remove one token; it opens nothing any more."""
    access = request.auth
    remove_token(access.signed.principal, _key(request, key_id), at=access.now)
    return nothing()


@router.patch("/keys/{key_id}/rotate", response={200: Key, **FAULTS}, summary="Renew a token")
def renew_key(request: AccountRequest, key_id: str) -> HttpResponse:
    """Give one token another secret, which is shown once."""
    access = request.auth
    made = rotate_token(access.signed.principal, _key(request, key_id), at=access.now)
    return answer(_told(made.token, made.secret))


def _keys(request: AccountRequest) -> list[Token]:
    homes = [None, *(each.organization for each in scopes(request.auth))]
    return [token for home in homes for token in tokens_of(home, _KINDS)]


def _key(request: AccountRequest, reference: str) -> Token:
    uid = uid_of(reference, "key")
    for each in _keys(request):
        if each.uid == uid:
            return each
    raise not_found("key", reference)


def _told(token: Token, secret: str = "") -> dict[str, object]:
    return key_document(token, secret=secret, limit=settings.API_REQUESTS_PER_DAY)
