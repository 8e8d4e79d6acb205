"""Files in which several screens of a trial were answered, of which one judged the face."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from morphkit.errors import CalibrationError
from morphkit.study.responses import Gathering, Responses

FACES = ("i01_dis_hap_f001", "i01_dis_hap_f009")
HEADERS = {
    "jsPsych": "trial_type,trial_index,subject,response,rt,stimulus,stimulus_id,task",
    "lab.js": "sender_type,time_commit,participant,response,duration,ended_on,stimulus_id,sender",
    "Gorilla": "Event Index,Participant Private ID,Response,Reaction Time,Response Type,"
    "Spreadsheet: stimulus_id,Trial Number,Display,Screen,Object Name,Spreadsheet: phase",
    "Inquisit": "blockcode,subject,values.response_label,latency,values.stimulus_id,trialcode",
}
# What was answered to a face: its screen, and one that asks something else.
JSPSYCH = "image-keyboard-response,1,p1,{0},500,img/{1}.png,{1},"
GORILLA = "1,p1,{0},500,response,{1},{2},Trial,Screen 2,{3},test"
SCREENS = {
    "trial_type": ("jsPsych", JSPSYCH, "html-keyboard-response,2,p1,f,900,sure?,{1},"),
    "stimulus": ("jsPsych", JSPSYCH, "image-keyboard-response,2,p1,f,900,sure?,{1},"),
    "task": ("jsPsych", JSPSYCH, "image-keyboard-response,2,p1,f,900,img/{1}.png,{1},mood"),
    "sender": (
        "lab.js",
        "html.Screen,1,p1,{0},500,response,{1},face",
        "html.Screen,1,p1,f,500,response,{1},mood",
    ),
    "Object Name": ("Gorilla", GORILLA, "2,p1,f,500,response,{1},{2},Trial,Screen 2,Mood,test"),
    "Screen": ("Gorilla", GORILLA, "2,p1,f,500,response,{1},{2},Trial,Screen 3,Key,test"),
    "Display": ("Gorilla", GORILLA, "2,p1,f,500,response,{1},9,Mood,Screen 2,Key,test"),
    "trialcode": ("Inquisit", "b,7,{0},500,{1},face", "b,7,f,900,{1},mood"),
}


def screens(column: str, second: bool = True) -> str:
    program, face, mood = SCREENS[column]
    rows = [HEADERS[program]]
    for trial, name in enumerate(FACES):
        rows.append(face.format("fj"[trial], name, trial, "Key"))
        rows += [mood.format("f", name, trial)] if second else []
    return "\n".join(rows) + "\n"


def read(*texts: str, rows: Sequence[tuple[str, str]] = (), **options: str) -> Responses:
    gathering = Gathering(rows=rows, **options)  # type: ignore[arg-type]
    for number, text in enumerate(texts):
        gathering.add(io.StringIO(text, newline=""), f"{number}.csv")
    return gathering.done()


def answers(found: Responses) -> list[str]:
    return [found.answers[one] for one in found.answer]


@pytest.mark.parametrize("column", SCREENS)
def test_answers_of_two_screens_are_refused(column: str) -> None:
    with pytest.raises(CalibrationError, match=r"MK489.*0\.csv:3") as caught:
        read(screens(column))
    finding = caught.value.findings[0]
    assert finding.pointer == column and "(2)" in finding.message
    assert f'--rows "{column}=' in (finding.suggestion or "")


@pytest.mark.parametrize("column", SCREENS)
def test_answers_of_one_screen_are_read(column: str) -> None:
    found = read(screens(column, second=False))
    assert answers(found) == ["f", "j"] and SCREENS[column][0] in found.notes[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("trial_type", "image-keyboard-response"),
        ("stimulus", "*.PNG"),
        ("task", ""),
        ("Sender", " Face"),
        ("object name", "K*y"),
        ("Screen", "Screen 2"),
        ("Display", "trial"),
        ("trialcode", "face"),
    ],
)
def test_rows_are_chosen(column: str, value: str) -> None:
    names = {name.lower(): name for name in SCREENS}
    found = read(screens(names[column.lower()]), rows=[(column, value)])
    assert answers(found) == ["f", "j"]
    assert "2 row(s) left aside by --rows." in found.notes


def test_a_value_is_the_whole_cell_and_no_pattern() -> None:
    for value in ("fac", "f.ce", "[f]ace", "face|mood"):
        with pytest.raises(CalibrationError, match=r"MK476.*'sender'.*'face' \(2\), 'mood' \(2\)"):
            read(screens("sender"), rows=[("sender", value)])


def test_several_values_and_several_columns_are_chosen() -> None:
    both = [("sender", "face"), ("sender", "mood")]
    assert answers(read(screens("sender"), rows=both)) == ["f", "f", "j", "f"]
    one = [*both, ("stimulus_id", FACES[1])]
    assert answers(read(screens("sender"), rows=one)) == ["j", "f"]


def test_a_column_that_was_chosen_leaves_the_others_to_be_told() -> None:
    with pytest.raises(CalibrationError, match=r"MK489.*'Screen'"):
        read(screens("Screen"), rows=[("Object Name", "Key")])


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(CalibrationError, match=r"MK477.*'task' isn't there.*'sender'"):
        read(screens("sender"), rows=[("task", "face")])


def test_screens_without_answers_are_no_judgements() -> None:
    """Feedback and fixation get what was shown, too."""
    text = screens("trial_type").replace(",p1,f,900,sure?", ",p1,null,null,right!")
    assert answers(read(text)) == ["f", "", "j", ""]
    text = screens("sender").replace("f,500,response,i01_dis_hap_f009,mood", ",500,timeout,x,mood")
    with pytest.raises(CalibrationError, match=r"MK489.*'mood' \(1\)"):
        read(text)


def test_screens_are_compared_across_files() -> None:
    first = screens("sender", second=False)
    with pytest.raises(CalibrationError, match=r"MK489.*1\.csv:2"):
        read(first, first.replace(",face", ",mood"))


def test_other_programs_have_screens_of_their_own() -> None:
    read(screens("sender", second=False), screens("task", second=False))


def test_two_keys_of_gorilla_are_one_question() -> None:
    """Our package has an object for each answer: a trial has an answer to one of them."""
    face = GORILLA.format("{0}", "{1}", "{2}", "Key {0}")
    rows = [face.format("fj"[trial], FACES[trial % 2], trial) for trial in (0, 1)]
    again = [face.format("jf"[trial], FACES[trial], trial + 2) for trial in (1, 0)]
    assert len(read("\n".join([HEADERS["Gorilla"], *rows, *again]))) == 4


def test_screens_of_phases_that_are_left_aside_are_not_compared() -> None:
    """A training of our package for Gorilla has a display of its own."""
    text = screens("Display").replace("Mood,Screen 2,Key,test", "Training,Screen 2,Key,training")
    assert answers(read(text)) == ["f", "j"]
    assert answers(read(text, phase="training")) == ["f", "f"]


def test_a_table_with_plain_names_too_is_looked_at() -> None:
    """Whoever names a column `observer` still has rows of every screen."""
    with pytest.raises(CalibrationError, match="MK489"):
        read(screens("trial_type").replace("subject", "observer"))


def test_any_text_may_have_several_lines() -> None:
    text = screens("stimulus").replace("img/", '"<p>\n').replace(".png,", '.png",')
    found = read(text, rows=[("stimulus", "<p>*.png")])
    assert answers(found) == ["f", "j"]


def test_a_file_without_a_chosen_row_was_not_left_early() -> None:
    gathering = Gathering(rows=[("sender", "face")])
    text = screens("sender")
    gathering.add(io.StringIO(text, newline=""), "a.csv")
    assert not gathering.add(io.StringIO(text.replace(",face", ",other"), newline=""), "b.csv")
    notes = " ".join(gathering.done().notes)
    assert "no row is one of those that --rows takes: b.csv" in notes
    assert "left before" not in notes
