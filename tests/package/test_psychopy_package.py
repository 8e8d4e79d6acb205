"""The PsychoPy package: its files, its experiment, and the rules in its two scripts.

What PsychoPy itself makes of it is asked in tests/front_ends/test_psychopy_runs.py.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import io
import json
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from morphkit.errors import PackageError
from morphkit.package.orders import draw
from morphkit.package.registry import package
from morphkit.package.session import list_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import columns, stimuli_csv
from morphkit.study.task import parse_task
from tests.package.conftest import make_set

TRAINING = """
kind: training
repeats: 3
practice: 2
fixation_ms: [500, 700]
exposure_ms: 150
mask_ms: 150
iti_ms: 200
pause_every: 12
swap_keys: true
lists: 7
training: {blocks: 2, repeats: [1, 2, 2, 1], shift_frames: 1, feedback_ms: 800}
"""
RATING = "kind: rating\nrating: {low: 1, high: 7}\nlists: 1"


def _files(stimulus_set: StimulusSet, task: str = "kind: two-choice") -> dict[str, bytes]:
    return dict(package(stimulus_set, "psychopy", task=parse_task(task)))


def _experiment(files: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(files["task.psyexp"])


def _params(component: ET.Element | None) -> dict[str, str]:
    assert component is not None
    return {param.attrib["name"]: param.attrib["val"] for param in component.iter("Param")}


def _components(files: dict[str, bytes]) -> dict[str, dict[str, str]]:
    found = _experiment(files).findall("./Routines/Routine/*")
    return {component.attrib["name"]: _params(component) for component in found}


def _routines(files: dict[str, bytes]) -> list[str]:
    return [node.attrib["name"] for node in _experiment(files).findall("./Flow/Routine")]


def _workbook(data: bytes) -> list[list[Any]]:
    """Read the one sheet of a workbook: texts, numbers, truth values, None for an empty cell."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        strings = ET.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(item.itertext()) for item in strings.findall("m:si", space)]
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    read = {"s": lambda v: texts[int(v)], "b": lambda v: v == "1", "n": float}
    rows = []
    for row in sheet.findall("m:sheetData/m:row", space):
        cells = {}
        for cell in row.findall("m:c", space):
            place = re.sub(r"\d", "", cell.attrib["r"])
            cells[place] = read[cell.attrib.get("t", "n")](cell.findtext("m:v", "", space))
        rows.append([cells.get(chr(ord("A") + n)) for n in range(26)])
    return rows


def test_the_package_holds_what_its_experiment_needs(stimulus_set: StimulusSet) -> None:
    files = _files(stimulus_set)
    conditions = files["conditions.csv"]
    assert conditions == stimuli_csv(stimulus_set.stimuli).encode()
    rows = list(csv.DictReader(io.StringIO(conditions.decode())))
    assert [row["image_file"] for row in rows] == [p for p in files if p.startswith("stimuli/")]
    loop = _params(_experiment(files).find("./Flow/LoopInitiator"))
    assert loop["conditionsFile"] == "conditions.csv"
    assert loop["Selected rows"] == "$rows"
    assert (loop["loopType"], loop["nReps"]) == ("sequential", "1")
    assert {"README.txt", "task.json", "trials.csv", "response_map.json", "CITATION"} <= {*files}


def test_only_the_faces_of_the_task_are_shipped(stimulus_set: StimulusSet) -> None:
    files = _files(stimulus_set, "kind: two-choice\nidentities: [ben]")
    assert b"amy" not in files["conditions.csv"]
    assert len([path for path in files if path.startswith("stimuli/")]) == 4
    assert "mask.png" not in files


