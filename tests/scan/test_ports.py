"""Which ports a person may name, and which are left out for their own good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import ConfigError
from muster.scan.ports import (
    FRAGILE,
    HIGHEST,
    SILENT,
    TCP,
    UDP,
    PortAsk,
    default_ports,
    parse_ports,
    port_text,
)


def test_ports_ranges_and_transports_are_read():
    asks = parse_ports("22,80-82,U:53,161,T:443 5353/udp")

    assert asks == (
        *(PortAsk(TCP, each) for each in (22, 80, 81, 82)),
        *(PortAsk(UDP, each) for each in (53, 161)),
        PortAsk(TCP, 443),
        PortAsk(UDP, 5353),
    )


def test_a_range_leaves_fragile_ports_out():
    assert PortAsk(TCP, 502) not in parse_ports("1-1000")


def test_a_fragile_port_that_is_named_is_asked():
    assert parse_ports("502") == (PortAsk(TCP, 502),)


def test_all_ports_are_all_but_the_fragile_ones():
    assert len(parse_ports("all")) == HIGHEST - len(FRAGILE)
    assert len(parse_ports("all", fragile=True)) == HIGHEST


def test_default_ports_hold_no_fragile_one():
    assert not {each.port for each in default_ports(udp=False, fragile=False)} & FRAGILE
    assert {each.port for each in default_ports(udp=False, fragile=True)} >= FRAGILE


def test_printing_ports_are_silent():
    assert set(range(9100, 9108)) == SILENT


@pytest.mark.parametrize("text", ["", "0", "65536", "80-22", "x", "22/sctp", "-1-5", "1-", "٣"])
def test_what_is_no_port_is_told(text):
    with pytest.raises(ConfigError) as told:
        parse_ports(text)

    assert told.value.hint


_ASKS = st.sets(
    st.builds(PortAsk, st.sampled_from([TCP, UDP]), st.integers(1, 2500)), min_size=1, max_size=300
)


@given(_ASKS)
def test_the_text_of_ports_is_the_ports(asks):
    assert set(parse_ports(port_text(asks))) == asks
