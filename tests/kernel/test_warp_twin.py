"""The kernel's frames are the reference's, bit for bit, whatever the job."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit import native
from morphkit.engine import grid
from morphkit.engine.align import GRID, Similarity
from morphkit.engine.color import encode_table
from morphkit.engine.raster import Cover, cover, owners
from morphkit.engine.sample import MAP_BITS, tap_table
from morphkit.engine.source import PAD, Source
from morphkit.engine.texture import amplitudes, bands, carried, restore, window
from morphkit.engine.warp import DRIFT_BITS, ONE, Drift, Job, Opening, light, render, written
from twins import by_reference, needs_kernel

pytestmark = needs_kernel
SAME = Similarity(1.0, 0.0, 0.0, 0.0)
SEEDS = st.integers(0, 2**32 - 1)


def source(rng: np.random.Generator) -> Source:
    """Any light that a source may hold: also below black, as lifted ones do."""
    height, width = rng.integers(1, 30, 2) + 2 * PAD
    low = rng.choice([0, -(1 << 14)])
    kind = rng.integers(0, 3)
    if kind == 0:  # as steep as can be: the sampler overshoots
        pixels = rng.choice([low, 32767], (height, width, 4))
    else:
        pixels = rng.integers(low, 32768, (height, width, 4))
    return Source(pixels.astype(np.int16), SAME)


def maps(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Affine maps: gentle, steep, far off, closed."""
    m = np.zeros((*shape, 6))
    m[..., [0, 4]] = 1
    m += rng.normal(0, rng.choice([0.01, 0.5, 40.0]), m.shape)
    m[..., [2, 5]] += rng.normal(0, rng.choice([0.0, 5.0, 1e4]), (*shape, 2))
    m[rng.random(shape) < 0.1] = 0
    return np.rint(m * (1 << MAP_BITS)).astype(np.int64)


def weights(rng: np.random.Generator, count: int) -> np.ndarray:
    """Summing to one, or to less; small, negative, or too large for 32-bit sums."""
    w = rng.uniform(-1, 1, count) * rng.choice([0.3, 2.0, 6.0]) * (rng.random(count) < 0.8)
    if rng.random() < 0.7:
        w = np.abs(w) / max(np.abs(w).sum(), 1e-9)
    return np.rint(w * ONE).astype(np.int64)


def an_opening(rng: np.random.Generator, width: int, height: int, k: int, t: int) -> Opening:
    left, top = int(rng.integers(0, width)), int(rng.integers(0, height))
    size = int(rng.integers(0, height - top + 1)), int(rng.integers(0, width - left + 1))
    parts = rng.integers(0, 65, size) * (rng.random(size) < 0.7)
    balls = maps(rng, k) if rng.random() < 0.5 else None
    return Opening(
        Cover(left, top, parts.astype(np.uint8)), weights(rng, k), maps(rng, k, t), balls
    )


def a_drift(rng: np.random.Generator, width: int, height: int, k: int, t: int) -> Drift:
    far = rng.choice([1.0, 50.0, 255.0]) * (1 << DRIFT_BITS)
    nodes = np.rint(rng.uniform(-far, far, (*grid.size(width, height), 2 * k)))
    return Drift(maps(rng, t), nodes.astype(np.float32))


def a_job(seed: int) -> Job:
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(1, 40, 2))
    count, t = int(rng.integers(1, 5)), int(rng.integers(1, 12))
    corners = np.array([(-0.5, -0.5), (width - 0.5, -0.5), (width, height), (-0.5, height - 0.5)])
    points = np.vstack([corners, rng.uniform(-5, max(width, height) + 5, (t, 2))])
    where = GRID if rng.random() < 0.8 else 1  # also on pixel centres
    vertices = np.rint(np.rint(points * where) * (GRID / where)).astype(np.int64)
    triangles = np.vstack(  # whole canvas first, then any, also turned over or without area
        [[(0, 1, 2), (0, 2, 3)], rng.integers(0, len(vertices), (t, 3))]
    )
    t = len(triangles)
    mask = rng.integers(0, ONE + 1, (height, width)) * (rng.random((height, width)) < 0.7)
    mask = np.where(rng.random((height, width)) < 0.5, mask, ONE)
    openings = [an_opening(rng, width, height, count, t) for _ in range(int(rng.integers(0, 3)))]
    return Job(
        vertices,
        triangles,
        maps(rng, count, t),
        [source(rng) for _ in range(count)],
        weights(rng, count),
        mask.astype(np.int32),
        int(rng.integers(0, 32768)),
        encode_table("linear"),
        str(rng.choice(["catmull-rom", "bilinear"])),
        a_drift(rng, width, height, count, t) if rng.random() < 0.5 else None,
        openings,
    )


