"""What a question is."""

from collections.abc import Sequence
from dataclasses import dataclass

from by_hand import Answer


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Broad ones match more than a few thousand of a million assets.

    With `by`, it asks for a facet: how many of what matches have each value of that.
    """

    name: str
    text: str
    answers: Sequence[Answer]
    is_broad: bool = False
    inventory: str = "assets"
    sort: str = "-last_seen"
    is_second_page: bool = False
    by: str = ""


def broad(name: str, text: str, *answers: Answer, **more: str) -> Question:
    """Return a question that very many match."""
    return Question(name, text, answers, is_broad=True, **more)


def selective(name: str, text: str, *answers: Answer, **more: str) -> Question:
    """Return a question that few match."""
    return Question(name, text, answers, **more)
