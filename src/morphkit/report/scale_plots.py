"""Diagrams of calibrated scales: curve, band, answers, balance point, and a set's frames.

Turns numbers into SVG path data; the template turns those into markup.  May import the other
files of `report` and `study.told`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from morphkit.report.axes import Scale, Tick, ticks
from morphkit.report.figures import Dot
from morphkit.report.plots import Shape
from morphkit.report.scale_marks import (
    balances,
    intensity_axis,
    level_axis,
    marks,
    radius,
    ribbon,
    unobserved,
)
from morphkit.report.scale_words import Way, unit_text
from morphkit.report.words import fixed, level_texts, percent_text
from morphkit.study.told import P_HAPPY, Point, ToldScale

LEFT, RIGHT, TOP, BOTTOM = 84, 540, 58, 300
INSET = 10
ROWS = (12, 32)
"""Where the rows of ticks above the diagram lie."""

TICK = 10
LARGE_DOT = 5.5
"""Radius of the dot with the most trials."""

LONGEST = 40
"""Units are cut to so many letters along an axis."""

BAR = 2.2
"""Thickness of a balance point's interval; the one at the back is twice as thick."""

MARK = 6.5
"""Half the width of a frame's diamond: it shows around a dot."""

NEAR = 90
"""Labels nearer than this stand one above the other."""


@dataclass(frozen=True, slots=True)
class Side:
    """A scale in a diagram, with the colour's number and what it is called there."""

    scale: ToldScale
    color: int
    called: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class LevelTick:
    """A tick of the level axis: place, level, and percent, empty where the path isn't known."""

    at: float
    level: str
    percent: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """The diagram of one scale, or of one before and one after re-spacing.

    Parameters
    ----------
    description : str
        What it shows, for those who don't see it.
    y_label : str
    ends : tuple of (str, str)
        What stands at both ends of the level axis.
    half : float or None
        Place of P(happy) = ½.
    rows : tuple of (Label, str)
        Rows of ticks above it: name, path data.
    shapes : tuple of Shape
        From back to front.
    dots : tuple of (str, float, Dot)
        Class, radius and place of what was observed.
    labels : tuple of (int, Label)
        Colour and level of each balance point.
    legend : tuple of (str, int, str)
        Kind of the sample, colour, text.
    """

    description: str
    x_ticks: tuple[LevelTick, ...]
    y_ticks: tuple[Tick, ...]
    y_label: str
    ends: tuple[str, str]
    half: float | None
    rows: tuple[tuple[Label, str], ...]
    shapes: tuple[Shape, ...]
    dots: tuple[tuple[str, float, Dot], ...]
    labels: tuple[tuple[int, Label], ...]
    legend: tuple[tuple[str, int, str], ...]


def diagram(
    sides: Sequence[Side], path: Way, frames: Sequence[float], marked: bool, description: str
) -> Diagram:
    """Return the diagram of a scale, or of two about one path.

    Parameters
    ----------
    sides : sequence of Side
        From back to front; frames that weren't judged for the first are marked on its curve.
    path : Way
    frames : sequence of float
        Levels of this set's frames on that path.
    marked : bool
        Whether the frames lie on this curve, and not on one of each infant.
    description : str
    """
    x = level_axis(path, [side.scale.told for side in sides], LEFT + INSET, RIGHT - INSET)
    y = intensity_axis(sides[0].scale.unit, [side.scale.told for side in sides], BOTTOM, TOP)
    back = sides[0].scale.told
    shapes = [one for side in sides for one in ribbon(side.scale.told, side.color, x, y)]
    balance = [
        one
        for side in sides
        for one in balances(side.scale.told, side.color, x, y, BAR * (1 + (side is not sides[-1])))
    ]
    on_curve = marks(back, unobserved(back, frames), x, y, MARK) if marked else []
    return Diagram(
        description,
        _level_ticks(x, path),
        ticks(y, 4),
        _capital(unit_text(sides[0].scale.unit))[:LONGEST],
        (path.expressions[0], path.expressions[-1]) if len(path.expressions) > 1 else ("", ""),
        y(0.5) if sides[0].scale.unit == P_HAPPY else None,
        _rows(sides, frames, x),
        (*shapes, *balance, *on_curve),
        tuple(dot for side in sides for dot in _dots(side, x, y)),
        _labels(sides, x),
        _legend(sides, bool(on_curve)),
    )


