"""PsychoPy itself: reads the tables, compiles the experiment, runs it, and we read its data.

For a run without a person the dialog, the full screen and the measuring of the frame rate are
switched off in the settings of the loaded experiment, and a participant code is put in; what is
compiled then is the package's own ``task.psyexp``.  `psychopy_player` presses the keys.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import front_ends
from morphkit.observed.fits import fitted
from morphkit.observed.join import join
from morphkit.observed.parts import Fitting
from morphkit.observed.reading import read_responses
from morphkit.observed.values import Wanted
from morphkit.package.orders import draw
from morphkit.package.registry import package
from morphkit.package.session import Session, list_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import choices
from morphkit.study.table import cells, columns
from morphkit.study.task import parse_task
from tests.package.conftest import make_set

pytestmark = pytest.mark.front_ends

HERE = Path(__file__).parent
NINE = tuple(place / 4 - 1 for place in range(9))
QUICK = "fixation_ms: 30"
TRAINING = f"""
kind: training
{QUICK}
repeats: 2
practice: 1
exposure_ms: 50
mask_ms: 50
iti_ms: 80
swap_keys: true
lists: 2
training: {{blocks: 1, repeats: 1, shift_frames: 1, feedback_ms: 80, post_test: false}}
"""
RATING = f"kind: rating\n{QUICK}\nrating: {{low: 1, high: 7}}\nidentities: [amy]\npause_every: 2"


def _put(folder: Path, stimulus_set: StimulusSet, task: str) -> Session:
    """Write a package into a folder."""
    for path, data in package(stimulus_set, "psychopy", task=parse_task(task)):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return draw(stimulus_set, parse_task(task))


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """A home of its own, so that PsychoPy's preferences are nobody's."""
    home = {"HOME": str(folder), "APPDATA": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, **home, **more}


def _ask(python: Path, folder: Path, script: str, *given: str, **more: str) -> str:
    done = subprocess.run(
        [str(python), "-c", script, *given],
        cwd=folder,
        env=_environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


# -- Reading and compiling ---------------------------------------------------------------------

READ = """
import json, os
from psychopy.experiment import Experiment
from psychopy.data import importConditions
plain = lambda v: v.item() if hasattr(v, "item") else v
rows = lambda *given, **named: [
    {k: plain(v) for k, v in row.items()} for row in importConditions(*given, **named)]
experiment = Experiment()
experiment.loadFromXML("task.psyexp")
text = lambda s: s if isinstance(s, str) else s.getvalue()
found = {
    "csv": rows("conditions.csv"),
    "xlsx": rows("conditions.xlsx"),
    "again": [row["stimulus_id"] for row in rows("conditions.csv", selection=[3, 0, 3])],
    "resources": [resource["rel"] for resource in experiment.getResourceFiles()],
    "taken": [n for n in json.loads(os.environ["NAMES"]) if Experiment().namespace.exists(n)],
    "constant": [
        f"{component.name}.{name}"
        for routine in experiment.routines.values()
        for component in routine
        for name, param in component.params.items()
        if str(param.val).startswith("$") and param.updates == "constant"
        and str(param.val) != "$[1,1,1]"  # PsychoPy's own way to say white
    ],
    "script": text(experiment.writeScript(expPath="task.py", target="PsychoPy")),
    "page": text(experiment.writeScript(expPath=os.path.abspath("task.js"), target="PsychoJS")),
}
with open("found.json", "w", encoding="utf-8") as file:
    json.dump(found, file)
