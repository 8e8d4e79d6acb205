"""Spacing as it was measured: places against declared places, steps as bars, a table.

May import `measure.series` and the other files of `report`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from morphkit.report.axes import Scale, Tick, level_scale, ticks
from morphkit.report.evenness import Track
from morphkit.report.landmark_path import LandmarkPath
from morphkit.report.meanings import METRICS, metric
from morphkit.report.plots import (
    BOTTOM,
    INSET,
    LEFT,
    MOST_LINES,
    RIGHT,
    TOP,
    Plot,
    Shape,
    band,
    line,
)
from morphkit.report.words import fixed, listed, number, percent_text

TALLEST = 3.0
"""Bars are cut off there, so that one huge step doesn't flatten the others."""

PERCENT = (Tick(BOTTOM, "0"), Tick((BOTTOM + TOP) / 2, "50"), Tick(TOP, "100"))


@dataclass(frozen=True, slots=True)
class Cell:
    """What the table says of one identity in one metric; empty texts when nothing is known."""

    cv: str
    frames: str
    percent: str
    cv_beyond: bool
    offset_beyond: bool


@dataclass(frozen=True, slots=True)
class SpacingFigure:
    """The measured spacing of one continuum.

    Parameters
    ----------
    continuum, path : str
    metrics : tuple of (int, str, str)
        Number of the line, title, meaning.
    places : tuple of Plot
        One per identity that is drawn.
    steps : tuple of Plot
        One per metric.
    omitted : int
        Identities that are not drawn.
    limits : tuple of str
        A sentence for each pair of limits.
    rows : tuple of (str, str, tuple of Cell)
        Identity, length of its landmark path, a cell per metric.
    beyond : tuple of str
        Identities that pass a limit.
    """

    continuum: str
    path: str
    metrics: tuple[tuple[int, str, str], ...]
    places: tuple[Plot, ...]
    steps: tuple[Plot, ...]
    omitted: int
    limits: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    beyond: tuple[str, ...]


def spacing_figure(
    tracks: Sequence[Track], paths: Mapping[tuple[str, str], LandmarkPath]
) -> SpacingFigure:
    """Return the figure of one continuum.

    Parameters
    ----------
    tracks : sequence of Track
        All of one continuum; of more than six identities the least even are drawn.
    paths : mapping of (identity, continuum) to LandmarkPath
        For the length of the landmark path.
    """
    series = tracks[0].series
    present = {track.metric for track in tracks}
    names = [*(name for name in METRICS if name in present), *sorted(present - {*METRICS})]
    people = {track.series.identity: [] for track in tracks}  # type: dict[str, list[Track]]
    for track in tracks:
        people[track.series.identity].append(track)
    worst = sorted(people, key=lambda who: -max(track.unevenness for track in people[who]))
    shown = [who for who in people if who in worst[:MOST_LINES]]
    return SpacingFigure(
        series.continuum,
        series.path,
        tuple((i, metric(name).title, metric(name).meaning) for i, name in enumerate(names)),
        tuple(_place_plot(who, people[who], names) for who in shown),
        tuple(
            plot
            for name in names
            if (plot := _step_plot([t for t in tracks if t.metric == name], shown)) is not None
        ),
        len(people) - len(shown),
        _limit_words(tracks),
        tuple(_row(who, own, names, paths) for who, own in people.items()),
        tuple(
            who for who, own in people.items() if any(t.cv_beyond or t.offset_beyond for t in own)
        ),
    )


def _place_plot(identity: str, own: Sequence[Track], names: Sequence[str]) -> Plot:
    known = sorted((t for t in own if t.spacing), key=lambda t: names.index(t.metric))
    x = Scale(0.0, 1.0, LEFT + INSET, RIGHT - INSET)
    y = Scale(0.0, 1.0, BOTTOM, TOP)
    shapes = []
    for limit in sorted({t.offset_limit for t in known if t.offset_limit}, reverse=True):
        ends = (
            [(0.0, limit), (1.0 - limit, 1.0), (1.0, 1.0)],
            [(0.0, 0.0), (limit, 0.0), (1.0, 1.0 - limit)],
        )
        upper, lower = ([(x(a), y(b)) for a, b in side] for side in ends)
        shapes.append(band("allowed", upper, lower))
    for track in reversed(known):
        drawn = [(x(a), y(min(max(b, 0.0), 1.0))) for a, b in track.places()]
        shapes.append(line(f"s{names.index(track.metric) % 7}", drawn))
    worst = [metric(t.metric).title for t in known if t.offset_beyond]
    return Plot(
        identity,
        "",
        "; ".join(_told(track) for track in known) or "Nothing could be measured.",
        tuple(Tick(x(share), f"{100 * share:.0f}") for share in (0.0, 0.5, 1.0)),
        PERCENT,
        tuple(shapes),
        warning=f"Out of place: {listed(worst, 4)}." if worst else "",
    )


