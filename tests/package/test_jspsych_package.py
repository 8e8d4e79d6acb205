"""The structure of the jsPsych package; `test_jspsych_browser` runs it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from morphkit.errors import UsageError
from morphkit.package.jspsych import LIBRARY, library_files
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import columns

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


def _files(stimulus_set: StimulusSet, **options: Any) -> dict[str, str]:
    made = package(stimulus_set, "jspsych", **options)
    return {path: data.decode() for path, data in made if not path.endswith(".png")}


def _array(script: str, name: str) -> list[dict[str, Any]]:
    match = re.search(rf"^const {name} = (\[.*?^\]);$", script, re.MULTILINE | re.DOTALL)
    assert match
    rows: list[dict[str, Any]] = json.loads(match[1])
    return rows


def test_the_rows_of_the_page_are_those_of_the_table(stimulus_set: StimulusSet) -> None:
    rows = _array(_files(stimulus_set)["stimuli.js"], "STIMULI")
    assert [list(row) for row in rows] == [columns(stimulus_set.stimuli)] * 8
    for row, stimulus in zip(rows, stimulus_set.stimuli, strict=True):
        assert row["stimulus_id"] == stimulus.stimulus_id
        assert row["morph_level"] == stimulus.morph_level
        assert row["weight_happy"] == stimulus.weights["happy"]


def test_a_value_that_nobody_knows_is_left_out(stimulus_set: StimulusSet) -> None:
    stimuli = list(stimulus_set.stimuli)
    stimuli[0] = dataclasses.replace(stimuli[0], intensity=0.25, intensity_unit="JND")
    tried = dataclasses.replace(stimulus_set, stimuli=stimuli)
    first, *others = _array(_files(tried)["stimuli.js"], "STIMULI")
    assert (first["intensity"], first["intensity_unit"]) == (0.25, "JND")
    assert all("intensity" not in row for row in others)
    assert all("p_happy" not in row for row in [first, *others])


def test_answers_come_from_the_response_map(set_of: Callable[..., StimulusSet]) -> None:
    answers = [
        {"key": "a", "button": 0, "label": "glücklich", "level": 1},
        {"key": "l", "button": 1, "label": "traurig", "level": -1},
    ]
    files = _files(set_of(response_map=answers))
    assert _array(files["stimuli.js"], "RESPONSES") == answers
    assert json.loads(files["response_map.json"]) == answers
    assert "decide: glücklich or traurig?" in files["stimuli.js"]
    assert "glücklich: key A" in files["methods.txt"]
    for path, text in files.items():
        if path not in ("stimuli.js", "methods.txt", "licence_and_consent.txt"):
            assert "distressed" not in text, path  # elsewhere it is the name of an expression


def test_without_a_library_the_links_are_pinned_and_guarded(stimulus_set: StimulusSet) -> None:
    files = _files(stimulus_set)
    links = re.findall(r'(?:src|href)="(https://[^"]+)"(.*)>', files["index.html"])
    assert [url for url, _ in links] == [file.url for file in LIBRARY]
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
    release = [f"dist/{file.name}" for file in LIBRARY] + ["dist/plugin-audio.js", "license.txt"]
    assert library_files(release) == {f"dist/{file.name}": file.name for file in LIBRARY}


def test_every_missing_library_file_is_named(stimulus_set: StimulusSet) -> None:
    library = {path: b"" for path in NODE_MODULES if "preload" not in path and "css" not in path}
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, "jspsych", library=library)
    assert [finding.code for finding in caught.value.findings] == ["MK816", "MK816"]
    assert [finding.file for finding in caught.value.findings] == [
        "jspsych/css/jspsych.css",
        "@jspsych/plugin-preload/dist/index.browser.min.js",
    ]