"""


def _calibrated(plain: StimulusSet) -> StimulusSet:
    """A set with columns that have empty cells and truth values, and with long fractions."""
    rows = [
        dataclasses.replace(
            row,
            morph_level=place / 7,
            intensity=None if place % 2 else place / 3,
            intensity_unit=None if place % 2 else "JND from the PSE",
            ambiguous=None if place % 2 else place > 3,
        )
        for place, row in enumerate(plain.stimuli)
    ]
    return dataclasses.replace(plain, stimuli=rows)


@pytest.mark.parametrize("environment", ["psychopy", "psychopy_pandas2"])
def test_psychopy_reads_our_rows_and_compiles_the_task(environment: str, tmp_path: Path) -> None:
    python = front_ends.python(environment)
    tried = _calibrated(make_set())
    _put(tmp_path, tried, TRAINING)
    ours = _names_given((tmp_path / "task.psyexp").read_text(encoding="utf-8"))
    assert {"answer", "face_image", "list_of", "TASK", "given", "boundary", "feedback"} <= ours
    _ask(python, tmp_path, READ, NAMES=json.dumps([*columns(tried.stimuli), *ours]))
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))

    for kind in ("csv", "xlsx"):
        for read, row in zip(found[kind], tried.stimuli, strict=True):
            assert list(read) == columns(tried.stimuli)
            _compare(read, row, whole_is_integer=kind == "xlsx")
    ids = [row.stimulus_id for row in tried.stimuli]
    assert found["again"] == [ids[3], ids[0], ids[3]]
    assert found["taken"] == found["constant"] == []
    images = {row.image_file for row in tried.stimuli}
    assert {"conditions.csv", "mask.png", *images} <= set(found["resources"])
    _look_at_the_scripts(found["script"], found["page"], tmp_path)


def _names_given(experiment: str) -> set[str]:
    """Names of routines, components and the loop, and those that the Python code assigns."""
    root = ET.fromstring(experiment)
    nodes = [*root.findall("./Routines//*[@name]"), *root.findall("./Flow/LoopInitiator")]
    names = {node.attrib["name"] for node in nodes if node.tag != "Param"}
    for code in root.iter("Param"):
        if code.attrib["valType"] == "extendedCode" and "JS" not in code.attrib["name"]:
            names |= {*re.findall(r"^ *(?:def )?(\w+)(?: = |\()", code.attrib["val"], re.M)}
    return names - {"continueRoutine"}  # PsychoPy's own; setting it ends a routine


def _compare(read: dict[str, Any], row: Any, *, whole_is_integer: bool) -> None:
    """Same cells, same types; a workbook knows one kind of number."""
    for name in read:
        weight = row.weights.get(name.removeprefix("weight_"))
        wanted = weight if weight is not None else getattr(row, name)
        if isinstance(wanted, float):  # pandas before 3 loses the last bit
            kinds = (int, float) if whole_is_integer else float
            assert isinstance(read[name], kinds) and not isinstance(read[name], bool)
            assert read[name] == pytest.approx(wanted, rel=1e-15, abs=0), name
        else:
            assert type(read[name]) is type(wanted), name
            assert read[name] == wanted, name


def _look_at_the_scripts(script: str, page: str, folder: Path) -> None:
    compile(script, "task.py", "exec")
    assert "selection=rows" in script
    assert "importConditions(psychoJS.serverManager, 'conditions.csv', rows)" in page
    for line in ("face_image.setImage(image_file)", "setSize([width_px, height_px])"):
        assert line in script and line in page
    assert "thisExp.addData('response_label'" in script
    assert "psychoJS.experiment.addData('response_label'" in page
    node = front_ends.program("node")
    (folder / "page.mjs").write_text(page, encoding="utf-8")
    done = subprocess.run([node, "--check", "page.mjs"], cwd=folder, check=False)
    assert done.returncode == 0


def test_the_page_plays_the_same_trials(tmp_path: Path) -> None:
    """What PsychoPy makes of it for a browser, run in node with a stand-in for PsychoJS."""
    node, python = front_ends.program("node"), front_ends.python("psychopy")
    drawn = _put(tmp_path, make_set(), TRAINING.replace("post_test: false", "post_test: true"))
    _ask(python, tmp_path, READ, NAMES="[]")
    page = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["page"]
    stand_in = (HERE / "psychojs_stand_in.mjs").read_text(encoding="utf-8")
    (tmp_path / "psychojs.mjs").write_text(stand_in, encoding="utf-8")
    there = re.sub(r"'\./lib/psychojs-[^']*'", "'./psychojs.mjs'", page)
    (tmp_path / "page.mjs").write_text(there, encoding="utf-8")
    done = subprocess.run(
        [node, "page.mjs"],
        cwd=tmp_path,
        env={**os.environ, "PARTICIPANT": "p2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    rows = [
        {name: str(value) for name, value in {"participant": "p2", **row}.items()}
        for row in found["rows"]
        if "stimulus_id" in row
    ]
    _compare_with_the_list(rows, drawn, "p2")
    _look_at_the_feedback(rows)
    _look_at_the_screens([(moment, text.split("+")) for moment, text in found["screens"]], rows)


# -- Running -----------------------------------------------------------------------------------

COMPILE = """
import sys
from psychopy.experiment import Experiment
experiment = Experiment()
experiment.loadFromXML("task.psyexp")
settings = experiment.settings.params
settings["Show info dlg"].val = settings["Full-screen window"].val = False
settings["measureFrameRate"].val, settings["frameRate"].val = False, "60"
settings["Experiment info"].val = repr({"participant": sys.argv[1], "session": "001"})
script = experiment.writeScript(expPath="task.py", target="PsychoPy")
with open("task.py", "w", encoding="utf-8") as file:
    file.write(script if isinstance(script, str) else script.getvalue())
