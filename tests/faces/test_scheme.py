import json
from itertools import pairwise

import pytest

from morphkit.errors import TemplateError
from morphkit.faces.scheme import (
    Aperture,
    Curve,
    Scheme,
    free_scheme,
    paired,
    parse_scheme,
    scheme,
    scheme_names,
)
from morphkit.faces.scheme import description as describe

SIZES = {
    "ibug68": 68,
    "frl189": 189,
    "baby191": 191,
    "fpp83": 83,
    "fpp106": 106,
    "dlib70": 70,
    "pl179": 179,
    "simple28": 28,
    "mediapipe468": 468,
    "mediapipe478": 478,
}
NUMBERED = ("ibug", "mesh_")
"""What the names of points begin with that are called by their number only."""
FACIAL = ("jaw", "right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth")

every_scheme = pytest.mark.parametrize("layout", [scheme(n) for n in SIZES], ids=list(SIZES))


def description(**changes):
    """A small scheme as JSON text: four points, one eye that opens."""
    data = {
        "name": "small",
        "points": ["right", "up", "left", "down"],
        "curves": [{"points": [0, 1, 2], "closed": False}],
        "groups": {"all": [0, 1, 2, 3]},
        "apertures": [
            {"name": "mouth", "upper": [0, 1, 2], "lower": [0, 3, 2], "inner": []},
        ],
        "mirror": [2, 1, 0, 3],
        "right_pupil": [0],
        "left_pupil": [2],
        "outer_eye_corners": [0, 2],
        "source": "a test",
    }
    return json.dumps(data | changes)


def chain_key(points, closed):
    """The same for a chain read from either end, and for a ring begun anywhere."""
    points = list(points)
    if closed:
        return (frozenset(frozenset(pair) for pair in pairwise([*points, points[0]])), True)
    return (min(tuple(points), tuple(reversed(points))), False)


def test_the_schemes_are_there():
    assert dict.fromkeys(scheme_names()) == dict.fromkeys(sorted(SIZES))
    assert {name: len(scheme(name).points) for name in scheme_names()} == SIZES


@every_scheme
def test_name_and_source(layout):
    assert scheme(layout.name) is layout
    assert layout.source


@every_scheme
def test_each_point_is_in_one_group(layout):
    assert sorted(i for _, group in layout.groups for i in group) == list(range(len(layout.points)))
    lidless = {"right_eye", "left_eye"} if layout.name == "simple28" else set()
    assert all(layout.group(name) for name in {*FACIAL} - lidless)
    assert layout.group("beard") == ()


@pytest.mark.parametrize("name", SIZES)
def test_partners_in_the_mirror_have_the_other_side_in_their_name(name):
    layout = scheme(name)
    named = [i for i, name in enumerate(layout.points) if not name.startswith(NUMBERED)]
    assert named or name == "ibug68"
    for i in named:
        partner = layout.mirror[i]
        side, _, rest = layout.points[i].partition("_")
        other = {"right": "left", "left": "right"}.get(side)
        expected = f"{other}_{rest}" if other else layout.points[i]
        assert layout.points[partner] == expected


@every_scheme
def test_everything_maps_onto_itself_in_the_mirror(layout):
    def mirrored(indices):
        return [layout.mirror[i] for i in indices]

    curves = {chain_key(c.points, c.closed) for c in layout.curves}
    assert {chain_key(mirrored(c.points), c.closed) for c in layout.curves} == curves
    other = {"mouth": "mouth", "right_eye": "left_eye", "left_eye": "right_eye"}
    apertures = {a.name: a for a in layout.apertures}
    assert set(apertures) == (set(other) if layout.name != "simple28" else set())
    for name, aperture in apertures.items():
        partner = apertures[other[name]]
        assert mirrored(aperture.upper) == list(reversed(partner.upper))
        assert mirrored(aperture.lower) == list(reversed(partner.lower))
        assert set(mirrored(aperture.inner)) == set(partner.inner)
    for name, group in layout.groups:
        swapped = {"right": "left", "left": "right"}.get(name.partition("_")[0])
        twin = f"{swapped}_{name.partition('_')[2]}" if swapped else name
        assert set(mirrored(group)) == set(layout.group(twin))
    assert set(mirrored(layout.right_pupil)) == set(layout.left_pupil)
    assert {*mirrored(layout.nose_tip)} == {*layout.nose_tip} != set()
    if layout.outer_eye_corners:  # simple28 has none
        assert mirrored(layout.outer_eye_corners) == list(reversed(layout.outer_eye_corners))


