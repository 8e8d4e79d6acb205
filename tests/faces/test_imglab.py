"""dlib's imglab XML: parts by number, boxes, encodings, and what a hostile file does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from morphkit.errors import MorphkitError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.faces.template import BY_COUNT, MAX_POINTS
from morphkit.faces.templates import (
    Entry,
    Template,
    collection_text,
    parse_collection,
    parse_template,
    template_text,
)

HEAD = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<?xml-stylesheet href='a.xsl'?>\n"
BOX = "<box top='1' left='2' width='3' height='4'>{}</box>"


def part(name, x, y):
    return f"<part name='{name}' x='{x}' y='{y}'/>"


PARTS = part("00", 5, 6) + part("01", 7, 8.5)


def dataset(*boxes, file="a.jpg", more=""):
    inside = "".join(BOX.format(box) for box in boxes) + more
    return (
        f"{HEAD}<dataset><name>x</name><images><image file='{file}' width='40' height='50'>"
        f"{inside}</image></images></dataset>"
    )


def read(text, encoding="latin-1"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return parse_collection(data, ".xml", file="x.xml")


def points(found):
    return [entry.template.landmarks.points.tolist() for entry in found.entries]


def one(text, code, word=""):
    with pytest.raises(TemplateError) as caught:
        read(text)
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == (code, "x.xml")
    assert word in finding.message
    return finding


def test_a_face():
    found = read(dataset(PARTS))
    assert points(found) == [[[5, 6], [7, 8.5]]]
    (entry,) = found.entries
    assert entry.image == "a.jpg"
    assert (entry.template.width, entry.template.height) == (40, 50)
    assert (entry.template.landmarks.scheme.name, found.notes) == ("free2", ())


def test_numbered_parts_stand_in_the_order_of_their_numbers():
    """Also unpadded ones, where dlib's order by text is another."""
    parts = [part(i, i, 2 * i) for i in range(12)]
    assert points(read(dataset("".join(reversed(parts)))))[0] == [[i, 2 * i] for i in range(12)]
    from_one = "".join(part(i + 1, i, 0) for i in range(12))
    assert points(read(dataset(from_one)))[0] == [[i, 0] for i in range(12)]


def test_sixty_eight_parts_are_ibug68():
    parts = "".join(part(f"{i:02d}", i, i) for i in range(68))
    assert read(dataset(parts)).entries[0].template.landmarks.scheme == scheme("ibug68")


def test_names_tell_the_scheme():
    names = scheme("simple28").points
    parts = "".join(part(name, i, 3) for i, name in reversed([*enumerate(names)]))
    found = read(dataset(parts)).entries[0].template.landmarks
    assert found.scheme == scheme("simple28")
    assert found.points[:, 0].tolist() == list(range(28))
    free = read(dataset(part("nose", 1, 2) + part("chin", 3, 4))).entries[0].template.landmarks
    assert free.scheme == free_scheme(["nose", "chin"])


def test_several_boxes_and_ignored_ones():
    ignored = BOX.format(PARTS).replace("<box ", "<box ignore='1' ")
    found = read(dataset(PARTS, PARTS.replace("5", "9"), "", more=ignored))
    assert points(found) == [[[5, 6], [7, 8.5]], [[9, 6], [7, 8.9]]]
    assert len(found.notes) == 1
    assert "2 box(es)" in found.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_encodings(encoding):
    text = dataset(PARTS, file="é &amp; &lt;b&gt;.jpg").replace("ISO-8859-1", encoding)
    assert read(text, encoding).entries[0].image == "é & <b>.jpg"
    marked = b"\xef\xbb\xbf" + dataset(PARTS).replace("ISO-8859-1", "UTF-8").encode()
    assert points(read(marked)) == points(read(dataset(PARTS).replace("\n", "\r\n")))


LAUGHS = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10))


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (dataset(part("00", 5, 6) + part("02", 7, 8)), "MK217", "1"),
        (dataset(part("05", 5, 6) + part("06", 7, 8)), "MK217", "before 5"),
        (dataset(part("00", 5, 6) + part("00", 7, 8)), "MK217", "twice"),
        (dataset(part("00", 5, 6) + part("0", 7, 8)), "MK217", "missing"),
        (dataset(part("=1+1", 5, 6)), "MK217", "point name"),
        (dataset("<part x='1' y='2'/>"), "MK217", "point name"),
        (dataset(part("00", "nan", 6)), "MK203", "nan"),
        (dataset(part("00", "5,5", 6)), "MK218", "comma"),
        (dataset(part("00", "", 6)), "MK201", "not a number"),
        (dataset("<part name='00' x='1'/>"), "MK201", "not a number"),
        (dataset(part("00", "1" * 400, 6)), "MK203", "not finite"),
        (dataset(PARTS).replace("'40'", "'-40'"), "MK219", "width"),
        (dataset(PARTS).replace("'50'", "'9999999'"), "MK219", "height"),
        (dataset("".join(part(i, 1, 2) for i in range(MAX_POINTS + 1))), "MK215", "1 to 2000"),
        (dataset(), "MK223", "no face"),
        ("<annotation><object/></annotation>", "MK201", "<annotation>"),
        ("", "MK201", "not XML"),
        ("<dataset>", "MK201", "not XML"),
        (dataset(PARTS)[:-9], "MK201", "not XML"),
        (f"<!DOCTYPE dataset [<!ENTITY a0 'x'>{LAUGHS}]><dataset>&a9;</dataset>", "MK201", "type"),
        ("<!DOCTYPE d SYSTEM 'file:///etc/passwd'><dataset/>", "MK201", "document type"),
        ("<dataset>&x;</dataset>", "MK201", "not XML"),
        ("<?xml version='1.0' encoding='no-such'?><dataset/>", "MK218", "decoded"),
        ("<?xml version='1.0' encoding='utf-7'?><dataset/>", "MK218", "decoded"),
        (dataset(PARTS, file="é").replace("ISO-8859-1", "UTF-8"), "MK201", "not XML"),
    ],
)
def test_faults(text, code, word):
    one(text, code, word)


