"""Open mouths and eyes: what is seen in them, and from whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import CANVAS, IBUG, Drawn

from morphkit.engine.align import on_grid
from morphkit.engine.aperture import gap, narrowed, outline
from morphkit.engine.color import decode_table
from morphkit.engine.mesh import build_mesh
from morphkit.engine.morph import combine, frame, pinned
from morphkit.engine.opening import CLOSED, openings, openness, with_eyes
from morphkit.engine.source import PAD
from morphkit.engine.stage import Look, Pose, pin, pose, stage
from morphkit.errors import GeometryError
from morphkit.faces.face import Face, Landmarks
from morphkit.faces.scheme import free_scheme

BIG = replace(CANVAS, width=192, height=240, eye_distance=60.0)
MOUTH, RIGHT_EYE, LEFT_EYE = IBUG.apertures
SHUT, WIDE = Drawn(mouth=0.0, eyes=0.0, size=60), Drawn(mouth=0.3, eyes=0.12, size=60)
ONLY = Look(mask="none", refine="off", texture="off")


def face(drawing: Drawn) -> Face:
    return replace(drawing, x=95.5, y=107.5).face(expression="e")


def painted(drawing: Drawn, skin: int, inside: int) -> Face:
    """Grey skin, and another grey inside mouth and eyes."""
    one = face(drawing)
    image = np.full((240, 192, 3), skin, dtype=np.uint8)
    marks = Landmarks(one.landmarks.scheme, one.landmarks.points)
    whole = replace(one, image=image, landmarks=marks)
    pixels = pin(whole, *_staged(whole)).source.pixels[PAD:-PAD, PAD:-PAD, 3]
    image = image.copy()
    y, x = np.indices(image.shape[:2])
    ring = outline(MOUTH, marks.points)
    low, high = ring.min(axis=0), ring.max(axis=0)
    mouth = (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1])
    image[(pixels > 0) | (mouth & (drawing.mouth > 0))] = inside
    return replace(one, image=image)


def _staged(one: Face) -> tuple[Pose, object]:
    (place,) = pose([one.landmarks], BIG)
    return place, stage([place], [one.image.shape[1::-1]], BIG, ONLY, ["one"])


def test_openness_by_hand() -> None:
    """Lips 18 px apart, eyes 60: the root of 0.3² − CLOSED², and nothing when they touch."""
    points = pose([face(WIDE).landmarks], BIG)[0].landmarks.points
    assert gap(MOUTH, points) == pytest.approx(18, abs=0.01)
    assert openness(MOUTH, points, 60.0) == pytest.approx(np.sqrt(0.09 - CLOSED**2), abs=1e-4)
    shut = pose([face(SHUT).landmarks], BIG)[0].landmarks.points
    assert openness(MOUTH, shut, 60.0) == 0
    noisy = pose([face(replace(SHUT, mouth=0.9 * CLOSED)).landmarks], BIG)[0].landmarks.points
    assert openness(MOUTH, noisy, 60.0) == 0


def test_narrowed_pairs_meet_where_they_should() -> None:
    points = np.zeros((68, 2))
    points[list(MOUTH.upper)] = [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]
    points[list(MOUTH.lower)] = [(0, 0), (1, 6), (2, 6), (3, 6), (4, 0)]
    half = narrowed(MOUTH, points, 0.5, 1 / 3)
    assert half[list(MOUTH.upper[1:-1]), 1].tolist() == pytest.approx([1, 1, 1])
    assert half[list(MOUTH.lower[1:-1]), 1].tolist() == pytest.approx([4, 4, 4])
    assert np.array_equal(narrowed(MOUTH, points, 1.0), points)


def parts(a: Drawn, b: Drawn, level: float) -> dict[int, float]:
    """Seen area of each opening of a frame, in px."""
    places = pose([face(a).landmarks, face(b).landmarks], BIG)
    marks = [p.landmarks for p in places]
    mesh = build_mesh(IBUG, np.stack([m.points for m in marks]), BIG, ["a", "b"])
    points = on_grid((1 - level) * marks[0].points + level * marks[1].points)
    one = pin(face(a), *_staged(face(a))).source
    w = (1 - level, level)
    found = openings(marks[0].replaced(points), marks, [one, one], w, w, BIG, mesh)
    return {i: o.cover.parts.sum() / 64 for i, o in enumerate(found)}


def test_shut_faces_show_nothing_at_any_level() -> None:
    nearly = replace(SHUT, mouth=0.9 * CLOSED, eyes=0.4 * CLOSED)
    assert all(parts(SHUT, nearly, level) == {} for level in (0.0, 0.3, 0.5, 1.0))


@given(st.floats(0, 0.3), st.floats(0, 0.3))
@settings(max_examples=15, deadline=None)
def test_what_is_seen_grows_evenly(one: float, other: float) -> None:
    """Monotone in level, and without a jump when a mouth begins to open."""
    a, b = replace(SHUT, mouth=min(one, other)), replace(SHUT, mouth=max(one, other))
    areas = np.array([parts(a, b, level).get(0, 0.0) for level in np.linspace(0, 1, 21)])
    steps = np.diff(areas)
    assert (steps >= -0.6).all()
    assert steps.max() <= 2.5 * max(areas[-1] - areas[0], 0) / 20 + 3


def test_no_teeth_through_lips_no_lips_over_teeth() -> None:
    """A shut grey mouth and an open one that is white inside: white inside, at every level."""
    shut, wide = painted(SHUT, 90, 90), painted(WIDE, 90, 250)
    for level in (0.55, 0.8):
        out = combine([shut, wide], [1 - level, level], canvas=BIG, look=ONLY)
        middle = outline(MOUTH, out.landmarks.points).mean(axis=0).round().astype(int)
        assert out.image[middle[1], middle[0]].min() >= 248
        plain = combine(
            [shut, wide], [1 - level, level], canvas=BIG, look=replace(ONLY, apertures=False)
        )
        assert plain.image[middle[1], middle[0]].max() < 240, "the check can fail"


def test_a_slit_is_dark() -> None:
    """A quarter as open as its source: half the light, and never a glowing ribbon."""
    shut, wide = painted(SHUT, 90, 90), painted(WIDE, 90, 250)
    out = combine([shut, wide], [0.75, 0.25], canvas=BIG, look=ONLY)
    middle = outline(MOUTH, out.landmarks.points).mean(axis=0).round().astype(int)
    shown, full = (
        decode_table("linear")[code] for code in (out.image[middle[1], middle[0], 1], 250)
    )
    assert shown / full == pytest.approx(0.5, abs=0.03)


def test_an_iris_is_not_squeezed() -> None:
    """A disc in an open eye stays as high as it is, and lids cover the rest of it."""
    wide, narrow = face(replace(WIDE, eyes=0.2)), face(replace(WIDE, eyes=0.0))
    y, x = np.indices((240, 192))
    image = np.full((240, 192, 3), 200, dtype=np.uint8)
    for eye in (RIGHT_EYE, LEFT_EYE):
        centre = wide.landmarks.points[[eye.upper[0], eye.upper[-1]]].mean(axis=0)
        image[np.hypot(x - centre[0], y - centre[1]) < 5] = 20
    wide = replace(wide, image=image)
    narrow = replace(narrow, image=np.full_like(image, 200))
    out = combine([narrow, wide], [0.3, 0.7], canvas=BIG, look=ONLY).image[..., 0]
    dark = out < 100
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark[:, :96].any(axis=0))
    assert abs(len(columns) - 10) <= 1 and abs(len(rows) - 10) <= 1
    squeezed = combine(
        [narrow, wide], [0.3, 0.7], canvas=BIG, look=replace(ONLY, apertures=False)
    ).image[..., 0]
    assert (squeezed < 100).sum() < 0.8 * dark.sum(), "the check can fail"


def test_gazes_meet_in_the_middle() -> None:
    """One eye looks left, one right: one iris, halfway, and no second one."""
    scheme_points = ["iris_right", "iris_left"]
    faces = []
    for shift in (-4.0, 4.0):
        one = face(replace(WIDE, eyes=0.2))
        centres = [
            one.landmarks.points[[e.upper[0], e.upper[-1]]].mean(axis=0) + np.array([shift, 0.0])
            for e in (RIGHT_EYE, LEFT_EYE)
        ]
        y, x = np.indices((240, 192))
        image = np.full((240, 192, 3), 200, dtype=np.uint8)
        for centre in centres:
            image[np.hypot(x - centre[0], y - centre[1]) < 4] = 20
        marks = Landmarks(
            IBUG.extended(scheme_points), np.concatenate([one.landmarks.points, centres])
        )
        faces.append(replace(one, image=image, landmarks=marks))
    out = combine(faces, [0.5, 0.5], canvas=BIG, look=ONLY)
    dark = out.image[..., 0] < 60
    assert dark.sum() > 0.8 * 2 * np.pi * 16
    columns = np.flatnonzero(dark[:, :96].any(axis=0))
    assert columns.mean() == pytest.approx(out.landmarks.points[-2, 0], abs=0.6)


def test_sources_know_their_open_eyes() -> None:
    place, on = _staged(face(WIDE))
    source = pin(face(WIDE), place, on).source
    seen = with_eyes(source, place.landmarks, 60.0).pixels[..., 3]
    wide = sum(gap(e, place.landmarks.points) for e in (RIGHT_EYE, LEFT_EYE))
    assert 0.5 * 15 * wide < (seen / 32767).sum() < 30 * wide
    shut = pin(face(SHUT), *_staged(face(SHUT))).source
    assert not shut.pixels[..., 3].any()


def test_ends_are_exact_with_open_and_shut_mouths() -> None:
    cast, on = pinned([face(SHUT), face(WIDE)], BIG, Look())
    for i, weights in enumerate(([1.0, 0.0], [0.0, 1.0])):
        alone, single = pinned([face((SHUT, WIDE)[i])], BIG, Look())
        del alone, single
        out = frame(cast, weights, on).image
        plain = frame(cast, weights, replace(on, look=replace(on.look, apertures=False))).image
        assert np.array_equal(out, plain)


def test_a_transform_takes_an_inside_away() -> None:
    """Base + (to − from) with equal faces: the base, its open mouth too."""
    base, other = painted(WIDE, 90, 250), painted(replace(WIDE, mouth=0.2), 120, 30)
    out = combine([base, other, other], [1, -0.8, 0.8], canvas=BIG, look=ONLY)
    plain = combine([base, other, other], [1, 0, 0], canvas=BIG, look=ONLY)
    assert np.array_equal(out.image, plain.image)


def test_apertures_with_a_scheme_that_has_none() -> None:
    one = face(WIDE)
    bare = replace(free_scheme(one.landmarks.scheme.points), right_pupil=(36,), left_pupil=(45,))
    other = replace(one, landmarks=Landmarks(bare, one.landmarks.points))
    with pytest.raises(GeometryError, match="MK313"):
        combine([other, other], [0.5, 0.5], canvas=BIG)
    combine([other, other], [0.5, 0.5], canvas=BIG, look=ONLY.__class__(apertures=False))
