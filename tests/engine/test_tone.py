"""Tones: luminance becomes what it should, hue stays, nothing is cut off unseen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.engine.align import Similarity
from morphkit.engine.color import WHITE, linear_tables
from morphkit.engine.luminance import luminance
from morphkit.engine.source import PAD, Source, padded
from morphkit.engine.tone import SPARE, Tone, changed, kept, lifted, outside, toned, within

MASK = np.full((60, 60), 1 << 15, dtype=np.int64)
SAME = Similarity(1.0, 0.0, 0.0, 0.0)


def source(light: np.ndarray, way: Similarity = SAME) -> Source:
    return Source(padded(light.astype(np.int16)), way)


def light_of(one: Source) -> np.ndarray:
    return one.pixels[PAD:-PAD, PAD:-PAD, :3].astype(np.int64)


def noise(low: int = 2000, high: int = 16000, size: tuple[int, int] = (20, 30)) -> np.ndarray:
    return np.random.default_rng(3).integers(low, high, (*size, 3))


def test_no_tone_is_the_same_source() -> None:
    one = source(noise())
    assert toned(one, Tone(), "linear", MASK) is one


def test_a_toned_source_is_whole() -> None:
    one = toned(source(noise()), Tone(gain=1 << 13), "linear", MASK)
    assert one.pixels.dtype == np.int16 and not one.pixels.flags.writeable
    assert (one.pixels[..., 3] == 0).all()
    assert (one.pixels[:PAD, PAD:-PAD] == one.pixels[PAD, PAD:-PAD]).all(), "edges are repeated"


def test_greyscale_is_luminance_thrice() -> None:
    light = noise()
    grey = light_of(toned(source(light), Tone(greyscale=True), "linear", MASK))
    assert (grey == luminance(light)[..., None]).all()


def test_greyscale_of_codes_is_that_of_light() -> None:
    light = noise()
    to_linear, to_code = linear_tables("srgb")
    grey = light_of(toned(source(light), Tone(greyscale=True), "srgb", MASK))
    assert (grey == to_code[luminance(to_linear[light].astype(np.int64))][..., None]).all()


def test_gain_and_offset_are_of_luminance() -> None:
    light = noise()
    tone = Tone(gain=3 << 13, offset=-1000, brighter=1.5)
    new = luminance(changed(source(light), tone, "linear", MASK))
    assert np.abs(new - (1.5 * luminance(light) - 1000)).max() <= 2


def test_hue_and_saturation_stay() -> None:
    light = noise(4000)
    new = changed(source(light), Tone(gain=3 << 13, offset=-1000, brighter=1.4), "linear", MASK)
    before, after = (x / luminance(x)[..., None] for x in (light, new))
    assert np.abs(before - after).max() < 2e-3


def test_the_colour_of_what_is_almost_black_is_not_blown_up() -> None:
    light = np.array([[[40, 0, 0]]])
    new = changed(source(light), Tone(offset=6000), "linear", MASK)
    assert np.abs(new - 6000).max() < 60


def test_a_table_takes_the_place_of_gain() -> None:
    light = noise()
    table = (np.sqrt(np.arange(WHITE + 1) / WHITE) * WHITE).astype(np.int16)
    new = changed(source(light), Tone(table=table, brighter=3.0), "linear", MASK)
    assert np.abs(luminance(new) - table[luminance(light)]).max() <= 2


@given(st.lists(st.tuples(*[st.integers(-40000, 70000)] * 3), min_size=1, max_size=30))
def test_light_out_of_range_keeps_its_luminance_where_it_can(pixels: list) -> None:
    light = np.array([pixels], dtype=np.int64)
    new = light_of(kept(source(np.zeros_like(light)), light))
    assert new.min() >= 0 and new.max() <= WHITE
    wanted = np.clip(luminance(light), 0, WHITE)
    assert np.abs(luminance(new) - wanted).max() <= 3
    inside = ((light >= 0) & (light <= WHITE)).all(axis=2)
    assert (new[inside] == light[inside]).all()


def test_what_is_out_of_range_is_counted_by_what_is_shown() -> None:
    light = np.zeros((1, 4, 3), dtype=np.int64) + 5000
    light[0, 0, 1] = -11
    light[0, 1, 2] = WHITE + 291
    light[0, 2] = -10, WHITE + 290, 0
    assert outside(light, np.array([[1, 2, 3, 4]])) == pytest.approx(3 / 10)
    assert outside(light, np.zeros((1, 4), dtype=np.int64)) == 0


def test_a_lift_keeps_mean_luminance_and_multiplies_its_spread() -> None:
    light = noise(6000, 12000)
    centre = round(luminance(light).mean())
    new = luminance(light_of(lifted(source(light), centre, 3 << 13)))
    old = luminance(light)
    assert np.abs(new - (centre + 1.5 * (old - centre))).max() <= 2
    assert (lifted(source(light), centre, 1 << 14).pixels == source(light).pixels).all()


def test_a_lift_keeps_light_below_black_for_the_frame_to_add_up() -> None:
    light = np.zeros((1, 2, 3), dtype=np.int64) + np.array([0, 20000])[:, None]
    new = light_of(lifted(source(light), 10000, 3 << 13))
    assert new[0, :, 1].tolist() == [-5000, 25000]
    assert light_of(lifted(source(light), WHITE, 1 << 15))[0, 0].tolist() == [-SPARE] * 3


def test_within_finds_the_mask_in_the_photo() -> None:
    """Two source pixels per canvas pixel, shifted by four."""
    mask = np.zeros((8, 10), dtype=np.int64)
    mask[2:5, 3:7] = 77
    way = Similarity(2.0, 0.0, 4.0, 4.0)
    shown = within(source(np.zeros((30, 40, 3)), way), mask)
    assert set(np.unique(shown)) == {0, 77}
    assert (shown[8:13, 10:17] == 77).all(), "its pixels, and those between"
    shown = shown.copy()
    shown[7:14, 9:18] = 0
    assert not shown.any(), "no more than half a pixel around"
