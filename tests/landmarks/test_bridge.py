"""Bridges between schemes: what is carried, what is estimated, what is learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from morphkit.errors import TemplateError
from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme, scheme_names
from morphkit.faces.templates import parse_template
from morphkit.landmarks.bridge import LEAST_EXAMPLES, across, bridge, bridged
from morphkit.landmarks.mean import stock_mean, stock_means

SHARED = Path(__file__).resolve().parents[3] / "shared" / "real_faces"
needs_shared = pytest.mark.skipif(
    not (SHARED / "london640").is_dir(), reason="the shared photos are not here"
)
TURN = np.array([[0.8, 0.6], [-0.6, 0.8]]) * 1.7


def like(name: str, seed: int, sd: float = 4.0) -> Landmarks:
    """A face of a scheme: the stock mean, its shape moved in a few smooth ways."""
    mean = stock_mean(name)
    way = np.random.default_rng(seed).normal(size=(4, 2))
    x, y = ((mean.points - 256) / 170).T
    waves = np.stack([x * x, y * y, x * y, np.sin(2 * x)], axis=1)
    return mean.replaced(mean.points + sd * waves @ way)


def inner_error(found: Landmarks, truth: Landmarks) -> float:
    layout = truth.scheme
    names = ("right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth", "pupils")
    inner = [i for name in (*names, "right_iris", "left_iris") for i in layout.group(name)]
    apart = np.hypot(*(found.points - truth.points)[inner].T)
    return float(apart.mean() / truth.outer_eye_distance() * 100)


def test_the_mean_itself_comes_back():
    """Its shared places lie where they are: nothing bends."""
    mean = stock_mean("frl189")
    found, _ = bridged(convert(mean, "ibug68")[0], "frl189")
    assert np.abs(found.points - mean.points).max() < 1e-6


@pytest.mark.parametrize("start", ["ibug68", "fpp106", "simple28"])
def test_a_bridge_moves_with_the_face(start):
    face = like(start, 1)
    moved = face.replaced(face.points @ TURN + 30)
    there, here = bridged(moved, "frl189")[0], bridged(face, "frl189")[0]
    assert np.abs(there.points - (here.points @ TURN + 30)).max() < 1e-6


def test_a_bridge_takes_the_mirror_along():
    face = like("ibug68", 2)
    mirrored = bridged(face.mirrored(512), "frl189")[0]
    assert np.abs(mirrored.points - bridged(face, "frl189")[0].mirrored(512).points).max() < 0.05


@pytest.mark.parametrize("to", sorted(stock_means()))
@pytest.mark.parametrize("start", ["ibug68", "frl189", "fpp83", "fpp106", "simple28"])
def test_every_scheme_with_a_mean_is_reached(start, to):
    if start == to:
        return
    face = like(start, 3)
    found, notes = across()(face, to)
    assert found.scheme.name == to
    assert notes
    assert np.hypot(*(found.pupils() - face.pupils()).T).max() < 12


def test_notes_say_what_is_estimated_and_where_it_comes_from():
    notes = " ".join(bridged(like("ibug68", 4), "frl189")[1])
    assert "mean infant" in notes
    assert "68 places" in notes
    for region in ("hairline", "right ear", "neck", "head outline"):
        assert region in notes.split("Estimated")[1]
    assert "right eye" not in notes.replace("right eye,", "right eye").split("Estimated")[1]


@pytest.mark.parametrize(
    ("start", "to"),
    [(a, b) for a in scheme_names() for b in ("ibug68", "dlib70", "pl179", "frl189") if a != b],
)
def test_conversions_say_what_they_lose(start, to):
    layout = scheme(start)
    places = np.random.default_rng(9).uniform(0, 400, (len(layout.points), 2))
    try:
        found, notes = convert(Landmarks(layout, places), to)
    except TemplateError as error:
        assert error.code == "MK221"
        return
    assert found.scheme.name == to
    assert notes


def test_an_open_mouth_stays_open_though_the_mean_is_shut():
    """Bad input for a spline in the plane: both edges of the lips on one place in the mean."""
    shut = stock_mean("frl189").points.copy()
    upper, lower = [94, 95, 96, 97, 98], [99, 100, 101, 102, 103]
    shut[upper] = shut[lower] = (shut[upper] + shut[lower]) / 2
    mean = stock_mean("frl189").replaced(shut)
    wide = mean.points.copy()
    down = [*lower, *range(104, 109)]
    wide[down, 1] += 60 * np.sin(np.pi * (np.arange(5) + 1) / 6)[[0, 1, 2, 3, 4] * 2]
    truth = mean.replaced(wide)
    found, _ = bridged(convert(truth, "ibug68")[0], "frl189", [mean])
    assert found.points[101, 1] - found.points[96, 1] == pytest.approx(60, abs=6)
    assert inner_error(found, truth) < 1.5


def test_few_examples_give_a_mean_and_no_regression():
    examples = [like("frl189", seed) for seed in range(LEAST_EXAMPLES - 1)]
    way = bridge("ibug68", "frl189", examples)
    assert way.correction is None
    assert f"mean of {LEAST_EXAMPLES - 1} example" in way.notes[0]
    assert "From 20 examples on" in way.notes[-1]


def planted(seed: int) -> tuple[Landmarks, Landmarks]:
    """A face whose forehead follows its nose: nothing that a spline could know."""
    face = like("frl189", seed)
    points = face.points.copy()
    hairline = list(face.scheme.group("hairline"))
    points[hairline, 1] -= 4 * (face.points[55, 0] - stock_mean("frl189").points[55, 0])
    truth = face.replaced(points)
    return convert(truth, "ibug68")[0], truth


def test_twenty_examples_teach_what_the_spline_misses():
    examples = [planted(seed)[1] for seed in range(40)]
    way = bridge("ibug68", "frl189", examples)
    assert way.correction is not None
    hairline = list(scheme("frl189").group("hairline"))
    errors = []
    for seed in range(100, 110):
        draft, truth = planted(seed)
        for one in (way, replace(way, correction=None)):
            errors.append(np.abs(one(draft).points - truth.points)[hairline].mean())
    with_it, without = np.array(errors).reshape(-1, 2).mean(axis=0)
    assert with_it < 0.5 * without
    assert "Corrected by what 40 examples of 40 infants teach" in way.notes[-1]


def test_drafts_teach_the_detectors_own_ways():
    """All drafts have the mouth 6 px too low; only pairs with them can know."""
    low = np.zeros((68, 2))
    low[48:, 1] = 6
    pairs = [planted(seed) for seed in range(30)]
    drafts = [draft.replaced(draft.points + low) for draft, _ in pairs]
    way = bridge("ibug68", "frl189", [truth for _, truth in pairs], drafts)
    draft, truth = planted(200)
    draft = draft.replaced(draft.points + low)
    without = bridge("ibug68", "frl189", [truth for _, truth in pairs])(draft)
    assert inner_error(way(draft), truth) < 0.5 * inner_error(without, truth)


def test_noise_teaches_nothing_and_is_said():
    rng = np.random.default_rng(11)
    mean = stock_mean("frl189")
    hairline = list(mean.scheme.group("hairline"))
    examples = []
    for _ in range(20):
        points = mean.points.copy()
        points[hairline] += 5 * rng.normal(size=(11, 2))
        examples.append(mean.replaced(points))
    same = convert(mean, "ibug68")[0]
    way = bridge("ibug68", "frl189", examples, [same] * 20)
    assert way.correction is None
    assert "teach nothing" in way.notes[-1]


def test_examples_of_one_infant_teach_nothing():
    examples = [like("frl189", seed) for seed in range(25)]
    way = bridge("ibug68", "frl189", examples, infants=["i01"] * 25)
    assert way.correction is None
    assert "one infant" in way.notes[-1]


def test_examples_in_a_richer_scheme_serve_too():
    examples = [like("baby191", seed) for seed in range(21)]
    assert "mean of 21" in bridge("ibug68", "frl189", examples).notes[0]
    others = [like("ibug68", seed) for seed in range(21)]  # of no use: what is wanted they lack
    assert "mean infant" in bridge("ibug68", "frl189", others).notes[0]


def test_extra_points_are_no_obstacle():
    layout = scheme("ibug68").extended(["mole"])
    plain = like("ibug68", 5)
    extended = Landmarks(layout, np.concatenate([plain.points, [[1, 2]]]))
    found = bridged(extended, "frl189")[0]
    assert np.array_equal(found.points, bridged(plain, "frl189")[0].points)


def test_what_cannot_be_bridged():
    free = Landmarks(free_scheme(["a", "b", "c"]), np.ones((3, 2)))
    with pytest.raises(TemplateError, match="MK237"):
        bridged(free, "ibug68")
    with pytest.raises(TemplateError, match="MK221"):
        across()(free, "ibug68")
    with pytest.raises(TemplateError, match="MK206"):
        bridged(like("ibug68", 1), "ibug69")
    with pytest.raises(TemplateError, match="MK236"):
        bridged(like("ibug68", 1), "mediapipe478")
    with pytest.raises(TemplateError, match="MK237"):
        bridge("ibug68", "frl189")(like("frl189", 1))
    with pytest.raises(TemplateError, match="MK237"):
        bridge("ibug68", "frl189", [like("frl189", 1)], infants=["a", "b"])


@needs_shared
def test_london_leave_one_out():
    """Automatic points of another detector in, hand-made 189 out: the issue's number is 2.0 %."""
    names = sorted(path.stem for path in (SHARED / "london").glob("*.tem"))
    truth = {
        name: parse_template((SHARED / "london" / f"{name}.tem").read_bytes(), ".tem").landmarks
        for name in names
    }
    errors = {"automatic": [], "by hand": []}
    for name in names:
        examples = [truth[other] for other in names if other != name]
        way = bridge("ibug68", "frl189", examples)
        auto = (SHARED / "london" / "auto68" / f"{name}.pts").read_bytes()
        found = way(parse_template(auto, ".pts").landmarks)
        errors["automatic"].append(inner_error(found, truth[name]))
        found = way(convert(truth[name], "ibug68")[0])
        errors["by hand"].append(inner_error(found, truth[name]))
    assert np.mean(errors["automatic"]) <= 2.1
    assert np.mean(errors["by hand"]) <= 1.5
