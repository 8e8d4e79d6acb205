"""Distances: by hand, as metrics should behave, along a dissolve; and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from compared import PICTURE_METRICS, apart, face, flat, grey, light, mixed, noise, oval
from hypothesis import given, settings
from hypothesis import strategies as st
from portraits import infant

import morphkit
from morphkit import distance
from morphkit.errors import TemplateError, UsageError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.measure.colour import linear
from morphkit.measure.distance import Prepared, compare, comparison, prepare
from morphkit.measure.metrics import METRICS
from morphkit.study.calibrated import METRICS as SPACING_METRICS
from morphkit.study.spacing import spacing

LINEAR_128, LINEAR_64 = 0.2158605, 0.0512695
"""((128/255 + 0.055) / 1.055)^2.4, and of 64."""

TRUE_METRICS = ("rmse", "mae", "gabor_jet")


def test_every_metric_for_pictures_is_computed() -> None:
    assert [*apart(flat(1), flat(2))] == [*PICTURE_METRICS]
    assert {*METRICS} == {*PICTURE_METRICS, "landmark_path"} == {*SPACING_METRICS}
    assert morphkit.distance is distance


def test_light_of_two_greys_by_hand() -> None:
    for metric in ("rmse", "mae"):
        assert distance(metric, flat(0), flat(255)) == 1
        found = distance(metric, flat(128), flat(64))
        assert found == pytest.approx(LINEAR_128 - LINEAR_64, abs=3e-5)


def test_light_where_a_part_differs() -> None:
    """Half of the pixels: half, and 1/√2.  One channel: a third, and 1/√3."""
    half = flat(0)
    half[:, :15] = 255
    assert distance("mae", flat(0), half) == pytest.approx(1 / 2)
    assert distance("rmse", flat(0), half) == pytest.approx(np.sqrt(1 / 2))
    assert distance("mae", flat(0), flat(0, 255, 0)) == pytest.approx(1 / 3)
    assert distance("rmse", flat(0), flat(0, 255, 0)) == pytest.approx(np.sqrt(1 / 3))


def test_colour_of_two_greys_by_hand() -> None:
    """Black and white are 100 of lightness apart, whose mean 50 has weight 1."""
    assert distance("ciede2000", flat(0), flat(255)) == pytest.approx(100, rel=1e-5)
    half = flat(0)
    half[:5] = 255
    assert distance("ciede2000", flat(0), half) == pytest.approx(25, rel=1e-5)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[np.ndarray], np.ndarray]:
    """Three pictures of one size and a part of them."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    seeds = draw(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
    where = np.random.default_rng(sum(seeds)).random((height, width)) < draw(st.floats(0.02, 1))
    where[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = True
    return [noise(seed, height, width) for seed in seeds], where


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_axioms(case: tuple[list[np.ndarray], np.ndarray]) -> None:
    pictures, where = case
    a, b, c = (prepare(picture, where) for picture in pictures)
    ab, bc, ac = compare(a, b), compare(b, c), compare(a, c)
    assert set(compare(a, a).values()) == {0.0}
    assert compare(a, prepare(pictures[0].copy(), where)) == compare(a, a)
    assert compare(b, a) == pytest.approx(ab, rel=1e-5)
    assert all(np.isfinite(value) and value >= 0 for value in ab.values())
    for name in TRUE_METRICS:
        assert ac[name] <= (ab[name] + bc[name]) * (1 + 1e-6) + 1e-9


@settings(max_examples=40, deadline=None)
@given(cases())
def test_pictures_with_another_pixel_are_apart(case: tuple[list[np.ndarray], np.ndarray]) -> None:
    picture, where = case[0][0], case[1]
    other = picture.copy()
    row, column = np.argwhere(where)[0]
    other[row, column] ^= 255
    found = apart(picture, other, where)
    assert min(found["rmse"], found["mae"], found["ciede2000"]) > 0


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 10**6))
def test_what_is_outside_has_no_influence(
    case: tuple[list[np.ndarray], np.ndarray], seed: int
) -> None:
    (a, b, _), where = case
    other = noise(seed, *where.shape)
    hidden = [np.where(where[..., None], picture, other) for picture in (a, b)]
    assert apart(*hidden, where) == apart(a, b, where)


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_canvas_around_the_part_has_no_influence(
    case: tuple[list[np.ndarray], np.ndarray], top: int, bottom: int, left: int, right: int
) -> None:
    (a, b, _), where = case
    frame = ((top, bottom), (left, right))
    wide = [np.pad(picture, (*frame, (0, 0)), constant_values=77) for picture in (a, b)]
    assert apart(*wide, np.pad(where, frame)) == apart(a, b, where)


