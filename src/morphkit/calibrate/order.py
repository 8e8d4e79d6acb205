"""Which way responses go: exchanged answers are refused before anything is fitted.

May import `calibrate`, `errors`, NumPy.
"""

from __future__ import annotations

import numpy as np

from morphkit.calibrate.judgements import Judgements
from morphkit.errors import CalibrationError, Finding


def refuse_reversed(judgements: Judgements) -> None:
    """Raise CalibrationError (MK467) for responses that fall with the level, clearly."""
    shown = judgements.shown.sum(axis=0)
    happy = judgements.happy.sum(axis=0)
    x = judgements.levels - np.average(judgements.levels, weights=shown)
    mean = happy.sum() / shown.sum()
    spread = np.sqrt(max(mean * (1 - mean), 1e-12) * (shown * x**2).sum())
    slope = (x * (happy - shown * mean)).sum() / spread if spread else 0.0
    if slope < -3:
        raise CalibrationError(
            Finding(
                "MK467",
                f"responses fall as the level rises (z = {slope:.1f}).",
                measured=float(slope),
                limit=-3.0,
                suggestion="Which response means happy? Say it: --answers happy=…,distressed=….",
            )
        )
