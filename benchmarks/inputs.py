"""What speed is measured on: the same faces at any size, as a camera would give them.

Photographs are aligned by the pupils, which peers need, and resampled by that; noise of two
codes is added then, since a resampled picture is smoother than a photo and its PNG too small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.cases import REAL, aligned
from morphkit import Canvas, Face, Landmarks, read_face
from morphkit.faces.scheme import free_scheme
from morphkit.faces.template import Template
from morphkit.faces.templates import template_text

NOISE = 2.0
"""Standard deviation, in codes."""

DEMO = Path(__file__).resolve().parents[1] / "raw_faces" / "demo"
"""Rendered infants, for where there are no photographs."""

FRAMED = 3.8
"""Width of a picture in eye distances: forehead to chin of an adult, too."""


def photos(folder: Path, size: int, count: int = 2) -> list[Path]:
    """Write faces of `size` × `size` pixels with their templates; return the pictures' paths."""
    paths = []
    for number, (photo, template) in enumerate(_originals()[:count]):
        path = folder / f"{size}_{number}.png"
        if not path.exists():
            canvas = Canvas(size, size, size / FRAMED)
            one = _noisy(aligned(read_face(photo, template), canvas), number)
            Image.fromarray(one.image).save(path)
            text = template_text(Template(one.landmarks, size, size, None, {}), ".json")
            path.with_suffix(".json").write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def about() -> str:
    """Say in words what the pictures are."""
    kind = "photographs" if _real() else "rendered infants of the demo (no photographs are here)"
    return f"{kind}, aligned by the pupils and resampled, with noise of {NOISE:g} codes"


def _real() -> list[tuple[Path, Path]]:
    """One person's two expressions, then others."""
    templates = sorted((REAL / "london" / "auto68").glob("*.pts"))
    templates.sort(key=lambda path: (path.stem.partition("_")[0] != "001", "smil" in path.stem))
    return [(REAL / "london" / f"{path.stem}.jpg", path) for path in templates]


def _originals() -> list[tuple[Path, Path]]:
    demo = [(path, path.with_suffix(".json")) for path in sorted(DEMO.glob("*.png"))]
    return _real() or demo


def _noisy(face: Face, seed: int) -> Face:
    noise = np.random.default_rng(seed).normal(0, NOISE, face.image.shape)
    image = np.clip(np.rint(face.image + noise), 0, 255).astype(np.uint8)
    return Face(image, face.landmarks)


def dense(faces: Sequence[Face], count: int) -> list[Face]:
    """Return two faces with `count` landmarks spread all over, and moved a little in the other.

    The first two are the pupils.  No triangle folds: all move along one slow wave.
    """
    size = faces[0].image.shape[0]
    pupils = faces[0].landmarks.pupils()
    places = np.concatenate([pupils / size, _spread(count - 2, pupils / size)])
    layout = replace(
        free_scheme([f"p{i}" for i in range(count)]), right_pupil=(0,), left_pupil=(1,)
    )
    wave = 0.012 * np.sin(2 * np.pi * places[:, ::-1] + 1)
    shapes = (places * size, (places + wave) * size)
    return [
        Face(face.image, Landmarks(layout, points))
        for face, points in zip(faces, shapes, strict=True)
    ]


def _spread(count: int, near: np.ndarray) -> np.ndarray:
    """Return places in the middle of the unit square, none near another: a jittered grid."""
    across = int(np.ceil(np.sqrt(count * 1.05 + 4)))
    cells = np.stack(np.meshgrid(np.arange(across), np.arange(across)), axis=-1).reshape(-1, 2)
    rng = np.random.default_rng(count)
    places = 0.06 + 0.88 * (cells + rng.uniform(0.2, 0.8, cells.shape)) / across
    apart = np.abs(places[:, None] - near[None]).max(axis=2).min(axis=1)
    free = places[apart > 0.3 / across]
    return free[rng.permutation(len(free))[:count]]