@settings(max_examples=40, deadline=None)
@given(cases(), st.sampled_from(PICTURE_METRICS))
def test_one_metric_alone_is_the_same(
    case: tuple[list[np.ndarray], np.ndarray], metric: str
) -> None:
    (a, b, _), where = case
    assert distance(metric, a, b, where) == apart(a, b, where)[metric]
    assert distance(metric, a, b) == apart(a, b)[metric]


def test_the_border_of_a_part_is_no_contour() -> None:
    """A flat face on any background has neither waves nor gradients."""
    where = oval(90, 70)
    one, other = (np.where(where[..., None], flat(c, height=90, width=70), 0) for c in (90, 110))
    one, other = one.astype(np.uint8), other.astype(np.uint8)
    found = apart(one, other, where)
    assert found["gabor_jet"] < 1e-4 and found["gmsd"] < 1e-6
    assert found["ssim"] == pytest.approx(400 / (90**2 + 110**2 + 6.5025), rel=1e-5)


@pytest.mark.parametrize("weight", [0.1, 0.25, 0.5, 0.75, 0.9])
def test_light_is_linear_along_a_dissolve(weight: float) -> None:
    """But for rounding to codes, which can't change it by more than its own size."""
    one, other = face("distressed"), face("happy")
    codes, ideal = mixed(one, other, weight)
    rounding = light(codes) - ideal
    bounds = {"rmse": np.sqrt((rounding**2).mean()), "mae": np.abs(rounding).mean()}
    for metric, bound in bounds.items():
        whole, part = distance(metric, one, other), distance(metric, one, codes)
        assert abs(part - weight * whole) <= bound + 1e-6
        assert bound < 0.02 * whole


def test_light_is_not_linear_along_a_dissolve_of_codes() -> None:
    for metric in ("rmse", "mae"):
        assert distance(metric, flat(0), flat(128)) == pytest.approx(LINEAR_128, abs=2e-5)


def test_similarity_is_quadratic_for_small_steps_of_a_smooth_dissolve() -> None:
    """Fine-grained noise, so that a hundredth of the way is more than a code."""
    random = np.random.default_rng(3)
    base, change = random.integers(60, 190, (80, 80)), random.integers(-2, 3, (80, 80))
    one = grey(base)
    for metric in ("ssim", "gmsd"):
        first, second = (distance(metric, one, grey(base + n * change)) for n in (1, 2))
        assert METRICS[metric].power == 2
        assert second / first == pytest.approx(4, rel=0.1)


def test_every_metric_grows_along_a_dissolve() -> None:
    one, other = face("distressed"), face("happy")
    where = oval(256, 256)
    steps = [apart(one, mixed(one, other, w)[0], where) for w in (0.2, 0.4, 0.6, 0.8, 1.0)]
    for name in PICTURE_METRICS:
        values = [step[name] for step in steps]
        assert values == sorted(set(values)), name


def landmarks(move: float = 0.0, stretch: float = 1.0) -> Landmarks:
    points = infant("infant01", "neutral").landmarks.points * stretch
    return Landmarks(scheme("ibug68"), points + np.array([3, 4]) * move)


def test_landmark_path_by_hand() -> None:
    """All landmarks move 5 px; then the face is also twice as large."""
    unit = landmarks().outer_eye_distance()
    assert distance("landmark_path", landmarks(), landmarks(1)) == pytest.approx(5 / unit)
    points = landmarks().points
    apart = np.hypot(*points.T).mean()
    found = distance("landmark_path", landmarks(), landmarks(stretch=2))
    assert found == pytest.approx(apart / (1.5 * unit))


def test_landmark_path_is_a_mean_as_in_the_steps_of_a_continuum() -> None:
    """One of 68 landmarks moves by 68 px: the mean is 1 px, the root mean square 8."""
    points = landmarks().points.copy()
    points[30, 0] += 68
    other = Landmarks(scheme("ibug68"), points)
    unit = landmarks().outer_eye_distance()
    found = distance("landmark_path", landmarks(), other)
    assert found == pytest.approx(1 / unit)
    anchors = {"a": landmarks().points.tolist(), "b": points.tolist()}
    step = spacing([{"a": 1.0}, {"b": 1.0}], [{"a": 1.0}, {"b": 1.0}], anchors).measured[0]
    assert found * unit == pytest.approx(step)


