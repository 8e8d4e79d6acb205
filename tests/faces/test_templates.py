import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from morphkit.errors import MorphkitError, TemplateError
from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.faces.plausibility import plausibility
from morphkit.faces.scheme import free_scheme, scheme, scheme_names
from morphkit.faces.template import BY_COUNT, MAX_POINTS
from morphkit.faces.templates import (
    TEMPLATE_SUFFIXES,
    Template,
    parse_template,
    template_text,
)

SMALL = 1e-3


def face68():
    """Made-up landmarks of an upright, symmetric face on a photo of 400 × 500 pixels."""
    angle = np.linspace(np.pi, 0, 17)
    jaw = np.stack([200 + 110 * np.cos(angle), 230 + 140 * np.sin(angle)], axis=1)
    half = {
        17: (110, 190), 18: (125, 180), 19: (142, 177), 20: (160, 180), 21: (176, 188),
        31: (178, 275), 32: (188, 280), 36: (125, 220), 37: (140, 212), 38: (156, 212),
        39: (170, 222), 40: (156, 228), 41: (140, 228), 48: (160, 320), 49: (174, 310),
        50: (188, 305), 58: (186, 338), 59: (172, 332), 60: (166, 320), 61: (184, 315),
        67: (184, 324),
    }  # fmt: skip
    middle = {27: 215, 28: 230, 29: 245, 30: 260, 33: 283, 51: 308, 57: 342, 62: 316, 66: 326}
    points = np.full((68, 2), np.nan)
    points[:17] = jaw
    mirror = scheme("ibug68").mirror
    for i, (x, y) in half.items():
        points[i], points[mirror[i]] = (x, y), (400 - x, y)
    for i, y in middle.items():
        points[i] = (200, y)
    return points


def landmarks68(**moved):
    points = face68()
    for name, place in moved.items():
        points[int(name.removeprefix("ibug")) - 1] = place
    return Landmarks(scheme("ibug68"), points)


def template(points, names=None):
    points = np.asarray(points, dtype=float)
    names = names or [f"point_{i:03d}" for i in range(len(points))]
    return Template(Landmarks(free_scheme(names), points))


def read(text, suffix, **options):
    return parse_template(text if isinstance(text, bytes) else text.encode(), suffix, **options)


def codes(text, suffix):
    with pytest.raises(TemplateError) as caught:
        read(text, suffix, file="x" + suffix)
    assert all(finding.file == "x" + suffix for finding in caught.value.findings)
    return caught.value.findings


def one(text, suffix, code, word="", line=None):
    """Assert that reading finds this one fault."""
    findings = codes(text, suffix)
    assert [f.code for f in findings] == [code], findings
    assert word in str(findings[0])
    if line is not None:
        assert findings[0].line == line
    return findings[0]


# ------------------------------------------------------------------ all formats

KNOWN = list(scheme_names())
coordinates = st.floats(-5000, 5000, allow_subnormal=False)


@st.composite
def templates(draw, names=KNOWN):
    layout = scheme(draw(st.sampled_from(names)))
    seed = draw(st.integers(0, 2**32 - 1))
    points = np.random.default_rng(seed).uniform(-5000, 5000, (len(layout.points), 2))
    points[0] = draw(st.tuples(coordinates, coordinates))
    return Template(Landmarks(layout, points))


def test_suffixes_in_order_of_precedence():
    assert TEMPLATE_SUFFIXES == (".json", ".tem", ".pts", ".csv")


@given(templates(), st.sampled_from([".json", ".csv"]))
@hypothesis_settings(max_examples=25, deadline=None)
def test_formats_with_names_keep_every_scheme(given_template, suffix):
    text = template_text(given_template, suffix)
    back = read(text, suffix)
    assert back.landmarks.scheme == given_template.landmarks.scheme
    assert np.abs(back.landmarks.points - given_template.landmarks.points).max() <= SMALL
    assert template_text(back, suffix) == text


@given(st.data(), st.sampled_from([".tem", ".pts"]))
@hypothesis_settings(max_examples=25, deadline=None)
def test_formats_without_names_keep_the_scheme_of_that_count(data, suffix):
    names = list(BY_COUNT[suffix].values())
    given_template = data.draw(templates(names))
    text = template_text(given_template, suffix)
    back = read(text, suffix)
    assert back.landmarks.scheme == given_template.landmarks.scheme
    assert np.abs(back.landmarks.points - given_template.landmarks.points).max() <= SMALL
    assert template_text(back, suffix) == text


@given(
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=30),
    st.sampled_from(TEMPLATE_SUFFIXES),
)
@hypothesis_settings(max_examples=50, deadline=None)
def test_free_points_come_back(points, suffix):
    back = read(template_text(template(points), suffix), suffix).landmarks
    assert back.scheme.name == f"free{len(points)}"
    assert back.scheme.points == tuple(f"point_{i:03d}" for i in range(len(points)))
    assert np.abs(back.points - np.array(points)).max() <= SMALL


@given(coordinates.filter(lambda v: abs(v) > 1))
@hypothesis_settings(max_examples=30, deadline=None)
def test_integers_and_three_decimals_are_exact(value):
    value = round(value, 3)
    for suffix in (".json", ".tem", ".csv"):
        back = read(template_text(template([(value, -value)]), suffix), suffix)
        assert back.landmarks.points.tolist() == [[value, -value]]


def test_no_minus_zero():
    for suffix in (".json", ".tem", ".csv"):
        assert "-0" not in template_text(template([(-1e-9, -0.0)]), suffix)


