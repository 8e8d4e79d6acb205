"""Folders of drawn faces with templates, as a lab has them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from drawn_faces import face
from PIL import Image

from morphkit.faces.face import Landmarks
from morphkit.faces.template import Template
from morphkit.faces.templates import template_text

SIZE = 220
STATES = ("happy", "distressed")


def drawn(identity: str, expression: str) -> tuple[np.ndarray, Landmarks]:
    """A face that is the same whenever it is asked for."""
    seed = zlib.crc32(f"{identity} {expression}".encode())
    image, landmarks = face(seed, scale=0.6, size=SIZE)
    return lit(image, seed), landmarks


def lit(image: np.ndarray, seed: int) -> np.ndarray:
    """The picture under uneven light of its own, or all drawn faces would look alike."""
    patches = np.random.default_rng(seed).normal(0, 60, (6, 6)).astype(np.float32)
    light = Image.fromarray(patches).resize(image.shape[1::-1], Image.Resampling.BICUBIC)
    return np.clip(image + np.asarray(light)[..., None], 0, 255).astype(np.uint8)


def write_face(
    folder: Path,
    stem: str,
    image: np.ndarray,
    landmarks: Landmarks,
    *,
    reviewed: bool | None = True,
    suffix: str = ".json",
) -> None:
    """Write a photo and its template."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(folder / f"{stem}.png")
    height, width = image.shape[:2]
    template = Template(landmarks, width, height, reviewed)
    (folder / f"{stem}{suffix}").write_text(template_text(template, suffix), encoding="utf-8")


def write_folder(
    folder: Path, infants: Iterable[str], states: Sequence[str] = STATES, **options: Any
) -> Path:
    """Write each infant in each state."""
    for infant in infants:
        for state in states:
            write_face(folder, f"{infant}_{state}", *drawn(infant, state), **options)
    return folder


def infants(count: int) -> list[str]:
    return [f"i{number:02d}" for number in range(1, count + 1)]