def test_the_workbook_has_the_rows_of_the_table_and_their_types() -> None:
    plain = make_set()
    calibrated = [
        dataclasses.replace(
            row,
            intensity=None if place % 2 else place / 3,
            intensity_unit=None if place % 2 else "JND from the PSE",
            ambiguous=None if place % 2 else place > 3,
        )
        for place, row in enumerate(plain.stimuli)
    ]
    data = _files(dataclasses.replace(plain, stimuli=calibrated))["conditions.xlsx"]
    header, *rows = _workbook(data)
    names = columns(calibrated)
    assert header[: len(names)] == names
    assert len(rows) == len(calibrated)
    for read, row in zip(rows, calibrated, strict=True):
        for name, cell in zip(names, read, strict=False):
            weight = row.weights.get(name.removeprefix("weight_"))
            wanted = weight if weight is not None else getattr(row, name)
            if isinstance(wanted, float):
                wanted = pytest.approx(wanted, rel=1e-15)
            assert cell == wanted, name
            assert isinstance(cell, bool) == (name == "ambiguous" and wanted is not None)


def test_the_workbook_repeats_and_tells_of_nobody(stimulus_set: StimulusSet) -> None:
    data = _files(stimulus_set)["conditions.xlsx"]
    assert data == _files(stimulus_set)["conditions.xlsx"]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}
        core = ET.fromstring(book.read("docProps/core.xml"))
    told = {node.tag.rpartition("}")[2]: node.text for node in core}
    assert not told.pop("creator") and not told.pop("lastModifiedBy")
    assert set(told.values()) == {"1980-01-01T00:00:00Z"}


def test_what_changes_from_trial_to_trial_is_set_every_repeat(stimulus_set: StimulusSet) -> None:
    root = _experiment(_files(stimulus_set, TRAINING))
    changing: list[tuple[str, str]] = []
    for component in root.findall("./Routines/Routine/*"):
        for param in component.iter("Param"):
            if param.attrib["val"].startswith("$"):
                assert param.attrib["updates"] == "set every repeat", param.attrib
                changing.append((component.attrib["name"], param.attrib["name"]))
    assert ("face_image", "image") in changing and ("mask_image", "size") in changing
    assert len(changing) == 10


@pytest.mark.parametrize("task", ["kind: two-choice", RATING, TRAINING])
def test_no_name_of_the_experiment_is_a_column(stimulus_set: StimulusSet, task: str) -> None:
    files = _files(stimulus_set, task)
    names = {*_components(files), *_routines(files), "trials"}
    assert len(names) > 12
    for code in _components(files).values():
        for part in ("Before Experiment", "Begin Experiment", "Begin Routine", "End Routine"):
            names |= _assigned(code.get(part, ""))
    assert {"rows", "given", "list_of"} <= names
    calibrated = {"intensity", "intensity_unit", "p_happy", "ambiguous"}
    assert not names & {*columns(stimulus_set.stimuli), *calibrated}