@pytest.mark.parametrize("suffix", TEMPLATE_SUFFIXES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_line_end_with_or_without_byte_order_mark(suffix, end, mark):
    text = template_text(Template(landmarks68()), suffix)
    back = read(mark + text.replace("\n", end).encode(), suffix)
    assert np.abs(back.landmarks.points - face68()).max() <= SMALL


@pytest.mark.parametrize("suffix", TEMPLATE_SUFFIXES)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_explained(suffix, encoding):
    text = template_text(Template(landmarks68()), suffix)
    fault = one(text.encode(encoding), suffix, "MK218", "UTF-16")
    assert "UTF-8" in fault.suggestion


@pytest.mark.parametrize("suffix", TEMPLATE_SUFFIXES)
def test_latin_1_is_explained_with_its_line(suffix):
    text = template_text(Template(landmarks68()), suffix)
    lines = text.split("\n")
    lines[2] += "ü"
    one("\n".join(lines).encode("latin-1"), suffix, "MK218", "UTF-8", line=3)


@pytest.mark.parametrize("suffix", TEMPLATE_SUFFIXES)
@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_empty_file(suffix, data):
    one(data, suffix, "MK201", "empty")


def test_huge_file():
    one(b"1 " * 600_000, ".tem", "MK201", "too many")


def test_suffix_in_capitals():
    assert read("1\n2 3\n0\n", ".TEM").landmarks.points.tolist() == [[2, 3]]


@pytest.mark.parametrize("suffix", [".svg", "", "tem", ".txt"])
def test_unknown_suffix(suffix):
    with pytest.raises(TemplateError, match="MK220") as caught:
        read("1\n2 3\n0\n", suffix, file="a.svg")
    assert ".json, .tem, .pts, .csv" in str(caught.value)
    with pytest.raises(TemplateError, match="MK220"):
        template_text(Template(landmarks68()), suffix)


@pytest.mark.parametrize(
    ("suffix", "count"),
    [(suffix, count) for suffix in (".tem", ".pts", ".tps", ".xml") for count in BY_COUNT[suffix]],
)
def test_a_count_that_would_be_read_as_another_scheme_is_not_written(suffix, count):
    free = template(np.zeros((count, 2)) + np.arange(count)[:, None])
    with pytest.raises(TemplateError, match="MK220") as caught:
        template_text(free, suffix)
    assert ".json" in str(caught.value)
    assert template_text(free, ".json")


def test_ibug68_with_fifteen_extra_points_is_not_written_as_fpp83():
    layout = scheme("ibug68").extended([f"extra{i}" for i in range(15)])
    points = np.concatenate([face68(), np.arange(30.0).reshape(15, 2)])
    with pytest.raises(TemplateError, match="fpp83"):
        template_text(Template(Landmarks(layout, points)), ".tem")


MUTANTS = [
    template_text(Template(landmarks68(), 400, 500, True, {"by": "hand"}), suffix).encode()
    for suffix in TEMPLATE_SUFFIXES
]
SNIPPETS = [
    b"", b"\x00", b"\xff\xfe", b"nan", b"inf", b"-", b"1e999", b"9" * 5000, b",", b";", b'"',
    b"{", b"}", b"[", b"[" * 3000, b"\n", b"\r", b"\t", b"0", b"-1", b"1,5", b"null", b"true",
    b"\xc3\xbc", b"\\ud800", b"NaN", b'"x": 1, ', "\u2028".encode(), b"n_points: 3", b"free",
    b"+ext", b'{"a": 1}', b"\n3 4\n", b"1e308", b"-1e-320",
]  # fmt: skip


@given(
    st.sampled_from(list(zip(TEMPLATE_SUFFIXES, MUTANTS, strict=True))),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(SNIPPETS)),
        min_size=1,
        max_size=4,
    ),
)
@hypothesis_settings(max_examples=400, deadline=None)
def test_a_damaged_file_is_read_or_refused(original, cuts):
    suffix, data = original
    for place, length, snippet in cuts:
        at = int(place * len(data))
        data = data[:at] + snippet + data[at + length :]
    check_any_bytes(data, suffix)


@given(st.binary(max_size=200), st.sampled_from(TEMPLATE_SUFFIXES))
@hypothesis_settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data, suffix):
    check_any_bytes(data, suffix)


@given(st.text(alphabet="0123456789 .,-+eE\n\t#nai{}:_\"';", max_size=80))
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_numbers_are_read_or_refused(text):
    for suffix in TEMPLATE_SUFFIXES:
        check_any_bytes(text.encode(), suffix)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["scheme", "points", "name", "x", "y", "width", "origin", "reviewed"]
                ),
                inner,
                max_size=8,
            )
        ),
        max_leaves=20,
    )
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(value):
    check_any_bytes(json.dumps(value).encode(), ".json")


def check_any_bytes(data, suffix):
    try:
        found = parse_template(data, suffix)
    except MorphkitError as error:
        assert all(f.code.startswith("MK2") for f in error.findings)
        return
    assert np.isfinite(found.landmarks.points).all()
    again = read(template_text(found, ".json"), ".json").landmarks
    assert again.scheme.points == found.landmarks.scheme.points
    assert np.abs(again.points - found.landmarks.points).max() <= SMALL
    plausibility(found.landmarks, 400, 500)


# ------------------------------------------------------------------ .tem

TEM = """3
1.5\t2
3 4
5   6.25
2
0
3
0 1 2
0
2
0 2
"""


