"""Octaves: they add up, are the same at every scale and in every direction, and don't ring."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.engine import octaves
from morphkit.engine.octaves import BAND_BITS, count, edges, taken_apart

ONE = 1 << BAND_BITS
FULL = 1 << 15
RNG = np.random.default_rng(5)


def filtered(picture: np.ndarray, gains: list[int], centre: int, scale: float) -> np.ndarray:
    """With nothing masked."""
    return octaves.filtered(picture, np.full_like(picture, FULL), gains, centre, scale)


def wave(frequency: float, scale: float, size: int = 128) -> np.ndarray:
    """A wave in x; frequency in cycles per canvas pixel."""
    x = np.arange(int(size * scale))
    row = 12000 + 4000 * np.cos(2 * np.pi * frequency * x / scale)
    return np.rint(np.broadcast_to(row, (len(x), len(x)))).astype(np.int64)


def amplitude(picture: np.ndarray) -> float:
    middle = picture[len(picture) // 4 : -len(picture) // 4, len(picture) // 4 : -len(picture) // 4]
    return float(middle.std() * 2**0.5)


def test_octaves_reach_down_to_the_eye_distance() -> None:
    assert [count(d) for d in (16, 42, 127, 128, 170, 256)] == [3, 4, 5, 6, 6, 7]
    assert edges(3) == [0.5, 0.25, 0.125, 0.0625]


def test_they_add_up_to_the_picture() -> None:
    picture = RNG.integers(0, 32768, (37, 53))
    parts = list(taken_apart(picture, 4))
    assert len(parts) == 5
    assert np.abs(sum(parts) - picture).max() < 1e-6


def test_gains_of_one_change_no_bit() -> None:
    picture = RNG.integers(0, 32768, (61, 45))
    for scale in (0.4, 1.0, 1.7):
        assert (filtered(picture, [ONE] * 5, 9000, scale) == picture).all()


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
@pytest.mark.parametrize("band, frequency", [(1, 0.177), (2, 0.0884), (3, 0.0442)])
def test_a_gain_is_that_of_its_octave_at_every_scale(
    scale: float, band: int, frequency: float
) -> None:
    gains = [ONE] * 6
    gains[band] = ONE // 2
    picture = wave(frequency, scale)
    whole = amplitude(picture)
    halved = amplitude(filtered(picture, gains, 12000, scale))
    assert halved == pytest.approx(whole / 2, rel=0.02)
    others = [ONE if i == band else ONE // 4 for i in range(6)]
    kept = amplitude(filtered(picture, others, 12000, scale))
    assert kept == pytest.approx(whole, rel=0.02)


def test_it_is_the_same_in_every_direction() -> None:
    picture = RNG.integers(0, 32768, (48, 48))
    gains = [ONE // 2, 2 * ONE, ONE, ONE // 3, ONE]
    turned = filtered(np.rot90(picture), gains, 16000, 1.0)
    assert np.abs(np.rot90(filtered(picture, gains, 16000, 1.0)) - turned).max() <= 1


def test_edges_make_no_halo() -> None:
    """A plain picture stays plain up to its edge; a ramp bends there only a little."""
    gains = [ONE // 2, 2 * ONE, ONE, 2 * ONE, ONE]
    assert (filtered(np.full((40, 60), 7000), gains, 7000, 1.0) == 7000).all()
    ramp = np.broadcast_to(np.arange(64) * 100 + 5000, (64, 64)).astype(np.int64)
    assert np.abs(filtered(ramp, gains, 8150, 1.0) - ramp).max() < 900


def test_what_the_rest_varies_about_stays() -> None:
    picture = RNG.integers(5000, 9000, (64, 64))
    new = filtered(picture, [ONE] * 3 + [ONE // 2], 7000, 1.0)
    assert new.mean() == pytest.approx(7000 + (picture.mean() - 7000) / 2, abs=1)


def test_what_is_not_shown_throws_no_halo() -> None:
    """Beside a dark cheek a wall turns from black to white: no pixel of the cheek changes."""
    rng = np.random.default_rng(6)
    picture = 3000 + rng.integers(-300, 300, (96, 96))
    shown = np.zeros_like(picture)
    shown[20:70, 20:70] = FULL
    gains = [ONE // 2, 2 * ONE, ONE // 2, 2 * ONE, ONE // 2]
    cheeks = []
    for wall in (0, 32767):
        other = np.where(shown > 0, picture, wall)
        cheeks.append(octaves.filtered(other, shown, gains, 3000, 1.0)[shown > 0])
    assert (cheeks[0] == cheeks[1]).all()
    assert np.abs(cheeks[0] - 3000).max() < 900
