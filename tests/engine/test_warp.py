"""The pixel path: exact where it must be, near the float truth elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import vertices_of

from morphkit.engine import sample, warp
from morphkit.engine.affine import STEEPEST, affine_maps
from morphkit.engine.align import GRID, Canvas, Similarity
from morphkit.engine.color import WHITE, decode_table, encode_table
from morphkit.engine.raster import owners
from morphkit.engine.sample import TAP_BITS, tap_table
from morphkit.engine.source import KEPT, PAD, Source, prepare
from morphkit.engine.topology import Topology
from morphkit.engine.triangulation import areas
from morphkit.engine.warp import (
    MAP_BITS,
    ONE,
    PHASE_BITS,
    Job,
    quantised,
    render,
)
from twins import by_reference

SAME = Similarity(1.0, 0.0, 0.0, 0.0)
SMALL = Canvas(24, 20, 8.0)
WHOLE = vertices_of(SMALL, np.empty((0, 2)))
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def photo(seed: int, width: int = 24, height: int = 20) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def smooth(seed: int, width: int = 24, height: int = 20) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    phases = np.random.default_rng(seed).uniform(0, 6, 3)
    waves = [np.sin(x / 4 + p) * np.cos(y / 5 - p) for p in phases]
    return np.rint(127 + 100 * np.stack(waves, axis=2)).astype(np.uint8)


def job(
    images: Sequence[np.ndarray],
    weights: Sequence[float] = (1.0,),
    frame: np.ndarray = WHOLE,
    shapes: Sequence[np.ndarray] | None = None,
    triangles: np.ndarray = HALVES,
    to_canvas: Similarity = SAME,
    sampler: sample.Sampler = "catmull-rom",
    mask: np.ndarray | None = None,
    light: str = "linear",
) -> Job:
    sources = [prepare(image, to_canvas, SMALL, light) for image in images]
    shapes = shapes or [frame] * len(images)
    return Job(
        vertices=np.rint(frame * GRID).astype(np.int64),
        triangles=triangles,
        maps=np.stack(
            [
                affine_maps(frame, shape, triangles, source.from_canvas)
                for shape, source in zip(shapes, sources, strict=True)
            ]
        ),
        sources=sources,
        weights=quantised(np.array(weights)),
        mask=np.full((20, 24), ONE) if mask is None else mask,
        background=7073,
        encode=encode_table(light),
        sampler=sampler,
    )


@st.composite
def meshes(draw: st.DrawFn, shapes: int = 2) -> tuple[list[np.ndarray], np.ndarray]:
    """Mesh points of a frame and its sources, and triangles that no shape folds."""
    count = draw(st.integers(1, 6))
    number = st.integers(0, 2**32 - 1)
    rng = np.random.default_rng(draw(number))
    frame = vertices_of(SMALL, rng.uniform((1, 1), (22, 18), (count, 2)))
    triangles = np.array(Topology(frame).triangles())
    found = [frame]
    step = 6.0
    while len(found) < shapes:
        free = np.clip(frame[:count] + rng.uniform(-step, step, (count, 2)), 0, (23, 19))
        other = vertices_of(SMALL, free)
        if (areas(other, triangles) > 0).all():
            found.append(other)
        else:
            step *= 0.7
    return found, triangles


# --- taps and weights ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sampler", "phase", "taps"),
    [
        ("catmull-rom", 0, [0, 16384, 0, 0]),
        ("catmull-rom", 512, [-1024, 9216, 9216, -1024]),  # −1/16, 9/16
        ("catmull-rom", 256, [-1152, 14208, 3712, -384]),  # −9/128, 111/128, 29/128, −3/128
        ("bilinear", 0, [0, 16384, 0, 0]),
        ("bilinear", 256, [0, 12288, 4096, 0]),
    ],
)
def test_taps_by_hand(sampler: sample.Sampler, phase: int, taps: list[int]) -> None:
    assert tap_table(sampler)[phase].tolist() == taps


@pytest.mark.parametrize("sampler", ["catmull-rom", "bilinear"])
def test_taps_sum_to_one_and_mirror(sampler: sample.Sampler) -> None:
    taps = tap_table(sampler)
    assert (taps.sum(axis=1) == 1 << TAP_BITS).all()
    assert np.abs(taps[1:] - taps[:0:-1, ::-1]).max() <= 1
    kernel = oracle.cubic if sampler == "catmull-rom" else oracle.tent
    exact = [[kernel(p / 1024 - t) for t in (-1, 0, 1, 2)] for p in range(1024)]
    assert np.abs(taps / (1 << TAP_BITS) - exact).max() < 1.6 / (1 << TAP_BITS)


@pytest.mark.parametrize(
    ("weights", "whole"),
    [
        ([1, 0], [32768, 0]),
        ([0.25, 0.75], [8192, 24576]),
        ([1 / 3, 1 / 3, 1 / 3], [10922, 10923, 10923]),
        ([1 / 6, 1 / 6, 2 / 3], [5461, 5461, 21846]),
        ([-0.5, 1.5], [-16384, 49152]),
    ],
)
def test_weights_by_hand(weights: list[float], whole: list[int]) -> None:
    assert quantised(np.array(weights)).tolist() == whole


@given(st.floats(-3, 4, allow_subnormal=False))
def test_swapped_weights_are_the_same_two(w: float) -> None:
    one = quantised(np.array([w, 1 - w]))
    assert one.sum() == ONE
    assert one.tolist() == quantised(np.array([1 - w, w])).tolist()[::-1]


# --- who owns a pixel ------------------------------------------------------------------


def test_owners_by_hand() -> None:
    """A 4 × 3 canvas cut from corner to corner; the diagonal's pixels go to one side."""
    canvas = Canvas(4, 4, 1.0)
    corners = np.rint(vertices_of(canvas, np.empty((0, 2))) * GRID).astype(np.int64)
    below, above = [0, 2, 3], [0, 1, 2]
    owner = owners(corners, np.array([above, below]), 4, 4)
    diagonal = owner.diagonal()
    assert len(set(diagonal.tolist())) == 1
    assert (owner[np.triu_indices(4, 1)] == 0).all()
    assert (owner[np.tril_indices(4, -1)] == 1).all()


