"""The pictures of one identity, each decoded once: for its pixels, its light, what is cut off.

In memory are the ends of the identity's legs and the picture that was looked at last.  Files
of equal bytes are one picture: continua share their ends.  May
import `errors`, `files`, `engine`, `study` and `validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from morphkit import files
from morphkit.engine.color import CodeArray, LightArray, decode_table
from morphkit.errors import Finding, ImageError, SetError
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.png import NotPng, png_facts
from morphkit.validate.rules import finding

MODE = "RGB"


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    codes: CodeArray
    sha256: str


class Album:
    """Pictures that are asked for by their rows.  Each is decoded once.

    Parameters
    ----------
    evidence : Evidence
    ends : iterable of Stimulus
        Those that are asked for again and again.
    clipped : bool
        Find out how much of each picture is black or white.

    Attributes
    ----------
    faults : list of Finding
        MK151 and MK685 of the pictures that have been looked at.
    cut : dict of str to float
        Stimulus id → share of its pixels that are black or white in some channel; 0 where it
        can't be read.
    """

    def __init__(self, evidence: Evidence, ends: Iterable[Stimulus], *, clipped: bool) -> None:
        self.faults: list[Finding] = []
        self.cut: dict[str, float] = {}
        self._evidence = evidence
        self._clipped = clipped
        self._ends = {evidence.sha256(row.image_file) for row in ends}
        self._readable: dict[int, bool] = {}
        self._pictures: dict[str, _Picture] = {}

    def codes(self, row: Stimulus) -> CodeArray | None:
        """Return the pixels of a picture; None when it can't be read."""
        if not self._readable.get(id(row), True):
            return None
        key = self._evidence.sha256(row.image_file)
        picture = self._pictures.get(key) or self._opened(row)
        if picture is not None:
            kept = {name: one for name, one in self._pictures.items() if name in self._ends}
            self._pictures = {**kept, key: picture}
        if id(row) not in self._readable:
            self._readable[id(row)] = picture is not None and self._judged(row, picture)
        return picture.codes if picture and self._readable[id(row)] else None

    def shared(self, row: Stimulus) -> str:
        """Return what names a picture that is asked for again and again; "" for another."""
        key = self._evidence.sha256(row.image_file)
        return key if key in self._ends else ""

    def light(self, row: Stimulus) -> LightArray | None:
        """Return the linear light of a picture; None when it can't be read."""
        image = self.codes(row)
        return None if image is None else decode_table("linear").take(image)

    def _opened(self, row: Stimulus) -> _Picture | None:
        """Decode a picture, or say why it can't be."""
        self.cut[row.stimulus_id] = 0.0
        try:
            image = _decoded(self._evidence, row)
        except SetError:
            return None  # can't be read: `checks` has said so
        except ImageError as fault:
            for found in fault.findings:
                text = f"the picture can't be decoded: {found.message}"
                self.faults.append(finding("MK151", text, file=row.image_file))
            return None
        return None if image is None else _Picture(image, files.pixel_sha256(image))

    def _judged(self, row: Stimulus, picture: _Picture) -> bool:
        """Say whether a picture is of the size that its row gives, and what else is wrong."""
        self.cut[row.stimulus_id] = 0.0
        if picture.codes.shape != (row.height_px, row.width_px, 3):
            return False  # `checks` has said so
        if self._clipped:
            cut = np.isin(picture.codes, (0, 255)).any(axis=2)
            self.cut[row.stimulus_id] = float(cut.mean())
        if picture.sha256 != row.pixel_sha256:
            text = f"the picture has the pixels {picture.sha256[:16]}…, its row gives "
            text += f"{row.pixel_sha256[:16]}…."
            self.faults.append(finding("MK685", text, file=row.image_file))
        return True


def _decoded(evidence: Evidence, row: Stimulus) -> CodeArray | None:
    """Return the pixels; None for a file that `checks` has already complained about."""
    if row.image_file not in evidence.listing:
        return None
    data = evidence.set.read(row.image_file)
    try:
        facts = png_facts(data)
    except NotPng:
        return None
    # a header of another size could ask for any amount of memory
    fits = (facts.width, facts.height, facts.mode) == (row.width_px, row.height_px, MODE)
    return files.decode_png(data) if fits else None
