"""What is benchmarked: rendered paths with their truth, and real photographs of one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from morphkit import Canvas, Face, Look, combine, read_face

SHARED = Path(__file__).resolve().parents[2] / "shared"
INFANTS = SHARED / "synthetic_infants"
REAL = SHARED / "real_faces"

BARE = Look(mask="none", apertures=False, refine="off", texture="off")
"""Nothing but the photo, aligned."""

_ENDS = {"direct": ("distressed", "happy")}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A rendered path of one infant.

    Parameters
    ----------
    infant, path : str
    ends : (Face, Face)
        The photos that are morphed.
    truth : tuple of (float, Face)
        Level 0…1 between the ends, and the render; without the ends.
    """

    infant: str
    path: str
    ends: tuple[Face, Face]
    truth: tuple[tuple[float, Face], ...]

    @property
    def name(self) -> str:
        """Infant and path, to be printed."""
        return f"{self.infant} {self.path}"

    def scale(self) -> Canvas:
        """Return a canvas on which the face is as large as in the renders."""
        height, width = self.truth[0][1].image.shape[:2]
        apart = [np.linalg.norm(np.diff(face.landmarks.pupils(), axis=0)) for _, face in self.truth]
        return Canvas(width, height, float(round(np.mean(apart))))


def cases(folder: Path, main: bool = False) -> Iterator[Case]:
    """Yield every path of every infant in a folder.

    Parameters
    ----------
    folder : Path
        Of ``<infant>/truth/<path>/level<NN>.png`` with templates beside them.
    main : bool
        Morph the infant's main photos (``<infant>/<expression>.png``) instead of the truth
        path's own first and last.
    """
    for path in sorted(folder.glob("*/truth/*/")):
        files = sorted(path.glob("level*.png"))
        if len(files) < 3:
            continue
        faces = [face(file) for file in files]
        ends = (faces[0], faces[-1])
        home = path.parents[1]
        if main:
            names = _ENDS.get(path.name) or tuple(path.name.split("_to_"))
            ends = (face(home / f"{names[0]}.png"), face(home / f"{names[1]}.png"))
        last = len(files) - 1
        inner = tuple((i / last, faces[i]) for i in range(1, last))
        yield Case(home.name, path.name, ends, inner)


def pairs(folder: Path) -> Iterator[tuple[str, Face, Face]]:
    """Yield real photographs of one person, with templates of one scheme for both."""
    london = folder / "london"
    for smiling in sorted(london.glob("auto68/*_smiling.pts")):
        who = smiling.stem.removesuffix("_smiling")
        names = (f"{who}_neutral", f"{who}_smiling")
        one, other = (read_face(london / f"{n}.jpg", london / "auto68" / f"{n}.pts") for n in names)
        yield f"London {who}, neutral and smiling (68 automatic points)", one, other
    for title, names in {
        "Lisa, two snapshots (106 points)": ("lisa/lisa1", "lisa/lisa2"),
        "one man from 15 and 60 cm (189 points)": ("zoom/15cm", "zoom/60cm"),
    }.items():
        files = [folder / f"{name}.jpg" for name in names]
        if all(file.is_file() for file in files):
            one, other = (face(file, ".tem") for file in files)
            yield title, one, other


def face(photo: Path, template: str = ".json") -> Face:
    """Read a photo with the template beside it."""
    return read_face(photo, photo.with_suffix(template))


def aligned(photo: Face, canvas: Canvas) -> Face:
    """Return a photo on a canvas: resampled once, nothing else done to it."""
    return combine([photo], [1.0], canvas=canvas, look=BARE)
