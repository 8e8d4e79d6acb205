"""Levels: where on its path each frame of a continuum lies, and what that means.

Turns a count, a list or a preset into levels, and a level into weights and percent.
Knows numbers and published designs; no faces, no recipe file.  May import `errors` and the
standard library.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Literal

from morphkit.errors import Finding, RecipeError

MorphPath = Literal["direct", "through-neutral", "from-neutral"]
LevelSpec = int | str | Sequence[float]

ANCHORED: Mapping[str, tuple[float, ...]] = {
    "direct": (-1.0, 1.0),
    "from-neutral": (0.0, 1.0),
    "through-neutral": (-1.0, 0.0, 1.0),
}
"""Levels of the anchors of each path."""

FEWEST, MOST = 2, 1001

LEAST, MOST_AMOUNT = -0.5, 1.5
"""Amounts of a transform: half the way back, and half the way beyond."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A design of levels under a name.

    Parameters
    ----------
    parts : tuple of int
        Positions along the path, rising, in units of 1/`whole`.
    whole : int
    source : str
        One sentence for a methods section: whose design this is.
    doi : str
        Empty when no paper stands behind it.
    """

    parts: tuple[int, ...]
    whole: int
    source: str
    doi: str = ""

    @property
    def fractions(self) -> tuple[float, ...]:
        """Positions along the path, 0 (its beginning) … 1 (its end)."""
        return tuple(part / self.whole for part in self.parts)


def _equal(count: int, source: str, doi: str = "") -> Preset:
    return Preset(tuple(range(count)), count - 1, source, doi)


PRESETS: Mapping[str, Preset] = {
    "bristol15": _equal(
        15,
        "Fifteen equal steps from distressed to happy, the length of the infant-face continuum "
        "of Carnegie et al. (2016) and of the Bristol bias-training tasks.",
        "10.1007/s00737-015-0565-5",
    ),
    "tenths11": _equal(
        11,
        "Eleven levels in steps of 10 %, as in the categorical-perception continua of "
        "de Gelder, Teunisse and Benson (1997).",
        "10.1080/026999397380005",
    ),
    "levels9": _equal(
        9,
        "Nine equal levels: enough for difference scaling (84 triads) after Maloney and "
        "Yang (2003).",
        "10.1167/3.8.5",
    ),
    "levels7": _equal(7, "Seven equal levels: a short design for pilots; no paper behind it."),
    "frames21": _equal(21, "Twenty-one levels in steps of 5 %; no paper behind it."),
    "ambiguous5": Preset(
        (40, 45, 50, 55, 60),
        100,
        "Blends of 40, 45, 50, 55 and 60 % around the nominal midpoint; where observers are "
        "really ambiguous has to be measured.",
    ),
}
"""Designs that a recipe can name instead of writing levels."""


def check_levels(spec: LevelSpec, path: MorphPath) -> tuple[str, str] | None:
    """Say what is wrong with levels, and what to do; None when they are right.

    Parameters
    ----------
    spec : int, str or sequence of float
        A count of equal steps, the name of a preset, or levels on `path`.
    path : {"direct", "through-neutral", "from-neutral"}

    Returns
    -------
    (message, suggestion) or None
    """
    if isinstance(spec, str):
        return None if spec in PRESETS else _unknown_preset(spec)
    count = spec if isinstance(spec, int) else len(spec)
    fewest = FEWEST if isinstance(spec, int) else 1  # a list may be one frame: the midpoint
    if not fewest <= count <= MOST:
        return (
            f"a continuum of {count} level(s) was asked for",
            f"Use {fewest} to {MOST} levels.",
        )
    return None if isinstance(spec, int) else _check_list(spec, path)


def levels(spec: LevelSpec, path: MorphPath) -> tuple[float, ...]:
    """Return the levels of a continuum, rising.

    Counts and presets on ``direct`` and ``through-neutral`` are symmetric bit for bit:
    level `i` from the left is minus level `i` from the right.

    Parameters
    ----------
    spec : int, str or sequence of float
        A count of equal steps, the name of a preset, or levels on `path`.
    path : {"direct", "through-neutral", "from-neutral"}

    Returns
    -------
    tuple of float
        −1…1; 0…1 on ``from-neutral``.

    Raises
    ------
    RecipeError
        MK911 when `check_levels` finds a fault.
    """
    fault = check_levels(spec, path)
    if fault:
        raise RecipeError(Finding("MK911", f"{fault[0]}.", pointer="levels", suggestion=fault[1]))
    parts: Sequence[int]
    if isinstance(spec, str):
        parts, whole = PRESETS[spec].parts, PRESETS[spec].whole
    elif isinstance(spec, int):
        parts, whole = range(spec), spec - 1
    else:
        return tuple(float(level) + 0.0 for level in spec)  # + 0.0: no negative zero
    if path == "from-neutral":
        return tuple(part / whole for part in parts)
    return tuple((2 * part - whole) / whole for part in parts)


def fractions(spec: int | str) -> tuple[float, ...]:
    """Return how far along its path, 0…1, each frame of a count or a preset is to lie."""
    if isinstance(spec, str):
        return PRESETS[spec].fractions
    return tuple(i / (spec - 1) for i in range(spec))


def check_amounts(amounts: Sequence[float]) -> str | None:
    """Say what is wrong with the amounts of a transform; None when they are right.

    Parameters
    ----------
    amounts : sequence of float
        0 is the base alone, 1 the base and the whole difference.
    """
    if not 1 <= len(amounts) <= MOST:
        return f"{len(amounts)} amounts are listed; 1 to {MOST} are possible"
    outside = [amount for amount in amounts if not LEAST <= amount <= MOST_AMOUNT]
    if outside:
        return f"the amount {outside[0]:g} lies outside {LEAST:g} … {MOST_AMOUNT:g}"
    if not all(a < b for a, b in pairwise(amounts)):
        return "the amounts do not rise, each once"
    return None


def weights(path: MorphPath, expressions: Sequence[str], level: float) -> dict[str, float]:
    """Return each anchor's share at a level; the shares sum to 1.

    Parameters
    ----------
    path : {"direct", "through-neutral", "from-neutral"}
    expressions : sequence of str
        In path order: from, to; on ``through-neutral`` from, via, to.
    level : float
        −1…1; 0…1 on ``from-neutral``.
    """
    shares: tuple[float, ...]
    if path == "direct":
        shares = ((1 - level) / 2, (1 + level) / 2)
    elif path == "from-neutral":
        shares = (1 - level, level)
    else:
        shares = (abs(min(level, 0.0)), 1 - abs(level), max(level, 0.0))
    return dict(zip(expressions, shares, strict=True))


def percent(level: float) -> float:
    """Return a level for screens: −1 is 0 %, 0 is 50 %, 1 is 100 %, whatever the path.

    Rounded to 12 decimals, so that 0.55 reads 55 and not 55.00000000000001.
    """
    return round(100 * (level + 1) / 2, 12)


def midpoint(path: MorphPath, at: Sequence[float]) -> Literal["photo", "blend"] | None:
    """Return what the frame at level 0 is: neutral photo, blend of the two ends, or None.

    None when there is no such frame, and on ``from-neutral``, whose level 0 is an end.
    """
    if path == "from-neutral" or 0.0 not in at:
        return None
    return "blend" if path == "direct" else "photo"


def _unknown_preset(name: str) -> tuple[str, str]:
    near = difflib.get_close_matches(name[:60].lower(), PRESETS, n=1, cutoff=0.5)
    known = f"Presets are {', '.join(PRESETS)}; a count or a list of numbers is written plain."
    return (
        f"there is no preset {name[:60]!r}",
        f"Did you mean {near[0]!r}? {known}" if near else known,
    )


def _check_list(at: Sequence[float], path: MorphPath) -> tuple[str, str] | None:
    low = 0.0 if path == "from-neutral" else -1.0
    if not all(isfinite(level) for level in at):
        return "a level is not a finite number", f"Levels run from {low:g} to 1."
    outside = [level for level in at if not low <= level <= 1]
    if outside:
        return (
            f"level {outside[0]:g} lies outside {low:g} … 1, the range of the {path} path",
            _rescaled(at, path),
        )
    if all(a < b for a, b in pairwise(at)):
        return None
    twice = sorted({level for level in at if at.count(level) > 1})
    if twice:
        return f"level {twice[0]:g} occurs twice", "Write each level once."
    return (
        "the levels do not rise",
        f"Write them from low to high: {_listed(sorted(at))}; frames are numbered along the path.",
    )


def _rescaled(at: Sequence[float], path: MorphPath) -> str:
    """Suggest levels for a list that looks like percent."""
    ends = "0 (neutral) to 1" if path == "from-neutral" else "-1 (from) over 0 to 1 (to)"
    plain = f"Levels run from {ends}."
    if not (min(at) >= 0 and 2 < max(at) <= 100):
        return plain
    shares = [p / 100 if path == "from-neutral" else p / 50 - 1 for p in at]
    return f"{plain} As percent of the path these would be {_listed(shares)}."


def _listed(at: Sequence[float]) -> str:
    shown = [f"{round(level, 9):g}" for level in at[:12]]
    return f"[{', '.join(shown)}{', …' if len(at) > 12 else ''}]"
