"""The device filter: checked before anything is sent, and applied again to what comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from muster import odata
from muster.core.source import Progress
from muster.odata.nodes import Not
from muster.odata.uses import Use, uses

_RESOURCE = "device"


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """A filter that Graph will take. `roots` are the properties it reads."""

    text: str
    is_advanced: bool
    roots: frozenset[str]
    warnings: tuple[odata.Issue, ...]
    _surely: Callable[[Mapping[str, object]], bool]
    _surely_not: Callable[[Mapping[str, object]], bool]

    def answer(self, device: Mapping[str, Any]) -> bool | None:
        """Return whether the device matches; None where only Graph can tell, as below."""
        if not self.roots <= device.keys():
            return None
        if self._surely(device):
            return True
        return False if self._surely_not(device) else None

    def leaves_out(self, device: Mapping[str, Any]) -> bool:
        """True if the device surely does not match: Graph ignored the filter.

        Where a value is null or was not returned the answer is unknown, and Graph's word stands:
        its documents do not say how `not` treats nulls.
        """
        return self.roots <= device.keys() and self._surely_not(device)

    def warn(self, progress: Progress) -> None:
        """Put into the run's log what Microsoft's pages disagree on."""
        for issue in self.warnings:
            progress.log("warning", issue.message, hint=issue.hint, position=issue.position)


def device_filter(text: str) -> DeviceFilter | None:
    """Return the filter, None for an empty text.

    Raises QueryError, pointing at the place, for what cannot be read or what Graph will refuse.
    """
    if not text.strip():
        return None
    checked = odata.check(text, resource=_RESOURCE)
    checked.raise_first()
    found = uses(checked.expression)
    return DeviceFilter(
        text=text,
        is_advanced=checked.needs_advanced,
        roots=frozenset(each.path.split("/", 1)[0] for each in found if isinstance(each, Use)),
        warnings=checked.warnings,
        _surely=odata.predicate(checked.expression),
        # The negation of an unknown is unknown too, so only sure mismatches are certain here.
        _surely_not=odata.predicate(Not(checked.expression)),
    )
