"""What the first pass measured and decided, as the manifest keeps it.

May import `doubts`, `engine` and `errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from morphkit.doubts import clipped_light, missed, recoloured
from morphkit.engine import octaves
from morphkit.engine.cast import Cast
from morphkit.engine.color import WHITE
from morphkit.engine.control import Control
from morphkit.engine.equalise import Key
from morphkit.engine.ghost import Ghost
from morphkit.engine.luminance import Statistics
from morphkit.engine.octaves import BAND_BITS
from morphkit.engine.spectrum import Spectrum
from morphkit.engine.tone import GAIN_BITS, Tone
from morphkit.errors import Finding
from morphkit.faces.face import FloatArray

DIGITS = 6

MISSED = (0.01, 0.02, 0.02)
"""Share by which luminance, contrast and the contrast of a band may miss their targets."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was measured of one toned anchor: statistics, octaves, share of light cut off."""

    statistics: Statistics
    spectrum: Spectrum | None
    outside: float

    def times(self, contrast: float, light: float) -> Look:
        """Return the look at the same anchor with contrast and light multiplied."""
        waves = None if self.spectrum is None else self.spectrum.times(contrast)
        return Look(self.statistics.times(contrast, light), waves, self.outside)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What one anchor shall have: as numbers, quantiles of luminance, or contrast by band."""

    luminance: float | None = None
    contrast: float | None = None
    quantiles: FloatArray | None = None
    bands: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Controlled:
    """What the first pass measured and decided.

    Parameters
    ----------
    control : Control
    before, after : mapping of (str, str) to Look
        By identity and expression; empty where nothing is equalised.
    wanted : mapping of (str, str) to Wanted
    """

    control: Control
    before: Mapping[Key, Look] = field(default_factory=dict)
    wanted: Mapping[Key, Wanted] = field(default_factory=dict)
    after: Mapping[Key, Look] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        """What a user should know."""
        return [found for key in self.after for found in self._doubts(key)]

    def _doubts(self, key: Key) -> list[Finding]:
        label, look, aim = " ".join(key), self.after[key], self.wanted[key]
        now, old = look.statistics, self.before[key].statistics
        found = clipped_light(label, look.outside)
        found += recoloured(label, now.luminance / old.luminance)
        found += missed(label, "mean luminance", now.luminance, aim.luminance, MISSED[0])
        found += missed(label, "RMS contrast", now.contrast, aim.contrast, MISSED[1])
        if look.spectrum is not None and aim.bands is not None:
            edges = octaves.edges(len(aim.bands) - 1)
            for edge, has, wanted in zip(edges, look.spectrum.own(), aim.bands, strict=True):
                name = f"contrast below {edge:.3g} cycles/px"
                found += missed(label, name, float(has), float(wanted), MISSED[2])
        return found


def disagreement(
    identity: str, cast: Cast, pairs: Iterable[tuple[int, int]], *, removed: bool
) -> list[dict[str, Any]]:
    """Return the entries of ``measures.residuals`` of one infant: % of the outer eye distance."""
    entries = []
    for i, j in pairs:
        one = cast.pairs[i, j]
        entry: dict[str, Any] = {
            "identity": identity,
            "expressions": [cast.anchors[i].expression, cast.anchors[j].expression],
            "before": _ghost(one.before),
        }
        entries.append(entry | {"after": _ghost(one.after)} if removed else entry)
    return entries


def _ghost(found: Ghost) -> dict[str, dict[str, float]]:
    return {
        region: {"mean": round(size.mean, 3), "p95": round(size.p95, 3)}
        for region, size in found.items()
    }


def measures(controlled: Controlled, residuals: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the block ``measures`` of a manifest.

    ``residuals`` says how far the anchors of a pair disagree; ``equalise`` is there where
    statistics were made equal.
    """
    block: dict[str, Any] = {"residuals": list(residuals)}
    if not controlled.after:
        return block
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
    return block | {"equalise": {"anchors": anchors, "pairs": pairs}}


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
