"""Chunks: what was packed is unpacked, and nothing takes more memory than it may."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import DataError
from muster.explorer.chunks import MOST_BYTES, pack, unpack


@given(st.lists(st.binary(max_size=50).map(lambda each: each.replace(b"\n", b"") + b"\n")))
def test_packed_and_unpacked_they_are_the_same(lines):
    assert unpack(pack(b"".join(lines))) == b"".join(lines)


@given(st.binary(max_size=500))
def test_whatever_comes_that_is_no_chunk_is_refused_in_a_sentence(body):
    with pytest.raises(DataError, match="the chunk cannot be taken: "):
        unpack(body)


def test_the_same_lines_are_the_same_chunk():
    assert pack(b"a\n") == pack(b"a\n")


def test_a_bomb_takes_no_more_memory_than_a_chunk():
    bomb = pack(b"\n" * 400_000_000)
    tracemalloc.start()

    with pytest.raises(DataError, match="unpacks to more than"):
        unpack(bomb)

    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST_BYTES * 4
