"""Words for the phases of a session: known ones, other spellings, and words of one's own."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from morphkit.errors import CalibrationError
from morphkit.study.phases import phase_of
from morphkit.study.responses import Gathering, Responses


def read(*phases: str, rows: Sequence[tuple[str, str]] = (), phase: str = "") -> Responses:
    """Return what is read of a row of each phase, whose trial counts it from 1."""
    gathering = Gathering(phase=phase, rows=rows)
    lines = [f"p1,a_01,happy,{n},{one}\n" for n, one in enumerate(phases, start=1)]
    gathering.add(
        io.StringIO("".join(["participant,stimulus_id,response,trial,Phase\n", *lines])), "a"
    )
    return gathering.done()


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        (" Practice ", "practice"),
        ("practise", "practice"),
        ("Pre-Test", "pretest"),
        ("post_test", "posttest"),
        ("post test", "posttest"),
        ("PRE", "pretest"),
        ("post", "posttest"),
        ("None", ""),
        ("Training  block", "training  block"),
        ("pretest1", "pretest1"),
        ("main", "main"),
        ("p-r-e-s", "p-r-e-s"),
    ],
)
def test_a_cell_says_a_phase(cell: str, known: str) -> None:
    assert phase_of(cell) == known


@pytest.mark.parametrize(
    "phases",
    [
        ("pre", "post"),
        ("pre-test", "post-test"),
        ("Test", "Post"),
        ("", "posttest"),
        ("pretest1", "posttest1"),
        ("baseline", "followup"),
        ("baseline", "posttest"),
        ("practice1", "test"),
        ("warmup", "main"),
        ("Training block", "Test"),
        ("", "main"),
        ("1", "2"),
    ],
)
def test_phases_that_may_not_belong_together_are_refused(phases: tuple[str, str]) -> None:
    with pytest.raises(CalibrationError, match="MK487") as caught:
        read(*phases, phases[0])
    message = caught.value.findings[0].message
    assert all(f"'{phase_of(one)}' ({n})" in message for one, n in zip(phases, (2, 1), strict=True))


@pytest.mark.parametrize("word", ["followup", " Followup", "FOLLOWUP"])
def test_a_word_of_the_files_is_chosen(word: str) -> None:
    found = read("baseline", "followup", "practice", "Followup", phase=word)
    assert list(found.trial) == [2, 4]
    assert "2 row(s) of other phases left aside." in found.notes


@pytest.mark.parametrize("word", ["post", "post-test", "Posttest"])
def test_another_spelling_chooses_the_same(word: str) -> None:
    assert list(read("pre", "post", "post_test", phase=word).trial) == [2, 3]


@pytest.mark.parametrize("phases", [("main", "main"), ("practise", "main"), ("Training", "main")])
def test_one_word_separates_nothing_and_is_told(phases: tuple[str, str]) -> None:
    found = read(*phases)
    kept = sum(one == "main" for one in phases)
    assert len(found) == kept and f"Taken as one phase: 'main' ({kept})." in found.notes


@pytest.mark.parametrize("phases", [("test", "pretest"), ("", "test"), ("", "practice")])
def test_known_words_are_not_told(phases: tuple[str, str]) -> None:
    assert not any("one phase" in note for note in read(*phases).notes)


def test_parts_of_one_measurement_are_taken_together_where_that_is_said() -> None:
    assert len(read("1", "2", "3", rows=[("phase", "*")])) == 3
    assert list(read("1", "2", "3", rows=[("phase", "1"), ("phase", "3")]).trial) == [1, 3]
    with pytest.raises(CalibrationError, match="MK487"):
        read("pre", "post", rows=[("phase", "*")])


def test_words_of_several_files_are_compared() -> None:
    gathering = Gathering()
    for phase in ("baseline", "followup"):
        text = f"participant,stimulus_id,response,phase\np1,a_01,happy,{phase}\n"
        gathering.add(io.StringIO(text), phase)
    with pytest.raises(CalibrationError, match=r"MK487.*'baseline' \(1\), 'followup' \(1\)"):
        gathering.done()