"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server without a screen."""
    front_ends.program("xdotool")
    front_ends.fonts()
    command = [front_ends.program("Xvfb"), "-noreset", "-displayfd", "1", "-nolisten", "tcp"]
    server = subprocess.Popen(
        [*command, "-screen", "0", "1280x1024x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait()
    server.stdout.close()


def _run(folder: Path, display: str, participant: str, **observer: Any) -> Path:
    """Let an observer do the task; return the data file."""
    python = front_ends.python("psychopy")
    _ask(python, folder, COMPILE, participant)
    told = {"participant": participant, "seed": 1, "wait_s": 0.01, **observer}
    (folder / "observer.json").write_text(json.dumps(told), encoding="utf-8")
    player = (HERE / "psychopy_player.py").read_text(encoding="utf-8")
    _ask(python, folder, player, "observer.json", DISPLAY=display)
    (data,) = (folder / "data").glob("*.csv")
    return data


def _trials(data: Path) -> list[dict[str, str]]:
    with data.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["stimulus_id"]]


def _compare_with_the_list(trials: list[dict[str, str]], drawn: Session, code: str) -> None:
    """Every trial of the list is there, in its order, with all columns of its face."""
    number = list_of(code, len(drawn.lists))
    names = columns(drawn.stimuli)
    for place, (row, wanted) in enumerate(zip(trials, drawn.lists[number - 1], strict=True), 1):
        told = [row[name] for name in ("participant", "list", "trial", "phase", "block")]
        assert told == [code, str(number), str(place), wanted.phase, str(wanted.block)]
        face = drawn.stimuli[wanted.row]
        for name, cell in zip(names, cells(face, names), strict=True):
            same = row[name] == cell or float(row[name]) == pytest.approx(float(cell), rel=1e-15)
            assert same, name
        assert 0 < float(row["answer.rt"]) < 10
        answers = drawn.answers[(number - 1) % len(drawn.answers)]
        (answer,) = [one for one in answers if one.key == row["answer.keys"]]
        assert row["response_label"] == answer.label
        assert float(row["response_level"]) == pytest.approx(answer.level)


def test_a_known_observer_comes_back_from_the_data(display: str, tmp_path: Path) -> None:
    """Export, run, read, fit: the interval of the balance point holds the true one."""
    nine, true = make_set(levels=NINE), 0.15
    drawn = _put(tmp_path, nine, f"{QUICK}\nrepeats: 4\nlists: 3")
    data = _run(tmp_path, display, "p2", pse=true, spread=0.2)
    _compare_with_the_list(_trials(data), drawn, "p2")
    responses = read_responses([data])
    assert "PsychoPy" in responses.notes[0] and "response_label" in responses.notes[0]
    found = fitted(join(responses, nine, Wanted()), Fitting(replicates=200))
    pse = found.scale.pse
    assert pse is not None
    assert pse.low < true < pse.high
    assert pse.high - pse.low < 0.6


def test_a_rating_is_run_and_read(display: str, tmp_path: Path) -> None:
    drawn = _put(tmp_path, make_set(), RATING)
    data = _run(tmp_path, display, "anna", pse=0, spread=0.5)
    trials = _trials(data)
    _compare_with_the_list(trials, drawn, "anna")
    responses = read_responses([data], "ratings")
    by_level = dict(
        zip((float(row["morph_level"]) for row in trials), responses.rating, strict=True)
    )
    assert [by_level[level] for level in sorted(by_level)] == [2, 3, 5, 6]
    assert responses.skipped == 2
    seen = [name for _, screen in _seen(tmp_path) for name in screen]
    assert seen.count("pause_text") == 1


def test_a_training_goes_by_the_observers_own_balance_point(display: str, tmp_path: Path) -> None:
    tiny = make_set()
    drawn = _put(tmp_path, tiny, TRAINING)
    data = _run(tmp_path, display, "p2", pse=0.0, spread=0.6, wait_s=0.2)
    trials = _trials(data)
    _compare_with_the_list(trials, drawn, "p2")
    _look_at_the_feedback(trials)
    responses = read_responses([data])
    answers = [responses.answers[n] for n in responses.answer]
    meant = choices(answers, tiny.manifest.morphkit.response_map)
    tested = [row["response_label"] for row in trials if row["phase"] == "pretest"]
    assert [("distressed", "happy")[n] for n in meant] == tested
    assert len(tested) == 16 and responses.notes[-1].startswith("9 row(s) of other phases")
    faces = _look_at_the_screens(_seen(tmp_path), trials)
    assert faces > 0.03  # of 50 ms; a busy machine is late, not early


def test_a_run_that_is_left_keeps_what_was_answered(display: str, tmp_path: Path) -> None:
    _put(tmp_path, make_set(), f"{QUICK}\nidentities: [amy]")
    data = _run(tmp_path, display, "p1", pse=0, spread=0.2, leaves_after=6)
    responses = read_responses([data])
    assert 0 < len(responses) < 4
    assert len(_trials(data)) == len(responses) + 1  # the face at which Escape was pressed


def _look_at_the_feedback(trials: list[dict[str, str]]) -> None:
    """Feedback goes by the observer's own balance point, moved by a frame, and only in training."""
    told = [row for row in trials if row["phase"] == "training"]
    assert len(told) == 8
    for row in told:
        boundary = _boundary(trials, row["identity"], row["continuum"]) - 1
        assert float(row["boundary_frame"]) == pytest.approx(boundary)
        right = "happy" if int(row["frame"]) >= boundary else "distressed"
        assert row["feedback_label"] == right
        assert row["feedback_right"] == str(int(row["response_label"] == right))
    others = [row for row in trials if row["phase"] != "training"]
    assert not any(row.get("boundary_frame") or row.get("feedback_label") for row in others)


def _boundary(trials: list[dict[str, str]], identity: str, continuum: str) -> float:
    """The balance point of the test before, counted from the data once more."""
    mine = [
        row
        for row in trials
        if (row["phase"], row["identity"], row["continuum"]) == ("pretest", identity, continuum)
    ]
    shares = 0.0
    for frame in {row["frame"] for row in mine}:
        labels = [row["response_label"] for row in mine if row["frame"] == frame]
        shares += labels.count("distressed") / len(labels)
    return 0.5 + shares


def _seen(folder: Path) -> list[tuple[float, list[str]]]:
    seen: list[tuple[float, list[str]]] = json.loads((folder / "seen.json").read_text())
    return seen


def _look_at_the_screens(
    seen: list[tuple[float, list[str]]], trials: list[dict[str, str]]
) -> float:
    """Cross, face, mask, nothing but the keys, feedback, blank; return how long a face was on.

    A busy machine may miss screens of a few frames, in some trials.
    """
    screens = ["+".join(sorted(screen)) for _, screen in seen]
    parts = ("fixation_cross", "face_image", "mask_image", "feedback_text", "blank_text")
    assert all(sum(part in screen for part in parts) <= 1 for screen in screens)
    faces = [n for n, screen in enumerate(screens) if screen.startswith("face_image")]
    before, after = "fixation_cross+key_reminder", ["key_reminder+mask_image", "key_reminder"]
    plain = [before, "face_image+key_reminder", *after, "blank_text"]
    told = [*plain[:-1], "feedback_text", "blank_text"]
    whole = sum(told == screens[n - 1 : n + 5] or plain == screens[n - 1 : n + 4] for n in faces)
    assert whole > 0.6 * len(trials)
    trained = sum(row["phase"] == "training" for row in trials)
    assert 0.5 * trained < screens.count("feedback_text") <= trained
    blocks = len({row["block"] for row in trials})
    assert screens.count("pause_text") == blocks - 1
    lasted = sorted(seen[n + 1][0] - seen[n][0] for n in faces)
    return lasted[len(lasted) // 2]
