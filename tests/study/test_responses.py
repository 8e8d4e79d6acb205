"""Files of responses as experiments and spreadsheets write them, and what is wrong with some."""

from __future__ import annotations

import codecs
import csv
import io
import math
from contextlib import suppress
from importlib import resources
from pathlib import Path
from random import Random

import pytest

from judged_set import MAP
from morphkit.errors import CalibrationError, UsageError
from morphkit.observed.reading import read_responses
from morphkit.study.meanings import choices, comparisons, given_answers
from morphkit.study.response_table import Responses
from morphkit.study.responses import MOST_ANSWERS, Gathering

PLAIN = """\
observer,stimulus_id,response,rt,block
o1,i01_dis_hap_f001,distressed,0.512,1
o1,i01_dis_hap_f009,happy,0.433,1
o2,i01_dis_hap_f001,distressed,0.71,1
"""
PSYCHOPY = """\
\ufeffstimulus_id,image_file,trials.thisRepN,trials.thisTrialN,trials.thisN,ready.keys,ready.rt,\
answer.keys,answer.rt,response_label,response_level,participant,session,date,psychopyVersion,
,,,,,space,2.1,,,,,p07,001,2026-05-01,2026.2.5,
i01_dis_hap_f001,stimuli/i01_dis_hap_f001.png,0,0,0,,,f,0.61,distressed,-1,p07,001,2026-05-01,2026.2.5,
i01_dis_hap_f009,stimuli/i01_dis_hap_f009.png,0,1,1,,,j,0.52,happy,1,p07,001,2026-05-01,2026.2.5,
i01_dis_hap_f005,stimuli/i01_dis_hap_f005.png,0,2,2,,,None,,,,p07,001,2026-05-01,2026.2.5,
"""
JSPSYCH = """\
"rt","stimulus","response","trial_type","trial_index","time_elapsed","participant","stimulus_id"
"1203","<p>Welcome</p>"," ","html-keyboard-response","0","1210","412","null"
"null","<div>+</div>","null","html-keyboard-response","1","1700","412",""
"640","stimuli/i01_dis_hap_f001.png","f","image-keyboard-response","2","2400","412","i01_dis_hap_f001"
"555","stimuli/i01_dis_hap_f009.png","j","image-keyboard-response","3","3500","412","i01_dis_hap_f009"
"null","stimuli/i01_dis_hap_f005.png","null","image-keyboard-response","4","9500","412","i01_dis_hap_f005"
"""
BUTTONS = """\
rt,stimulus,response,trial_type,trial_index,subject
640.2,stimuli/i01_dis_hap_f001.png,0,image-button-response,2,s1
555.9,stimuli/i01_dis_hap_f009.png,1,image-button-response,3,s1
"""
GORILLA = """\
Event Index,Participant Private ID,Trial Number,Response Type,Response,Reaction Time,\
Spreadsheet: image_file
1,99871,1,continue,,500.1,i01_dis_hap_f001.png
2,99871,1,response,Distressed,733.4,i01_dis_hap_f001.png
3,99871,2,response,Happy,612.9,i01_dis_hap_f009.png
END OF FILE,,,,,,
"""
OPENSESAME = """\
"acc","correct","response","response_time","stimulus_id","subject_nr"
"0","0","f","702","i01_dis_hap_f001","3"
"0","0","j","533","i01_dis_hap_f009","3"
"0","0","None","2000","i01_dis_hap_f005","3"
"""


def read(text: str, task: str = "two-choice", **options: object) -> Responses:
    gathering = Gathering(task, **options)  # type: ignore[arg-type]
    gathering.add(io.StringIO(text, newline=""), "r.csv")
    return gathering.done()


def code(text: str, task: str = "two-choice", **options: object) -> str:
    with pytest.raises(CalibrationError) as caught:
        read(text, task, **options)
    return caught.value.code


def table(found: Responses) -> list[tuple[str, str, str]]:
    return [
        (found.observers[o], found.stimuli[s], found.answers[a])
        for o, s, a in zip(found.observer, found.shown[0], found.answer, strict=True)
    ]


def test_plain_columns() -> None:
    found = read(PLAIN)
    assert table(found)[0] == ("o1", "i01_dis_hap_f001", "distressed")
    assert (found.observers, found.blocks) == (("o1", "o2"), ("1",))
    assert list(found.rt) == [0.512, 0.433, 0.71] and list(found.line) == [2, 3, 4]
    assert "in s, by their median" in found.notes[0]


