"""Entra's sign-in errors: number, text, OAuth error and status."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muster.simulator.web.request import Request
from muster.simulator.web.response import Response, json_response


@dataclass(frozen=True, slots=True)
class Kind:
    """How Entra words one error number; `text` is a format."""

    error: str
    status: int
    text: str
    suberror: str = ""


def _wrong(text: str, suberror: str = "") -> Kind:
    return Kind("invalid_grant", 400, text, suberror)


def _bad_request(text: str) -> Kind:
    return Kind("invalid_request", 400, text)


def _bad_client(text: str) -> Kind:
    return Kind("invalid_client", 401, text)


_LOCKED = "The account is locked, you've tried to sign in too many times with an incorrect user ID"
_CHANGE = (
    "Due to a configuration change made by your administrator, or because you moved to a new "
    "location, you must"
)
_INSTALL = (
    "This can happen if the application has not been installed by the administrator of the "
    "tenant or consented to by any user in the tenant. You"
)
# Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes (2026-11).
KINDS: dict[int, Kind] = {
    50012: _bad_client("Authentication failed. {0}"),
    50027: _bad_client("JWT token is invalid or malformed."),
    50034: _wrong(
        "The user account {{EUII Hidden}} does not exist in the {0} directory. To sign into this "
        "application, the account must be added to the directory."
    ),
    50049: Kind("invalid_instance", 400, "Unknown or invalid instance."),
    50053: _wrong(f"{_LOCKED} or password."),
    50055: _wrong("The password is expired.", "user_password_expired"),
    50056: _wrong(
        "Invalid or null password: password does not exist in the directory for this user."
    ),
    50057: _wrong("The user account is disabled."),
    50059: _bad_request(
        "No tenant-identifying information found in either the request or implied by any "
        "provided credentials."
    ),
    50076: Kind(
        "interaction_required",
        400,
        f"{_CHANGE} use multi-factor authentication to access '{{0}}'.",
        "basic_action",
    ),
    50079: Kind(
        "interaction_required",
        400,
        f"{_CHANGE} enroll in multi-factor authentication to access '{{0}}'.",
        "basic_action",
    ),
    50105: _wrong(
        "Your administrator has configured the application {1} ('{0}') to block users unless they "
        "are specifically granted ('assigned') access to the application. The signed in user "
        "'{{EUII Hidden}}' is blocked because they are not a direct member of a group with access, "
        "nor had access directly assigned by an administrator. Please contact your administrator "
        "to assign access to this application."
    ),
    50126: _wrong("Error validating credentials due to invalid username or password."),
    50194: _bad_request(
        "Application '{0}'({1}) is not configured as a multi-tenant application. Usage of the "
        "/common endpoint is not supported for such apps created after '10/15/2018'. Use a "
        "tenant-specific endpoint or configure the application to be multi-tenant."
    ),
    50196: _wrong(
        "The server terminated an operation because it encountered a client request loop. "
        "Please contact your app vendor."
    ),
    53003: Kind(
        "interaction_required",
        400,
        "Access has been blocked by Conditional Access policies. The access policy does not "
        "allow token issuance.",
        "message_only",
    ),
    65001: _wrong(
        "The user or administrator has not consented to use the application with ID '{0}' named "
        "'{1}'. Send an interactive authorization request for this user and resource.",
        "consent_required",
    ),
    70000: _wrong("Provided grant is invalid or malformed.", "bad_token"),
    70003: Kind(
        "unsupported_grant_type", 400, "The app requested an unsupported grant type '{0}'."
    ),
    70011: Kind(
        "invalid_scope",
        400,
        "The provided request must include a 'scope' input parameter. The provided value for the "
        "input parameter 'scope' is not valid. The scope {0} is not valid.",
    ),
    28000: Kind(
        "invalid_request",
        400,
        "Provided value for the input parameter scope is not valid because it contains more than "
        "one resource. Scope {0} is not valid.",
    ),
    90002: _bad_request(
        "Tenant '{0}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant."
    ),
    90033: Kind(
        "temporarily_unavailable", 503, "A transient error has occurred. Please try again."
    ),
    900023: _bad_request(
        "Specified tenant identifier '{0}' is neither a valid DNS name, nor a valid external "
        "domain."
    ),
    900144: _bad_request("The request body must contain the following parameter: '{0}'."),
    900382: _bad_request(
        "Confidential Client is not supported in Cross Cloud request. The tenant lives in another "
        "cloud."
    ),
    900561: _bad_request(
        "The endpoint only accepts POST, OPTIONS requests. Received a {0} request."
    ),
    500011: Kind(
        "invalid_resource",
        400,
        f"The resource principal named {{0}} was not found in the tenant named {{1}}. {_INSTALL} "
        "might have sent your authentication request to the wrong tenant.",
    ),
    530035: Kind(
        "interaction_required",
        400,
        "Access has been blocked by security defaults. This is because this type of access is "
        "considered to be unsafe.",
        "message_only",
    ),
    700016: Kind(
        "unauthorized_client",
        400,
        f"Application with identifier '{{0}}' was not found in the directory '{{1}}'. {_INSTALL} "
        "may have sent your authentication request to the wrong tenant.",
    ),
    700023: _bad_client("Client assertion audience claim does not match Realm issuer."),
    700024: _bad_client(
        "Client assertion is not within its valid time range. Current time: {0}, expiry time of "
        "assertion {1}."
    ),
    700025: _bad_client(
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
    ),
    700027: _bad_client(
        "The certificate with identifier used to sign the client assertion is not registered on "
        "application. [Reason - {1}, Please visit the Azure Portal, Graph Explorer or directly "
        "use MS Graph to see configured keys for app Id '{0}'.]"
    ),
    700082: _wrong("The refresh token has expired due to inactivity.", "bad_token"),
    7000112: Kind("unauthorized_client", 400, "Application '{0}'({1}) is disabled."),
    7000215: _bad_client(
        "Invalid client secret provided. Ensure the secret being sent in the request is the "
        "client secret value, not the client secret ID, for a secret added to app '{0}'."
    ),
    7000218: _bad_client(
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'."
    ),
    7000222: _bad_client(
        "The provided client secret keys for app '{0}' are expired. Visit the Azure portal to "
        "create new keys for your app: https://aka.ms/NewClientSecret, or consider using "
        "certificate credentials for added security: https://aka.ms/certCreds."
    ),
    9001023: _bad_request(
        "The grant type is not supported over the /common or /consumers endpoints. Please use "
        "the /organizations or tenant-specific endpoint."
    ),
}


class SignInError(Exception):
    """Entra refuses; `number` is the AADSTS code."""

    def __init__(self, number: int, *values: str) -> None:
        """Keep the number; `values` fill the text of that error."""
        super().__init__(number)
        self.number = number
        self.kind = KINDS.get(number) or _wrong("Error {0}.")
        self.text = self.kind.text.format(*(values or ("", "")))


def error_response(error: SignInError, *, request: Request, now: datetime) -> Response:
    """The refusal in Entra's form."""
    trace, stamp = str(uuid.uuid4()), f"{now:%Y-%m-%d %H:%M:%SZ}"
    correlation = correlation_id(request)
    body: dict[str, Any] = {
        "error": error.kind.error,
        "error_description": f"AADSTS{error.number}: {error.text} Trace ID: {trace} "
        f"Correlation ID: {correlation} Timestamp: {stamp}",
        "error_codes": [error.number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={error.number}",
    }
    if error.kind.suberror:
        body["suberror"] = error.kind.suberror
    return json_response(error.kind.status, body)


def correlation_id(request: Request) -> str:
    """The id the client named, if it is one; else a new one."""
    try:
        return str(uuid.UUID(request.header("client-request-id")))
    except ValueError:
        return str(uuid.uuid4())
