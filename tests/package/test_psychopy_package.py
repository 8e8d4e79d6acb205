"""The PsychoPy package: its structure always, and PsychoPy's own reader where it is installed.

``MORPHKIT_TEST_PSYCHOPY`` may name the Python of an environment that has psychopy; otherwise
the one that runs the tests is asked.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import columns, stimuli_csv

VARIABLE = "MORPHKIT_TEST_PSYCHOPY"


def _files(stimulus_set: StimulusSet) -> dict[str, bytes]:
    return dict(package(stimulus_set, "psychopy"))


def _experiment(files: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(files["task.psyexp"])


def _params(component: ET.Element) -> dict[str, str]:
    return {param.attrib["name"]: param.attrib["val"] for param in component.iter("Param")}


def test_the_package_holds_what_its_experiment_needs(stimulus_set: StimulusSet) -> None:
    files = _files(stimulus_set)
    conditions = files["conditions.csv"]
    assert conditions == stimuli_csv(stimulus_set.stimuli).encode()
    assert not conditions.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in conditions
    rows = list(csv.DictReader(io.StringIO(conditions.decode())))
    assert [row["image_file"] for row in rows] == [p for p in files if p.startswith("stimuli/")]
    loop = _experiment(files).find("./Flow/LoopInitiator")
    assert loop is not None
    assert _params(loop)["conditionsFile"] == "conditions.csv"


def test_what_changes_from_trial_to_trial_is_set_every_repeat(stimulus_set: StimulusSet) -> None:
    names = columns(stimulus_set.stimuli)
    variable = 0
    for param in _experiment(_files(stimulus_set)).iter("Param"):
        if param.attrib["val"].startswith("$"):
            assert any(name in param.attrib["val"] for name in names)
            assert param.attrib["updates"] == "set every repeat", param.attrib["name"]
            variable += 1
    assert variable == 3  # image, its size, place of the reminder


def test_no_name_of_the_experiment_is_a_column(stimulus_set: StimulusSet) -> None:
    experiment = _experiment(_files(stimulus_set))
    names = [
        node.attrib["name"]
        for node in experiment.findall("./Routines//*[@name]")
        if node.tag != "Param"
    ]
    names += [node.attrib["name"] for node in experiment.findall("./Flow/LoopInitiator")]
    names += ["response_labels", "response_levels", "response_label", "response_level"]
    assert len(names) > 10
    assert not set(names) & set(columns(stimulus_set.stimuli))
    assert not set(names) & {"intensity", "intensity_unit", "p_happy", "ambiguous"}


def test_experiment_info_is_plain_strings(stimulus_set: StimulusSet) -> None:
    settings = _experiment(_files(stimulus_set)).find("Settings")
    assert settings is not None
    assert _params(settings)["Experiment info"] == "{'participant':'', 'session':'001'}"
    assert _params(settings)["expName"] == "small"
    assert _params(settings)["color"] == "#808080"


def test_words_and_keys_come_from_the_response_map(
    set_of: Callable[..., StimulusSet],
) -> None:
    answers = [
        {"key": "1", "button": 0, "label": "traurig", "level": -1},
        {"key": "9", "button": 1, "label": "fröhlich", "level": 1},
    ]
    text = _files(set_of(response_map=answers))["task.psyexp"].decode()
    params = {}
    for component in ET.fromstring(text).findall("./Routines/Routine/*"):
        params[component.attrib["name"]] = _params(component)
    assert params["answer"]["allowedKeys"] == "'1','9'"
    assert "1 = traurig" in params["key_reminder"]["text"]
    assert "traurig or fröhlich?" in params["instructions_text"]["text"]
    words = params["answer_words"]
    for name, wanted in (
        ("labels", {"1": "traurig", "9": "fröhlich"}),
        ("levels", {"1": -1, "9": 1}),
    ):
        begin = f"response_{name} = "
        (line,) = [t for t in words["Begin Experiment"].splitlines() if t.startswith(begin)]
        assert ast.literal_eval(line.removeprefix(begin)) == wanted
        assert f"{begin}{json.dumps(wanted)};" in words["Begin JS Experiment"]
    for word in ("distressed", "happy"):
        assert word not in text
    assert not re.search(r"@[A-Z_]+@", text)


def _python_with_psychopy() -> str:
    named = os.environ.get(VARIABLE)
    if named is None and importlib.util.find_spec("psychopy") is None:
        pytest.skip(f"psychopy is not installed here, and {VARIABLE} names no Python that has it")
    return named or sys.executable


READ_BACK = """
import json, os
from psychopy.experiment import Experiment
from psychopy.data import importConditions
experiment = Experiment()
experiment.loadFromXML("task.psyexp")
rows = importConditions("conditions.csv")
plain = lambda v: v.item() if hasattr(v, "item") else v
script = experiment.writeScript(expPath="task.py", target="PsychoPy")
page = experiment.writeScript(expPath=os.path.abspath("task.js"), target="PsychoJS")
text = lambda s: s if isinstance(s, str) else s.getvalue()
found = {
    "rows": [{name: plain(value) for name, value in row.items()} for row in rows],
    "resources": [r["rel"] for r in experiment.getResourceFiles()],
    "taken": [n for n in rows[0] if Experiment().namespace.exists(n)],
    "script": text(script),
    "page": text(page),
}
with open("found.json", "w", encoding="utf-8") as file:
    json.dump(found, file)
"""


def _read_back(folder: Path, files: dict[str, bytes]) -> dict[str, Any]:
    python = _python_with_psychopy()
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    home = {"HOME": str(folder), "APPDATA": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [python, "-c", READ_BACK],
        cwd=folder,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found


def test_psychopy_reads_our_rows_and_compiles_the_task(
    stimulus_set: StimulusSet, tmp_path: Path
) -> None:
    calibrated = [
        dataclasses.replace(
            row,
            morph_level=place / 7,
            intensity=None if place % 2 else place / 3,
            intensity_unit=None if place % 2 else "JND from the PSE",
            ambiguous=None if place % 2 else place > 3,
        )
        for place, row in enumerate(stimulus_set.stimuli)
    ]
    tried = dataclasses.replace(stimulus_set, stimuli=calibrated)
    found = _read_back(tmp_path, _files(tried))

    names = columns(calibrated)
    for read, row in zip(found["rows"], calibrated, strict=True):
        assert list(read) == names
        for name in names:
            wanted = (
                row.weights[name.removeprefix("weight_")]
                if name.startswith("weight_")
                else getattr(row, name)
            )
            if isinstance(wanted, float):  # pandas before 3 loses the last bit
                wanted = pytest.approx(wanted, rel=1e-15, abs=0)
                assert isinstance(read[name], float)
            else:
                assert type(read[name]) is type(wanted), name
            assert read[name] == wanted, name
    assert found["taken"] == []
    images = {row.image_file for row in calibrated}
    assert {"conditions.csv", *images} <= set(found["resources"])

    compile(found["script"], "task.py", "exec")
    assert "face_image.setImage(image_file)" in found["script"]
    assert "face_image.setSize((width_px, height_px))" in found["script"]
    assert "thisExp.addData('response_label'" in found["script"]
    assert "face_image.setImage(image_file);" in found["page"]
    assert "psychoJS.experiment.addData('response_label'" in found["page"]
