"""Where the face is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import CANVAS, Drawn, drawn

from morphkit.engine.align import Canvas, Similarity
from morphkit.engine.mask import FOREHEAD, Shape, convex_hull, mask, oval
from morphkit.engine.warp import ONE
from morphkit.faces.face import Landmarks

WIDE = (Similarity(1.0, 0.0, -100.0, -100.0), 400, 400)
"""A photo that covers the canvas and more."""

MEAN = Drawn(x=47.5, y=53.0).landmarks()


def shown(shape: Shape, feather: float, *photos: tuple[Similarity, int, int]) -> np.ndarray:
    return mask(shape, feather, MEAN, CANVAS, photos or [WIDE])[0]


def test_the_oval_by_hand() -> None:
    """Jaw 47.5 ± 1.25 · 30; chin 53 + 1.6 · 30; forehead 0.8 times that above the eyes."""
    cx, cy, a, b = oval(MEAN)
    assert FOREHEAD == 0.8
    assert (cx, a) == (47.5, 37.5)
    assert (cy - b, cy + b) == (pytest.approx(53 - 0.8 * 48), pytest.approx(53 + 48))


def test_a_wide_face_has_a_tall_oval() -> None:
    """Twice as wide: the oval is 1.15 times as tall as wide, and still ends at the chin."""
    wide = MEAN.replaced(MEAN.points * [2, 1])
    cx, cy, a, b = oval(wide)
    assert (cx, a) == (95, 75)
    assert (b, cy + b) == (pytest.approx(1.15 * 75), pytest.approx(53 + 48))


def test_the_oval_is_shown_up_to_its_extremes() -> None:
    alpha = shown("oval", 0)
    x, y = (np.nonzero(alpha.any(axis=axis))[0] for axis in (0, 1))
    assert (x.min(), x.max()) == (10, 85)  # 47.5 ± 37.5
    assert (y.min(), y.max()) == (15, 101)  # 53 − 38.4 = 14.6, 53 + 48 = 101
    assert (alpha >= ONE // 2).sum() == pytest.approx(np.pi * 37.5 * 43.2, rel=0.005)


@pytest.mark.parametrize("feather", [0, 1, 4, 8])
def test_the_feather_ramps_inside(feather: float) -> None:
    alpha = shown("oval", feather)
    assert (alpha.min(), alpha.max()) == (0, ONE)
    inner = alpha[58, : 47 + 1].astype(int)  # from the left edge to the middle
    assert (np.diff(inner) >= 0).all()
    ramp = ((inner > 0) & (inner < ONE)).sum()
    assert abs(ramp - max(feather, 1)) <= 1
    assert alpha[58, 9] == 0
    hard = shown("oval", 0) > 0
    assert not (alpha[~hard] > 0).any()


def test_the_ramp_is_smooth_and_half_way_half() -> None:
    """Four pixels into a feather of eight: 3 · ½² − 2 · ½³ = ½."""
    alpha = shown("none", 8, (Similarity(1.0, 0.0, 10.5, -100.0), 400, 400))
    row = alpha[60]
    # the photo's outer edge lies at x = 10, so x = 14 is four pixels inside
    assert row[10] == 0
    assert row[14] == ONE // 2
    assert row[12] == round(ONE * (3 / 16 - 2 / 64))
    assert row[18] == ONE


def test_the_hull_shows_the_landmarks_and_no_more() -> None:
    seen = shown("hull", 0) > 0
    ring = convex_hull(MEAN.points)
    y, x = np.mgrid[0:120, 0:96]
    depth = np.full(x.shape, np.inf)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        away = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / np.hypot(bx - ax, by - ay)
        depth = np.minimum(depth, away)
    assert seen[depth > 0.5].all()
    assert not seen[depth < -0.5].any()
    points = np.rint(MEAN.points).astype(int)
    inner = points[17:]
    assert seen[inner[:, 1], inner[:, 0]].all()


def test_no_mask_is_all_of_the_canvas() -> None:
    assert (shown("none", 8) == ONE).all()


def test_only_edges_inside_the_canvas_are_soft() -> None:
    exact = (Similarity(1.0, 0.0, 0.0, 0.0), 96, 120)
    assert (shown("none", 8, exact) == ONE).all()
    alpha = shown("none", 8, (Similarity(1.0, 0.0, 0.0, 1.0), 96, 120))  # one row short
    assert (alpha[0] == 0).all()
    assert (alpha[1] < ONE).all()
    assert (alpha[9:] == ONE).all(), "the sides and the lower edge are not"


def test_convex_hull_by_hand() -> None:
    points = np.array([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1], [2, 0], [1, 2]], dtype=float)
    assert convex_hull(points).tolist() == [[0, 0], [4, 0], [4, 3], [0, 3]]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=20))
@settings(max_examples=50)
def test_convex_hull_goes_round_all_points(places: list[tuple[int, int]]) -> None:
    points = np.array(places, dtype=float)
    if np.linalg.matrix_rank(points - points[0]) < 2:
        return
    ring = convex_hull(points)
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        side = (b[0] - a[0]) * (points[:, 1] - a[1]) - (b[1] - a[1]) * (points[:, 0] - a[0])
        assert (side >= 0).all()
    assert {tuple(p) for p in ring} <= {tuple(p) for p in points}


# --- photos that end inside the face ---------------------------------------------------

LEFT_HALF = (Similarity(1.0, 0.0, 0.0, 0.0), 48, 120)
"""Its outer edge lies at x = 47.5, the middle of the oval."""


def test_where_a_photo_ends_the_background_is_shown() -> None:
    alpha, lost = mask("oval", 4, MEAN, CANVAS, [WIDE, LEFT_HALF])
    assert (alpha[:, 48:] == 0).all()
    assert (np.diff(alpha[58, 40:49].astype(int)) <= 0).all()
    assert lost == pytest.approx([0, 0.5], abs=0.01)


def test_lost_by_hand() -> None:
    """Without a mask, a photo that ends after 72 of 96 columns and 90 of 120 rows."""
    part = (Similarity(2.0, 0.0, 0.5, 0.5), 36, 45)  # twice enlarged: outer edge at 71.5, 89.5
    alpha, lost = mask("none", 0, MEAN, CANVAS, [part])
    assert lost.tolist() == [1 - 72 * 90 / (96 * 120)]
    assert (alpha[:90, :72] == ONE).all()
    assert not alpha[90:].any()
    assert not alpha[:, 72:].any()


def test_what_one_photo_lacks_does_not_hide_what_another_lacks() -> None:
    _, alone = mask("oval", 4, MEAN, CANVAS, [LEFT_HALF])
    _, both = mask("oval", 4, MEAN, CANVAS, [LEFT_HALF, LEFT_HALF])
    assert both.tolist() == [alone[0], alone[0]]


@given(drawn(photo=False), st.sampled_from(["oval", "hull", "none"]), st.floats(0, 12))
@settings(max_examples=30, deadline=None)
def test_the_mask_stays_in_range_and_the_order_of_photos_does_not_matter(
    face: Drawn, shape: Shape, feather: float
) -> None:
    photos = [LEFT_HALF, (Similarity(0.9, 0.3, 10.0, -20.0), 90, 110), WIDE]
    alpha, lost = mask(shape, feather, face.landmarks(), CANVAS, photos)
    other, again = mask(shape, feather, face.landmarks(), CANVAS, photos[::-1])
    assert np.array_equal(alpha, other)
    assert lost.tolist() == again[::-1].tolist()
    assert (alpha.min() >= 0) and (alpha.max() <= ONE)
    assert ((lost >= 0) & (lost <= 1)).all()


def test_a_scheme_without_jaw_takes_all_landmarks() -> None:
    scheme = MEAN.scheme
    bare = Landmarks(replace(scheme, groups=()), MEAN.points)
    assert oval(bare) == oval(MEAN)


def test_an_oval_larger_than_the_canvas_is_cut_by_it() -> None:
    alpha, _ = mask("oval", 4, MEAN, Canvas(40, 50, 30.0), [WIDE])
    assert alpha.shape == (50, 40)
