"""faces.csv, folders of photos, and what a recipe may take of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit.errors import Finding, SetError
from morphkit.study.sources import (
    PHOTOS,
    SourceRow,
    parse_faces_csv,
    select,
    sources_from_listing,
)

ROOT = Path(__file__).resolve().parents[2]
HEADER = (
    "identity,expression,image,template,source,licence,derivatives_allowed,"
    "publish_allowed,consent_scope,consent_until,age_months"
)
GOOD = f"""\
{HEADER}
i01,happy,i01/happy.jpg,,"Lab, room 2",own,yes,no,lab,2027-12-31,7.5
i01,distressed,i01/cry.JPG,i01/cry.pts,,,,,,,
i02,happy,b.png,,,,Unknown,,,,12
"""


def faults(text: str) -> list[Finding]:
    with pytest.raises(SetError) as caught:
        parse_faces_csv(text, "faces.csv")
    assert caught.value.exit_code == 1
    return list(caught.value.findings)


def test_reads_rows() -> None:
    first, second, third = parse_faces_csv(GOOD, "faces.csv")
    assert first == SourceRow(
        *("i01", "happy", "i01/happy.jpg", None, "Lab, room 2", "own", "yes", "no", "lab"),
        *("2027-12-31", 7.5),
    )
    assert second == SourceRow("i01", "distressed", "i01/cry.JPG", "i01/cry.pts")
    assert (third.derivatives_allowed, third.age_months) == ("unknown", 12.0)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\n" + GOOD.replace("\n", "\n\n"),
        GOOD.replace("i01,happy", " i01 , happy "),
        GOOD + ",,,,,,,,,,\n",
        GOOD.replace("\n", ",,\n"),
    ],
)
def test_what_spreadsheets_leave_is_fine(text: str) -> None:
    assert parse_faces_csv(text) == parse_faces_csv(GOOD)


def test_few_columns_are_enough() -> None:
    assert parse_faces_csv("image,identity,expression\na.png,i01,happy\n") == [
        SourceRow("i01", "happy", "a.png")
    ]


BAD = {
    "empty": (GOOD, "", "MK640", None, "", "empty"),
    "no rows": (GOOD, HEADER, "MK640", 1, "", "no rows"),
    "semicolons": (GOOD, GOOD.replace(",", ";"), "MK640", 1, "", "semicolons"),
    "tabs": (GOOD, GOOD.replace(",", "\t"), "MK640", 1, "", "tabs"),
    "open quotation": ('room 2"', "room 2", "MK640", 4, "", "quotation"),
    "line break": ("room 2", "room\n2", "MK640", 3, "source", "line break"),
    "unknown column": ("licence", "license", "MK641", 1, "license", "mean licence?"),
    "upper-case column": ("identity,", "Identity,", "MK641", 1, "Identity", "mean identity?"),
    "nameless column": ("source,licence", ",licence", "MK641", 1, "", "''"),
    "missing column": ("image,", "", "MK642", 1, "image", "missing"),
    "column twice": ("source,licence", "source,source", "MK653", 1, "source", "twice"),
    "short row": ("i02,happy,b.png,,,,Unknown,,,,12", "i02,happy,b.png", "MK650", 4, "", "3 cells"),
    "decimal comma": ("2027-12-31,7.5", "2027-12-31,7,5", "MK650", 2, "", "decimal point"),
    "numeric identity": ("i02,", "001,", "MK644", 4, "identity", "Write i001"),
    "empty identity": ("i02,", ",", "MK644", 4, "identity", "empty"),
    "missing-value identity": ("i02,", "na,", "MK644", 4, "identity", "missing value"),
    "expression": ("i02,happy", "i02,Happy!", "MK645", 4, "expression", "Write happy"),
    "empty expression": ("i02,happy", "i02,", "MK645", 4, "expression", "empty"),
    "no image": ("b.png", "", "MK646", 4, "image", "empty"),
    "not a photo": ("b.png", "b.gif", "MK646", 4, "image", "jpg"),
    "no extension": ("b.png", "b", "MK646", 4, "image", "Extensions"),
    "backslashes": ("b.png", "i02\\b.png", "MK646", 4, "image", "i02/b.png"),
    "absolute": ("b.png", "/b.png", "MK646", 4, "image", "leads out"),
    "drive": ("b.png", "C:/b.png", "MK646", 4, "image", "leads out"),
    "above": ("b.png", "../b.png", "MK646", 4, "image", "leads out"),
    "template above": ("i01/cry.pts", "../cry.pts", "MK646", 3, "template", "leads out"),
    "permission": ("Unknown", "maybe", "MK647", 4, "derivatives_allowed", "'maybe'"),
    "publish": ("yes,no", "yes,nope", "MK647", 2, "publish_allowed", "'nope'"),
    "date": ("2027-12-31", "31.12.2027", "MK648", 2, "consent_until", "2027-12-31"),
    "no such day": ("2027-12-31", "2027-02-30", "MK648", 2, "consent_until", "not a date"),
    "compact date": ("2027-12-31", "20271231", "MK648", 2, "consent_until", "not a date"),
    "age": ("7.5", "seven", "MK649", 2, "age_months", "decimal point"),
    "quoted comma": (",7.5", ',"7,5"', "MK649", 2, "age_months", "decimal point"),
    "negative age": ("7.5", "-1", "MK649", 2, "age_months", "not an age"),
    "infinite age": ("7.5", "inf", "MK649", 2, "age_months", "not an age"),
    "face twice": ("i02,", "i01,", "MK643", 4, "expression", "line 2"),
    "photo twice": ("b.png", "i01/happy.jpg", "MK654", 4, "image", "line 2"),
}


@pytest.mark.parametrize("case", BAD)
def test_catches(case: str) -> None:
    old, new, code, line, pointer, words = BAD[case]
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1))
    hits = [f for f in found if f.code == code]
    assert hits, found
    assert (hits[0].line, hits[0].file, hits[0].pointer) == (line, "faces.csv", pointer)
    assert words in f"{hits[0].message} {hits[0].suggestion}"


def test_all_faults_at_once() -> None:
    text = GOOD.replace("b.png", "b.gif").replace("7.5", "x").replace("i02", "002")
    text = text.replace("distressed", "Sad")
    assert [(f.code, f.line) for f in faults(text)] == [
        ("MK649", 2),
        ("MK645", 3),
        ("MK644", 4),
        ("MK646", 4),
    ]
    header = faults("identity,expresion,foo\n")
    assert [f.code for f in header] == ["MK641", "MK641", "MK642", "MK642"]


@settings(max_examples=100, deadline=None)
@given(st.text() | st.lists(st.sampled_from([*GOOD, '"', "\x00", "\r"]), max_size=99).map("".join))
def test_any_text_gives_rows_or_a_set_error(text: str) -> None:
    for table in (text, GOOD + text, text + GOOD):
        try:
            assert parse_faces_csv(table)
        except SetError as error:
            assert all(re.fullmatch("MK6[45][0-9]", f.code) for f in error.findings)


def test_both_layouts_of_a_folder() -> None:
    listing = [
        *("i02_happy.png", "i01/happy.JPG", "i01/sad_cry.tiff", "i02_sad_cry.webp"),
        *("i01/happy.pts", "i01/notes.txt", "readme.md", "cover.png", "i01/raw/happy.jpg"),
        *("._i02_happy.png", ".git/a.png", "i01/.hidden.jpg", "i02_happy", "._i01/happy.jpg"),
    ]
    assert sources_from_listing(listing) == [
        SourceRow("i01", "happy", "i01/happy.JPG"),
        SourceRow("i01", "sad_cry", "i01/sad_cry.tiff"),
        SourceRow("i02", "happy", "i02_happy.png"),
        SourceRow("i02", "sad_cry", "i02_sad_cry.webp"),
    ]


def test_every_photo_format_is_found_and_no_other() -> None:
    for extension in (*PHOTOS, "JPG"):
        assert sources_from_listing([f"i01_happy.{extension}"])[0].identity == "i01"
    for extension in ("gif", "svg", "tem", "jpgx", ""):
        with pytest.raises(SetError, match="MK655"):
            sources_from_listing([f"i01_happy.{extension}"])


def listing_faults(*paths: str) -> list[Finding]:
    with pytest.raises(SetError) as caught:
        sources_from_listing(paths)
    return list(caught.value.findings)


def test_folder_names_that_break_the_law() -> None:
    found = listing_faults("001_neutral.jpg", "001_smiling.jpg", "002_neutral.jpg", "i03_happy.jpg")
    assert [(f.code, f.file) for f in found] == [
        ("MK651", "001_neutral.jpg"),
        ("MK651", "002_neutral.jpg"),
    ]
    assert "faces.csv" in found[0].suggestion
    assert "i001" in found[0].suggestion
    assert [f.code for f in listing_faults("i01_Happy.jpg", "IMG/x 1.png")] == ["MK651"] * 3


def test_two_photos_of_one_face() -> None:
    found = listing_faults("i01_happy.jpg", "i01/happy.png")
    assert [f.code for f in found] == ["MK652"]
    assert "i01_happy.jpg" in found[0].message
    assert "i01/happy.png" in found[0].message


def test_an_empty_folder() -> None:
    assert [f.code for f in listing_faults("notes.txt")] == ["MK655"]


@given(st.lists(st.text(st.sampled_from("iI0a_/.jpgn"), max_size=12)))
def test_any_listing_gives_rows_or_a_set_error(paths: list[str]) -> None:
    try:
        rows = sources_from_listing(paths)
    except SetError as error:
        assert all(re.fullmatch("MK65[0-9]", f.code) for f in error.findings)
    else:
        assert len({(r.identity, r.expression) for r in rows}) == len(rows) > 0


ROWS = [
    SourceRow("i02", "happy", "2h.png"),
    SourceRow("i02", "neutral", "2n.png"),
    SourceRow("i01", "neutral", "1n.png", derivatives_allowed="unknown"),
    SourceRow("i01", "happy", "1h.png", derivatives_allowed="yes"),
    SourceRow("i01", "cry", "1c.png", derivatives_allowed="no"),
]


def select_faults(*request: object) -> list[Finding]:
    with pytest.raises(SetError) as caught:
        select(ROWS, *request)  # type: ignore[arg-type]
    return list(caught.value.findings)


def test_select_takes_what_is_needed_in_order() -> None:
    chosen = select(ROWS, "all", ["happy", "neutral"])
    assert [row.image for row in chosen] == ["1h.png", "1n.png", "2h.png", "2n.png"]
    chosen = select(ROWS, ("i02", "i01"), ["neutral"])
    assert [row.image for row in chosen] == ["1n.png", "2n.png"]
    assert select(ROWS, ["i02"], ["happy"]) == ROWS[:1]


def test_select_names_everything_that_is_absent() -> None:
    found = select_faults(["i01", "i3", "i04"], ["happy", "sad"])
    assert [(f.code, f.pointer) for f in found] == [
        ("MK930", "identities"),
        ("MK930", "identities"),
        ("MK931", "i01"),
    ]
    assert "i04" in found[0].message
    assert "i3" in found[1].message
    assert "sad" in found[2].message
    assert "cry, happy, neutral" in found[2].message


def test_select_names_each_infant_that_lacks_an_expression() -> None:
    found = select_faults("all", ["angry", "happy"])
    assert [(f.code, f.pointer) for f in found] == [("MK931", "i01"), ("MK931", "i02")]


def test_a_photo_without_permission_is_not_morphed() -> None:
    found = select_faults(["i01"], ["cry", "happy"])
    assert [(f.code, f.file) for f in found] == [("MK701", "1c.png")]
    assert select(ROWS, ["i01"], ["happy"])


def test_nobody_to_choose_from() -> None:
    with pytest.raises(SetError, match="MK932"):
        select([], "all", ["happy"])


def test_the_page_documents_every_column() -> None:
    page = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert [c for c in HEADER.split(",") if f"| `{c}` |" not in page] == []
    assert [e for e in PHOTOS if f"`{e}`" not in page] == []