def _told(track: Track) -> str:
    if track.spacing is None:
        return ""
    return (
        f"{metric(track.metric).title}: steps vary by {fixed(track.spacing.cv, 3)}, worst place "
        f"{percent_text(100 * abs(track.spacing.offset))} off"
    )


def _step_plot(tracks: Sequence[Track], shown: Sequence[str]) -> Plot | None:
    """Return one metric's steps: the least even identity as bars, the other drawn as dashes."""
    known = [track for track in tracks if track.spacing]
    if not known:
        return None
    first = max(known, key=lambda track: track.unevenness)
    others = [t for t in known if t is not first and t.series.identity in shown]
    limit, words = first.cv_limit or 0.0, metric(first.metric)
    x = level_scale([v for t in known for v in t.series.levels], LEFT + INSET, RIGHT - INSET)
    ratios = [r for t in (first, *others) if t.spacing for r in t.spacing.ratios]
    tallest = max(*ratios, 1 + limit)
    y = Scale(0.0, 1.08 * min(tallest, TALLEST), BOTTOM, TOP)
    edge = (x.start - INSET, x.end + INSET)
    shapes = _bars(first, x, y)
    if limit:
        low, high = y(max(1 - limit, 0.0)), y(1 + limit)
        shapes.insert(0, band("allowed", [(v, high) for v in edge], [(v, low) for v in edge]))
    if others:
        shapes.append(Shape("dash", "".join(_dashes(track, x, y) for track in others)))
    return Plot(
        words.title,
        f"bars: {first.series.identity}",
        _told(first),
        ticks(x, 4),
        ticks(y, 3),
        tuple(shapes),
        f"Bars at the top go beyond {fixed(TALLEST, 0)}." if tallest > TALLEST else "",
        "Steps vary by more than the limit." if first.cv_beyond else "",
    )


def _bars(track: Track, x: Scale, y: Scale) -> list[Shape]:
    """Return a track's steps; where they vary too much, those outside of the band stand out."""
    assert track.spacing is not None
    room = track.cv_limit if track.cv_beyond and track.cv_limit is not None else float("inf")
    parts = {"bar": "", "bar beyond": ""}
    for (a, b), ratio in zip(_spans(track, x), track.spacing.ratios, strict=True):
        gap = 0.12 * (b - a)
        kind = "bar beyond" if abs(ratio - 1) > room else "bar"
        parts[kind] += f"M{a + gap:.4g} {BOTTOM}V{y(min(ratio, y.high)):g}H{b - gap:.4g}V{BOTTOM}Z"
    return [Shape(kind, data) for kind, data in parts.items() if data]


def _dashes(track: Track, x: Scale, y: Scale) -> str:
    assert track.spacing is not None
    return "".join(
        f"M{0.7 * a + 0.3 * b:.4g} {y(min(ratio, y.high)):g}H{0.3 * a + 0.7 * b:.4g}"
        for (a, b), ratio in zip(_spans(track, x), track.spacing.ratios, strict=True)
    )


def _spans(track: Track, x: Scale) -> list[tuple[float, float]]:
    return [(min(x(a), x(b)), max(x(a), x(b))) for a, b in pairwise(track.series.levels)]


def _limit_words(tracks: Sequence[Track]) -> tuple[str, ...]:
    """Say which limits hold for which metrics."""
    groups: dict[tuple[float | None, float | None], dict[str, None]] = {}
    for track in tracks:
        pair = (track.cv_limit, track.offset_limit)
        groups.setdefault(pair, {})[metric(track.metric).title] = None
    texts = []
    for (cv, offset), titles in groups.items():
        if cv is None or offset is None:
            texts.append(f"{', '.join(titles)}: shown without a limit.")
        else:
            texts.append(
                f"{', '.join(titles)}: steps may vary by {number(cv)} (CV), and a frame may be "
                f"{percent_text(100 * offset)} of the way off its declared place."
            )
    return tuple(texts)


def _row(
    identity: str,
    own: Sequence[Track],
    names: Sequence[str],
    paths: Mapping[tuple[str, str], LandmarkPath],
) -> tuple[str, str, tuple[Cell, ...]]:
    path = paths.get((identity, own[0].series.continuum))
    by_metric = {track.metric: track for track in own}
    return (
        identity,
        f"{fixed(path.length, 4)} {path.unit}" if path else "",
        tuple(_cell(by_metric.get(name)) for name in names),
    )


def _cell(track: Track | None) -> Cell:
    if track is None or track.spacing is None:
        return Cell("", "", "", False, False)
    cv = track.spacing.cv
    return Cell(
        fixed(cv, 3) if cv < 1e6 else "not finite",
        fixed(track.frames, 2),
        percent_text(100 * abs(track.spacing.offset)),
        track.cv_beyond,
        track.offset_beyond,
    )
