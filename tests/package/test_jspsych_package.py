"""The structure of the packages for the browser; tests/front_ends runs them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from morphkit.errors import UsageError
from morphkit.package import labjs
from morphkit.package.jspsych import LIBRARY, library_files
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import columns
from morphkit.study.task import Task

NODE_MODULES = [
    "jspsych/package.json",
    "jspsych/dist/index.browser.js",
    "jspsych/dist/index.browser.min.js",
    "jspsych/css/jspsych.css",
    "@jspsych/plugin-preload/dist/index.browser.min.js",
    "@jspsych/plugin-preload/node_modules/jspsych/dist/index.browser.min.js",
    "@jspsych/plugin-html-keyboard-response/dist/index.browser.js",
    "@jspsych/plugin-image-keyboard-response/dist/index.browser.min.js",
    "@jspsych/plugin-image-keyboard-response/dist/index.cjs",
]
FRONT_ENDS = pytest.mark.parametrize("name", ["jspsych", "labjs"])


def _files(stimulus_set: StimulusSet, name: str = "jspsych", **options: Any) -> dict[str, str]:
    made = package(stimulus_set, name, **options)
    return {path: data.decode() for path, data in made if not path.endswith(".png")}


def _value(script: str, name: str) -> Any:
    match = re.search(rf"^const {name} = (.*?^[\]}}]);$", script, re.MULTILINE | re.DOTALL)
    assert match
    return json.loads(match[1])


@FRONT_ENDS
def test_the_rows_of_the_page_are_those_of_the_table(name: str, stimulus_set: StimulusSet) -> None:
    rows = _value(_files(stimulus_set, name)["stimuli.js"], "STIMULI")
    assert [list(row) for row in rows] == [columns(stimulus_set.stimuli)] * 8
    for row, stimulus in zip(rows, stimulus_set.stimuli, strict=True):
        assert row["stimulus_id"] == stimulus.stimulus_id
        assert row["morph_level"] == stimulus.morph_level
        assert row["weight_happy"] == stimulus.weights["happy"]


@FRONT_ENDS
def test_the_trials_of_the_page_are_those_of_the_paper(
    name: str, stimulus_set: StimulusSet
) -> None:
    files = _files(stimulus_set, name, task=Task(practice=2, pause_every=4, lists=3))
    faces = [row["stimulus_id"] for row in _value(files["stimuli.js"], "STIMULI")]
    lists = _value(files["stimuli.js"], "LISTS")
    paper = list(csv.DictReader(io.StringIO(files["trials.csv"])))
    assert [
        (str(number), faces[row], phase, str(block), str(fixation), feedback)
        for number, trials in enumerate(lists, start=1)
        for row, phase, block, fixation, feedback in trials
    ] == [
        tuple(
            one[key]
            for key in ("list", "stimulus_id", "phase", "block", "fixation_ms", "feedback_label")
        )
        for one in paper
    ]
    assert len(lists) == 3 and len(paper) == 30


def test_a_value_that_nobody_knows_is_left_out(stimulus_set: StimulusSet) -> None:
    stimuli = list(stimulus_set.stimuli)
    stimuli[0] = dataclasses.replace(stimuli[0], intensity=0.25, intensity_unit="JND")
    tried = dataclasses.replace(stimulus_set, stimuli=stimuli)
    first, *others = _value(_files(tried)["stimuli.js"], "STIMULI")
    assert (first["intensity"], first["intensity_unit"]) == (0.25, "JND")
    assert all("intensity" not in row for row in others)
    assert all("p_happy" not in row for row in [first, *others])


def test_answers_come_from_the_response_map(set_of: Callable[..., StimulusSet]) -> None:
    answers = [
        {"key": "a", "button": 0, "label": "glücklich", "level": 1},
        {"key": "l", "button": 1, "label": "traurig", "level": -1},
    ]
    files = _files(set_of(response_map=answers))
    assert _value(files["stimuli.js"], "TASK")["answers"] == [answers]
    assert json.loads(files["response_map.json"]) == answers
    assert "decide: glücklich or traurig?" in files["stimuli.js"]
    assert "glücklich: key A" in files["methods.txt"]
    for path, text in files.items():
        if path not in ("stimuli.js", "stimuli.csv", "methods.txt", "licence_and_consent.txt"):
            assert "distressed" not in text, path  # elsewhere it is the name of an expression


@FRONT_ENDS
def test_the_readme_names_the_columns_of_its_task(name: str, stimulus_set: StimulusSet) -> None:
    plain = _files(stimulus_set, name)["README.txt"]
    training = _files(stimulus_set, name, task=Task(kind="training", exposure_ms=150))
    for word in ("face_ms", "boundary_frame", "feedback_label", "feedback_right"):
        assert word in training["README.txt"] and word not in plain
    assert max(map(len, plain.splitlines())) <= 100 and "@" not in plain


def test_without_a_library_the_links_are_pinned_and_guarded(stimulus_set: StimulusSet) -> None:
    files = _files(stimulus_set)
    links = re.findall(r'(?:src|href)="(https://[^"]+)"(.*)>', files["index.html"])
    assert [url for url, _ in links] == [file.url for file in LIBRARY.files]
    for url, rest in links:
        assert re.search(r"@\d+\.\d+\.\d+/", url)
        assert re.match(
            r' integrity="sha384-[A-Za-z0-9+/]{64}" crossorigin="anonymous"$',
            rest.removesuffix("></script"),
        )
    assert not any(path.startswith("jspsych/") for path in files)
    assert "from the internet" in files["README.txt"]


def test_with_a_library_the_page_asks_for_nothing_else(stimulus_set: StimulusSet) -> None:
    library = {path: f"/* {path} */".encode() for path in NODE_MODULES}
    files = _files(stimulus_set, library=library)
    assert "http" not in files["index.html"]
    local = re.findall(r'(?:src|href)="([^"]+)"', files["index.html"])
    assert {path for path in local if path != "data:,"} <= set(files)
    assert files["jspsych/jspsych.js"] == "/* jspsych/dist/index.browser.min.js */"
    assert "without the internet" in files["README.txt"]


def test_library_files_finds_an_installation() -> None:
    chosen = library_files(NODE_MODULES)
    assert chosen == {
        "jspsych/dist/index.browser.min.js": "jspsych.js",
        "jspsych/css/jspsych.css": "jspsych.css",
        "@jspsych/plugin-preload/dist/index.browser.min.js": "plugin-preload.js",
        "@jspsych/plugin-html-keyboard-response/dist/index.browser.js": (
            "plugin-html-keyboard-response.js"
        ),
        "@jspsych/plugin-image-keyboard-response/dist/index.browser.min.js": (
            "plugin-image-keyboard-response.js"
        ),
    }
    assert library_files(chosen) == chosen
    above = [f"node_modules/{path}" for path in NODE_MODULES]
    assert library_files(above) == {f"node_modules/{k}": v for k, v in chosen.items()}


def test_library_files_finds_a_release_folder() -> None:
    wanted = {f"dist/{file.name}": file.name for file in LIBRARY.files}
    others = ["dist/plugin-audio.js", "examples/license.txt"]
    assert library_files([*wanted, *others]) == wanted
    notice = {"license.txt": "license.txt"}
    assert library_files([*wanted, *others, *notice]) == wanted | notice


def test_files_of_two_copies_are_never_mixed() -> None:
    two = [f"{folder}/{path}" for folder in ("seven", "eight") for path in NODE_MODULES]
    with pytest.raises(UsageError, match="holds 2 copies: eight/, seven/"):
        library_files(two)
    lacks = [path for path in NODE_MODULES if "plugin-preload" not in path]
    deeper = [f"demo/node_modules/{path}" for path in NODE_MODULES]
    with pytest.raises(UsageError, match="plugin-preload"):
        library_files([*lacks, *deeper])
    assert all(path in NODE_MODULES for path in library_files([*NODE_MODULES, *deeper]))


def test_every_missing_library_file_is_named(stimulus_set: StimulusSet) -> None:
    library = {path: b"" for path in NODE_MODULES if "preload" not in path and "css" not in path}
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, "jspsych", library=library)
    assert [finding.code for finding in caught.value.findings] == ["MK816", "MK816"]
    assert [finding.file for finding in caught.value.findings] == [
        "jspsych/css/jspsych.css",
        "@jspsych/plugin-preload/dist/index.browser.min.js",
    ]


def test_a_copy_of_labjs_is_found_and_used(stimulus_set: StimulusSet) -> None:
    for where in ("node_modules/lab.js/dist/lab.js", "lab.js/dist/lab.js", "lib/lab.js", "lab.js"):
        listing = [where, "lab.js/dist/lab.dev.js", "lab.js/src/index.js", "a/b/c/lab.js"]
        assert labjs.library_files(listing) == {where: "lab.js"}
    files = _files(stimulus_set, "labjs", library={"lib/lab.js": b"var lab = {};"})
    assert "http" not in files["index.html"]
    assert files["labjs/lab.js"] == "var lab = {};"
    whole = ["lab.js/dist/lab.js", "lab.js/license", "lodash/license", "lab.js/dist/lab.js.map"]
    assert labjs.library_files([*whole, "lab.js/dist/lab.js.LICENSE.txt"]) == {
        "lab.js/dist/lab.js": "lab.js",
        "lab.js/license": "license.txt",
        "lab.js/dist/lab.js.LICENSE.txt": "lab.js.LICENSE.txt",
    }
    linked = _files(stimulus_set, "labjs")
    assert labjs.LIBRARY.files[0].url in linked["index.html"] and "labjs/lab.js" not in linked


def test_a_folder_without_labjs_is_refused(stimulus_set: StimulusSet) -> None:
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, "labjs", library={"lab.dev.js": b""})
    assert [finding.code for finding in caught.value.findings] == ["MK825"]
