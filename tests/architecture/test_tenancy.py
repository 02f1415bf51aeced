"""A walk of the source tree: no row of a tenant is reached but through its organization."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import muster

SOURCE = Path(muster.__file__).parent
# Where rows are reached otherwise, and why that is right.
EXCEPTIONS = {
    "accounts/services.py": "accounts belong to no organization",
    "accounts/sessions.py": "sessions belong to an account",
    "accounts/signing_in.py": "who signs in belongs to no organization yet",
    "organizations/access.py": "finds the organizations of an account",
    "organizations/first_run.py": "finds the first organization",
    "accounts/selectors.py": "a role holds in every organization; only administrators see accounts",
    "organizations/scope.py": "finds the organization itself",
    "organizations/services.py": "names of organizations are unique among all",
    "cli/commands/organization.py": "lists the organizations themselves",
    "credentials/services.py": "rotating keys seals every credential and channel anew",
    "credentials/selectors.py": "a credential may be global; tests/credentials hold who sees it",
    "tasks/worker/rows.py": "workers serve every organization; each run is done in its own scope",
    "tasks/worker/heartbeats.py": "workers belong to no organization",
    "explorers/assignments.py": "an Explorer has what it was given, by whichever organization",
    "explorers/enrolment.py": "a token is found by its digest, and says whose it is",
    "explorers/places.py": "hosted zones serve every organization; tests/tasks/elsewhere hold who",
    "explorers/sessions.py": "an Explorer is who its signature says, and asks for itself",
    "explorers/watching.py": "announces each Explorer to the organization that owns it",
    "health/figures.py": "counts over all organizations, and says nothing of anyone",
    "notices/expiring.py": "announces each credential to the organization that owns it",
    "notices/matching.py": "writes the deliveries of an event that it was given",
    "notices/sending/outbox.py": "sends what is due of every organization",
    "notices/upkeep.py": "forgets what is old of every organization",
    "custom/services.py": "integrations are sources, which hold in every organization",
    "inventory/ownership_types.py": "ways to own assets hold in every organization",
    "notices/audit.py": "reads the organizations that it was given",
    "organizations/editing.py": "finds the organizations that somebody may see",
    "tasks/services/leaving.py": "sees that an organization is left",
    "tasks/templates.py": "a template may be global; tests/api hold who sees it",
    "tokens/bearers.py": "who asks is found by their secret, before any organization is",
    "tokens/services.py": "a token may open all organizations, and is recorded in each",
    "tasks/recording.py": "writes lines of a run that it was given",
}
SCOPED = {"organization", "organization_id"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        # The simulator has no rows; its stores of objects are called so too.
        if not name.startswith("simulator/") and not {"migrations", "tests"} & set(path.parts):
            yield name, ast.parse(path.read_text())


def unscoped_queries(tree: ast.Module) -> list[int]:
    """Lines where a manager is asked without naming an organization."""
    scoped = {
        id(call.func.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and SCOPED & {keyword.arg for keyword in call.keywords}
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "objects" and id(node) not in scoped
    ]


def test_every_query_names_its_organization():
    found = {
        f"{name}:{line}"
        for name, tree in modules()
        if name not in EXCEPTIONS
        for line in unscoped_queries(tree)
    }

    assert found == set()


def test_every_exception_is_still_needed():
    unneeded = {
        name for name, tree in modules() if name in EXCEPTIONS and not unscoped_queries(tree)
    }

    assert unneeded == set()


def test_every_statement_of_the_selectors_names_its_organization():
    """Search puts its statements together from parts: tests/inventory/search hold that."""
    unscoped = [
        f"{path.name}: {statement[:80]}"
        for path in sorted((SOURCE / "inventory" / "selectors").rglob("*.py"))
        for statement in statements(ast.parse(path.read_text()))
        if re.search(
            r"\bFROM (inventory_|asset_|user_|group_|service_|membership|ownership)", statement
        )
        and "organization_id" not in statement
    ]

    assert unscoped == []


def statements(tree: ast.Module) -> Iterator[str]:
    """The texts in a module, with what is put into them left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (each.value for each in node.values if isinstance(each, ast.Constant))
            yield "".join(str(each) for each in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