def _assigned(code: str) -> set[str]:
    """Names that a piece of Python gives to something outside of its functions."""
    found = set()
    for node in ast.parse(code).body:
        inside = [node] if isinstance(node, ast.FunctionDef) else list(ast.walk(node))
        found |= {one.name for one in inside if isinstance(one, ast.FunctionDef)}
        found |= {
            one.id for one in inside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
    return found


def test_experiment_info_is_plain_strings(stimulus_set: StimulusSet) -> None:
    settings = _params(_experiment(_files(stimulus_set)).find("Settings"))
    assert settings["Experiment info"] == "{'participant':'', 'session':'001'}"
    assert (settings["expName"], settings["color"]) == ("small", "#808080")


def test_a_session_has_the_routines_that_it_needs(stimulus_set: StimulusSet) -> None:
    plain = _files(stimulus_set)
    assert _routines(plain) == ["instructions", "pause", "judgement", "goodbye"]
    assert "mask_image" not in _components(plain)
    assert _components(plain)["face_image"]["stopVal"] == ""
    full = _files(stimulus_set, TRAINING)
    assert _routines(full) == [
        *("instructions", "pause", "judgement", "feedback", "blank", "goodbye"),
    ]
    shown = _components(full)
    assert shown["face_image"]["stopVal"] == shown["mask_image"]["stopVal"] == "0.15"
    assert shown["mask_image"]["startVal"] == "face_image.status == FINISHED"
    assert (shown["feedback_text"]["stopVal"], shown["blank_text"]["stopVal"]) == ("0.8", "0.2")


def test_the_code_is_python_line_by_line(stimulus_set: StimulusSet) -> None:
    """Line ends in an attribute must be written as references, or they come back as blanks."""
    code = _components(_files(stimulus_set, TRAINING))
    assert len(code["feedback_code"]["Begin Routine"].splitlines()) > 8
    for part in code.values():
        for name, text in part.items():
            if name in ("Before Experiment", "Begin Experiment", "Begin Routine", "End Routine"):
                compile(text, name, "exec")


def test_words_and_keys_come_from_the_response_map(set_of: Callable[..., StimulusSet]) -> None:
    answers = [
        {"key": "1", "button": 0, "label": "traurig", "level": -1},
        {"key": "9", "button": 1, "label": "fröhlich", "level": 1},
    ]
    files = _files(set_of(response_map=answers))
    shown = _components(files)
    assert shown["answer"]["allowedKeys"] == "'1','9'"
    known = _python(files)["TASK"]
    assert known["reminder"] == ["1 = traurig            9 = fröhlich"]
    assert "traurig or fröhlich?" in known["instructions"][0]
    text = files["task.psyexp"].decode()
    for word in ("distressed", "happy"):
        assert word not in text
    assert not re.search(r"@[A-Z_]+@", text)


def test_a_rating_takes_its_digits(stimulus_set: StimulusSet) -> None:
    files = _files(stimulus_set, RATING)
    assert _components(files)["answer"]["allowedKeys"] == "'1','2','3','4','5','6','7'"
    assert _python(files)["answer_of"]("4", 1)["level"] == 0
    assert b"--task ratings --range 1 7" in files["README.txt"]


def test_each_list_is_the_pre_drawn_one(stimulus_set: StimulusSet) -> None:
    drawn = draw(stimulus_set, parse_task(TRAINING))
    known = _python(_files(stimulus_set, TRAINING))["LISTS"]
    assert known == [
        [[t.row, t.phase, t.block, t.fixation_ms, t.feedback] for t in one] for one in drawn.lists
    ]


# -- The rules, as the two scripts have them. ------------------------------------------------


def _python(files: dict[str, bytes]) -> dict[str, Any]:
    """What the Python of the experiment defines before it begins."""
    names: dict[str, Any] = {}
    exec(_components(files)["session_code"]["Before Experiment"], names)  # noqa: S102
    return names


CODES = [
    *("", "0", "1", "2", "13", "p7", "p 8", "anna", "zoë", "A1b", "007", "x٣", "😀"),
    *(str(10**12 + 5), "9" * 30, "a" * 40),
]


def test_a_participant_has_the_list_that_every_package_gives(stimulus_set: StimulusSet) -> None:
    names = _python(_files(stimulus_set, TRAINING))
    assert [names["list_of"](code) for code in CODES] == [list_of(code, 7) for code in CODES]


def test_feedback_of_a_fixed_boundary_is_what_was_drawn(stimulus_set: StimulusSet) -> None:
    task = TRAINING.replace("shift_frames: 1", "shift_frames: 1, boundary: 3, favours: lower")
    drawn = draw(stimulus_set, parse_task(task))
    names = _python(_files(stimulus_set, task))
    assert names["boundary_of"]({}, "amy dis_hap") == 4
    told = {
        (drawn.stimuli[t.row].frame, t.feedback)
        for one in drawn.lists
        for t in one
        if t.phase == "training"
    }
    assert told == {(frame, names["right_answer"](4, frame)) for frame in (1, 2, 3, 4)}


def test_a_frame_on_the_boundary_is_the_favoured_answer(stimulus_set: StimulusSet) -> None:
    names = _python(_files(stimulus_set, TRAINING))
    counts: dict[str, Any] = {}
    for frame, labels in ((1, "ddd"), (2, "dd-"), (3, "dh"), (4, "hhh")):
        for sign in labels:
            label = {"d": "distressed", "h": "happy", "-": ""}[sign]
            names["count_answer"](counts, "amy dis_hap", frame, label)
    boundary = names["boundary_of"](counts, "amy dis_hap")
    assert boundary == 0.5 + 1 + 1 + 0.5 + 0 - 1  # moved by one frame to where happy is favoured
    right = [names["right_answer"](boundary, frame) for frame in (1, 2, 3)]
    assert right == ["distressed", "happy", "happy"]


ASKED = """
const fs = require('fs');
const PsychoJS = {Status: {STARTED: 1, FINISHED: 2}};
const asked = JSON.parse(fs.readFileSync(0, 'utf-8'));
eval(asked.script + `
  counts = {};
  for (const one of asked.answers) count_answer(counts, ...one);
  console.log(JSON.stringify({
    lists: asked.codes.map(list_of),
    pauses: LISTS.map((plan) => plan.map((_, place) => pause_before(place, plan))),
    answers: [1, 2].map((number) => ['f', 'j', 'x'].map((key) => answer_of(key, number))),
    boundaries: asked.series.map((one) => boundary_of(counts, one)),
    right: asked.frames.map((frame) => right_answer(2.5, frame)),
    told: told(1, 'happy') + told(0, 'distressed'),
  }));
`);
"""


def test_the_javascript_says_what_the_python_says(
    stimulus_set: StimulusSet, tmp_path: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    files = _files(stimulus_set, TRAINING)
    names, rng = _python(files), random.Random(1)
    series = [f"{who} dis_hap" for who in ("amy", "ben", "nobody")]
    answers = [
        [rng.choice(series[:2]), rng.randint(1, 12), rng.choice(["distressed", "happy", ""])]
        for _ in range(200)
    ]
    frames = [1, 2, 2.5, 3, 4]
    counts: dict[str, Any] = {}
    for one in answers:
        names["count_answer"](counts, *one)
    wanted = {
        "lists": [names["list_of"](code) for code in CODES],
        "pauses": [
            [names["pause_before"](place, plan) for place in range(len(plan))]
            for plan in names["LISTS"]
        ],
        "answers": [[names["answer_of"](key, n) for key in "fjx"] for n in (1, 2)],
        "boundaries": [names["boundary_of"](counts, one) for one in series],
        "right": [names["right_answer"](2.5, frame) for frame in frames],
        "told": names["told"](1, "happy") + names["told"](0, "distressed"),
    }
    script = _components(files)["session_code"]["Before JS Experiment"]
    given = {"script": script, "codes": CODES, "answers": answers, "series": series}
    done = subprocess.run(
        [node, "-e", ASKED],
        input=json.dumps({**given, "frames": frames}),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == wanted
    said = [said for said in wanted["pauses"][0] if said]
    assert said[0].startswith("Now it begins.") and said[0].endswith("to start.")
    assert "A short pause. Press the space bar to go on." in said
    assert len({round(one, 6) for one in wanted["boundaries"]}) == 3


# -- What PsychoPy would change, or stop at, never gets that far. -----------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": "007"},
        {"identity": "1e5"},
        {"identity": "inf"},
        {"identity": "na"},
        {"continuum": "[1, 2]"},
        {"continuum": "(1, 2)"},
        {"continuum": "stimuli\\new"},
        {"continuum": "1,5"},
        {"continuum": "TRUE"},
        {"weights": {"class of 1": 1.0}},
        {"weights": {"sad-ish": 1.0}},
        {"weights": {"sad.ish": 1.0}},
        {"image_file": "stimuli\\amy_dis_hap_02.png"},
        {"image_file": "stimuli/AMY_dis_hap_02.png"},
    ],
)
def test_what_psychopy_would_change_is_refused(
    changes: dict[str, Any], stimulus_set: StimulusSet
) -> None:
    rows = list(stimulus_set.stimuli)
    rows[1] = dataclasses.replace(rows[1], **changes)
    with pytest.raises(PackageError):
        package(dataclasses.replace(stimulus_set, stimuli=rows), "psychopy")
