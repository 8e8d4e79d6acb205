"""The jsPsych package in a real Chromium, with real jsPsych 7 and 8.

Needs Chromium, and ``MORPHKIT_TEST_NODE_MODULES``: one or more ``node_modules`` folders
(separated like ``PATH``) that hold jsPsych with its plugins preload, html-keyboard-response and
image-keyboard-response, for instance one with ``jspsych@7`` and plugins ``@1`` and one with
``jspsych@8`` and plugins ``@2``.
"""

from __future__ import annotations

import csv
import functools
import http.server
import json
import os
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from chromium import Browser, Page, chromium, chromium_path
from morphkit.observed.reading import read_responses
from morphkit.package.jspsych import CDN, LIBRARY, library_files
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import choices
from morphkit.study.table import columns

VARIABLE = "MORPHKIT_TEST_NODE_MODULES"
MAJORS = ("7", "8")
NOTE_THE_CROSS = """
    window.crossPlace = null;
    new MutationObserver(() => {
      const cross = document.querySelector(".cross");
      if (cross) window.crossPlace = cross.getBoundingClientRect().toJSON();
    }).observe(document, { childList: true, subtree: true });
"""

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Chromium is driven through POSIX pipes"),
    pytest.mark.skipif(chromium_path() is None, reason="Chromium is not installed"),
]


def _installations() -> dict[str, Path]:
    found = {}
    for folder in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        about = json.loads((Path(folder) / "jspsych" / "package.json").read_text())
        found[about["version"].split(".")[0]] = Path(folder)
    return found


def _library(major: str) -> dict[str, bytes]:
    folder = _installations().get(major)
    if folder is None:
        pytest.skip(f"{VARIABLE} names no node_modules folder with jsPsych {major}")
    listing = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    return {path: (folder / path).read_bytes() for path in library_files(listing)}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def write(tmp_path: Path, stimulus_set: StimulusSet) -> Callable[..., Path]:
    """Write the package to a folder, with a short fixation so that the test is quick."""

    def _write(library: dict[str, bytes] | None = None) -> Path:
        folder = tmp_path / "package"
        for path, data in package(stimulus_set, "jspsych", library=library):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        words = (folder / "stimuli.js").read_text(encoding="utf-8")
        assert words.count('"fixation_ms": 500') == 1
        quick = words.replace('"fixation_ms": 500', '"fixation_ms": 50')
        (folder / "stimuli.js").write_text(quick, encoding="utf-8")
        return folder

    return _write


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    servers: list[tuple[http.server.ThreadingHTTPServer, threading.Thread]] = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    def _serve(folder: Path) -> str:
        handler = functools.partial(Quiet, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}/index.html"

    yield _serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def _grey(png: bytes) -> int:
    """The grey of a picture of `conftest`: the first pixel of its first row."""
    return zlib.decompressobj().decompress(png[png.index(b"IDAT") + 4 :])[1]


def _images(page: Page) -> list[str]:
    return [unquote(urlsplit(u).path) for u in page.requests if u.endswith(".png")]


def _start(page: Page, participant: str) -> None:
    page.value(f"document.getElementById('participant').value = {json.dumps(participant)}")
    page.click("#start button")
    page.until("""document.querySelector('[data-key=" "]')""")
    page.press(" ")


def _face(page: Page, done: int) -> None:
    count = "jsPsych.data.get().filter({screen: 'judgement'}).count()"
    page.until(f"document.querySelector('canvas') && {count} === {done}")


