"""Small diagrams of each infant's own scale.

May import `study.told` and the other files of `report`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from morphkit.report.axes import Scale, Tick, drawn, ticks
from morphkit.report.plots import BOTTOM, INSET, LEFT, RIGHT, TOP, Plot, Shape
from morphkit.report.scale_marks import (
    balances,
    discs,
    intensity_axis,
    level_axis,
    marks,
    ribbon,
    unobserved,
)
from morphkit.report.scale_plots import Side
from morphkit.report.scale_words import Way, estimate_text
from morphkit.study.told import P_HAPPY, Told

MOST_INFANTS = 12
LARGE_DOT, MARK, BAR = 3.6, 5.0, 1.8

HALVES = (Tick(BOTTOM, "0"), Tick((BOTTOM + TOP) / 2, "0.5"), Tick(TOP, "1"))


@dataclass(frozen=True, slots=True)
class Infants:
    """Small diagrams, one per infant.

    Parameters
    ----------
    plots : tuple of Plot
    omitted : int
        Infants with a curve that are not drawn.
    """

    plots: tuple[Plot, ...]
    omitted: int


def infant_plots(
    sides: Sequence[Side], path: Way, frames: Mapping[str, Sequence[float]]
) -> Infants:
    """Return the diagrams of the infants that have a curve of their own.

    Parameters
    ----------
    sides : sequence of Side
        From back to front; frames are marked on the first that has the infant.
    path : Way
    frames : mapping of str to sequence of float
        Identity → levels of its frames in this set.
    """
    front = sides[-1].scale
    names = dict.fromkeys(
        who for side in sides for who, one in side.scale.identities.items() if one.levels
    )
    far = sorted(names, key=lambda who: -_distance(sides, who, front.told))[:MOST_INFANTS]
    shown = [who for who in names if who in far]
    everyone = [one for side in sides for one in (side.scale.told, *_curves(side, shown))]
    x = level_axis(path, everyone, LEFT + INSET, RIGHT - INSET)
    y = intensity_axis(front.unit, everyone, BOTTOM, TOP)
    upright = HALVES if front.unit == P_HAPPY else ticks(y, 3)
    plots = [_plot(who, sides, frames.get(who, ()), x, y, upright) for who in shown]
    return Infants(tuple(plots), len(names) - len(shown))


def _curves(side: Side, names: Sequence[str]) -> list[Told]:
    return [side.scale.identities[who] for who in names if who in side.scale.identities]


def _distance(sides: Sequence[Side], who: str, common: Told) -> float:
    """Return how far an infant's balance point is from the common one; for ranking only."""
    for side in reversed(sides):
        own = side.scale.identities.get(who)
        if own and own.pse and common.pse:
            return round(abs(own.pse.level - common.pse.level), 6)
    return -1.0


def _plot(
    who: str,
    sides: Sequence[Side],
    frames: Sequence[float],
    x: Scale,
    y: Scale,
    upright: tuple[Tick, ...],
) -> Plot:
    common = sides[0].scale.told
    line = [(x(a), y(b)) for a, b in zip(common.levels, common.intensities, strict=True)]
    shapes = [Shape("common", drawn(line))]
    above: list[Shape] = []
    texts = []
    for side in sides:
        own = side.scale.identities.get(who)
        if own is None or not own.levels:
            continue
        shapes += ribbon(own, side.color, x, y)
        if not above:
            above += marks(own, unobserved(own, frames), x, y, MARK)
        inside = [p for p in own.points if p.level >= x.low and y.low <= p.value <= y.high]
        if inside:
            kind = "answers f0" if side.color == 0 else f"open s{side.color}"
            above.append(Shape(kind, discs(inside, x, y, LARGE_DOT)))
        shapes += balances(own, side.color, x, y, BAR * (1 + (side is not sides[-1])))
        if own.pse:
            called = f"{side.called.split(' ')[0]} {estimate_text(own.pse, interval='')}"
            texts.append(called.strip())
    shapes += above
    note = "PSE " + ", ".join(texts) if texts else "no balance point"
    middle = [Tick(x(level), text) for level, text in _levels(x)]
    return Plot(who, "", note, tuple(middle), upright, tuple(shapes), note)


def _levels(x: Scale) -> tuple[tuple[float, str], ...]:
    return ((-1, "−1"), (0, "0"), (1, "1")) if x.low < 0 else ((0, "0"), (0.5, "0.5"), (1, "1"))
