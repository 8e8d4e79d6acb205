"""What the pages of jsPsych and lab.js must do alike: a function each, which their tests call."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path

import pytest
from PIL import Image
from web_pages import Desk, alternating, images, order, pixel, play, start, wait

from front_ends import node_modules
from morphkit.observed.reading import read_responses
from morphkit.package.session import list_of
from morphkit.package.web import CDN, Library
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import choices
from morphkit.study.table import columns
from package.conftest import make_set


def plays_a_list(desk: Desk, way: str) -> None:
    """A whole session: pictures, order, keys, data, and no problem on the way."""
    made = make_set()
    folder = desk.write(made)
    page = desk.open(folder, way)
    start(page, "p07")
    kind, text = wait(page)
    assert kind == "text" and "Press F for distressed." in text
    # every picture was asked for before the first answer, and once
    assert sorted(images(page)) == sorted(row.image_file for row in made.stimuli)
    page.press(" ")
    pressed, texts = play(page, alternating())
    assert "Thank you" in texts[-1] and len(texts) == 1
    assert len(images(page)) == len(made.stimuli) == len(pressed) == 8
    assert (page.problems, page.failed) == ([], [])
    assert page.value("places.face") == page.value("places.cross")  # nothing moves

    rows = desk.saved("small_p07.csv")
    wanted = [row["stimulus_id"] for row in order(folder, list_of("p07", 12))]
    assert [name for name, _ in pressed] == wanted == [row["stimulus_id"] for row in rows]
    told = {"f": ("distressed", "-1"), "j": ("happy", "1")}
    assert [(r["response_label"], r["response_level"]) for r in rows] == [
        told[key] for _, key in pressed
    ]
    by_id = {row.stimulus_id: row for row in made.stimuli}
    for place, row in enumerate(rows, start=1):
        assert set(columns(made.stimuli)) <= set(row)
        assert float(row["morph_level"]) == by_id[row["stimulus_id"]].morph_level
        assert row["sha256"] == by_id[row["stimulus_id"]].sha256
        assert (row["participant"], row["list"], row["trial"]) == ("p07", "7", str(place))
        assert (row["phase"], row["block"]) == ("test", "1")
        assert (row["response_device"], row["shown_height_px"]) == ("keyboard", "60")
        assert 0 <= float(row["rt"]) < 20_000
    reads_back(desk, "small_p07.csv", made, [key for _, key in pressed])


LINE = "\n  download(csv, fileName);\n};"
"""Of the function deliver, which README.txt says to change."""


def hands_answers_to_a_host(desk: Desk) -> None:
    """The call that README.txt names, in place of that line: the host gets the text of the CSV."""
    folder = desk.write(make_set())
    call = "return jatos.submitResultData(csv);"
    assert f"\n    {call}\n" in (folder / "README.txt").read_text(encoding="utf-8")
    _rewritten(folder, call)
    page = desk.open(folder)
    page.value("window.jatos = { submitResultData: async (csv) => { window.got = csv; } }")
    start(page, "p07")
    pressed, texts = play(page, alternating())
    rows = list(csv.DictReader(io.StringIO(page.value("window.got"))))
    faces = [row for row in rows if "judgement" in (row.get("screen"), row.get("sender"))]
    assert [row["stimulus_id"] for row in faces] == [name for name, _ in pressed]
    assert "Thank you" in texts[-1] and "downloads" not in texts[-1]
    assert list(desk.downloads.iterdir()) == [] and page.problems == []


def keeps_answers_that_no_host_took(desk: Desk) -> None:
    """The call for a server of one's own, at one that takes nothing: the file is saved."""
    folder = desk.write(make_set())
    script = (folder / "screens.js").read_text(encoding="utf-8")
    noted = re.findall(r"^//     ((?:const sent|return sent).*)$", script, re.MULTILINE)
    assert len(noted) == 2
    _rewritten(folder, "\n  ".join(noted))
    page = desk.open(folder, "http")
    start(page, "p07")
    pressed, texts = play(page, alternating())
    assert [row["stimulus_id"] for row in desk.saved("small_p07.csv")] == [n for n, _ in pressed]
    assert "downloads" in texts[-1]
    assert desk.asked == ["/answers/small_p07.csv"]


def _rewritten(folder: Path, call: str) -> None:
    script = folder / "screens.js"
    text = script.read_text(encoding="utf-8")
    assert text.count(LINE) == 1
    script.write_text(text.replace(LINE, f"\n  {call}\n}};"), encoding="utf-8")