@given(meshes(1))
@settings(max_examples=60, deadline=None)
def test_every_pixel_has_one_owner_and_lies_in_it(
    mesh: tuple[list[np.ndarray], np.ndarray],
) -> None:
    (frame,), triangles = mesh
    fixed = np.rint(frame * GRID).astype(np.int64)
    owner = owners(fixed, triangles, 24, 20)
    alone = [owners(fixed, triangles[i : i + 1], 24, 20) == 0 for i in range(len(triangles))]
    assert (np.sum(alone, axis=0) == 1).all()
    for y, x in np.ndindex(20, 24):
        share = oracle.barycentric(frame[triangles[owner[y, x]]], x, y)
        assert share.min() >= -1e-9


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_pixel_has_one_owner_where_points_lie_on_pixels(data: st.DataObject) -> None:
    """The hardest case: mesh points on pixel centres, many pixels exactly on edges."""
    place = st.tuples(st.integers(0, 23), st.integers(0, 19))
    points = data.draw(st.lists(place, min_size=1, max_size=8, unique=True))
    frame = vertices_of(SMALL, np.array(points, dtype=float))
    fixed = np.rint(frame * GRID).astype(np.int64)
    triangles = np.array(Topology(frame).triangles())
    alone = [owners(fixed, t[None], 24, 20) == 0 for t in triangles]
    assert (np.sum(alone, axis=0) == 1).all()


def test_a_folded_triangle_is_not_drawn_and_leaves_no_hole() -> None:
    """A point pushed through an edge: its triangle turns over, the others still cover all."""
    before = vertices_of(SMALL, np.array([[8.0, 6.0], [16.0, 6.0], [12.0, 10.0]]))
    triangles = np.array(Topology(before).triangles())
    after = before.copy()
    after[2, 1] = 4.3
    assert (areas(after, triangles) < 0).any()
    owner = owners(np.rint(after * GRID).astype(np.int64), triangles, 24, 20)
    assert (owner >= 0).all()
    assert not np.isin(owner, np.flatnonzero(areas(after, triangles) <= 0)).any()


