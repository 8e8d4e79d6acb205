"""The three labels that a set can earn, and only by measurement.

Nominal: built as declared.  Physically checked: the pictures of every continuum were measured,
they are enough to tell of spacing, and no rule about spacing or confounds has anything to say,
not even one that was ignored.  Perceptually calibrated: besides, scales that were fitted to
people's responses to these very pictures, all of them.  May import `errors`,
`measure.evenness` and `measure.series`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from morphkit.errors import Finding
from morphkit.measure.evenness import FEWEST
from morphkit.measure.series import Series

Label = Literal["nominal", "physically checked", "perceptually calibrated"]

PHYSICAL = (*range(451, 480), *range(526, 550), 302, 636)
"""Numbers of the rules about spacing, confounds of pictures, folds, and levels that were only
assumed."""

RANK: tuple[Label | None, ...] = (None, "nominal", "physically checked", "perceptually calibrated")
"""From nothing upwards."""

SIGN = "luminance"
"""A statistic that every picture has which could be measured."""


def earned(findings: Iterable[Finding], measured: Iterable[Series], *, fresh: bool) -> Label:
    """Return the label of a set that has no errors.

    Parameters
    ----------
    findings : iterable of Finding
        All that were found, the ignored ones too: what was ignored has not been passed.
    measured : iterable of Series
        Nothing after a quick validation.
    fresh : bool
        Whether scales of the manifest were measured on these very stimuli.
    """
    paths = [series for series in measured if series.anchors]
    seen = all(
        len(series.ids) >= FEWEST and None not in series.statistics.get(SIGN, (None,))
        for series in paths
    )
    if not paths or not seen or doubted(findings):
        return "nominal"
    return "perceptually calibrated" if fresh else "physically checked"


def doubted(findings: Iterable[Finding]) -> list[str]:
    """Return the codes of findings that keep a set from being physically checked."""
    physical = {f"MK{number}" for number in PHYSICAL}
    return sorted({found.code for found in findings} & physical)