def _dots(side: Side, x: Scale, y: Scale) -> list[tuple[str, float, Dot]]:
    points = [p for p in side.scale.told.points if p.level >= x.low and y.low <= p.value <= y.high]
    most = max((point.trials for point in points), default=0)
    kind = f"answers f{side.color}" if side.color == 0 else f"open s{side.color}"
    return [
        (
            kind,
            radius(point.trials, most, LARGE_DOT),
            Dot(x(point.level), y(point.value), f"Level {level}: {_told(point)}"),
        )
        for point, level in zip(points, level_texts([p.level for p in points]), strict=True)
    ]


def _told(point: Point) -> str:
    return fixed(point.value, 3) + (f" of {point.trials} answers" if point.trials else "")


def _level_ticks(x: Scale, path: Way) -> tuple[LevelTick, ...]:
    """Return ticks of levels; with percent, as the table of stimuli has it, on whole paths."""
    found = []
    for one in ticks(x, 4 if x.low < 0 else 5):
        percent = percent_text(round(100 * (one.at - x.start) / (x.end - x.start)))
        found.append(LevelTick(one.at, one.text, percent if path.start == -1 else ""))
    return tuple(found)


def _rows(
    sides: Sequence[Side], frames: Sequence[float], x: Scale
) -> tuple[tuple[Label, str], ...]:
    """Return rows of ticks: levels that were measured, and this set's, once where they agree."""
    measured, own = list(sides[0].scale.measured), sorted(set(frames))
    rows = [("measured" if len(sides) == 1 else "before", measured), ("this set", own)]
    near = len(measured) == len(own) and all(
        abs(a - b) < 1e-6 for a, b in zip(measured, own, strict=True)
    )
    if near:
        rows = rows[1:]
    shown = [(name, levels) for name, levels in rows if levels]
    heights = ROWS[len(ROWS) - len(shown) :]
    return tuple(
        (
            Label(LEFT - 8, top + TICK - 1, name),
            "".join(f"M{x(v):g} {top}v{TICK}" for v in levels if x.low <= v <= x.high),
        )
        for (name, levels), top in zip(shown, heights, strict=True)
    )


def _labels(sides: Sequence[Side], x: Scale) -> tuple[tuple[int, Label], ...]:
    """Return the levels of balance points, to the right of their lines, near ones stacked."""
    found: list[tuple[int, Label]] = []
    for side in sides:
        pse = side.scale.told.pse
        if pse is None or not x.low <= pse.level <= x.high:
            continue
        at = x(pse.level)
        taken = [one.y for _, one in found if abs(one.x - at) < NEAR]
        height = min([BOTTOM - 8, *(y - 18 for y in taken)])
        text = f"{fixed(pse.level, 2)} {side.called.split(' ')[0]}".strip()
        found.append((side.color, Label(round(at + 6, 1), height, text)))
    return tuple(found)


def _legend(sides: Sequence[Side], marked: bool) -> tuple[tuple[str, int, str], ...]:
    entries = []
    for side in sides:
        banded = " with its 95 % band" if side.scale.told.low else ""
        entries.append(("curve", side.color, f"curve {side.called}".strip() + banded))
        if side.scale.told.points:
            several = f" {side.called}" if side.called else ""
            entries.append(("dots", side.color, f"observed{several}; area: answers"))
    if any(side.scale.told.pse for side in sides):
        entries.append(("balance", sides[-1].color, "balance point (PSE), its 95 % interval"))
    if marked:
        predicted = ", as predicted before" if len(sides) > 1 else " that were not judged"
        entries.append(("mark", 0, f"this set’s frames{predicted}"))
    return tuple(entries)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
