"""The troubleshooting guide, printed from the table of troubles."""

from collections.abc import Iterable

from muster.integrations.entra.troubles import GRAPH, SIGN_IN, STATUS_FIXES, Trouble

_HEAD = """\
# Troubleshooting Microsoft Entra ID

<!-- Printed by `python -m muster.integrations.entra.guide`; a test compares. Edit troubles.py. -->

`muster entra doctor` tries a credential, changes nothing, and names each missing permission with
its fix. The log of a task holds the same codes as this page.

## Why is there no data, or not all of it?

1. Search the inventory (`source:azuread`) rather than the task's figures: they count records.
2. Options leave devices out: the filter, *Exclude unknown assets*, *Include inactive assets*.
3. A run that is **incomplete** keeps what it had and expires nothing. Its log says what failed.

## Errors by status
"""

_ASKED = """
## Two errors in full

### `(invalid_client) AADSTS7000218: The request body must contain the following parameter: \
'client_assertion' or 'client_secret'`

{public_client}

### `failed to get Entra ID groups: invalid response: 403 (403 Forbidden)`

{forbidden} For groups the permission is Group.Read.All, for devices Device.Read.All, for users
User.Read.All. The groups known so far stay as they are, and the rest of the sync goes on.
"""


def troubleshooting_markdown() -> str:
    """Return the whole of docs/guide/entra-troubleshooting.md."""
    statuses = "\n".join(f"- **{status}** - {fix}" for status, fix in STATUS_FIXES.items())
    asked = _ASKED.format(public_client=SIGN_IN[0].fix, forbidden=STATUS_FIXES[403])
    sign_in = _table("Signing in (AADSTS codes)", SIGN_IN)
    graph = _table("Reading from Microsoft Graph", GRAPH)
    return f"{_HEAD}\n{statuses}\n{asked}{sign_in}{graph}"


def _table(title: str, troubles: Iterable[Trouble]) -> str:
    rows = "\n".join(
        f"| {' '.join(f'`{code}`' for code in each.codes)} | {each.meaning} | {each.fix} |"
        for each in troubles
    )
    return f"\n## {title}\n\n| code | meaning | what to do |\n|---|---|---|\n{rows}\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(troubleshooting_markdown())
