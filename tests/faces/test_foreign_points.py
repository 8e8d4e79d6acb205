"""Points of menpo's LJSON and of MediaPipe's face mesh: order, shares of the picture, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from morphkit.errors import MorphkitError, TemplateError
from morphkit.faces.conversion import convert
from morphkit.faces.plausibility import plausibility
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import parse_template, template_text
from tiny_study import ROOT

SIZE = (768, 768)
FOUND = Path(__file__).with_name("mediapipe_infant01_happy.json")
"""What MediaPipe 0.10.21 finds in the demo's first picture, as its JavaScript writes it."""


def read(value, suffix=".json", size=SIZE):
    text = value if isinstance(value, str) else json.dumps(value)
    return parse_template(text.encode(), suffix, file="x" + suffix, size_of=lambda _: size)


def one(value, code, word="", suffix=".json", size=SIZE):
    with pytest.raises(TemplateError) as caught:
        read(value, suffix, size)
    (finding,) = caught.value.findings
    assert finding.code == code, finding
    assert word in str(finding)


# ------------------------------------------------------------------ LJSON


def ljson(points, **more):
    landmarks = {"connectivity": [[0, 1]], "points": points}
    return {"groups": {"LJSON": {"labels": [], "landmarks": landmarks}}, "version": 3} | more


@pytest.mark.parametrize("suffix", [".ljson", ".json", ".LJSON"])
def test_y_comes_first(suffix):
    assert read(ljson([[2, 1], [4.5, -3]]), suffix).landmarks.points.tolist() == [[1, 2], [-3, 4.5]]


def test_older_versions_have_no_groups():
    old = {"landmarks": {"points": [[2, 1]]}, "labels": [], "version": 1}
    assert read(old, ".ljson").landmarks.points.tolist() == [[1, 2]]


def test_sixty_eight_points_are_ibug68():
    found = read(ljson([[i, 2 * i] for i in range(68)])).landmarks
    assert found.scheme == scheme("ibug68")
    assert found.points[10].tolist() == [20, 10]


@pytest.mark.parametrize(
    ("value", "code", "word"),
    [
        (ljson([[1, 2], [None, None]]), "MK219", "points[1]"),
        (ljson([[1, 2, 3]]), "MK219", "a pair y, x"),
        (ljson([[1, "2"]]), "MK219", "'2'"),
        (ljson([[1, True]]), "MK219", "True"),
        (ljson([]), "MK215", "1 to 2000"),
        (ljson([[1, 2]] * 2001), "MK215", "1 to 2000"),
        (ljson("x"), "MK219", "no list"),
        (ljson([[1, float("nan")]]), "MK203", "nan"),
        (ljson([[1, 10**400]]), "MK203", "not finite"),
        ({"groups": {}}, "MK223", "0 groups"),
        ({"groups": {"a": {}, "b": {}}}, "MK223", "2 groups"),
        ({"groups": {"a": []}}, "MK219", "no list"),
        ({"landmarks": 7}, "MK219", "no list"),
    ],
)
@pytest.mark.parametrize("suffix", [".ljson", ".json"])
def test_ljson_faults(value, code, word, suffix):
    one(value, code, word, suffix)


def test_other_json_is_no_ljson():
    one([[1, 2]], "MK201", "LJSON", ".ljson")
    one({"scheme": "free1", "points": []}, "MK201", "LJSON", ".ljson")


def test_ljson_is_read_only():
    with pytest.raises(TemplateError, match=r"MK220.*read only"):
        template_text(read(ljson([[1, 2]])), ".ljson")


# ------------------------------------------------------------------ MediaPipe


def mesh(count=478, scale=1.0):
    rng = np.random.default_rng(count)
    return (rng.uniform(0.1, 0.9, (count, 3)) * scale).tolist()


def points_of(rows):
    return [dict(zip("xyz", row, strict=True)) for row in rows]


LAYOUTS = {
    "a list of triples": lambda rows: rows,
    "a list of objects": points_of,
    "JavaScript": lambda rows: {"faceLandmarks": [points_of(rows)], "faceBlendshapes": [[]]},
    "Python": lambda rows: {"face_landmarks": [points_of(rows)]},
    "a message": lambda rows: {"landmark": points_of(rows)},
    "several faces' list": lambda rows: {"multiFaceLandmarks": [{"landmark": points_of(rows)}]},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [468, 478])
def test_shares_become_pixels(layout, count):
    """The left edge of the picture is −0.5, the right one its width less a half."""
    rows = mesh(count)
    rows[0][:2], rows[1][:2] = [0, 0], [1, 1]
    found = read(LAYOUTS[layout](rows), size=(400, 500))
    assert found.landmarks.points[0].tolist() == [-0.5, -0.5]
    assert found.landmarks.points[1].tolist() == [399.5, 499.5]
    assert np.allclose(found.landmarks.points, np.array(rows)[:, :2] * [400, 500] - 0.5)
    assert found.landmarks.scheme == scheme(f"mediapipe{count}")
    assert (found.width, found.height) == (400, 500)


def test_pixels_are_taken_as_they_are():
    rows = mesh(scale=400)
    found = read(rows, size=None)
    assert np.array_equal(found.landmarks.points, np.array(rows)[:, :2])
    assert (found.width, found.height) == (None, None)


def test_shares_need_the_size():
    one(mesh(), "MK222", "shares", size=None)
    with pytest.raises(TemplateError, match="MK222"):
        parse_template(json.dumps(mesh()).encode(), ".json")


