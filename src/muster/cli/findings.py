"""Findings of a check: what holds, what does not, and what to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from muster.core.source import Finding

if TYPE_CHECKING:
    from muster.cli.session import Session


def documents(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings as JSON values."""
    return [
        {
            "name": each.name,
            "ok": each.ok,
            "required": each.is_required,
            "detail": each.detail,
            "fix": each.hint,
        }
        for each in findings
    ]


def write_findings(session: "Session", findings: Sequence[Finding]) -> None:
    """Write the findings as a table."""
    columns = {"state": "", "name": "Check", "detail": "Finding", "hint": "What to do"}
    session.table(columns, [_row(each) for each in findings])


def _row(finding: Finding) -> dict[str, str]:
    state = "ok" if finding.ok else "FAILED" if finding.is_required else "missing"
    hint = "" if finding.ok else finding.hint
    return {"state": state, "name": finding.name, "detail": finding.detail, "hint": hint}
