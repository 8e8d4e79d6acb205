"""Luminance, contrast and tails, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.engine.color import WHITE, decode_table
from morphkit.engine.luminance import WEIGHTS, luminance, measured, moments, tails, unfit

FULL = 1 << 15


def codes(*pixels: tuple[int, int, int]) -> np.ndarray:
    return np.array([pixels], dtype=np.uint8)


def test_luminance_is_that_of_bt709() -> None:
    assert sum(WEIGHTS) == FULL
    light = np.array([[WHITE] * 3, [WHITE, 0, 0], [0, WHITE, 0], [0, 0, WHITE]])
    assert luminance(light).tolist() == [WHITE, 6966, 23435, 2366]
    assert np.allclose(luminance(light) / WHITE, [1, 0.2126, 0.7152, 0.0722], atol=4e-5)


def test_mean_and_contrast_of_black_and_white() -> None:
    """Half black, half white: mean ½, SD ½, SD / mean 1."""
    face = measured(codes((0, 0, 0), (255, 255, 255)), np.array([[FULL, FULL]]))
    assert face.luminance == pytest.approx(0.5)
    assert face.contrast == pytest.approx(1.0)
    assert face.colour.tolist() == [0.5, 0.5, 0.5]
    assert face.quantiles[0] == 0 and face.quantiles[-1] == 1


def test_a_pixel_counts_as_much_as_the_mask_shows_of_it() -> None:
    """White thrice as much as black: mean ¾, variance ¾ · ¼, contrast 1 / √3."""
    picture = codes((0, 0, 0), (255, 255, 255), (9, 9, 9))
    face = measured(picture, np.array([[FULL // 4, 3 * FULL // 4, 0]]))
    assert face.luminance == pytest.approx(0.75)
    assert face.contrast == pytest.approx(3**-0.5)


def test_light_not_codes_is_averaged() -> None:
    """Code 128 is 21.6 % of the light of white, not 50.2 %."""
    face = measured(codes((128, 128, 128)), np.array([[FULL]]))
    assert face.luminance == pytest.approx(0.2158, abs=1e-4)
    assert face.contrast == 0


def test_sums_are_exact_where_floats_and_64_bits_would_not_be() -> None:
    count = (1 << 16) + 3
    values = np.full(count, WHITE)
    values[0] = WHITE - 1
    mean, deviation = moments(values, np.full(count, FULL))
    assert mean == pytest.approx(WHITE - 1 / count, rel=1e-12)
    assert deviation == pytest.approx(np.sqrt(1 / count - 1 / count**2), rel=1e-9)


def test_tails_are_where_a_thousandth_lies_beyond() -> None:
    light = np.zeros((2000, 3), dtype=np.int64) + 1000
    light[:2] = -500
    light[-3:, 0] = 40000
    low, (channel, grey) = tails(light, np.full(2000, FULL))
    assert low == -500 / WHITE
    assert channel == 40000 / WHITE
    assert grey == pytest.approx((1000 + 0.2126 * 39000) / WHITE, rel=1e-3)


def test_times_is_what_measuring_gives() -> None:
    rng = np.random.default_rng(7)
    grey = rng.integers(9000, 20000, 400)
    light = np.repeat(grey[:, None], 3, axis=1)
    mean = grey.mean()
    other = np.rint(0.5 * (mean + 1.4 * (light - mean))).astype(np.int64)
    weight = np.full(400, FULL)
    first, second = (
        measured(_nearest(x), weight[None], tails(x, weight)).times(a, b)
        for x, a, b in ((light, 1.4, 0.5), (other, 1.0, 1.0))
    )
    assert first.luminance == pytest.approx(second.luminance, rel=2e-3)
    assert first.contrast == pytest.approx(second.contrast, rel=2e-2)
    assert first.low == pytest.approx(second.low, rel=2e-2)
    assert first.bright == pytest.approx(second.bright, rel=2e-2)


def _nearest(light: np.ndarray) -> np.ndarray:
    table = decode_table("linear").astype(np.int64)
    return np.abs(light[..., None] - table).argmin(axis=-1).astype(np.uint8)[None]


@pytest.mark.parametrize(
    "pixels, code, words",
    [
        ([(0, 0, 0), (1, 0, 0)], "MK521", "black"),
        ([(90, 90, 90), (90, 90, 90)], "MK521", "flat"),
        ([(90, 60, 50), (200, 180, 190)], None, ""),
    ],
)
def test_faces_that_cannot_be_equalised(pixels: list, code: str | None, words: str) -> None:
    face = measured(codes(*pixels), np.full((1, len(pixels)), FULL))
    found = unfit(face, "i01 happy")
    assert [f.code for f in found] == ([code] if code else [])
    for fault in found:
        assert words in fault.message and fault.file == "i01 happy"
        assert fault.measured < fault.limit and fault.suggestion


def test_a_face_that_is_not_shown_cannot_be_equalised() -> None:
    (fault,) = unfit(None, "i01 happy")
    assert (fault.code, fault.severity, fault.file) == ("MK520", "error", "i01 happy")
