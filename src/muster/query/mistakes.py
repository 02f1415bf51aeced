"""What people write who know another language, and how it is said in this one."""

import re

from lark import Token

from muster.core.errors import QueryError

_OPERATORS = {"&": "AND", "&&": "AND", "|": "OR", "||": "OR", "!": "NOT"}
_MARKED_TERM = re.compile(r"(?P<mark>[!+\-])(?P<term>@?[^\W\d][\w.\-/]*:.+)", re.DOTALL)


def of_word(word: Token) -> QueryError | None:
    """Return the error of an unquoted word that surely was no word to its writer, else None."""
    if word in _OPERATORS:
        return _at(
            word,
            f"'{word}' is no operator here; '{_OPERATORS[word]}' is",
            hint=f'To search for the character itself, put it into quotes: "{word}".',
        )
    marked = _MARKED_TERM.fullmatch(word)
    if marked is None:
        return None
    term = marked["term"][:60]
    is_negation = marked["mark"] != "+"
    meant = f"NOT {term}" if is_negation else term
    return _at(
        word,
        f"a '{marked['mark']}' before a term means nothing; write {meant}",
        hint="Terms side by side must all hold. Text with a colon in it needs quotes.",
    )


def not_equal(key: Token, value: Token) -> QueryError:
    """Return the error of `keyword:!=value`."""
    return QueryError(
        f"'!=' is no comparison; write NOT {key}={value[2:62]}",
        hint=f'To search for the characters themselves, put them into quotes: {key}"!=".',
        position=key.start_pos,
        length=len(key) + len(value),
    )


def no_value(key: Token, name: str) -> QueryError:
    """Return the error of `keyword: value` and `keyword:(value OR value)`."""
    return _at(
        key,
        f"a value was expected right after '{key}'",
        hint=f"Write {name}:value without a space, or {name}:= for what is empty."
        " Parentheses go around whole terms.",
    )


def no_word(word: Token) -> QueryError:
    """Return the error of quotes with nothing in them."""
    return _at(word, "a word was expected between these quotes", hint="")


def _at(token: Token, message: str, *, hint: str) -> QueryError:
    return QueryError(message, hint=hint, position=token.start_pos, length=len(token))