def test_tem_of_unknown_count_keeps_its_lines():
    found = read(TEM, ".tem").landmarks
    assert found.points.tolist() == [[1.5, 2], [3, 4], [5, 6.25]]
    assert found.scheme.name == "free3"
    assert found.scheme.points == ("point_000", "point_001", "point_002")
    assert [(c.points, c.closed) for c in found.scheme.curves] == [
        ((0, 1, 2), False),
        ((0, 2), False),
    ]
    assert read(template_text(read(TEM, ".tem"), ".tem"), ".tem").landmarks.scheme == found.scheme


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tabs and blanks", TEM.replace("3 4", " 3 \t 4\t ")),
        ("trailing blanks", TEM.replace("0 1 2", "0 1 2 ")),
        ("blank lines", TEM.replace("\n", "\n\n")),
        ("comments", "# a comment\n" + TEM.replace("3 4\n", '3 4\n// nose\n["", {"desc": "x"}]\n')),
        ("dashes are a comment", "-----\n" + TEM),
        ("exponents", TEM.replace("1.5\t2", "1.5e0 0.2E+1")),
        ("twelve decimals", TEM.replace("3 4", "3.000000000000 4.000000000000")),
        ("plus and bare point", TEM.replace("3 4", "+3. +4")),
        ("no final newline", TEM.rstrip("\n")),
        ("a number after the last line", TEM + "43"),
        ("rubbish after the last line", TEM + "43 x y z\n1,5\n"),
        ("a no-break space", TEM.replace("3 4", "3\u00a04")),
    ],
)
def test_tem_traps_that_are_legal(name, text):
    expected = read(TEM, ".tem").landmarks
    found = read(text, ".tem").landmarks
    assert found.points.tolist() == expected.points.tolist()
    assert found.scheme == expected.scheme


def test_tem_outside_and_negative_coordinates_are_legal():
    assert read("2\n-3.5 -.5\n1e4 0\n0\n", ".tem").landmarks.points.tolist() == [
        [-3.5, -0.5],
        [1e4, 0],
    ]


@pytest.mark.parametrize("text", ["1\n2 3", "1\n2 3\n0"])
def test_tem_without_lines(text):
    assert read(text, ".tem").landmarks.scheme.curves == ()


def test_tem_lines_of_one_point_and_rings():
    lines = "0\n2\n0 0\n0\n4\n0 1 2 0\n1\n3\n0 1 2\n1\n4\n0 1 2 0\n0\n0\n0\n2\n1 2\n"
    found = read(f"3\n1 1\n2 2\n3 1\n6\n{lines}", ".tem").landmarks
    ring = ((0, 1, 2), True)
    assert [(c.points, c.closed) for c in found.scheme.curves] == [
        ring,
        ring,
        ring,
        ((1, 2), False),
    ]


@pytest.mark.parametrize("count", [189, 191, 83, 106, 70, 179, 28])
def test_tem_scheme_by_count(count):
    rows = "\n".join(f"{i} {i * i / 100}" for i in range(count))
    found = read(f"{count}\n{rows}\n1\n0\n2\n0 1\n", ".tem").landmarks.scheme
    expected = {189: "frl189", 191: "baby191", 83: "fpp83", 106: "fpp106"} | {
        70: "dlib70",
        179: "pl179",
        28: "simple28",
    }
    expected = expected[count]
    assert found == scheme(expected)  # the scheme's own curves, not the file's


@pytest.mark.parametrize(
    ("text", "code", "word", "line"),
    [
        (TEM.replace("3\n1.5", "4\n1.5", 1), "MK215", "announces 4 points and has 3", None),
        (TEM.replace("3\n1.5", "2\n1.5", 1), "MK215", "announces 2 points and has 3", None),
        (TEM.replace("3 4\n", "3\n"), "MK215", "announces 3 points and has 1", None),
        ("3\n1 2\n3 4\n", "MK215", "announces 3 points and has 2", None),
        ("0\n", "MK215", "1 to 2000 points", None),
        ("3 4\n1 2\n", "MK215", "the number of points", 1),
        ("x\n", "MK215", "ends where", None),
        ("3.5\n1 2\n", "MK201", "the number of points", 1),
        ("-3\n1 2\n", "MK201", "the number of points", 1),
        ("1" * 5000 + "\n1 2\n", "MK201", "the number of points", 1),
        (TEM.replace("3 4", "3 4 5"), "MK201", "pair", 3),
        (TEM.replace("3 4", "3 4x"), "MK201", "'4x' is not a number", 3),
        (TEM.replace("3 4", "3 1_0"), "MK201", "'1_0'", 3),
        (TEM.replace("3 4", "3 1e7"), "MK201", "no", 3),
        (TEM.replace("3 4", "3 nan"), "MK203", "nan", 3),
        (TEM.replace("3 4", "NaN 4"), "MK203", "NaN", 3),
        (TEM.replace("3 4", "3 -inf"), "MK203", "-inf", 3),
        (TEM.replace("3 4", "3 1.#QNAN"), "MK203", "QNAN", 3),
        (TEM.replace("3 4", "3 1e999"), "MK203", "1e999", 3),
        (TEM.replace("3 4", "3,5 4,5"), "MK218", "comma", 3),
        (TEM.replace("3 4", "3,4"), "MK218", "comma", 3),
        (TEM.replace("0 1 2", "0 1 3"), "MK216", "points of line 1", 8),
        (TEM.replace("0 1 2", "0 1 -1"), "MK201", "points of line 1", 8),
        (TEM.replace("0 1 2", "0 1"), "MK215", "points of line 1", 8),
        (TEM.replace("0 1 2", "0 1 2 2"), "MK215", "points of line 1", 8),
        (TEM.replace("0 1 2", "0 1 2.0"), "MK201", "points of line 1", 8),
        (TEM.replace("2\n0\n3\n0 1 2", "2\n7\n3\n0 1 2"), "MK216", "flag of line 1", 6),
        (TEM.removesuffix("0 2\n"), "MK215", "cut off", None),
        (TEM.replace("2\n0\n3\n0 1 2", "3\n0\n3\n0 1 2"), "MK215", "flag of line 3", None),
    ],
)
def test_tem_faults(text, code, word, line):
    one(text, ".tem", code, "" if word == "no" else word, line)


