"""The order in which a scope is gone through."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from muster.scan.order import Permutation, new_seed

SIZES = st.integers(1, 5000)
SEEDS = st.integers(0, 2**63 - 1)


@given(SIZES, SEEDS)
def test_every_number_comes_once(size, seed):
    assert sorted(Permutation(size, seed).numbers()) == list(range(size))


@given(SIZES, SEEDS, st.data())
def test_a_position_is_enough_to_go_on(size, seed, data):
    order = Permutation(size, seed)
    position = data.draw(st.integers(0, size))

    rest = list(order.numbers(position))

    assert rest == list(order.numbers())[position:]
    assert rest == [order.at(each) for each in range(position, size)]


@given(st.integers(64, 5000), SEEDS)
def test_neighbours_in_time_are_far_apart_in_the_network(size, seed):
    numbers = list(Permutation(size, seed).numbers())

    assert all(abs(one - other) >= size // 4 for one, other in pairwise(numbers))


def test_one_position_of_four_billion_costs_nothing():
    assert 0 <= Permutation(1 << 32, 7).at(1 << 31) < 1 << 32


def test_seeds_differ():
    assert new_seed(Random(1)) != new_seed(Random(2))
