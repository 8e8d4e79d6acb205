"""The page in a real Chromium, on a desk and on a telephone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradient_set import DIRECT, THROUGH, Maker
from measured_series import LIMITS, blurred, displaced, even, series
from told_scale import by_hand

from chromium import Browser, Page, chromium, chromium_path
from morphkit.errors import Finding
from morphkit.report import page

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Chromium is driven through POSIX pipes"),
    pytest.mark.skipif(chromium_path() is None, reason="Chromium is not installed"),
]

DESK, TELEPHONE = 1280, 390


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


def scales() -> dict[str, Any]:
    """One before and one after re-spacing, with infants of their own and long texts."""
    rows = Maker().rows("amy", DIRECT.model_copy(update={"levels": list(even(15))}))
    people = {name: by_hand() for name in ("amy", "ben", "n" * 60)}
    before = by_hand(identities=people, overrides=["w" * 300], excluded=["v" * 300])
    return {"before": before, "after": by_hand(rows, identities=people), "broken": {"u" * 300: 1}}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with all that may be wide: long names, tables of every metric, many identities."""
    entries = [entry.model_copy(update={"levels": list(even(15))}) for entry in (DIRECT, THROUGH)]
    names = ["amy", *(f"infant{n:02d}" for n in range(30))]
    findings = [
        Finding("MK526", "x" * 300, file="stimuli/" + "y" * 200 + ".png", measured=1.0, limit=0.1),
        Finding("MK455", "twins.", file="stimuli.csv", ignored=True, reason="z" * 200),
    ]
    text = page(
        Maker().set(("amy", "ben"), entries, changes={"scales": scales()}),
        findings,
        verdict="invalid",
        label=None,
        measured=[
            *(series(name, fault=blurred) for name in names),
            series("amy", "thr_neu", "through-neutral", fault=displaced),
        ],
        limits=LIMITS,
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(text, encoding="utf-8")
    return path


def opened(browser: Browser, report: Path, width: int) -> Page:
    tab = browser.page()
    tab.resize(width, 844)
    tab.open(report.as_uri())
    return tab


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize("width", [DESK, TELEPHONE])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, report: Path, width: int, unfolded: bool
) -> None:
    tab = opened(browser, report, width)
    if unfolded:
        tab.value("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert tab.value("document.documentElement.clientWidth") == width
    assert tab.value("document.documentElement.scrollWidth") <= width


def test_a_wide_page_would_be_seen(browser: Browser, report: Path) -> None:
    tab = opened(browser, report, TELEPHONE)
    tab.value("document.querySelectorAll('.wide').forEach(one => { one.className = '' })")
    assert tab.value("document.documentElement.scrollWidth") > TELEPHONE


def test_it_asks_for_nothing_and_nothing_goes_wrong(browser: Browser, report: Path) -> None:
    tab = opened(browser, report, DESK)
    asked = [url for url in tab.requests if not url.startswith("data:")]
    assert asked == [report.as_uri()]
    assert (tab.problems, tab.failed) == ([], [])


def test_lines_have_marks_and_dashes_under_the_policy(browser: Browser, report: Path) -> None:
    tab = opened(browser, report, DESK)
    style = "getComputedStyle(document.querySelector('.plot .line.s1'))"
    assert tab.value(f"{style}.strokeDasharray") not in ("none", "")
    assert "#m1" in tab.value(f"{style}.markerMid")


def test_letters_of_plots_can_be_read_on_a_telephone(browser: Browser, report: Path) -> None:
    tab = opened(browser, report, TELEPHONE)
    heights = tab.value(
        "[...document.querySelectorAll('.plot svg text, .beside svg text')]"
        ".filter(one => one.checkVisibility())"
        ".map(one => [one.getScreenCTM(), parseFloat(getComputedStyle(one).fontSize)])"
        ".map(([turned, size]) => Math.hypot(turned.a, turned.b) * size)"
    )
    assert len(heights) > 50
    assert min(heights) >= 9