@given(SEEDS)
@settings(max_examples=400, deadline=None)
def test_light_and_codes(seed: int) -> None:
    job = a_job(seed)
    where = np.random.default_rng(seed).random(job.mask.shape) < 0.8
    found, expected = light(job, where), by_reference(light, job, where)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)
    assert np.array_equal(written(job, found), by_reference(written, job, found))
    assert np.array_equal(render(job), by_reference(render, job))


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_owners(seed: int) -> None:
    job = a_job(seed)
    height, width = job.mask.shape
    found = owners(job.vertices, job.triangles, width, height)
    expected = by_reference(owners, job.vertices, job.triangles, width, height)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_cover(seed: int) -> None:
    """Outlines of any form: crossing themselves, level sides, outside the picture."""
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(1, 30, 2))
    points = rng.uniform(-8, 34, (int(rng.integers(1, 9)), 2)) * rng.choice([0.2, 1.0])
    where = rng.choice([1, 8, GRID])
    ring = np.rint(np.rint(points * where) * (GRID / where)).astype(np.int64)
    found, expected = cover(ring, width, height), by_reference(cover, ring, width, height)
    assert (found.left, found.top) == (expected.left, expected.top)
    assert found.parts.dtype == expected.parts.dtype
    assert np.array_equal(found.parts, expected.parts)


@given(SEEDS, st.floats(20, 400))
@settings(max_examples=100, deadline=None)
def test_texture(seed: int, face_width: float) -> None:
    rng = np.random.default_rng(seed)
    height, width = (int(side) for side in rng.integers(1, 80, 2))
    top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
    mask = np.zeros((height, width), np.int32)
    mask[top : top + int(rng.integers(0, 60)), left : left + int(rng.integers(0, 60))] = 1
    mask *= rng.random(mask.shape) < rng.choice([0.99, 1.0])
    around = window(mask, face_width)
    frame = rng.integers(-70000, 70000, (height, width, 3)) // int(rng.choice([1, 3, 100]))
    spared = rng.integers(0, 65, mask.shape) * (rng.random(mask.shape) < 0.2)
    spared = np.maximum(spared, around.hidden).astype(np.uint8)
    target = rng.uniform(0, 3000, (*grid.size(around.width, around.height), 2))
    found, expected = frame.astype(np.int32), frame.astype(np.int32)
    own = amplitudes(found, around, face_width)
    assert np.array_equal(own, by_reference(amplitudes, expected, around, face_width))
    gains = restore(found, around, target, spared, face_width)
    same = by_reference(restore, expected, around, target, spared, face_width)
    assert np.array_equal(gains, same)
    assert np.array_equal(found, expected)
    tone = expected[..., 0]
    assert np.array_equal(bands(tone, face_width), by_reference(bands, tone, face_width))


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_carried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((70, 60), np.int32)
    mask[int(rng.integers(0, 60)) :, int(rng.integers(0, 50)) :] = 1
    around = window(mask, 50.0)
    corners = np.array([[-0.5, -0.5], [59.5, -0.5], [59.5, 69.5], [-0.5, 69.5]])
    frame = np.vstack([corners, rng.uniform(10, 50, (1, 2))])
    anchor = np.vstack([corners, rng.uniform(-40, 90, (1, 2))])
    triangles = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    own = rng.uniform(0, 900, (*grid.size(around.width, around.height), 2))
    found = carried(own, frame, anchor, triangles, around)
    assert np.array_equal(found, by_reference(carried, own, frame, anchor, triangles, around))