def _downloaded(folder: Path, name: str) -> list[dict[str, str]]:
    deadline = time.monotonic() + 20
    while not (folder / name).exists():
        assert time.monotonic() < deadline, f"{name} was not saved: {list(folder.iterdir())}"
        time.sleep(0.05)
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("way", ["http", "file"])
def test_whole_task(
    way: str,
    major: str,
    browser: Browser,
    write: Callable[..., Path],
    serve: Callable[[Path], str],
    stimulus_set: StimulusSet,
    tmp_path: Path,
) -> None:
    folder = write(_library(major))
    (downloads := tmp_path / "downloads").mkdir()
    browser.save_downloads_to(downloads)
    page = browser.page()
    page.open(serve(folder) if way == "http" else (folder / "index.html").as_uri())
    page.value(NOTE_THE_CROSS)
    _start(page, "p07")

    _face(page, 0)
    cross = page.value("crossPlace")
    face = page.value("document.querySelector('canvas').getBoundingClientRect().toJSON()")
    assert cross is not None
    assert face == cross  # nothing moves between the screens
    if way == "http":  # from disk, a page may not look at its own canvas
        shown = page.value("jsPsych.getCurrentTrial().stimulus")
        pixel = "document.querySelector('canvas').getContext('2d').getImageData(24, 30, 1, 1)"
        grey = _grey(stimulus_set.read(shown))
        assert page.value(f"Array.from({pixel}.data)") == [grey, grey, grey, 255]

    # every picture was asked for before the first answer, and once
    asked = _images(page)
    wanted = sorted("/" + row.image_file for row in stimulus_set.stimuli)
    assert sorted(path[path.index("/stimuli/") :] for path in asked) == wanted

    pressed = []
    for place in range(len(stimulus_set.stimuli)):
        _face(page, place)
        pressed.append("fj"[place // 2 % 2])
        page.press("x")  # not an answer
        page.press(pressed[-1])
    page.until("document.getElementById('save')")
    assert "Thank you" in page.value("document.body.innerText")
    assert len(_images(page)) == len(wanted)
    assert page.problems == []
    assert page.failed == []

    rows = _downloaded(downloads, "small_p07.csv")
    assert [row["response"] for row in rows] == pressed
    _read_back(downloads / "small_p07.csv", stimulus_set, pressed)
    words = {"f": ("distressed", "-1"), "j": ("happy", "1")}
    answers = [(row["response_label"], row["response_level"]) for row in rows]
    assert answers == [words[key] for key in pressed]
    by_id = {row.stimulus_id: row for row in stimulus_set.stimuli}
    assert sorted(row["stimulus_id"] for row in rows) == sorted(by_id)
    for place, row in enumerate(rows, start=1):
        assert set(columns(stimulus_set.stimuli)) <= set(row)
        assert float(row["morph_level"]) == by_id[row["stimulus_id"]].morph_level
        assert row["sha256"] == by_id[row["stimulus_id"]].sha256
        assert (row["participant"], row["trial"]) == ("p07", str(place))
        assert row["response_device"] == "keyboard"
        assert row["shown_height_px"] == "60"
        assert float(row["rt"]) >= 0


def _read_back(path: Path, stimulus_set: StimulusSet, pressed: list[str]) -> None:
    """What the page wrote is read as responses without being told how."""
    responses = read_responses([path])
    assert "jsPsych" in responses.notes[0] and responses.observers == ("p07",)
    meant = choices(responses.answers, stimulus_set.manifest.morphkit.response_map)
    assert [meant[code] for code in responses.answer] == ["fj".index(key) for key in pressed]
    assert {*responses.stimuli} == {row.stimulus_id for row in stimulus_set.stimuli}


def test_a_tap_counts_like_its_key(browser: Browser, write: Callable[..., Path]) -> None:
    page = browser.page()
    page.open((write(_library("8")) / "index.html").as_uri())
    _start(page, "")
    _face(page, 0)
    page.click('[data-key="j"]')
    _face(page, 1)
    row = json.loads(page.value("jsPsych.data.get().filter({screen: 'judgement'}).json()"))[0]
    assert (row["response"], row["response_label"]) == ("j", "happy")
    assert row["response_device"] == "screen"
    assert len(row["participant"]) == 6
    assert row["participant"].isdigit()


def test_a_low_window_makes_the_face_smaller_and_says_so(
    browser: Browser, write: Callable[..., Path]
) -> None:
    page = browser.page()
    page.open((write(_library("8")) / "index.html").as_uri())
    _start(page, "p")
    page.resize(800, 150)
    _face(page, 0)
    page.press("f")
    _face(page, 1)
    row = json.loads(page.value("jsPsych.data.get().filter({screen: 'judgement'}).json()"))[0]
    assert row["shown_height_px"] == 40
    assert page.value("document.querySelector('canvas').height") == 40


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("way", ["http", "file"])
def test_a_missing_picture_stops_the_task(
    way: str,
    major: str,
    browser: Browser,
    write: Callable[..., Path],
    serve: Callable[[Path], str],
    stimulus_set: StimulusSet,
) -> None:
    folder = write(_library(major))
    gone = stimulus_set.stimuli[3].image_file
    (folder / gone).unlink()
    page = browser.page()
    page.open(serve(folder) if way == "http" else (folder / "index.html").as_uri())
    page.click("#start button")
    page.until("document.querySelector('.problem')")
    shown = page.value("document.body.innerText")
    assert "The task cannot start" in shown
    assert gone in shown
    page.press(" ")
    time.sleep(0.2)
    assert page.value("document.querySelector('.cross, canvas') === null")


def test_a_participant_code_that_a_spreadsheet_evaluates_is_not_taken(
    browser: Browser, write: Callable[..., Path]
) -> None:
    page = browser.page()
    page.open((write(_library("8")) / "index.html").as_uri())
    page.value("document.getElementById('participant').value = '=1+1'")
    page.click("#start button")
    assert page.value("document.getElementById('participant').matches(':invalid')")
    assert page.value("document.getElementById('start') !== null")


def test_pinned_links_load_with_their_hashes(browser: Browser, write: Callable[..., Path]) -> None:
    published = _published()
    page = browser.page()
    page.intercept(CDN, published.get)
    page.open((write() / "index.html").as_uri())
    _start(page, "p")
    _face(page, 0)
    assert page.problems == []
    assert sorted(u for u in page.requests if u.startswith(CDN)) == sorted(published)


@pytest.mark.parametrize("how", ["changed", "unreachable"])
def test_a_library_that_is_not_the_pinned_one_is_refused(
    how: str, browser: Browser, write: Callable[..., Path]
) -> None:
    published: dict[str, bytes] = _published() if how == "changed" else {}
    page = browser.page()
    changed = {url: data + b"\n" for url, data in published.items()}
    page.intercept(CDN, changed.get)
    page.open((write() / "index.html").as_uri())
    page.until("document.querySelector('.problem')")
    assert "jsPsych (version 7 or 8) could not be loaded" in page.value("document.body.innerText")


def _published() -> dict[str, bytes]:
    """The pinned files by their links, from an installation of just these versions."""
    folder = _installations().get("8")
    if folder is None:
        pytest.skip(f"{VARIABLE} names no node_modules folder with jsPsych 8")
    published = {}
    for file in LIBRARY:
        name, _, rest = file.url.removeprefix(CDN).rpartition("@")
        version, _, path = rest.partition("/")
        installed = json.loads((folder / name / "package.json").read_text())["version"]
        if installed != version:
            pytest.skip(f"{name} {installed} is installed, {version} is pinned")
        published[file.url] = (folder / name / path).read_bytes()
    return published
