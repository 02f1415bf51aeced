"""What a host is, from its facts: where the fingerprints come in."""

from collections.abc import Sequence

from muster.core.probe import Fact
from muster.scan.mapping import Conclusion


def conclude(facts: Sequence[Fact], macs: Sequence[str]) -> Conclusion:
    """Return what fingerprints make of a host."""
    return Conclusion()