def test_tem_names_every_bad_point_at_once():
    findings = codes("4\n1 nan\n2 2\nx3 3\n3y 3\n0\n", ".tem")
    assert [(f.code, f.line) for f in findings] == [("MK203", 2), ("MK201", 5), ("MK215", 5)]


def test_a_fault_on_every_line_is_told_five_times():
    rows = "\n".join(f"{i},5 {i},5" for i in range(189))
    findings = codes(f"189\n{rows}\n0\n", ".tem")
    assert [f.line for f in findings] == [2, 3, 4, 5, 6]
    assert "184 more like this" in findings[-1].message


def test_too_many_points():
    count = MAX_POINTS + 1
    rows = "1 2\n" * count
    one(f"{count}\n{rows}0\n", ".tem", "MK215", "1 to 2000")
    one(f"version: 1\nn_points: {count}\n{{\n{rows}}}\n", ".pts", "MK215", "1 to 2000")
    named = "".join(f"p{i},1,2\n" for i in range(count))
    one(f"name,x,y\n{named}", ".csv", "MK215", "1 to 2000")
    points = [{"name": f"p{i}", "x": 1, "y": 2} for i in range(count)]
    text = json.dumps({"scheme": "free", "points": points})
    one(text, ".json", "MK215", "1 to 2000")


# ------------------------------------------------------------------ .pts

PTS = "version: 1\nn_points: 2\n{\n1 1\n20.5 30.25\n}\n"


@pytest.mark.parametrize(
    "text",
    [
        PTS,
        PTS.rstrip("\n"),
        PTS.replace("n_points: 2", "n_points:  2"),
        PTS.replace("version: 1", "version:1"),
        PTS.replace("\n", "\n\n"),
        PTS.replace("1 1", " 1\t1 "),
        PTS.replace("1 1", "1e0 +1."),
    ],
)
def test_pts_counts_from_one(text):
    assert read(text, ".pts").landmarks.points.tolist() == [[0, 0], [19.5, 29.25]]


def test_pts_is_written_counting_from_one():
    text = template_text(template([[0, 0], [19.5, -0.25]]), ".pts")
    assert text == "version: 1\nn_points: 2\n{\n1.0000 1.0000\n20.5000 0.7500\n}\n"


def test_pts_of_68_points_is_ibug68():
    rows = "\n".join(f"{x} {y}" for x, y in face68() + 1)
    found = read(f"version: 1\nn_points: 68\n{{\n{rows}\n}}\n", ".pts").landmarks
    assert found.scheme == scheme("ibug68")
    assert np.allclose(found.points, face68(), atol=1e-9)


@pytest.mark.parametrize(
    ("text", "code", "word", "line"),
    [
        (PTS.replace("n_points: 2", "n_points: 3"), "MK215", "announces 3 points and has 2", 2),
        (PTS.replace("n_points: 2\n", ""), "MK201", "n_points", 1),
        (PTS.replace("n_points: 2", "n_points: two"), "MK201", "n_points", 2),
        (PTS.replace("version: 1", "version: 2"), "MK201", "version of the format is 2", 1),
        (PTS.replace("version: 1\n", ""), "MK201", "not given", 1),
        (PTS.replace("{\n", ""), "MK201", "one { and one }", 1),
        (PTS.replace("}\n", ""), "MK201", "one { and one }", 5),
        (PTS.replace("{", "}"), "MK201", "one { and one }", 1),
        (PTS + "}\n", "MK201", "one { and one }", 7),
        (PTS + "1 2\n", "MK201", "follows the closing brace", 7),
        (PTS.replace("{", "colour: red\n{"), "MK201", "colour", 3),
        (PTS.replace("{", "n_points: 2\n{"), "MK201", "twice", 3),
        (PTS.replace("20.5 30.25", "20,5 30,25"), "MK218", "comma", 5),
        (PTS.replace("20.5 30.25", "20.5"), "MK201", "pair", 5),
        (PTS.replace("20.5", "NaN"), "MK203", "NaN", 5),
    ],
)
def test_pts_faults(text, code, word, line):
    one(text, ".pts", code, word, line)


def test_pts_faults_come_together():
    text = "version: 2\nn_points: 3\n{\n1 1\nx y\n}\nmore\n"
    found = {(f.code, f.line) for f in codes(text, ".pts")}
    assert found == {("MK201", 1), ("MK215", 2), ("MK201", 5), ("MK201", 7)}


# ------------------------------------------------------------------ own JSON


def own(points=None, drop=(), **changes):
    """The text of a JSON template of three free points, changed."""
    data = {
        "scheme": "free3",
        "width": 400,
        "height": 500,
        "reviewed": False,
        "origin": {"detector": "dlib"},
        "points": points or [{"name": n, "x": i, "y": i + 0.5} for i, n in enumerate("abc")],
    }
    data |= changes
    return json.dumps({key: value for key, value in data.items() if key not in drop})


def named(names, points):
    return [{"name": n, "x": x, "y": y} for n, (x, y) in zip(names, points, strict=True)]


