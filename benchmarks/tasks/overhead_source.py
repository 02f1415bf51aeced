"""A source that collects next to nothing."""

from collections.abc import AsyncIterator, Sequence

from muster.core.records import AnyRecord, Collection
from muster.core.source import Context, CredentialType, Finding, SecretField


class Quiet:
    """Yields what it was made with."""

    name = "quiet"
    label = "Quiet"
    source_id = 99
    options = ()
    credential_types = (CredentialType("quiet", "Quiet", (SecretField("key", "Key"),)),)
    collections = (Collection.ASSETS,)

    def __init__(self, records: Sequence[AnyRecord]) -> None:
        self._records = records

    def instance(self, _secret: object) -> str:
        return ""

    async def verify(self, _context: Context) -> list[Finding]:
        return [Finding("credential", ok=True)]

    async def collect(self, _context: Context) -> AsyncIterator[AnyRecord]:
        for each in self._records:
            yield each
