"""What completion answers: suggestions, and which part of the text they replace."""

from dataclasses import dataclass
from enum import StrEnum

from muster.query.completing.wanted import Wanted


class SuggestionKind(StrEnum):
    """What a suggestion is, which decides how it is shown and what may follow it."""

    KEYWORD = "keyword"
    ATTRIBUTE = "attribute"
    OPERATOR = "operator"
    CONNECTIVE = "connective"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One text that may stand at the place; `type` and `example` are those of a keyword.

    A value can be searched for as it is. A keyword ends in its colon and waits for a value, an
    operator too; a connective ends in a space and waits for a term.
    """

    text: str
    kind: SuggestionKind
    help: str = ""
    type: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Suggestions, most useful first, each for the characters from `start` to before `end`.

    `wanted` says what an inventory can add: its values, or the names of its attributes.
    """

    start: int
    end: int
    suggestions: tuple[Suggestion, ...] = ()
    wanted: Wanted | None = None

    def accepted(self, text: str, suggestion: Suggestion) -> tuple[str, int]:
        """Return the text with a suggestion in its place, and where the cursor is then."""
        replaced = text[: self.start] + suggestion.text + text[self.end :]
        return replaced, self.start + len(suggestion.text)
