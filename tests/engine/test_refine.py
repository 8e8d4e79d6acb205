"""Residuals: found where they are known, shared fairly, and folding nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapes import IBUG, Drawn

from morphkit.engine import grid
from morphkit.engine.align import GRID, Canvas, Similarity
from morphkit.engine.blur import blurred
from morphkit.engine.cells import reduced
from morphkit.engine.evidence import View
from morphkit.engine.flow import FARTHEST, PASSES, details, search, step
from morphkit.engine.ghost import ghost
from morphkit.engine.morph import aligned, frame, pinned
from morphkit.engine.refine import Residual, _shrunk, _unfolded, shares
from morphkit.engine.source import Source
from morphkit.engine.stage import Look
from morphkit.engine.warp import DRIFT_BITS
from morphkit.faces.face import Face

SIDE, WIDTH = 256, 240.0
TRUST = np.ones((SIDE, SIDE), dtype=np.float32)


def skin(seed: int) -> np.ndarray:
    """Blotches and grain, as light."""
    rng = np.random.default_rng(seed)
    parts = [blurred(rng.normal(size=(SIDE + 64, SIDE + 64)), s) * s for s in (1.0, 3.0, 9.0)]
    return 9000 + 900 * sum(parts)


def moved(picture: np.ndarray, u: np.ndarray) -> np.ndarray:
    """What lay at p + u lies at p; cut to SIDE."""
    y, x = np.indices((SIDE, SIDE)) + 32.0
    x, y = x + u[..., 0], y + u[..., 1]
    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    b, a = (y - i)[..., None], (x - j)[..., None]
    p = picture[..., None]
    out = (p[i, j] * (1 - a) + p[i, j + 1] * a) * (1 - b)
    out += (p[i + 1, j] * (1 - a) + p[i + 1, j + 1] * a) * b
    return np.rint(out[..., 0]).astype(np.int64)


def bump(strength: float) -> np.ndarray:
    y, x = np.indices((SIDE, SIDE)) - SIDE / 2
    hill = np.exp(-(x * x + y * y) / (2 * 45.0**2))
    return strength * np.stack([hill, -0.5 * hill], axis=2)


def view(luminance: np.ndarray) -> View:
    y, x = np.indices((SIDE, SIDE)).astype(np.float32)
    return View(details(luminance, WIDTH), x, y)


def at_cells(u: np.ndarray) -> np.ndarray:
    cell = PASSES[-1].cell
    return np.stack([reduced(u[..., i], cell) for i in (0, 1)], axis=2)


@pytest.mark.parametrize("strength", [0.0, 1.0, 3.0, 6.0])
def test_a_known_residual_is_found(strength: float) -> None:
    """Two copies of one skin, moved apart by a smooth field: found within a fifth of a pixel."""
    u = bump(strength)
    a, b = moved(skin(1), u / 2), moved(skin(1), -u / 2)
    found = search(view(a), view(b), TRUST, WIDTH)
    error = np.sqrt(((found - at_cells(u)) ** 2).sum(axis=2))
    assert error[4:-4, 4:-4].mean() < 0.2
    assert np.percentile(error[4:-4, 4:-4], 95) < 0.5


def test_darker_light_is_no_motion() -> None:
    """A fold's shadow: half the light on one side."""
    x = np.arange(SIDE)
    shade = 0.75 + 0.25 * np.tanh((x - 128) / 40)
    a = moved(skin(2), 0 * bump(0))
    found = search(view(a), view(np.rint(a * shade).astype(np.int64)), TRUST, WIDTH)
    assert np.abs(found).max() < 0.5


def test_the_other_way_round_is_the_opposite_to_the_bit() -> None:
    a, b = (view(moved(skin(1), s * bump(3))) for s in (0.5, -0.5))
    assert np.array_equal(search(a, b, TRUST, WIDTH), -search(b, a, TRUST, WIDTH))


def test_no_residual_is_longer_than_the_farthest() -> None:
    a, b = view(moved(skin(3), bump(0))), view(moved(skin(4), bump(0)))
    found = search(a, b, TRUST, WIDTH)
    assert np.sqrt((found**2).sum(axis=2)).max() <= FARTHEST * WIDTH * (1 + 1e-9)


def test_what_is_not_trusted_has_no_say() -> None:
    a = moved(skin(5), bump(0))
    other = a.copy()
    other[96:160, 96:160] = moved(skin(6), bump(0))[96:160, 96:160]
    trust = TRUST.copy()
    trust[80:176, 80:176] = 0
    assert np.abs(search(view(a), view(other), trust, WIDTH)).max() < 0.3


def test_working_pixels() -> None:
    assert [step(w) for w in (60.0, 240.0, 374.0, 500.0, 1000.0)] == [1, 1, 2, 2, 4]


# --- folds -----------------------------------------------------------------------------


def nodes(rows: int = 12, columns: int = 10) -> np.ndarray:
    y, x = np.indices((rows, columns)) * float(grid.SPACING)
    return np.stack([x, y], axis=2)


def test_a_fold_is_seen_and_smoothed_away() -> None:
    field = np.zeros((12, 10, 2))
    field[5, 5] = [14.0, 0.0]  # beyond its neighbour, 8 px away
    assert _shrunk(nodes(), nodes() + field).any()
    smooth = _unfolded(field, [nodes(), nodes()])
    assert smooth.any()
    for sign in (-1, 1):
        assert not _shrunk(nodes(), nodes() + sign * smooth).any()