@every_scheme
def test_the_jaw_stands_in_the_order_of_its_curve(layout):
    """Errors of the jaw are measured to the chain of its points."""
    edges = {
        frozenset(pair)
        for curve in layout.curves
        for pair in pairwise([*curve.points, *(curve.points[:1] if curve.closed else ())])
    }
    assert {frozenset(pair) for pair in pairwise(layout.group("jaw"))} <= edges


@every_scheme
def test_curves_have_two_points_and_none_twice(layout):
    for curve in layout.curves:
        assert len(curve.points) >= 2
        assert len(set(curve.points)) == len(curve.points)


@every_scheme
def test_apertures_follow_curves(layout):
    edges = set()
    for curve in layout.curves:
        ring = [*curve.points, curve.points[0]] if curve.closed else curve.points
        edges |= {frozenset(pair) for pair in pairwise(ring)}
    for aperture in layout.apertures:
        for chain in (aperture.upper, aperture.lower):
            assert {frozenset(pair) for pair in pairwise(chain)} <= edges


def test_pl179_is_the_beginning_of_frl189():
    older, newer = scheme("pl179"), scheme("frl189")
    assert older.points == newer.points[:179]
    assert older.mirror == newer.mirror[:179]
    assert older.apertures == newer.apertures


def test_dlib70_is_ibug68_after_two_pupils():
    seventy, plain = scheme("dlib70"), scheme("ibug68")
    assert seventy.points == ("right_pupil", "left_pupil", *plain.points)
    assert seventy.mirror == (1, 0, *(i + 2 for i in plain.mirror))
    assert [c.points for c in seventy.curves] == [
        tuple(i + 2 for i in c.points) for c in plain.curves
    ]


def test_mediapipe468_is_the_beginning_of_mediapipe478():
    plain, irises = scheme("mediapipe468"), scheme("mediapipe478")
    assert plain.points == irises.points[:468]
    assert plain.mirror == irises.mirror[:468]
    known = {33: "right_eye_outer_corner", 133: "right_eye_inner_corner", 61: "right_mouth_corner"}
    known |= {263: "left_eye_outer_corner", 291: "left_mouth_corner", 468: "right_pupil"}
    known |= {473: "left_pupil", 1: "nose_tip", 152: "chin"}
    assert {i: irises.points[i] for i in known} == known


def test_baby191_begins_as_frl189():
    adult, baby = scheme("frl189"), scheme("baby191")
    assert baby.points[:189] == adult.points
    assert baby.mirror[:189] == adult.mirror
    assert set(adult.curves) < set(baby.curves)
    assert baby.apertures == adult.apertures


@pytest.mark.parametrize("name", ["ibug69", "", "../face", "ibug68.json", "ibug68+ext"])
def test_unknown_scheme(name):
    with pytest.raises(TemplateError) as caught:
        scheme(name)
    assert caught.value.code == "MK206"
    assert "ibug68" in caught.value.findings[0].suggestion


def test_a_description_is_read():
    layout = parse_scheme(description())
    assert layout == Scheme(
        name="small",
        points=("right", "up", "left", "down"),
        curves=(Curve((0, 1, 2)),),
        groups=(("all", (0, 1, 2, 3)),),
        apertures=(Aperture("mouth", (0, 1, 2), (0, 3, 2)),),
        mirror=(2, 1, 0, 3),
        right_pupil=(0,),
        left_pupil=(2,),
        outer_eye_corners=(0, 2),
        source="a test",
    )
    assert parse_scheme(description(mirror=None, outer_eye_corners=None)).mirror is None
    assert parse_scheme(description(nose_tip=[1, 3])).nose_tip == (1, 3)


