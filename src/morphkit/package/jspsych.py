"""jsPsych: a folder whose ``index.html`` runs the task in a browser, from a server or from disk.

Knows jsPsych 7 and 8: which files of the library the page needs, where they lie in an
installation, and which published versions the page fetches when it carries none.  Reads no
installation itself.  May import `errors`, `study` and the rest of `package`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from morphkit.errors import Finding, UsageError
from morphkit.package.blanks import form, readme
from morphkit.package.documents import METHODS, methods
from morphkit.package.task import (
    FIXATION_MS,
    Response,
    grey,
    instructions,
    plain_name,
    presentation,
    response_map_json,
    responses,
)
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import WEIGHT, Stimulus, columns

REFERENCE = (
    "de Leeuw, J. R., Gilbert, R. A., & Luchterhandt, B. (2023). jsPsych: Enabling an "
    "open-source collaborative ecosystem of behavioral experiments. Journal of Open Source "
    "Software, 8(85), 5351. https://doi.org/10.21105/joss.05351"
)
CDN = "https://unpkg.com/"
WITHOUT_INTERNET = (
    "The folder jspsych holds a copy of jsPsych (MIT licence, by its authors), so the page\n"
    "  works without the internet."
)
FROM_INTERNET = (
    "The page fetches jsPsych from the internet (pinned versions, checked by their hashes).\n"
    "  To work without the internet, make the package again and give it your own copy:\n"
    "  morphkit package SET --for jspsych --jspsych FOLDER"
)


@dataclass(frozen=True, slots=True)
class _Library:
    """One file of jsPsych: its name in a package, its places, and its published version."""

    name: str
    places: tuple[str, ...]
    url: str
    integrity: str


def _plugin(name: str, version: str, integrity: str) -> _Library:
    package = f"@jspsych/plugin-{name}"
    return _Library(
        name=f"plugin-{name}.js",
        places=(
            f"{package}/dist/index.browser.min.js",
            f"{package}/dist/index.browser.js",
            f"plugin-{name}.js",
        ),
        url=f"{CDN}{package}@{version}/dist/index.browser.min.js",
        integrity=integrity,
    )


# An installation by npm, or the folder of a release; the first place that is there is taken.
LIBRARY = (
    _Library(
        name="jspsych.js",
        places=(
            "jspsych/dist/index.browser.min.js",
            "jspsych/dist/index.browser.js",
            "jspsych.js",
        ),
        url=f"{CDN}jspsych@8.3.0/dist/index.browser.min.js",
        integrity="sha384-PPMNzYQfqrWFhrOxhpwxXmKK+LDH//fBCLsvA/JIRHOfiuOcZ2j8wJhqo87V4R4B",
    ),
    _Library(
        name="jspsych.css",
        places=("jspsych/css/jspsych.css", "jspsych.css"),
        url=f"{CDN}jspsych@8.3.0/css/jspsych.css",
        integrity="sha384-+gGUkbtw2BJWSroKW2jzIEXGe7KxdycJ0Bo+CqzpIOSBHOYEHHRWETaV+v2mpdWX",
    ),
    _plugin(
        "preload",
        "2.1.0",
        "sha384-BiUYHx4tdTYToceth936qf4Wkf+Ho2VZti/5bB5/nDiPRuTaZ37hrxkLsANkHGdp",
    ),
    _plugin(
        "html-keyboard-response",
        "2.2.0",
        "sha384-nazmsslHjLyP2P00IhO151BuH6B/BV+Qtzc3l1h4kFvS9nRP7TuLknK45FN6VzZi",
    ),
    _plugin(
        "image-keyboard-response",
        "2.2.0",
        "sha384-OIQSBFwE/VfeZNe7FSpGb2v7QgJPojQKbbueTn4Yn7dqjEDwzHmruTtLVW5QVds1",
    ),
)


def export(
    stimulus_set: StimulusSet, library: Mapping[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Web page that runs the task with jsPsych 7 or 8, online or from disk.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    library : mapping of str to bytes, optional
        The user's own copy of jsPsych: paths as `library_files` chooses them, and contents.
        It is put into the package, which then needs no internet.  Without it the page fetches
        pinned versions, guarded by their hashes.

    Yields
    ------
    (str, bytes)

    Raises
    ------
    UsageError
        MK816 when `library` lacks a file that the page needs.
    """
    own = None if library is None else _own_library(library)
    return _files(stimulus_set, own)


