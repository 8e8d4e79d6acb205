"""Confounds: what else changes with the level, one small plot per statistic.

A statistic should change along the straight line from photograph to photograph, or stay in
its limit around it.  May import `measure.series` and the other files of `report`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from morphkit.measure.series import Series
from morphkit.report.axes import Scale, level_scale, ticks
from morphkit.report.courses import Course, course, values_of
from morphkit.report.meanings import GROUPS, STATISTICS, Statistic, limit_of, statistic
from morphkit.report.plots import (
    INSET,
    LEFT,
    MOST_LINES,
    RIGHT,
    Plot,
    Shape,
    band,
    factor,
    line,
    rising,
)
from morphkit.report.words import listed, number, percent_text


@dataclass(frozen=True, slots=True)
class Group:
    """Plots of one kind, and the titles of those in which a line leaves what is allowed."""

    title: str
    plots: tuple[Plot, ...]
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confounds:
    """What else changes along one continuum.

    Parameters
    ----------
    continuum, path : str
    groups : tuple of Group
    legend : tuple of (int, str)
        Number of the line, identity.
    omitted : int
        Identities that are not drawn.
    limited : int
        Statistics that have a limit here.
    off : tuple of str
        Identities that leave what is allowed, drawn or not.
    """

    continuum: str
    path: str
    groups: tuple[Group, ...]
    legend: tuple[tuple[int, str], ...]
    omitted: int
    limited: int
    off: tuple[str, ...]

    @property
    def beyond(self) -> tuple[str, ...]:
        """Titles of the plots in which a line leaves what is allowed."""
        return tuple(title for group in self.groups for title in group.beyond)


def confounds(
    series: Sequence[Series],
    known: Mapping[str, Mapping[str, float]],
    limits: Mapping[str, float],
) -> Confounds | None:
    """Return the confounds of one continuum; None when no statistic is known.

    Parameters
    ----------
    series : sequence of Series
        All of one continuum; of more than six identities those farthest off are drawn.
    known : mapping of str to mapping of str to float
        Statistic → stimulus id → its value, of the whole set: an anchor may be elsewhere.
    limits : mapping of str to float
    """
    courses = {
        name: {one.identity: course(one, name, known.get(name, {}), limits) for one in series}
        for name in [*STATISTICS, *sorted({*known} - {*STATISTICS})]
        if any(value is not None for one in series for value in values_of(one, name))
    }
    if not courses:
        return None
    excess = {
        one.identity: max(own[one.identity].excess for own in courses.values()) for one in series
    }
    worst = sorted(excess, key=lambda identity: -excess[identity])[:MOST_LINES]
    shown = [identity for identity in excess if identity in worst]
    groups = []
    for kind, title in GROUPS.items():
        plots = tuple(
            _plot(statistic(name), own, shown, limits)
            for name, own in courses.items()
            if statistic(name).group == kind
        )
        if plots:
            groups.append(Group(title, plots, tuple(plot.title for plot in plots if plot.warning)))
    return Confounds(
        series[0].continuum,
        series[0].path,
        tuple(groups),
        tuple(enumerate(shown)),
        len(excess) - len(shown),
        sum(limit_of(statistic(name), limits) is not None for name in courses),
        tuple(who for who in excess if any(own[who].beyond for own in courses.values())),
    )


def _plot(
    words: Statistic, own: Mapping[str, Course], shown: Sequence[str], limits: Mapping[str, float]
) -> Plot:
    drawn = [own[identity] for identity in shown]
    x = level_scale([v for one in drawn for v in one.series.levels], LEFT + INSET, RIGHT - INSET)
    columns = [column for one in drawn for column in (one.values, one.low, one.high)]
    numbers = [value for column in columns for value in column if value is not None]
    numbers = numbers or [0.0]
    unit, times = factor(numbers)
    y = rising(min(numbers), max(numbers))
    labels = ticks(Scale(y.low / unit, y.high / unit, y.start, y.end), 4)
    shapes = [part for color, one in enumerate(drawn) for part in _bands(one, color, x, y)]
    if words.allowed in ("at most", "at least", "about zero"):
        shapes = shapes[:1]  # one and the same for all
    shapes += [
        line(f"s{color}", [None if v is None else (x(a), y(v)) for a, v in _points(one)])
        for color, one in enumerate(drawn)
    ]
    return Plot(
        words.title,
        ", ".join(part for part in (words.unit, times) if part),
        "; ".join(f"{identity} {_span(own[identity])}" for identity in shown),
        ticks(x, 4),
        labels,
        tuple(shapes),
        " ".join(part for part in (words.meaning, _shaded(words, limits)) if part),
        _warning(own),
    )


def _points(course: Course) -> list[tuple[float, float | None]]:
    return list(zip(course.series.levels, course.values, strict=True))


def _bands(course: Course, color: int, x: Scale, y: Scale) -> list[Shape]:
    """Return what is allowed as areas, one for each run of frames in which it is known."""
    rows = zip(course.series.levels, course.low, course.high, strict=True)
    edges = [
        None
        if low is None and high is None
        else (x(level), y(y.low if low is None else low), y(y.high if high is None else high))
        for level, low, high in rows
    ]
    runs = [[edge for edge in run if edge] for known, run in groupby(edges, bool) if known]
    return [
        band(f"band f{color}", [(a, high) for a, _, high in run], [(a, low) for a, low, _ in run])
        for run in runs
        if len(run) > 1
    ]


def _span(course: Course) -> str:
    known = [value for value in course.values if value is not None]
    return f"{number(min(known))} to {number(max(known))}" if known else "not known"


def _shaded(words: Statistic, limits: Mapping[str, float]) -> str:
    """Say what the shaded area is."""
    limit = limit_of(words, limits)
    if limit is None:
        return ""
    return {
        "share": f"Shaded: straight line ± {percent_text(100 * limit)}.",
        "decibels": f"Shaded: straight line ± {percent_text(100 * limit)} of its power.",
        "either side": f"Shaded: straight line ± {number(limit)}.",
        "about zero": f"Shaded: 0 ± {number(limit)}.",
        "at most": f"Shaded: up to {number(limit)}.",
        "at least": f"Shaded: {number(limit)} and more.",
    }[words.allowed]


def _warning(own: Mapping[str, Course]) -> str:
    """Say who leaves what is allowed, and where; of all identities, drawn or not."""
    parts = [
        f"{identity} ({'frame' if len(course.beyond) == 1 else 'frames'} {_runs(course.beyond)})"
        for identity, course in own.items()
        if course.beyond
    ]
    return f"Leaves the shaded band: {listed(parts, 2)}." if parts else ""


def _runs(frames: Sequence[int]) -> str:
    """Return numbers with neighbours joined: 2–4, 7."""
    runs: list[list[int]] = []
    for frame in frames:
        if runs and frame == runs[-1][-1] + 1:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    return listed([f"{r[0]}–{r[-1]}" if len(r) > 1 else f"{r[0]}" for r in runs], 3)
