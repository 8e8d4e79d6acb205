"""How the page words numbers, places and verdicts.

Knows text only; no set, no picture.  May import `errors` and the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from morphkit.errors import Finding

NARROW = "\N{NARROW NO-BREAK SPACE}"
_MINUS = re.compile(r"(?<![^\s(])-(?=\d)")

LABELS: Mapping[str, str] = {
    "nominal": "Built as declared; not measured. Levels are places on the morph path. Whether "
    "the pictures change by equal amounts, and whether people see equal steps, has not been "
    "measured.",
    "physically checked": "Built as declared, and the physical steps between frames were "
    "measured and lie within their limits. How people see them has not been measured.",
    "perceptually calibrated": "Built as declared, physically checked, and placed on a scale "
    "that was fitted to observers’ responses. The scale holds for observers and viewing "
    "conditions like those it was measured with.",
}
"""What each label promises."""

DOUBTED = (
    "Built as declared. The pictures were measured, and something in their spacing or in what "
    "else changes with the level gave rise to a doubt, so the set isn’t called physically checked."
)
INVALID = (
    "Something in this set is not what it declares. Don’t show it to anyone before the errors "
    "below are mended."
)
UNLABELLED = "No error was found, but the set has not earned a label."


def verdict_text(verdict: str, label: str | None, measured: bool = False) -> str:
    """Return what a verdict and a label mean, in a researcher's words."""
    if verdict != "valid":
        return INVALID
    if label == "nominal" and measured:
        return DOUBTED
    return LABELS.get(label or "", UNLABELLED)


def next_text(verdict: str, label: str | None, measured: bool) -> str:
    """Return what to do next."""
    if verdict != "valid":
        return "Mend the errors under Findings, each of which says how, and build the set again."
    if label == "perceptually calibrated":
        return (
            "Use it with observers and viewing conditions like those of the scale, and cite both."
        )
    if label == "physically checked":
        return (
            "It can be used as it is. For steps that people see as equal, collect responses and "
            "fit a scale: morphkit calibrate."
        )
    if measured:
        return (
            "Read the findings, and decide on each whether it matters for your question; mend it, "
            "or ignore it on record with a reason."
        )
    return (
        "Have the pictures measured and this page written anew: morphkit report, with this folder."
    )


def number(value: float | None) -> str:
    """Return a number with four significant digits and a true minus; empty for None."""
    if value is None:
        return ""
    return (f"{value:.4g}" if isfinite(value) else "not finite").replace("-", "−")


def fixed(value: float, digits: int) -> str:
    """Return a number with a fixed count of decimals, a true minus and no negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def typeset(text: str) -> str:
    """Return a message with true minus signs, and numbers that stay with their percent sign."""
    return _MINUS.sub("−", text).replace(" %", f"{NARROW}%")


def level_texts(levels: Sequence[float]) -> list[str]:
    """Return levels with two decimals, or as many as keep them apart; signed where some are."""
    distinct = len(set(levels))
    digits = next((d for d in range(2, 8) if len({round(v, d) for v in levels}) == distinct), 8)
    signed = any(level < 0 for level in levels)
    return [
        ("+" if signed and round(level, digits) > 0 else "") + fixed(level, digits)
        for level in levels
    ]


def percent_text(percent: float) -> str:
    """Return a percentage with at most one decimal."""
    return fixed(percent, 1).removesuffix(".0") + f"{NARROW}%"


def count_text(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun; thousands are set apart."""
    noun = one if count == 1 else many or f"{one}s"
    return f"{count:,} {noun}".replace(",", NARROW)


def listed(parts: Sequence[str], most: int) -> str:
    """Return the first parts with commas, and how many more there are."""
    rest = len(parts) - most
    return ", ".join(parts[:most]) + (f" and {rest} more" if rest > 0 else "")


def settings(section: object) -> str:
    """Return the settings of a recipe's section on one line, by name as on disk."""
    if not isinstance(section, Mapping):
        return ""
    pairs = sorted((str(name).replace("_", " "), _plain(v)) for name, v in section.items())
    return ", ".join(f"{name} {value}" for name, value in pairs)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return number(value) if isinstance(value, int | float) else str(value)


def place(finding: Finding) -> str:
    """Return where a finding is: file, line and pointer; of an absolute path its name only."""
    parts = finding.file.replace("\\", "/").split("/")
    absolute = parts[0].endswith(":") or (len(parts) > 1 and parts[0] in ("", "~"))
    file = parts[-1] if absolute else finding.file
    file += f", line {finding.line}" if finding.line is not None else ""
    return ": ".join(part for part in (file, finding.pointer) if part)


GLOSSARY: Mapping[str, str] = {
    "Identity": "one infant, under a name that tells nothing.",
    "Continuum": "pictures that lead from one expression of an infant to another in graded steps.",
    "Frame": "one picture of a continuum; frames are counted from 1.",
    "Level": "where on its path a frame was declared to be: −1 distressed, 0 the middle, +1 happy; "
    "from neutral it is 0 neutral to 1 the full expression.",
    "Path": "direct leads straight from distressed to happy; through-neutral bends by way of the "
    "neutral photograph; from-neutral begins there.",
    "Step": "how far a frame is from the next, by one way of measuring.",
    "Place": "the steps before a frame, summed up, as a share of all.",
    "CV": "coefficient of variation: by how much steps differ from what was declared, as a share "
    "of their mean; 0 is perfectly even.",
    "Limit": "the largest value that passes without a finding; a recipe can change it, on record.",
    "Straight line": "what a frame should have if a quantity changes as evenly as the level does, "
    "from each source photograph to the next.",
    "EOD": "the distance between the outer corners of the eyes.",
    "Cycles per face": "how fine detail is: so many light and dark stripes over the face’s width.",
    "a*, b*, L*": "redness, yellowness and lightness as people see them (CIELAB).",
    "dB": "decibels: 3 dB more is twice the power, 3 dB less is half of it.",
    "Balance point, PSE": "point of subjective equality: the level at which answers are as often "
    "“happy” as “distressed”.",
    "JND": "just-noticeable difference: half the distance between the levels at which one "
    "observer’s answers are “happy” a quarter and three quarters of the time.",
    "Intensity": "a place on a calibrated scale, such as the share of “happy” answers; its unit "
    "is stated.",
    "95 % interval": "in 95 of 100 studies like this one, such an interval holds the true value.",
    "Re-spacing": "choosing the levels of a set by a calibrated scale, so that answers, not "
    "weights, are spread as wanted.",
    "Finding": "a fault or a doubt, with its code; an error makes a set invalid, a warning not.",
}
"""Words of the page, explained for those who read nothing else."""
