"""Rohlf's .tps: y from the bottom, several faces, what is kept and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from morphkit.errors import MorphkitError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.faces.template import BY_COUNT
from morphkit.faces.templates import (
    Entry,
    Template,
    collection_text,
    parse_collection,
    parse_template,
    template_text,
)

TPS = """LM=2
290. 108.
100.5 179.25
IMAGE=i01_happy.jpg
ID=0
LM=2
1 2
3 4
IMAGE=i01_neutral.jpg
ID=1
SCALE=0.05
"""
SIZES = {"i01_happy.jpg": (400, 500), "i01_neutral.jpg": (300, 200)}


def read(text, sizes=SIZES.get):
    return parse_collection(text.encode(), ".tps", file="x.tps", size_of=sizes)


def faults(text, sizes=SIZES.get):
    with pytest.raises(TemplateError) as caught:
        read(text, sizes)
    assert all(f.file == "x.tps" for f in caught.value.findings)
    return caught.value.findings


def test_y_counts_from_the_bottom_of_its_own_photo():
    first, second = read(TPS).entries
    assert first.template.landmarks.points.tolist() == [[290, 392], [100.5, 320.75]]
    assert second.template.landmarks.points.tolist() == [[1, 198], [3, 196]]
    assert (first.image, first.template.width, first.template.height) == ("i01_happy.jpg", 400, 500)
    assert second.template.origin == {"tps": {"id": "1", "scale": "0.05"}}
    assert first.template.landmarks.scheme.name == "free2"


def test_a_photo_of_unknown_height_is_named():
    found = faults(TPS, lambda name: (400, 500) if "happy" in name else None)
    assert [(f.code, f.line) for f in found] == [("MK222", 6)]
    assert "'i01_neutral.jpg'" in found[0].message
    (nameless,) = faults("LM=1\n1 2\n", lambda _: None)
    assert (nameless.code, "IMAGE=" in nameless.message) == ("MK222", True)
    with pytest.raises(TemplateError, match="MK222"):
        parse_template(b"LM=1\n1 2\nIMAGE=a.jpg\n", ".tps")


@pytest.mark.parametrize(
    "text",
    [
        TPS.replace("\n", "\r\n"),
        TPS.replace("\n", "\r"),
        "\ufeff" + TPS,
        TPS.replace("LM=2", "lm = 2").replace("IMAGE=", "Image= "),
        TPS.replace("290. 108.", " 290.0\t108.00 "),
        TPS.replace("ID=0", "ID=0\nVARIABLES=a=b\nanything"),
        TPS.rstrip("\n"),
    ],
)
def test_what_is_legal(text):
    assert [e.template.landmarks.points.tolist() for e in read(text).entries] == [
        e.template.landmarks.points.tolist() for e in read(TPS).entries
    ]


def test_curves_and_outlines_are_left_out_and_said():
    curves = TPS.replace("ID=0", "CURVES=1\nPOINTS=2\n1 1\n2 2\nOUTLINES=1\nPOINTS=1\n9 9\nID=0")
    found = read(curves)
    assert len(found.entries[0].template.landmarks.points) == 2
    assert found.entries[0].image == "i01_happy.jpg"
    assert [("CURVES and OUTLINES" in note) for note in found.notes] == [True]
    assert read(TPS).notes == ()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (TPS.replace("LM=2", "LM=3", 1), "MK215", 1),
        (TPS.replace("LM=2", "LM=0", 1), "MK215", 1),
        (TPS.replace("LM=2", "LM=999999999", 1), "MK215", 1),
        (TPS.replace("LM=2", "LM=9999999999", 1), "MK201", 1),
        (TPS.replace("LM=2", "LM=two", 1), "MK201", 1),
        (TPS.replace("LM=2", "LM3=2", 1), "MK201", 1),
        (TPS.replace("290.", "nan"), "MK203", 2),
        (TPS.replace("290. 108.", "NA NA"), "MK201", 2),
        (TPS.replace("290. 108.", "-1 -1"), "MK203", 2),
        (TPS.replace("290. 108.", "290,5 108,5"), "MK218", 2),
        (TPS.replace("290. 108.", "290 108 3"), "MK201", 2),
        (TPS.replace("290.", "1e9"), "MK201", 2),
        ("2\n1 2\n3 4\n", "MK201", 1),
        ("IMAGE=a.jpg\n", "MK201", 1),
    ],
)
def test_faults(text, code, line):
    assert [(f.code, f.line) for f in faults(text)] == [(code, line)]


def test_faults_of_several_faces_come_together():
    text = TPS.replace("290.", "x").replace("3 4", "3 inf")
    assert [(f.code, f.line) for f in faults(text)] == [("MK201", 2), ("MK203", 8)]


def test_utf16_is_explained():
    with pytest.raises(TemplateError, match=r"MK218.*UTF-16"):
        parse_collection(TPS.encode("utf-16"), ".tps", size_of=SIZES.get)


def test_no_face_and_several():
    with pytest.raises(TemplateError, match=r"MK223.*2 faces"):
        parse_template(TPS.encode(), ".tps", file="x.tps", size_of=SIZES.get)


def made(points, name="a.jpg", height=500, **origin):
    layout = free_scheme([f"point_{i:03d}" for i in range(len(points))])
    return Entry(name, Template(Landmarks(layout, points), 400, height, None, origin))


def test_text():
    entries = [made([[1, 2], [3, 4.5]], tps={"scale": "0.05"}), made([[0, 499]], "b c.jpg")]
    assert collection_text(entries, ".tps") == (
        "LM=2\n1.0000 498.0000\n3.0000 495.5000\nIMAGE=a.jpg\nID=0\nSCALE=0.05\n"
        "LM=1\n0.0000 1.0000\nIMAGE=b c.jpg\nID=1\n"
    )


def test_an_origin_cannot_break_out_of_its_line():
    text = collection_text([made([[1, 2]], tps={"id": "7\nLM=1", "comment": ["x\ny"]})], ".tps")
    assert [row for row in text.split("\n") if row.startswith("LM")] == ["LM=1"]
    assert "ID=7 LM=1\n" in text
    assert "ID=0\n" in collection_text([made([[1, 2]], tps="no object")], ".tps")


@pytest.mark.parametrize("suffix", [".tps", ".xml"])
@pytest.mark.parametrize("name", ["a\nLM=9.jpg", "a\x01.jpg", "a\udc80.jpg"])
def test_a_name_that_cannot_be_written(suffix, name):
    with pytest.raises(TemplateError, match=r"MK220.*name"):
        collection_text([made([[1, 2]], name)], suffix)


def test_what_cannot_be_written():
    with pytest.raises(TemplateError) as caught:
        collection_text([made([[1, 2]], height=None), made([[-1, 501]], "b.jpg")], ".tps")
    assert [(f.code, f.pointer) for f in caught.value.findings] == [
        ("MK222", "a.jpg"),
        ("MK220", "b.jpg"),
    ]
    assert collection_text([made([[-1, 400]])], ".tps")


names = st.sampled_from(list(BY_COUNT[".tps"].values()))
places = st.floats(-0.5, 5000, allow_subnormal=False)


@given(names, st.integers(0, 2**32 - 1), st.integers(1, 5000), places, places)
@hypothesis_settings(max_examples=25)
def test_round_trip(name, seed, height, x, y):
    layout = scheme(name)
    points = np.random.default_rng(seed).uniform(0, height, (len(layout.points), 2))
    points[0] = max(x, 0), y
    given_template = Template(Landmarks(layout, points), 400, height)
    text = template_text(given_template, ".tps")
    back = parse_template(text.encode(), ".tps", size_of=lambda _: (400, height))
    assert back.landmarks.scheme == layout
    assert np.abs(back.landmarks.points - points).max() <= 1e-3
    assert template_text(back, ".tps") == text


SNIPPETS = ["LM=", "=", "\n", "-1 -1", "nan", "9" * 400, "CURVES=3", "POINTS=", "\0", ",", "LM3="]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(SNIPPETS))))
@hypothesis_settings(max_examples=200)
def test_a_damaged_file_is_read_or_refused(cuts):
    data = TPS
    for place, length, snippet in cuts:
        at = int(place * len(data))
        data = data[:at] + snippet + data[at + length :]
    check_any(data.encode())


@given(st.binary(max_size=200))
@hypothesis_settings(max_examples=100)
def test_any_bytes_are_read_or_refused(data):
    check_any(data)
    check_any(b"LM=1\n" + data)


def check_any(data):
    try:
        found = parse_collection(data, ".tps", size_of=lambda _: (400, 500))
    except MorphkitError as error:
        assert all(f.code.startswith("MK2") for f in error.findings)
        return
    for entry in found.entries:
        assert np.isfinite(entry.template.landmarks.points).all()
