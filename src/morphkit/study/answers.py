"""The answers that observers choose between, and the level each stands for.

Knows programs; no task and no front end.  May import `study`.
"""

from __future__ import annotations

from collections.abc import Sequence

from morphkit.study.entries import ContinuumEntry
from morphkit.study.program import Program


def response_map(program: Program) -> list[dict[str, object]]:
    """Return the two answers: key, button number, label, and the level each stands for."""
    first, last, low = _ends(program)
    return [
        {"key": "f", "button": 0, "label": first, "level": low},
        {"key": "j", "button": 1, "label": last, "level": 1},
    ]


def continua_ends(entries: Sequence[ContinuumEntry]) -> tuple[str, str, int]:
    """Return the two ends of a set that has continua, and the level of the first."""
    two_sided = [entry for entry in entries if entry.path != "from-neutral"]
    ends = (two_sided or list(entries))[0].expressions
    return ends[0], ends[-1], -1 if two_sided else 0


def _ends(program: Program) -> tuple[str, str, int]:
    """Return the two ends that observers choose between, and the level of the first."""
    if program.continua:
        return continua_ends(program.continua)
    if program.transforms:
        move = program.transforms[0]
        return move.source, move.to, 0
    shown = program.mixtures[0].expressions
    return shown[0], shown[-1], -1
