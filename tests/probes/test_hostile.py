"""Whatever a device sends, a probe ends with facts or with one of our errors, and soon."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import muster.probes
from muster.core.errors import DataError, UnavailableError
from muster.core.probe import MOST_RAW, Target
from muster.core.probe_testing import ADDRESS, RecordedContext, facts
from muster.probes.registry import PROBES
from muster.protocols import text
from probes.certificates import certificate

FOLDER = Path(muster.probes.__file__).parent
RECORDINGS = sorted(FOLDER.glob("*/tests/*.json"))
CERTIFICATE = certificate("host.example", names=["other.example"])

chunks = st.lists(st.binary(max_size=300), max_size=6)
chance = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def of(file):
    return [
        each for each in PROBES.values() if type(each).__module__.split(".")[2] == file.parts[-3]
    ]


PLAYED = [(probe, file) for file in RECORDINGS for probe in of(file)]


def run(probe, connections, datagrams, *, certificate=CERTIFICATE):
    context = RecordedContext(
        probe,
        connections=connections,
        datagrams=datagrams,
        certificate=certificate,
        nameservers=["192.0.2.53"],
        # gufo-snmp opens a socket of its own once a community is accepted.
        options={"snmp-communities": ""},
    )
    try:
        found = facts(probe, context, _target(probe))
    except (DataError, UnavailableError):
        return
    for fact in found:
        _check(fact)


def _target(probe):
    return Target(ADDRESS, probe.ports[0] if probe.ports else 4711, probe.transport)


def _check(fact):
    assert len(fact.raw) <= MOST_RAW
    assert len(fact.attributes) < 2000
    assert len(fact.names) <= text.MOST_NAMES
    for value in fact.attributes.values():
        assert isinstance(value, str)
        assert value
        assert len(value) <= text.LONGEST_LIST
        assert "\0" not in value
        value.encode()


def test_every_probe_has_a_recording():
    assert {probe.name for probe, _file in PLAYED} == set(PROBES)


@pytest.mark.parametrize(("probe", "file"), PLAYED, ids=lambda each: getattr(each, "name", each))
def test_a_recording_is_understood(probe, file):
    connections, datagrams = _recorded(file)
    wanted = {**dict.fromkeys(("mdns-multicast", "ssdp-multicast"), 2)}.get(probe.name, 1)

    context = RecordedContext(
        probe,
        connections=connections,
        datagrams=datagrams,
        certificate=CERTIFICATE,
        nameservers=["192.0.2.53"],
        options={"snmp-communities": ""},
    )

    assert 1 <= len(facts(probe, context, _target(probe))) <= wanted + 1


@pytest.mark.parametrize("probe", PROBES.values(), ids=lambda each: each.name)
@chance
@given(connections=st.lists(chunks, max_size=4), datagrams=st.lists(chunks, max_size=4))
def test_random_bytes_do_no_harm(probe, connections, datagrams):
    run(probe, connections, datagrams)


@pytest.mark.parametrize(("probe", "file"), PLAYED, ids=lambda each: getattr(each, "name", each))
@chance
@given(data=st.data())
def test_a_recording_with_wrong_bytes_does_no_harm(probe, file, data):
    connections, datagrams = _recorded(file)

    run(
        probe,
        [_mutated(data, one) for one in connections],
        [_mutated(data, one) for one in datagrams],
    )


@pytest.mark.parametrize("probe", PROBES.values(), ids=lambda each: each.name)
@chance
@given(der=st.binary(max_size=200))
def test_a_certificate_of_random_bytes_does_no_harm(probe, der):
    run(probe, [[b"S", b"E"]] * 6, [], certificate=der or b"x")


@pytest.mark.parametrize("probe", PROBES.values(), ids=lambda each: each.name)
def test_a_device_that_never_ends_is_left(probe):
    flood = [b"A" * 4096] * 3000

    run(probe, [flood] * 8, [[b"A" * 60_000] * 30] * 4)


def _recorded(file):
    told = json.loads(file.read_text("ascii"))
    return (
        [[each.encode("latin-1") for each in one] for one in told["connections"]],
        [[each.encode("latin-1") for each in one] for one in told["datagrams"]],
    )


def _mutated(data, recorded):
    """Change, drop or repeat bytes at a few places, and cut where the chance has it."""
    changed = []
    for each in recorded:
        bytes_ = bytearray(each)
        for _ in range(data.draw(st.integers(0, 4)) if bytes_ else 0):
            at = data.draw(st.integers(0, len(bytes_) - 1))
            bytes_[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0xC0, 0x30]))
        end = data.draw(st.sampled_from([len(bytes_), len(bytes_) // 2, max(0, len(bytes_) - 1)]))
        changed.append(bytes(bytes_[:end]))
    return changed