def reads_back(desk: Desk, name: str, made: StimulusSet, keys: list[str]) -> None:
    """What the page wrote is read as responses without being told how."""
    responses = read_responses([desk.downloads / name])
    assert responses.observers == ("p07",) and len(responses) == len(keys)
    meant = choices(responses.answers, made.manifest.morphkit.response_map)
    assert [meant[code] for code in responses.answer] == ["fj".index(key) for key in keys]
    assert {*responses.stimuli} == {row.stimulus_id for row in made.stimuli}
    assert all(0 <= rt < 20 for rt in responses.rt), "in seconds"


def shows_every_pixel(desk: Desk, way: str) -> None:
    """A face is as large as its picture, and of its grey; around it is the grey of the set."""
    made = make_set()
    page = desk.open(desk.write(made), way)
    start(page, "p01")
    wait(page)
    page.press(" ")
    _, picture = wait(page)
    data = made.read(picture)
    with Image.open(io.BytesIO(data)) as file:
        grey = file.convert("RGB").getpixel((0, 0))
    box = page.value("document.querySelector('canvas, .face').getBoundingClientRect().toJSON()")
    assert (box["width"], box["height"]) == (48, 60)
    x, y = round(box["x"]), round(box["y"])
    shot = desk.root / "face.png"
    assert pixel(page, x, y, shot) == pixel(page, x + 47, y + 59, shot) == grey
    assert pixel(page, x - 1, y, shot) == pixel(page, x + 48, y + 59, shot) == (128, 128, 128)


def stops_without(desk: Desk, way: str, gone: str) -> None:
    """A picture that isn't there stops the task, before it begins."""
    folder = desk.write(make_set(), {"exposure_ms": 50, "mask_ms": 50})
    (folder / gone).unlink()
    page = desk.open(folder, way)
    start(page, "p01")
    page.until("document.querySelector('.problem')")
    shown = page.value("document.body.innerText")
    assert "The task cannot start" in shown and "png" not in shown
    page.press(" ")
    time.sleep(0.2)
    assert page.value("document.querySelector('.cross, canvas, .face, .go') === null")


def rates(desk: Desk) -> None:
    """A rating has a key for each number, and says which end is which."""
    made = make_set()
    page = desk.open(desk.write(made, {"kind": "rating", "rating": {"high": 7}}))
    start(page, "p07")
    digits = iter("12345677")
    pressed, texts = play(page, lambda _: next(digits))
    assert "Press a number from 1 (distressed) to 7 (happy)." in texts[0]
    rows = desk.saved("small_p07.csv")
    assert [row["response_label"] for row in rows] == [key for _, key in pressed]
    levels = [float(row["response_level"]) for row in rows]
    assert levels == pytest.approx([-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1, 1])
    found = read_responses([desk.downloads / "small_p07.csv"], "ratings")
    assert list(found.rating) == [float(key) for _, key in pressed]


def exchanges_keys(desk: Desk) -> None:
    """In even lists the keys mean the other answer, and the data say what was meant."""
    folder = desk.write(make_set(), {"swap_keys": True, "lists": 2})
    for who, happy in (("p01", "j"), ("p02", "f")):
        page = desk.open(folder)
        start(page, who)
        pressed, texts = play(page, alternating())
        assert f"Press {happy.upper()} for happy." in texts[0]
        rows = desk.saved(f"small_{who}.csv")
        assert [row["response_label"] == "happy" for row in rows] == [
            key == happy for _, key in pressed
        ]
        assert {row["list"] for row in rows} == {who[-1]}


