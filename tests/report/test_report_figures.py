"""Figures: read off the drawing, as a reader would, what was measured by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from gradient_set import DIRECT, EOD, Maker
from hypothesis import given
from hypothesis import strategies as st

from morphkit.report import figures, page
from morphkit.report.axes import Scale, Tick, ticks
from morphkit.report.figures import Panel
from morphkit.report.landmark_path import LandmarkPath, landmark_paths
from morphkit.report.words import count_text, fixed, level_texts, number, percent_text
from morphkit.study.spacing import Spacing


def value_at(place: float, ticks: tuple[Tick, ...]) -> float:
    """The value at a place, read with the help of the first and the last tick label."""
    low, high = ((tick.at, float(tick.text.replace("−", "-"))) for tick in (ticks[0], ticks[-1]))
    return low[1] + (place - low[0]) * (high[1] - low[1]) / (high[0] - low[0])


def points(drawn: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", drawn)]


def panels(maker: Maker, shown: list[float] | None = None) -> tuple[Panel, ...]:
    rows = maker.rows("amy", DIRECT, shown)
    paths, _ = landmark_paths(maker.set(("amy",), (DIRECT,), rows=rows))
    return figures.figure(paths, 0.05, 0.015).panels


def test_positions_can_be_read_off(maker: Maker) -> None:
    panel, _ = panels(maker)
    assert (panel.x_label, panel.y_label) == ("Declared level", "Position (EOD)")
    (line,) = panel.lines
    read = [
        (value_at(x, panel.x_ticks), value_at(y, panel.y_ticks)) for x, y in points(line.stroke)
    ]
    wanted = [(-1, 0), (-0.5, 1.25 / EOD), (0.5, 3.75 / EOD), (1, 5 / EOD)]
    for found, hand in zip(read, wanted, strict=True):
        assert found == pytest.approx(hand, abs=0.001)
    assert line.dots[1].text == "amy, level −0.50: 0.0312 EOD"
    assert [(dot.x, dot.y) for dot in line.dots] == points(line.stroke)


def test_limits_can_be_read_off(maker: Maker) -> None:
    position, step = panels(maker)
    # the last frame: 5 px ± 1.5 % of 5 px; the first step: 1.25 px ± 5 %
    band = [value_at(y, position.y_ticks) * EOD for _, y in points(position.lines[0].band)]
    assert [band[3], band[4]] == pytest.approx([5.075, 4.925], abs=0.03)
    band = [value_at(y, step.y_ticks) * EOD for _, y in points(step.lines[0].band)]
    assert band[:4] == pytest.approx([1.3125, 1.3125, 1.1875, 1.1875], abs=0.02)
    assert position.description.startswith("Shaded: declared position ± 1.5")
    assert step.description.startswith("Shaded: declared step ± 5")


def test_steps_can_be_read_off(maker: Maker) -> None:
    _, panel = panels(maker, [-1, -0.4, 0.5, 1])
    assert panel.y_label == "Step (EOD)"
    (line,) = panel.lines
    read = [
        (value_at(x, panel.x_ticks), value_at(y, panel.y_ticks) * EOD)
        for x, y in points(line.stroke)
    ]
    # steps of 0.3, 0.45 and 0.25 of 5 px, each drawn from its first level to its last
    wanted = [(-1, 1.5), (-0.5, 1.5), (-0.5, 2.25), (0.5, 2.25), (0.5, 1.25), (1, 1.25)]
    for found, hand in zip(read, wanted, strict=True):
        assert found == pytest.approx(hand, abs=0.02)
    assert [dot.text for dot in line.dots][1] == "amy, frame 2 to 3: 0.0563 EOD"


def test_the_page_draws_what_was_measured(maker: Maker) -> None:
    text = page(maker.set(("amy",), (DIRECT,)), [], verdict="valid", label="nominal")
    for panel in panels(maker):
        (line,) = panel.lines
        assert f'd="{line.stroke}"' in text
        assert f'd="{line.band}"' in text
        assert all(f"<title>{dot.text}</title>" in text for dot in line.dots)
        assert all(f">{tick.text}</text>" in text for tick in (*panel.x_ticks, *panel.y_ticks))
        assert f">{panel.y_label}</text>" in text


def _path(identity: str, *measured: float) -> LandmarkPath:
    levels = tuple(-1 + 2 * i / len(measured) for i in range(len(measured) + 1))
    spacing = Spacing(measured, (1.0,) * len(measured))
    return LandmarkPath(identity, "dis_hap", levels, spacing, "px", 1.0)


def test_of_many_identities_the_least_even_are_drawn() -> None:
    paths = [_path(f"i{n:02d}", 1.0, 1.0) for n in range(20)]
    paths[13] = _path("i13", 1.0, 1.3)
    drawn = figures.figure(paths, 0.05, 0.015)
    assert [name for _, name in drawn.legend] == ["i00", "i01", "i02", "i03", "i04", "i13"]
    assert drawn.omitted == 14
    assert len(drawn.panels[0].lines) == figures.MOST_LINES


def test_noise_of_the_last_bits_does_not_choose() -> None:
    paths = [_path(f"i{n:02d}", 1.0, 1.0 + 1e-15 * n) for n in range(20)]
    drawn = figures.figure(paths, 0.05, 0.015)
    assert [name for _, name in drawn.legend] == ["i00", "i01", "i02", "i03", "i04", "i05"]


def test_very_many_frames_have_no_dots() -> None:
    drawn = figures.figure([_path("amy", *([1.0] * 500))], 0.05, 0.015)
    assert [len(line.dots) for panel in drawn.panels for line in panel.lines] == [0, 0]


def test_levels_that_are_all_one_still_have_an_axis() -> None:
    path = replace(_path("amy", 1.0, 1.0), levels=(0.5, 0.5, 0.5))
    assert figures.figure([path], 0.05, 0.015).panels[0].x_ticks


@given(st.floats(-1e3, 1e3), st.floats(1e-6, 1e4))
def test_ticks_are_round_even_and_true(low: float, span: float) -> None:
    scale = Scale(low, low + span, 0.0, 1000.0)
    found = ticks(scale)
    texts = [tick.text for tick in found]
    assert 2 <= len(found) <= 6 or span < 1e-9 * abs(low)
    assert len(set(texts)) == len(texts)
    for tick in found:
        true = scale(float(tick.text.replace("−", "-")))
        assert true == pytest.approx(tick.at, abs=0.3)
        assert -0.2 <= tick.at <= 1000.2


def test_words_for_numbers() -> None:
    assert level_texts([-1.0, -0.0, 1 / 7, 1.0]) == ["−1.00", "0.00", "+0.14", "+1.00"]
    assert level_texts([0.0, 0.2, 1.0]) == ["0.00", "0.20", "1.00"]
    assert level_texts([0.0, 0.001, 0.002]) == ["0.000", "0.001", "0.002"]
    assert level_texts([0.5, 0.5]) == ["0.50", "0.50"]
    assert [percent_text(v)[:-2] for v in (0.0, 7.142857, 100.0, -0.01)] == ["0", "7.1", "100", "0"]
    assert [number(v) for v in (None, 0.123456, -3.0, float("inf"))] == [
        "",
        "0.1235",
        "−3",
        "not finite",
    ]
    assert fixed(-0.0001, 2) == "0.00"
    assert count_text(1, "stimulus", "stimuli") == "1 stimulus"
    assert count_text(4700, "stimulus", "stimuli") == "4\N{NARROW NO-BREAK SPACE}700 stimuli"
