"""Which of several records of one machine leads: re-imaged and re-registered devices.

A device that is set up anew gets a new id under the same name, and its directory keeps the old
one. They are two records, and stay two; but where one machine must be chosen, the newer stands
for it. Two that are in use at the same time are two machines, and neither is chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from muster.core.records import AssetRecord

# Entra writes a sign-in down only when the last one is 14 days old, give or take 5; so what is
# younger than this may be in use. Source: graph.md, approximateLastSignInDateTime.
QUIET = int(timedelta(days=21).total_seconds())

_HARDWARE = "[HWID]:"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record stands in its source.

    `is_joined` is False for a device that its user registered besides. `hardware` is the
    source's own id of the hardware, "" if it has none. `registered` and `signed_in` are in Unix
    seconds as the source says them, None where it does not.
    """

    is_active: bool = True
    is_joined: bool = True
    hardware: str = ""
    registered: int | None = None
    signed_in: int | None = None

    def rank(self) -> tuple[bool, bool, int, int]:
        """Who would lead: in service, joined, signed in last, registered last."""
        return (self.is_active, self.is_joined, self.signed_in or 0, self.registered or 0)


ORDINARY = Standing()


def standing_of(record: AssetRecord) -> Standing:
    """Return how a record stands in its source."""
    attributes = record.attributes
    ids = attributes.get("physicalIds", "").split("\t")
    hardware = next((each[len(_HARDWARE) :] for each in ids if each.startswith(_HARDWARE)), "")
    return Standing(
        is_active=record.is_active,
        is_joined=attributes.get("trustType", "").casefold() != "workplace",
        hardware=hardware.strip(),
        registered=int(record.first_seen_at.timestamp()) if record.first_seen_at else None,
        signed_in=int(record.seen_at.timestamp()) if record.seen_at else None,
    )


def succeeds(new: Standing, old: Standing, *, is_same_hardware: bool) -> bool:
    """True if the one is the other set up anew, and not a second machine of its name.

    Either the old one is out of service; or it was never used after the new one was registered,
    and for long enough that it would have been noticed, unless the hardware is the same; or it
    is what a user registered on the same hardware before it was joined.
    """
    is_one = is_same_hardware or bool(new.hardware and new.hardware == old.hardware)
    if new.rank() <= old.rank():
        return False
    if new.is_active and not old.is_active:
        return True
    if is_one and not old.is_joined and new.is_joined:
        return True
    return _took_over(new, old) and (is_one or _is_quiet(new, old))


def leader(standings: Sequence[Standing], *, is_same_hardware: bool) -> int | None:
    """Return the place of the one that succeeds all others; None if none does."""
    best = max(range(len(standings)), key=lambda place: standings[place].rank())
    others = (each for place, each in enumerate(standings) if place != best)
    if all(succeeds(standings[best], each, is_same_hardware=is_same_hardware) for each in others):
        return best
    return None


def _took_over(new: Standing, old: Standing) -> bool:
    if new.registered is None or old.signed_in is None:
        return False
    return old.signed_in <= new.registered


def _is_quiet(new: Standing, old: Standing) -> bool:
    if new.signed_in is None or old.signed_in is None:
        return False
    return new.signed_in - old.signed_in >= QUIET
