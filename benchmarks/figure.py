"""The middle, before and after: `docs/middle.png`, from the rendered infants only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.cases import Case, aligned, cases
from benchmarks.methods import FULL, PLAIN
from benchmarks.metrics import Floats, Picture
from morphkit import Canvas, Landmarks

SHOWN = (("infant01", "direct"), ("infant03", "direct"))
TITLES = ("plain morph", "morphkit", "rendered truth")
FACE = (152, 184)
"""Width and height of a face, in pixels of the figure."""

CROP = (120, 92)
LINE = 22
GAP = 6
BACKGROUND, INK = (255, 255, 255), (40, 40, 40)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture: its middle, its width, and the size it is drawn at."""

    x: float
    y: float
    width: float
    size: tuple[int, int]

    def of(self, picture: Picture) -> Image.Image:
        """Cut it out, enlarged smoothly."""
        height = self.width * self.size[1] / self.size[0]
        box = (
            self.x - self.width / 2 + 0.5,
            self.y - height / 2 + 0.5,
            self.x + self.width / 2 + 0.5,
            self.y + height / 2 + 0.5,
        )
        return Image.fromarray(picture).resize(self.size, Image.Resampling.BICUBIC, box=box)


def windows(face: Landmarks, canvas: Canvas) -> tuple[Window, Window, Window]:
    """Return the whole face, one eye and one corner of the mouth."""
    group = face.scheme.group

    def middle(name: str) -> Floats:
        return np.asarray(face.points[list(group(name))].mean(axis=0))

    apart = canvas.eye_distance
    eye, mouth = middle("left_eye"), middle("mouth")
    jaw = face.points[list(group("jaw"))]
    centre = (jaw[:, 0].min() + jaw[:, 0].max()) / 2
    return (
        Window(float(centre), float(middle("nose")[1] - 0.12 * apart), 2.25 * apart, FACE),
        Window(float(eye[0]), float(eye[1]), 0.8 * apart, CROP),
        Window(float(mouth[0] + 0.18 * apart), float(mouth[1]), 0.8 * apart, CROP),
    )


def draw(folder: Path, out: Path) -> int:
    """Draw the figure."""
    found = [case for case in cases(folder) if (case.infant, case.path) in SHOWN]
    if not found:
        print(f"{folder} has none of {SHOWN}.")
        return 4
    across = FACE[0] + CROP[0]
    width = len(TITLES) * (across + GAP) - GAP
    sheet = Image.new("RGB", (width, LINE + len(found) * (FACE[1] + GAP) - GAP), BACKGROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for column, title in enumerate(TITLES):
        pen.text((column * (across + GAP) + 2, 2), title, INK, font)
    for row, case in enumerate(found):
        top = LINE + row * (FACE[1] + GAP)
        for column, (picture, parts) in enumerate(_pictures(case)):
            left = column * (across + GAP)
            face, eye, mouth = (part.of(picture) for part in parts)
            sheet.paste(face, (left, top))
            sheet.paste(eye, (left + FACE[0], top))
            sheet.paste(mouth, (left + FACE[0], top + CROP[1]))
    sheet.save(out, optimize=True)
    print(f"{out}: {sheet.width} × {sheet.height}, {out.stat().st_size / 1000:.0f} kB")
    return 0


def _pictures(case: Case) -> Iterator[tuple[Picture, tuple[Window, Window, Window]]]:
    """The middle frame, plain, by morphkit, and rendered; on a canvas of the renders' scale."""
    canvas = case.scale()
    level, face = min(case.truth, key=lambda one: abs(one[0] - 0.5))
    render = aligned(face, canvas)
    parts = windows(render.landmarks, canvas)
    for method in (PLAIN, FULL):
        yield method.morph(*case.ends, canvas)(level).image, parts
    yield render.image, parts
