"""Shares: hand-computed weights of photos in composites, morphs and transforms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from morphkit.study.shares import Photo, alone, by_expression, composite, mixed, transformed

N1, N2, H1, H2 = (Photo(who, what) for what in ("neutral", "happy") for who in ("i1", "i2"))


def test_a_composite_is_one_nth_of_each() -> None:
    assert composite(["i1", "i2"], "happy") == {H1: 0.5, H2: 0.5}
    assert composite(["a", "b", "c", "d", "e"], "happy")[Photo("c", "happy")] == 0.2


def test_a_symmetric_composite_has_each_photo_twice() -> None:
    found = composite(["i1", "i2"], "happy", symmetric=True)
    assert found == dict.fromkeys(
        [H1, Photo("i1", "happy", True), H2, Photo("i2", "happy", True)], 0.25
    )


def test_a_morph_of_composites_is_a_sum_over_photos() -> None:
    happy, neutral = composite(["i1", "i2"], "happy"), composite(["i1", "i2"], "neutral")
    found = mixed([(0.25, happy), (0.75, neutral)])
    assert found == {H1: 0.125, H2: 0.125, N1: 0.375, N2: 0.375}


def test_a_transform_adds_the_groups_difference() -> None:
    base = alone("i5", "neutral")
    from_, to = composite(["i1", "i2"], "neutral"), composite(["i1", "i2"], "happy")
    assert transformed(base, from_, to, 0.5) == {
        Photo("i5", "neutral"): 1.0,
        H1: 0.25,
        H2: 0.25,
        N1: -0.25,
        N2: -0.25,
    }


def test_the_base_may_be_in_the_group() -> None:
    from_, to = composite(["i1", "i2"], "neutral"), composite(["i1", "i2"], "happy")
    assert transformed(alone("i1", "neutral"), from_, to, 1.5) == {
        N1: 0.25,
        H1: 0.75,
        H2: 0.75,
        N2: -0.75,
    }


def test_a_caricature_is_own_difference() -> None:
    base, to = alone("i1", "neutral"), alone("i1", "happy")
    assert transformed(base, base, to, 1.5) == {N1: -0.5, H1: 1.5}
    assert transformed(base, base, to, -0.5) == {N1: 1.5, H1: -0.5}


def test_what_cancels_is_left_out_to_the_bit() -> None:
    base, to = alone("i1", "neutral"), alone("i1", "happy")
    assert transformed(base, base, to, 0.0) == {N1: 1.0}
    assert transformed(base, base, to, 1.0) == {H1: 1.0}
    for amount in (-0.5, 0.1, 1 / 3, 1.5):
        assert transformed(base, to, to, amount) == base


@given(st.integers(2, 60), st.floats(-0.5, 1.5))
def test_shares_of_a_face_sum_to_one(count: int, amount: float) -> None:
    infants = [f"i{i}" for i in range(count)]
    happy, neutral = composite(infants, "happy"), composite(infants, "neutral")
    for found in (happy, transformed(neutral, neutral, happy, amount)):
        assert abs(sum(found.values()) - 1) < 1e-12
    expressions = by_expression(transformed(neutral, neutral, happy, amount), ["neutral", "happy"])
    assert abs(expressions["happy"] - amount) < 1e-12


def test_a_column_adds_up_whoever_shows_it() -> None:
    base = alone("i5", "neutral")
    from_, to = composite(["i1", "i2"], "neutral"), composite(["i1", "i2"], "happy")
    found = by_expression(transformed(base, from_, to, 1.0), ["neutral", "happy", "sad"])
    assert found == {"neutral": 0.0, "happy": 1.0, "sad": 0.0}
