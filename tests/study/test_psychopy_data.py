"""Data files of PsychoPy, recorded from runs of our package; and in the shape of PsychoJS."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from judged_set import MAP
from morphkit.errors import CalibrationError
from morphkit.observed.reading import read_responses
from morphkit.study.meanings import choices
from morphkit.study.response_table import Responses
from morphkit.study.responses import Gathering

RECORDED = Path(__file__).parent / "recorded_psychopy"
WHOLE, LEFT, AT_ONCE, FIRST_FACE = (
    RECORDED / f"{name}.csv"
    for name in ("whole", "left_in_a_trial", "left_at_once", "left_at_first_face")
)
# Another order of columns, times with four decimals, no comma at the end of a line.
PSYCHOJS = """\
\ufeffinstructions.started,participant,session,date,expName,psychopyVersion,OS,frameRate,\
trials.thisRepN,trials.thisTrialN,trials.thisN,trials.thisIndex,trials.ran,stimulus_id,\
image_file,morph_level,answer.keys,answer.rt,answer.duration,list,trial,phase,block,\
response_label,response_level,goodbye.started
0.2041,p7,001,2026-05-01,small,2026.2.5,Linux x86_64,60.1,,,,,,,,,,,,,,,,,,
,p7,001,2026-05-01,small,2026.2.5,Linux x86_64,60.1,0,0,0,0,1,amy_dis_hap_02,\
stimuli/amy_dis_hap_02.png,-0.3333333333333333,f,0.5123,,1,1,test,1,distressed,-1,
,p7,001,2026-05-01,small,2026.2.5,Linux x86_64,60.1,0,1,1,1,1,amy_dis_hap_04,\
stimuli/amy_dis_hap_04.png,1,j,0.4711,,1,2,test,1,happy,1,
,p7,001,2026-05-01,small,2026.2.5,Linux x86_64,60.1,,,,,,,,,,,,,,,,,,9.8123
"""


def _read(text: str, **options: object) -> Responses:
    gathering = Gathering("two-choice", **options)  # type: ignore[arg-type]
    gathering.add(io.StringIO(text.removeprefix("\ufeff"), newline=""), "r.csv")
    return gathering.done()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_recordings_hold_the_traps() -> None:
    """Or they would test nothing."""
    text = WHOLE.read_text(encoding="utf-8")
    assert text.startswith("\ufeff") and text.splitlines()[0].endswith(",")
    first, *trials, last = _rows(WHOLE)
    assert not first["stimulus_id"] and not last["stimulus_id"]
    assert {row["answer.duration"] for row in trials} == {"None"}
    assert [row["trials.answer.keys"] for row in trials] == [row["answer.keys"] for row in trials]
    left = _rows(LEFT)[-1]
    assert left["stimulus_id"] and not left["participant"] and not left["answer.keys"]
    assert "stimulus_id" not in _rows(AT_ONCE)[0]
    face = _rows(FIRST_FACE)[-1]
    assert face["stimulus_id"] and not face["participant"]
    assert not [name for name in face if name.startswith(("answer.k", "response", "phase"))]


def test_a_whole_run() -> None:
    found = read_responses([WHOLE])
    trials = _rows(WHOLE)[1:-1]
    assert (found.observers, found.skipped, len(found)) == (("p7",), 2, 4)
    assert list(found.trial) == [1, 2, 3, 4] and found.blocks == ("1",)
    assert [found.stimuli[n] for n in found.shown[0]] == [row["stimulus_id"] for row in trials]
    assert list(found.rt) == [float(row["answer.rt"]) for row in trials]
    meant = choices([found.answers[n] for n in found.answer], MAP)
    assert list(meant) == [int(row["response_label"] == "happy") for row in trials]
    assert "response = 'response_label'" in found.notes[0] and "times in s." in found.notes[0]


def test_keys_are_read_where_the_words_are_missing() -> None:
    """The copies with the name of the loop before them don't count as other keyboards."""
    rows = _rows(WHOLE)
    names = [name for name in rows[0] if name not in ("response_label", "response_level")]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    found = _read(out.getvalue())
    assert "response = 'answer.keys', rt = 'answer.rt'" in found.notes[0]
    keys = [found.answers[n] for n in found.answer]
    assert keys == [row["answer.keys"] for row in rows[1:-1]]


def test_a_run_that_was_left_gives_what_was_answered() -> None:
    found = read_responses([LEFT])
    assert (found.observers, len(found), found.skipped) == (("p8",), 3, 2)


def test_an_answer_of_nobody_is_still_refused() -> None:
    text = LEFT.read_text(encoding="utf-8").replace(",p8,001", ",,001")
    with pytest.raises(CalibrationError) as caught:
        _read(text)
    assert caught.value.code == "MK478"


def test_a_run_that_was_left_before_the_first_face_is_told_and_passed_over() -> None:
    found = read_responses([AT_ONCE, WHOLE])
    assert (found.observers, len(found)) == (("p7",), 4)
    assert any("left before the first answer" in note for note in found.notes)
    assert [Path(found.files[n]).name for n in found.file] == ["whole.csv"] * 4


def test_a_run_that_was_left_in_its_first_trial_is_passed_over(tmp_path: Path) -> None:
    lines = LEFT.read_text(encoding="utf-8").splitlines(keepends=True)
    short = tmp_path / "short.csv"
    short.write_text("".join([*lines[:2], lines[-1]]), encoding="utf-8")
    found = read_responses([short, WHOLE])
    assert len(found) == 4
    with pytest.raises(CalibrationError, match="nobody answered anything"):
        read_responses([short])


