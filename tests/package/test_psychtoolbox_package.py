"""The Psychtoolbox package, without MATLAB or Octave: its files, and what its variables hold."""

from __future__ import annotations

import dataclasses
import io
import re
from typing import Any

import pytest
from scipy.io import loadmat

from morphkit.package.orders import draw
from morphkit.package.psychtoolbox import mat, variables
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import stimuli_csv
from morphkit.study.task import parse_task

TRAINING = """
kind: training
fixation_ms: [500, 900]
exposure_ms: 150
mask_ms: 100
lists: 3
swap_keys: true
training: {blocks: 1, boundary: 2.5, shift_frames: 1}
"""
KEYWORDS = {
    *("until", "do", "endif", "endwhile", "endfunction", "unwind_protect", "printf", "readtable"),
    *("puts", "strtrunc", "ostrsplit", "fdisp", "endfor", "end_try_catch"),
}
"""Words that one of the two programs does not know, or keeps for itself."""


def made(stimulus_set: StimulusSet, text: str = "{}") -> dict[str, bytes]:
    return dict(package(stimulus_set, "psychtoolbox", task=parse_task(text)))


def loaded(data: bytes) -> dict[str, Any]:
    return dict(loadmat(io.BytesIO(data), simplify_cells=True))


def test_the_files(stimulus_set: StimulusSet) -> None:
    files = made(stimulus_set, TRAINING)
    assert {"run_task.m", "stimuli.mat", "stimuli.csv", "mask.png", "README.txt"} <= {*files}
    assert files["stimuli.csv"].decode() == stimuli_csv(stimulus_set.stimuli)
    for row in stimulus_set.stimuli:
        assert files[row.image_file] == stimulus_set.read(row.image_file)
    assert "mask.png" not in made(stimulus_set)


def test_the_variables_are_the_session(stimulus_set: StimulusSet) -> None:
    task = parse_task(TRAINING)
    drawn = draw(stimulus_set, task)
    held = loaded(made(stimulus_set, TRAINING)["stimuli.mat"])
    for struct, row in zip(held["stimuli"], stimulus_set.stimuli, strict=True):
        assert (struct["stimulus_id"], struct["image_file"]) == (row.stimulus_id, row.image_file)
        assert (struct["frame"], struct["morph_level"]) == (row.frame, row.morph_level)
        assert struct["weight_happy"] == row.weights["happy"]
    trials = held["trials"]
    flat = [one for trials in drawn.lists for one in trials]
    assert [*trials["stimulus"]] == [one.row + 1 for one in flat], "MATLAB counts from 1"
    assert [*trials["phase"]] == [one.phase for one in flat]
    assert [*trials["fixation_ms"]] == [one.fixation_ms for one in flat]
    assert {*trials["feedback_label"][trials["phase"] == "training"]} == {"distressed", "happy"}
    words = held["task"]
    assert (words["lists"], words["mask_ms"], words["feedback"]["boundary"]) == (3, 100, 2.5)
    keys = [[answer.key for answer in one] for one in words["answers"]]
    assert keys == [["f", "j"], ["f", "j"]]
    assert [one[0].label for one in words["answers"]] == ["distressed", "happy"]


def test_one_thing_is_still_a_column(stimulus_set: StimulusSet) -> None:
    """A struct array or a cell of one must not become the thing itself."""
    held = loadmat(io.BytesIO(mat({"one": [{"a": "x"}], "cell": ["y"], "none": None, "no": ""})))
    assert held["one"].shape == (1, 1) and held["one"].dtype.names == ("a",)
    assert held["cell"].shape == (1, 1) and held["cell"].dtype == object
    assert held["none"].size == 0 and held["no"].size == 0


def test_unknown_values_are_no_number_or_no_text(stimulus_set: StimulusSet) -> None:
    first, *rest = stimulus_set.stimuli
    known = dataclasses.replace(first, intensity=0.25, intensity_unit="jnd", ambiguous=True)
    some = dataclasses.replace(stimulus_set, stimuli=(known, *rest))
    task = parse_task("{}")
    rows = variables(some.manifest, draw(some, task))["stimuli"]
    assert (rows[0]["intensity"], rows[0]["intensity_unit"], rows[0]["ambiguous"]) == (
        *(0.25, "jnd"),
        1.0,
    )
    assert rows[1]["intensity"] != rows[1]["intensity"] and rows[1]["intensity_unit"] == ""


def test_the_same_task_gives_the_same_bytes(
    stimulus_set: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made(stimulus_set, TRAINING)
    monkeypatch.setattr("time.asctime", lambda *_: "Thu Jan  1 00:00:00 1970")
    assert files == made(stimulus_set, TRAINING)
    header = files["stimuli.mat"][:116]
    assert header.rstrip() == b"MATLAB 5.0 MAT-file, stimuli of morphkit"
    assert files["stimuli.mat"][124:128] == b"\0\x01IM", "version, and which end comes first"


def test_the_script_is_plain_for_both_programs(stimulus_set: StimulusSet) -> None:
    text = made(stimulus_set)["run_task.m"].decode("ascii")
    bare = re.sub(r"'[^'\n]*'|%.*", "", text)
    assert not {*re.findall(r"[A-Za-z_]+", bare)} & KEYWORDS
    assert not re.search(r"[!#]|\+=|\+\+", bare), "Octave's own signs"
    functions = re.findall(r"^function (?:.*= )?(\w+)", text, re.M)
    assert functions[0] == "run_task" and len(functions) == len({*functions})
    assert len(re.findall(r"^end$", text, re.M)) == len(functions)
    for name in functions[1:]:
        assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is called"
    assert max(map(len, text.splitlines())) <= 100


def test_the_readme_says_what_must_be_known(stimulus_set: StimulusSet) -> None:
    told = made(stimulus_set, TRAINING)["README.txt"].decode()
    for words in ("run_task", "rt_ms", "boundary_frame", "--phase pretest", "readtable"):
        assert words in told
    assert "boundary_frame" not in made(stimulus_set)["README.txt"].decode()