def takes_the_letters_of_the_task(desk: Desk) -> None:
    """Other letters are shown and taken, f and j are not; the data are read back."""
    made = make_set()
    page = desk.open(desk.write(made, {"keys": ["q", "z"]}))
    start(page, "p07")
    kind, text = wait(page)
    assert kind == "text" and "Press Q for distressed." in text
    page.press(" ")
    count = iter(range(10**6))

    def answer(_: str) -> str:
        page.press("f")
        page.press("j")
        return "qz"[next(count) // 2 % 2]

    pressed, _ = play(page, answer)
    rows = desk.saved("small_p07.csv")
    assert len(rows) == len(pressed) == len(made.stimuli)
    told = {"q": "distressed", "z": "happy"}
    assert [row["response_label"] for row in rows] == [told[key] for _, key in pressed]
    responses = read_responses([desk.downloads / "small_p07.csv"])
    meant = choices(responses.answers, made.manifest.morphkit.response_map)
    assert [meant[code] for code in responses.answer] == ["qz".index(key) for _, key in pressed]


def pauses(desk: Desk) -> None:
    """Practice is announced; before each block but the first a screen waits."""
    folder = desk.write(make_set(), {"practice": 2, "repeats": 2, "pause_every": 4, "iti_ms": 20})
    page = desk.open(folder, query="?participant=p03")
    assert page.value("document.getElementById('participant').value") == "p03"
    start(page)
    pressed, texts = play(page, alternating())
    assert "First a few faces for practice." in texts[0]
    assert "Now it begins." in texts[1] and "Press the space bar" in texts[1]
    assert ["A short pause" in text for text in texts[2:]] == [True] * 3 + [False]
    rows = desk.saved("small_p03.csv")
    planned = order(folder, 3)
    for name in ("stimulus_id", "phase", "block", "trial"):
        assert [row[name] for row in rows] == [row[name] for row in planned], name
    assert len(pressed) == 18 and page.problems == []


def keeps_times(desk: Desk) -> None:
    """After an answer the screen is empty for its time, then there is a cross for its time."""
    page = desk.open(desk.write(make_set(), {"fixation_ms": 300, "iti_ms": 300}))
    start(page, "p01")
    wait(page)
    page.press(" ")
    kinds = [
        "document.querySelector('.cross, canvas, .face, [data-key]') === null",
        "document.querySelector('.cross') && document.querySelector('[data-key]')",
    ]
    for _ in range(3):
        wait(page)
        begun = time.monotonic()
        page.press("f")
        for seen in kinds:
            page.until(seen)
        assert time.monotonic() - begun > 0.28  # a busy machine is late, never early
        page.until("document.querySelector('canvas, .face')")
        assert time.monotonic() - begun > 0.56


def trains(desk: Desk, way: str) -> None:
    """Feedback follows from the observer's own answers in the test before."""
    task = {
        **{"kind": "training", "repeats": 2, "exposure_ms": 60, "mask_ms": 40},
        "training": {"blocks": 2, "shift_frames": 0.5, "feedback_ms": 30},
    }
    folder = desk.write(make_set(), task)
    page = desk.open(folder, way, "?PROLIFIC_PID=5fab1")
    start(page)
    wait(page)
    assert sorted(images(page))[0] == "mask.png" and len(images(page)) == 9
    page.press(" ")
    # amy is distressed to frame 2, ben to frame 3 and sometimes not
    said = {"amy": "ffjj", "ben": "fffj"}
    count = iter(range(10**6))

    def answer(picture: str) -> str:
        who, _, rest = picture.rpartition("/")[2].partition("_")
        frame = int(rest.removesuffix(".png").rpartition("_")[2])
        return "f" if next(count) % 5 == 0 else said[who][frame - 1]

    pressed, texts = play(page, answer)
    assert len(pressed) == 16 + 2 * 8 + 16 and page.problems == []
    assert ["told after each face" in texts[0], "A short pause" in texts[1]] == [True, True]
    assert "Now without being told" in texts[2]
    rows = desk.saved("small_5fab1.csv")
    planned = order(folder, list_of("5fab1", 12))
    assert [row["stimulus_id"] for row in rows] == [row["stimulus_id"] for row in planned]
    checks_feedback(rows, page.value("told"))


def checks_feedback(rows: list[dict[str, str]], told: list[str]) -> None:
    """Compare what a page recorded and showed with the rule, counted anew."""
    before = [row for row in rows if row["phase"] == "pretest"]
    trained = [row for row in rows if row["phase"] == "training"]
    points = set()
    for row in trained:
        mine = [one for one in before if one["identity"] == row["identity"]]
        share = [
            [one["response_label"] == "distressed" for one in mine if one["frame"] == str(frame)]
            for frame in range(1, 5)
        ]
        point = 0.5 + sum(sum(one) / len(one) for one in share) - 0.5
        points.add(point)
        right = "happy" if int(row["frame"]) >= point else "distressed"
        assert float(row["boundary_frame"]) == point
        assert row["feedback_label"] == right
        assert row["feedback_right"] == str(int(row["response_label"] == right))
    assert {row["feedback_right"] for row in trained} == {"0", "1"} and len(points) == 2
    assert told == [
        f"{('Wrong!', 'Right!')[int(row['feedback_right'])]}\nThis face was "
        f"{row['feedback_label']}."
        for row in trained
    ]
    others = [row for row in rows if row["phase"] != "training"]
    assert {row["boundary_frame"] for row in others} == {""}


def masks(desk: Desk) -> None:
    """A face goes after its time, then the mask; the answer counts from the face."""
    made = make_set()
    page = desk.open(desk.write(made, {"exposure_ms": 600, "mask_ms": 600}))
    start(page, "p01")
    wait(page)
    page.press(" ")
    _, picture = wait(page)
    box = page.value("document.querySelector('canvas, .face').getBoundingClientRect().toJSON()")
    place = round(box["x"]) + 3, round(box["y"]) + 3
    with Image.open(io.BytesIO(made.read(picture))) as file:
        face = file.convert("RGB").getpixel((3, 3))
    with Image.open(desk.root / "package" / "mask.png") as file:
        mask = file.convert("RGB").getpixel((3, 3))
    seen: list[tuple[int, ...]] = []
    deadline = time.monotonic() + 20
    while seen[-1:] != [(128, 128, 128)] and time.monotonic() < deadline:
        now = pixel(page, *place, desk.root / "mask_seen.png")
        if seen[-1:] != [now]:
            seen.append(now)
    # a busy machine may miss one of them, but never sees another order
    assert seen[-1] == (128, 128, 128) and len(seen) > 1 and face != mask
    assert seen == [one for one in (face, mask, (128, 128, 128)) if one in seen]
    assert page.value("document.querySelector('[data-key=\"f\"]') !== null")
    page.press("j")
    play(page, alternating())
    first, *others = desk.saved("small_p01.csv")
    assert float(first["rt"]) > 1150 and float(first["face_ms"]) > 550
    assert {row["face_ms"] for row in others} == {""}, "answered while the face was there"


def taps(desk: Desk) -> None:
    """On a tablet there are no keys: names of answers and the last line of a text are tapped."""
    page = desk.open(desk.write(make_set()))
    start(page)
    wait(page)
    page.click(".go")
    for key in "jf":
        wait(page)
        page.click(f'[data-key="{key}"]')
    count = iter(range(10**6))
    _, texts = play(page, lambda _: "fj"[next(count) % 2])
    name = re.search(r"small_(\d{6})\.csv", texts[-1])
    assert name is not None, "a random number of six digits"
    rows = desk.saved(name[0])
    assert [row["response_label"] for row in rows[:3]] == ["happy", "distressed", "distressed"]
    assert [row["response_device"] for row in rows[:3]] == ["screen", "screen", "keyboard"]
    assert {row["participant"] for row in rows} == {name[1]}


def shrinks(desk: Desk) -> None:
    """A low window makes the face smaller, and the data say so."""
    page = desk.open(desk.write(make_set()))
    start(page, "p01")
    wait(page)
    page.resize(800, 150)
    page.press(" ")
    wait(page)
    box = page.value("document.querySelector('canvas, .face').getBoundingClientRect().toJSON()")
    assert (box["width"], box["height"]) == (32, 40)
    page.press("f")
    play(page, alternating())
    assert {row["shown_height_px"] for row in desk.saved("small_p01.csv")} == {"40"}


def takes_no_formula(desk: Desk) -> None:
    """A participant code that a spreadsheet would evaluate isn't taken, typed or in the link."""
    page = desk.open(desk.write(make_set()), query="?participant=%3D1%2B1")
    assert page.value("document.getElementById('participant').value") == "=1+1"
    page.click("#start button")
    assert page.value("document.getElementById('participant').matches(':invalid')")
    assert page.value("document.getElementById('start') !== null")


def loads_what_is_pinned(desk: Desk, library: Library) -> None:
    """Without a copy the page fetches the published files, whose hashes are those in the page."""
    published = _published(desk, library)
    page = desk.browser.page()
    page.intercept(CDN, published.get)
    page.open((desk.write(make_set(), own=False) / "index.html").as_uri())
    start(page, "p01")
    assert wait(page)[0] == "text"
    assert page.problems == []
    assert sorted(u for u in page.requests if u.startswith(CDN)) == sorted(published)


def refuses_another(desk: Desk, library: Library, how: str) -> None:
    """A library that isn't the pinned one is not run, and the page says what is wrong."""
    published = _published(desk, library) if how == "changed" else {}
    changed = {url: data + b"\n" for url, data in published.items()}
    page = desk.browser.page()
    page.intercept(CDN, changed.get)
    page.open((desk.write(make_set(), own=False) / "index.html").as_uri())
    page.until("document.querySelector('.problem')")
    assert f"{library.name}" in page.value("document.body.innerText")
    assert "could not be loaded" in page.value("document.body.innerText")


def _published(desk: Desk, library: Library) -> dict[str, bytes]:
    """The pinned files by their links, from an installation of just these versions."""
    folder = node_modules(desk.installation)
    published = {}
    for file in library.files:
        name, _, rest = file.url.removeprefix(CDN).rpartition("@")
        version, _, path = rest.partition("/")
        installed = json.loads((folder / name / "package.json").read_text())["version"]
        if installed != version:
            pytest.skip(f"{name} {installed} is installed, {version} is pinned")
        published[file.url] = (folder / name / path).read_bytes()
    return published
