"""Two delineations compared: every number by hand."""

import numpy as np
import pytest

from morphkit.errors import TemplateError
from morphkit.faces.comparison import CURVE, INNER, compare, summarised, to_curve
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import Scheme, free_scheme, scheme, scheme_names

SMALL = Scheme(
    name="own_small",
    points=("jaw_right", "chin", "jaw_left", "eye_right", "eye_left", "nose"),
    groups=(("jaw", (0, 1, 2)), ("right_eye", (3,)), ("left_eye", (4,)), ("nose", (5,))),
    outer_eye_corners=(3, 4),
)
PLACES = np.array([[0, 0], [100, 100], [200, 0], [50, 0], [150, 0], [100, 50]], float)


def moved(layout=SMALL, places=PLACES, **by):
    points = np.array(places, float)
    for name, step in by.items():
        points[layout.points.index(name)] += step
    return Landmarks(layout, points)


def regions(comparison):
    return {region.region: region for region in comparison.regions}


def test_the_same_is_nothing_apart():
    found = compare(moved(), moved())
    assert found.eye_distance == 100
    assert {(r.mean, r.worst) for r in found.regions} == {(0, 0)}
    assert [r.region for r in found.regions][:3] == ["all", "inner", CURVE]


def test_each_region_by_hand():
    """Eyes 3–4–5 apart, nose 2, the chin slid 10 along its jaw by half, which is 45 degrees."""
    found = compare(moved(), moved(eye_right=(3, 4), nose=(0, -2), chin=(-10, -10)))
    told = regions(found)
    assert (told["right_eye"].mean, told["right_eye"].worst_point) == (5, "eye_right")
    assert (told["nose"].mean, told["nose"].points) == (2, 1)
    assert told["left_eye"].worst == 0
    assert told["inner"].points == 3
    assert told["inner"].mean == pytest.approx((5 + 0 + 2) / 3)
    assert (told["inner"].worst, told["inner"].worst_point) == (5, "eye_right")
    slide = np.hypot(10, 10)
    assert told["jaw"].mean == pytest.approx(slide / 3)
    assert told["jaw"].worst == pytest.approx(slide)
    assert told[CURVE].mean == pytest.approx(0, abs=1e-9), "it slid along the jaw"
    assert told["all"].mean == pytest.approx((slide + 5 + 2) / 6)
    assert found.percent(told["right_eye"].mean) == pytest.approx(5)


def test_the_reference_gives_the_unit():
    wide = moved(eye_left=(100, 0))
    assert compare(moved(), wide).eye_distance == 100
    assert compare(wide, moved()).eye_distance == 200
    assert compare(wide, moved()).percent(10) == 5


def test_distances_from_a_chain():
    chain = np.array([[0, 0], [10, 0], [10, 10]], float)
    points = np.array([[5, 3], [-3, 4], [12, 5], [10, 14], [10, 0]], float)
    assert to_curve(points, chain).tolist() == [3, 5, 2, 4, 0]
    # a piece without length is a point
    assert to_curve(np.array([[3.0, 4.0]]), np.zeros((3, 2))).tolist() == [5]


def test_without_eye_corners_there_are_pixels_only():
    free = free_scheme(["a", "b"])
    found = compare(Landmarks(free, [[0, 0], [1, 1]]), Landmarks(free, [[0, 2], [1, 1]]))
    assert (found.eye_distance, found.percent(3)) == (None, None)
    assert [(r.region, r.mean, r.worst) for r in found.regions] == [("all", 1, 2)]


def spread(name, seed=0):
    layout = scheme(name)
    return Landmarks(layout, np.random.default_rng(seed).uniform(0, 500, (len(layout.points), 2)))


@pytest.mark.parametrize("name", scheme_names())
def test_a_constant_shift_is_found_in_every_region_of_every_scheme(name):
    one = spread(name)
    found = compare(one, one.replaced(one.points + np.array([3, -4])))
    assert found.scheme == name
    for region in found.regions:
        if region.region == CURVE:
            assert 0 <= region.mean <= 5
        else:
            assert (region.mean, region.worst) == (pytest.approx(5), pytest.approx(5))
    told = regions(found)
    assert told["all"].points == len(one.points)
    assert told["inner"].points == sum(len(one.scheme.group(group)) for group in INNER)


def test_inner_is_all_of_ibug68_but_the_jaw():
    assert regions(compare(spread("ibug68"), spread("ibug68")))["inner"].points == 51


def test_the_richer_scheme_is_converted_and_losses_are_said():
    rich = spread("baby191")
    plain = Landmarks(scheme("frl189"), rich.points[:189])
    for pair in ((rich, plain), (plain, rich)):
        found = compare(*pair)
        assert (found.scheme, found.regions[0].worst) == ("frl189", 0)
        assert "two points" in found.notes[0]


def test_extra_points_count_where_both_have_them():
    names = ["ear_right", "ear_left"]
    base = spread("ibug68")
    both = Landmarks(base.scheme.extended(names), [*base.points, (1, 2), (3, 4)])
    assert compare(both, both).regions[0].points == 70
    one = Landmarks(base.scheme.extended(names[:1]), [*base.points, (1, 2)])
    assert compare(both, one).regions[0].points == 69
    assert compare(both, base).regions[0].points == 68


def test_what_cannot_be_compared():
    with pytest.raises(TemplateError, match="MK225"):
        compare(Landmarks(free_scheme(["a"]), [[0, 0]]), Landmarks(free_scheme(["b"]), [[0, 0]]))
    with pytest.raises(TemplateError, match="MK221"):
        compare(spread("fpp83"), spread("simple28"))
    flat = moved(eye_left=(-100, 0))
    with pytest.raises(TemplateError, match=r"MK225.*one place"):
        compare(flat, moved())


def test_a_summary_over_faces():
    """In percent the face with the smaller eyes is worse, though it is off by fewer pixels."""
    a, b = moved(nose=(0, 6)), moved(places=PLACES / 4, nose=(0, 4))
    small = moved(places=PLACES / 4)
    rows = {
        row.region: row
        for row in summarised({"i01": compare(moved(), a), "i02": compare(small, b)})
    }
    nose = rows["nose"]
    assert (nose.faces, nose.points) == (2, 1)
    assert (nose.mean, nose.mean_percent) == (5, pytest.approx((6 + 16) / 2))
    assert (nose.worst, nose.worst_percent) == (4, pytest.approx(16))
    assert (nose.worst_face, nose.worst_point) == ("i02", "nose")
    assert rows["left_eye"].mean_percent == 0


def test_a_summary_without_a_unit_is_in_pixels():
    free = free_scheme(["a"])
    here, there, far = (Landmarks(free, [[x, 0]]) for x in (0, 1, 3))
    (row,) = summarised({"x": compare(here, there), "y": compare(here, far)})
    assert (row.mean, row.mean_percent, row.worst, row.worst_face) == (2, None, 3, "y")
