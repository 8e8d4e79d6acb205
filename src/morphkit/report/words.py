"""How the page words numbers, places and verdicts.

Knows text only; no set, no picture.  May import `errors` and the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from morphkit.errors import Finding

NARROW = "\N{NARROW NO-BREAK SPACE}"

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

INVALID = (
    "Something in this set is not what it declares. Don’t show it to anyone before the errors "
    "below are mended."
)
UNLABELLED = "No error was found, but the set has not earned a label."


def verdict_text(verdict: str, label: str | None) -> str:
    """Return what a verdict and a label mean, in a researcher's words."""
    if verdict != "valid":
        return INVALID
    return LABELS.get(label or "", UNLABELLED)


def number(value: float | None) -> str:
    """Return a number with four significant digits and a true minus; empty for None."""
    if value is None:
        return ""
    return (f"{value:.4g}" if isfinite(value) else "not finite").replace("-", "−")


def fixed(value: float, digits: int) -> str:
    """Return a number with a fixed count of decimals, a true minus and no negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


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
