"""What goes wrong with Entra and Graph, and the fix for each; the guide is printed from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of failure: the other side's names for it, what it means, and what to do."""

    codes: tuple[str, ...]
    meaning: str
    fix: str
    is_transient: bool = False


_APP_ONLY = "Use a client secret or a certificate instead: username and password cannot do this."

# Only the word in `error` is contractual; the numbers are Microsoft's hints and are used as hints.
# Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes (read 2026-11).
SIGN_IN: Sequence[Trouble] = (
    Trouble(
        ("AADSTS7000218",),
        "The application is not a public client, and no secret was sent",
        "Enable Allow public client flows: App registrations > the application > Authentication "
        "> Advanced settings. Check too that each API permission has the right type (application "
        "for a client secret, delegated for a username) and that admin consent is granted.",
    ),
    Trouble(
        ("AADSTS7000215",),
        "The client secret is wrong",
        "Paste the secret's Value, not its ID. If the value is lost, create a new client secret.",
    ),
    Trouble(
        ("AADSTS7000222",),
        "The client secret has expired",
        "Create a new client secret under Certificates & secrets and put it into the credential. "
        "A certificate lasts longer.",
    ),
    Trouble(
        ("AADSTS700025",),
        "The application is a public client and may not present a secret",
        "Register the application as confidential, or use a username and password.",
    ),
    Trouble(
        ("AADSTS700016",),
        "The application is not known in this tenant",
        "Check the client ID, the tenant ID and the cloud, and that an administrator of the "
        "tenant has consented to the application.",
    ),
    Trouble(
        ("AADSTS7000112", "AADSTS70001"),
        "The application is disabled",
        "Enable it: Enterprise applications > the application > Properties.",
    ),
    Trouble(
        ("AADSTS90002",),
        "The tenant does not exist in this cloud",
        "Check the tenant ID, and the cloud if the tenant is one of a government or of China.",
    ),
    Trouble(
        ("AADSTS900023",),
        "The tenant ID is malformed",
        "It is a GUID or a verified domain of the directory.",
    ),
    Trouble(
        ("AADSTS90038", "AADSTS900432", "AADSTS900382"),
        "The tenant lives in another national cloud",
        "Choose that cloud in the credential.",
    ),
    Trouble(
        ("AADSTS9001023", "AADSTS50194"),
        "This way of signing in needs one tenant, not a shared name such as common",
        "Put the directory (tenant) ID into the credential.",
    ),
    Trouble(
        ("AADSTS900144",),
        "The sign-in request lacks a part",
        "This is a defect of Muster: please report it with the code and the correlation ID.",
    ),
    Trouble(
        ("AADSTS700027",),
        "The signature made with the certificate was not accepted",
        "Upload the certificate of this private key to Certificates & secrets, and check that "
        "this machine's clock is right.",
    ),
    Trouble(
        ("AADSTS700030", "AADSTS50012"),
        "The certificate was not accepted",
        "Upload the public certificate that belongs to the private key of the credential.",
    ),
    Trouble(
        ("AADSTS70011", "AADSTS28002", "AADSTS700022"),
        "The scope does not fit",
        "Check the cloud of the credential: the scope follows from it.",
    ),
    Trouble(
        ("AADSTS500011",),
        "Microsoft Graph is not known in this tenant under this address",
        "Check the cloud of the credential.",
    ),
    Trouble(
        ("AADSTS65001", "AADSTS650056", "AADSTS90094"),
        "Nobody has consented to the application's permissions",
        "Press Grant admin consent under API permissions, for Device.Read.All, Group.Read.All "
        "and User.Read.All.",
    ),
    Trouble(
        ("AADSTS50126",),
        "The username or the password is wrong",
        "Correct the credential. It is not tried again by itself, since that could lock the "
        "account.",
    ),
    Trouble(
        ("AADSTS50034", "AADSTS51004"),
        "The user is not in this directory",
        "Use the sign-in name of an account of this tenant, not of a guest.",
    ),
    Trouble(
        ("AADSTS50053",),
        "The account is locked, or this address is blocked",
        "Do not try again yet; look for the reason in the sign-in logs of Entra ID.",
    ),
    Trouble(
        ("AADSTS50055", "AADSTS50144"),
        "The password has expired",
        "Set a new password and put it into the credential.",
    ),
    Trouble(
        ("AADSTS50056",),
        "The directory holds no password for this user",
        "The account is probably federated: use a cloud-only account, or a client secret.",
    ),
    Trouble(
        ("AADSTS50057",), "The user is disabled", "Enable the account, or use a client secret."
    ),
    Trouble(("AADSTS50072", "AADSTS50079"), "The user must enrol in MFA", _APP_ONLY),
    Trouble(
        ("AADSTS50074", "AADSTS50076", "AADSTS50078", "AADSTS50158"),
        "Multi-factor authentication is required",
        _APP_ONLY,
    ),
    Trouble(
        ("AADSTS53003", "AADSTS53000", "AADSTS53001", "AADSTS530032"),
        "Conditional Access blocks this sign-in",
        "Exclude the account or this server from the policy, or use a client secret or "
        "certificate.",
    ),
    Trouble(("AADSTS530035",), "Security defaults block this sign-in", _APP_ONLY),
    Trouble(
        ("AADSTS50105",),
        "The user is not assigned to the application",
        "Assign the user: Enterprise applications > the application > Users and groups.",
    ),
    Trouble(
        ("AADSTS50196",),
        "Entra saw too many sign-ins of this application in a row",
        "Wait some minutes. If it comes back, report it.",
    ),
    Trouble(
        ("AADSTS80001", "AADSTS80002", "AADSTS80007"),
        "The agent for pass-through authentication does not answer",
        "Check the agents on the premises, or use a client secret.",
    ),
    Trouble(
        ("AADSTS90033", "AADSTS90006", "AADSTS90024", "AADSTS50033", "temporarily_unavailable"),
        "The sign-in service has a passing fault",
        "Nothing: it is tried again, and the next run catches up.",
        is_transient=True,
    ),
)