@pytest.mark.parametrize("phase", ["", "test"])
def test_a_run_that_was_left_at_the_first_face_is_named_and_passed_over(phase: str) -> None:
    found = read_responses([FIRST_FACE, WHOLE], phase=phase)
    assert (found.observers, len(found), len(found.files)) == (("p7",), 4, 1)
    (note,) = [note for note in found.notes if "passed over" in note]
    assert note.startswith("1 file(s) passed over, left before the first answer")
    assert note.endswith("left_at_first_face.csv.")


def test_an_answered_face_without_a_column_of_answers_is_not_passed_over(tmp_path: Path) -> None:
    """Somebody's own component wrote them under another name."""
    face = FIRST_FACE.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = face[-1].split(",")
    cells[face[0].split(",").index("participant")] = "p31"
    other = tmp_path / "other.csv"
    other.write_text("".join([*face[:-1], ",".join(cells)]), encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"MK477.*response"):
        read_responses([other, WHOLE])


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("nothing", "empty"),
        ("a mark", "empty"),
        ("a header", "left before the first trial"),
        ("a start", "left before the first trial"),
    ],
)
def test_files_of_who_never_began_are_named_and_passed_over(
    tmp_path: Path, kind: str, why: str
) -> None:
    lines = WHOLE.read_text(encoding="utf-8").splitlines(keepends=True)
    text = {
        "nothing": "",
        "a mark": "\ufeff\n",
        "a header": lines[0],
        "a start": "".join(lines[:2]),
    }
    paths = [tmp_path / "gone.csv", tmp_path / "too.csv"]
    for path in paths:  # two files of the same content are nobody's answers twice
        path.write_text(text[kind], encoding="utf-8")
    found = read_responses([*paths, WHOLE])
    assert len(found) == 4 and len(found.files) == 1
    (note,) = [note for note in found.notes if "passed over" in note]
    assert note.startswith(f"2 file(s) passed over, {why}: ")
    assert "gone.csv, " in note and note.endswith("too.csv.")
    with pytest.raises(CalibrationError) as caught:
        read_responses(paths)
    assert [(one.code, bool(one.file)) for one in caught.value.findings] == [("MK476", True)] * 2


@pytest.mark.parametrize(("path", "code"), [(AT_ONCE, "MK476"), (FIRST_FACE, "MK477")])
def test_files_in_which_nobody_answered_are_refused(path: Path, code: str) -> None:
    with pytest.raises(CalibrationError) as caught:
        read_responses([path])
    assert caught.value.code == code and path.name in caught.value.findings[0].file


def test_a_table_of_another_program_without_its_columns_is_not_passed_over() -> None:
    with pytest.raises(CalibrationError) as caught:
        _read(AT_ONCE.read_text(encoding="utf-8").replace("psychopyVersion", "version"))
    assert caught.value.code == "MK477"


def _without_words(keys: str, words: bool = False) -> str:
    """A whole run with other keys in Builder, one for each face; words for f and j alone."""
    rows = _rows(WHOLE)
    for row, key in zip(rows[1:-1], keys, strict=True):
        row |= {"answer.keys": key.replace("-", "None"), "trials.answer.keys": key}
        if not (words and key in "fj"):
            row |= {"response_label": "", "response_level": ""}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_keys_without_their_words_are_refused_with_the_way_to_read_them() -> None:
    told = (
        r"MK479.*response_label is empty in every trial of r\.csv, but answer\.keys holds 'l', 'a'"
    )
    with pytest.raises(CalibrationError, match=told) as caught:
        _read(_without_words("lall"))
    way = "--column response=answer.keys --answers happy=…,distressed=…"
    assert caught.value.findings[0].suggestion.endswith(way)
    found = _read(_without_words("lall"), columns={"response": "answer.keys"})
    given = [("happy", "l"), ("distressed", "a")]
    assert [choices(found.answers, MAP, given)[n] for n in found.answer] == [1, 0, 1, 1]


def test_every_file_without_words_is_named(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("p1.csv", "p2.csv")]
    for path, keys in zip(paths, ("la-a", "kkkk"), strict=True):
        path.write_text(_without_words(keys), encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"p1\.csv, .*p2\.csv, but answer\.keys .*'k'"):
        read_responses([*paths, WHOLE])


def test_one_key_without_its_word_is_told() -> None:
    found = _read(_without_words("flfl", words=True))
    (note,) = [note for note in found.notes if note.startswith("Odd")]
    assert "2 trial(s) of r.csv have no response_label, but answer.keys holds 'l': --column" in note


@pytest.mark.parametrize("keys", ["----", "fj-f", "fjfj"])
def test_trials_without_a_key_are_no_trials_without_a_word(keys: str) -> None:
    found = _read(_without_words(keys, words=True))
    assert len(found) == 4 and not [note for note in found.notes if "response_label is" in note]
    assert not [note for note in found.notes if note.startswith("Odd")]


def test_a_key_that_ends_a_pause_is_no_answer() -> None:
    rows = _without_words("f---", words=True).splitlines()
    more = ["pause.keys", "", "", "", "space", "", ""]
    found = _read("\n".join(f"{row},{cell}" for row, cell in zip(rows, more, strict=True)) + "\n")
    assert len(found) == 4 and not [note for note in found.notes if note.startswith("Odd")]


def test_psychojs() -> None:
    found = _read(PSYCHOJS)
    assert "PsychoPy" in found.notes[0] and "times in s." in found.notes[0]
    assert (found.observers, found.skipped, len(found)) == (("p7",), 2, 2)
    assert list(found.rt) == [0.5123, 0.4711]
    assert [found.answers[n] for n in found.answer] == ["distressed", "happy"]
