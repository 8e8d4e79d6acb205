"""Pages of packages for the browser: written, opened, and played by pressing keys.

`web_scenarios` says what such pages must do.
"""

from __future__ import annotations

import csv
import functools
import http.server
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from PIL import Image

from chromium import Browser, Page
from front_ends import node_modules
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import Task

QUICK = {"fixation_ms": 20}
PATIENCE_S = 20.0
NEXT = """(() => {
  if (document.querySelector("#end, .problem")) return ["end", document.body.innerText];
  const spot = document.querySelector(".go, canvas, .face");
  if (!spot || spot.dataset.seen) return null;
  spot.dataset.seen = "yes";
  if (spot.matches(".go")) return ["text", document.body.innerText];
  const face = spot.querySelector("img");
  return ["face", face ? face.getAttribute("src") : jsPsych.getCurrentTrial().stimulus];
})()"""
"""What waits for a key and wasn't seen before."""
NOTE = """
  window.told = [];
  window.places = {};
  new MutationObserver(() => {
    const feedback = document.querySelector(".feedback");
    if (feedback && !feedback.dataset.noted) {
      feedback.dataset.noted = "yes";
      window.told.push(feedback.innerText);
    }
    for (const [name, what] of [["cross", ".cross"], ["face", "canvas, .face"]]) {
      const box = document.querySelector(what);
      if (box && !window.places[name]) window.places[name] = box.getBoundingClientRect().toJSON();
    }
  }).observe(document, { childList: true, subtree: true });
"""
"""Notes the texts of feedback, and where the first cross and the first face are."""

Answer = Callable[[str], str]


@dataclass
class Desk:
    """A browser, a folder that is served, and the front end that is tried."""

    browser: Browser
    root: Path
    address: str
    name: str
    installation: str
    pages: list[Page] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Where something was sent to; the server takes nothing."""

    def library(self) -> dict[str, bytes]:
        folder = node_modules(self.installation)
        listing = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        chosen = import_module(f"morphkit.package.{self.name}").library_files(listing)
        return {path: (folder / path).read_bytes() for path in chosen}

    def write(
        self, stimulus_set: StimulusSet, task: dict[str, Any] | None = None, *, own: bool = True
    ) -> Path:
        folder = self.root / "package"
        library = self.library() if own else None
        asked = Task.model_validate({**QUICK, **(task or {})})
        for path, data in package(stimulus_set, self.name, task=asked, library=library):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder

    def open(self, folder: Path, way: str = "file", query: str = "") -> Page:
        page = self.browser.page()
        self.pages.append(page)
        path = folder.relative_to(self.root).as_posix()
        served = f"{self.address}/{path}/index.html"
        page.open((served if way == "http" else (folder / "index.html").as_uri()) + query)
        page.value(NOTE)
        return page

    def saved(self, name: str) -> list[dict[str, str]]:
        """The rows of faces in a file that the page saved."""
        path = self.downloads / name
        deadline = time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < deadline, f"{name} isn't in {list(path.parent.iterdir())}"
            time.sleep(0.05)
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [row for row in rows if "judgement" in (row.get("screen"), row.get("sender"))]

    @property
    def downloads(self) -> Path:
        return self.root / "downloads"


@contextmanager
def desk(browser: Browser, root: Path, name: str, installation: str) -> Iterator[Desk]:
    """Serve a folder, and save downloads in it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append(self.path)
            self.send_error(501)

    (root / "downloads").mkdir()
    browser.save_downloads_to(root / "downloads")
    handler = functools.partial(Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made = Desk(browser, root, f"http://127.0.0.1:{server.server_address[1]}", name, installation)
    try:
        yield made
    finally:
        for page in made.pages:
            page.call("Page.close")
        server.shutdown()
        thread.join()
        server.server_close()


def start(page: Page, participant: str = "") -> None:
    """Give the code, and leave the form."""
    if participant:
        page.value(f"document.getElementById('participant').value = {json.dumps(participant)}")
    page.click("#start button")


def wait(page: Page) -> tuple[str, str]:
    """Wait for the next screen that wants a key: its kind, and its text or its picture."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = page.value(NEXT)
        if found:
            return found[0], found[1]
        assert time.monotonic() < deadline, (page.problems, page.value("document.body.innerHTML"))
        time.sleep(0.003)


def play(page: Page, answer: Answer) -> tuple[list[tuple[str, str]], list[str]]:
    """Press keys until the end: faces with the keys that were pressed, and texts."""
    pressed, texts = [], []
    while True:
        kind, what = wait(page)
        if kind == "end":
            texts.append(what)
            return pressed, texts
        if kind == "text":
            texts.append(what)
            page.press(" ")
        else:
            key = answer(what)
            pressed.append((what.rpartition("/")[2].removesuffix(".png"), key))
            page.press(key)


def order(folder: Path, number: int) -> list[dict[str, str]]:
    """The trials of a list, from the package's trials.csv."""
    with (folder / "trials.csv").open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["list"] == str(number)]


def images(page: Page) -> list[str]:
    """The pictures that a page asked for, relative to the package."""
    paths = [unquote(urlsplit(url).path) for url in page.requests if url.endswith(".png")]
    return [path.partition("/package/")[2] for path in paths]


def pixel(page: Page, x: int, y: int, path: Path) -> tuple[int, ...]:
    """What a person sees at a place of the window."""
    page.screenshot(path)
    with Image.open(io.BytesIO(path.read_bytes())) as seen:
        return tuple(seen.convert("RGB").getpixel((x, y)))


def alternating() -> Answer:
    """F F J J F F …"""
    count = iter(range(10**6))
    return lambda _: "fj"[next(count) // 2 % 2]
