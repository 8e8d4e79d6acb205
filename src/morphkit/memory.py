"""How much memory a build takes, told from its recipe before any of it is taken.

May import `engine`, `errors`, `files` and `study`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from morphkit import files
from morphkit.engine.align import Canvas
from morphkit.engine.source import KEPT
from morphkit.errors import EnvironmentFault, Finding
from morphkit.study.frames import PlannedFrame
from morphkit.study.shares import Photo

# Bytes, measured as the peak of builds at 512² to 2048², and a third more.

PROGRAM = 150e6
"""Python, NumPy and what they import."""

MASK = {"oval": 60, "none": 60, "hull": 380}
"""Per canvas pixel, while the mask is made; nothing else is there by then."""

CANVAS = 60
"""Per canvas pixel: what all frames share."""

FRAME = 130
"""Per canvas pixel and thread: light, places and texture of a frame, or of an infant's photos."""

PHOTO = 12
"""Per pixel of a photo while it is decoded; no more are at once than photos, or threads."""

SOURCE = 8
"""Per kept pixel of each photo that is pinned."""

LIFT = 100
"""Per kept pixel and thread, where the contrast of a frame is lifted."""

Sized = tuple[int, int, float]
"""Width and height of a photo, and its pixels per canvas pixel."""


def together(frames: Sequence[PlannedFrame], photos: Mapping[Photo, Sized]) -> list[list[Sized]]:
    """Return which photos are in memory at once: those of an identity and of the next one."""
    infants: dict[str, set[str]] = {}
    for one in frames:
        infants.setdefault(one.identity, set()).update(one.infants)
    crowds = list(infants.values())
    of: dict[str, list[Sized]] = {}
    for photo, sized in photos.items():
        of.setdefault(photo.identity, []).append(sized)
    return [
        [one for infant in crowd | following for one in of[infant]]
        for crowd, following in zip(crowds, [*crowds[1:], set[str]()], strict=True)
    ]


def kept(canvas: Canvas, photo: Sized) -> float:
    """Return how many pixels of a photo stay in memory: what the canvas shows, at its scale."""
    width, height, scale = photo
    seen = canvas.width * canvas.height * min(scale, KEPT) ** 2
    return min(seen, width * height / max(1.0, scale / KEPT) ** 2)


def needed(
    canvas: Canvas, mask: str, photos: Sequence[Sized], threads: int, *, lifted: bool
) -> float:
    """Return the bytes that a build needs at most, near enough.

    Parameters
    ----------
    canvas : Canvas
    mask : {"oval", "hull", "none"}
    photos : sequence of (int, int, float)
        Those that are in memory together.
    threads : int
    lifted : bool
        Whether the contrast of frames may be changed.
    """
    area = canvas.width * canvas.height
    pixels = [kept(canvas, photo) for photo in photos]
    largest = max(width * height for width, height, _ in photos)
    each = FRAME * area + LIFT * max(pixels) * lifted
    decoding = PHOTO * largest * min(threads, len(photos))
    rendering = CANVAS * area + SOURCE * sum(pixels) + threads * each + decoding
    return PROGRAM + max(MASK[mask] * area, rendering)


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