# --- exact cases -----------------------------------------------------------------------


@pytest.mark.parametrize("light", ["linear", "srgb"])
@pytest.mark.parametrize("sampler", ["catmull-rom", "bilinear"])
def test_identity_returns_the_photo(sampler: sample.Sampler, light: str) -> None:
    image = photo(1)
    assert np.array_equal(render(job([image], sampler=sampler, light=light)), image)


@given(meshes(1))
@settings(max_examples=30, deadline=None)
def test_identity_through_any_mesh_returns_the_photo(
    mesh: tuple[list[np.ndarray], np.ndarray],
) -> None:
    (frame,), triangles = mesh
    image = photo(2)
    assert np.array_equal(render(job([image], frame=frame, triangles=triangles)), image)


@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (0, -2), (-5, 4)])
def test_a_whole_pixel_shift_is_exact(dx: int, dy: int) -> None:
    image = photo(3, 40, 36)
    out = render(job([image], to_canvas=Similarity(1.0, 0.0, -8.0 + dx, -8.0 + dy)))
    assert np.array_equal(out, image[8 - dy : 28 - dy, 8 - dx : 32 - dx])


def test_beyond_its_edge_a_photo_goes_on_as_it_ends() -> None:
    image = photo(4, 10, 10)
    out = render(job([image], to_canvas=Similarity(1.0, 0.0, 6.0, 4.0)))
    rows = np.clip(np.arange(20) - 4, 0, 9)
    columns = np.clip(np.arange(24) - 6, 0, 9)
    assert np.array_equal(out, image[rows][:, columns])


def test_half_a_pixel_by_hand() -> None:
    """Between 0 and white the cubic gives (9·0 + 9·1 − 0 − 1)/16 = ½ of the light."""
    image = np.zeros((20, 24, 3), dtype=np.uint8)
    image[:, 12:] = 255
    out = render(job([image], to_canvas=Similarity(1.0, 0.0, -0.5, 0.0)))
    # at 11.5: (−0 + 0 + 9 − 1)/16 = ½ → 188; at 10.5: −1/16 → 0; at 12.5: 17/16 → 255
    assert out[5, 11].tolist() == [188] * 3
    assert out[5, 10].tolist() == [0] * 3
    assert out[5, 12].tolist() == [255] * 3


