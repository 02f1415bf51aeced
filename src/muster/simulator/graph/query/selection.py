"""Which properties of an object a caller gets."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from muster.odata import resource
from muster.simulator.graph.access import Caller
from muster.simulator.graph.errors import GraphError, lacks_audit_log, malformed
from muster.simulator.graph.kinds import KINDS, KindInfo
from muster.simulator.graph.query.options import Options

# Stored in SharePoint: not to be had from a collection.
# Source: https://learn.microsoft.com/graph/api/user-list (read 2026-11).
_SHAREPOINT = frozenset(
    {
        "aboutMe", "birthday", "hireDate", "interests", "mailboxSettings", "mySite",
        "pastProjects", "preferredName", "responsibilities", "schools", "skills",
    }
)  # fmt: skip
# Source: https://learn.microsoft.com/graph/api/user-list (read 2026-11).
_USER_DEFAULTS = frozenset(
    {
        "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone",
        "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
    }
)  # fmt: skip
_EXTENSION = re.compile(r"(ext[a-z0-9]{8}|extension_[0-9a-f]{32})_\w+")


@dataclass(frozen=True, slots=True)
class Selection:
    """The properties of one type that are shown, in their order; None means the default ones.

    `key` is the same text for the same selection.
    """

    info: KindInfo
    names: tuple[str, ...] | None = None
    key: str = field(init=False)

    def __post_init__(self) -> None:
        shown = "*" if self.names is None else ",".join(self.names)
        object.__setattr__(self, "key", f"{self.info.kind}({shown})")

    def of(self, whole: dict[str, Any]) -> dict[str, Any]:
        """The shown part of an object."""
        if self.names is None:
            is_shown = _is_shown(self.info)
            return {name: value for name, value in whole.items() if is_shown(name)}
        return {name: whole.get(name) for name in self.names}

    def blank(self, whole: dict[str, Any]) -> dict[str, Any]:
        """The shown part of an object that the caller may not read: its id and nothing else."""
        return {name: whole["id"] if name == "id" else None for name in self.of(whole)}


def select(options: Options, *, info: KindInfo, caller: Caller) -> Selection:
    """The selection of a collection of one type. Raises GraphError for names Graph refuses."""
    names = options.select
    if names is None:
        return Selection(info)
    known = known_properties(info)
    if "*" in names:
        return Selection(info, tuple(known.values()))
    for name in names:
        _check(name, info=info, known=known, caller=caller)
    return Selection(info, tuple(known.get(name.lower(), name) for name in names))


def select_mixed(options: Options, *, caller: Caller) -> dict[str, Selection]:
    """The selection for each type of a list that holds several, by kind."""
    names = options.select
    if names is None:
        return {info.kind: Selection(info) for info in KINDS.values()}
    known = {info.kind: known_properties(info) for info in KINDS.values()}
    for name in names:
        if not any(name.lower() in properties for properties in known.values()):
            raise _unknown(name, "directoryObject")
    return {
        info.kind: Selection(info, _of_type(names, known[info.kind])) for info in KINDS.values()
    }


def shown_as(selections: Mapping[str, Selection], forms: Mapping[str, str]) -> tuple[str, ...]:
    """The same value for the same selections in the same forms."""
    return tuple(f"{forms[kind]}{selection.key}" for kind, selection in selections.items())


def _of_type(names: tuple[str, ...], known: dict[str, str]) -> tuple[str, ...]:
    return tuple(known[name.lower()] for name in names if name.lower() in known)


@cache
def known_properties(info: KindInfo) -> dict[str, str]:
    """Every property of a type, by its lower-case name."""
    return {name.lower(): name for name in resource(info.resource).properties}


@cache
def _is_shown(info: KindInfo) -> Callable[[str], bool]:
    """Tells whether a property is there without `$select`.

    The device type is open: what v1.0 does not declare, and extensions, are shown as well.
    """
    if info.kind == "users":
        return _USER_DEFAULTS.__contains__
    properties = resource(info.resource).properties.items()
    if info.kind == "groups":
        return frozenset(name for name, found in properties if found.is_default).__contains__
    hidden = {name for name, found in properties if found.is_declared and not found.is_default}
    return lambda name: name not in hidden


def _check(name: str, *, info: KindInfo, known: dict[str, str], caller: Caller) -> None:
    if name.lower() not in known and not _EXTENSION.fullmatch(name):
        raise _unknown(name, info.resource)
    if info.kind == "users" and name in _SHAREPOINT:
        raise GraphError(501, "NotImplemented", "This operation target is not yet supported.")
    if name == "signInActivity" and not caller.has_any("AuditLog.Read.All"):
        raise lacks_audit_log()


def _unknown(name: str, type_name: str) -> GraphError:
    return malformed(
        "Parsing OData Select and Expand failed: Could not find a property named "
        f"'{name}' on type 'microsoft.graph.{type_name}'."
    )
