"""Bars: lying ones beside their names, and standing ones over days or runs."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 120.0
_LEAST = 2.0
"""What is there is seen, however small it is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how many, where it leads, and its part of the longest."""

    label: str
    number: int
    href: str = ""
    percent: float = 0.0
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One standing bar, in the coordinates of its picture."""

    label: str
    number: int
    href: str
    tone: str
    x: float
    y: float
    width: float
    height: float


def lying(bars: Sequence[Bar]) -> list[Bar]:
    """Return the bars with their length in percent of the longest."""
    longest = max((each.number for each in bars), default=0) or 1
    return [
        Bar(each.label, each.number, each.href, round(100 * each.number / longest, 2), each.tone)
        for each in bars
    ]


def standing(bars: Sequence[Bar], *, width: float = 600.0) -> list[Column]:
    """Return the bars side by side, from left to right."""
    highest = max((each.number for each in bars), default=0) or 1
    step = width / max(len(bars), 12)
    return [
        _column(each, place=place, step=step, highest=highest) for place, each in enumerate(bars)
    ]


def _column(bar: Bar, *, place: int, step: float, highest: int) -> Column:
    height = max(_LEAST, HEIGHT * bar.number / highest) if bar.number else 0.0
    return Column(
        label=bar.label,
        number=bar.number,
        href=bar.href,
        tone=bar.tone,
        x=round(place * step + step * 0.12, 2),
        y=round(HEIGHT - height, 2),
        width=round(step * 0.76, 2),
        height=round(height, 2),
    )
