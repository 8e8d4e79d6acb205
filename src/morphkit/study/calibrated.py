"""Levels that calibrated scales choose, as recipes ask for them; and where the levels end up.

Knows values and numbers; no scale, no file.  May import the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

Scope = Literal["set", "identity"]

METRICS = ("landmark_path", "rmse", "mae", "ssim", "gmsd", "ciede2000", "gabor_jet")
"""Metrics in which steps can be made equal: those of `measure`."""

MOST_TARGETS = 101


@dataclass(frozen=True, slots=True)
class OnScale:
    """A calibrated scale that chooses levels.

    Parameters
    ----------
    scale : str
        Its file, relative to the recipe, with forward slashes.
    p_happy : tuple of float
        Shares of "happy" whose levels are wanted, rising; empty for equal steps on the scale.
    scope : {"set", "identity"}
        Whether all infants have the levels of the common curve, or each those of its own.
    override : str
        The reason for using a scale that is thin or stale; it goes on record.
    """

    scale: str
    p_happy: tuple[float, ...] = ()
    scope: Scope = "set"
    override: str = ""

    @property
    def name(self) -> str:
        """What the manifest calls the scale: the file's name without its endings."""
        return self.scale.rsplit("/", 1)[-1].removesuffix(".json").removesuffix(".scale")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the frames of a continuum lie.

    Parameters
    ----------
    levels : tuple of float
        Of every identity that has none of its own.
    own : mapping of str to tuple of float
        Identity → its levels, where infants differ.
    """

    levels: tuple[float, ...]
    own: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def check_targets(targets: tuple[float, ...]) -> tuple[str, str] | None:
    """Say what is wrong with wanted shares of "happy", and what to do; None when right."""
    if not 1 <= len(targets) <= MOST_TARGETS:
        return f"{len(targets)} shares are listed", f"Use 1 to {MOST_TARGETS}."
    outside = [p for p in targets if not 0 < p < 1]
    if outside:
        percent = all(1 <= p <= 99 for p in targets)
        remedy = "Write shares between 0 and 1, such as 0.25"
        shares = ", ".join(f"{p / 100:g}" for p in targets)
        return (
            f"P(happy) = {outside[0]:g} is not between 0 and 1",
            f"{remedy}; as shares these would be [{shares}]." if percent else f"{remedy}.",
        )
    if not all(a < b for a, b in pairwise(targets)):
        return "the shares do not rise, each once", "Write them from low to high."
    return None


def as_json(value: object) -> Any:
    """Return a value as a recipe in JSON has it."""
    if isinstance(value, OnScale):
        told: dict[str, Any] = {"p_happy": list(value.p_happy)} if value.p_happy else {}
        told["scale" if value.p_happy else "perceived"] = value.scale
        told["scope"] = value.scope
        return told | ({"override": value.override} if value.override else {})
    return list(value) if isinstance(value, tuple) else value
