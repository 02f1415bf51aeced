"""What a query means, for a person: as Muster reads it, term by term."""

from typing import Any

from muster.query.ast import And, Node, Not, Operator, Or, Query, Term
from muster.query.catalogue import Catalogue, catalogue
from muster.query.printing import to_text

_WORDS = {
    Operator.CONTAINS: "contains",
    Operator.EQUAL: "is",
    Operator.LESS: "is less than",
    Operator.LESS_OR_EQUAL: "is at most",
    Operator.GREATER: "is more than",
    Operator.GREATER_OR_EQUAL: "is at least",
}


def explained(query: Query, *, inventory: str) -> dict[str, Any]:
    """Return how a query reads: its text in one spelling, and a tree of all, any, not and term."""
    root = query.root
    tree = {"kind": "everything"} if root is None else _node(root, catalogue(inventory))
    return {"inventory": inventory, "query": to_text(query), "tree": tree}


def _node(node: Node, known: Catalogue) -> dict[str, Any]:
    match node:
        case And(parts):
            return {"kind": "all", "parts": [_node(each, known) for each in parts]}
        case Or(parts):
            return {"kind": "any", "parts": [_node(each, known) for each in parts]}
        case Not(part):
            return {"kind": "not", "parts": [_node(part, known)]}
        case Term():
            return _term(node, known)


def _term(term: Term, known: Catalogue) -> dict[str, Any]:
    field = known.field(term.keyword) if term.keyword else None
    if not term.keyword:
        meaning = "any of its main texts contains this"
    elif field is not None:
        meaning = f"{field.help}; takes {field.type.expects}"
    else:
        meaning = "an attribute of a source, or a keyword of what it is related to"
    return {
        "kind": "term",
        "keyword": field.name if field is not None else term.keyword,
        "operator": _WORDS[term.operator],
        "value": term.value.plain(),
        "meaning": meaning,
        "position": term.position,
        "length": term.length,
    }
