"""Trying a credential against its source, and keeping what was found in words."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from muster.core.errors import MusterError
from muster.core.redact import redact
from muster.core.source import Context, CredentialType, Finding, Source


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a credential found, line by line; never holds a secret."""

    findings: tuple[Finding, ...]

    @property
    def is_verified(self) -> bool:
        """True if everything that must hold does."""
        return bool(self.findings) and all(each.ok for each in self.findings if each.is_required)

    @property
    def message(self) -> str:
        """What does not hold, in sentences; "" if all does."""
        failed = [each for each in self.findings if not each.ok and each.is_required]
        return " ".join(f"{each.name}: {each.detail} {each.hint}".strip() for each in failed)

    @property
    def ends_at(self) -> datetime | None:
        """When the credential ends; None where the source does not know."""
        return min((each.ends_at for each in self.findings if each.ends_at), default=None)

    def corrected(self, values: Mapping[str, str], kind: CredentialType) -> dict[str, str]:
        """Return a credential's values with what the source knows its readable fields better as."""
        readable = {each.name for each in kind.fields} - kind.secret_names()
        corrections = {
            name: text
            for each in self.findings
            for name, text in each.correction.items()
            if name in readable
        }
        return {**values, **corrections}


def tried(
    source: Source,
    kind: CredentialType,
    values: Mapping[str, str],
    *,
    endpoints: Mapping[str, str],
) -> Verdict:
    """Return what the source finds with these values; a refusal is a finding, not an error."""
    context = Context(secret=values, endpoints=endpoints)
    try:
        findings = asyncio.run(source.verify(context))
    except MusterError as error:
        findings = [Finding("Connection", ok=False, detail=error.message, hint=error.hint)]
    secrets = [values[name] for name in kind.secret_names() if name in values]
    return Verdict(tuple(_redacted(each, secrets) for each in findings))


def _redacted(finding: Finding, secrets: Sequence[str]) -> Finding:
    return Finding(
        name=finding.name,
        ok=finding.ok,
        detail=redact(finding.detail, secrets),
        hint=redact(finding.hint, secrets),
        is_required=finding.is_required,
        correction=finding.correction,
        ends_at=finding.ends_at,
    )
