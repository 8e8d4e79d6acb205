"""Levels and weights: exact, symmetric, and refused when they are no design."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.errors import RecipeError
from morphkit.study.levels import (
    PRESETS,
    MorphPath,
    check_levels,
    levels,
    midpoint,
    percent,
    weights,
)

PATHS: tuple[MorphPath, ...] = ("direct", "through-neutral", "from-neutral")
BENT = ("distressed", "neutral", "happy")
counts = st.integers(2, 1001)


def expressions(path: MorphPath) -> tuple[str, ...]:
    return BENT if path == "through-neutral" else ("a", "b")


@given(counts)
def test_counts_are_exact_and_symmetric(count: int) -> None:
    for path in ("direct", "through-neutral"):
        at = levels(count, path)
        assert [-level for level in reversed(at)] == list(at)
        assert (at[0], at[-1]) == (-1.0, 1.0)
        exact = [Fraction(2 * i, count - 1) - 1 for i in range(count)]
        assert all(
            abs(Fraction(a) - b) < Fraction(1, 10**12) for a, b in zip(at, exact, strict=True)
        )
        assert str(0.0) not in map(str, at) or count % 2
        assert "-0.0" not in map(str, at)
    arm = levels(count, "from-neutral")
    assert (arm[0], arm[-1], len(arm)) == (0.0, 1.0, count)
    assert all(a < b for a, b in pairwise(arm))


def test_a_list_is_kept_and_a_negative_zero_is_not() -> None:
    assert levels((-1, -0.0, 0.25), "direct") == (-1.0, 0.0, 0.25)
    assert "-0.0" not in map(str, levels((-1, -0.0, 0.25), "direct"))


def test_presets_are_the_published_designs() -> None:
    assert {name: len(p.fractions) for name, p in PRESETS.items()} == {
        "bristol15": 15,
        "tenths11": 11,
        "levels9": 9,
        "levels7": 7,
        "frames21": 21,
        "ambiguous5": 5,
    }
    assert PRESETS["tenths11"].fractions == tuple(i / 10 for i in range(11))
    assert PRESETS["frames21"].fractions == tuple(i / 20 for i in range(21))
    assert PRESETS["ambiguous5"].fractions == (0.4, 0.45, 0.5, 0.55, 0.6)
    assert PRESETS["bristol15"].doi == "10.1007/s00737-015-0565-5"
    assert levels("bristol15", "direct") == levels(15, "direct")
    assert levels("ambiguous5", "direct") == (-0.2, -0.1, 0.0, 0.1, 0.2)
    assert levels("ambiguous5", "from-neutral") == (0.4, 0.45, 0.5, 0.55, 0.6)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_symmetric_and_explained(name: str) -> None:
    at = levels(name, "direct")
    assert [-level for level in reversed(at)] == list(at)
    assert PRESETS[name].source.endswith(".")
    assert all(check_levels(name, path) is None for path in PATHS)


@given(st.floats(-1, 1))
def test_weights_sum_to_one_and_mirror(level: float) -> None:
    for path in ("direct", "through-neutral"):
        names = expressions(path)
        there = weights(path, names, level)
        back = weights(path, names, -level)
        assert list(there) == list(names)
        assert list(there.values()) == list(reversed(back.values()))
        assert abs(sum(map(Fraction, there.values())) - 1) <= Fraction(1, 10**15)
        assert all(0 <= share <= 1 for share in there.values())


@given(st.floats(0, 1))
def test_weights_from_neutral(level: float) -> None:
    shares = weights("from-neutral", ("neutral", "happy"), level)
    assert shares["happy"] == level
    assert abs(sum(map(Fraction, shares.values())) - 1) <= Fraction(1, 10**15)


def test_weights_at_the_anchors_are_exact() -> None:
    assert weights("direct", ("d", "h"), -1) == {"d": 1, "h": 0}
    assert weights("direct", ("d", "h"), 0) == {"d": 0.5, "h": 0.5}
    assert weights("through-neutral", BENT, -1) == {"distressed": 1, "neutral": 0, "happy": 0}
    assert weights("through-neutral", BENT, 0) == {"distressed": 0, "neutral": 1, "happy": 0}
    assert weights("through-neutral", BENT, 0.25) == {
        "distressed": 0,
        "neutral": 0.75,
        "happy": 0.25,
    }
    assert weights("from-neutral", ("n", "h"), 0) == {"n": 1, "h": 0}
    assert "-0.0" not in map(str, weights("through-neutral", BENT, 0.0).values())


def test_percent_is_for_reading() -> None:
    assert [percent(level) for level in (-1, -0.5, 0, 0.1, 1)] == [0, 25, 50, 55, 100]


def test_midpoint_says_what_it_is() -> None:
    assert midpoint("direct", levels(15, "direct")) == "blend"
    assert midpoint("through-neutral", levels(15, "through-neutral")) == "photo"
    assert midpoint("direct", levels(14, "direct")) is None
    assert midpoint("from-neutral", levels(5, "from-neutral")) is None


@pytest.mark.parametrize(
    ("spec", "path", "message", "remedy"),
    [
        (1, "direct", "1 level(s)", "2 to 1001"),
        (1002, "direct", "1002 level(s)", "2 to 1001"),
        (-3, "direct", "-3 level(s)", "2 to 1001"),
        ((), "direct", "0 level(s)", "1 to 1001"),
        ("bristol", "direct", "'bristol'", "'bristol15'"),
        ("zzz", "direct", "'zzz'", "Presets are"),
        ((-1, 0, 1.5), "direct", "1.5", "-1 (from)"),
        ((-0.5, 1), "from-neutral", "-0.5", "0 (neutral)"),
        ((0, 20, 100), "from-neutral", "20", "[0, 0.2, 1]"),
        ((0, 20, 100), "direct", "20", "[-1, -0.6, 1]"),
        ((0, float("nan")), "direct", "finite", "-1"),
        ((1, 0.5, 0), "from-neutral", "do not rise", "[0, 0.5, 1]"),
        ((0, 1, 0.5), "from-neutral", "do not rise", "[0, 0.5, 1]"),
        ((0, 0.5, 0.5, 1), "from-neutral", "0.5 occurs twice", "once"),
        ((-1, -0.0, 0.0), "direct", "twice", "once"),
    ],
)
def test_refuses(spec: object, path: MorphPath, message: str, remedy: str) -> None:
    fault = check_levels(spec, path)  # type: ignore[arg-type]
    assert fault is not None
    assert message in fault[0]
    assert remedy in fault[1]
    with pytest.raises(RecipeError) as caught:
        levels(spec, path)  # type: ignore[arg-type]
    assert caught.value.code == "MK911"