def test_json_keeps_what_stands_beside_the_points():
    found = read(own(), ".json")
    assert (found.width, found.height, found.reviewed) == (400, 500, False)
    assert found.origin == {"detector": "dlib"}
    assert found.landmarks.points.tolist() == [[0, 0.5], [1, 1.5], [2, 2.5]]
    assert read(template_text(found, ".json"), ".json").origin == found.origin


def test_json_text():
    text = template_text(read(own(), ".json"), ".json")
    assert text == (
        '{\n "scheme": "free3",\n "width": 400,\n "height": 500,\n "reviewed": false,\n'
        ' "origin": {"detector": "dlib"},\n "points": [\n'
        '  {"name": "a", "x": 0.0, "y": 0.5},\n  {"name": "b", "x": 1.0, "y": 1.5},\n'
        '  {"name": "c", "x": 2.0, "y": 2.5}\n ]\n}\n'
    )
    assert list(json.loads(text)) == ["scheme", "width", "height", "reviewed", "origin", "points"]


def test_json_needs_only_scheme_and_points():
    found = read(own(drop=["width", "height", "reviewed", "origin"], colour="red"), ".json")
    assert (found.width, found.height, found.reviewed, found.origin) == (None, None, None, {})
    again = read(template_text(found, ".json"), ".json")
    assert (again.width, again.reviewed, again.origin) == (None, None, {})


def test_json_points_are_matched_by_name():
    layout = scheme("ibug68")
    points = named(layout.points, face68())
    np.random.default_rng(0).shuffle(points)
    found = read(own(points, scheme="ibug68"), ".json").landmarks
    assert found.scheme == layout
    assert np.array_equal(found.points, face68())


@pytest.mark.parametrize("name", ["ibug68", "ibug68+ext"])
def test_json_extra_points_are_kept_in_file_order(name):
    names = ["zebra", *scheme("ibug68").points, "iris_right"]
    points = np.concatenate([[[7, 8]], face68(), [[148, 220]]])
    found = read(own(named(names, points), scheme=name), ".json").landmarks
    assert found.scheme == scheme("ibug68").extended(["zebra", "iris_right"])
    assert found.points[68:].tolist() == [[7, 8], [148, 220]]
    assert read(template_text(Template(found), ".json"), ".json").landmarks.scheme == found.scheme


def test_json_without_extra_points_is_the_plain_scheme():
    text = own(named(scheme("ibug68").points, face68()), scheme="ibug68+ext")
    assert read(text, ".json").landmarks.scheme == scheme("ibug68")


@pytest.mark.parametrize("name", ["free", "free3", "free3+ext"])
def test_json_free_schemes_take_the_names_of_the_file(name):
    assert read(own(scheme=name), ".json").landmarks.scheme == free_scheme("abc")


def replaced_point(**changes):
    points = [{"name": n, "x": 1, "y": 2} for n in "ab"]
    return [*points, {"name": "c", "x": 1, "y": 2} | changes]


@pytest.mark.parametrize(
    ("text", "code", "pointer"),
    [
        (own(scheme="ibug69"), "MK206", "scheme"),
        (own(scheme=None), "MK206", "scheme"),
        (own(scheme=["ibug68"]), "MK206", "scheme"),
        (own(scheme="ibug68" * 20), "MK206", "scheme"),
        (own(drop=["scheme"]), "MK206", "scheme"),
        (own(scheme="free4"), "MK215", ""),
        (own(drop=["points"]), "MK219", "points"),
        (own(points={"a": [1, 2]}), "MK219", "points"),
        (own([*replaced_point(), 7]), "MK219", "points[3]"),
        (own(replaced_point(name="a"), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name=""), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name=3), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name="=1+1"), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name="a\nb"), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name="a\ud800"), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name="c "), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(name="c" * 65), scheme="free"), "MK217", "points[2]"),
        (own(replaced_point(x="1"), scheme="free"), "MK219", "points[2].x"),
        (own(replaced_point(y=True), scheme="free"), "MK219", "points[2].y"),
        (own(replaced_point(y=None), scheme="free"), "MK219", "points[2].y"),
        (own(replaced_point(y=float("nan")), scheme="free"), "MK203", "points[2].y"),
        (own(replaced_point(x=10**400), scheme="free"), "MK203", "points[2].x"),
        (own(replaced_point(x=1e7), scheme="free"), "MK201", "points[2].x"),
        (own(width=0), "MK219", "width"),
        (own(width=-3), "MK219", "width"),
        (own(height=500.0), "MK219", "height"),
        (own(height="500"), "MK219", "height"),
        (own(height=True), "MK219", "height"),
        (own(reviewed="yes"), "MK219", "reviewed"),
        (own(reviewed=1), "MK219", "reviewed"),
        (own(origin="me"), "MK219", "origin"),
        (own(origin={"a": float("inf")}), "MK219", "origin"),
    ],
)
def test_json_faults(text, code, pointer):
    assert one(text, ".json", code).pointer == pointer


def test_json_no_points():
    found = codes(json.dumps({"scheme": "free", "points": []}), ".json")
    assert [f.code for f in found] == ["MK215"]


def test_json_missing_points_are_named():
    names = [n for n in scheme("ibug68").points if n not in ("ibug05", "ibug61")]
    text = own(named(names, np.zeros((66, 2))), scheme="ibug68")
    fault = one(text, ".json", "MK217", "2 of the 68 points of ibug68 are missing: ibug05, ibug61")
    assert (fault.measured, fault.limit) == (66, 68)


