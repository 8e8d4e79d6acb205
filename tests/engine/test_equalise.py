"""Targets: means over the right faces, lowered where light would be cut off."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.engine.color import WHITE
from morphkit.engine.equalise import (
    DIMMEST,
    FAINTEST,
    Wish,
    groups,
    matched,
    table,
    targets,
    toned_to,
)
from morphkit.engine.luminance import RANKS, Statistics
from morphkit.engine.tone import GAIN_BITS, Tone


def face(
    luminance: float,
    contrast: float,
    low: float | None = None,
    bright: tuple[float, float] | None = None,
    quantiles: np.ndarray | None = None,
) -> Statistics:
    """A grey face whose tails leave room, unless given."""
    return Statistics(
        luminance,
        contrast,
        np.full(3, luminance),
        0.6 * luminance if low is None else low,
        bright or (1.4 * luminance, 1.4 * luminance),
        np.linspace(0.1, 0.6, RANKS + 2) if quantiles is None else quantiles,
    )


FACES = {
    ("i01", "happy"): face(0.4, 0.30),
    ("i01", "neutral"): face(0.44, 0.26),
    ("i02", "happy"): face(0.1, 0.4),
    ("i02", "neutral"): face(0.12, 0.5),
}


def found(wish: Wish, faces: dict = FACES) -> dict:
    return targets(faces, wish, {key: one.contrast for key, one in faces.items()})


def test_groups() -> None:
    assert groups(FACES, "set") == [list(FACES)]
    assert [len(g) for g in groups(FACES, "identity")] == [2, 2]
    assert [len(g) for g in groups(FACES, False)] == [1, 1, 1, 1]


def test_nothing_wished_nothing_changed() -> None:
    assert found(Wish()) == {key: (f.luminance, f.contrast) for key, f in FACES.items()}
    assert not Wish().anything and Wish(spectrum="set").anything


def test_means_over_the_set_and_over_each_infant() -> None:
    whole = found(Wish(luminance="set", contrast="set"))
    assert len(set(whole.values())) == 1
    assert whole["i01", "happy"] == pytest.approx((0.265, 0.365))
    own = found(Wish(luminance="identity", contrast="identity"))
    assert own["i01", "happy"] == own["i01", "neutral"] == pytest.approx((0.42, 0.28))
    assert own["i02", "happy"] == own["i02", "neutral"] == pytest.approx((0.11, 0.45))
    mixed = found(Wish(luminance="identity", contrast="set"))
    assert mixed["i02", "happy"] == pytest.approx((0.11, 0.365))


def test_luminance_alone_leaves_contrast_and_the_other_way_round() -> None:
    light = found(Wish(luminance="set"))
    assert [c for _, c in light.values()] == [f.contrast for f in FACES.values()]
    contrast = found(Wish(contrast="set"))
    assert [x for x, _ in contrast.values()] == [f.luminance for f in FACES.values()]


def test_shadows_lower_the_contrast_of_all_but_not_below_the_least() -> None:
    """With black at 0.1 of the mean, contrast can grow by 1 / 0.9."""
    faces = {("a", "x"): face(0.3, 0.30, low=0.03), ("a", "y"): face(0.3, 0.5)}
    assert found(Wish(contrast="set"), faces)["a", "y"][1] == pytest.approx(0.30 / 0.9)
    faces["a", "x"] = face(0.3, 0.30, low=-0.1)
    assert found(Wish(contrast="set"), faces)["a", "y"][1] == pytest.approx(0.30)


def test_highlights_lower_the_luminance_of_all_but_not_by_much() -> None:
    faces = {("a", "x"): face(0.2, 0.3, bright=(0.7, 0.7)), ("a", "y"): face(0.4, 0.3)}
    assert found(Wish(luminance="set"), faces)["a", "y"][0] == pytest.approx(0.2 / 0.7)
    faces["a", "x"] = face(0.2, 0.3, bright=(1.0, 1.0))
    assert found(Wish(luminance="set"), faces)["a", "y"][0] == pytest.approx(DIMMEST * 0.3)


def test_matched_octaves_may_lower_contrast_further() -> None:
    faces = {("a", "x"): face(0.3, 0.30, low=-0.3), ("a", "y"): face(0.3, 0.3)}
    lowered = found(Wish(spectrum="set"), faces)
    assert lowered["a", "x"] == lowered["a", "y"] == pytest.approx((0.3, FAINTEST * 0.3))


def test_a_tone_gives_luminance_and_contrast() -> None:
    tone = toned_to(face(0.2, 0.4), Tone(greyscale=True), 0.3, 0.2)
    assert tone.greyscale
    gain, offset = tone.gain / (1 << GAIN_BITS), tone.offset / WHITE
    assert gain * 0.2 + offset == pytest.approx(0.3, abs=1e-4)
    assert gain * 0.4 * 0.2 == pytest.approx(0.2 * 0.3, abs=1e-4)


def test_a_table_gives_the_mean_of_the_quantiles() -> None:
    rng = np.random.default_rng(4)
    values = {("a", "x"): rng.beta(2, 5, 5000), ("a", "y"): 0.2 + 0.7 * rng.beta(5, 2, 5000)}
    ranks = (np.arange(RANKS) + 0.5) / RANKS
    faces = {
        key: face(v.mean(), 0.3, quantiles=np.quantile(v, [0, *ranks, 1]))
        for key, v in values.items()
    }
    wanted = matched(faces, "set")
    after = []
    for key, one in faces.items():
        curve = table(one, wanted[key])
        assert curve.dtype == np.int16 and (np.diff(curve.astype(int)) >= 0).all()
        assert curve[-1] == WHITE and curve[0] >= 0
        after.append(curve[np.rint(values[key] * WHITE).astype(int)] / WHITE)
    steps = np.linspace(0, 1, 500)
    shares = [np.searchsorted(np.sort(v), steps) / len(v) for v in after]
    assert np.abs(shares[0] - shares[1]).max() < 0.01


def test_a_table_of_a_face_with_one_grey_is_still_a_table() -> None:
    plain = face(0.3, 0.0, quantiles=np.full(RANKS + 2, 0.3))
    curve = table(plain, np.linspace(0.2, 0.6, RANKS + 2))
    assert curve[round(0.3 * WHITE)] == pytest.approx(0.4 * WHITE, rel=0.01)