@pytest.mark.parametrize(
    "text, program, observer, skipped, count",
    [
        (PSYCHOPY, "PsychoPy", "p07", 1, 3),
        (JSPSYCH, "jsPsych", "412", 2, 3),
        (BUTTONS, "jsPsych", "s1", 0, 2),
        (GORILLA, "Gorilla", "99871", 2, 2),
        (OPENSESAME, "OpenSesame", "3", 0, 3),
    ],
)
def test_front_ends(text: str, program: str, observer: str, skipped: int, count: int) -> None:
    found = read(text.removeprefix("\ufeff"))
    assert program in found.notes[0]
    assert (found.observers, found.skipped, len(found)) == ((observer,), skipped, count)
    assert found.stimuli[:2] == ("i01_dis_hap_f001", "i01_dis_hap_f009")
    assert all(0.4 < rt < 0.8 for rt in list(found.rt)[:2]), "in seconds"
    meant = choices(found.answers, MAP, buttons=found.buttons)
    assert [meant[a] for a in found.answer] == [0, 1, -1][:count]


def test_our_experiments_write_the_columns_that_are_looked_for() -> None:
    forms = resources.files("morphkit.package") / "forms"
    builder = (forms / "psychopy" / "task.psyexp").read_text(encoding="utf-8")
    assert '<KeyboardComponent name="answer">' in builder and 'name="trials"' in builder
    page = (forms / "jspsych" / "task.js").read_text(encoding="utf-8")
    record = (forms / "web" / "screens.js").read_text(encoding="utf-8")
    assert "response_label:" in record and "addProperties({ participant, list })" in page


def test_the_component_whose_keys_are_answers_must_be_clear() -> None:
    text = "participant,stimulus_id,go.keys,face.keys,face.rt,trials.thisN\no1,a,t,f,0.5,0\n"
    assert code(text) == "MK477"
    found = read(text, columns={"response": "face.keys"})
    assert "rt = 'face.rt'" in found.notes[0] and found.rt[0] == 0.5


def test_columns_are_given() -> None:
    text = "who;pic;said\nann;stimuli\\a_f001.PNG;1\n"
    assert code(text) == "MK477"
    found = read(text, columns={"observer": "WHO", "stimulus_id": "pic", "response": "said"})
    assert table(found) == [("ann", "a_f001", "1")]
    with pytest.raises(CalibrationError, match="no column 'whom'"):
        read(text, columns={"observer": "whom", "stimulus_id": "pic", "response": "said"})


def test_a_missing_column_says_what_is_there_and_how_to_give_it() -> None:
    with pytest.raises(CalibrationError) as caught:
        read("observer,picture_shown,response\no,a,1\n")
    told = str(caught.value)
    assert "'picture_shown'" in told and "looked for stimulus_id" in told
    assert "--column stimulus_id=NAME" in told


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("", "MK476"),
        ("\n\n \n", "MK476"),
        ("observer,stimulus_id,response\n", "MK476"),
        ("observer,stimulus_id,response\n,,\n", "MK476"),
        ("o1,i01_dis_hap_f001,happy,0.51\no1,i01_dis_hap_f002,happy,0.6\n", "MK477"),
        ("observer,stimulus_id,response,response\no,a,1,0\n", "MK477"),
        ("observer,stimulus_id,response\no,a,1,0\n", "MK476"),
        ("observer,stimulus_id,response,rt\no,a,1\n", "MK476"),
        ("a;b,c;d\n1;2,3;4\n", "MK476"),
        ('observer,stimulus_id,response\no,"a,1\n' + "x" * 140_000, "MK476"),
        ("observer,stimulus_id,response\n,a,1\n", "MK478"),
        ("observer,stimulus_id,response,rt\no,a,1,soon\n", "MK478"),
        ("observer,stimulus_id,response,rt\no,a,1,inf\n", "MK478"),
    ],
)
def test_bad_tables(text: str, wanted: str) -> None:
    assert code(text) == wanted


def test_a_row_of_data_in_the_place_of_the_header_is_named() -> None:
    with pytest.raises(CalibrationError, match="first row seems to be data"):
        read("o1,i01_dis_hap_f001,happy,0.51\n")


def test_a_ragged_row_is_found_by_its_line() -> None:
    with pytest.raises(CalibrationError, match=r"r\.csv:3: the row has 2 cells, the header 3"):
        read("observer,stimulus_id,response\no,a,1\no,b\n")


def test_a_quoted_line_end_counts_as_a_line() -> None:
    found = read('observer,stimulus_id,response,note\r\n"o\n1",a,1,"x\r\ny"\r\no2,b,0,\r\n')
    assert list(found.line) == [4, 5] and found.observers == ("o\n1", "o2")


