"""Folds: no infant is ever in two, and no photo is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.landmarks.folds import MOST, folds


def faults(found: list[tuple[int, ...]], identities: list[str]) -> list[str]:
    """What is wrong with folds."""
    wrong = []
    places = sorted(place for fold in found for place in fold)
    if places != list(range(len(identities))):
        wrong.append("not each photo in one fold")
    for number, fold in enumerate(found):
        inside = {identities[place] for place in fold}
        outside = {identities[place] for other in found[:number] for place in other}
        if inside & outside:
            wrong.append(f"in two folds: {inside & outside}")
    return wrong


def test_the_check_sees_a_shared_infant_and_a_lost_photo() -> None:
    names = ["a", "a", "b", "b"]
    assert faults([(0, 1), (2, 3)], names) == []
    assert "in two folds" in faults([(0, 2), (1, 3)], names)[0]
    assert faults([(0, 1), (2,)], names) == ["not each photo in one fold"]
    assert faults([(0, 1), (1, 2, 3)], names) != []


@given(st.lists(st.sampled_from([f"i{n:02d}" for n in range(30)]), max_size=80), st.integers(0, 99))
def test_no_infant_is_in_two_folds(names: list[str], seed: int) -> None:
    found = folds(names, seed)
    if len(set(names)) < 2:
        assert found == []
        return
    assert faults(found, names) == []
    assert len(found) == min(MOST, len(set(names)))
    assert all(found)


def test_few_infants_are_left_out_one_at_a_time() -> None:
    assert sorted(folds(["a", "b", "a", "c"], 1)) == [(0, 2), (1,), (3,)]
    assert folds(["a", "a"], 1) == [] == folds([], 1)


@given(st.permutations([f"i{n % 9}" for n in range(20)]), st.integers(0, 9))
def test_the_order_of_the_photos_does_not_matter(names: list[str], seed: int) -> None:
    def groups(some: list[str]) -> set[frozenset[str]]:
        return {frozenset(some[place] for place in fold) for fold in folds(some, seed)}

    assert groups(names) == groups(sorted(names))


def test_the_seed_decides_who_is_together_and_groups_are_even() -> None:
    names = [f"i{n:02d}" for n in range(40) for _ in range(3)]
    assert folds(names, 1) == folds(names, 1) != folds(names, 2)
    assert [len(fold) for fold in folds(names, 1)] == [24] * 5
    uneven = ["a"] * 50 + [f"b{n}" for n in range(20)]
    assert sorted(len(fold) for fold in folds(uneven, 3)) == [5, 5, 5, 5, 50]


@pytest.mark.parametrize("most", [2, 3, 10])
def test_no_more_folds_than_asked(most: int) -> None:
    names = [f"i{n}" for n in range(12)]
    assert len(folds(names, 0, most)) == most
