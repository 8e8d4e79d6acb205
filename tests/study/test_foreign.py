"""Tables and file names of other programs: columns, units of levels, order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.errors import SetError
from morphkit.study.columns import role_of
from morphkit.study.foreign import grouped, numbered, parse_foreign_csv, rows_by_number


def levels(text: str) -> list[float]:
    return [row.level for row in parse_foreign_csv(text, "t.csv")[0]]


def codes(text: str) -> list[str]:
    try:
        return [found.code for found in parse_foreign_csv(text, "t.csv")[1]]
    except SetError as fault:
        return [found.code for found in fault.findings]


def table(column: str, *cells: object, sign: str = ",") -> str:
    rows = [f"m{i:02d}.png{sign}{cell}" for i, cell in enumerate(cells)]
    return "\n".join([f"ImageFile{sign}{column}", *rows]) + "\n"


@pytest.mark.parametrize(
    "column, role",
    [
        ("ImageFile", "image"),
        ("image_file", "image"),
        ("Filename", "image"),
        ("morph %", "level"),
        ("Percent Happy", "level"),
        ("alpha", "level"),
        ("Step", "number"),
        ("infant", "identity"),
        ("trans-img", "identity"),
        ("continuum", "continuum"),
        ("landmarks", "template"),
        ("rt", ""),
        ("weight_happy", ""),
    ],
)
def test_a_column_is_known_by_its_name(column: str, role: str) -> None:
    assert role_of(column) == role


@pytest.mark.parametrize(
    "column, cells, wanted, told",
    [
        ("level", (-1, 0, 0.5), (-1, 0, 0.5), []),
        ("percent", (0, 25, 100), (-1, -0.5, 1), []),
        ("morph", ("0%", "25 %", "100%"), (-1, -0.5, 1), ["MK636"]),
        ("morph", (0, 50, 100), (-1, 0, 1), ["MK636"]),
        ("weight", (0, 0.25, 1), (-1, -0.5, 1), ["MK636"]),
        ("intensity", (-100, 50, 100), (-1, 0.5, 1), ["MK636"]),
        ("level", (1, 2, 3, 4, 5), (-1, -0.5, 0, 0.5, 1), ["MK636"]),
        ("step", (10, 20, 30), (-1, 0, 1), ["MK636"]),
    ],
)
def test_levels_are_read_in_their_unit(
    column: str, cells: tuple[object, ...], wanted: tuple[float, ...], told: list[str]
) -> None:
    assert levels(table(column, *cells)) == pytest.approx(wanted)
    assert codes(table(column, *cells)) == told


@pytest.mark.parametrize("cells", [(1, 3, 7), (0, 500), (-200, 100), (150, 160)])
def test_numbers_without_a_unit_are_refused(cells: tuple[float, ...]) -> None:
    assert codes(table("level", *cells)) == ["MK637"]


def test_percent_that_ends_at_one_may_be_shares() -> None:
    assert codes(table("percent", 0, 0.5, 1)) == ["MK637"]


def test_tables_of_a_german_spreadsheet() -> None:
    text = "\ufeff" + table("level", "-1", "-0,5", "1", sign=";").replace("\n", "\r\n")
    assert levels(text) == [-1, -0.5, 1]


def test_bare_carriage_returns_and_tabs_of_webmorph() -> None:
    text = "trans-img\tfrom-img\tto-img\tshape\tcolor\ttexture\toutname\r"
    text += "".join(f"a\ta\tb\t{p}\t{p}\t{p}\ta_{p:03d}\r" for p in (0, 50, 100))
    rows, _ = parse_foreign_csv(text, "batch.csv")
    assert [(row.image, row.identity, row.continuum) for row in rows][1] == ("a_050", "a", "b")
    assert [row.level for row in rows] == [-1, 0, 1]


def test_columns_that_agree_and_columns_that_do_not() -> None:
    head = "image_file,morph_level,percent\n"
    assert codes(head + "a.png,-1,0\nb.png,0,50\nc.png,1,100\n") == []
    assert codes(head + "a.png,-1,0\nb.png,0,60\nc.png,1,100\n") == ["MK633"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("photo_nr,level\na,1\n", "image"),
        ("image,emotion\na.png,happy\n", "level"),
        ("image,file,level\na.png,b.png,0\n", "'image' and 'file'"),
        ("image,level\n", "no rows"),
        ("", "no rows"),
    ],
)
def test_what_a_table_lacks_is_said(text: str, words: str) -> None:
    with pytest.raises(SetError) as caught:
        parse_foreign_csv(text, "t.csv")
    assert caught.value.code == "MK633" and words in str(caught.value)


@pytest.mark.parametrize("cell", ["", "nan", "inf", "half", "1e999"])
def test_cells_that_are_no_number(cell: str) -> None:
    assert codes(table("level", -1, cell, 1)) == ["MK634"]


def test_rows_of_another_length() -> None:
    assert codes("image,level\na.png,0,1\n") == ["MK634"]
    assert levels("image,level\na.png,0,\nb.png,-1\n") == [0, -1]  # a comma too many


def test_a_path_from_neutral_keeps_its_levels() -> None:
    text = "image,level,morph_path\na.png,0,from-neutral\nb.png,0.5,from-neutral\n"
    assert levels(text) == [0, 0.5]
    assert codes("image,level,morph_path\na.png,0,sideways\n") == ["MK634"]


@pytest.mark.parametrize(
    "name, found",
    [
        ("a/baby_happy_07.png", ("a/baby_happy", 7)),
        ("Frame0012.jpg", ("Frame", 12)),
        ("morph 50%.png", ("morph", 50)),
        ("a_050percent.tif", ("a", 50)),
        ("neutral.png", ("neutral", None)),
        ("dir.1/neutral", ("dir.1/neutral", None)),
        ("12.png", ("", 12)),
    ],
)
def test_running_numbers(name: str, found: tuple[str, int | None]) -> None:
    assert numbered(name) == found


def test_series_from_running_numbers() -> None:
    rows, told = rows_by_number(
        ["b/f2.jpg", "b/f1.jpg", "b/f10.jpg", "a/f1.jpg", "x.jpg", "y1.png"]
    )
    assert [(row.image, row.level) for row in rows] == [
        ("b/f1.jpg", -1),
        ("b/f2.jpg", pytest.approx(-7 / 9)),
        ("b/f10.jpg", 1),
    ]
    assert [found.code for found in told] == ["MK636"]
    assert rows_by_number(["lisa1.jpg", "lisa2.jpg"]) == ([], [])


def test_order_is_that_of_the_numbers() -> None:
    text = "image,level\nm1.png,-1\nm2.png,1\nm3.png,0\n"
    (frames,) = grouped(parse_foreign_csv(text, "t.csv")[0])
    assert [row.image for row in frames] == ["m1.png", "m2.png", "m3.png"]
    turned = "image,level\nm1.png,1\nm2.png,0\nm3.png,-1\n"
    (frames,) = grouped(parse_foreign_csv(turned, "t.csv")[0])
    assert [row.level for row in frames] == [-1, 0, 1]


def test_series_are_kept_apart_by_folder() -> None:
    rows, _ = rows_by_number([f"{d}/level{i}.png" for d in "ab" for i in range(3)])
    assert [len(frames) for frames in grouped(rows)] == [3, 3]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_a_table_or_an_error(text: str) -> None:
    codes(text)
    codes("image,level\n" + text)
    numbered(text)
