"""What the demo shows at its end: counts, an answer, and what to do next."""

import os
import shlex
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muster.cli.session import Session
from muster.inventory.search import count, search
from muster.inventory.selectors import asset_rows, coverage
from muster.organizations.scope import Scope

QUESTION = "source:runzero AND NOT source:azuread"
BOTH = "source:runzero AND source:azuread"
ROWS = 10

_COLUMNS = {"name": "Name", "addresses": "Addresses", "type": "Type", "os": "OS", "hw": "Hardware"}
_COUNTS = {
    "scanned_only": "Assets only scanned (not in Entra ID)",
    "directory_only": "Assets only in Entra ID (never scanned)",
    "both": "Assets in both, merged into one",
    "users": "Directory users",
    "groups": "Directory groups",
    "memberships": "Memberships",
}


def show(session: Session, scope: Scope) -> None:
    """Show the counts, the first rows of the main question, and the next commands."""
    counts = asdict(coverage(scope))
    total, rows = _answer(scope)
    if session.is_json:
        session.answer({"counts": counts, "query": QUESTION, "count": total, "rows": rows})
        return
    session.table(
        {"what": "Inventory (demo data)", "count": ""},
        [{"what": label, "count": f"{counts[name]:,}"} for name, label in _COUNTS.items()],
    )
    session.say(f"{QUESTION}   ({total} assets, the first {len(rows)}):")
    session.table(_COLUMNS, rows)
    session.say(_next_steps(_example(scope)))


def _answer(scope: Scope) -> tuple[int, list[dict[str, Any]]]:
    now = datetime.now(UTC)
    page = search(scope, QUESTION, now=now, page_size=ROWS)
    return count(scope, QUESTION, now=now).number, asset_rows(scope, page.ids)


def _example(scope: Scope) -> str:
    """Return the name of an asset that both sources know."""
    now = datetime.now(UTC)
    page = search(scope, BOTH, now=now, page_size=1, sort="-name")
    return "".join(str(row["name"]) for row in asset_rows(scope, page.ids)) or "NAME"


def _next_steps(example: str) -> str:
    prefix = _prefix()
    return f"""Look further:
  {prefix} search 'source:azuread AND NOT source:runzero'
  {prefix} search 'os:windows AND @azuread.dev.isManaged:false' --count
  {prefix} search --inventory users 'department:Finance' --format csv
  {prefix} asset show {shlex.quote(example)}
  {prefix} --help

Connect a real tenant (it gets a home of its own, not the demo's):
  1. In Entra ID, register an application; grant it Device.Read.All, User.Read.All and
     Group.Read.All as application permissions, with admin consent; make a client secret.
  2. {_program()} credential add --type azure_client_secret --name "My tenant" \\
       --client-id ID --tenant-id ID        (asks for the secret without showing it)
  3. {_program()} entra doctor
  4. {_program()} entra sync
  5. {_program()} search '{QUESTION}'"""


def _prefix() -> str:
    home = os.environ.get("MUSTER_HOME", "")
    return f"MUSTER_HOME={shlex.quote(home)} {_program()}" if home else _program()


def _program() -> str:
    """Return the program as it was called, so that the commands work where the person is."""
    called = Path(sys.argv[0])
    if called.name != "muster":
        return "muster"
    inside = called.is_absolute() and called.is_relative_to(Path.cwd())
    return shlex.quote(str(called.relative_to(Path.cwd()) if inside else called))
