"""`$search`: quoted clauses of property and words, joined by AND and OR."""

import re
from collections.abc import Callable, Mapping

from muster.simulator.graph.errors import GraphError, unsupported
from muster.simulator.graph.kinds import KindInfo

Test = Callable[[Mapping[str, object]], bool]
_PIECE = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(AND|OR|\(|\)))', re.IGNORECASE)
_CAMEL = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[A-Z]+|\d+|[^\W_]+")


def search_test(text: str, *, info: KindInfo) -> Test:
    """The test that a search means. AND binds more tightly than OR; a bare pair means AND."""
    pieces = _pieces(text)
    reader = _Reader(pieces, info, text)
    test = reader.either()
    if reader.rest:
        raise _malformed(text)
    return test


class _Reader:
    def __init__(self, pieces: list[tuple[str, bool]], info: KindInfo, text: str) -> None:
        self.rest = pieces
        self._info = info
        self._text = text

    def either(self) -> Test:
        tests = [self._both()]
        while self._takes("OR"):
            tests.append(self._both())
        return lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("AND") or (self.rest and (self.rest[0][1] or self.rest[0][0] == "(")):
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._takes("("):
            test = self.either()
            if not self._takes(")"):
                raise _malformed(self._text)
            return test
        if not self.rest or not self.rest[0][1]:
            raise _malformed(self._text)
        return _clause(self.rest.pop(0)[0], self._info)

    def _takes(self, word: str) -> bool:
        if self.rest and self.rest[0] == (word, False):
            self.rest.pop(0)
            return True
        return False


def _pieces(text: str) -> list[tuple[str, bool]]:
    pieces, position = [], 0
    while position < len(text.rstrip()):
        match = _PIECE.match(text, position)
        if match is None:
            raise _malformed(text)
        quoted, word = match.groups()
        pieces.append((quoted, True) if quoted is not None else (word.upper(), False))
        position = match.end()
    return pieces


def _clause(clause: str, info: KindInfo) -> Test:
    name, colon, wanted = clause.partition(":")
    names = {known.lower(): known for known in info.searchable}
    if not colon:
        raise unsupported(f"Unrecognized query argument specified: '{clause}'.")
    if name.strip().lower() not in names:
        raise unsupported(
            f"Property '{name.strip()}' is not supported in $search for '{info.title}'."
        )
    prop, words = names[name.strip().lower()], _words(wanted)

    def test(row: Mapping[str, object]) -> bool:
        here = _words(str(row.get(prop) or ""))
        return all(any(word.startswith(each) for word in here) for each in words)

    return test


def _words(text: str) -> list[str]:
    """The words that the directory indexes: at blanks, symbols, digits and changes of case."""
    whole = [word.casefold() for word in re.findall(r"\w+", text)]
    return [*whole, *(w.casefold() for w in _CAMEL.findall(text))] if len(text) else []


def _malformed(text: str) -> GraphError:
    return GraphError(400, "BadRequest", f"Syntax error: character not valid in '{text}'.")
