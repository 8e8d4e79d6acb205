"""WebMorph's template definitions: sides exchanged, mirror maps verified, R's lists of one."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from morphkit.errors import MorphkitError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import Aperture, Curve, scheme
from morphkit.faces.templates import Template, parse_template, template_text
from morphkit.faces.webmorph import parse_definition

# name, x, y, partner: two pupils, two eyes of four points, a mouth of four
POINTS = [
    ("left pupil", 20, 10, 1), ("right pupil", 60, 10, 0),
    ("left eye, left corner", 10, 10, 7), ("left eye, top", 20, 5, 5),
    ("left eye, right corner", 30, 10, 6), ("right eye, top", 60, 5, 3),
    ("right eye, left corner", 50, 10, 4), ("right eye, right corner", 70, 10, 2),
    ("left eye, bottom", 20, 15, 9), ("right eye, bottom", 60, 15, 8),
    ("left mouth corner", 25, 50, 11), ("right mouth corner", 55, 50, 10),
    ("upper lip", 40, 45, 12), ("lower lip", 40, 55, 13),
]  # fmt: skip


def definition(points=POINTS, listed=False, **changes):
    scalar = (lambda value: [value]) if listed else (lambda value: value)
    data = {
        "name": scalar("Our Lab's 14"),
        "notes": scalar("for tests"),
        "delin_pts": [0, 1, 12],
        "align_pts": [0, 1],
        "width": scalar(80),
        "points": [
            {
                "n": scalar(n),
                "name": scalar(name),
                "x": scalar(x),
                "y": scalar(y),
                "sym": scalar(partner),
                "frl.x": [94.94, 95],
            }
            for n, (name, x, y, partner) in enumerate(points)
        ],
        "lines": [[0], [2, 3, 4, 8, 2], [6, 5, 7], [6, 9, 7], [10, 12, 11], [10, 13, 11], 1],
        "closed": [False, "open", 0, False, "open", False],
        "masks": {
            "left_eye": [[2, 3, 4], [4, 8, 2]],
            "right_eye": [[6, 9, 7], [6, 5, 7]],
            "teeth": [[10, 12, 11], [11, 13, 10]],
            "face": [[2, 7, 11, 10]],
        },
    }
    return json.dumps(data | changes)


@pytest.mark.parametrize("listed", [False, True])
def test_a_definition(listed):
    layout, notes = parse_definition(definition(listed=listed))
    assert notes == ()
    assert layout.name == "own_our_lab_s_14"
    assert layout.points[:4] == (
        "right pupil",
        "left pupil",
        "right eye, right corner",
        "right eye, top",
    )
    assert layout.mirror == tuple(row[3] for row in POINTS)
    assert layout.curves[:2] == (Curve((2, 3, 4, 8), True), Curve((6, 5, 7)))
    assert len(layout.curves) == 5, "lines of one point are none"
    assert (layout.right_pupil, layout.left_pupil) == ((0,), (1,))
    assert layout.outer_eye_corners == (2, 7)
    assert layout.apertures == (
        Aperture("right_eye", (2, 3, 4), (2, 8, 4), (0,)),
        Aperture("left_eye", (6, 5, 7), (6, 9, 7), (1,)),
        Aperture("mouth", (10, 12, 11), (10, 13, 11), ()),
    )
    assert layout.group("right_eye") == (2, 3, 4, 8)


def changed(index, partner):
    points = list(POINTS)
    points[index] = (*points[index][:3], partner)
    return definition(points)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (changed(10, 13), "10 → 13 → 13"),
        (changed(10, None), "1 of 14 points have no partner"),
        (changed(10, 14), "1 of 14 points have no partner"),
        (changed(10, -1), "1 of 14 points have no partner"),
        (changed(10, 1.5), "1 of 14 points have no partner"),
    ],
)
def test_a_mirror_map_that_is_none_is_dropped_and_said(text, word):
    layout, notes = parse_definition(text)
    assert layout.mirror is None
    assert len(notes) == 1
    assert "MK224" in notes[0]
    assert word in notes[0]
    assert layout.right_pupil == (), "which the map would have to confirm"
    assert layout.outer_eye_corners == (2, 7)


def test_names_that_cannot_be_used_become_numbers():
    names = ["", "a", "a", "=1", "x" * 80, "Left\nlid", "LEFT Left left", "point_001", "é"]
    points = [(name, i, i, None) for i, name in enumerate(names)]
    layout, _ = parse_definition(definition(points, lines=[], masks={}, align_pts=[]))
    assert layout.points == (
        "point_000", "point_001", "point_002", "point_003", "point_004", "point_005",
        "RIGHT Right right", "point_007", "é",
    )  # fmt: skip


def test_a_definition_without_lines_and_masks():
    layout, _ = parse_definition(json.dumps({"points": [{"name": "a", "x": 1, "y": 2, "sym": 0}]}))
    assert (layout.name, layout.points, layout.mirror) == ("own_unnamed", ("a",), (0,))


@pytest.mark.parametrize("name", ["frl189", "fpp106", "simple28", "dlib70"])
def test_a_definition_of_a_known_scheme_is_that_scheme(name):
    """By its lines: also where one line more is drawn, or the mirror map has a slip."""
    known = scheme(name)
    lines = [[*c.points, *(c.points[:1] if c.closed else ())] for c in known.curves]
    points = [(n, i, i, 0) for i, n in enumerate(known.points)]
    text = definition(points, lines=[*lines, [0, 2]], masks={})
    layout, notes = parse_definition(text)
    assert layout is known
    assert name in notes[0]
    other = definition(points, lines=lines[: len(lines) // 2], masks={})
    assert parse_definition(other)[0].name == "own_our_lab_s_14"


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("{", "MK201", "JSON"),
        ("[]", "MK206", "no JSON object"),
        ("{}", "MK206", "points"),
        (definition([]), "MK206", "points"),
        (definition(points=[("a", "1", 2, 0)], lines=[], masks={}), "MK219", "points[0].x"),
        (definition(points=[("a", float("nan"), 2, 0)]), "MK203", "points[0].x"),
        (json.dumps({"points": [7]}), "MK206", "points[0]"),
        (json.dumps({"points": [{"n": 1, "x": 1, "y": 1}]}), "MK206", "in order"),
        (definition(lines=[[0, 14]]), "MK206", "14"),
        (definition(lines=[[94.94, 1]]), "MK206", "94.94"),
        (definition(lines=[[True, 1]]), "MK206", "True"),
        (definition(lines=[["0"]]), "MK206", "'0'"),
        (definition(lines={"a": 1}), "MK206", "no list"),
        (definition(masks={"left_eye": [[-1]]}), "MK206", "masks.left_eye"),
        (definition(align_pts=[0, 99]), "MK206", "align_pts"),
    ],
)
def test_faults(text, code, word):
    with pytest.raises(TemplateError) as caught:
        parse_definition(text)
    assert caught.value.code == code
    assert word in str(caught.value)


@pytest.mark.parametrize(
    "mask",
    [
        [[2, 3, 4]],
        [[2, 3, 4], [4, 8, 0]],
        [[2, 3, 4], [2, 4]],
        [[2, 3, 4], [2, 8, 9, 4]],
        [],
    ],
)
def test_a_mask_that_is_no_aperture(mask):
    layout, _ = parse_definition(definition(masks={"left_eye": mask}))
    assert layout.apertures == ()
    assert layout.outer_eye_corners is None


def test_a_template_of_its_own_scheme_carries_it():
    layout, _ = parse_definition(definition())
    points = [row[1:3] for row in POINTS]
    text = template_text(Template(Landmarks(layout, points), 80, 60), ".json")
    back = parse_template(text.encode(), ".json")
    assert back.landmarks.scheme == layout
    assert template_text(back, ".json") == text
    extended = Landmarks(layout.extended(["ear"]), [*points, (1, 2)])
    again = parse_template(template_text(Template(extended), ".json").encode(), ".json")
    assert again.landmarks.scheme == extended.scheme


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data | {"layout": {}},
        lambda data: data | {"layout": [1]},
        lambda data: data | {"scheme": "ibug68"},
        lambda data: data | {"scheme": "own_other"},
        lambda data: data | {"layout": data["layout"] | {"points": [*data["layout"]["points"], 3]}},
        lambda data: data | {"layout": data["layout"] | {"mirror": [0] * 14}},
        lambda data: data | {"layout": data["layout"] | {"curves": [{"points": [0, 99]}]}},
        lambda data: data | {"scheme": "ibug68", "layout": data["layout"] | {"name": "ibug68"}},
        lambda data: data | {"layout": data["layout"] | {"points": ["=1", *map(str, range(13))]}},
    ],
)
def test_a_carried_scheme_is_verified(change):
    layout, _ = parse_definition(definition())
    template = Template(Landmarks(layout, [row[1:3] for row in POINTS]))
    data = change(json.loads(template_text(template, ".json")))
    with pytest.raises(TemplateError, match="MK206"):
        parse_template(json.dumps(data).encode(), ".json")


@given(
    st.sampled_from(["name", "points", "lines", "closed", "masks", "align_pts", "notes"]),
    st.recursive(
        st.none() | st.booleans() | st.integers(-2, 20) | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=12,
    ),
)
@hypothesis_settings(max_examples=300)
def test_any_value_is_read_or_refused(key, value):
    try:
        layout, _ = parse_definition(json.dumps(json.loads(definition()) | {key: value}))
    except MorphkitError as error:
        assert all(f.code.startswith("MK2") for f in error.findings)
        return
    assert all(i in range(len(layout.points)) for c in layout.curves for i in c.points)


def test_the_shared_definitions_are_the_schemes_here(shared):
    folder = shared / "real_faces" / "schemes"
    for name in ("frl189", "baby191", "simple28"):
        text = (folder / f"{name}.json").read_text()
        layout, _ = parse_definition(text)
        assert layout == scheme(name)
        partners = tuple(point["sym"] for point in json.loads(text)["points"])
        assert layout.mirror == partners
