"""docs/api-coverage.md: printed from the routes, and true."""

from pathlib import Path

from muster.api import coverage

PAGE = Path(__file__).parents[2] / "docs" / "api-coverage.md"


def test_the_page_is_as_the_routes_are():
    assert PAGE.read_text() == coverage.page()


def test_what_is_said_of_an_operation_is_said_of_one_that_there_is():
    offered = dict(coverage._offered())

    assert set(coverage.DIFFERS) <= set(offered)
    assert not set(coverage.NOT_OFFERED) & set(offered)
    assert set(coverage.DIFFERS) | set(coverage.NOT_OFFERED) <= set(coverage._reference())


def test_what_is_offered_is_of_the_reference_or_marked_as_ours():
    ours = set(dict(coverage._offered())) - set(coverage._reference())

    assert all("/org/muster/" in each or each == "GET /links/{}" for each in ours)
