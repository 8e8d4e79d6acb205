"""Texts that tell of people and machines, and texts that only look like it."""

from __future__ import annotations

import base64

import pytest

from morphkit.validate.traces import (
    ADDRESS,
    DRIVE,
    HOME,
    SAVED_BY,
    SERVER,
    addresses,
    embedded,
    from_root,
    readable,
    traces,
    without_pictures,
)


def kinds(text: str, name: str = "x.txt") -> set[str]:
    return {one.what for one in traces(text, name)}


@pytest.mark.parametrize(
    "text, name, kind",
    [
        ("/home/grace/faces", "x.txt", HOME),
        ("image: '/Users/grace/faces/i01.jpg'", "x.yaml", HOME),
        ('{"faces": "/home/grace"}', "x.json", HOME),
        ("from /Volumes/STICK/raw", "x.md", HOME),
        ("=/mnt/lab7/raw", "x.ini", HOME),
        ("file:///home/grace/x", "x.html", HOME),
        ("file:///D:/faces/x", "x.html", HOME),
        ("file://localhost/srv/x", "x.html", HOME),
        (r"C:\Users\grace\x", "x.csv", DRIVE),
        (r'"C:\\Users\\grace"', "x.json", DRIVE),
        ("C:/Users/grace/x", "x.csv", HOME),
        (r"d:\study\raw\i01.jpg", "x.txt", DRIVE),
        (r'"D:\\raw\\i01.jpg"', "x.js", DRIVE),
        (r"\\ward7\infants\i01.jpg", "x.txt", SERVER),
        (r'"\\\\ward7\\infants"', "x.json", SERVER),
        ("mail grace.h@ward7.hospital.org", "x.txt", ADDRESS),
        ("<cp:lastModifiedBy> Grace </cp:lastModifiedBy>", "docProps/core.xml", SAVED_BY),
    ],
)
def test_what_tells(text: str, name: str, kind: str) -> None:
    assert kinds(text, name) == {kind}


@pytest.mark.parametrize(
    "text, name",
    [
        ("https://example.org/home/grace/x", "x.txt"),
        ("https://unpkg.com/@jspsych/plugin-preload@2.1.0/dist/index.js", "x.html"),
        ('"pointer": "/morphkit/sources/0"', "x.json"),
        ("../raw_faces/home/x", "x.yaml"),
        ("see docs/home/index", "x.md"),
        ("levels: 1/home/2", "x.md"),
        (r'"Q:\nWhat is it?\nA:\nthis"', "x.json"),
        (r"if(a:\w+\d+)", "x.js"),
        (r'x="\\w+\\d"', "x.js"),
        ("a ratio of 3:/4", "x.txt"),
        ("url(face@2x.png)", "x.css"),
        ("face@2x.png", "x.txt"),
        ("// by grace@ward7.hospital.org", "jspsych/jspsych.js"),
        ("@media (max-width: 1px)", "x.html"),
        ("location.protocol === 'file:'", "x.js"),
        ("open it as a file:// page", "x.txt"),
        ("<dc:creator>openpyxl</dc:creator>", "docProps/core.xml"),
        ("<dc:creator></dc:creator>", "docProps/core.xml"),
        ("<dc:creator>Grace</dc:creator>", "x.xml"),
    ],
)
def test_what_only_looks_like_it(text: str, name: str) -> None:
    assert kinds(text, name) == set()


def test_each_kind_once_with_its_first_line() -> None:
    (found,) = traces("first\n/home/a/x\n/Users/b/y and /home/c\n", "x.txt")
    assert (found.what, found.line, found.count) == (HOME, 2, 3)


def test_a_declared_address_may_stand_anywhere() -> None:
    text = "write to faces@museum.org or grace@ward7.org"
    assert addresses(text) == ["faces@museum.org", "grace@ward7.org"]
    (found,) = traces(text, "x.txt", {"faces@museum.org"})
    assert (found.what, found.count) == (ADDRESS, 1)


def test_texts_in_other_encodings() -> None:
    assert readable("/home/grace".encode("utf-16")) == "/home/grace"
    assert readable(b"caf\xe9") == "caf\ufffd"
    assert readable(b"\x00\x01\x02") is None


def test_pictures_in_texts() -> None:
    one, two = b"\xff\xd8 one", b"RIFF two"
    text = "".join(
        f'<img src="data:image/{kind};base64,{base64.b64encode(data).decode()}">\n'
        for kind, data in (("jpeg", one), ("webp", two))
    )
    assert list(embedded(text)) == [one, two]
    assert without_pictures(text) == '<img src="">\n<img src="">\n'
    assert list(embedded("data:image/png;base64,a")) == []


@pytest.mark.parametrize(
    "text",
    [
        "/srv/data/lab",
        "copied from /srv/data.",
        "see (/data/faces/2024), and others",
        "disk:/opt/faces",
        "D:/study/raw",
        "'/srv/x y/z'",
        "from\n/nfs/ward7/",
        "/_new/été",
    ],
)
def test_a_place_from_the_root_on_is_told_in_words(text: str) -> None:
    assert from_root(text)


@pytest.mark.parametrize(
    "text",
    [
        "and/or; he/she/they; m/f; n/a; 5/7; 1/2/2026; 24/7/365",
        "https://example.org/srv/data/lab",
        "example.org/faces/12 or www.example.org/a/b/c",
        "//cdn.example.org/a/b",
        "doi:10.1093/abc/def, https://doi.org/10.1093/abc",
        "<b>bold</b></i>/</p>",
        "CC BY 4.0 / CC0 / own",
        "../raw/faces, ./raw/faces, raw/faces/x, ~/raw/faces",
        "/opt, /data or /a/",
        "http://[::1]/a/b, {x}/a/b, (x)/a/b",
        "",
    ],
)
def test_what_only_looks_like_a_place(text: str) -> None:
    assert not from_root(text)