@every_scheme
def test_a_description_comes_back(layout):
    assert parse_scheme(json.dumps(describe(layout))) == layout


def mouth(upper, lower):
    return [{"name": "mouth", "upper": upper, "lower": lower, "inner": []}]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "describe"),
        ("[]", "describe"),
        ("{}", "describe"),
        ("[" * 100_000, "describe"),
        (description(points=None), "describe"),
        (description(right_pupil=["0"]), "describe"),
        (description(right_pupil=[0.0]), "no point number"),
        (description(mirror=[2.0, 1, 0, 3]), "no point number"),
        (description(curves=[{"points": [0, True], "closed": False}]), "no point number"),
        (description(outer_eye_corners=[0]), "describe"),
        (description(points=["a", "b", 3, "c"]), "no text"),
        (description(name=["a"]), "no text"),
        (description(points=["a", "b", "a", "c"]), "'a' occurs twice"),
        (description(mirror=[2, 1, 0]), "permutation"),
        (description(mirror=[2, 1, 0, 0]), "permutation"),
        (description(mirror=[1, 2, 0, 3]), "its own inverse at point 0"),
        (description(right_pupil=[4]), "index 4"),
        (description(nose_tip=[7]), "index 7"),
        (description(groups={"all": [-1]}), "index -1"),
        (description(curves=[{"points": [0, 9], "closed": True}]), "index 9"),
        (description(apertures=mouth([0, 1, 2], [0, 2])), "different lengths"),
        (description(apertures=mouth([0, 1, 2], [2, 3, 0])), "corners"),
        (description(apertures=mouth([], [])), "between its corners"),
        (description(apertures=mouth([0, 2], [0, 2])), "between its corners"),
    ],
)
def test_a_faulty_description(text, word):
    with pytest.raises(TemplateError) as caught:
        parse_scheme(text)
    assert caught.value.code == "MK206"
    assert word in str(caught.value)


def test_extended_keeps_the_base_and_adds_named_points():
    base = scheme("ibug68")
    layout = base.extended(["forehead1", "iris_right", "iris_left"])
    assert layout.name == "ibug68+ext"
    assert layout.points == (*base.points, "forehead1", "iris_right", "iris_left")
    assert layout.group("extra") == (68, 69, 70)
    assert {a.name: a.inner for a in layout.apertures} == {
        "mouth": (),
        "right_eye": (69,),
        "left_eye": (70,),
    }
    assert layout.mirror is None
    assert layout.curves == base.curves
    assert base.extended([]) is base


def test_extended_twice():
    layout = scheme("ibug68").extended(["a"]).extended(["b"])
    assert layout.name == "ibug68+ext"
    assert layout.group("extra") == (68, 69)


def test_extended_refuses_a_name_that_is_there():
    with pytest.raises(TemplateError, match="ibug01"):
        scheme("ibug68").extended(["ibug01"])


def test_free_scheme():
    layout = free_scheme(["a", "b", "c"])
    assert (layout.name, layout.points, layout.mirror) == ("free3", ("a", "b", "c"), None)


def test_extra_points_with_a_partner_on_the_other_side_have_a_mirror_map():
    layout = scheme("ibug68").extended(["ear_right_top", "iris_left", "ear_left_top", "iris_right"])
    assert layout.mirror[:68] == scheme("ibug68").mirror
    assert layout.mirror[68:] == (70, 71, 68, 69)
    assert scheme("ibug68").extended(["ear_right_top", "forehead5"]).mirror is None
    assert paired(["a_right", "a_left", "b_right", "forehead5"]) == ["a_right", "a_left"]
