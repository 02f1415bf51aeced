"""Which columns the rows of each inventory have, and choosing among them and the attributes."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from muster.core.errors import QueryError
from muster.inventory.selectors import RECORD_FIELDS
from muster.query.binding import IsAttribute
from muster.query.catalogue import catalogue

_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row. Tables show `is_shown` ones unless others are chosen."""

    name: str
    heading: str
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns in the order asked for; all that a row has where there are none.

    `beside` are those that a row has only if asked for.
    """

    names: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def columns_of(inventory: str) -> tuple[Column, ...]:
    """Return the columns that every row of an inventory has."""
    return _COLUMNS[inventory]


def chosen(inventory: str, names: Sequence[str], *, is_attribute: IsAttribute) -> Chosen:
    """Return what was chosen.

    `is_attribute` says of an inventory whether anything there has an attribute of such a name.
    Raises QueryError for a name that is neither a column nor can be an attribute.
    """
    of_rows = [each.name for each in columns_of(inventory)]
    asked = tuple(dict.fromkeys(each.strip() for each in names))
    beside = tuple(each for each in asked if each not in of_rows)
    known = [*of_rows, *RECORD_FIELDS.get(inventory, ())]
    for name in beside:
        if not (name in known or _may_be_attribute(inventory, name, is_attribute)):
            raise _no_column(inventory, name, known=known)
    return Chosen(asked, beside)


def _no_column(inventory: str, name: str, *, known: Sequence[str]) -> QueryError:
    near = difflib.get_close_matches(name[:60].casefold(), known, n=1, cutoff=_ALIKE)
    suggestion = f"; did you mean '{near[0]}'?" if near else ""
    has_attributes = catalogue(inventory).has_attributes
    others = " Attributes go by their whole name." if has_attributes else ""
    return QueryError(
        f"{inventory} have no column '{name[:60]}'{suggestion}",
        hint=f"Columns are: {', '.join(known)}.{others}",
    )


def _may_be_attribute(inventory: str, name: str, is_attribute: IsAttribute) -> bool:
    """True if a search would take the name for an attribute's."""
    known = catalogue(inventory)
    if not name or not known.has_attributes or known.field(name) is not None:
        return False
    is_marked = "." in name or name.startswith("@") or name != name.casefold()
    is_free = is_marked or (known.is_open and known.slip(name) is None)
    return is_free or is_attribute(inventory, name)


def _columns(
    shown: Iterable[tuple[str, str]], more: Iterable[tuple[str, str]]
) -> tuple[Column, ...]:
    return (
        *(Column(name, heading) for name, heading in shown),
        *(Column(name, heading, is_shown=False) for name, heading in more),
    )


_SEEN = (("first_seen", "First seen"), ("id", "Id"))
_COLUMNS = {
    "assets": _columns(
        (
            ("name", "Name"),
            ("addresses", "Addresses"),
            ("type", "Type"),
            ("os", "OS"),
            ("hw", "Hardware"),
            ("sources", "Sources"),
            ("site", "Site"),
            ("last_seen", "Last seen"),
        ),
        (
            ("os_version", "OS version"),
            ("hw_vendor", "Vendor"),
            ("is_active", "Active"),
            ("scanned", "Scanned"),
            ("alive", "Alive"),
            ("gone_at", "Gone"),
            *_SEEN,
        ),
    ),
    "services": _columns(
        (
            ("address", "Address"),
            ("transport", "Transport"),
            ("port", "Port"),
            ("protocols", "Protocols"),
            ("product", "Product"),
            ("asset", "Asset"),
            ("site", "Site"),
            ("last_seen", "Last seen"),
        ),
        (("asset_id", "Asset id"), ("sources", "Sources"), *_SEEN),
    ),
    "users": _columns(
        (
            ("display_name", "Name"),
            ("name", "Sign-in"),
            ("department", "Department"),
            ("title", "Title"),
            ("is_active", "Active"),
            ("source", "Source"),
            ("last_seen", "Last seen"),
        ),
        (
            ("user_id", "Id there"),
            ("email", "E-mail"),
            ("last_logon", "Last sign-in"),
            ("gone_at", "Gone"),
            *_SEEN,
        ),
    ),
    "groups": _columns(
        (
            ("display_name", "Name"),
            ("email", "E-mail"),
            ("user_count", "Users"),
            ("description", "Description"),
            ("source", "Source"),
            ("last_seen", "Last seen"),
        ),
        (
            ("group_id", "Id there"),
            ("name", "Short name"),
            ("gone_at", "Gone"),
            *_SEEN,
        ),
    ),
    "tasks": _columns(
        (
            ("name", "Name"),
            ("type", "Type"),
            ("status", "Status"),
            ("site", "Site"),
            ("credential", "Credential"),
            ("schedule", "Schedule"),
            ("next_at", "Due next"),
            ("started_at", "Started"),
            ("ended_at", "Ended"),
            ("trouble", "Trouble"),
            ("error", "Error"),
        ),
        (
            ("description", "Description"),
            ("source", "Source"),
            ("where", "Runs on"),
            ("trigger", "Started by"),
            ("complete", "Complete"),
            ("hint", "What to do"),
            ("recur", "Recurs"),
            ("recur_frequency", "Frequency"),
            ("grace_hours", "Grace (hours)"),
            ("failures", "Failures in a row"),
            ("hidden", "Hidden"),
            ("created_by", "Made by"),
            ("created_at", "Made"),
            ("run_id", "Run"),
            ("id", "Id"),
        ),
    ),
    "sites": _columns(
        (
            ("name", "Name"),
            ("description", "Description"),
            ("scope", "Scope"),
            ("subnets", "Subnets"),
            ("created_at", "Made"),
        ),
        (("excludes", "Excludes"), ("id", "Id")),
    ),
    "explorers": _columns(
        (
            ("name", "Name"),
            ("addresses", "Addresses"),
            ("os", "OS"),
            ("version", "Version"),
            ("site", "Site"),
            ("connected", "Connected"),
            ("last_seen", "Last seen"),
        ),
        (
            ("arch", "Processor"),
            ("groups", "Groups"),
            ("tags", "Tags"),
            ("capabilities", "Can"),
            ("trouble", "Trouble"),
            ("active", "In service"),
            ("host", "Host"),
            ("external_address", "Seen from"),
            ("description", "Description"),
            ("most_runs", "Most runs at once"),
            ("created_by", "Enrolled by"),
            ("created_at", "Enrolled"),
            ("revoked_at", "Revoked"),
            ("id", "Id"),
        ),
    ),
    "credentials": _columns(
        (
            ("name", "Name"),
            ("type", "Type"),
            ("global", "Global"),
            ("verification", "Check"),
            ("verified_at", "Checked"),
            ("last_used_at", "Last used"),
        ),
        (
            ("fields", "Fields"),
            ("verification_message", "Message"),
            ("created_by", "Added by"),
            ("created_at", "Added"),
            ("id", "Id"),
        ),
    ),
    "accounts": _columns(
        (
            ("email", "E-mail"),
            ("name", "Name"),
            ("access", "Role"),
            ("status", "Status"),
            ("last_login", "Last sign-in"),
        ),
        (("superuser", "Superuser"), ("created_at", "Made"), ("id", "Id")),
    ),
}
