"""Photos made ready: cropped without a trace, band-limited without a shift."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit.engine import source
from morphkit.engine.affine import affine_maps
from morphkit.engine.align import Canvas, Similarity
from morphkit.engine.color import WHITE, decode_table, encode_table
from morphkit.engine.source import KEPT, PAD, prepare
from morphkit.engine.warp import ONE, Job, quantised, render

CANVAS = Canvas(40, 32, 12.0)


def reduction(scale: float) -> Similarity:
    """Photo → canvas, `scale` photo pixels in one of the canvas, outer edges on each other."""
    return Similarity(1 / scale, 0.0, 0.5 / scale - 0.5, 0.5 / scale - 0.5)


def shown(image: np.ndarray, to_canvas: Similarity, canvas: Canvas = CANVAS) -> np.ndarray:
    """The photo on the canvas."""
    ready = prepare(image, to_canvas, canvas, "linear")
    right, bottom = canvas.width - 0.5, canvas.height - 0.5
    box = np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])
    halves = np.array([[0, 1, 2], [0, 2, 3]])
    return render(
        Job(
            vertices=np.rint(box * 1024).astype(np.int64),
            triangles=halves,
            maps=affine_maps(box, box, halves, ready.from_canvas)[None],
            sources=[ready],
            weights=quantised(np.array([1.0])),
            mask=np.full((canvas.height, canvas.width), ONE),
            background=0,
            encode=encode_table("linear"),
            sampler="catmull-rom",
        )
    )


def waves(frequency: float, scale: float, tall: bool = False) -> np.ndarray:
    """A photo of a sine in linear light; `frequency` in cycles per canvas pixel."""
    width, height = round(CANVAS.width * scale), round(CANVAS.height * scale)
    x, y = np.arange(width), np.arange(height)
    place = reduction(scale)(np.stack([x, x * 0], axis=1).astype(float))[:, 0]
    if tall:
        place = reduction(scale)(np.stack([y * 0, y], axis=1).astype(float))[:, 1]
    light = 0.5 + 0.4 * np.sin(2 * np.pi * frequency * place)
    codes = np.rint(oracle.codes_of(light)).astype(np.uint8)
    flat = np.broadcast_to(codes[:, None] if tall else codes[None], (height, width))
    return np.stack([flat] * 3, axis=2)


def found(image: np.ndarray, frequency: float, tall: bool = False) -> complex:
    """Amplitude and phase of a sine on the canvas, away from the edges; 1 is as it was drawn."""
    light = decode_table("linear")[image[..., 0]] / WHITE
    line = light.mean(axis=1) if tall else light.mean(axis=0)
    place = np.arange(len(line))[5:-5]
    waves = 2 * np.pi * frequency * place
    basis = np.stack([np.sin(waves), np.cos(waves), np.ones(len(place))], axis=1)
    sine, cosine, _ = np.linalg.lstsq(basis, line[5:-5], rcond=None)[0]
    return complex(sine, cosine) / 0.4


@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("scale", [1.3, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("frequency", [0.06, 0.125, 0.2])
def test_what_the_canvas_can_hold_keeps_amplitude_and_phase(
    frequency: float, scale: float, tall: bool
) -> None:
    wave = found(shown(waves(frequency, scale, tall), reduction(scale)), frequency, tall)
    assert 0.97 <= abs(wave) <= 1.02
    assert abs(np.angle(wave)) < 0.01, "a shift of a hundredth of a pixel would show"


@pytest.mark.parametrize(("frequency", "alias"), [(0.8, 0.2), (0.9, 0.1), (1.25, 0.25)])
def test_what_it_cannot_hold_disappears(frequency: float, alias: float) -> None:
    """Just taking every fourth pixel would turn it into a wave that is not there."""
    image = waves(frequency, 4.0)
    picked = found(image[2::4, 2::4], alias)
    limited = found(shown(image, reduction(4.0)), alias)
    assert abs(picked) > 0.9
    assert abs(limited) < 0.02


@pytest.mark.parametrize("scale", [0.5, 0.999, 1.0, 1.01, 2.0, 3.7, 4.0])
@pytest.mark.parametrize("code", [0, 1, 77, 254, 255])
def test_a_constant_photo_stays_constant(scale: float, code: int) -> None:
    size = (round(CANVAS.height * scale), round(CANVAS.width * scale))
    assert (shown(np.full((*size, 3), code, dtype=np.uint8), reduction(scale)) == code).all()


def noise(width: int, height: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("turn", [0.0, 0.4])
@pytest.mark.parametrize("scale", [0.4, 1.0])
def test_a_photo_of_the_canvas_scale_is_only_decoded(scale: float, turn: float) -> None:
    image = noise(40, 32)
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    ready = prepare(image, Similarity(cos, sin, 0.3, -0.2), Canvas(400, 400, 100.0), "linear")
    inner = ready.pixels[PAD:-PAD, PAD:-PAD]
    assert (inner[..., 3] == 0).all()
    crop = ready.from_canvas
    whole = Similarity(cos, sin, 0.3, -0.2).inverse()
    left, top = round(whole.tx - crop.tx), round(whole.ty - crop.ty)
    height, width = inner.shape[:2]
    expected = decode_table("linear")[image[top : top + height, left : left + width]]
    assert np.array_equal(inner[..., :3], expected)


def test_the_edges_are_repeated() -> None:
    ready = prepare(noise(8, 6), Similarity(1.0, 0.0, 10.0, 10.0), CANVAS, "linear")
    assert ready.pixels.shape == (6 + 2 * PAD, 8 + 2 * PAD, 4)
    assert (ready.pixels[:PAD] == ready.pixels[PAD]).all()
    assert (ready.pixels[:, -PAD:] == ready.pixels[:, -PAD - 1, None]).all()


def test_a_large_photo_keeps_twice_the_resolution() -> None:
    ready = prepare(noise(400, 320), reduction(10.0), CANVAS, "linear")
    assert ready.from_canvas.scale == pytest.approx(KEPT)
    height, width = (side - 2 * PAD for side in ready.pixels.shape[:2])
    assert (abs(height - 64) <= 1) and (abs(width - 80) <= 1)


@given(
    st.floats(0.3, 5),
    st.floats(-np.pi, np.pi),
    st.floats(-30, 60),
    st.floats(-30, 60),
)
@settings(max_examples=60, deadline=None)
def test_cropping_leaves_no_trace(scale: float, angle: float, x: float, y: float) -> None:
    """The canvas from the crop is, bit for bit, the canvas from the whole photo."""
    image = noise(90, 70)
    a, b = np.cos(angle) / scale, np.sin(angle) / scale
    to_canvas = Similarity(a, b, x - (a * 45 - b * 35), y - (b * 45 + a * 35))
    cropped = shown(image, to_canvas)
    footprint = source._footprint
    source._footprint = lambda transform, canvas, width, height: (0, 0, width, height)
    try:
        whole = shown(image, to_canvas)
    finally:
        source._footprint = footprint
    assert np.array_equal(cropped, whole)


def test_cropping_crops() -> None:
    ready = prepare(noise(300, 200), Similarity(1.0, 0.0, -100.0, -50.0), CANVAS, "linear")
    assert ready.pixels.shape[0] < 32 + 4 * PAD + 4
    assert ready.pixels.shape[1] < 40 + 4 * PAD + 4


@pytest.mark.parametrize("shift", [-500.0, 500.0])
def test_a_photo_beside_the_canvas_is_one_edge(shift: float) -> None:
    ready = prepare(noise(30, 30), Similarity(1.0, 0.0, shift, shift), CANVAS, "linear")
    assert min(ready.pixels.shape[:2]) >= 1 + 2 * PAD
    assert shown(noise(30, 30), Similarity(1.0, 0.0, shift, shift)).shape == (32, 40, 3)


@given(st.floats(1.0001, 40))
@settings(max_examples=100, deadline=None)
def test_taps_sum_to_one_and_stay_in_int32(scale: float) -> None:
    taps = source._taps(3, 8, scale, max(1.0, scale / KEPT)).taps.astype(np.int64)
    one = 1 << 14
    assert (taps.sum(axis=1) == one).all()
    above, below = taps.clip(0).sum(axis=1).max(), taps.clip(None, 0).sum(axis=1).min()
    assert above - below < 1.5 * one
    # first along columns, from 0 … white; then along rows, from what that may give
    high, low = above * WHITE, below * WHITE
    assert max(high + one, -low) < 1 << 31
    high, low = (high + one // 2) >> 14, (low + one // 2) >> 14
    assert max(above * high + below * low + one, -(above * low + below * high)) < 1 << 31


def test_the_filter_is_lanczos() -> None:
    """sinc(x) · sinc(x/3) by hand at ½: (2/π) · (3 · ½ / (π/2) …) = 0.6079."""
    assert source._lanczos(0.5) == pytest.approx(np.sinc(0.5) * np.sinc(0.5 / 3))
    assert source._lanczos(0.5) == pytest.approx(0.6079271)
    assert source._lanczos(0) == 1
    assert source._lanczos(2.0) == pytest.approx(0, abs=1e-12)
    assert source._lanczos(-3.0) == 0


def test_the_filter_works_in_light() -> None:
    """Fine black and white stripes become the grey of half the light, not of half the code."""
    image = np.zeros((128, 160, 3), dtype=np.uint8)
    image[:, ::2] = 255
    out = shown(image, reduction(4.0))
    assert np.abs(out[8:-8, 8:-8].astype(int) - 188).max() <= 1


def test_pixels_cannot_be_written() -> None:
    ready = prepare(noise(30, 30), reduction(1.0), CANVAS, "linear")
    with pytest.raises(ValueError, match="read-only"):
        ready.pixels[0, 0, 0] = 1
