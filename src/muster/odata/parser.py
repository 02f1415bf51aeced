"""Reading a filter's text into an expression, by recursive descent of bounded depth."""

import re
from collections.abc import Callable

from muster.core.errors import QueryError
from muster.odata import lexer, mistakes
from muster.odata.lexer import Token
from muster.odata.mistakes import short
from muster.odata.nodes import (
    And,
    Call,
    Comparison,
    Count,
    Expression,
    Function,
    In,
    Kind,
    Lambda,
    Literal,
    Not,
    Operator,
    Or,
    Path,
    Quantifier,
)

LONGEST_TEXT = 8000
# Nine frames of Python a level; the interpreter has a thousand, and callers need some of them.
DEEPEST_NESTING = 50

_OPERATORS = {each.value: each for each in Operator}
_FUNCTIONS = {each.value.casefold(): each for each in Function}
_CONSTANTS = {
    "null": (Kind.NULL, None),
    "true": (Kind.BOOLEAN, True),
    "false": (Kind.BOOLEAN, False),
}
_LOGICAL = {"and", "or", "not"}
_OPERANDS = "a property, a value, a function or ("
_bare_text = re.compile(r"[^()',]{1,100}?(?=\s+(?:and|or)\b|[()',]|\s*$)", re.IGNORECASE)


def parse(text: str) -> Expression:
    """Return the filter's expression.

    Raises QueryError, with the place and what was expected there, for anything that
    is not a condition in Graph's $filter language.
    """
    if len(text) > LONGEST_TEXT:
        raise QueryError(f"The filter is longer than {LONGEST_TEXT:,} characters", text=text)
    if not text.strip():
        raise QueryError("The filter is empty", text=text)
    return _Parser(text).parsed()