# Source: https://learn.microsoft.com/graph/errors (read 2026-11).
GRAPH: Sequence[Trouble] = (
    Trouble(
        ("Authorization_RequestDenied", "AccessDenied", "Forbidden"),
        "The application may not read this",
        "Add the missing permission under API permissions > Microsoft Graph, of the right type "
        "(application for a client secret or certificate, delegated for a username), and press "
        "Grant admin consent.",
    ),
    Trouble(
        ("InvalidAuthenticationToken",),
        "Graph did not accept the token",
        "Check the cloud of the credential and this machine's clock.",
    ),
    Trouble(
        ("insufficient_claims", "InsufficientClaims"),
        "Conditional Access wants a stronger sign-in",
        "Exclude the application or this server from the policy.",
    ),
    Trouble(
        ("Authentication_RequestFromNonPremiumTenantOrB2CTenant",),
        "The tenant has no licence for sign-in activity",
        "Nothing: it is left out.",
    ),
    Trouble(
        ("Request_UnsupportedQuery",),
        "Graph cannot answer this filter",
        "Change the filter; `muster entra preview --filter` tries one without importing.",
    ),
    Trouble(
        ("BadRequest", "Request_BadRequest"),
        "Graph cannot read the request, most often its filter",
        "Change the filter. Text stands in single quotes, true and false do not.",
    ),
    Trouble(
        ("Directory_ExpiredPageToken",),
        "A listing took so long that Graph forgot where it was",
        "Nothing: the listing starts again, and what is there already is not told twice.",
        is_transient=True,
    ),
    Trouble(
        ("Request_ResourceNotFound",),
        "The object is gone",
        "Nothing: it was deleted while the sync ran.",
    ),
    Trouble(
        ("TooManyRequests", "activityLimitReached"),
        "Graph asks to slow down",
        "Nothing: Muster waits as told. If runs stay incomplete, look for other programs that "
        "use the same application.",
        is_transient=True,
    ),
    Trouble(
        ("NotImplemented",),
        "Graph does not offer this here",
        "Nothing: what is asked for is not offered in this cloud or collection.",
    ),
    Trouble(
        ("ServiceUnavailable", "serviceNotAvailable", "UnknownError", "GatewayTimeout"),
        "Graph has a passing fault",
        "Nothing: it is tried again, and the next run catches up.",
        is_transient=True,
    ),
)

STATUS_FIXES: Mapping[int, str] = {
    401: "Check the credential and its cloud.",
    403: "Not authorized, most likely a matter of the credential: check that each permission is "
    "added, has the right type, and has admin consent.",
    404: "An unknown address on the server: check the cloud, and the base address if one is set.",
    500: "A fault of the server, which cannot be helped from here: try later.",
}

_BY_CODE: Mapping[str, Trouble] = {
    code.casefold(): each for each in (*SIGN_IN, *GRAPH) for code in each.codes
}


def trouble(code: str) -> Trouble | None:
    """Return what is known of a code such as `AADSTS50126` or `TooManyRequests`."""
    return _BY_CODE.get(code.casefold())
