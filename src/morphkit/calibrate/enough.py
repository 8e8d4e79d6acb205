"""Whether a scale rests on enough to calibrate by; if not, only with a reason that goes on record.

May import `calibrate.scale` and `errors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from morphkit.calibrate.scale import METRIC, P_HAPPY, IntensityScale
from morphkit.errors import CalibrationError, Finding

ENOUGH_OBSERVERS, ENOUGH_LEVELS, ENOUGH_AMBIGUOUS = 20, 7, 3
"""Fewer observers, levels, or levels with P(happy) in 0.2…0.8 are no calibration."""

AMBIGUOUS = (0.2, 0.8)


def thinness(scale: IntensityScale) -> tuple[Finding, ...]:
    """Return MK471 for each reason why a scale rests on too little to be calibrated by."""
    where = [point.level for point in scale.points] or list(scale.levels)
    values = [point.value for point in scale.points] or list(scale.intensities)
    found: list[Finding] = []
    if scale.basis == METRIC:
        return ()
    if scale.observers < ENOUGH_OBSERVERS:
        message = f"{scale.observers} observers are too few to calibrate by, "
        message += f"{ENOUGH_OBSERVERS} are needed."
        found.append(_thin(message, scale.observers, ENOUGH_OBSERVERS))
    if len(where) < ENOUGH_LEVELS:
        message = f"{len(where)} levels are too few to calibrate by, {ENOUGH_LEVELS} are needed."
        found.append(_thin(message, len(where), ENOUGH_LEVELS))
    span = where[-1] - where[0]
    if scale.jnd is not None and not scale.jnd.value <= span / 2:
        message = f"responses hardly depend on the level: the JND is {scale.jnd.value:.3g}."
        found.append(_thin(message, scale.jnd.value, span / 2))
    ambiguous = sum(AMBIGUOUS[0] <= value <= AMBIGUOUS[1] for value in values)
    if scale.unit == P_HAPPY and ambiguous < ENOUGH_AMBIGUOUS:
        message = (
            f"{ambiguous} level(s) have P(happy) in {AMBIGUOUS[0]:g} to {AMBIGUOUS[1]:g}; what "
            "lies between rests on the shape of the curve, not on responses."
        )
        found.append(_thin(message, ambiguous, ENOUGH_AMBIGUOUS))
    return tuple(found)


def _thin(message: str, measured: float, limit: float) -> Finding:
    advice = "Measure more, or say why it will do: --override REASON, in a recipe override: REASON."
    return Finding("MK471", message, measured=float(measured), limit=limit, suggestion=advice)


def sure(scale: IntensityScale, reason: str = "", infants: Sequence[str] = ()) -> IntensityScale:
    """Return a scale that may be calibrated by, with the reason given for going on all the same.

    Of `infants` the own curves are used: each must rest on enough by itself.

    Raises
    ------
    CalibrationError
        MK471 for each thing that it has too little of, when neither `reason` nor the scale's
        own overrides say why it will do.
    """
    faults = list(thinness(scale))
    for who in infants:
        thin = thinness(scale.own[who]) if who in scale.own else ()
        faults += [replace(one, message=f"{who}: {one.message}") for one in thin]
    if faults and not (reason or scale.overrides):
        raise CalibrationError(*faults)
    if not (faults and reason):
        return scale
    told = tuple(f"{fault.message} Used all the same: {reason}" for fault in faults)
    return replace(scale, overrides=tuple(dict.fromkeys((*scale.overrides, *told))))