def test_json_faults_come_together():
    text = own(replaced_point(x=None, name="a"), width=0, reviewed=2, scheme="ibug68", origin=3)
    found = [f.pointer for f in codes(text, ".json")]
    assert found == ["points[2]", "points[2].x", "points", "width", "reviewed", "origin"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "not JSON"),
        ('{"scheme": "free",}', "not JSON"),
        ("[]", "one JSON object"),
        ('"free"', "one JSON object"),
        ("[" * 100_000, "too deep"),
        ('{"width": ' + "9" * 5000 + "}", "too long"),
        ('{"scheme": "free", "scheme": "ibug68", "points": []}', "twice"),
        ('{"scheme": "free", "points": [{"name": "a", "x": 1, "x": 2, "y": 3}]}', "twice"),
    ],
)
def test_json_that_is_none(text, word):
    one(text, ".json", "MK201", word)


def test_json_fault_has_its_line():
    one('{\n "scheme": "free"\n "points": []\n}', ".json", "MK201", line=3)


# ------------------------------------------------------------------ own CSV


def test_csv_names_decide_the_scheme():
    rows = [f"{n},{x},{y}" for n, (x, y) in zip(scheme("ibug68").points, face68(), strict=True)]
    found = read("\n".join(["name,x,y", *reversed(rows)]), ".csv").landmarks
    assert found.scheme == scheme("ibug68")
    assert np.array_equal(found.points, face68())
    with_extra = read("\n".join(["name,x,y", "ear,7,8", *rows, ""]), ".csv").landmarks
    assert with_extra.scheme == scheme("ibug68").extended(["ear"])
    assert with_extra.points[68].tolist() == [7, 8]
    assert read("\n".join(["name,x,y", *rows[1:]]), ".csv").landmarks.scheme.name == "free67"


def test_csv_of_baby191_is_not_taken_for_frl189_with_extras():
    layout = scheme("baby191")
    text = template_text(Template(Landmarks(layout, np.arange(382.0).reshape(191, 2))), ".csv")
    assert read(text, ".csv").landmarks.scheme == layout


@pytest.mark.parametrize(
    "text",
    [
        "name,x,y\na,1,2\nb c,-3.5,4e1\n",
        'name,x,y\n"a","1","2"\n"b c",-3.5,40\n',
        " name , x , y \na, 1 ,2\n\nb c,-3.5,40\n,,\n",
    ],
)
def test_csv_is_read(text):
    found = read(text, ".csv").landmarks
    assert found.scheme == free_scheme(["a", "b c"])
    assert found.points.tolist() == [[1, 2], [-3.5, 40]]


@pytest.mark.parametrize(
    ("text", "code", "word", "line"),
    [
        ("name;x;y\na;1;2\n", "MK218", "semicolons", 1),
        ("name\tx\ty\na\t1\t2\n", "MK218", "tabs", 1),
        ("name,x,y\na,1,5,2,5\n", "MK218", "not a comma", 2),
        ('name,x,y\na,"1,5",2\n', "MK218", "not a comma", 2),
        ("name,x,y\na,1\n", "MK201", "2 cells", 2),
        ("name,x,y\na,1,2,3\n", "MK201", "4 cells", 2),
        ("name,x,y\na,1,\n", "MK201", "not a number", 2),
        ("name,x,y\na,1,2\na,3,4\n", "MK217", "twice", 3),
        ("name,x,y\n,1,2\n", "MK217", "point name", 2),
        ("name,x,y\n@a,1,2\n", "MK217", "@a", 2),
        ("name,x,y\na,nan,2\n", "MK203", "nan", 2),
        ("name,x,y\n", "MK215", "1 to 2000", None),
        ("a,1,2\n", "MK201", "header", 1),
        ("x,y\n1,2\n", "MK201", "header", 1),
        ('""\n', "MK201", "header", 1),
        ('name,x,y\n"a,1,2\n', "MK201", "CSV", None),
    ],
)
def test_csv_faults(text, code, word, line):
    one(text, ".csv", code, word, line)


def test_csv_faults_come_together():
    found = codes("name,x,y\na,nan,2\na,1\nb,2,x\n", ".csv")
    assert [(f.code, f.line) for f in found] == [
        ("MK203", 2),
        ("MK217", 3),
        ("MK201", 3),
        ("MK201", 4),
    ]


# ------------------------------------------------------------------ from scheme to scheme


def test_the_same_scheme_needs_no_conversion():
    given_landmarks = landmarks68()
    assert convert(given_landmarks, "ibug68") == (given_landmarks, ())
    free = template([[1, 2]]).landmarks
    assert convert(free, "free1") == (free, ())


def test_extra_points_are_dropped_and_named():
    layout = scheme("ibug68").extended(["forehead1", "iris_left"])
    extended = Landmarks(layout, np.concatenate([face68(), [[1, 2], [3, 4]]]))
    found, notes = convert(extended, "ibug68")
    assert found.scheme == scheme("ibug68")
    assert np.array_equal(found.points, face68())
    assert len(notes) == 1
    assert "forehead1, iris_left" in notes[0]
    assert convert(extended, "ibug68+ext")[0] is extended


def test_baby191_to_frl189():
    baby = Landmarks(scheme("baby191"), np.arange(382.0).reshape(191, 2))
    found, notes = convert(baby, "frl189")
    assert np.array_equal(found.points, baby.points[:189])
    assert found.scheme == scheme("frl189")
    assert "two points" in notes[0]


