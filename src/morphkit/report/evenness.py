"""Evenness: how the steps of each identity's continuum compare with the declared ones.

One `Track` per identity and metric, with the limits that hold for it.  Knows series and
landmark paths, no drawing.  May import `measure.evenness`, `measure.series`, `study.spacing` and
the other files of `report`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from morphkit.measure.evenness import FEWEST, evenness
from morphkit.measure.series import Series
from morphkit.report.landmark_path import LandmarkPath
from morphkit.report.meanings import metric
from morphkit.study.spacing import Spacing


@dataclass(frozen=True, slots=True)
class Track:
    """The steps of one identity's continuum in one metric.

    Parameters
    ----------
    series : Series
    metric : str
    spacing : Spacing or None
        None where a step can't be told, or nothing changes.
    cv_limit, offset_limit : float or None
        None where there is no such limit.
    """

    series: Series
    metric: str
    spacing: Spacing | None
    cv_limit: float | None
    offset_limit: float | None

    @property
    def frames(self) -> float:
        """The worst distance of a frame from its declared place, in mean declared steps."""
        return abs(self.spacing.offset) * len(self.spacing.declared) if self.spacing else 0.0

    @property
    def cv_beyond(self) -> bool:
        """Whether the steps vary by more than their limit."""
        return self._beyond(self.spacing.cv if self.spacing else 0.0, self.cv_limit)

    @property
    def offset_beyond(self) -> bool:
        """Whether a frame is farther from its declared place than its limit."""
        return self._beyond(abs(self.spacing.offset) if self.spacing else 0.0, self.offset_limit)

    @staticmethod
    def _beyond(value: float, limit: float | None) -> bool:
        return limit is not None and value > limit

    @property
    def unevenness(self) -> float:
        """How uneven it is, in limits where there are any; for ranking only."""
        if self.spacing is None:
            return 0.0
        parts = [
            self.spacing.cv / (self.cv_limit or 1.0),
            abs(self.spacing.offset) / (self.offset_limit or 1.0),
        ]
        # rounded, so that the last bits of equally even tracks don't choose
        return round(max(parts), 6)

    def places(self) -> list[tuple[float, float]]:
        """Return declared and measured place of each frame, as shares of the whole path."""
        if self.spacing is None:
            return []
        whole = self.spacing.length
        declared = accumulate(self.spacing.declared, initial=0.0)
        measured = accumulate(self.spacing.measured, initial=0.0)
        return [(d / whole, m / whole) for d, m in zip(declared, measured, strict=True)]


def tracks(
    measured: Sequence[Series],
    paths: Mapping[tuple[str, str], LandmarkPath],
    limits: Mapping[str, float],
) -> list[Track]:
    """Return the tracks of every series, metric by metric.

    Parameters
    ----------
    measured : sequence of Series
    paths : mapping of (identity, continuum) to LandmarkPath
        Where there is one, it tells what the landmarks' steps should be.
    limits : mapping of str to float
    """
    found = []
    for series in measured:
        path = paths.get((series.identity, series.continuum))
        for name in series.steps:
            words = metric(name)
            judged = name == "landmark_path" or (series.anchors and len(series.ids) >= FEWEST)
            fits = path is not None and path.levels == series.levels
            exact = path.spacing if path and fits and name == "landmark_path" else None
            found.append(
                Track(
                    series,
                    name,
                    exact or evenness(series, name),
                    limits.get(words.cv) if judged else None,
                    limits.get(words.cumulative) if judged else None,
                )
            )
    return found
