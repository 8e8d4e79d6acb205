"""A figure of planned studies: what each design will tell, by the number of observers.

An SVG by itself, with no style sheet and no script.  Knows numbers; no population.  May import
`report.axes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from morphkit.report.axes import Scale, drawn, level_scale, ticks

TITLE = "Interval of the PSE"
"""Of the diagram that every such figure has."""

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 404, 40, 244
ROW = 18
"""Height of a line of the legend."""

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d31")
DASHES = ("", "7 3", "2 3", "9 3 2 3")
"""Lines differ also without their colours."""


@dataclass(frozen=True, slots=True)
class Course:
    """One line: a choice of levels and repetitions, over numbers of observers.

    Parameters
    ----------
    name : str
    observers : tuple of int
    half : tuple of float
        Half the width of the PSE's interval, in levels.
    power : tuple of float
        0…1; empty where no effect is looked for.
    """

    name: str
    observers: tuple[int, ...]
    half: tuple[float, ...]
    power: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Panel:
    """One diagram: its title, values of each line, and the value that is wanted."""

    title: str
    label: str
    values: tuple[tuple[float, ...], ...]
    wanted: float | None
    top: float


def drawing(courses: Sequence[Course], half_width: float | None, power: float) -> str:
    """Return the figure as SVG text.

    Parameters
    ----------
    courses : sequence of Course
    half_width : float or None
        What is wanted of the interval; levels.
    power : float
        What is wanted of the power, 0…1.
    """
    halves = tuple(course.half for course in courses)
    top = 1.08 * max(half_width or 0.0, *(value for line in halves for value in line))
    panels = [_Panel(TITLE, "Half-width (levels)", halves, half_width, top)]
    if all(course.power for course in courses):
        powers = tuple(tuple(100 * p for p in course.power) for course in courses)
        panels.append(_Panel("Power", "Chance to find it (%)", powers, 100 * power, 100.0))
    width = WIDTH * len(panels)
    height = HEIGHT + ROW * (-(-len(courses) // (2 * len(panels)))) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="Helvetica, Arial, sans-serif" '
        'font-size="13" fill="#222">',
        f"<title>{escape(_told(courses))}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, panel in enumerate(panels):
        body = _panel(panel, courses)
        parts.append(f'<g transform="translate({number * WIDTH} 0)">{body}</g>')
    parts += [_legend(courses, 2 * len(panels)), "</svg>\n"]
    return "\n".join(parts)


def _told(courses: Sequence[Course]) -> str:
    low = min(value for course in courses for value in course.half)
    high = max(value for course in courses for value in course.half)
    return f"Half-width of the PSE's interval, {low:.3f} to {high:.3f} levels, by observers"


def _panel(panel: _Panel, courses: Sequence[Course]) -> str:
    counts = sorted({count for course in courses for count in course.observers})
    x = level_scale(counts, LEFT + 14, RIGHT - 14)
    y = Scale(0.0, panel.top, BOTTOM, TOP)
    parts = [f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{panel.title}</text>']
    for tick in ticks(y):
        parts.append(f'<path d="M{LEFT} {tick.at:g}H{RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, tick.at + 4.5, tick.text, "end"))
    last = -99.0
    for count in counts:
        parts.append(f'<path d="M{x(count):g} {BOTTOM}v5" stroke="#222"/>')
        if x(count) - last >= 26:  # numbers don't run into each other
            last = x(count)
            parts.append(_text(last, BOTTOM + 20, str(count), "middle"))
    parts.append(f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="#222"/>')
    parts.append(_text((LEFT + RIGHT) / 2, BOTTOM + 40, "Observers", "middle"))
    middle = (TOP + BOTTOM) / 2
    turned = f'transform="rotate(-90 16 {middle:g})"'
    parts.append(f'<text x="16" y="{middle:g}" text-anchor="middle" {turned}>{panel.label}</text>')
    if panel.wanted is not None:
        at = y(panel.wanted)
        parts.append(f'<path d="M{LEFT} {at:g}H{RIGHT}" stroke="#222" stroke-dasharray="4 4"/>')
        # where lines that are not there yet are far away
        falling = panel.values[0][0] >= panel.values[0][-1]
        where, anchor = (LEFT + 6, "start") if falling else (RIGHT - 4, "end")
        parts.append(_text(where, at + 15, "wanted", anchor))
    for number, (course, values) in enumerate(zip(courses, panel.values, strict=True)):
        order = sorted(zip(course.observers, values, strict=True))
        parts.append(_line(number, [(x(count), y(value)) for count, value in order]))
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(number: int, places: Sequence[tuple[float, float]]) -> str:
    """Return a line through places, with a dot on each."""
    color = COLORS[number % len(COLORS)]
    dash = DASHES[number % len(DASHES)]
    style = f'fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"'
    dots = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="3.5" fill="{color}"/>' for x, y in places)
    return f'<path d="{drawn(places)}" {style}/>{dots}'


def _legend(courses: Sequence[Course], columns: int) -> str:
    parts = []
    for number, course in enumerate(courses):
        x = LEFT + number % columns * (WIDTH / 2 - 16)
        y = HEIGHT + 10 + number // columns * ROW
        parts.append(_line(number, [(x, y - 4.5), (x + 34, y - 4.5)]))
        parts.append(_text(x + 44, y, course.name, "start"))
    return "".join(parts)
