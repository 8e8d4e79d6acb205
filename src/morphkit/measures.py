"""What the first pass measured and decided, as the manifest keeps it.

May import `control`, `engine` and the standard library.
"""

from __future__ import annotations

from typing import Any

from morphkit.control import Controlled, Look, Wanted
from morphkit.engine import octaves
from morphkit.engine.color import WHITE
from morphkit.engine.equalise import Key
from morphkit.engine.octaves import BAND_BITS
from morphkit.engine.tone import GAIN_BITS, Tone

DIGITS = 6


def measures(controlled: Controlled) -> dict[str, Any]:
    """Return the block ``measures`` of a manifest: with ``equalise``, or empty."""
    if not controlled.after:
        return {}
    anchors = [
        {
            "identity": key[0],
            "expression": key[1],
            "before": _look(controlled.before[key]),
            "target": _target(controlled.wanted[key]),
            "after": _look(look),
            "tone": _tone(controlled, key),
        }
        for key, look in controlled.after.items()
    ]
    pairs = [
        {"identity": identity, "expressions": [a, b], "missing_variance": _short(loss)}
        for (identity, a, b), loss in controlled.control.losses.items()
    ]
    return {"equalise": {"anchors": anchors, "pairs": pairs}}


def _look(look: Look) -> dict[str, Any]:
    face = look.statistics
    entry: dict[str, Any] = {
        "luminance": _short(face.luminance),
        "contrast": _short(face.contrast),
        "colour": [_short(value) for value in face.colour],
        "out_of_range": _short(look.outside),
    }
    if look.spectrum is not None:
        found = look.spectrum.own()
        entry["bands"] = _bands([float(value) for value in found])
    return entry


def _target(wanted: Wanted) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, value in (("luminance", wanted.luminance), ("contrast", wanted.contrast)):
        if value is not None:
            entry[name] = _short(value)
    if wanted.quantiles is not None:
        entry["quantiles"] = [_short(value) for value in wanted.quantiles]
    if wanted.bands is not None:
        entry["bands"] = _bands([float(value) for value in wanted.bands])
    return entry


def _tone(controlled: Controlled, key: Key) -> dict[str, Any]:
    tone: Tone = controlled.control.tones[key]
    entry: dict[str, Any] = {"greyscale": tone.greyscale}
    if tone.bands:
        entry["bands"] = _bands([gain / (1 << BAND_BITS) for gain in tone.bands])
    if tone.table is not None:
        source = controlled.before[key].statistics.quantiles
        entry["quantiles"] = [_short(value) for value in source]
    else:
        entry["gain"] = _short(tone.gain / (1 << GAIN_BITS))
        entry["offset"] = _short(tone.offset / WHITE)
    return entry


def _bands(values: list[float]) -> list[dict[str, float]]:
    """Return a value for each band, by its highest frequency in cycles per canvas pixel."""
    return [
        {"below": edge, "value": _short(value)}
        for edge, value in zip(octaves.edges(len(values) - 1), values, strict=True)
    ]


def _short(value: float) -> float:
    return round(float(value), DIGITS)
