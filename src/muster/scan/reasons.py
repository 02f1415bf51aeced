"""How a scan ended, in sentences: why it is not whole, or why a whole one found nothing."""

from dataclasses import dataclass

from muster.core.errors import MusterError
from muster.core.scanfile import ScanStatus
from muster.scan.engines.engine import Limits


@dataclass(frozen=True, slots=True)
class Ending:
    """The status, with its reason and what to do."""

    status: ScanStatus
    reason: str = ""
    hint: str = ""


def ending(
    *,
    failure: MusterError | None,
    stopped: str,
    alive: int,
    addresses: int,
    limits: Limits,
    skips_liveness: bool,
) -> Ending:
    """Return how a scan ended."""
    if failure is not None:
        return Ending(ScanStatus.FAILED, failure.message, failure.hint)
    if stopped:
        return Ending(ScanStatus.STOPPED, stopped, "Go on with: muster scan --resume FILE.")
    if alive:
        return Ending(ScanStatus.COMPLETE)
    return Ending(
        ScanStatus.COMPLETE,
        f"none of the {addresses:,} addresses answered",
        _hint(limits, skips_liveness=skips_liveness),
    )


def _hint(limits: Limits, *, skips_liveness: bool) -> str:
    said = ["Check that this machine has a route there, and that no firewall is between."]
    if limits.unseen:
        said.append(f"This scan was limited: {'; '.join(limits.unseen)}.")
    if not skips_liveness:
        said.append("Hosts that hide may be found with --skip-liveness.")
    return " ".join(said)