@pytest.mark.parametrize("name", ["frl189", "baby191"])
def test_to_ibug68_moves_with_the_face(name):
    """Scaling, turning and shifting before or after the conversion is the same."""
    layout = scheme(name)
    points = np.random.default_rng(1).uniform(0, 500, (len(layout.points), 2))
    turn = np.array([[0.8, -0.6], [0.6, 0.8]]) * 1.7
    before = convert(Landmarks(layout, points @ turn + 9), "ibug68")[0].points
    after = convert(Landmarks(layout, points), "ibug68")[0].points @ turn + 9
    assert np.abs(before - after).max() < 1e-9


def test_to_ibug68_takes_the_mirror_along():
    layout = scheme("frl189")
    landmarks = Landmarks(layout, np.random.default_rng(2).uniform(0, 500, (189, 2)))
    mirrored = convert(landmarks.mirrored(501), "ibug68")[0].points
    assert np.abs(mirrored - convert(landmarks, "ibug68")[0].mirrored(501).points).max() < 1e-9


def test_to_ibug68_takes_the_right_points():
    points = np.random.default_rng(4).uniform(0, 500, (189, 2))
    found = convert(Landmarks(scheme("frl189"), points), "ibug68")[0].points
    sources = {0: 109, 2: 111, 8: 129, 14: 114, 16: 112, 17: 71, 21: 75, 22: 78, 26: 82}
    sources |= {31: 64, 32: 180, 33: 55, 34: 181, 35: 69, 36: 18, 39: 22, 42: 23, 45: 27}
    sources |= {48: 87, 51: 90, 54: 93, 55: 108, 57: 106, 59: 104}
    sources |= {61: 95, 62: 96, 63: 97, 65: 102, 66: 101, 67: 100}
    assert np.array_equal(found[list(sources)], points[list(sources.values())])
    assert np.allclose(found[27], (points[51] + points[57]) / 2)
    assert np.allclose(found[60], (3 * points[87] + points[94]) / 4)
    assert np.allclose(found[3], (2 * points[125] + points[111]) / 3)


def test_to_ibug68_takes_lids_not_irises():
    layout = scheme("frl189")
    points = np.random.default_rng(3).uniform(0, 500, (189, 2))
    points[18:23] = [[0, 0], [10, 0], [10, 10], [20, 10], [30, 10]]  # 40 long
    found = convert(Landmarks(layout, points), "ibug68")[0].points
    assert found[36].tolist() == [0, 0]
    assert np.allclose(found[[37, 38]], [[10, 10 / 3], [10 + 20 / 3, 10]])
    moved = points.copy()
    moved[2:18] += 40  # the irises
    assert np.array_equal(convert(Landmarks(layout, moved), "ibug68")[0].points, found)


def test_to_ibug68_from_an_extended_template_drops_first():
    layout = scheme("frl189").extended(["mole"])
    found, notes = convert(Landmarks(layout, np.arange(380.0).reshape(190, 2)), "ibug68")
    assert found.scheme == scheme("ibug68")
    assert "mole" in notes[0]
    assert len(notes) > 1


@pytest.mark.parametrize(
    ("start", "to"), [("ibug68", "frl189"), ("frl189", "baby191"), ("fpp83", "ibug68")]
)
def test_landmarks_are_not_invented(start, to):
    layout = scheme(start)
    landmarks = Landmarks(layout, np.ones((len(layout.points), 2)))
    with pytest.raises(TemplateError, match="MK221") as caught:
        convert(landmarks, to)
    assert "frl189 → ibug68" in str(caught.value)
    assert "baby191 → frl189" in str(caught.value)


def test_free_points_become_a_scheme_of_as_many_points_when_asked():
    free = template(face68()).landmarks
    found, notes = convert(free, "ibug68")
    assert found.scheme == scheme("ibug68")
    assert (found.points == free.points).all()
    assert "order of ibug68" in notes[0]
    with pytest.raises(TemplateError, match="MK221"):
        convert(free, "fpp83")


def test_conversion_to_an_unknown_scheme():
    with pytest.raises(TemplateError, match="MK206"):
        convert(landmarks68(), "ibug69")


# ------------------------------------------------------------------ against a photo

WIDTH, HEIGHT = 400, 500


def suspicions(landmarks, **options):
    findings = plausibility(landmarks, WIDTH, HEIGHT, "a.tem", **options)
    assert all(f.file == "a.tem" and f.suggestion for f in findings)
    return [f.code for f in findings], findings


def moved(change):
    return Landmarks(scheme("ibug68"), change(face68()))


def test_a_face_is_plausible():
    assert plausibility(landmarks68(), WIDTH, HEIGHT) == []


