"""Light beyond the photos: how much of it a frame with negative weights cuts off.

May import `errors`, `engine`, `study` and `validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from morphkit.errors import Finding, ImageError, SetError
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.pixels import decoded
from morphkit.validate.rules import finding

CUT = 0.001
"""Share of a picture's pixels that may be black or white in some channel beyond the photos'."""


def check_extrapolated(evidence: Evidence) -> Iterator[Finding]:
    """MK525: frames with negative weights in which much more light is cut off than in others."""
    people: dict[str, list[Stimulus]] = {}
    for row in evidence.set.stimuli:
        people.setdefault(row.identity, []).append(row)
    for rows in people.values():
        beyond = [row for row in rows if _extrapolated(evidence, row)]
        if not beyond:
            continue
        cut = {row.stimulus_id: _cut(evidence, row) for row in rows}
        usual = _usual(cut, {row.stimulus_id for row in beyond})
        for row in beyond:
            more = cut[row.stimulus_id] - usual
            if more > CUT:
                yield finding(
                    "MK525",
                    f"{row.stimulus_id} has {100 * more:.2f} % more pixels that are cut off at "
                    "black or white than the frames between the photos.",
                    file=row.image_file,
                    measured=round(more, 6),
                    limit=CUT,
                )


def _extrapolated(evidence: Evidence, row: Stimulus) -> bool:
    listed = evidence.block.frame_weights.get(row.stimulus_id)
    if listed is None:
        return min(row.weights.values(), default=0.0) < 0
    return min((one.colour for one in listed), default=0.0) < 0


def _usual(cut: Mapping[str, float], beyond: set[str]) -> float:
    """Return the most that is cut off in a frame between the photos, or else the least of all."""
    between = [share for name, share in cut.items() if name not in beyond]
    return max(between) if between else min(cut.values())


def _cut(evidence: Evidence, row: Stimulus) -> float:
    """Return the share of pixels that are black or white in some channel; 0 if it can't be read."""
    try:
        image = decoded(evidence, row)
    except (ImageError, SetError):
        return 0.0
    return 0.0 if image is None else float(np.isin(image, (0, 255)).any(axis=2).mean())
