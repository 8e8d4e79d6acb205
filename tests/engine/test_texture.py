"""Texture: what adding takes away is given back, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.engine import grid
from morphkit.engine.blur import blurred
from morphkit.engine.luminance import luminance
from morphkit.engine.texture import LEAST, MOST, amplitudes, bands, carried, restore, window

WIDTH = 240.0
SHAPE = (256, 256)
NOWHERE = np.zeros(SHAPE, dtype=np.uint8)
WHOLE = window(np.ones(SHAPE, dtype=np.int32), WIDTH)


def skin(seed: int, strength: float = 800.0) -> np.ndarray:
    """Grey light with fine grain."""
    noise = np.random.default_rng(seed).normal(size=SHAPE)
    grain = blurred(noise, 0.7)
    grain *= strength / grain.std()
    return np.repeat(np.rint(9000 + grain)[..., None], 3, axis=2).astype(np.int64)


def wave(cycles: float, strength: float = 1000.0) -> np.ndarray:
    x = np.arange(SHAPE[1])
    row = 9000 + strength * np.sin(2 * np.pi * cycles * x / WIDTH)
    return np.repeat(np.tile(np.rint(row), (SHAPE[0], 1))[..., None], 3, axis=2).astype(np.int64)


def strength(light: np.ndarray) -> np.ndarray:
    inner = slice(24, -24)
    return np.array([part[inner, inner].std() for part in bands(luminance(light), WIDTH)])


def restored(light: np.ndarray, target: np.ndarray, spared: np.ndarray, width: float):
    """A whole picture restored, and the gains."""
    out = light.astype(np.int32)
    gains = restore(out, WHOLE, target, spared, width)
    return out, gains


def target_of(*faces: np.ndarray) -> np.ndarray:
    found = [amplitudes(face.astype(np.int32), WHOLE, WIDTH) for face in faces]
    return sum(found) / len(found)


def test_a_wave_lies_in_its_band() -> None:
    """Half of the power is left at a cutoff: a Gaussian of frequency, by hand."""
    fine, middle, coarse = wave(50), wave(22), wave(4)
    passed = 1 - 0.5 ** (0.5 * (50 / 32) ** 2)
    assert strength(fine)[0] == pytest.approx(passed * 1000 / np.sqrt(2), rel=0.12)
    assert strength(middle)[1] > strength(middle)[0]
    assert strength(coarse).max() < 0.03 * 1000


def test_half_and_half_of_unrelated_grain_is_restored() -> None:
    a, b = skin(1), skin(2)
    plain = (a + b) // 2
    assert (strength(plain) ** 2 / strength(a) ** 2)[0] == pytest.approx(0.5, abs=0.05)
    out, gains = restored(plain, target_of(a, b), NOWHERE, WIDTH)
    assert 0.9 < (strength(out) ** 2 / strength(a) ** 2)[0] < 1.05
    assert (gains >= LEAST).all() and (gains <= MOST).all()
    assert abs(out.mean() / plain.mean() - 1) < 1e-3


def test_what_has_its_texture_is_left_alone() -> None:
    face = skin(3)
    out, gains = restored(face, target_of(face), NOWHERE, WIDTH)
    assert np.array_equal(out, face) and (gains == 1).all()


def test_coarse_detail_is_never_touched() -> None:
    half = wave(4, 500.0)
    out, _ = restored(half, target_of(wave(4)), NOWHERE, WIDTH)
    assert np.abs(out - half).max() <= 30


def test_flat_skin_gets_no_noise() -> None:
    flat = np.full((*SHAPE, 3), 9000, dtype=np.int64)
    out, _ = restored(flat, target_of(skin(4)), NOWHERE, WIDTH)
    assert np.array_equal(out, flat)


def test_spared_places_stay() -> None:
    plain = (skin(1) + skin(2)) // 2
    spared = NOWHERE.copy()
    spared[40:60, 40:60] = 64
    out, _ = restored(plain, target_of(skin(1)), spared, WIDTH)
    assert np.array_equal(out[40:60, 40:60], plain[40:60, 40:60])
    assert not np.array_equal(out, plain)


def test_hue_is_kept() -> None:
    plain = (skin(1) + skin(2)) // 2 * np.array([3, 2, 1]) // 2
    out, _ = restored(plain, 2 * target_of(plain), NOWHERE, WIDTH)
    before, after = (light[..., 0] / light[..., 2] for light in (plain, out))
    assert np.abs(after / before - 1).max() < 1e-3


def test_amplitudes_travel_with_the_skin() -> None:
    """A face that moves by two nodes takes its amplitudes with it."""
    square = np.array([[-0.5, -0.5], [127.5, -0.5], [127.5, 127.5], [-0.5, 127.5]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    around = window(np.ones((128, 128), dtype=np.int32), 60.0)
    own = np.random.default_rng(5).uniform(0, 900, (*grid.size(128, 128), 2))
    same = carried(own, square, square, triangles, around)
    assert np.abs(same - own)[:-1, :-1].max() < 0.1
    moved = carried(own, square, square - [2 * grid.SPACING, 0], triangles, around)
    assert np.abs(moved[2:14, 2:14] - own[2:14, 0:12]).max() < 0.1


def test_a_window_reaches_as_far_as_its_bands() -> None:
    """A mask of 40 × 30 at (80, 70), bands of 16 cycles in 240 px: a blur of SD 2, 8 taps."""
    mask = np.zeros(SHAPE, dtype=np.int32)
    mask[70:100, 80:120] = 1
    around = window(mask, WIDTH)
    reach = 8
    assert (around.left, around.top) == (72, 56)
    assert (around.left + around.width, around.top + around.height) == (120 + reach, 100 + reach)
    near = np.zeros(SHAPE, dtype=bool)
    near[70 - reach : 100 + reach, 80 - reach : 120 + reach] = True
    assert np.array_equal(around.near, near)
    assert np.array_equal(around.hidden == 0, mask > 0)
    # nodes at 72, 80, 88, … and 56, 64, 72, …; a block reaches from 4 before to 3 behind
    rows, columns = (np.flatnonzero(around.whole.any(axis=i)) for i in (1, 0))
    assert (56 + 8 * rows).tolist() == [80, 88, 96]
    assert (72 + 8 * columns).tolist() == [88, 96, 104, 112]


def test_what_lies_outside_the_mask_is_not_measured() -> None:
    mask = np.zeros(SHAPE, dtype=np.int32)
    mask[64:192, 64:192] = 1
    around = window(mask, WIDTH)
    face = skin(6).astype(np.int32)
    alone = amplitudes(face, around, WIDTH)
    loud = face.copy()
    loud[~around.near] *= 3
    assert np.array_equal(alone, amplitudes(loud, around, WIDTH))
    inner = around.share > 0.5
    assert alone[inner, 0].std() / alone[inner, 0].mean() < 0.15


def test_a_mask_that_shows_nothing_has_a_window() -> None:
    around = window(np.zeros(SHAPE, dtype=np.int32), WIDTH)
    assert (around.width, around.height) == (1, 1)
    assert not around.near.any()
    assert (amplitudes(skin(7).astype(np.int32), around, WIDTH) == 0).all()
