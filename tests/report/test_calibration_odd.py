"""Scales that lack things, hold nonsense or mean harm: named or shown as far as they go."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from gradient_set import Maker
from test_calibration_page import made, section, text_of, told
from test_report_page import HOSTILE, Parsed, assert_self_contained
from told_scale import by_hand, minimal

from morphkit.package.documents import methods


def test_a_minimal_scale_is_shown(maker: Maker) -> None:
    parsed = section(made(maker, {"mini": minimal()}))
    assert "Half of the answers" in parsed.text
    assert "1 infant in numbers" in parsed.text
    bare = section(
        made(maker, {"bare": {"unit": "rmse", "levels": [-1, 1], "intensities": [0, 9]}})
    )
    assert "bare rmse" in bare.text and "Left out nobody on record" in bare.text
    flat = minimal(basis="metric") | {"pse": None}
    assert "not where answers change sides" in section(made(maker, {"flat": flat})).text


@pytest.mark.parametrize(
    "scale",
    [
        None,
        "text",
        [],
        {},
        by_hand(unit=" "),
        by_hand(unit=3),
        by_hand(levels=[-1, 0]),
        by_hand(levels=[0, 0, 1]),
        by_hand(levels="-1"),
        by_hand(levels=[-2, 0, 1]),
        by_hand(intensities=[0, True, 1]),
        by_hand(intensities=[0, float("nan"), 1]),
        by_hand(intensities=[0, 0.5, 1.5]),
        by_hand(unit="x", intensities=[0, 1, 10**400]),
        by_hand(unit="x", intensities=[-1e300, 0, 1e300]),
        by_hand(unit="x", intensities=[0, 1e-300, 2e-300]),
    ],
)
def test_malformed_scales_are_named_and_not_drawn(maker: Maker, scale: object) -> None:
    found = told(made(maker, {"broken": scale, "good": by_hand()}))
    assert [part.title for part in found.parts] == ["good"]
    assert [name for name, _ in found.faulty] == ["broken"]
    parsed = section(made(maker, {"broken": scale}))
    assert "Not drawn:" in parsed.text and "broken" in parsed.texts
    methods(made(maker, {"broken": scale}))


@pytest.mark.parametrize(
    "changes",
    [
        {"pse": {"level": "x"}},
        {"pse": {"level": 0.5, "low": 0.6, "high": 0.4}},
        {"pse": {"level": 5.0, "low": 4.0, "high": 6.0}},
        {"pse": {"level": float("nan"), "low": 0, "high": 0}},
        {"pse": {"level": 0.1, "low": float("nan"), "high": float("nan")}},
        {"low": [0.5], "high": "no"},
        {"low": [0.9, 0.9, 0.9], "high": [0.1, 0.1, 0.1]},
        {"low": [-9.0, 0, 0], "high": [9.0, 9, 9]},
        {"points": [None, {"level": 0}, {"level": 9, "value": 0.5}, {"level": 0, "value": 3}]},
        {"points": {"level": 1}},
        {"identities": {"amy": 3, "ben": {"levels": [1], "pse": {}}, "": {}}},
        {"observers": True, "trials": -1, "excluded": "all", "context": [], "overrides": 5},
        {"stimuli": [1], "pixel_sha256": "x", "expressions": "happy", "path": 7},
        {"levels": [i / 5000 for i in range(5001)], "intensities": [i / 5000 for i in range(5001)]},
    ],
)
def test_whatever_else_a_scale_says_gives_a_page(maker: Maker, changes: dict[str, Any]) -> None:
    stimulus_set = made(maker, {"odd": by_hand(**changes)})
    assert len(told(stimulus_set).parts) == 1
    text = text_of(stimulus_set)
    Parsed(text)
    assert not re.search(
        r"\b(nan|inf|None)\b", re.sub(r"base64,[^\"]+", "", text.split("<main>")[1])
    )
    assert len(text) < 400_000
    methods(stimulus_set)


def test_what_cannot_be_read_is_said(maker: Maker) -> None:
    odd = by_hand(jnd={"level": None}, identities={"amy": {"levels": [3]}})
    assert (
        "odd: these can’t be read: identities.amy.levels, jnd."
        in section(made(maker, {"odd": odd})).text
    )


def test_hostile_scales_stay_texts(maker: Maker) -> None:
    hostile = by_hand(
        unit=HOSTILE,
        basis=HOSTILE,
        path="",
        expressions=[HOSTILE, HOSTILE],
        overrides=[HOSTILE],
        excluded=[HOSTILE],
        context={HOSTILE: HOSTILE, "task": [HOSTILE]},
        identities={HOSTILE: by_hand()},
        pixel_sha256={HOSTILE: HOSTILE},
    )
    text = text_of(made(maker, {HOSTILE: hostile, HOSTILE * 2: HOSTILE}))
    parsed = Parsed(text)
    assert {tag for tag, _ in parsed.tags} & {"script", "iframe", "object", "base", "form"} == set()
    assert not [n for _, attrs in parsed.tags for n in attrs if n.startswith("on") or n == "style"]
    assert not [1 for tag, attrs in parsed.tags if tag == "img" and attrs.get("src") == "x"]
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(drawing)
    assert_self_contained(parsed)


def test_many_scales_are_not_all_drawn(maker: Maker) -> None:
    found = told(made(maker, {f"s{n:02d}": by_hand() for n in range(40)}))
    assert (len(found.parts), len(found.faulty)) == (6, 34)
