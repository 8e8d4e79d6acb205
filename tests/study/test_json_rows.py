"""Responses in JSON, as jsPsych and JATOS save them; and what is neither a table nor JSON."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from morphkit.errors import CalibrationError
from morphkit.observed.reading import read_responses
from morphkit.study.response_table import Responses
from morphkit.study.responses import Gathering

RECORDED = Path(__file__).parent / "front_end_files"
WELCOME = {"trial_type": "html-keyboard-response", "trial_index": 0, "rt": 1203, "response": " "}
SURVEY = {"trial_type": "survey-text", "trial_index": 1, "response": {"age": "34", "of": [1, 2]}}
FACE = {
    "trial_type": "image-button-response",
    "trial_index": 2,
    "rt": 640.2,
    "stimulus_id": "i01_dis_hap_f001",
    "response": 0,
    "participant": "p1",
}
LATE = {**FACE, "trial_index": 3, "rt": None, "response": None}


def read(text: str) -> Responses:
    gathering = Gathering()
    gathering.add(io.StringIO(text, newline=""), "r.json")
    return gathering.done()


def code(text: str) -> str:
    with pytest.raises(CalibrationError) as caught:
        read(text)
    return caught.value.code


@pytest.mark.parametrize("name", ["jspsych7.csv", "jspsych8.csv", "labjs.csv"])
@pytest.mark.parametrize("indent", [None, 2])
def test_json_gives_what_the_table_gives(tmp_path: Path, name: str, indent: int | None) -> None:
    with (RECORDED / name).open(encoding="utf-8", newline="") as lines:
        rows = [{k: v for k, v in row.items() if v} for row in csv.DictReader(lines)]
    path = tmp_path / "data.json"
    path.write_text(json.dumps(rows, indent=indent), encoding="utf-8")
    found, table = read_responses([path]), read_responses([RECORDED / name])
    for column in (
        "observers",
        "stimuli",
        "answers",
        "answer",
        "rt",
        "trial",
        "skipped",
        "buttons",
    ):
        assert getattr(found, column) == getattr(table, column), column
    assert len(found) == 4 and {*found.pictures} == {*table.pictures}


def test_rows_of_other_screens_and_missing_keys() -> None:
    found = read(json.dumps([WELCOME, SURVEY, FACE, LATE]))
    assert (len(found), found.skipped, found.buttons) == (2, 2, True)
    assert [found.answers[one] for one in found.answer] == ["0", ""]
    assert found.rt[0] == pytest.approx(0.6402) and found.rt[1] != found.rt[1]


@pytest.mark.parametrize("kind", ["lists", "objects", "list of lists"])
def test_several_participants_in_one_file(kind: str) -> None:
    """JATOS puts what each of them sent on a line of its own."""
    both = [[WELCOME, {**FACE, "participant": who}] for who in ("p1", "p2")]
    text = {
        "lists": "\n".join(map(json.dumps, both)) + "\n",
        "objects": "\n".join(json.dumps(row) for rows in both for row in rows),
        "list of lists": json.dumps(both),
    }[kind]
    found = read(text)
    assert found.observers == ("p1", "p2") and found.skipped == 2
    assert list(found.line) == {"lists": [1, 2], "objects": [2, 4], "list of lists": [1, 1]}[kind]


def test_a_line_is_where_an_object_begins() -> None:
    bad = {**FACE, "rt": "soon", "stimulus": "a\nb"}
    lines = json.dumps([FACE, bad], indent=1).splitlines()
    line = 1 + [number for number, text in enumerate(lines) if text.strip() == "{"][1]
    with pytest.raises(CalibrationError, match=rf"MK478.*r\.json:{line} .*'soon', no number"):
        read("\n".join(lines))


WHOLE = json.dumps([FACE, LATE])


@pytest.mark.parametrize(
    "text",
    [
        WHOLE[:-1],
        WHOLE[:-9],
        WHOLE[: WHOLE.index("}, {") + 1],
        "[1, 2]",
        '["a"]',
        '[{"a": ' + 100_000 * "[" + "]}",
        '[{"a": ' + 5000 * "1" + "}]",
        "[{'a': 1}]",
        "[]",
        "{}",
        WHOLE + "]",
    ],
)
def test_json_that_is_damaged_or_no_table(text: str) -> None:
    assert code(text) == "MK476"


def test_damaged_json_is_read_or_refused() -> None:
    random = Random(5)
    for _ in range(1000):
        start = random.randrange(len(WHOLE))
        bit = random.choice((*',:"[]{}\n\0☃ ', "1e999", "NaN", "-"))
        with suppress(CalibrationError):
            found = read(WHOLE[:start] + bit + WHOLE[start + random.choice((0, 1, 20)) :])
            assert len(found) == len(found.rt) > 0


def test_objects_without_columns_of_responses() -> None:
    assert code(json.dumps({"trials": [FACE]})) == "MK476"
    assert code(json.dumps([{"who": "p1", "what": "a"}])) == "MK477"


def test_the_name_that_eprime_puts_above_the_header_is_skipped(tmp_path: Path) -> None:
    header = "ExperimentName\tSubject\tSession\tFace.RT\tresponse_label\tstimulus_id"
    row = "Faces\t7\t1\t733\thappy\ti01_dis_hap_f001"
    for name in ("faces-7-1.edat3", '"C:\\E-Prime\\all of them.EMRG2"\t\t', "faces-7-1.edat"):
        path = tmp_path / "export.txt"
        path.write_bytes(f"{name}\r\n{header}\r\n{row}\r\n".encode("utf-16"))
        found = read_responses([path])
        assert found.observers == ("7",) and list(found.line) == [3]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p1.log", "0.1 \tEXP \tCreated window\n0.2 \tDATA \tKeypress: f\n", "begins with '0.1'"),
        ("notes.txt", "my Notes\n", "begins with 'my Notes'"),
        ("page.html", "<!doctype html>\n<p>a, b, c</p>\n", "begins with '<!doctype html>'"),
        ("q.csv", "StartDate,ResponseId,1_Q2,2_Q2\nd,R_1,1,2\n", "wide table.*Qualtrics.*README"),
    ],
)
def test_what_is_no_table_of_responses(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError, match=f"MK476.*{told}") as caught:
        read_responses([path])
    assert len(caught.value.findings) == 1


def test_a_long_table_of_qualtrics_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("ResponseId,stimulus_id,response\nR_1,a,happy\n", encoding="utf-8")
    assert read_responses([path], columns={"observer": "ResponseId"}).observers == ("R_1",)
    with pytest.raises(CalibrationError, match=r"MK477.*observer"):
        read_responses([path])
