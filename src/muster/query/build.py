"""What the grammar's rules build: the tree, bottom up, while the parser runs."""

import re
from dataclasses import dataclass

from lark import Token, Transformer, v_args

from muster.core.errors import QueryError
from muster.query import mistakes
from muster.query.ast import And, Node, Not, Operator, Or, Piece, Term, Value, Wildcard

DEEPEST = 100

_KEY = re.compile(r'(?P<name>"(?:\\.|[^"\\])*"|[^"]*?):(?P<operator>[<>=]*)', re.DOTALL)
_OPERATOR = re.compile(r">=|<=|=>|=<|=|>|<")
_SPELLINGS = {"=>": ">=", "=<": "<="}
_SPECIAL = re.compile(r"[\\%_]")
_WILDCARDS = {each.value: each for each in Wildcard}


@dataclass(frozen=True, slots=True)
class Built:
    """A part of the tree, and how deep parentheses and NOT are nested in it."""

    node: Node | None
    depth: int = 0


@v_args(inline=True)
class Build(Transformer[Token, Built]):
    """One method per rule of the grammar."""

    def start(self, built: Built | None = None) -> Built:
        """Return the whole; nothing was typed if there is no part."""
        return built or Built(None)

    def any_of(self, *parts: Built) -> Built:
        """Return the parts of an OR."""
        return _joined(Or, parts)

    def all_of(self, *parts: Built) -> Built:
        """Return the parts of an AND, said or implied."""
        return _joined(And, parts)

    def negation(self, word: Token, part: Built) -> Built:
        """Return what NOT excludes."""
        assert part.node is not None
        return Built(Not(part.node), _deeper(part.depth, word))

    def group(self, opened: Token, part: Built) -> Built:
        """Return what parentheses hold."""
        return Built(part.node, _deeper(part.depth, opened))

    def keyword_term(self, key: Token, value: Token) -> Built:
        """Return `keyword:value`."""
        name, operator = _key(key)
        if operator is Operator.CONTAINS and value.type == "BARE" and value.startswith("!="):
            raise mistakes.not_equal(key, value)
        typed, start = _opened(value)
        inside = _OPERATOR.match(typed) if operator is Operator.CONTAINS else None
        if inside and start:
            operator = read_operator(inside.group())
            typed = typed[inside.end() :].lstrip()
        return Built(_term(key, value, name=name, operator=operator, value=read_value(typed)))

    def empty_term(self, key: Token) -> Built:
        """Return `keyword:=`, which asks for what is empty."""
        name, operator = _key(key)
        if operator is not Operator.EQUAL:
            raise mistakes.no_value(key, name)
        return Built(_term(key, key, name=name, operator=operator, value=Value()))

    def word_term(self, word: Token) -> Built:
        """Return a free word."""
        typed, _ = _opened(word)
        if not typed.strip():
            raise mistakes.no_word(word)
        if word.type == "WORD" and (mistake := mistakes.of_word(word)) is not None:
            raise mistake
        return Built(
            _term(word, word, name="", operator=Operator.CONTAINS, value=read_value(typed))
        )


def _joined(kind: type[And] | type[Or], parts: tuple[Built, ...]) -> Built:
    if len(parts) == 1:
        return parts[0]
    nodes = tuple(each.node for each in parts if each.node is not None)
    return Built(kind(nodes), max(each.depth for each in parts))


def _deeper(depth: int, token: Token) -> int:
    if depth >= DEEPEST:
        raise QueryError(
            f"parentheses and NOT are nested more than {DEEPEST} deep",
            position=token.start_pos,
            length=len(token),
        )
    return depth + 1


def _term(first: Token, last: Token, *, name: str, operator: Operator, value: Value) -> Term:
    start, end = first.start_pos or 0, last.end_pos or 0
    return Term(
        keyword=name,
        operator=operator,
        value=value,
        position=start,
        length=end - start,
        value_position=(last.start_pos if last is not first else start) or 0,
    )


def _key(token: Token) -> tuple[str, Operator]:
    matched = _KEY.fullmatch(token)
    assert matched is not None
    name = matched["name"]
    if name.startswith('"'):
        name = read_value(name[1:-1]).plain()
    return name, read_operator(matched["operator"])


def read_operator(text: str) -> Operator:
    """Return the operator of either spelling: `>=` or `=>`."""
    return Operator(_SPELLINGS.get(text, text))


def _opened(token: Token) -> tuple[str, int]:
    """Return the text without its quotes, and how many characters were taken off its start."""
    if token.type == "QUOTED":
        return token[1:-1], 1
    return str(token), 0


def read_value(typed: str) -> Value:
    r"""Return typed text with its escapes resolved.

    A backslash makes the next character literal unless that is a letter or digit, so that
    `CORP\bob` need not be escaped.
    """
    if _SPECIAL.search(typed) is None:
        return Value.literal(typed)
    pieces: list[Piece] = []
    literal: list[str] = []
    position = 0
    while position < len(typed):
        character = typed[position]
        if character == "\\" and position + 1 < len(typed) and not typed[position + 1].isalnum():
            literal.append(typed[position + 1])
            position += 2
            continue
        if character in _WILDCARDS:
            _close(pieces, literal)
            pieces.append(_WILDCARDS[character])
        else:
            literal.append(character)
        position += 1
    _close(pieces, literal)
    return Value(tuple(pieces))


def _close(pieces: list[Piece], literal: list[str]) -> None:
    if literal:
        pieces.append("".join(literal))
        literal.clear()
