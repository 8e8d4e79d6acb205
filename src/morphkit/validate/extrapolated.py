"""Light beyond the photos: how much of it a frame with negative weights cuts off.

May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from morphkit.errors import Finding
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding

CUT = 0.001
"""Share of a picture's pixels that may be black or white in some channel beyond the photos'."""


def extrapolated(evidence: Evidence, row: Stimulus) -> bool:
    """Whether some photo has a negative share in a stimulus's colour."""
    listed = evidence.block.frame_weights.get(row.stimulus_id)
    if listed is None:
        return min(row.weights.values(), default=0.0) < 0
    return min((one.colour for one in listed), default=0.0) < 0


def cut_off(beyond: Sequence[Stimulus], cut: Mapping[str, float]) -> Iterator[Finding]:
    """MK525: frames with negative weights in which much more light is cut off than in others.

    Parameters
    ----------
    beyond : sequence of Stimulus
        Frames of one identity that have negative weights.
    cut : mapping of str to float
        Stimulus id → share of pixels cut off, of all that identity's frames.
    """
    if not beyond:
        return
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


def _usual(cut: Mapping[str, float], beyond: set[str]) -> float:
    """Return the most that is cut off in a frame between the photos, or else the least of all."""
    between = [share for name, share in cut.items() if name not in beyond]
    return max(between) if between else min(cut.values())