def test_a_gentle_field_stays() -> None:
    field = np.zeros((12, 10, 2))
    field[..., 0] = 0.2 * nodes()[..., 1]
    assert np.array_equal(_unfolded(field, [nodes(), nodes()]), field)


def test_what_the_mesh_has_closed_is_not_blamed() -> None:
    flat = nodes()
    flat[4:7, 3:6, 1] = flat[4, 3, 1]  # shut lips
    field = np.zeros((12, 10, 2))
    field[4:7, 3:6, 1] = [[0.2], [0.0], [-0.2]]
    assert _unfolded(field, [flat, flat]).any()


# --- sharing ---------------------------------------------------------------------------


def source(scale: float) -> Source:
    return Source(np.zeros((8, 8, 4), dtype=np.int16), Similarity(0.0, scale, 1.0, 2.0))


def test_shares_by_hand() -> None:
    """a gets −w_b·u, b gets +w_a·u; turned and scaled as its photo is."""
    field = np.zeros((2, 2, 2), dtype=np.int64)
    field[..., 0] = 4 * GRID
    pairs = {(0, 1): Residual(field, {}, {})}
    found = shares([0.75, 0.25], [source(1.0), source(2.0)], pairs)
    assert found is not None
    assert (found[0, 0] / (1 << DRIFT_BITS)).tolist() == [0.0, -1.0, 0.0, 6.0]
    assert shares([1.0, 0.0], [source(1.0), source(1.0)], {}) is None
    turned = {(0, 1): pairs[0, 1].turned()}
    other = shares([0.25, 0.75], [source(2.0), source(1.0)], turned)
    assert other is not None and np.array_equal(other[..., [2, 3, 0, 1]], found)


def test_three_faces_of_one_field_agree() -> None:
    """With consistent residuals, weights decide one common place."""
    place = {0: 0.0, 1: 3.0, 2: -2.0}
    pairs = {
        (i, j): Residual(np.full((2, 2, 2), int((place[j] - place[i]) * GRID)), {}, {})
        for i, j in ((0, 1), (0, 2), (1, 2))
    }
    w = [0.5, 0.2, 0.3]
    found = shares(w, [Source(source(1.0).pixels, Similarity(1, 0, 0, 0))] * 3, pairs)
    middle = sum(wi * place[i] for i, wi in enumerate(w))
    for i in range(3):
        assert found[0, 0, 2 * i] / (1 << DRIFT_BITS) == pytest.approx(place[i] - middle, abs=1e-4)


# --- on faces --------------------------------------------------------------------------

BIG = Canvas(width=192, height=240, eye_distance=70.0)


def grained(drawing: Drawn, shift: float) -> Face:
    """A drawn face with grain, which lies elsewhere than the landmarks say."""
    one = replace(drawing, size=70, x=95.5, y=107.5).face(expression=f"e{shift}")
    skin_tone = np.full((240, 192, 3), 150)
    noise = blurred(np.random.default_rng(7).normal(size=(300, 260)), 1.2)
    grain = noise / noise.std()
    y, x = np.indices(skin_tone.shape[:2])
    hill = shift * np.exp(-((x - 95) ** 2 + (y - 150) ** 2) / (2 * 30.0**2))
    left = np.clip(x + 20 + hill, 0, 258)
    j = left.astype(int)
    row = grain[y + 20, j] * (1 - left + j) + grain[y + 20, j + 1] * (left - j)
    return replace(one, image=np.clip(skin_tone + 14 * row[..., None], 0, 255).astype(np.uint8))


def test_a_frame_shows_one_grain_and_ends_stay_exact() -> None:
    faces = [grained(Drawn(), 2.0), grained(Drawn(), -2.0)]
    plain = Look(mask="none", apertures=False, refine="off", texture="off")
    sharp = {}
    for look in (plain, replace(plain, refine="flow")):
        cast, on = pinned(faces, BIG, look)
        for i, weights in enumerate(([1.0, 0.0], [0.0, 1.0])):
            assert np.array_equal(frame(cast, weights, on).image, aligned(cast.anchors[i], on))
        middle = frame(cast, [0.5, 0.5], on).image[130:170, 70:120, 1].astype(float)
        sharp[look.refine] = (middle - blurred(middle, 2.0)).std()
    assert sharp["flow"] > 1.3 * sharp["off"]
    one = cast.pairs[0, 1]
    assert one.after["rest"].mean < 0.5 * one.before["rest"].mean


def test_ghost_by_hand() -> None:
    """Three pixels everywhere, on outer corners 1.5 pupil distances apart."""
    cast, on = pinned([grained(Drawn(), 0.0)], BIG, Look(refine="off", texture="off"))
    scheme = cast.anchors[0].landmarks.scheme
    cells = (-(-240 // PASSES[-1].cell), -(-192 // PASSES[-1].cell))
    field = np.zeros((*cells, 2))
    field[..., 1] = 3.0
    trust = (on.mask > 0).astype(np.float32)
    found = ghost(field, trust, on, scheme)
    assert set(found) == {"eyes", "mouth", "brows", "rest"}
    unit = float(
        np.hypot(*(cast.anchors[0].landmarks.points[45] - cast.anchors[0].landmarks.points[36]))
    )
    for size in found.values():
        assert size.mean == pytest.approx(100 * 3 / unit) == size.p95
    assert ghost(field, 0 * trust, on, IBUG) == {}
