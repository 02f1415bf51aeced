"""`$expand`: one relationship, and at most twenty objects of it."""

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from muster.simulator.directory import Kind
from muster.simulator.graph.access import Caller
from muster.simulator.graph.errors import bad_request, denied, malformed
from muster.simulator.graph.kinds import EXPANDABLE, KindInfo
from muster.simulator.graph.query.options import Options
from muster.simulator.graph.query.selection import Selection, select_mixed, shown_as
from muster.simulator.graph.store.relations import forms_for, may_read_relation
from muster.simulator.graph.store.rows import look_up, shape
from muster.simulator.graph.store.view import View

MAX_EXPANDED = 20
_CLAUSE = re.compile(r"(?P<name>\w+)(\((?P<options>[^()]*)\))?")


@dataclass(frozen=True, slots=True)
class Expansion:
    """One relationship that is shown inside each object."""

    name: str
    selections: dict[str, Selection]
    forms: dict[str, str]

    @property
    def key(self) -> Hashable:
        """The same value for expansions that show the same."""
        return self.name, shown_as(self.selections, self.forms)

    def into(self, row: dict[str, Any], *, kind: Kind, object_id: str, view: View) -> None:
        """Add the related objects to a row, twenty of them and no link to the others."""
        related = view.relations.read(self.name, kind, object_id)
        if self.name == "manager":
            return
        row[self.name] = [
            shape(whole, self.selections[kind], form=self.forms[kind])
            for kind, key in related[:MAX_EXPANDED]
            if (whole := look_up(view.directory, self.selections[kind], key)) is not None
        ]


def read_expansion(options: Options, *, info: KindInfo, caller: Caller) -> Expansion | None:
    """What to expand, None for nothing. Raises GraphError for what Graph refuses."""
    if options.expand is None:
        return None
    clauses = re.split(r",(?![^()]*\))", options.expand)
    if len(clauses) > 1:
        raise bad_request("Only one navigation property can be expanded in a request.")
    match = _CLAUSE.fullmatch(clauses[0].strip())
    if match is None:
        raise malformed(f"Parsing OData Select and Expand failed: '{options.expand}'.")
    names = {known.lower(): known for known in EXPANDABLE[info.kind]}
    name = names.get(match["name"].lower())
    if name is None:
        raise malformed(
            "Parsing OData Select and Expand failed: Could not find a property named "
            f"'{match['name']}' on type 'microsoft.graph.{info.resource}'."
        )
    if not may_read_relation(caller, info, name):
        raise denied()
    inner = replace(options, select=_inner_select(match["options"]))
    return Expansion(name, select_mixed(inner, caller=caller), forms_for(caller))


def _inner_select(text: str | None) -> tuple[str, ...] | None:
    names: tuple[str, ...] | None = None
    for clause in (text or "").split(";"):
        option, _, value = clause.strip().partition("=")
        if option.lower() == "$select":
            names = tuple(name.strip() for name in value.split(",") if name.strip())
        elif option:
            raise malformed(f"Query option '{option}' is not supported inside $expand.")
    return names
