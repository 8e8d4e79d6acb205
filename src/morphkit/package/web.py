"""Packages that run in a browser: the page, its scripts, and the library that it needs.

Knows what such packages have in common, and how a page finds the library: in its own folder, or
at a pinned address, guarded by a hash.  Knows no library by name and reads no installation.  May
import `errors`, `study` and the rest of `package`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from morphkit.errors import Finding, UsageError
from morphkit.package.papers import form, pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.words import plain_name, script_values
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import TABLE, Stimulus, cell_value, columns, stimuli_csv

CDN = "https://unpkg.com/"
BRIEF = {"face_ms": "how long the face was there, if it went before the answer"}
TRAINING = {
    "boundary_frame": "in training: feedback changes at this frame",
    "feedback_label": "in training: the answer that feedback called right",
    "feedback_right": "in training: 1 if that was the answer, else 0",
}
"""Columns that only some tasks write, and what they hold."""


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """One file of a library.

    Parameters
    ----------
    name : str
        In a package.
    places : tuple of str
        In an installation; the first that is there is taken.
    url, integrity : str
        The published version that a page without a copy fetches, and its hash.
    """

    name: str
    places: tuple[str, ...]
    url: str
    integrity: str


@dataclass(frozen=True, slots=True)
class Library:
    """A library that runs experiments in a browser.

    Parameters
    ----------
    name : str
        As people write it.
    folder : str
        Of the copy in a package; also of its forms and its name as a front end.
    files : tuple of LibraryFile
    response : str
        What its column `response` holds.
    reference : str
        How to cite it.
    code : str
        Of the finding when a copy lacks a file.
    advice : str
        Which folder to give.
    notices : mapping of str to tuple of str
        Names and places of licences, which go with a copy where they are there.
    """

    name: str
    folder: str
    files: tuple[LibraryFile, ...]
    response: str
    reference: str
    code: str
    advice: str
    notices: Mapping[str, tuple[str, ...]]

    def chosen(self, listing: Iterable[str]) -> dict[str, str]:
        """Choose the files that a page needs from a listing: path → name in a package.

        All of them are of one copy, the one nearest to the top.

        Raises
        ------
        UsageError
            `code`, for every file that is not there, or when there are several such copies.
        """
        paths = sorted(listing)
        home = self._home(paths)
        found = {file.name: _first(paths, home, file.places) for file in self.files}
        missing = [file for file in self.files if found[file.name] is None]
        if missing:
            raise UsageError(*(self._missing(file, home) for file in missing))
        found |= {
            name: _first(paths, home, places) or _first(paths, "", places)
            for name, places in self.notices.items()
        }
        return {path: name for name, path in found.items() if path is not None}

    def _home(self, paths: Sequence[str]) -> str:
        """Return the folder of the copy nearest to the top, with its slash; "" for none."""
        homes = {
            path.removesuffix(place)
            for path in paths
            for place in self.files[0].places
            if f"/{path}".endswith(f"/{place}")
        }
        nearest = min((home.count("/") for home in homes), default=0)
        there = sorted(home for home in homes if home.count("/") == nearest)
        if len(there) > 1:
            text = f"the {self.name} folder holds {len(there)} copies: {', '.join(there)}."
            raise UsageError(
                Finding(self.code, text, file=there[0], suggestion="Give the folder of one copy.")
            )
        return there[0] if there else ""

    def copy(self, library: Mapping[str, bytes] | None) -> dict[str, bytes] | None:
        """Return the files of somebody's own copy by their names in a package; None for none."""
        if library is None:
            return None
        return {name: library[path] for path, name in self.chosen(library).items()}

    def told(self, offline: bool) -> str:
        """Return what ``README.txt`` says about where the library comes from."""
        if offline:
            return (
                f"The folder {self.folder} holds a copy of {self.name} (MIT licence, by its "
                "authors), so the page\n  works without the internet."
            )
        return (
            f"The page fetches {self.name} from the internet (pinned versions, checked by their "
            "hashes).\n  To work without the internet, make the package again, with the same "
            "--task if it had\n  one, and give it your own copy:\n"
            f"  morphkit package SET --for {self.folder} --{self.folder} FOLDER --force"
        )

    def _missing(self, file: LibraryFile, home: str) -> Finding:
        either = f" (nor {file.places[-1]})" if len(file.places) > 1 else ""
        message = f"the {self.name} folder has no {home}{file.places[0]}{either}."
        return Finding(self.code, message, file=home + file.places[0], suggestion=self.advice)


