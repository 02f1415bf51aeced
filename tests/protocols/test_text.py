import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.protocols import text


@given(st.one_of(st.text(), st.binary()))
def test_cleaned_text_can_be_stored_and_shown(value):
    said = text.clean(value)

    said.encode()
    assert said == " ".join(said.split())
    assert not any(ord(each) < 32 or 0x7F <= ord(each) < 0xA0 for each in said)
    assert text.clean(said) == said


@given(st.lists(st.text()))
def test_a_list_is_told_as_one_value_without_repetition(values):
    parts = text.joined(values).split("\t")

    assert len(parts) == len(set(parts))
    assert len(text.joined(values)) <= text.LONGEST_LIST


@pytest.mark.parametrize(
    ("given_name", "said"),
    [
        ("WS-0042", "WS-0042"),
        ("ws-0042.corp.example.", "ws-0042.corp.example"),
        ("Bob’s MacBook Pro", "Bob’s MacBook Pro"),
        ("192.0.2.10", ""),
        ("<script>", ""),
        ("../etc", ""),
        ("", ""),
        ("x" * 300, ""),
    ],
)
def test_a_name_is_one_that_a_machine_can_have(given_name, said):
    assert text.name(given_name) == said


def test_macs_of_nobody_and_of_groups_are_none():
    assert text.macs(["00:00:00:00:00:00", "01:00:5e:00:00:fb", "3C-52-82-00-00-07"]) == (
        "3c:52:82:00:00:07",
    )


def test_addresses_of_nobody_are_none():
    assert text.addresses(["127.0.0.1", "0.0.0.0", "fe80::1", "ff02::1", "192.0.2.1", "x"]) == (
        "192.0.2.1",
    )
