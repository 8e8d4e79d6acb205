"""Where the frames of a set lie on a calibrated scale, and what steps it predicts for them.

Knows rows, levels and scales; no drawing.  May import `study` and `report.words`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, pstdev

from morphkit.report.words import fixed, level_texts, percent_text
from morphkit.study.manifest import StimulusSet
from morphkit.study.told import Told, ToldScale, chosen_by


@dataclass(frozen=True, slots=True)
class Placing:
    """The frames of one continuum on the path of a scale.

    Parameters
    ----------
    continuum, path : str
    expressions : tuple of str
    levels : mapping of str to tuple of float
        Identity → levels of its frames, in order.
    judged : bool
        Whether the scale was measured on these very pictures, some at least.
    chosen : bool
        Whether the recipe takes its levels from the scale.
    """

    continuum: str
    path: str
    expressions: tuple[str, ...]
    levels: Mapping[str, tuple[float, ...]]
    judged: bool
    chosen: bool

    @property
    def shared(self) -> tuple[float, ...]:
        """Levels of all identities alike; empty where they differ."""
        distinct = set(self.levels.values())
        return next(iter(distinct)) if len(distinct) == 1 else ()


@dataclass(frozen=True, slots=True)
class Steps:
    """What a scale predicts for the frames of a continuum, as a table.

    Parameters
    ----------
    continuum : str
    columns : tuple of str
    rows : tuple of tuple of str
        A row per frame; per identity where the levels differ.
    note : str
        How much the predicted steps vary.
    by_frame, banded : bool
        Whether there is a row per frame, and whether the curve's band is told.
    """

    continuum: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    by_frame: bool
    banded: bool


def placings(stimulus_set: StimulusSet, scale: ToldScale) -> tuple[Placing, ...]:
    """Return the continua that lie on the path of a scale.

    A scale that doesn't name its path is about the continua whose stimuli it names; where it
    names none of them, about all if there is but one path.
    """
    block = stimulus_set.manifest.morphkit
    entries = {one.name: one for one in block.continua}
    groups: dict[str, dict[str, list[tuple[int, float]]]] = {}
    here = set(scale.here(stimulus_set.stimuli))
    judged = {row.continuum for row in stimulus_set.stimuli if row.stimulus_id in here}
    for row in stimulus_set.stimuli:
        if row.continuum in entries and row.morph_level is not None:
            own = groups.setdefault(row.continuum, {}).setdefault(row.identity, [])
            own.append((row.frame, row.morph_level))
    about = _about(stimulus_set, scale)
    chosen = chosen_by(block.recipe, scale.name)
    return tuple(
        Placing(
            name,
            entries[name].path,
            tuple(entries[name].expressions),
            {who: tuple(level for _, level in sorted(own)) for who, own in people.items()},
            name in judged and scale.fresh(stimulus_set.stimuli),
            name in chosen,
        )
        for name, people in groups.items()
        if name in about
    )


def _about(stimulus_set: StimulusSet, scale: ToldScale) -> set[str]:
    entries = stimulus_set.manifest.morphkit.continua
    if scale.path:
        return {
            one.name
            for one in entries
            if one.path == scale.path
            and (not scale.expressions or tuple(one.expressions) == scale.expressions)
        }
    named = {row.continuum for row in stimulus_set.stimuli if row.stimulus_id in scale.pixels}
    spans = {one.name: (one.path, tuple(one.expressions)) for one in entries}
    paths = {spans[name] for name in named if name in spans} or set(spans.values())
    return {name for name, span in spans.items() if span in paths} if len(paths) == 1 else named


def variation(values: Sequence[float | None]) -> float | None:
    """Return the coefficient of variation of the steps between values; None where unknown."""
    known = [value for value in values if value is not None]
    steps = [b - a for a, b in pairwise(known)]
    if len(known) < max(len(values), 3) or fmean(steps) <= 0:
        return None
    return pstdev(steps) / fmean(steps)


def steps(placing: Placing, scale: ToldScale, after: ToldScale | None) -> Steps:
    """Return what a scale predicts for each frame, and what was measured there since."""
    return _by_frame(placing, scale, after) if placing.shared else _by_infant(placing, scale, after)


def _by_frame(placing: Placing, scale: ToldScale, after: ToldScale | None) -> Steps:
    levels = placing.shared
    values = [scale.told.at(level) for level in levels]
    rows = []
    for i, (level, text) in enumerate(zip(levels, level_texts(levels), strict=True)):
        a, b = values[i - 1] if i else None, values[i]
        step = fixed(b - a, 3) if a is not None and b is not None else "–"
        share = percent_text((level + 1) / 2 * 100)
        row = [str(i + 1), text, share, _with_band(scale.told, level), step]
        rows.append((*row, *([_with_band(after.told, level)] if after else [])))
    columns = ("Frame", "Level", "Percent", "Predicted", "Step", *(["Measured"] if after else []))
    return Steps(
        placing.continuum,
        columns,
        tuple(rows),
        _varies([variation(values)]),
        True,
        bool(scale.told.low),
    )


def _by_infant(placing: Placing, scale: ToldScale, after: ToldScale | None) -> Steps:
    rows, varying = [], []
    for who, levels in placing.levels.items():
        values = [_own(scale, who).at(level) for level in levels]
        varying.append(variation(values))
        cells = [who, ", ".join(level_texts(levels)), _listed(values)]
        if after:
            cells.append(_listed([_own(after, who).at(level) for level in levels]))
        rows.append((*cells, "–" if varying[-1] is None else fixed(varying[-1], 3)))
    measured = ["Measured"] if after else []
    columns = ("Infant", "Levels", "Predicted", *measured, "CV of steps")
    return Steps(placing.continuum, columns, tuple(rows), _varies(varying), False, False)


def _own(scale: ToldScale, who: str) -> Told:
    """Return an infant's own curve, the common one where it has none."""
    own = scale.identities.get(who)
    return own if own and own.levels else scale.told


def _with_band(told: Told, level: float) -> str:
    value, band = told.at(level), told.band_at(level)
    if value is None:
        return "–"
    return fixed(value, 3) + (f" ({fixed(band[0], 3)} to {fixed(band[1], 3)})" if band else "")


def _listed(values: Sequence[float | None]) -> str:
    return ", ".join("–" if value is None else fixed(value, 2) for value in values)


def _varies(found: Sequence[float | None]) -> str:
    known = [one for one in found if one is not None]
    if not known:
        return "How much the predicted steps vary can’t be told."
    worst = f"Predicted steps vary by {fixed(max(known), 3)} (CV)"
    return f"{worst} at most." if len(found) > 1 else f"{worst}."
