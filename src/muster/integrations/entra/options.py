"""What a person may set for a sync: how it is asked for, and how a given set is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from muster.core.errors import ConfigError
from muster.core.source import Option, OptionKind

FEWEST_INACTIVE_DAYS = 21
"""Entra rewrites the stamp only when it is older than 14 days, give or take 5, so anything younger
than this is not stale.
Source: https://learn.microsoft.com/entra/identity/devices/manage-stale-devices (read 2026-11)."""

MOST_INACTIVE_DAYS = 36500

OPTIONS = (
    Option(
        "filter",
        "Filter",
        help="A Microsoft Graph $filter; only devices that match it are imported. "
        "Example: not(startsWith(operatingSystem, 'Android'))",
    ),
    Option(
        "exclude_unknown",
        "Exclude unknown assets",
        OptionKind.BOOLEAN,
        default="false",
        help="Leave out devices that match no asset of a scan.",
    ),
    Option(
        "include_inactive",
        "Include inactive assets",
        OptionKind.BOOLEAN,
        default="false",
        help="Import devices too that the directory has disabled.",
    ),
    Option(
        "inactive_after_days",
        "Inactive after days without sign-in",
        OptionKind.INTEGER,
        help=f"Also counts as inactive who did not sign in for so many days, at least "
        f"{FEWEST_INACTIVE_DAYS}. Empty is off; a device without a stamp is kept.",
    ),
    Option(
        "full_sync_days",
        "Days between full syncs",
        OptionKind.INTEGER,
        default="7",
        help="In between, only what has changed is asked for. 0 makes every sync a full one.",
    ),
)

_WORDS = {
    **dict.fromkeys(("true", "yes", "1", "on"), True),
    **dict.fromkeys(("false", "no", "0", "off", ""), False),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one sync, read. `inactive_after` None is off."""

    filter: str = ""
    include_inactive: bool = False
    inactive_after: timedelta | None = None


def read(options: Mapping[str, str]) -> Options:
    """Return the options; unset ones have their defaults.

    Raises ConfigError naming an option that is unknown or cannot be read.
    """
    known = {each.name for each in OPTIONS}
    if unknown := sorted(set(options) - known):
        raise ConfigError(
            f"there is no option {unknown[0]!r}", hint=f"There are {', '.join(sorted(known))}."
        )
    _boolean(options, "exclude_unknown")
    return Options(
        filter=(options.get("filter") or "").strip(),
        include_inactive=_boolean(options, "include_inactive"),
        inactive_after=_inactive_after((options.get("inactive_after_days") or "").strip()),
    )


def _boolean(options: Mapping[str, str], name: str) -> bool:
    text = (options.get(name) or "").strip().casefold()
    if text not in _WORDS:
        raise ConfigError(f"{name} is {text!r}", hint="It is true or false.")
    return _WORDS[text]


def _inactive_after(text: str) -> timedelta | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MOST_INACTIVE_DAYS)):
        raise ConfigError(
            f"inactive_after_days is {text!r}", hint="It is a whole number of days, or empty."
        )
    days = int(text)
    if not FEWEST_INACTIVE_DAYS <= days <= MOST_INACTIVE_DAYS:
        raise ConfigError(
            f"inactive_after_days is {days}",
            hint=f"It is {FEWEST_INACTIVE_DAYS} to {MOST_INACTIVE_DAYS}: Entra ID renews the stamp "
            "only every 14 days or so, so a smaller number would call active devices inactive.",
        )
    return timedelta(days=days)