def test_faults_of_several_boxes_come_together():
    with pytest.raises(TemplateError) as caught:
        read(dataset(part("00", "x", 6), PARTS, part("00", 1, "inf")))
    assert [(f.code, f.pointer[-6:]) for f in caught.value.findings] == [
        ("MK201", "box[0]"),
        ("MK203", "box[2]"),
    ]


def test_deep_and_large_files():
    depth = 100_000
    one("<dataset>" * depth + "</dataset>" * depth, "MK223")
    with pytest.raises(TemplateError, match=r"MK201.*too many"):
        parse_collection(b" " * 30_000_001, ".xml")


def made(places, name="a.jpg", **sizes):
    layout = free_scheme([f"point_{i:03d}" for i in range(len(places))])
    return Entry(name, Template(Landmarks(layout, np.array(places, float)), **sizes))


def test_text():
    entries = [made([[1.4, 2.6], [-3.4, 8]], "a&'\".jpg", width=40, height=50)]
    assert collection_text(entries, ".xml") == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<dataset>\n<images>\n"
        "  <image file=\"a&amp;'&quot;.jpg\" width='40' height='50'>\n"
        "    <box top='3' left='-3' width='5' height='6'>\n"
        "      <part name='00' x='1' y='3'/>\n"
        "      <part name='01' x='-3' y='8'/>\n"
        "    </box>\n  </image>\n</images>\n</dataset>\n"
    )
    assert read(collection_text(entries, ".xml"), "utf-8").entries[0].image == "a&'\".jpg"


def test_faces_of_one_photo_stand_under_it():
    text = collection_text([made([[1, 2]]), made([[5, 6]], "b.jpg"), made([[3, 4]])], ".xml")
    assert [entry.image for entry in read(text).entries] == ["a.jpg", "a.jpg", "b.jpg"]
    assert points(read(text)) == [[[1, 2]], [[3, 4]], [[5, 6]]]


def test_part_names_are_in_order_as_text_too():
    text = template_text(Template(Landmarks(scheme("frl189"), np.zeros((189, 2)))), ".xml")
    names = [row.split("'")[1] for row in text.split("\n") if "<part" in row]
    assert names == sorted(names)
    assert len(names) == 189


@given(st.sampled_from(list(BY_COUNT[".xml"].values())), st.integers(0, 2**32 - 1))
@hypothesis_settings(max_examples=20)
def test_round_trip_within_half_a_pixel(name, seed):
    layout = scheme(name)
    places = np.random.default_rng(seed).uniform(-5000, 5000, (len(layout.points), 2))
    text = template_text(Template(Landmarks(layout, places), 40, 50), ".xml")
    back = parse_template(text.encode(), ".xml")
    assert back.landmarks.scheme == layout
    assert np.abs(back.landmarks.points - places).max() <= 0.5
    assert (back.width, back.height) == (40, 50)
    assert template_text(back, ".xml") == text


SNIPPETS = [
    "<",
    ">",
    "'",
    "&",
    "&#0;",
    "<!--",
    "<box>",
    "</box>",
    "nan",
    "\0",
    "]]>",
    "<?",
    "é",
    "=",
]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(SNIPPETS))))
@hypothesis_settings(max_examples=300)
def test_a_damaged_file_is_read_or_refused(cuts):
    data = dataset(PARTS, PARTS)
    for place, length, snippet in cuts:
        at = int(place * len(data))
        data = data[:at] + snippet + data[at + length :]
    check_any(data.encode())


@given(st.binary(max_size=200))
@hypothesis_settings(max_examples=100)
def test_any_bytes_are_read_or_refused(data):
    check_any(data)
    check_any(b"<dataset>" + data + b"</dataset>")


def check_any(data):
    try:
        found = parse_collection(data, ".xml")
    except MorphkitError as error:
        assert all(f.code.startswith("MK2") for f in error.findings)
        return
    for entry in found.entries:
        assert np.isfinite(entry.template.landmarks.points).all()
