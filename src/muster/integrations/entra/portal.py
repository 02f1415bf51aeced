"""What a person does in the Azure portal, step by step, for a page or a guide to show.

Source: the set-up of an application for Microsoft Graph,
https://learn.microsoft.com/entra/identity-platform/quickstart-register-app (read 2026-11).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do. `copied` are values to copy into the portal."""

    text: str
    copied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Some acts on one page of the portal. `link` opens that page."""

    title: str
    acts: tuple[Act, ...]
    link: str = ""
    note: str = ""


_REGISTRATIONS = "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"

STEPS = (
    Step(
        "Register an application",
        (
            Act("Open App registrations and choose New registration."),
            Act("Give it a name", ("Muster inventory",)),
            Act("Supported account types: Accounts in this organizational directory only."),
            Act("Leave the redirect URI empty and choose Register."),
        ),
        link=_REGISTRATIONS,
    ),
    Step(
        "Note its two ids",
        (
            Act("On the Overview page, copy the Application (client) ID."),
            Act("Copy the Directory (tenant) ID too. Both go into the form below."),
        ),
    ),
    Step(
        "Allow public client flows",
        (Act("Authentication > Allow public client flows: Yes, then Save."),),
        note="Needed only for a username and password. Without it Entra ID answers AADSTS7000218.",
    ),
    Step(
        "Add the permissions",
        (
            Act("API permissions > Add a permission > Microsoft Graph."),
            Act(
                "Application permissions for a client secret or a certificate, delegated ones for "
                "a username and password."
            ),
            Act(
                "Search for each of these, mark it, and choose Add permissions at the end:",
                ("Device.Read.All", "Group.Read.All", "User.Read.All"),
            ),
            Act(
                "Last sign-ins of users need this one as well, and may be left out:",
                ("AuditLog.Read.All",),
            ),
        ),
    ),
    Step(
        "Grant admin consent",
        (Act("Choose Grant admin consent. Each permission then has a green mark."),),
        note="An administrator of the directory has to do this one.",
    ),
    Step(
        "Make a client secret",
        (
            Act("Certificates & secrets > New client secret, with a description and an end."),
            Act("Copy the secret's Value at once: it is shown only now. Its Secret ID is not it."),
        ),
        note="Or upload a certificate there, and paste certificate and private key below.",
    ),
)
