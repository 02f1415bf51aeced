"""What typed values mean: ages and dates, addresses, MACs, versions, sources, numbers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.query.ast import Operator, Value, Wildcard
from muster.query.values import addresses, instants, macs
from muster.query.values.numbers import Interval, number, stored_number, truth
from muster.query.values.patterns import LONGEST_INDEXED, Pattern, fold, indexed
from muster.query.values.sources import nearest_source, source_numbers
from muster.query.values.versions import version_key

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30days", 30 * DAY),
        ("1day", DAY),
        ("60d", 60 * DAY),
        ("2weeks", 14 * DAY),
        ("1 week", 7 * DAY),
        ("3w", 21 * DAY),
        ("6months", 180 * DAY),
        ("1year", 365 * DAY),
        ("12hours", DAY // 2),
        ("2h", 7200),
        ("90minutes", 5400),
        ("5min", 300),
        ("10s", 10),
        ("1.5days", DAY * 3 // 2),
        ("2 Weeks ago", 14 * DAY),
    ],
)
def test_an_age_is_a_number_and_a_unit(text, seconds):
    assert instants.age(text) == instants.Age(seconds)


@pytest.mark.parametrize(
    "text", ["", "weeks", "2", "2fortnights", "-2days", "2m", "1e9days", "days2"]
)
def test_other_text_is_no_age(text):
    assert instants.age(text) is None


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("now", int(NOW.timestamp()), 1),
        ("2026-11-23", int(NOW.timestamp()) - DAY // 2, DAY),
        ("2026-11-23T12:00:00Z", int(NOW.timestamp()), 1),
        ("2026-11-23 13:00+01:00", int(NOW.timestamp()), 1),
        ("1759461880", 1759461880, 1),
    ],
)
def test_a_date_is_a_whole_day_and_an_instant_a_second(text, start, length):
    assert instants.span(text, now=NOW) == instants.Span(start, start + length)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "yesterday", "2026", "11/23/2026"][:3]
)
def test_dates_that_do_not_exist_mean_nothing(text):
    assert instants.span(text, now=NOW) is None


def test_an_age_looks_back_and_on_deadlines_ahead():
    at = int(NOW.timestamp())
    young = instants.within(Operator.LESS, "1day", now=NOW, is_future=False)
    soon = instants.within(Operator.LESS, "1day", now=NOW, is_future=True)
    assert young is not None
    assert soon is not None

    assert young.holds(at - DAY + 1)
    assert not young.holds(at - DAY)
    assert soon.holds(at + DAY - 1)
    assert not soon.holds(at + DAY)


def test_never_is_not_long_ago():
    old = instants.within(Operator.GREATER, "30days", now=NOW, is_future=False)
    assert old is not None

    assert not old.holds(0)
    assert old.holds(1)


def test_an_age_beyond_the_calendar_is_its_end():
    old = instants.within(Operator.LESS, "999999999999years", now=NOW, is_future=False)
    assert old is not None

    assert old.holds(1)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("10.0.1.2", ["10.0.1.2"], ["10.0.1.20", "::1"]),
        ("10.0.1", ["10.0.1.0", "10.0.1.255"], ["10.0.2.0", "10.0.0.255"]),
        ("10.0.1.", ["10.0.1.7"], ["10.0.10.1"]),
        ("10.0.1.%", ["10.0.1.7"], ["10.0.2.1"]),
        ("10.0.*.*", ["10.0.9.9"], ["10.1.0.0"]),
        ("10", ["10.255.255.255"], ["11.0.0.0"]),
        ("10.0.0.0/24", ["10.0.0.255"], ["10.0.1.0"]),
        ("10.0.0.77/24", ["10.0.0.1"], ["10.0.1.0"]),
        ("10.0.0.5-10.0.1.3", ["10.0.0.5", "10.0.1.3"], ["10.0.0.4", "10.0.1.4"]),
        ("10.0.0.5-9", ["10.0.0.9"], ["10.0.0.10"]),
        ("0.0.0.0/0", ["1.2.3.4"], ["::1", "2001:db8::1"]),
        ("::/0", ["::1", "2001:db8::1", "ffff::"], ["1.2.3.4", "255.255.255.255"]),
        ("fe80::1", ["fe80::1", "fe80::1%eth0"], ["fe80::2"]),
        ("FE80::1%eth0", ["fe80::1"], ["fe80::2"]),
        ("2001:db8:", ["2001:db8:ffff::1"], ["2001:db9::"]),
        ("2001:db8::/32", ["2001:db8::1"], ["2001:db9::"]),
    ],
)
def test_addresses_are_typed_whole_in_part_or_as_ranges(text, inside, outside):
    found = addresses.ranges(text)

    assert found is not None
    assert [each for each in inside if not addresses.holds(found, addresses.packed(each))] == []
    assert [each for each in outside if addresses.holds(found, addresses.packed(each))] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "300.1",
        "10.0.0.0/33",
        "10.0.0.9-10.0.0.1",
        "10.0.0.1-::1",
        "1.2.3.4.5",
        "10-20",
        "/",
        "-",
    ],
)
def test_what_is_no_address_means_nothing(text):
    assert addresses.ranges(text) is None


def test_public_and_private_addresses_are_told_apart():
    public, private = addresses.SETS["public"], addresses.SETS["private"]

    assert addresses.holds(public, addresses.packed("8.8.8.8"))
    assert addresses.holds(public, addresses.packed("2606:4700::1"))
    assert addresses.holds(private, addresses.packed("172.31.255.255"))
    for each in ["10.0.0.1", "127.0.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "fe80::1"]:
        assert not addresses.holds(public, addresses.packed(each))


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("00:11:22:33:44:55", "00:11:22:33:44:55"),
        ("00-11-22-AA-44-55", "00:11:22:aa:44:55"),
        ("0011.22aa.4455", "00:11:22:aa:44:55"),
        ("001122AA4455", "00:11:22:aa:44:55"),
        ("00:11:22", "00:11:22"),
        ("00-11-22-", "00:11:22:"),
        ("001122", "00:11:22"),
    ],
)
def test_macs_are_read_in_any_spelling(typed, spelled):
    assert macs.spelled(Value.literal(typed)) == Value.literal(spelled)


def test_a_mac_with_wildcards_keeps_them():
    value = Value(("00-11-", Wildcard.ANY))

    assert macs.spelled(value) == Value(("00:11:", Wildcard.ANY))


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("9.0", "10.0"),
        ("10.0.9", "10.0.10"),
        ("6.7.0 build-24514017", "6.7.0 build-24514018"),
        ("11.0", "11.0.3"),
        ("1.2", "1.2.0.1"),
        ("20h1", "20h2"),
        ("10.0.19041", "10.0.22000.1"),
    ],
)
def test_versions_compare_by_their_numbers(smaller, larger):
    assert version_key(smaller) < version_key(larger)


def test_trailing_zeros_of_a_version_do_not_count():
    assert version_key("10.0.0") == version_key("10")


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("azuread", {16}),
        ("AzureAD", {16}),
        ("Entra ID", {16}),
        ("entra-id", {16}),
        ("16", {16}),
        ("azure", {5}),
        ("azu", {5, 16}),
        ("runZero", {1}),
        ("nothing", set()),
        ("99", set()),
        ("٣", set()),
    ],
)
def test_sources_go_by_number_name_or_part_of_a_name(typed, numbers):
    assert source_numbers(Value.literal(typed)) == numbers


def test_sources_match_wildcards():
    assert source_numbers(Value(("azure", Wildcard.ANY))) == {5, 16}


def test_a_mistyped_source_has_a_nearest_one():
    assert nearest_source("azuerad") == "azuread"


@pytest.mark.parametrize(("text", "value"), [("8", 8), ("-1", -1), ("0.6", 0.6), ("+3", 3)])
def test_numbers_are_plain(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["", "x", "1e5", "nan", "inf", "1_000", "٣", "1" * 16, "0x10", "1."]
)
def test_other_text_is_no_number(text):
    assert number(text) is None
    assert stored_number(text) is None


def test_intervals_keep_or_leave_out_their_bounds():
    assert Interval(1, 2).holds(1)
    assert Interval(1, 2).holds(2)
    assert not Interval(1, 2, has_low=False).holds(1)
    assert not Interval(1, 2, has_high=False).holds(2)
    assert Interval().holds(-5)


def test_truth_has_several_spellings():
    assert [truth(each) for each in ("t", "TRUE", "yes")] == [True] * 3
    assert [truth(each) for each in ("f", "False", "no")] == [False] * 3
    assert truth("maybe") is None


def test_values_are_indexed_by_their_folded_parts_cut_to_what_is_indexed():
    assert indexed("A\tStraße") == ("a", "strasse")
    assert indexed("x" * 600) == ("x" * LONGEST_INDEXED,)
    assert fold("ß" * 300) == "s" * LONGEST_INDEXED


@pytest.mark.parametrize(
    ("pieces", "text", "is_match"),
    [
        (("a", Wildcard.ANY), "abc", True),
        ((Wildcard.ANY, "c"), "abc", True),
        (("a", Wildcard.ONE, "c"), "abc", True),
        (("a", Wildcard.ONE, "c"), "ac", False),
        (("a", Wildcard.ANY, "b", Wildcard.ANY, "c"), "axbybzc", True),
        ((Wildcard.ANY, "ab", Wildcard.ONE), "ababx", True),
        ((Wildcard.ANY,), "", False),
        ((Wildcard.ANY,), "a\nb", True),
        (("A",), "a", True),
    ],
)
def test_a_pattern_matches_the_whole_folded_text(pieces, text, is_match):
    assert Pattern.whole(Value(pieces)).matches(text) is is_match


@settings(deadline=None)
@given(st.text("ab%_", max_size=8), st.text("ab", min_size=1, max_size=10))
def test_within_is_whole_with_wildcards_around(typed, text):
    value = Value.literal(typed)

    assert Pattern.within(value).matches(text) is (typed in text)


def test_a_hostile_pattern_takes_no_long_time():
    pattern = Pattern.within(Value(("a", Wildcard.ANY) * 500 + ("b",)))

    assert not pattern.matches("a" * 512)
