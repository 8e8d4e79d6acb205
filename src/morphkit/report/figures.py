"""Figures: what to draw of landmark paths, in the coordinates of an SVG.

Turns numbers into axes, bands, lines and dots; the template turns those into markup.
May import `report.axes`, `report.landmark_path` and `report.words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from morphkit.report.axes import Scale, Tick, drawn, level_scale, ticks
from morphkit.report.landmark_path import LandmarkPath
from morphkit.report.words import fixed, level_texts, percent_text

LEFT, RIGHT, TOP, BOTTOM = 78, 484, 14, 244
MOST_LINES = 6
MOST_DOTS = 101


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot with the sentence that a pointer on it shows."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One identity's line: band and stroke as SVG path data, dots, and its colour's number."""

    color: int
    band: str
    stroke: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A diagram, ready to be written as SVG."""

    title: str
    description: str
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """The panels of one continuum, and whose lines they show."""

    continuum: str
    panels: tuple[Panel, ...]
    legend: tuple[tuple[int, str], ...]
    omitted: int


def figure(paths: Sequence[LandmarkPath], step_cv: float, cumulative: float) -> Figure:
    """Return the figure of one continuum.

    Parameters
    ----------
    paths : sequence of LandmarkPath
        Of one continuum and one unit; of more than six the least even are drawn.
    step_cv, cumulative : float
        The limits: of the steps' coefficient of variation, and of a frame's distance from
        its declared place as a share of the path.
    """
    shown = list(paths)
    if len(shown) > MOST_LINES:
        order = sorted(shown, key=_unevenness, reverse=True)
        worst = order[:MOST_LINES]
        shown = [path for path in shown if path in worst]
    return Figure(
        shown[0].continuum,
        (_position_panel(shown, cumulative), _step_panel(shown, step_cv)),
        tuple((i, path.identity) for i, path in enumerate(shown)),
        len(paths) - len(shown),
    )


def _unevenness(path: LandmarkPath) -> tuple[float, float]:
    # rounded, so that the last bits of equally even paths don't choose
    return round(path.spacing.cv, 9), round(abs(path.spacing.offset), 9)


def _position_panel(paths: Sequence[LandmarkPath], limit: float) -> Panel:
    unit = paths[0].unit
    x = _level_scale(paths)
    top = max(max(p.positions[-1], p.length * (1 + limit)) for p in paths)
    y = Scale(0.0, 1.04 * top, BOTTOM, TOP)
    lines = []
    for color, path in enumerate(paths):
        margin = limit * path.length
        edge = [(x(a), b) for a, b in zip(path.levels, path.declared_positions, strict=True)]
        upper = [(a, y(b + margin)) for a, b in edge]
        lower = [(a, y(max(b - margin, 0.0))) for a, b in reversed(edge)]
        places = [(x(a), y(b)) for a, b in zip(path.levels, path.positions, strict=True)]
        texts = [
            f"{path.identity}, level {level}: {fixed(position, 4)} {unit}"
            for level, position in zip(level_texts(path.levels), path.positions, strict=True)
        ]
        lines.append(
            Line(color, drawn([*upper, *lower]) + "Z", drawn(places), _dots(places, texts))
        )
    return Panel(
        "Position on the landmark path",
        f"Shaded: declared position ± {percent_text(100 * limit)} of the path, the limit.",
        "Declared level",
        f"Position ({unit})",
        ticks(x),
        ticks(y),
        tuple(lines),
    )


def _step_panel(paths: Sequence[LandmarkPath], limit: float) -> Panel:
    unit = paths[0].unit
    x = _level_scale(paths)
    top = max(max(*p.measured, *(step * (1 + limit) for step in p.declared)) for p in paths)
    y = Scale(0.0, 1.15 * top, BOTTOM, TOP)
    lines = []
    for color, path in enumerate(paths):
        spans = [(x(a), x(b)) for a, b in pairwise(path.levels)]
        band = "".join(
            drawn([(a, high), (b, high), (b, low), (a, low)]) + "Z"
            for (a, b), low, high in zip(
                spans,
                [y(step * (1 - limit)) for step in path.declared],
                [y(step * (1 + limit)) for step in path.declared],
                strict=True,
            )
        )
        heights = [y(step) for step in path.measured]
        treads = zip(spans, heights, strict=True)
        stroke = "".join(drawn([(a, height), (b, height)]) for (a, b), height in treads)
        middles = [
            (round((a + b) / 2, 1), height) for (a, b), height in zip(spans, heights, strict=True)
        ]
        texts = [
            f"{path.identity}, frame {i} to {i + 1}: {fixed(step, 4)} {unit}"
            for i, step in enumerate(path.measured, start=1)
        ]
        lines.append(Line(color, band, stroke, _dots(middles, texts)))
    return Panel(
        "Size of each step",
        f"Shaded: declared step ± {percent_text(100 * limit)}, the limit of the steps’ "
        "coefficient of variation.",
        "Declared level",
        f"Step ({unit})",
        ticks(x),
        ticks(y),
        tuple(lines),
    )


def _level_scale(paths: Sequence[LandmarkPath]) -> Scale:
    return level_scale([v for path in paths for v in path.levels], LEFT + 8, RIGHT - 8)


def _dots(places: Sequence[tuple[float, float]], texts: Sequence[str]) -> tuple[Dot, ...]:
    if len(places) > MOST_DOTS:
        return ()
    return tuple(Dot(x, y, text) for (x, y), text in zip(places, texts, strict=True))
