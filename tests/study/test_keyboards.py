"""Files of PsychoPy in which several components may have taken the answers."""

from __future__ import annotations

import io

import pytest

from morphkit.errors import CalibrationError
from morphkit.study.responses import Gathering, Responses

HEADER = (
    "stimulus_id,trials.thisN,key_resp.keys,key_resp.rt,key_resp_2.keys,key_resp_2.rt,participant"
)
UNDECIDED = "a_01,0,None,,,,p1"
FIRST, SECOND, BOTH = "a_01,1,f,0.4,,,p1", "a_02,2,,,j,0.5,p1", "a_02,3,f,1,j,0.6,p1"
ELSEWHERE = ",,space,2,,,p1"


def read(*files: tuple[str, ...], header: str = HEADER, task: str = "two-choice") -> Responses:
    gathering = Gathering(task)  # type: ignore[arg-type]
    for number, rows in enumerate(files):
        gathering.add(io.StringIO("\n".join([header, *rows, ""])), f"{number}.csv")
    return gathering.done()


def answers(found: Responses) -> list[tuple[str, float]]:
    return [(found.answers[a], rt) for a, rt in zip(found.answer, found.rt, strict=True) if a]


@pytest.mark.parametrize(
    ("rows", "name", "wanted"),
    [
        ((UNDECIDED, FIRST), "key_resp", [("f", 0.4)]),
        ((UNDECIDED, SECOND), "key_resp_2", [("j", 0.5)]),
        ((ELSEWHERE, SECOND, UNDECIDED), "key_resp_2", [("j", 0.5)]),
    ],
)
def test_the_only_one_with_answers_is_meant(
    rows: tuple[str, ...], name: str, wanted: list[tuple[str, float]]
) -> None:
    found = read(rows)
    assert answers(found) == wanted and len(found) == 2
    assert f"response = '{name}.keys', rt = '{name}.rt'" in found.notes[0]


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ([(BOTH,)], "0.csv:2"),
        ([(UNDECIDED, SECOND, BOTH)], "0.csv:4"),
        ([(SECOND, FIRST)], "0.csv:3"),
        ([(SECOND,), (UNDECIDED, FIRST)], "1.csv:3"),
    ],
)
def test_two_with_answers_are_asked_for(files: list[tuple[str, ...]], where: str) -> None:
    with pytest.raises(CalibrationError, match=r"MK477.*'key_resp.*--column response=") as caught:
        read(*files)
    assert where in str(caught.value)


def test_one_that_was_given_needs_no_look() -> None:
    gathering = Gathering(columns={"response": "key_resp_2.keys"})
    gathering.add(io.StringIO(f"{HEADER}\n{BOTH}\n"), "0.csv")
    assert answers(gathering.done()) == [("j", 0.6)]


def test_our_own_is_known_by_its_name() -> None:
    found = read((BOTH,), header=HEADER.replace("key_resp_2", "answer"))
    assert answers(found) == [("j", 0.6)]


def test_phases_that_are_left_aside_have_keyboards_of_their_own() -> None:
    rows = (f"{FIRST},practice", f"{SECOND},test")
    assert answers(read(rows, header=f"{HEADER},phase")) == [("j", 0.5)]


def test_sliders_are_no_better_known() -> None:
    header = "stimulus_id,trials.thisN,slider.response,sure.response,participant"
    assert list(read(("a_01,0,,4,p1",), header=header, task="ratings").rating) == [4]
    with pytest.raises(CalibrationError, match=r"MK477.*'slider\.response'.*'sure\.response'"):
        read(("a_01,0,3,4,p1",), header=header, task="ratings")


def test_a_run_that_was_left_in_a_trial_is_one_whichever_was_meant() -> None:
    assert len(read((SECOND, "a_01,3,,,,,"))) == 1
    with pytest.raises(CalibrationError, match="MK478"):
        read((SECOND, "a_01,3,,,f,0.4,"))
