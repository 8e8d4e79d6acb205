"""Combining faces: exact at the ends, symmetric, linear between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import CANVAS, Drawn, drawn, moved

from morphkit.engine.align import GRID, Canvas, Similarity, on_grid
from morphkit.engine.color import decode_table
from morphkit.engine.morph import aligned, combine, frame, pinned, shape
from morphkit.engine.opening import _inside_weights
from morphkit.engine.stage import Look, pin, pose, stage
from morphkit.engine.warp import ONE
from morphkit.errors import GeometryError
from morphkit.faces.face import Face, Landmarks
from morphkit.faces.scheme import free_scheme

SAD = Drawn(mouth=0.25, smile=-0.05, eyes=0.03, hue=0.08)
GLAD = Drawn(mouth=0.1, smile=0.1, brows=0.05, angle=0.1, size=33)
PLAIN = Look(apertures=False, refine="off", texture="off")
"""A weighted sum and nothing else."""

LOOKS = [
    PLAIN,
    Look(),
    Look(light="srgb", sampler="bilinear", mask="hull", feather=3),
    Look(mask="none"),
]
PROCRUSTES = replace(CANVAS, align="procrustes")


def faces(*drawings: Drawn) -> list[Face]:
    return [d.face(expression=f"e{i}") for i, d in enumerate(drawings)]


@pytest.mark.parametrize("canvas", [CANVAS, PROCRUSTES], ids=["eyes", "procrustes"])
@pytest.mark.parametrize("look", LOOKS)
@given(drawn(), drawn(), drawn())
@settings(max_examples=8, deadline=None)
def test_weight_one_is_the_aligned_photo(
    canvas: Canvas, look: Look, one: Drawn, two: Drawn, three: Drawn
) -> None:
    cast, on = pinned(faces(one, two, three), canvas, look)
    for i, anchor in enumerate(cast.anchors):
        weights = [float(j == i) for j in range(3)]
        alone = frame(cast, weights, on)
        assert np.array_equal(alone.image, aligned(anchor, on))
        assert np.array_equal(alone.landmarks.points, anchor.landmarks.points)


def test_aligned_is_the_photo_sampled_once() -> None:
    """Against the float truth: the photo through its similarity, and nothing else."""
    face = replace(GLAD, size=28.0).face()
    (place,) = pose([face.landmarks], CANVAS)
    on = stage([place], [(96, 120)], CANVAS, Look(), ["photo"])
    back = place.to_canvas.inverse()
    light = oracle.light_of(face.image.astype(float))
    out = aligned(pin(face, place, on), on)
    for y, x in np.random.default_rng(1).integers((0, 0), (120, 96), (300, 2)):
        u, v = back(np.array([[x, y]], dtype=float))[0]
        if on.mask[y, x] == ONE:
            truth = oracle.codes_of(oracle.sampled(light, u, v, oracle.cubic))
            assert np.abs(out[y, x] - truth).max() <= 1


@pytest.mark.parametrize("canvas", [CANVAS, PROCRUSTES], ids=["eyes", "procrustes"])
@given(drawn(), drawn(), st.floats(-0.3, 1.3))
@settings(max_examples=15, deadline=None)
def test_swapping_faces_and_weights_changes_no_bit(
    canvas: Canvas, one: Drawn, two: Drawn, w: float
) -> None:
    a, b = faces(one, two)
    try:
        out = combine([a, b], [w, 1 - w], canvas=canvas)
    except GeometryError as error:
        assert not 0 <= w <= 1, "between the anchors nothing folds"
        assert error.code == "MK302"
        return
    swapped = combine([b, a], [1 - w, w], canvas=canvas)
    assert np.array_equal(out.image, swapped.image)
    assert np.array_equal(out.landmarks.points, swapped.landmarks.points)


@given(drawn(), st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_a_composite_of_copies_is_the_original(one: Drawn, count: int) -> None:
    copies = faces(*[one] * count)
    cast, on = pinned(copies, CANVAS, Look())
    out = frame(cast, [1 / count] * count, on)
    assert np.array_equal(out.image, aligned(cast.anchors[0], on))
    assert np.abs(out.landmarks.points - cast.anchors[0].landmarks.points).max() <= 1 / GRID


@given(drawn(), drawn(), drawn(), st.floats(-0.2, 1.2), st.floats(-0.2, 1.2))
@settings(max_examples=40, deadline=None)
def test_landmarks_are_the_weighted_sum(
    one: Drawn, two: Drawn, three: Drawn, u: float, v: float
) -> None:
    marks = [p.landmarks for p in pose([f.landmarks for f in faces(one, two, three)], CANVAS)]
    weights = [u, v, 1 - u - v]
    total = sum(w * m.points for w, m in zip(weights, marks, strict=True))
    got = shape(marks, weights).points
    assert np.abs(got - total).max() <= 0.5 / GRID + 1e-9
    assert np.array_equal(got, on_grid(got))


def test_transform_adds_a_difference() -> None:
    """Base + amount × (to − from), as weights; on equal faces the base comes out."""
    base, other = Drawn(hue=0.05, mouth=0.1), Drawn(smile=0.05)
    out = combine(faces(base, other, other), [1, -0.7, 0.7], canvas=CANVAS)
    plain = combine(faces(base, other, other), [1, 0, 0], canvas=CANVAS)
    assert np.array_equal(out.image, plain.image)
    assert np.array_equal(out.landmarks.points, plain.landmarks.points)


def test_a_caricature_goes_beyond() -> None:
    one, two = faces(Drawn(), Drawn(smile=0.05, hue=0.05))
    out = combine([one, two], [-0.5, 1.5], canvas=CANVAS)
    plain, glad = (combine([one, two], w, canvas=CANVAS) for w in ([1, 0], [0, 1]))
    rise = glad.landmarks.points - plain.landmarks.points
    assert np.allclose(out.landmarks.points - plain.landmarks.points, 1.5 * rise, atol=1.5 / GRID)
    y, x = 75, 25  # a cheek; skin gets redder and less blue
    assert plain.image[y, x, 0] < glad.image[y, x, 0] < out.image[y, x, 0]
    assert plain.image[y, x, 2] > glad.image[y, x, 2] > out.image[y, x, 2]


def test_light_adds_up_where_nothing_moves() -> None:
    """Same shape, other colours: each pixel is the weighted light of the two photos."""
    cast, on = pinned(faces(Drawn(hue=0.1), Drawn(hue=-0.1)), CANVAS, PLAIN)
    ends = [aligned(a, on) for a in cast.anchors]
    # where the sampler has not overshot black: written photos are clipped, summed ones not
    plain = (on.mask == ONE) & (np.minimum(*ends).min(axis=2) > 0)
    out = frame(cast, [0.3, 0.7], on).image[plain]
    light = [decode_table("linear")[end[plain]].astype(float) for end in ends]
    expected = oracle.codes_of((0.3 * light[0] + 0.7 * light[1]) / 32767)
    assert plain.sum() > 3000
    assert np.abs(out - expected).max() <= 1.01


@pytest.mark.parametrize("w", [0.004, 0.123, 0.5, 0.777])
def test_black_and_white_photos_give_the_weight_as_light(w: float) -> None:
    """However fine the weight: no rounding to percent on the way."""
    sources = [
        replace(face, image=np.full((160, 140, 3), code, dtype=np.uint8))
        for face, code in zip(faces(SAD, GLAD), (0, 255), strict=True)
    ]
    cast, on = pinned(sources, CANVAS, PLAIN)
    face = frame(cast, [1 - w, w], on).image[on.mask == ONE]
    assert (face == round(float(oracle.codes_of(np.array(w))))).all()


def test_against_the_oracle() -> None:
    """A frame of three photos, from nothing but the photos, their landmarks and the mesh."""
    drawings = [replace(d, size=s) for d, s in ((SAD, 24), (GLAD, 28), (Drawn(angle=-0.2), 29))]
    sources = faces(*drawings)
    weights = [0.5, 0.3, 0.2]
    look = replace(PLAIN, mask="none")
    cast, on = pinned(sources, CANVAS, look)
    out = frame(cast, weights, on)
    places = pose([f.landmarks for f in sources], CANVAS)
    canvas_points = sum(w * p.landmarks.points for w, p in zip(weights, places, strict=True))

    def way(to_canvas: Similarity) -> oracle.ToPhoto:
        back = to_canvas.inverse()
        return lambda x, y: (
            back.a * x - back.b * y + back.tx,
            back.b * x + back.a * y + back.ty,
        )

    material = [
        (
            on.mesh.vertices(p.landmarks.points),
            oracle.light_of(f.image.astype(float)),
            way(p.to_canvas),
        )
        for f, p in zip(sources, places, strict=True)
    ]
    rng = np.random.default_rng(4)
    pixels = list(zip(rng.integers(20, 76, 400), rng.integers(15, 105, 400), strict=True))
    frame_points = on.mesh.vertices(canvas_points)
    order = on.mesh.triangles[np.argsort(on.mesh.aperture)]
    truth = oracle.rendered(frame_points, order, material, weights, pixels)
    error = np.abs([out.image[y, x] for x, y in pixels] - truth)
    assert error.max() <= 1
    assert error.mean() < 0.3


def test_background_outside_the_mask() -> None:
    out = combine(faces(SAD, GLAD), [0.5, 0.5], canvas=CANVAS)
    assert (out.image[0] == 128).all()
    white = combine(faces(SAD, GLAD), [0.5, 0.5], canvas=replace(CANVAS, background=1.0))
    assert (white.image[0] == 255).all()


def test_the_mask_is_the_same_in_all_frames() -> None:
    """Flat photos: what differs between frames can only be the mask."""
    flat = np.full((120, 96, 3), 30, dtype=np.uint8)
    sources = [replace(f, image=flat) for f in faces(SAD, GLAD)]
    cast, on = pinned(sources, CANVAS, Look())
    first = frame(cast, [1, 0], on).image
    for w in (0.25, 0.5, 1.0):
        assert np.array_equal(frame(cast, [1 - w, w], on).image, first)
    assert (first[on.mask == ONE] == 30).all()


def test_no_crack_between_triangles() -> None:
    """White photos on black: a pixel that no triangle painted would stay black."""
    white = np.full((160, 140, 3), 255, dtype=np.uint8)
    sources = [replace(f, image=white) for f in faces(SAD, GLAD, Drawn(eyes=0.0))]
    cast, on = pinned(sources, replace(CANVAS, background=0.0), replace(PLAIN, mask="none"))
    for weights in ([0.3, 0.3, 0.4], [0, 0.6, 0.4], [0.1, 1.0, -0.1]):
        image = frame(cast, weights, on).image
        assert (image[on.mask == ONE] == 255).all()
        assert (image[on.mask == 0] == 0).all()


# --- what is refused -------------------------------------------------------------------


@pytest.mark.parametrize("weights", [[0.5, 0.4], [1.0], [0.5, 0.25, 0.25], [float("nan"), 1.0]])
def test_weights_that_do_not_sum_to_one(weights: Sequence[float]) -> None:
    with pytest.raises(GeometryError, match="MK304"):
        combine(faces(SAD, GLAD), weights, canvas=CANVAS)


def test_faces_of_different_schemes() -> None:
    face = SAD.face()
    other = Landmarks(
        replace(free_scheme(face.landmarks.scheme.points), right_pupil=(36,), left_pupil=(45,)),
        face.landmarks.points,
    )
    with pytest.raises(GeometryError, match="MK303") as raised:
        combine([face, replace(face, landmarks=other)], [0.5, 0.5], canvas=CANVAS)
    assert "free68" in raised.value.findings[0].message
    assert "ibug68" in raised.value.findings[0].suggestion


def test_a_frame_that_folds_names_its_landmarks() -> None:
    calm, wide = faces(Drawn(), Drawn(mouth=0.25, chin=1.45))
    with pytest.raises(GeometryError, match="MK302") as raised:
        combine([calm, wide], [3.5, -2.5], canvas=CANVAS)
    assert "weights [3.5, -2.5]" in raised.value.findings[0].file
    assert "ibug" in raised.value.findings[0].message


def test_a_misplaced_landmark_names_the_face() -> None:
    calm, glad = faces(SAD, Drawn())
    wrong = replace(glad, landmarks=moved(glad.landmarks, "ibug31", 0, 14))
    with pytest.raises(GeometryError, match="MK302") as raised:
        combine([calm, wrong], [0.5, 0.5], canvas=CANVAS)
    assert any(finding.file == "drawn e1" for finding in raised.value.findings)


def test_irises_of_others_cancel_in_a_transform() -> None:
    """Eyes narrower in what is added than in what is taken away leave the base's iris alone."""
    assert np.allclose(_inside_weights([1, 1 / 3, -1 / 3], [0.3, 0.2, 0.3]), [1, 1 / 3, -1 / 3])
    # without a negative weight, what is wider open shows more
    assert np.allclose(_inside_weights([0.5, 0.5], [0.3, 0.1]), [0.75, 0.25])
    # a mouth that only the added face opens shows that face's inside alone
    assert np.allclose(_inside_weights([1, 0.5, -0.5], [0, 0.2, 0]), [0, 1, 0])
