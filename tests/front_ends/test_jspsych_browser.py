"""The jsPsych package in a real Chromium, with real jsPsych 7 and 8."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from math import exp
from pathlib import Path

import pytest
import web_scenarios
from click.testing import CliRunner
from web_pages import Desk, desk, play, start

from chromium import Browser, chromium, chromium_path
from judged_set import judged_set, write_set
from morphkit.cli import main
from morphkit.package.jspsych import LIBRARY
from morphkit.study.manifest import StimulusSet
from package.conftest import png

pytestmark = [
    pytest.mark.front_ends,
    pytest.mark.skipif(sys.platform == "win32", reason="Chromium is driven through POSIX pipes"),
    pytest.mark.skipif(chromium_path() is None, reason="Chromium is not installed"),
]
MAJORS = pytest.mark.parametrize("major", ["7", "8"])
WAYS = pytest.mark.parametrize("way", ["http", "file"])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def major() -> str:
    """Where nothing else is said, the version whose links are pinned."""
    return "8"


@pytest.fixture(name="desk")
def _desk(browser: Browser, tmp_path: Path, major: str) -> Iterator[Desk]:
    with desk(browser, tmp_path, "jspsych", f"jspsych{major}") as made:
        yield made


@MAJORS
@WAYS
def test_whole_task(desk: Desk, way: str) -> None:
    web_scenarios.plays_a_list(desk, way)


@MAJORS
@WAYS
def test_every_pixel_is_shown(desk: Desk, way: str) -> None:
    web_scenarios.shows_every_pixel(desk, way)


@MAJORS
@WAYS
@pytest.mark.parametrize("gone", ["stimuli/amy_dis_hap_03.png", "mask.png"])
def test_a_missing_picture_stops_the_task(desk: Desk, way: str, gone: str) -> None:
    web_scenarios.stops_without(desk, way, gone)


@MAJORS
def test_answers_are_handed_to_a_host(desk: Desk) -> None:
    web_scenarios.hands_answers_to_a_host(desk)


def test_answers_that_no_host_took_are_saved(desk: Desk) -> None:
    web_scenarios.keeps_answers_that_no_host_took(desk)


def test_rating(desk: Desk) -> None:
    web_scenarios.rates(desk)


@MAJORS
def test_keys_are_exchanged_in_even_lists(desk: Desk) -> None:
    web_scenarios.exchanges_keys(desk)


@MAJORS
def test_the_letters_of_a_task_are_taken(desk: Desk) -> None:
    web_scenarios.takes_the_letters_of_the_task(desk)


@MAJORS
def test_pauses(desk: Desk) -> None:
    web_scenarios.pauses(desk)


@MAJORS
def test_training(desk: Desk) -> None:
    web_scenarios.trains(desk, "http")


@MAJORS
def test_times_are_kept(desk: Desk) -> None:
    web_scenarios.keeps_times(desk)


@MAJORS
def test_mask(desk: Desk) -> None:
    web_scenarios.masks(desk)


def test_taps_count_like_keys(desk: Desk) -> None:
    web_scenarios.taps(desk)


def test_a_low_window_makes_the_face_smaller_and_says_so(desk: Desk) -> None:
    web_scenarios.shrinks(desk)


def test_a_participant_code_that_a_spreadsheet_evaluates_is_not_taken(desk: Desk) -> None:
    web_scenarios.takes_no_formula(desk)


def test_pinned_links_load_with_their_hashes(desk: Desk) -> None:
    web_scenarios.loads_what_is_pinned(desk, LIBRARY)


@pytest.mark.parametrize("how", ["changed", "unreachable"])
def test_a_library_that_is_not_the_pinned_one_is_refused(desk: Desk, how: str) -> None:
    web_scenarios.refuses_another(desk, LIBRARY, how)


PSE, WIDTH, OBSERVERS = -0.2, 0.12, 8


def _with_pictures(papers: StimulusSet) -> StimulusSet:
    """Give a set of papers a picture for each row."""
    files = {row.image_file: png(64, 80, 9 + 10 * n) for n, row in enumerate(papers.stimuli)}
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    rows = [dataclasses.replace(row, sha256=digests[row.image_file]) for row in papers.stimuli]
    return StimulusSet(papers.manifest, rows, files.__getitem__)


def test_the_balance_point_of_observers_comes_back(desk: Desk) -> None:
    """Observers with a known balance point press keys; fit finds it in what the page saved."""
    papers = judged_set(neutral=False)
    levels = {row.image_file: row.morph_level for row in papers.stimuli}
    folder = desk.write(_with_pictures(papers), {"fixation_ms": 1, "repeats": 2})
    rng = random.Random(5)
    for who in range(1, OBSERVERS + 1):
        own = PSE + rng.gauss(0, 0.05)
        page = desk.open(folder, query=f"?participant=p{who}")
        start(page)
        pressed, _ = play(
            page,
            lambda face, own=own: (
                "j" if rng.random() < 1 / (1 + exp((own - levels[face]) / WIDTH)) else "f"
            ),
        )
        assert len(pressed) == 2 * 9 * 2
        desk.saved(f"judged_p{who}.csv")
    data = sorted(str(path) for path in desk.downloads.iterdir())
    home = str(write_set(desk.root / "set", papers))
    said = ["calibrate", "fit", home, *data, "--json", "--replicates", "200"]
    done = CliRunner().invoke(main, said)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    pse = {one["who"]: one for one in found["estimates"] if one["what"] == "PSE"}
    whole = pse["all infants"]
    assert whole["low"] < PSE < whole["high"] and whole["high"] - whole["low"] < 0.4
    assert found["responses"]["used"] == OBSERVERS * 36
