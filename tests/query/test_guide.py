"""The guide to the search language: current, and every example in it works."""

import re
from pathlib import Path

import pytest

from muster.query import bind, parse
from muster.query.catalogue import INVENTORIES
from muster.query.guide import EXAMPLES, search_markdown

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "search.md"


def cells():
    """Yield (inventory, query) of every table row and of every term written in the text."""
    inventory = "assets"
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ").casefold()
            inventory = heading if heading in INVENTORIES else "assets"
        if match := re.fullmatch(r"\| `[^|]*` \| [^|]+ \| [^|]+ \| `(.+)` \|", line):
            yield inventory, match[1].replace("\\|", "|")
        elif line.startswith("- "):
            yield from (("assets", each) for each in re.findall(r"`([a-z_.]+:[^ `]*[^`]*)`", line))


CELLS = list(cells())


def test_the_guide_is_current():
    assert GUIDE.read_text(encoding="utf-8") == search_markdown()


@pytest.mark.parametrize(("inventory", "query", "finds"), EXAMPLES)
def test_every_example_of_the_introduction_is_understood(inventory, query, finds, now):
    bind(parse(query), inventory=inventory, now=now)

    assert finds


def test_every_keyword_has_an_example_in_the_guide():
    known = sum(len(each.known()) for each in INVENTORIES.values())

    assert len(CELLS) >= known


@pytest.mark.parametrize(("inventory", "query"), CELLS)
def test_every_example_of_the_guide_is_understood(inventory, query, now):
    bind(parse(query), inventory=inventory, now=now)