def test_a_real_mesh_lies_on_the_infant_it_was_found_on():
    found = read(FOUND.read_text(), size=SIZE).landmarks
    own = parse_template(
        (ROOT / "raw_faces" / "demo" / "infant01_happy.json").read_bytes(), ".json"
    ).landmarks
    assert plausibility(found, *SIZE) == []
    pairs = {"right_eye_outer_corner": "ibug37", "right_eye_inner_corner": "ibug40"}
    pairs |= {"left_eye_inner_corner": "ibug43", "left_eye_outer_corner": "ibug46"}
    pairs |= {"right_mouth_corner": "ibug49", "left_mouth_corner": "ibug55", "chin": "ibug09"}
    pairs |= {"upper_lip_top_middle": "ibug52", "lower_lip_bottom_middle": "ibug58"}
    pairs |= {"right_pupil": "iris_right", "left_pupil": "iris_left"}
    place, truth = (dict(zip(one.scheme.points, one.points, strict=True)) for one in (found, own))
    errors = {
        mine: np.hypot(*(place[mine] - truth[theirs])) / own.outer_eye_distance()
        for mine, theirs in pairs.items()
    }
    assert max(errors.values()) < 0.05, errors
    assert np.mean([*errors.values()]) < 0.025


def test_the_mirror_map_fits_a_real_mesh():
    """A wrong pair would lie apart by what lies between neighbours: 0.1 of the eye distance."""
    found = read(FOUND.read_text(), size=SIZE).landmarks
    right, left = found.pupils()
    across = (left - right) / np.hypot(*(left - right))
    place = found.points - (left + right) / 2
    image = place - 2 * np.outer(place @ across, across)
    error = np.hypot(*(image[list(found.scheme.mirror)] - place).T) / found.outer_eye_distance()
    assert error.max() < 0.12
    assert np.mean(error) < 0.04


def test_a_real_mesh_as_csv():
    rows = json.loads(FOUND.read_text())["faceLandmarks"][0]
    text = "index,x,y,z\n" + "\n".join(
        f"{i},{p['x']},{p['y']},{p['z']}" for i, p in enumerate(rows)
    )
    from_json = read(FOUND.read_text()).landmarks
    assert np.array_equal(read(text, ".csv").landmarks.points, from_json.points)
    assert np.array_equal(
        read(text.replace("index", "Landmark").replace("\n", "\r\n"), ".csv").landmarks.points,
        from_json.points,
    )


@pytest.mark.parametrize("suffix", [".json", ".csv", ".tps", ".xml"])
def test_a_mesh_comes_back(suffix):
    given_template = read(mesh())
    back = parse_template(
        template_text(given_template, suffix).encode(), suffix, size_of=lambda _: SIZE
    )
    assert back.landmarks.scheme == scheme("mediapipe478")
    gap = np.abs(back.landmarks.points - given_template.landmarks.points).max()
    assert gap <= (0.5 if suffix == ".xml" else 1e-3)


@pytest.mark.parametrize(
    ("value", "code", "word"),
    [
        ({"faceLandmarks": [points_of(mesh()), points_of(mesh())]}, "MK223", "2 face meshes"),
        ([*points_of(mesh())[:-1], {"x": 0.5}], "MK219", "[477]"),
        ([*mesh()[:-1], 7], "MK219", "[477]"),
        ([*mesh()[:-1], [1]], "MK219", "[477]"),
        ([*mesh()[:-1], [0.5, float("nan")]], "MK203", "[477]"),
        (mesh(477), "MK201", "one JSON object"),
        ({"faceLandmarks": []}, "MK206", "scheme"),
    ],
)
def test_mesh_faults(value, code, word):
    try:
        one(value, code, word)
    except ValueError:
        # a file without a mesh is judged as one of our own, which says all that is wrong
        with pytest.raises(TemplateError) as caught:
            read(value)
        assert code in [f.code for f in caught.value.findings]


def table(header="index,x,y,z", change=lambda rows: rows):
    rows = [[str(i), *map(str, row)] for i, row in enumerate(mesh())]
    return "\n".join([header, *(",".join(row) for row in change(rows))])


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (table(change=lambda rows: rows[:-1]), "MK215", "477"),
        (table(change=lambda rows: rows * 2), "MK215", "956"),
        (table(change=lambda rows: [*rows[:-2], rows[-1], rows[-2]]), "MK217", "place 476"),
        (table(change=lambda rows: [*rows[:-1], ["477", "0.5"]]), "MK201", "2 cells"),
        (table(change=lambda rows: [*rows[:-1], ["477", "0.5", "inf", "0"]]), "MK203", "inf"),
        (table(change=lambda rows: [*rows[:-1], ["477", "", "0.5", "0"]]), "MK201", "number"),
    ],
)
def test_csv_faults(text, code, word):
    with pytest.raises(TemplateError) as caught:
        read(text, ".csv")
    assert {f.code for f in caught.value.findings} == {code}
    assert word in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["x", "y", "groups", "landmarks", "landmark", "points"]), inner
            )
        ),
        max_leaves=8,
    ),
    st.sampled_from([".json", ".ljson"]),
    st.booleans(),
)
@hypothesis_settings(max_examples=200)
def test_any_json_is_read_or_refused(value, suffix, many):
    text = json.dumps({"faces": [value] * 478} if many else value)
    try:
        found = read(text, suffix)
    except MorphkitError as error:
        assert all(f.code.startswith("MK2") for f in error.findings)
        return
    assert np.isfinite(found.landmarks.points).all()


def test_a_mesh_cannot_be_converted_yet_says_where_it_could():
    with pytest.raises(TemplateError, match="MK221"):
        convert(read(mesh()).landmarks, "fpp83")
