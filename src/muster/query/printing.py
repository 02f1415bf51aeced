"""A tree as text again."""

import re

from muster.query.ast import And, Node, Not, Operator, Or, Query, Term, Value

_SAFE_KEYWORD = re.compile(r"@?[^\W\d][\w.\-/]*")
_SAFE_VALUE = re.compile(r"[A-Za-z0-9@.%/+,*#_\-]+")
_RESERVED = {"and", "or", "not"}
_SPECIAL = re.compile(r'[\\"%_]')


def to_text(query: Query) -> str:
    """Return text that parses to the same tree."""
    return "" if query.root is None else _node(query.root)


def _node(node: Node) -> str:
    match node:
        case Term():
            return _term(node)
        case Not(part):
            return f"NOT {_nested(part)}"
        case And(parts):
            return " AND ".join(_nested(each) for each in parts)
        case Or(parts):
            return " OR ".join(_nested(each) for each in parts)


def _nested(node: Node) -> str:
    return f"({_node(node)})" if isinstance(node, And | Or) else _node(node)


def _term(term: Term) -> str:
    if not term.keyword:
        return _value(term.value, operator=term.operator, is_word=True)
    return f"{keyword_text(term.keyword)}:{value_text(term.value, term.operator)}"


def keyword_text(keyword: str) -> str:
    """Return a keyword as it stands before its colon: in quotes where it needs them."""
    if _SAFE_KEYWORD.fullmatch(keyword):
        return keyword
    return '"' + _SPECIAL.sub(r"\\\g<0>", keyword) + '"'


def value_text(value: Value, operator: Operator) -> str:
    """Return what stands behind a keyword's colon: the operator, and the value in its quotes."""
    return f"{operator.value}{_value(value, operator=operator, is_word=False)}"


def _value(value: Value, *, operator: Operator, is_word: bool) -> str:
    text = "".join(_escaped(each) if isinstance(each, str) else each.value for each in value.pieces)
    if _SAFE_VALUE.fullmatch(text) and not (is_word and text.casefold() in _RESERVED):
        return text
    starts_like_operator = (
        operator is Operator.CONTAINS and not is_word and text.startswith(("<", ">", "="))
    )
    return f'"\\{text}"' if starts_like_operator else f'"{text}"'


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