def library_files(listing: Iterable[str]) -> dict[str, str]:
    """Choose the files that a page needs from an installation of jsPsych.

    Parameters
    ----------
    listing : iterable of str
        Paths in the folder, relative to it, with forward slashes: a ``node_modules`` folder,
        one that holds it, or the folder of a jsPsych release.

    Returns
    -------
    dict of str to str
        Path in the folder -> name in the package's folder ``jspsych``.

    Raises
    ------
    UsageError
        MK816 for every file that is not there.
    """
    paths = sorted(listing, key=lambda path: (path.count("/"), path))
    chosen = {file.name: _first(paths, file.places) for file in LIBRARY}
    missing = [file for file in LIBRARY if chosen[file.name] is None]
    if missing:
        raise UsageError(
            *(
                Finding(
                    "MK816",
                    f"the jsPsych folder has no {file.places[0]} (nor {file.places[-1]}).",
                    file=file.places[0],
                    suggestion="Give the node_modules folder in which jspsych and its plugins "
                    "preload, html-keyboard-response and image-keyboard-response are installed.",
                )
                for file in missing
            )
        )
    return {path: name for name, path in chosen.items() if path is not None}


def _files(
    stimulus_set: StimulusSet, own: Mapping[str, bytes] | None
) -> Iterator[tuple[str, bytes]]:
    manifest = stimulus_set.manifest
    answers = responses(manifest)
    library = WITHOUT_INTERNET if own is not None else FROM_INTERNET
    shown = presentation("a web browser with jsPsych", answers)
    yield "README.txt", readme("jspsych", stimulus_set, answers, LIBRARY=library).encode()
    yield METHODS, methods(stimulus_set, shown, [REFERENCE]).encode()
    yield "response_map.json", response_map_json(answers).encode()
    tags = "\n".join(_tag(file, own is not None) for file in LIBRARY)
    yield "index.html", form("jspsych/index.html", {"LIBRARY": tags}).encode()
    for name in ("task.css", "task.js"):
        yield name, form(f"jspsych/{name}", {}).encode()
    yield "stimuli.js", _stimuli_js(manifest, stimulus_set.stimuli, answers).encode()
    for name, data in (own or {}).items():
        yield f"jspsych/{name}", data
    for row in stimulus_set.stimuli:
        yield row.image_file, stimulus_set.read(row.image_file)


def _own_library(library: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: library[path] for path, name in library_files(library).items()}


def _first(paths: Sequence[str], places: Sequence[str]) -> str | None:
    for place in places:
        for path in paths:
            if path == place or path.endswith("/" + place):
                return path
    return None


def _tag(file: _Library, offline: bool) -> str:
    source = f"jspsych/{file.name}" if offline else file.url
    guard = "" if offline else f' integrity="{file.integrity}" crossorigin="anonymous"'
    if file.name.endswith(".css"):
        return f'<link rel="stylesheet" href="{html.escape(source)}"{guard}>'
    return f'<script src="{html.escape(source)}"{guard}></script>'


def _stimuli_js(
    manifest: Manifest, stimuli: Sequence[Stimulus], answers: Sequence[Response]
) -> str:
    names = columns(stimuli)
    task = {
        "name": plain_name(manifest),
        "fixation_ms": FIXATION_MS,
        "grey": grey(manifest),
        "instructions": instructions(answers),
    }
    rows = [json.dumps(_row(stimulus, names), ensure_ascii=False) for stimulus in stimuli]
    return (
        '"use strict";\n'
        "// The stimuli, one row each: what is here is copied into the data of each trial.\n"
        "const STIMULI = [\n" + ",\n".join(rows) + "\n];\n\n"
        "// Which key means which answer.\n"
        f"const RESPONSES = {response_map_json(answers).rstrip()};\n\n"
        f"const TASK = {json.dumps(task, ensure_ascii=False, indent=2)};\n"
    )


def _row(stimulus: Stimulus, names: Sequence[str]) -> dict[str, object]:
    """Return the columns that have a value; jsPsych would write a missing one as a word."""
    values = {
        name: stimulus.weights.get(name.removeprefix(WEIGHT), 0.0)
        if name.startswith(WEIGHT)
        else getattr(stimulus, name)
        for name in names
    }
    return {name: value for name, value in values.items() if value is not None}