def test_threads_do_not_share_anything() -> None:
    from concurrent.futures import ThreadPoolExecutor

    jobs = [a_job(seed) for seed in range(40)]
    alone = [render(job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(render, jobs * 5))
    assert all(np.array_equal(a, b) for a, b in zip(alone * 5, together, strict=True))


def packed(**change: object) -> tuple[object, ...]:
    job = a_job(1)
    parts = {
        "vertices": job.vertices,
        "triangles": job.triangles,
        "maps": job.maps,
        "sources": tuple(one.pixels for one in job.sources),
        "weights": job.weights,
        "taps": tap_table("bilinear"),
        "bilinear": True,
        "drift": None,
        "openings": (),
    }
    return tuple((parts | change).values())


ONE_JOB = a_job(1)
PARTS = np.zeros((2, 2), np.uint8)
NODES = np.zeros((2, 2, 2 * len(ONE_JOB.sources)), np.float32)
WHOLE = (ONE_JOB.weights, ONE_JOB.maps, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vertices": ONE_JOB.vertices + (1 << 30)}, "vertices: point 0 is too far away"),
        ({"vertices": ONE_JOB.vertices[:2]}, "no such vertex"),
        ({"triangles": ONE_JOB.triangles - 1}, "triangles: 0 has no such vertex"),
        ({"triangles": ONE_JOB.triangles[:0], "maps": ONE_JOB.maps[:, :0]}, "there are none"),
        ({"triangles": ONE_JOB.triangles.astype(np.int32)}, "triangles: wanted int64"),
        ({"maps": ONE_JOB.maps[:, 1:].copy()}, "one for each source and triangle"),
        ({"maps": ONE_JOB.maps[..., :4].copy()}, "one for each source and triangle"),
        ({"weights": ONE_JOB.weights * 0 + (1 << 40)}, "weights: too large"),
        ({"sources": (np.zeros((6, 9, 4), np.int16),) * 4}, "wanted padded pixels"),
        ({"sources": (np.zeros((9, 9, 3), np.int16),) * 4}, "wanted padded pixels"),
        ({"sources": (np.zeros((9, 9, 4), np.uint16),) * 4}, "source: wanted int16"),
        ({"taps": tap_table("bilinear")[:9].copy()}, "taps: wanted 1024 of 4"),
        ({"drift": (ONE_JOB.maps[0, 1:], NODES)}, "drift maps: wanted one for each"),
        ({"drift": (ONE_JOB.maps[0], NODES[:1])}, "at two nodes or more"),
        ({"drift": (ONE_JOB.maps[0], NODES * np.nan)}, "drift grid: too far"),
        ({"drift": (ONE_JOB.maps[0], NODES + np.float32(2**22))}, "drift grid: too far"),
        ({"openings": ((-1, 0, PARTS, *WHOLE),)}, "opening: outside the canvas"),
        ({"openings": ((0, 1 << 40, PARTS, *WHOLE),)}, "opening: outside the canvas"),
        ({"openings": ((0, 0, PARTS, *WHOLE[:2], ONE_JOB.maps[0][:0]),)}, "one map for each"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    where = np.ones(ONE_JOB.mask.shape, bool)
    out = np.zeros((*where.shape, 3), np.int32)
    native.kernel.light(packed(), where, out)
    with pytest.raises((TypeError, ValueError), match=message):
        native.kernel.light(packed(**change), where, out)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ({"mask": np.zeros((3, 3), np.int32)}, "out: side 0"),
        ({"background": -1}, "light in their range"),
        ({"encode": encode_table("linear")[:-1].copy()}, "wanted 32768 codes"),
        ({"out": np.zeros((*ONE_JOB.mask.shape, 4), np.uint8)}, "wanted three channels"),
    ],
)
def test_pages_that_do_not_fit_are_refused(page: dict[str, object], message: str) -> None:
    parts = {
        "mask": ONE_JOB.mask,
        "background": 0,
        "encode": encode_table("linear"),
        "out": np.zeros((*ONE_JOB.mask.shape, 3), np.uint8),
    }
    native.kernel.render(packed(), *parts.values())
    with pytest.raises(ValueError, match=message):
        native.kernel.render(packed(), *(parts | page).values())


def test_what_must_not_be_written_is_not() -> None:
    out = np.zeros((*ONE_JOB.mask.shape, 3), np.uint8)
    out.flags.writeable = False
    with pytest.raises((BufferError, ValueError)):
        native.kernel.render(packed(), ONE_JOB.mask, 0, encode_table("linear"), out)
    assert replace(ONE_JOB, sampler="bilinear").sampler == "bilinear"
