"""The lab.js package in a real Chromium, with the real lab.js."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import web_scenarios
from web_pages import Desk, desk

from chromium import Browser, chromium, chromium_path
from morphkit.package.labjs import LIBRARY

pytestmark = [
    pytest.mark.front_ends,
    pytest.mark.skipif(sys.platform == "win32", reason="Chromium is driven through POSIX pipes"),
    pytest.mark.skipif(chromium_path() is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(name="desk")
def _desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    with desk(browser, tmp_path, "labjs", "labjs") as made:
        yield made


@pytest.mark.parametrize("way", ["http", "file"])
def test_whole_task(desk: Desk, way: str) -> None:
    web_scenarios.plays_a_list(desk, way)


@pytest.mark.parametrize("way", ["http", "file"])
def test_every_pixel_is_shown(desk: Desk, way: str) -> None:
    web_scenarios.shows_every_pixel(desk, way)


@pytest.mark.parametrize("way", ["http", "file"])
@pytest.mark.parametrize("gone", ["stimuli/amy_dis_hap_03.png", "mask.png"])
def test_a_missing_picture_stops_the_task(desk: Desk, way: str, gone: str) -> None:
    web_scenarios.stops_without(desk, way, gone)


def test_answers_are_handed_to_a_host(desk: Desk) -> None:
    web_scenarios.hands_answers_to_a_host(desk)


def test_answers_that_no_host_took_are_saved(desk: Desk) -> None:
    web_scenarios.keeps_answers_that_no_host_took(desk)


def test_rating(desk: Desk) -> None:
    web_scenarios.rates(desk)


def test_keys_are_exchanged_in_even_lists(desk: Desk) -> None:
    web_scenarios.exchanges_keys(desk)


def test_the_letters_of_a_task_are_taken(desk: Desk) -> None:
    web_scenarios.takes_the_letters_of_the_task(desk)


def test_pauses(desk: Desk) -> None:
    web_scenarios.pauses(desk)


@pytest.mark.parametrize("way", ["http", "file"])
def test_training(desk: Desk, way: str) -> None:
    web_scenarios.trains(desk, way)


def test_times_are_kept(desk: Desk) -> None:
    web_scenarios.keeps_times(desk)


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