def refused(code: str, *arguments: object) -> str:
    with pytest.raises(UsageError) as caught:
        distance(*arguments)
    (found,) = caught.value.findings
    assert found.code == code and found.suggestion
    return str(caught.value)


def test_an_unknown_metric_is_refused() -> None:
    text = refused("MK950", "SSIMM", flat(1), flat(1))
    assert "Did you mean ssim?" in text and "gabor_jet" in text
    assert "Did you mean" not in refused("MK950", "xq", flat(1), flat(1))


def test_differing_sizes_are_refused() -> None:
    text = refused("MK951", "rmse", flat(1), flat(1, width=31))
    assert "30×20 px and 31×20 px" in text
    assert "picture and part" in refused("MK951", "rmse", flat(1), flat(1), oval(20, 31))


def test_pictures_prepared_with_different_parts_are_refused() -> None:
    def code(a: Prepared, b: Prepared) -> str:
        with pytest.raises(UsageError) as caught:
            compare(a, b)
        return f"{caught.value.code} {caught.value}"

    part = prepare(flat(1), oval(20, 30))
    assert code(part, prepare(flat(1))).startswith("MK951") and "parts" in code(
        part, prepare(flat(1))
    )
    assert "30×20 px and 30×21 px" in code(prepare(flat(1)), prepare(flat(1, height=21)))


def test_nothing_to_compare_is_refused() -> None:
    refused("MK952", "ssim", flat(1), flat(1), np.zeros((20, 30), dtype=bool))
    empty = np.zeros((0, 30, 3), dtype=np.uint8)
    refused("MK952", "mae", empty, empty)


@pytest.mark.parametrize(
    "bad, told",
    [
        (flat(1).astype(float), "(20, 30, 3) of float64"),
        (flat(1)[..., 0], "(20, 30) of uint8"),
        (np.zeros((20, 30, 4), dtype=np.uint8), "(20, 30, 4) of uint8"),
        (flat(1).tolist(), "a list"),
        (landmarks(), "a Landmarks"),
    ],
    ids=["floats", "grey", "alpha", "list", "landmarks"],
)
def test_what_is_no_picture_is_refused(bad: object, told: str) -> None:
    for pair in ((flat(1), bad), (bad, flat(1))):
        assert told in refused("MK953", "mae", *pair)


def test_a_part_that_is_no_mask_is_refused() -> None:
    assert "of uint8" in refused("MK953", "mae", flat(1), flat(1), np.ones((20, 30), np.uint8))


def test_landmark_path_refuses_pictures_parts_and_other_schemes() -> None:
    refused("MK953", "landmark_path", landmarks(), flat(1))
    refused("MK953", "landmark_path", landmarks(), landmarks(), oval(20, 30))
    two = Landmarks(free_scheme(["a", "b"]), [[0, 0], [9, 9]])
    assert "ibug68" in refused("MK953", "landmark_path", landmarks(), two)
    with pytest.raises(TemplateError, match="MK207"):
        distance("landmark_path", two, two)


@pytest.mark.parametrize("name", [name for name in METRICS if name != "landmark_path"])
def test_unrounded_pictures_are_compared_alike(name: str) -> None:
    random = np.random.default_rng(3)
    codes = [random.integers(0, 256, (40, 48, 3), dtype=np.uint8) for _ in range(2)]
    where = np.zeros((40, 48), dtype=bool)
    where[3:35, 5:44] = True
    view, differ = comparison(name, where)
    one, other = (view(linear(image), None) for image in codes)
    assert differ(one, other) == pytest.approx(distance(name, *codes, where), rel=2e-4)


def test_unrounded_landmarks_are_compared_alike() -> None:
    view, differ = comparison("landmark_path", np.ones((2, 2), dtype=bool))
    marks = Landmarks(scheme("ibug68"), np.random.default_rng(0).uniform(0, 99, (68, 2)))
    moved = marks.replaced(marks.points + np.array([3, 4]))
    assert differ(view(None, marks), view(None, moved)) == distance("landmark_path", marks, moved)
    with pytest.raises(UsageError, match="MK950"):
        comparison("gabor", np.ones((2, 2), dtype=bool))
