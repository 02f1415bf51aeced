"""Two circles whose areas, and whose overlap's area, are true to three counts."""

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 440.0, 250.0
_MARGIN = 14.0
_STEPS = 60
_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Circle:
    """One circle."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Region:
    """One area to draw: an SVG path, and where its number stands."""

    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Venn:
    """The picture. A region without anything in it is None."""

    left: Region | None
    both: Region | None
    right: Region | None
    circles: tuple[Circle, ...]


def venn(*, left_only: int, both: int, right_only: int) -> Venn:
    """Return the picture of two sets that have `both` in common; areas are as the counts."""
    radii = (_radius(left_only + both), _radius(right_only + both))
    distance = _distance(*radii, overlap=float(both))
    left, right = _placed(*radii, distance)
    circles = tuple(each for each in (left, right) if each.r > 0)
    return Venn(
        left=_only(left, right) if left_only else None,
        both=_lens(left, right) if both else None,
        right=_only(right, left) if right_only else None,
        circles=circles,
    )


def overlap_area(a: float, b: float, distance: float) -> float:
    """Return the area that two circles of these radii have in common."""
    if distance >= a + b:
        return 0.0
    if distance <= abs(a - b):
        return math.pi * min(a, b) ** 2
    at_a = math.acos(_bounded((distance**2 + a**2 - b**2) / (2 * distance * a)))
    at_b = math.acos(_bounded((distance**2 + b**2 - a**2) / (2 * distance * b)))
    return a * a * (at_a - math.sin(2 * at_a) / 2) + b * b * (at_b - math.sin(2 * at_b) / 2)


def _radius(count: int) -> float:
    return math.sqrt(count / math.pi)


def _distance(a: float, b: float, *, overlap: float) -> float:
    """Return how far apart the centres are so that the circles share this area."""
    if overlap <= 0:
        return (a + b) * 1.06
    near, far = abs(a - b), a + b
    if overlap >= math.pi * min(a, b) ** 2:
        # One within the other: it touches from within, so that both edges are seen.
        return near
    for _ in range(_STEPS):
        middle = (near + far) / 2
        if overlap_area(a, b, middle) > overlap:
            near = middle
        else:
            far = middle
    return (near + far) / 2


def _placed(a: float, b: float, distance: float) -> tuple[Circle, Circle]:
    """Return the circles, as large as there is room for."""
    start = min(-a, distance - b)
    end = max(a, distance + b)
    tallest = 2 * max(a, b)
    scale = min((WIDTH - 2 * _MARGIN) / (end - start or 1), (HEIGHT - 2 * _MARGIN) / (tallest or 1))
    shift = (WIDTH - (end - start) * scale) / 2 - start * scale
    middle = HEIGHT / 2
    return (
        Circle(shift, middle, a * scale),
        Circle(shift + distance * scale, middle, b * scale),
    )


def _only(own: Circle, other: Circle) -> Region:
    """Return what is of one circle alone: all of it, less the lens."""
    crossing = _crossings(own, other)
    if crossing is None:
        inside = abs(own.x - other.x) < own.r and other.r < own.r
        hole = _whole(other) if inside and other.r > 0 else ""
        x = (_far_side(own, other) + _edge(other, own)) / 2 if hole else own.x
        return Region(f"{_whole(own)}{hole}", x, own.y)
    (x, up), (_, down) = crossing
    sign = 1 if own.x < other.x else -1
    outer = int((x - own.x) * sign > 0)
    inner = int((other.x - x) * sign < 0)
    path = (
        f"M{_n(x)} {_n(up)}A{_n(own.r)} {_n(own.r)} 0 {outer} {int(sign < 0)} {_n(x)} {_n(down)}"
        f"A{_n(other.r)} {_n(other.r)} 0 {inner} {int(sign > 0)} {_n(x)} {_n(up)}Z"
    )
    return Region(path, (_far_side(own, other) + _edge(other, own)) / 2, own.y)


def _lens(left: Circle, right: Circle) -> Region:
    crossing = _crossings(left, right)
    if crossing is None:
        smaller = min(left, right, key=lambda each: each.r)
        return Region(_whole(smaller), smaller.x, smaller.y)
    (x, up), (_, down) = crossing
    of_left = int(x < left.x)
    of_right = int(x > right.x)
    path = (
        f"M{_n(x)} {_n(up)}A{_n(left.r)} {_n(left.r)} 0 {of_left} 1 {_n(x)} {_n(down)}"
        f"A{_n(right.r)} {_n(right.r)} 0 {of_right} 1 {_n(x)} {_n(up)}Z"
    )
    return Region(path, (left.x + left.r + right.x - right.r) / 2, left.y)


def _crossings(
    one: Circle, other: Circle
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return where the edges cross, the upper one first; None where they do not."""
    distance = abs(other.x - one.x)
    if distance >= one.r + other.r - 1e-6 or distance <= abs(one.r - other.r) + 1e-6:
        return None
    along = (distance**2 + one.r**2 - other.r**2) / (2 * distance)
    x = one.x + along * (1 if other.x > one.x else -1)
    height = math.sqrt(max(0.0, one.r**2 - along**2))
    return (x, one.y - height), (x, one.y + height)


def _whole(circle: Circle) -> str:
    r, left, right = _n(circle.r), _n(circle.x - circle.r), _n(circle.x + circle.r)
    y = _n(circle.y)
    return f"M{left} {y}A{r} {r} 0 1 0 {right} {y}A{r} {r} 0 1 0 {left} {y}Z"


def _far_side(own: Circle, other: Circle) -> float:
    return own.x - own.r if own.x <= other.x else own.x + own.r


def _edge(other: Circle, own: Circle) -> float:
    return other.x - other.r if own.x <= other.x else other.x + other.r


def _bounded(cosine: float) -> float:
    return max(-1.0, min(1.0, cosine))


def _n(number: float) -> str:
    return f"{number:.2f}"