class _Parser:
    """The state of one reading: the current token, the one before it, and the depth."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = lexer.tokens(text)
        self.before: Token | None = None
        self.now = next(self.tokens)
        self.depth = 0

    def parsed(self) -> Expression:
        expression = self.condition()
        if self.now.text == ")":
            raise self.error("This parenthesis was never opened", self.now)
        if self.now.kind != "end":
            raise self.unexpected("`and`, `or` or the end")
        return self.checked(expression)

    def condition(self) -> Expression:
        return self.joined("or", self.conjunction, Or)

    def conjunction(self) -> Expression:
        return self.joined("and", self.comparison, And)

    def joined(self, word: str, part: Callable[[], Expression], node: type[And | Or]) -> Expression:
        """Read parts with the word between them; several become one node, however many."""
        start = self.now
        first = part()
        if not self.is_word(word):
            return first
        operands = [self.checked(first)]
        while self.is_word(word):
            self.advance()
            operands.append(self.checked(part()))
        position, length = self.span(start)
        return node(tuple(operands), position=position, length=length)

    def comparison(self) -> Expression:
        start = self.now
        left = self.unary()
        expression = self.compared(start, left)
        if expression is not left and self.comparison_word():
            raise self.error(
                "A comparison cannot be compared again",
                self.now,
                hint="Put `and` or `or` between two comparisons.",
            )
        return expression

    def compared(self, start: Token, left: Expression) -> Expression:
        word = self.comparison_word()
        if word == "in":
            self.advance()
            values = self.listed()
            position, length = self.span(start)
            return In(left, values, position=position, length=length)
        if word:
            self.advance()
            right = self.unary()
            self.refuse_bare_text(left, right)
            position, length = self.span(start)
            return Comparison(_OPERATORS[word], left, right, position=position, length=length)
        return left

    def comparison_word(self) -> str:
        word = self.now.text.casefold() if self.now.kind == "word" else ""
        return word if word in _OPERATORS or word == "in" else ""

    def listed(self) -> tuple[Literal, ...]:
        self.expect("(", "( and a list such as in ('a','b')")
        values = [self.listed_value()]
        while self.now.text == ",":
            self.advance()
            values.append(self.listed_value())
        self.expect(")", "`,` or )")
        return tuple(values)

    def listed_value(self) -> Literal:
        literal = self.constant()
        if literal is not None:
            return literal
        if self.now.kind == "word":
            shown = short(self.now.text)
            hint = f"Text goes in single quotes: '{shown}'."
            raise self.error(f"`{shown}` is no value", self.now, hint=hint)
        raise self.unexpected("a value")

    def unary(self) -> Expression:
        if not self.is_word("not"):
            return self.primary()
        start = self.now
        self.advance()
        # `not(` is one level and not two, so that what to_text writes is never too deep.
        operand = self.grouped() if self.now.text == "(" else self.nested(self.unary)
        self.checked(operand)
        position, length = self.span(start)
        return Not(operand, position=position, length=length)

    def primary(self) -> Expression:
        if self.now.text == "(":
            return self.grouped()
        literal = self.constant()
        if literal is not None:
            return literal
        if self.now.kind != "word" or self.now.text.casefold() in _LOGICAL:
            raise self.unexpected(_OPERANDS)
        return self.named()

    def grouped(self) -> Expression:
        opening = self.now
        self.advance()
        expression = self.nested(self.condition)
        self.close(opening)
        return expression

    def nested(self, part: Callable[[], Expression]) -> Expression:
        if self.depth >= DEEPEST_NESTING:
            message = f"The filter is nested deeper than {DEEPEST_NESTING} levels"
            raise self.error(message, self.now)
        self.depth += 1
        expression = part()
        self.depth -= 1
        return expression

    def constant(self) -> Literal | None:
        """Read a value, or leave the token where it is if it is none."""
        token = self.now
        if token.kind == "literal":
            self.advance()
            return token.literal
        if token.kind != "word" or token.text.casefold() not in _CONSTANTS:
            return None
        self.advance()
        kind, value = _CONSTANTS[token.text.casefold()]
        text = token.text.casefold()
        return Literal(kind, text, value, position=token.position, length=len(token.text))

    def named(self) -> Expression:
        """Read what starts with a name: a function call or a path and what ends it."""
        start = self.now
        self.advance()
        if self.now.text == "(":
            return self.call(start)
        segments = [start.text]
        while self.now.text == "/":
            self.advance()
            if self.now.kind != "word":
                raise self.unexpected("a property, $count, any( or all(")
            segment = self.now
            path = self.path(start, segments)
            self.advance()
            if segment.text.casefold() == "$count":
                position, length = self.span(start)
                return Count(path, position=position, length=length)
            if self.now.text == "(":
                return self.lambda_(start, path, segment)
            segments.append(segment.text)
        return self.path(start, segments)

    def path(self, start: Token, segments: list[str]) -> Path:
        length = sum(map(len, segments)) + len(segments) - 1
        return Path(tuple(segments), position=start.position, length=length)

    def call(self, name: Token) -> Call:
        function = _FUNCTIONS.get(name.text.casefold())
        if function is None:
            hint = mistakes.function_hint(name.text)
            raise self.error(f"Graph has no function `{short(name.text)}`", name, hint=hint)
        opening = self.now
        self.advance()
        subject = self.nested(self.unary)
        self.expect(",", "`,` and the second value")
        value = self.nested(self.unary)
        self.refuse_bare_text(subject, value)
        self.close(opening)
        position, length = self.span(name)
        return Call(function, (subject, value), position=position, length=length)

    def lambda_(self, start: Token, path: Path, name: Token) -> Lambda:
        quantifier = self.quantifier(name)
        opening = self.now
        self.advance()
        variable, predicate = "", None
        if self.now.text != ")" or quantifier is Quantifier.ALL:
            variable = self.variable()
            self.expect(":", f"`:` after the variable: {quantifier}({variable}:{variable} eq 'a')")
            predicate = self.checked(self.nested(self.condition))
        self.close(opening)
        position, length = self.span(start)
        return Lambda(path, quantifier, variable, predicate, position=position, length=length)

    def quantifier(self, name: Token) -> Quantifier:
        try:
            return Quantifier(name.text.casefold())
        except ValueError as error:
            raise self.error(
                f"After a collection comes `any`, not `{short(name.text)}`",
                name,
                hint="Write collection/any(x:x eq 'value').",
            ) from error

    def variable(self) -> str:
        if self.now.kind != "word":
            raise self.unexpected("a variable such as x in any(x:x eq 'a')")
        name = self.now.text
        self.advance()
        return name

    def checked(self, operand: Expression) -> Expression:
        """Return the operand if it can be true or false."""
        if isinstance(operand, Count) or (
            isinstance(operand, Literal) and operand.kind not in {Kind.BOOLEAN, Kind.NULL}
        ):
            raise QueryError(
                "This is a value and not a condition",
                hint="Compare it: property eq 'value'.",
                code="BadRequest",
                text=self.text,
                position=operand.position,
                length=operand.length,
            )
        return operand

    def refuse_bare_text(self, left: Expression, right: Expression) -> None:
        """Graph compares no two properties, so a second one is text without its quotes."""
        if not (isinstance(left, Path) and isinstance(right, Path)):
            return
        match = _bare_text.match(self.text, right.position)
        text = (match.group() if match else "") or right.text
        shown = short(text)
        raise QueryError(
            f"`{shown}` is read as a property, and Graph does not compare two properties",
            hint=f"Text goes in single quotes: '{shown}'.",
            code="BadRequest",
            text=self.text,
            position=right.position,
            length=len(text),
        )

    def is_word(self, word: str) -> bool:
        return self.now.kind == "word" and self.now.text.casefold() == word

    def advance(self) -> None:
        self.before = self.now
        self.now = next(self.tokens, self.now)

    def expect(self, mark: str, wanted: str) -> None:
        if self.now.kind != "mark" or self.now.text != mark:
            raise self.unexpected(wanted)
        self.advance()

    def close(self, opening: Token) -> None:
        if self.now.kind == "end":
            message = "This parenthesis is not closed"
            raise self.error(message, opening, hint="Add the missing `)`.")
        self.expect(")", "`)`, `and` or `or`")

    def span(self, start: Token) -> tuple[int, int]:
        end = self.before.end if self.before else start.end
        return start.position, end - start.position

    def unexpected(self, wanted: str) -> QueryError:
        token, before = self.now, self.before
        if token.kind == "end":
            return self.error(f"The filter ends where {wanted} should come", token)
        if before is not None and token.kind != "mark" and "`and`" in wanted:
            return self.misplaced(before, token)
        return self.error(f"`{short(token.text)}` stands where {wanted} should come", token)

    def misplaced(self, before: Token, token: Token) -> QueryError:
        """The error for a word or value where only an operator can come."""
        if before.kind == "literal" and before.end == token.position:
            hint = "A quote inside text is doubled: 'O''Brien'."
            return self.error("This stands right behind a value", token, hint=hint)
        if token.kind == "literal":
            hint = (
                f"Write {short(before.text)} eq {short(token.text)}."
                if before.kind == "word"
                else ""
            )
            return self.error("An operator is missing before this value", token, hint=hint)
        hint = mistakes.operator_hint(token.text, before.text if before.kind == "word" else "")
        return self.error(f"`{short(token.text)}` is no operator", token, hint=hint)

    def error(self, message: str, token: Token, *, hint: str = "") -> QueryError:
        return QueryError(
            message,
            hint=hint,
            code="BadRequest",
            text=self.text,
            position=token.position,
            length=len(token.text),
        )
