"""How much memory a build takes, told from its recipe before any of it is taken.

May import `engine.align`, `errors` and `files`.
"""

from __future__ import annotations

from collections.abc import Iterable

from morphkit import files
from morphkit.engine.align import Canvas
from morphkit.engine.source import KEPT
from morphkit.errors import EnvironmentFault, Finding

PROGRAM = 200e6
"""Bytes of Python, NumPy and what they import."""

CANVAS = 100
"""Bytes per canvas pixel of what a set shares, while it is made: the mask."""

SOURCE = 8
"""Bytes per pixel of a pinned photo."""

FRAME = 300
"""Bytes per canvas pixel of a frame that is being rendered, or of an infant that is being
prepared: light, places, texture."""

LIFT = 150
"""Bytes per source pixel of a frame whose contrast is lifted."""


def source_pixels(canvas: Canvas, width: int, height: int, scale: float) -> float:
    """Return how many pixels of a photo are kept.

    Parameters
    ----------
    canvas : Canvas
    width, height : int
        Of the photo.
    scale : float
        Photo pixels per canvas pixel.
    """
    area = canvas.width * canvas.height
    return min(width * height / max(1.0, scale / KEPT) ** 2, area * min(scale, KEPT) ** 2)


def needed(canvas: Canvas, sources: Iterable[float], threads: int, lifted: bool) -> float:
    """Return the bytes that a build needs at most, near enough.

    Parameters
    ----------
    canvas : Canvas
    sources : iterable of float
        Pixels of each photo that is in memory at once.
    threads : int
    lifted : bool
        Whether the contrast of frames may be changed.
    """
    pixels = list(sources)
    area = canvas.width * canvas.height
    each = FRAME * area + (2 * LIFT * max(pixels) if lifted else 0)
    return PROGRAM + CANVAS * area + SOURCE * sum(pixels) + threads * each


def refuse(needed: float, file: str) -> None:
    """Refuse what the memory of this computer cannot hold.

    Raises
    ------
    EnvironmentFault
        MK625 with what is needed and what there is, in MB (10⁶ bytes).
    """
    there = files.memory()
    if there is not None and needed > there:
        raise EnvironmentFault(
            Finding(
                "MK625",
                f"this would need {needed / 1e6:.0f} MB of memory, and there are "
                f"{there / 1e6:.0f} MB.",
                file=file,
                measured=needed / 1e6,
                limit=there / 1e6,
                suggestion="Use a smaller canvas, fewer --jobs, or another computer.",
            )
        )
