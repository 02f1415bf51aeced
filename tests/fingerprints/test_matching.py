import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import DataError
from muster.fingerprints.database import Database, Fingerprint, Param
from muster.fingerprints.library import Library
from muster.fingerprints.patterns import compiled, rewritten
from muster.fingerprints.reading import read

XML = """<?xml version='1.0' encoding='UTF-8'?>
<fingerprints matches="test.banner" protocol="test" preference="0.5">
  <fingerprint pattern="{pattern}" flags="{flags}">
    <description>One</description>
    {params}
  </fingerprint>
</fingerprints>"""


def database(pattern, *params, flags=""):
    return Database("test", [Fingerprint(pattern, "One", params, flags)])


@pytest.mark.parametrize(
    ("ruby", "text", "hits"),
    [
        (r"^\h+$", "deadBEEF01", True),
        (r"^[\h:]+$", "de:ad", True),
        (r"^one\Z", "one\n", True),
        (r"^one\z", "one\n", False),
        (r"^two$", "one\ntwo\nthree", True),
        (r"one.two", "one\ntwo", False),
        (r"(?m)one.two", "one\ntwo", True),
        (r"(?im:ONE.TWO)", "one\ntwo", True),
        (r"^(?i)one$", "ONE", True),
        (r"^a(?i)b$", "AB", False),
        (r"^[[:alpha:]]+$", "abc", True),
        (r"^a++b$", "aab", True),
        (r"^\d$", "٣", False),
        (r"^\[\(\?m\]$", "[(?m]", True),
    ],
)
def test_ruby_is_read_as_ruby_reads_it(ruby, text, hits):
    assert bool(compiled(ruby).search(text)) is hits


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "(?<x", "\\"])
def test_what_is_no_pattern_is_named(pattern):
    with pytest.raises(DataError, match="cannot be read"):
        compiled(pattern)


@given(st.text(alphabet="ab\\[](){}?*+mixhzZ:^$.|-", max_size=40))
def test_no_text_breaks_the_reading_of_patterns(text):
    rewritten(text)
    try:
        compiled(text)
    except DataError:
        return


def test_values_come_from_groups_and_from_each_other():
    found = database(
        r"^Thing (\d+)\.(\d+)(?: \((\w+)\))?",
        Param(1, "_tmp.major"),
        Param(2, "_tmp.minor"),
        Param(3, "os.edition"),
        Param(0, "service.version", "{_tmp.major}.{_tmp.minor}"),
        Param(0, "service.name", "Thing {os.edition}"),
    )

    whole = found.match("Thing 1.2 (Pro)").attributes
    part = found.match("Thing 1.2").attributes

    assert whole == {"service.version": "1.2", "service.name": "Thing Pro", "os.edition": "Pro"}
    assert part == {"service.version": "1.2"}


def test_a_cpe_without_a_version_says_so():
    params = (Param(1, "os.version"), Param(0, "os.cpe23", "cpe:/o:x:y:{os.version}"))

    said = database(r"^Y(?: (\d+))?$", *params).match("Y").attributes

    assert said == {"os.cpe23": "cpe:/o:x:y:-"}


def test_a_pattern_that_would_run_for_hours_is_given_up():
    slow = database(r"^(a|aa)+$", Param(0, "os.product", "X"))
    begun = time.monotonic()

    assert slow.match("a" * 60 + "!") is None
    assert slow.match("a" * 60 + "!") is None
    assert time.monotonic() - begun < 5
    assert slow.given_up == {0}


def test_a_text_is_cut_before_it_is_matched():
    assert database(r"needle", Param(0, "x", "y")).match("a" * 100_000 + "needle") is None


@given(st.text(max_size=300))
def test_no_text_breaks_our_own_fingerprints(own, text):
    for subject in own.subjects():
        for each in own.match(subject, text):
            assert all(isinstance(value, str) for value in each.attributes.values())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no XML"),
        (b"<fingerprints", "no XML"),
        (b"<html/>", "no database"),
        (b"<fingerprints/>", "0 fingerprints"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><fingerprints/>", "entities"),
        (
            b"<fingerprints><fingerprint><description>N</description></fingerprint></fingerprints>",
            "'N' has no pattern",
        ),
        (
            b'<fingerprints><fingerprint pattern="a"><param pos="x" name="y"/></fingerprint></fingerprints>',
            "param without",
        ),
        (
            b'<fingerprints><fingerprint pattern="a" certainty="2"/></fingerprints>',
            "not between 0 and 1",
        ),
    ],
)
def test_a_file_that_is_no_database_is_refused_with_its_name(data, says):
    with pytest.raises(DataError, match=says) as caught:
        read(data, name="x.xml")

    assert "x.xml" in caught.value.message


def test_an_example_in_another_file_is_not_opened(tmp_path):
    xml = XML.format(pattern="a", flags="", params='<example _filename="/etc/passwd"/>')

    found = read(xml.encode(), name="x.xml")

    assert found.fingerprints[0].examples == ()


def test_a_damaged_file_does_not_stop_the_others(tmp_path):
    good = XML.format(
        pattern="^a$", flags="REG_ICASE", params='<param pos="0" name="os.product" value="A"/>'
    )
    (tmp_path / "good.xml").write_text(good)
    (tmp_path / "bad.xml").write_text('<fingerprints matches="test.banner"><oops')

    both = Library(sorted(tmp_path.glob("*.xml")))

    assert both.match("test.banner", "A")[0].attributes["os.product"] == "A"
    assert "bad.xml" in both.damaged


def test_databases_are_asked_by_their_preference(tmp_path):
    for name, preference in (("a", "0.1"), ("b", "0.9")):
        text = XML.format(
            pattern="x", flags="", params=f'<param pos="0" name="os.product" value="{name}"/>'
        )
        (tmp_path / f"{name}.xml").write_text(text.replace("0.5", preference))

    found = Library(sorted(tmp_path.glob("*.xml"))).match("test.banner", "x")

    assert [each.attributes["os.product"] for each in found] == ["b", "a"]


def test_a_set_is_named_by_its_file_where_it_does_not_name_itself(tmp_path):
    path = Path(tmp_path) / "telnet_banners.xml"
    path.write_text("<fingerprints/>")

    assert Library([path]).subjects() == ["telnet_banners"]