@given(meshes(3), st.floats(-1, 2), st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_a_constant_photo_stays_constant(
    mesh: tuple[list[np.ndarray], np.ndarray], w: float, code: int
) -> None:
    (frame, one, two), triangles = mesh
    flat = np.full((20, 24, 3), code, dtype=np.uint8)
    out = render(job([flat, flat], [w, 1 - w], frame, [one, two], triangles))
    assert (out == code).all()


@given(meshes(2), st.lists(st.floats(-1, 1), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_copies_combine_to_the_original(
    mesh: tuple[list[np.ndarray], np.ndarray], some: list[float]
) -> None:
    (frame, shape), triangles = mesh
    weights = [*some, 1 - sum(some)]
    image, count = photo(5), len(weights)
    alone = render(job([image], [1.0], frame, [shape], triangles))
    together = render(job([image] * count, weights, frame, [shape] * count, triangles))
    assert np.array_equal(alone, together)


@given(meshes(3), st.floats(-1, 2))
@settings(max_examples=30, deadline=None)
def test_swapping_sources_and_weights_changes_nothing(
    mesh: tuple[list[np.ndarray], np.ndarray], w: float
) -> None:
    (frame, one, two), triangles = mesh
    a, b = photo(6), photo(7)
    out = render(job([a, b], [w, 1 - w], frame, [one, two], triangles))
    swapped = render(job([b, a], [1 - w, w], frame, [two, one], triangles))
    assert np.array_equal(out, swapped)


def test_a_source_without_weight_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    sampled = sample.sampled
    monkeypatch.setattr(warp, "sampled", lambda s, *rest: seen.append(s) or sampled(s, *rest))
    work = job([photo(8), photo(9)], [1.0, 0.0])
    assert np.array_equal(by_reference(render, work), photo(8))
    assert {id(source) for source in seen} == {id(work.sources[0])}


@pytest.mark.parametrize(
    ("fixed", "place"),
    [
        (0, 0),
        ((1 << 17) - 1, 0),
        (1 << 17, 1),  # half of 1/1024 px goes up
        (-(1 << 17), 0),
        (-(1 << 17) - 1, -1),
        (5 << MAP_BITS, 5 << PHASE_BITS),
        (-9 << MAP_BITS, -1 << PHASE_BITS),  # a pixel beyond the photo is far enough
        (99 << MAP_BITS, 10 << PHASE_BITS),
    ],
)
def test_places_are_rounded_and_stay_near_a_photo_of_ten_pixels(fixed: int, place: int) -> None:
    found = sample.place(np.array([fixed]), 10 + 2 * PAD)
    assert found.tolist() == [place + (PAD << PHASE_BITS)]


@pytest.mark.parametrize("rows", [1, 7, 20, 1000])
def test_how_many_rows_at_a_time_does_not_matter(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = vertices_of(SMALL, np.array([[9.3, 8.1]]))
    shape = vertices_of(SMALL, np.array([[12.0, 10.0]]))
    triangles = np.array(Topology(frame).triangles())
    work = job([photo(10), photo(11)], [0.3, 0.7], frame, [shape, frame], triangles)
    whole = render(work)
    monkeypatch.setattr(warp, "_ROWS", rows)
    assert np.array_equal(render(work), whole)


# --- light, weights, mask --------------------------------------------------------------


def grey(code: int) -> np.ndarray:
    return np.full((20, 24, 3), code, dtype=np.uint8)


def test_half_black_half_white_is_half_the_light() -> None:
    assert (render(job([grey(0), grey(255)], [0.5, 0.5])) == 188).all()
    assert (render(job([grey(0), grey(255)], [0.5, 0.5], light="srgb")) == 128).all()


def test_a_ramp_of_weights_is_a_ramp_of_light() -> None:
    decode = decode_table("linear").astype(float)
    codes = [
        int(render(job([grey(40), grey(220)], [1 - w, w]))[0, 0, 0]) for w in np.linspace(0, 1, 41)
    ]
    assert all(a < b for a, b in pairwise(codes))
    expected = oracle.codes_of(np.linspace(decode[40], decode[220], 41) / WHITE)
    assert np.abs(np.array(codes) - expected).max() <= 0.51


def test_three_sources_at_once() -> None:
    out = render(job([grey(50), grey(100), grey(200)], [0.2, 0.3, 0.5]))
    light = oracle.light_of(np.array([50, 100, 200])) @ [0.2, 0.3, 0.5]
    assert (out == round(float(oracle.codes_of(light)))).all()


def test_nothing_is_clipped_before_the_end() -> None:
    """1.5 · white − 0.5 · grey is above white; a third source brings it back into range."""
    light = oracle.light_of(np.array([255, 128, 0]))
    out = render(job([grey(255), grey(128), grey(0)], [1.5, -0.75, 0.25]))
    expected = float(oracle.codes_of(light @ [1.5, -0.75, 0.25]))
    assert expected > 255 - 1e-9, "still above white: clipped once, when written"
    assert (out == 255).all()
    out = render(job([grey(255), grey(230), grey(0)], [1.5, -1.0, 0.5]))
    late = float(oracle.codes_of(oracle.light_of(np.array([255, 230, 0])) @ [1.5, -1.0, 0.5]))
    early = float(oracle.codes_of(1.0 - oracle.light_of(np.array(230.0))))
    assert abs(late - early) > 30
    assert (out == round(late)).all()


def test_overshoot_of_the_sampler_is_not_clipped_before_the_sum() -> None:
    """Beside an edge the cubic overshoots white; half of it is more than half of white."""
    image = np.zeros((20, 24, 3), dtype=np.uint8)
    image[:, 12:] = 255
    half = Similarity(1.0, 0.0, -0.5, 0.0)
    out = render(job([image, grey(0)], [0.5, 0.5], to_canvas=half))
    # at 12.5: (−0 + 9 + 9 − 1)/16 = 17/16 of white; half of it is 17/32
    assert out[5, 12, 0] == round(float(oracle.codes_of(np.array(17 / 32))))
    assert out[5, 12, 0] > 188


def test_the_mask_mixes_with_the_background_in_light() -> None:
    mask = np.zeros((20, 24), dtype=np.int64)
    mask[:, 8:16], mask[:, 16:] = ONE // 4, ONE
    out = render(job([grey(255)], mask=mask))
    assert (out[:, :8] == 128).all()
    mixed = 0.25 + 0.75 * 7073 / WHITE
    assert (out[:, 8:16] == round(float(oracle.codes_of(np.array(mixed))))).all()
    assert (out[:, 16:] == 255).all()


def test_light_above_white_counts_in_the_soft_edge() -> None:
    """Half of 1.5 · white over a black background is ¾ of white, not ½."""
    mask = np.full((20, 24), ONE // 2)
    plain = job([grey(255), grey(0)], [1.5, -0.5], mask=mask)
    over_black = Job(**{f: getattr(plain, f) for f in Job.__slots__} | {"background": 0})
    assert (render(over_black) == round(float(oracle.codes_of(np.array(0.75))))).all()


# --- against the float truth -----------------------------------------------------------


@pytest.mark.parametrize("sampler", ["catmull-rom", "bilinear"])
@given(meshes(3), st.floats(-0.5, 1.5), st.floats(-0.3, 0.3), st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_against_the_oracle(
    sampler: sample.Sampler,
    mesh: tuple[list[np.ndarray], np.ndarray],
    w: float,
    angle: float,
    seed: int,
) -> None:
    (frame, one, two), triangles = mesh
    images = [smooth(seed), smooth(seed + 1)]
    turn = Similarity(1.3 * np.cos(angle), 1.3 * np.sin(angle), -2.0, 1.0)  # photo → canvas
    work = job(images, [w, 1 - w], frame, [one, two], triangles, turn, sampler)
    back = turn.inverse()

    def to_photo(x: float, y: float) -> tuple[float, float]:
        return back.a * x - back.b * y + back.tx, back.b * x + back.a * y + back.ty

    kernel = oracle.cubic if sampler == "catmull-rom" else oracle.tent
    rng = np.random.default_rng(seed)
    pixels = list(zip(rng.integers(0, 24, 150), rng.integers(0, 20, 150), strict=True))
    sources = [
        (shape, oracle.light_of(image.astype(float)), to_photo)
        for shape, image in zip((one, two), images, strict=True)
    ]
    truth = oracle.rendered(frame, triangles, sources, [w, 1 - w], pixels, kernel)
    got = np.array([render(work)[y, x] for x, y in pixels]).astype(float)
    inside = [
        all(-1 <= c < s for c, s in zip(to_photo(x, y), (24, 20), strict=True)) for x, y in pixels
    ]
    error = np.abs(got - truth)[inside]
    assert error.max() <= 1
    assert error.mean() < 0.3, "rounding alone is 0.25 on average"


# --- the integers: what they may reach, so that a compiled twin cannot overflow ---------

INT16, INT32, INT64 = 1 << 15, 1 << 31, 1 << 63
LIGHTEST, DARKEST = 41984, -9216
"""Extremes of a sampled light; derived and reached in `test_bounds_of_a_sample`."""


def test_bounds_of_a_sample() -> None:
    """Pixels and taps fit int16, row sums int32, rounded rows int16, column sums int32."""
    taps = tap_table("catmull-rom").astype(int)
    assert np.abs(taps).max() <= 1 << TAP_BITS < INT16
    above = (taps.clip(0).sum(axis=1)).max()
    below = (taps.clip(None, 0).sum(axis=1)).min()
    assert (above, below) == (18432, -2048)
    half, turn = 1 << TAP_BITS, TAP_BITS + 1
    highest, lowest = above * WHITE, below * WHITE
    assert highest + half < INT32
    row_high, row_low = (highest + half) >> turn, (lowest + half) >> turn
    assert (row_high, row_low) == (18431, -2048)
    assert row_high < INT16
    column_high = above * row_high + below * row_low
    column_low = above * row_low + below * row_high
    quarter = 1 << (TAP_BITS - 2)
    assert column_high + quarter < INT32
    assert -column_low < INT32
    assert (column_high + quarter) >> (TAP_BITS - 1) <= LIGHTEST
    assert (column_low + quarter) >> (TAP_BITS - 1) >= DARKEST
    # the bounds are reached: white where the taps are positive, black where they are not
    phase = int(taps.clip(0).sum(axis=1).argmax())
    sign = taps[phase] > 0
    for white in (np.outer(sign, sign) | np.outer(~sign, ~sign),):
        for block in (white, ~white):
            pixels = np.zeros((4 + 2 * PAD, 4 + 2 * PAD, 4), dtype=np.int16)
            pixels[PAD : PAD + 4, PAD : PAD + 4, :3] = np.where(block, WHITE, 0)[..., None]
            source = Source(pixels, SAME)
            place = np.array([((1 + PAD) << PHASE_BITS) + phase])
            got = int(sample.sampled(source, place, place, "catmull-rom")[0, 0])
            assert got == exact_sample(block * WHITE, taps[phase])
            assert DARKEST <= got <= LIGHTEST
            assert got > 40000 or got < -7000


def exact_sample(block: np.ndarray, taps: np.ndarray) -> int:
    """The rounding rules once more, in whole numbers of any size."""
    rows = [sum(int(p) * int(t) for p, t in zip(row, taps, strict=True)) for row in block]
    rounded = [(row + (1 << TAP_BITS)) >> (TAP_BITS + 1) for row in rows]
    total = sum(row * int(t) for row, t in zip(rounded, taps, strict=True))
    return (total + (1 << (TAP_BITS - 2))) >> (TAP_BITS - 1)


def test_bounds_of_a_combination() -> None:
    """Weights from 0 to 1 fit int32; caricatures may not, the total is int64 in any case."""
    assert ONE * LIGHTEST + ONE // 2 < INT32
    caricature = 49152 * LIGHTEST - 16384 * DARKEST
    assert caricature > INT32, "1.5 and −0.5 in an int32 would overflow"
    furthest = 1000 * ONE * LIGHTEST  # weights that sum, signs dropped, to a thousand
    assert furthest + ONE // 2 < INT64
    assert (furthest >> 15) * ONE + WHITE * ONE < INT64, "mixing with the background"


def test_caricature_of_the_extremes_is_exact() -> None:
    """The lightest and darkest samples there are, at −0.5 and 1.5, in a picture."""
    taps = tap_table("catmull-rom")[512].astype(int)
    image = np.zeros((20, 24, 3), dtype=np.uint8)
    image[8:10, 11:13] = 255
    image[7, [10, 13]], image[10, [10, 13]] = 255, 255
    half = Similarity(1.0, 0.0, -0.5, -0.5)
    work = job([image, 255 - image], [1.5, -0.5], to_canvas=half)
    block = image[7:11, 10:14, 0].astype(int) // 255 * WHITE
    total = 49152 * exact_sample(block, taps) - 16384 * exact_sample(WHITE - block, taps)
    light = (total + ONE // 2) >> 15
    assert light > 1.9 * WHITE
    codes = render(work)
    assert codes[8, 11].tolist() == [255] * 3
    dark = render(job([image, 255 - image], [-0.5, 1.5], to_canvas=half))
    assert dark[8, 11].tolist() == [0] * 3


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_bounds_of_maps_of_thin_triangles(data: st.DataObject) -> None:
    """However thin: m₀x + m₁y + m₂ stays within int64 on a canvas of 8192², sum by sum."""
    side = 8191 * GRID
    point = st.tuples(st.integers(0, side), st.integers(0, side))
    a, b = data.draw(point), data.draw(point)
    share = data.draw(st.floats(0, 1))
    near = st.integers(-3, 3)
    c = tuple(
        min(max(round(p + share * (q - p)) + data.draw(near), 0), side)
        for p, q in zip(a, b, strict=True)
    )
    frame = np.array([a, b, c]) / GRID
    if areas(frame, np.array([[0, 1, 2]]))[0] < 0:
        frame = frame[[0, 2, 1]]
    source = np.array([data.draw(point) for _ in range(3)]) / GRID
    turned = KEPT / np.sqrt(2)  # KEPT source pixels per canvas pixel, turned by 45°
    largest = Similarity(turned, turned, 16384.0, -16384.0)
    (m,) = affine_maps(frame, source, np.array([[0, 1, 2]]), largest).tolist()
    for x in (0, 8191):
        for y in (0, 8191):
            for m0, m1, m2 in (m[:3], m[3:]):
                assert max(abs(m0), abs(m1)) < 4 * STEEPEST << MAP_BITS == 1 << 45
                assert abs(m0 * x) + abs(m1 * y) + abs(m2) < 1 << 61


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_thin_triangles_show_their_own_part_of_the_photo(seed: int, width: int) -> None:
    """A sliver a few 1/1024 px wide between pixel rows never samples outside its source."""
    rng = np.random.default_rng(seed)
    left, right = rng.integers(1, 6), rng.integers(17, 22)
    frame = np.array([[left, 10.0], [right, 10.0], [rng.uniform(left, right), 10 + width / GRID]])
    frame = np.rint(frame * GRID) / GRID
    source = np.rint(rng.uniform(1, 18, (3, 2)) * GRID) / GRID
    triangles = np.array([[0, 1, 2]])
    (m,) = affine_maps(frame, source, triangles, SAME)
    owner = owners(np.rint(frame * GRID).astype(np.int64), triangles, 24, 20)
    y, x = np.nonzero(owner == 0)
    place = np.stack([m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]]) / (1 << MAP_BITS)
    assert len(x) > 5
    low, high = source.min(axis=0), source.max(axis=0)
    beyond = np.maximum(low - place.T, place.T - high)
    assert beyond.max() <= 0.01


def test_a_triangle_too_thin_to_map_shows_the_middle_of_its_source() -> None:
    frame = np.array([[0.0, 0.0], [20.0, 0.0], [19.0, 1 / GRID / 4]])  # finer than the grid
    source = np.array([[0.0, 0.0], [20.0, 0.0], [10.0, 18.0]])
    (m,) = affine_maps(frame, source, np.array([[0, 1, 2]]), SAME)
    assert (m / (1 << MAP_BITS)).tolist() == [0, 0, 10, 0, 0, 6]


def test_closed_triangles_have_no_map() -> None:
    frame = np.array([[0.0, 0.0], [20.0, 0.0], [10.0, 0.0], [5.0, 9.0]])
    maps = affine_maps(frame, frame + 1, np.array([[0, 1, 2], [0, 3, 1], [0, 1, 3]]), SAME)
    assert not maps[:2].any()
    assert maps[2].any()


@given(meshes(1), st.floats(-3, 3), st.floats(-3, 3), st.floats(-2000, 2000))
@settings(max_examples=40, deadline=None)
def test_where_nothing_moved_the_map_is_the_alignment(
    mesh: tuple[list[np.ndarray], np.ndarray], a: float, b: float, t: float
) -> None:
    (frame,), triangles = mesh
    maps = affine_maps(frame, frame, triangles, Similarity(a, b, t, -t))
    expected = np.rint(np.array([a, -b, t, b, a, -t]) * (1 << MAP_BITS))
    assert (maps == expected).all()