def web_files(
    library: Library,
    own: Mapping[str, bytes] | None,
    stimulus_set: StimulusSet,
    session: Session,
) -> Iterator[tuple[str, bytes]]:
    """Yield a package: its papers, page, scripts and pictures, and the copy of the library.

    Parameters
    ----------
    library : Library
    own : mapping of str to bytes or None
        The files of a copy, by their names in the package.
    stimulus_set : StimulusSet
    session : Session
    """
    told = {"LIBRARY": library.told(own is not None), "COLUMNS": _columns(library, session)}
    told["data"] = f"{plain_name(stimulus_set.manifest)}_*.csv"
    told["COLLECT"] = form("web/collect.txt", {}).rstrip()
    program = f"a web browser with {library.name}"
    references = [library.reference]
    yield from task_papers(library.folder, program, stimulus_set, session, references, **told)
    folder = None if own is None else library.folder
    tags = "\n".join(_tag(file, folder) for file in library.files)
    yield "index.html", form("web/index.html", {"LIBRARY": tags}).encode()
    for name in ("task.css", "rules.js", "screens.js"):
        yield name, form(f"web/{name}", {}).encode()
    yield "task.js", form(f"{library.folder}/task.js", {}).encode()
    yield TABLE, stimuli_csv(session.stimuli).encode()
    yield "stimuli.js", _stimuli_js(stimulus_set, session).encode()
    for name, data in (own or {}).items():
        yield f"{library.folder}/{name}", data
    yield from pictures(stimulus_set, session)


def _columns(library: Library, session: Session) -> str:
    more = dict(BRIEF if session.task.exposure_ms is not None else {})
    more |= TRAINING if session.task.kind == "training" else {}
    lines = "".join(f"\n    {name:16} {what}" for name, what in more.items())
    return form("web/columns.txt", {"RESPONSE": library.response, "MORE": lines}).rstrip()


def _first(paths: Sequence[str], home: str, places: Sequence[str]) -> str | None:
    return next((home + place for place in places if home + place in paths), None)


def _tag(file: LibraryFile, folder: str | None) -> str:
    source = f"{folder}/{file.name}" if folder else file.url
    guard = "" if folder else f' integrity="{file.integrity}" crossorigin="anonymous"'
    if file.name.endswith(".css"):
        return f'<link rel="stylesheet" href="{html.escape(source)}"{guard}>'
    return f'<script src="{html.escape(source)}"{guard}></script>'


def _stimuli_js(stimulus_set: StimulusSet, session: Session) -> str:
    names = columns(session.stimuli)
    task = dict(script_values(session, stimulus_set.manifest))
    lists = task.pop("lists")
    rows = [json.dumps(_row(face, names), ensure_ascii=False) for face in session.stimuli]
    return (
        '"use strict";\n'
        "// The faces, one row each: what is here is copied into the data of each trial.\n"
        "const STIMULI = [\n" + ",\n".join(rows) + "\n];\n\n"
        "// The trials of each list: face (counted from 0), phase, block, fixation in\n"
        "// milliseconds, and the answer that feedback calls right where it is known already.\n"
        "const LISTS = [\n" + ",\n".join(json.dumps(one) for one in lists) + "\n];\n\n"
        "// Answers, words and times.\n"
        f"const TASK = {json.dumps(task, ensure_ascii=False, indent=2)};\n"
    )


def _row(stimulus: Stimulus, names: Sequence[str]) -> dict[str, object]:
    """Return the columns that have a value; a missing one would be written as a word."""
    values = {name: cell_value(stimulus, name) for name in names}
    return {name: one for name, one in values.items() if one is not None}
