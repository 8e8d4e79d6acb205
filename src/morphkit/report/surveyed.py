"""What is known of a set's spacing and confounds, continuum by continuum, ready for the page.

May import `measure.series`, `study` and the other files of `report`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from morphkit.measure.series import Series, lookup
from morphkit.report import figures, words
from morphkit.report.confounds import Confounds, confounds
from morphkit.report.evenness import Track, tracks
from morphkit.report.landmark_path import LandmarkPath, landmark_paths
from morphkit.report.spacing_plots import SpacingFigure, spacing_figure
from morphkit.study.manifest import StimulusSet
from morphkit.study.recipe import LIMITS


@dataclass(frozen=True, slots=True)
class Survey:
    """What the page shows of spacing and confounds.

    Parameters
    ----------
    measured : tuple of SpacingFigure
        One per continuum whose steps were measured.
    confounds : tuple of Confounds
        One per continuum with a statistic.
    figures : tuple of figures.Figure
        The landmark figures of the other continua.
    paths : tuple of LandmarkPath
        Of those other continua.
    gaps : tuple of str
        Why a landmark path can't be measured.
    step_cv, cumulative : float
        The limits of landmark paths.
    unit_text : str
        What the unit of lengths is.
    """

    measured: tuple[SpacingFigure, ...]
    confounds: tuple[Confounds, ...]
    figures: tuple[figures.Figure, ...]
    paths: tuple[LandmarkPath, ...]
    gaps: tuple[str, ...]
    step_cv: float
    cumulative: float
    unit_text: str

    @property
    def glance(self) -> tuple[tuple[str, str, str, bool], ...]:
        """Section, title, one line, and whether something passes a limit there."""
        lines = []
        if self.measured:
            uneven = [_beyond(one.continuum, one.beyond) for one in self.measured if one.beyond]
            lines.append(("spacing", "Spacing", _line(uneven), bool(uneven)))
        if self.confounds:
            off = [
                f"{_beyond(one.continuum, one.beyond)} of {words.listed(one.off, 2)}"
                for one in self.confounds
                if one.beyond
            ]
            judged = any(one.limited for one in self.confounds)
            text = _line(off) if judged else "shown, without limits"
            lines.append(("confounds", "What else changes", text, bool(off)))
        return tuple(lines)


def _beyond(continuum: str, what: Sequence[str]) -> str:
    return f"{continuum} ({words.listed(what, 3)})"


def _line(beyond: Sequence[str]) -> str:
    return f"beyond a limit in {words.listed(beyond, 3)}" if beyond else "within every limit"


def surveyed(
    stimulus_set: StimulusSet, measured: Sequence[Series], limits: Mapping[str, float]
) -> Survey:
    """Return what the page shows of spacing and confounds.

    Parameters
    ----------
    stimulus_set : StimulusSet
    measured : sequence of Series
        May be empty, or lack some continua: of those the landmark paths are shown.
    limits : mapping of str to float
        Those of landmark paths at least are taken from the defaults where they are missing.
    """
    paths, gaps = landmark_paths(stimulus_set)
    by_name = {(path.identity, path.continuum): path for path in paths}
    found = _by_continuum(tracks(measured, by_name, limits))
    found = [own for own in found if any(track.spacing for track in own)]
    done = {own[0].series.continuum for own in found}
    others = [path for path in paths if path.continuum not in done]
    step_cv, cumulative = (
        limits.get(name, LIMITS[name]) for name in ("landmark_step_cv", "landmark_cumulative")
    )
    names = dict.fromkeys(name for series in measured for name in series.statistics)
    known = {name: lookup(measured, name) for name in names}
    groups: dict[str, list[Series]] = {}
    for series in measured:
        if len(series.levels) > 1:
            groups.setdefault(series.continuum, []).append(series)
    return Survey(
        tuple(spacing_figure(own, by_name) for own in found),
        tuple(one for own in groups.values() if (one := confounds(own, known, limits)) is not None),
        tuple(figures.figure(group, step_cv, cumulative) for group in _by_unit(others)),
        tuple(others),
        tuple(gaps),
        step_cv,
        cumulative,
        _unit_text(paths),
    )


def recipe_limits(recipe: Mapping[str, Any]) -> dict[str, float]:
    """Return every limit, with the changes of a recipe as the manifest has it."""
    changes = recipe.get("limits")
    if not isinstance(changes, Mapping):
        return dict(LIMITS)
    own = {
        str(name): float(value) for name, value in changes.items() if isinstance(value, int | float)
    }
    return {**LIMITS, **own}


def _by_continuum(found: Iterable[Track]) -> list[list[Track]]:
    groups: dict[str, list[Track]] = {}
    for track in found:
        groups.setdefault(track.series.continuum, []).append(track)
    return list(groups.values())


def _by_unit(paths: Iterable[LandmarkPath]) -> list[list[LandmarkPath]]:
    """Group paths by continuum, in order of appearance, and by unit."""
    listed = list(paths)
    order = list(dict.fromkeys((path.continuum, path.unit) for path in listed))
    ranked = sorted(listed, key=lambda path: order.index((path.continuum, path.unit)))
    return [list(group) for _, group in groupby(ranked, key=lambda p: (p.continuum, p.unit))]


def _unit_text(paths: Sequence[LandmarkPath]) -> str:
    """Say what the unit of the figures is."""
    lengths = [path.unit_px for path in paths if path.unit == "EOD"]
    if not lengths:
        return (
            "Distances are in canvas pixels (px), since the landmark scheme names no outer "
            "corners of the eyes."
        )
    low, high = words.fixed(min(lengths), 1), words.fixed(max(lengths), 1)
    size = f"{low} px" if low == high else f"{low} to {high} px"
    return (
        "Distances are in EOD: one EOD is the distance between the outer corners of the eyes, "
        f"averaged over the source faces of an identity’s continuum (here {size})."
    )