@pytest.mark.parametrize("degrees", [-45, -20, 20, 45])
def test_a_tilted_face_is_plausible(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = moved(lambda p: (p - [200, 250]) @ np.array([[c, s], [-s, c]]) * 0.8 + [200, 250])
    assert plausibility(turned, WIDTH, HEIGHT) == []


def test_a_squeezed_eye_and_a_shut_mouth_are_plausible():
    points = face68()
    for aperture in scheme("ibug68").apertures:
        points[list(aperture.lower)] = points[list(aperture.upper)]
    assert plausibility(Landmarks(scheme("ibug68"), points), WIDTH, HEIGHT) == []


def test_a_mirrored_template_is_found():
    found, _ = suspicions(moved(lambda p: p * [-1, 1] + [WIDTH - 1, 0]))
    assert found == ["MK204"]


def test_exchanged_eyes_are_found():
    def exchange(points):
        points[[*range(36, 48)]] = points[[*range(42, 48), *range(36, 42)]]
        return points

    assert suspicions(moved(exchange))[0] == ["MK204"]


def test_exchanged_outer_corners_are_found():
    def exchange(points):
        points[[36, 45]] = points[[45, 36]]
        return points

    assert suspicions(moved(exchange))[0] == ["MK204"]


@pytest.mark.parametrize("sign", [1, -1])
def test_upside_down_is_found(sign):
    flipped = moved(lambda p: p * [sign, -1] + [0 if sign > 0 else WIDTH - 1, HEIGHT - 1])
    assert suspicions(flipped)[0] == ["MK205"]


def test_exchanged_x_and_y_are_found_and_told_from_a_photo_on_its_side():
    found, findings = suspicions(moved(lambda p: p[:, ::-1]))
    assert found == ["MK212"]
    assert "exchanged" in findings[0].suggestion
    found, findings = suspicions(moved(lambda p: p[:, ::-1] * [-1, 1] + [390, 0]))
    assert found == ["MK212"]
    assert "Turn the photo" in findings[0].suggestion


@pytest.mark.parametrize("beyond", [0.0, 0.5])
@pytest.mark.parametrize("corner", [(0, 0), (WIDTH - 1, HEIGHT - 1)])
def test_the_outer_pixel_edge_is_inside(beyond, corner):
    sign = -1 if corner == (0, 0) else 1
    points = np.array([[100.0, 100.0], [corner[0] + sign * beyond, corner[1] + sign * beyond]])
    assert plausibility(template(points).landmarks, WIDTH, HEIGHT) == []


@pytest.mark.parametrize("place", [(-0.6, 9), (9, -0.6), (WIDTH - 0.4, 9), (9, HEIGHT - 0.4)])
def test_outside_is_found_and_named(place):
    found, findings = suspicions(template([[1, 1], place, [5, 9]], ["a", "b", "c"]).landmarks)
    assert found == ["MK209"]
    assert findings[0].pointer == "b"
    assert findings[0].measured == pytest.approx(0.6)


def test_coinciding_landmarks_are_doubted():
    found, findings = suspicions(landmarks68(ibug19=face68()[17] + 0.004))
    assert found == ["MK210"]
    assert findings[0].severity == "warning"
    assert "ibug18 and ibug19" in findings[0].message


def test_a_lid_point_on_the_wrong_lid_point_is_doubted():
    assert suspicions(landmarks68(ibug38=face68()[40]))[0] == ["MK210"]


def test_an_iris_may_touch_its_lids_only():
    layout = scheme("ibug68").extended(["iris_right"])

    def with_iris(place):
        return Landmarks(layout, np.concatenate([face68(), [place]]))

    assert suspicions(with_iris(face68()[37]))[0] == []
    assert suspicions(with_iris(face68()[43]))[0] == ["MK210"]


@pytest.mark.parametrize("declared", [(401, 500), (500, 400), (400, None), (None, 501)])
def test_another_image_size_is_found(declared):
    expected = [] if declared == (400, None) else ["MK211"]
    found, findings = suspicions(landmarks68(), declared=declared)
    assert found == expected
    assert all("400 × 500" in f.message for f in findings)


def test_another_image_size_explains_what_lies_outside():
    found, _ = suspicions(moved(lambda p: p * 3), declared=(1200, 1500))
    assert found == ["MK211"]
    assert suspicions(moved(lambda p: p * 3))[0] == ["MK209"]


def test_shares_of_the_size_are_no_pixels():
    found, findings = suspicions(moved(lambda p: p / [WIDTH, HEIGHT]))
    assert "MK213" in found
    assert "shares" in findings[-1].suggestion


@pytest.mark.parametrize("stretch", [0.2, 3])
def test_impossible_proportions_are_found(stretch):
    found, _ = suspicions(moved(lambda p: (p - [0, 220]) * [0.5, stretch * 0.5] + [0, 220]))
    assert found == ["MK213"]


def test_a_landmark_left_in_the_corner_is_found():
    found, findings = suspicions(landmarks68(ibug05=(0, 0)))
    assert found == ["MK214"]
    assert "ibug05" in findings[0].message
    layout = scheme("ibug68").extended(["ear"])
    points = np.concatenate([landmarks68(ibug05=(0, 0)).points, [[1, 1]]])
    assert suspicions(Landmarks(layout, points))[0] == ["MK214"]


def test_the_order_of_another_scheme_is_found():
    order = np.random.default_rng(5).permutation(68)
    assert suspicions(moved(lambda p: p[order]))[0] != []


def test_all_points_on_one_place_are_found():
    found, _ = suspicions(moved(lambda p: p * 0 + 100))
    assert found == ["MK210", "MK213"]


def test_free_points_are_only_placed():
    found, _ = suspicions(template([[1, 1], [1, 1], [900, 1]]).landmarks)
    assert found == ["MK209", "MK210"]


@pytest.mark.parametrize("name", scheme_names())
def test_every_scheme_can_be_judged(name):
    layout = scheme(name)
    points = np.full((len(layout.points), 2), 100.0)
    points[list(layout.right_pupil)] = [60, 40]
    points[list(layout.left_pupil)] = [140, 40]
    if layout.outer_eye_corners:
        points[[*layout.outer_eye_corners]] = [[50, 40], [150, 40]]
    points[list(layout.group("mouth"))] = [100, 120]
    upright = plausibility(Landmarks(layout, points), WIDTH, HEIGHT)
    assert not {f.code for f in upright} & {"MK204", "MK205", "MK212", "MK213"}
    mirrored = plausibility(Landmarks(layout, points * [-1, 1] + [200, 0]), WIDTH, HEIGHT)
    assert "MK204" in {f.code for f in mirrored}
