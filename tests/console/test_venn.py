"""The coverage picture: its areas are true."""

import math

from hypothesis import given
from hypothesis import strategies as st

from muster.console.charts.venn import HEIGHT, WIDTH, overlap_area, venn

COUNTS = st.integers(min_value=0, max_value=10_000_000)


@given(COUNTS, COUNTS, COUNTS)
def test_areas_are_as_the_counts(left_only, both, right_only):
    drawn = venn(left_only=left_only, both=both, right_only=right_only)
    wanted = [n for n in (left_only + both, right_only + both) if n]

    areas = [math.pi * each.r**2 for each in drawn.circles]

    assert len(areas) == len(wanted)
    if len(areas) == 2:
        a, b = drawn.circles
        scale = (left_only + both) / areas[0]
        shared = overlap_area(a.r, b.r, abs(b.x - a.x)) * scale
        assert math.isclose(areas[1] * scale, right_only + both, rel_tol=1e-6)
        assert math.isclose(shared, both, rel_tol=1e-3, abs_tol=1e-3 * sum(wanted))


@given(COUNTS, COUNTS, COUNTS)
def test_everything_lies_in_the_picture(left_only, both, right_only):
    drawn = venn(left_only=left_only, both=both, right_only=right_only)

    for each in drawn.circles:
        assert 0 <= each.x - each.r <= each.x + each.r <= WIDTH
        assert 0 <= each.y - each.r <= each.y + each.r <= HEIGHT
    assert (drawn.left is None, drawn.both is None, drawn.right is None) == (
        not left_only,
        not both,
        not right_only,
    )
