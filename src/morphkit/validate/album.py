"""The pictures of one identity, each decoded once: for its pixels, its light, what is cut off.

In memory are the ends of the identity's legs and the picture that was looked at last.  May
import `errors`, `files`, `engine`, `study` and `validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from morphkit import files
from morphkit.engine.color import CodeArray, LightArray, decode_table
from morphkit.errors import Finding, ImageError, SetError
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.png import NotPng, png_facts
from morphkit.validate.rules import finding

MODE = "RGB"


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
        self._ends = {id(row) for row in ends}
        self._codes: dict[int, CodeArray | None] = {}

    def codes(self, row: Stimulus) -> CodeArray | None:
        """Return the pixels of a picture; None when it can't be read."""
        if id(row) not in self._codes:
            image = self._opened(row)
            self._codes = {
                key: kept for key, kept in self._codes.items() if kept is None or key in self._ends
            }
            self._codes[id(row)] = image
        return self._codes[id(row)]

    def light(self, row: Stimulus) -> LightArray | None:
        """Return the linear light of a picture; None when it can't be read."""
        image = self.codes(row)
        return None if image is None else decode_table("linear")[image]

    def _opened(self, row: Stimulus) -> CodeArray | None:
        """Decode a picture, and say what is wrong with it."""
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
        if image is None:
            return None
        if self._clipped:
            self.cut[row.stimulus_id] = float(np.isin(image, (0, 255)).any(axis=2).mean())
        pixels = files.pixel_sha256(image)
        if pixels != row.pixel_sha256:
            text = f"the picture has the pixels {pixels[:16]}…, its row gives "
            text += f"{row.pixel_sha256[:16]}…."
            self.faults.append(finding("MK685", text, file=row.image_file))
        return image


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
