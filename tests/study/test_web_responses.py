"""Files that real runs of jsPsych 7 and 8 and lab.js saved are read as they are.

``front_end_files`` holds what our packages saved in a training with one infant, and
``labjs_own.csv``, a small experiment of somebody's own in lab.js.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from morphkit.study.meanings import choices
from morphkit.study.response_table import Responses
from morphkit.study.responses import Gathering

FILES = Path(__file__).parent / "front_end_files"
MAP = [
    {"key": "f", "button": 0, "label": "distressed", "level": -1},
    {"key": "j", "button": 1, "label": "happy", "level": 1},
]


def read(name: str, change: tuple[str, str] = ("", ""), phase: str = "") -> Responses:
    gathering = Gathering("two-choice", phase=phase)
    text = (FILES / name).read_text(encoding="utf-8").replace(*change)
    gathering.add(text.splitlines(keepends=True), name)
    return gathering.done()


def meant(found: Responses) -> list[int]:
    known = choices(found.answers, MAP, buttons=found.buttons)
    return [known[answer] for answer in found.answer]


@pytest.mark.parametrize(
    "name, program, skipped",
    [("jspsych7.csv", "jsPsych", 0), ("jspsych8.csv", "jsPsych", 0), ("labjs.csv", "lab.js", 17)],
)
def test_our_packages(name: str, program: str, skipped: int) -> None:
    found = read(name)
    assert program in found.notes[0] and found.observers == ("p07",)
    assert (list(found.trial), found.skipped) == ([2, 3, 4, 5], skipped)
    assert meant(found) == [0, 1, 1, 0]
    assert all(0 <= rt < 0.1 for rt in found.rt), "in seconds"
    assert list(read(name, phase="training").trial) == [6, 7, 8, 9]
    assert list(read(name, phase="practice").trial) == [1]


def test_an_experiment_of_ones_own_in_labjs() -> None:
    """Every screen gets the stimulus, and only the form's row says who it was."""
    found = read("labjs_own.csv")
    assert "lab.js" in found.notes[0] and "rt = 'duration'" in found.notes[0]
    assert found.observers == ("p07",) and meant(found) == [0, 1]
    assert found.stimuli == ("i01_dis_hap_f001", "i01_dis_hap_f009")
    assert [round(rt, 1) for rt in found.rt] == [0.5, 0.5]


def test_nobody_is_guessed() -> None:
    with pytest.raises(Exception, match="whose answer is this"):
        read("labjs_own.csv", ("p07", ""))
    with pytest.raises(Exception, match="whose answer is this"):
        read("jspsych8.csv", ('"p07"', '""'))


def test_a_column_without_a_name_is_no_time() -> None:
    """Tables that pandas wrote begin with one."""
    header = ",participant,stimulus_id,answer.keys,answer.rt,trials.thisN"
    gathering = Gathering("two-choice")
    gathering.add(f"{header}\n7,p1,i01_dis_hap_f001,f,0.5,0\n".splitlines(keepends=True), "r.csv")
    assert list(gathering.done().rt) == [0.5]