@pytest.mark.parametrize("sign", [";", "\t"])
def test_spreadsheets(sign: str) -> None:
    rows = [line.split(",") for line in PLAIN.splitlines()]
    rows = [[cell.replace(".", ",") for cell in row] for row in rows]
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(rows)
    for text in (out.getvalue(), f"sep={sign}\r\n{out.getvalue()}"):
        found = read(text)
        assert list(found.rt) == [0.512, 0.433, 0.71] and len(found) == 3


def test_ratings_are_numbers() -> None:
    text = 'observer,stimulus_id,rating\no,a,"3,5"\no,b,-2\no,c,NA\n'
    found = read(text, "ratings")
    assert list(found.rating)[:2] == [3.5, -2.0] and math.isnan(found.rating[2])
    assert code(text.replace("-2", "=1+1"), "ratings") == "MK478"


def test_triads() -> None:
    text = "observer,stimulus_a,stimulus_b,stimulus_c,response\no,x,y,z,2\no,,y,z,1\n"
    found = read(text, "triads")
    assert [found.stimuli[column[0]] for column in found.shown] == ["x", "y", "z"]
    assert found.skipped == 1
    assert code(text, "quadruples") == "MK477"


def test_more_answers_than_a_choice_has() -> None:
    rows = "".join(f"o,a,{i}\n" for i in range(MOST_ANSWERS + 1))
    assert code("observer,stimulus_id,response\n" + rows) == "MK478"


@pytest.mark.parametrize("given, unit", [(None, "ms"), ("ms", "ms"), ("s", "s")])
def test_units_of_time(given: str | None, unit: str) -> None:
    text = "observer,stimulus_id,response,rt\no,a,1,40\no,b,1,900\n"
    found = read(text, rt_unit=given)
    assert list(found.rt) == ([0.04, 0.9] if unit == "ms" else [40, 900])


# Meanings


@pytest.mark.parametrize(
    "answers, wanted",
    [
        (("", "happy", "Distressed"), (-1, 1, 0)),
        (("", "J", "f"), (-1, 1, 0)),
        (("1", "0", "1.0", "0,0"), (1, 0, 1, 0)),
    ],
)
def test_what_answers_mean(answers: tuple[str, ...], wanted: tuple[int, ...]) -> None:
    assert choices(answers, MAP) == wanted


def test_given_meanings_count_alone() -> None:
    given = given_answers(["happy=left", "distressed=right,distressed=r"])
    assert choices(("left", "r", "right"), MAP, given) == (1, 0, 0)
    with pytest.raises(CalibrationError, match=r"MK479.*'happy'"):
        choices(("happy",), MAP, given)


def test_buttons_count_from_the_response_map() -> None:
    turned = [dict(entry, button=1 - entry["button"]) for entry in MAP]
    assert choices(("0", "1"), turned, buttons=True) == (1, 0)
    assert choices(("0", "1"), turned) == (0, 1)


@pytest.mark.parametrize("text", ["happy", "happy=", "=j"])
def test_bad_meanings_are_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="MK479"):
        given_answers([text])


@pytest.mark.parametrize("given", [[("glad", "j"), ("distressed", "f")], [("happy", "j")]])
def test_meanings_of_other_words(given: list[tuple[str, str]]) -> None:
    with pytest.raises(UsageError, match="MK479"):
        choices(("j",), MAP, given)


def test_unknown_answers_are_shown() -> None:
    with pytest.raises(CalibrationError, match=r"'sad', '=1\+1'.*--answers happy="):
        choices(("sad", "=1+1"), MAP)


def test_comparisons() -> None:
    assert comparisons(("1", "second", "", "First")) == (0, 1, -1, 0)
    assert comparisons(("f", "j"), [("first", "f"), ("second", "j")]) == (0, 1)
    with pytest.raises(CalibrationError, match="MK479"):
        comparisons(("0", "1"))


# Files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(PLAIN.replace("o2", "Zoë").replace("\n", "\r\n").encode(encoding))
    found = read_responses([path])
    assert found.observers == ("o1", "Zoë") and len(found) == 3


