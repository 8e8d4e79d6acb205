"""Mean templates: by hand, from the package, and placed into a box."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.errors import TemplateError
from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.faces.plausibility import plausibility
from morphkit.faces.scheme import Scheme, scheme
from morphkit.landmarks.mean import boxed, mean_template, stock_mean, stock_means

KITE = Scheme("kite", ("r", "l", "chin", "top"), right_pupil=(0,), left_pupil=(1,))
SHAPE = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 3.0], [0.0, -2.0]])


def test_copies_moved_turned_and_scaled_have_their_own_shape_as_mean():
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    copies = [Landmarks(KITE, SHAPE), Landmarks(KITE, 7 * SHAPE @ turn + 50)]
    mean = mean_template(copies)
    # pupils on the default canvas: 170 px apart, in the middle, at 0.45 of 639 px
    assert np.allclose(mean.points, SHAPE * 85 + [255.5, 287.55])


def test_the_mean_of_two_shapes_by_hand():
    """Chins 0.2 longer and shorter, symmetric and centred alike: the mean lies between."""
    long, short = SHAPE.copy(), SHAPE.copy()
    long[2:, 1] += [0.2, -0.2]
    short[2:, 1] += [-0.2, 0.2]
    mean = mean_template([Landmarks(KITE, long), Landmarks(KITE, short)])
    height = (mean.points[2] - mean.points[3])[1] / 85
    # brought to one size by all points: 5.4 and 4.6 high, 2 wide, in norm
    sizes = [np.sqrt(((s - s.mean(axis=0)) ** 2).sum()) for s in (long, short)]
    wide = (2 / sizes[0] + 2 / sizes[1]) / 2
    assert height == pytest.approx((5.4 / sizes[0] + 4.6 / sizes[1]) / wide, rel=0.01)


def test_extra_points_that_all_have_are_kept():
    layout = scheme("ibug68").extended(["mole", "iris_left"])
    other = scheme("ibug68").extended(["mole"])
    plain = stock_mean("ibug68").points
    a = Landmarks(layout, np.concatenate([plain, [[200, 300], [1, 1]]]))
    b = Landmarks(other, np.concatenate([plain, [[210, 300]]]))
    mean = mean_template([a, b])
    assert mean.scheme.points[68:] == ("mole",)
    assert mean.points[68] == pytest.approx([205, 300], abs=0.5)


@pytest.mark.parametrize("names", [[], ["ibug68", "frl189"]])
def test_no_mean_of_nothing_and_of_several_schemes(names):
    with pytest.raises(TemplateError, match="MK236"):
        mean_template([stock_mean(name) for name in names])


def test_no_stock_mean_of_a_mesh():
    with pytest.raises(TemplateError, match="MK236") as caught:
        stock_mean("mediapipe478")
    assert "frl189" in str(caught.value)


@pytest.mark.parametrize("name", sorted(stock_means()))
def test_stock_means_are_infants(name):
    mean = stock_mean(name)
    assert mean.scheme == scheme(name)
    # (the head outline of WebMorph reaches beyond the canvas)
    assert [f for f in plausibility(mean, 700, 700) if f.code not in ("MK209", "MK210")] == []
    asymmetry = mean.mirrored(512).points - mean.points
    assert np.abs(asymmetry).max() < 0.05
    if name not in ("simple28", "fpp83"):
        points = convert(mean, "ibug68")[0].points
        mouth = points[48:].mean(axis=0) - points[36:48].mean(axis=0)
        # adults have 1.08 pupil distances, infants 0.84
        assert 0.7 < mouth[1] / 170 < 0.95


def test_a_box_by_hand():
    """Square of 231 px: pupils 100 px apart, 53 px above its centre; turned about the centre."""
    found = boxed(stock_mean("frl189"), [0, 0, 231, 231]).pupils()
    assert np.allclose(found, [[65.5, 62.5], [165.5, 62.5]])
    quarter = boxed(stock_mean("frl189"), [0, 0, 231, 231], tilt=90).pupils()
    assert np.allclose(quarter, [[168.5, 65.5], [168.5, 165.5]])
