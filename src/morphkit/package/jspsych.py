"""jsPsych: a folder whose ``index.html`` runs the task in a browser, from a server or from disk.

Knows jsPsych 7 and 8: which files of the library the page needs, where they lie in an
installation, and which published versions the page fetches when it carries none.  Reads no
installation itself.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from morphkit.package.session import Session
from morphkit.package.web import CDN, Library, LibraryFile, web_files
from morphkit.study.manifest import StimulusSet

REFERENCE = (
    "de Leeuw, J. R., Gilbert, R. A., & Luchterhandt, B. (2023). jsPsych: Enabling an "
    "open-source collaborative ecosystem of behavioral experiments. Journal of Open Source "
    "Software, 8(85), 5351. https://doi.org/10.21105/joss.05351"
)


def _plugin(name: str, version: str, integrity: str) -> LibraryFile:
    package = f"@jspsych/plugin-{name}"
    return LibraryFile(
        name=f"plugin-{name}.js",
        places=(
            f"{package}/dist/index.browser.min.js",
            f"{package}/dist/index.browser.js",
            f"plugin-{name}.js",
        ),
        url=f"{CDN}{package}@{version}/dist/index.browser.min.js",
        integrity=integrity,
    )


LIBRARY = Library(
    name="jsPsych",
    folder="jspsych",
    files=(
        LibraryFile(
            name="jspsych.js",
            places=(
                "jspsych/dist/index.browser.min.js",
                "jspsych/dist/index.browser.js",
                "jspsych.js",
            ),
            url=f"{CDN}jspsych@8.3.0/dist/index.browser.min.js",
            integrity="sha384-PPMNzYQfqrWFhrOxhpwxXmKK+LDH//fBCLsvA/JIRHOfiuOcZ2j8wJhqo87V4R4B",
        ),
        LibraryFile(
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
    ),
    response="the key that was pressed",
    reference=REFERENCE,
    code="MK816",
    advice="Give the node_modules folder in which jspsych and its plugins preload, "
    "html-keyboard-response and image-keyboard-response are installed.",
    notices={"license.txt": ("jspsych/license.txt", "license.txt")},
)


def export(
    stimulus_set: StimulusSet, session: Session, library: Mapping[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Web page that runs the task with jsPsych 7 or 8, online or from disk.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session
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
    return web_files(LIBRARY, LIBRARY.copy(library), stimulus_set, session)


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
    return LIBRARY.chosen(listing)