@pytest.mark.parametrize(
    "data, wanted",
    [
        (b"", "MK476"),
        (codecs.BOM_UTF8, "MK476"),
        (b"PK\x03\x04 a workbook", "MK476"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "MK476"),
        (PLAIN.replace("o2", "Zoë").encode("cp1252"), "MK617"),
        (PLAIN.encode("utf-16")[:-1], "MK617"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, data: bytes, wanted: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(data)
    with pytest.raises((CalibrationError, UsageError)) as caught:
        read_responses([path])
    assert caught.value.code == wanted
    if b"Zo\xeb" in data:
        assert caught.value.findings[0].line == 4


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UsageError, match="MK616"):
            read_responses([path])


def test_files_together_but_not_twice(tmp_path: Path) -> None:
    first, second, again = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    first.write_text(PLAIN, encoding="utf-8")
    second.write_text(OPENSESAME, encoding="utf-8")
    found = read_responses([first, second])
    assert found.observers == ("o1", "o2", "3") and len(found.notes) == 2
    again.write_text(PLAIN, encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"MK481.*a\.csv"):
        read_responses([first, second, again])


def test_damaged_files_are_read_or_refused() -> None:
    random = Random(5)
    seeds = (PLAIN, PSYCHOPY, JSPSYCH, BUTTONS, GORILLA, OPENSESAME)
    bits = (
        ",",
        ";",
        "\t",
        '"',
        "\n",
        "\r",
        "\0",
        "=1+1",
        "nan",
        "1e999",
        "☃",
        "<p>",
        "\ufeff",
        " ",
    )
    for _ in range(2000):
        text = random.choice(seeds)
        for _ in range(random.randint(1, 4)):
            start = random.randrange(len(text))
            text = text[:start] + random.choice(bits) + text[start + random.choice((0, 1, 20)) :]
        with suppress(CalibrationError):
            found = read(text, random.choice(("two-choice", "ratings")))
            assert len(found) == len(found.rt) == len(found.line) > 0


PHASED = """\
participant,stimulus_id,response_label,rt,phase
p1,a_01,happy,0.5,practice
p1,a_01,distressed,0.5,pretest
p1,a_02,happy,0.5,training
p1,a_01,happy,0.5,posttest
"""


def _phased(phase: str, text: str = PHASED) -> Responses:
    gathering = Gathering(phase=phase)
    gathering.add(io.StringIO(text), "a.csv")
    return gathering.done()


@pytest.mark.parametrize(("phase", "answer"), [("pretest", "distressed"), ("posttest", "happy")])
def test_a_phase_of_a_session_is_chosen(phase: str, answer: str) -> None:
    found = _phased(phase)
    assert [found.answers[one] for one in found.answer] == [answer]
    assert "3 row(s) of other phases left aside." in found.notes


def test_before_and_after_a_training_are_never_pooled() -> None:
    with pytest.raises(CalibrationError, match="MK487"):
        _phased("")


def test_practice_and_training_judge_nothing() -> None:
    text = PHASED.replace("posttest", "pretest")
    assert len(_phased("", text)) == 2
    assert len(_phased("training", text)) == 1


def test_a_phase_that_is_not_there_is_refused_with_those_that_are() -> None:
    there = "no row is of phase test; there are: posttest, practice, pretest, training"
    with pytest.raises(CalibrationError, match=f"MK476.*{there}"):
        _phased("test")


def test_practice_alone_is_refused_with_the_way_to_fit_it() -> None:
    text = "".join(PHASED.splitlines(keepends=True)[:2])
    with pytest.raises(
        CalibrationError, match=r"MK476.*all are of phase practice\..*--phase practice"
    ):
        _phased("", text)
    assert len(_phased("practice", text)) == 1


def test_a_file_without_the_phase_is_not_said_to_be_left_early() -> None:
    gathering = Gathering(phase="pretest")
    gathering.add(io.StringIO(PHASED.replace("pretest", "test")), "a.csv")
    gathering.add(io.StringIO(PHASED), "b.csv")
    found = gathering.done()
    assert len(found) == 1 and found.files == ("b.csv",)
    assert "1 file(s) passed over, no row is of phase pretest: a.csv." in found.notes
    assert not [note for note in found.notes if "left before" in note]


def test_a_test_and_a_test_after_a_training_are_never_pooled() -> None:
    with pytest.raises(CalibrationError, match="MK487"):
        _phased("", PHASED.replace("pretest", "test"))


@pytest.mark.parametrize(("header", "phase"), [("part", "pretest"), ("phase,Phase", "")])
def test_phases_that_no_column_tells_are_not_passed_over(header: str, phase: str) -> None:
    first, *rows = PHASED.strip().splitlines()
    more = header.count(",") * ",x"
    text = "\n".join([first.replace("phase", header), *(row + more for row in rows)])
    with pytest.raises(CalibrationError, match=r"MK477.*phase"):
        _phased(phase, text)
