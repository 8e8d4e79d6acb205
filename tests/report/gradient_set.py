"""A small stimulus set made in code: colour gradients for pictures, known landmarks."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from morphkit.errors import Finding, SetError
from morphkit.faces.scheme import scheme
from morphkit.study import levels
from morphkit.study.manifest import (
    Anchor,
    ContinuumEntry,
    Engine,
    Manifest,
    Mesh,
    MorphkitBlock,
    Source,
    StimulusSet,
)
from morphkit.study.table import Stimulus

LEVELS = (-1.0, -0.5, 0.5, 1.0)
EOD = 40.0


def png(share: float, width: int = 40, height: int = 50) -> bytes:
    """A gradient that turns from red to green as `share` goes from 0 to 1."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 255 * (1 - share) * x / width, 255 * share * y / height
    file = io.BytesIO()
    pixels = np.stack([red, green, 0 * red + 90], axis=-1).astype(np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def face(x: float, y: float) -> list[tuple[float, float]]:
    """68 landmarks, the outer eye corners 40 px apart, all moved by (x, y)."""
    points = [(float(i % 10) * 3 + x, float(i // 10) * 3 + y) for i in range(68)]
    right, left = scheme("ibug68").outer_eye_corners or (0, 0)
    points[right], points[left] = (5 + x, 20 + y), (5 + EOD + x, 20 + y)
    return points


SHAPES = {"distressed": face(0, 0), "neutral": face(0, 2), "happy": face(3, 4)}
DIRECT = ContinuumEntry(
    name="dis_hap",
    path="direct",
    midpoint=None,
    expressions=["distressed", "happy"],
    levels=list(LEVELS),
)
THROUGH = ContinuumEntry(
    name="thr_neu",
    path="through-neutral",
    midpoint="photo",
    expressions=["distressed", "neutral", "happy"],
    levels=[-1.0, 0.0, 1.0],
)


class Maker:
    """Makes sets, and remembers what was read of them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        if path not in self.files:
            raise SetError(Finding("MK651", "the file is not there.", file=path))
        return self.files[path]

    def rows(
        self,
        identity: str,
        entry: ContinuumEntry,
        shown: Sequence[float] | None = None,
        **cells: Any,
    ) -> list[Stimulus]:
        """The rows of a continuum; `shown` are the levels that the weights are made for."""
        rows = []
        shown = entry.levels if shown is None else shown
        for number, (level, real) in enumerate(zip(entry.levels, shown, strict=True), start=1):
            name = f"{identity}_{entry.name}_{number:02d}"
            data = png(level / 2 + 0.5)
            values: dict[str, Any] = {
                "stimulus_id": name,
                "image_file": f"stimuli/{name}.png",
                "identity": identity,
                "continuum": entry.name,
                "morph_path": entry.path,
                "frame": number,
                "morph_level": level,
                "percent": levels.percent(level),
                "weights": levels.weights(entry.path, entry.expressions, real),
                "width_px": 40,
                "height_px": 50,
                "sha256": hashlib.sha256(data).hexdigest(),
                "pixel_sha256": hashlib.sha256(b"pixels" + data).hexdigest(),
            }
            row = Stimulus(**{**values, **cells})
            self.files[row.image_file] = data
            rows.append(row)
        return rows

    def block(
        self, identities: Sequence[str], entries: Sequence[ContinuumEntry], **changes: Any
    ) -> MorphkitBlock:
        pairs = [(identity, name) for identity in identities for name in SHAPES]
        values: dict[str, Any] = {
            "schema_version": 1,
            "key": hashlib.sha256(b"key").hexdigest(),
            "engine": Engine(version="0.1.0", options={"light": "linear", "refine": "off"}),
            "recipe": {
                "name": "small",
                "canvas": {"width": 40, "height": 50, "background": 0.5},
                "mask": {"shape": "oval", "feather": 8},
                "continua": [{"name": "dis_hap", "levels": [-1, -0.5, 0.5, 1]}],
                "limits": {"landmark_step_cv": 0.05, "landmark_cumulative": 0.015},
            },
            "landmark_scheme": "ibug68",
            "landmark_names": list(scheme("ibug68").points),
            "sources": [
                Source(
                    identity=identity,
                    expression=name,
                    sha256=hashlib.sha256(f"{identity} {name}".encode()).hexdigest(),
                    template_sha256="0" * 64,
                    licence="CC0-1.0" if name == "happy" else None,
                )
                for identity, name in pairs
            ],
            "anchors": [
                Anchor(
                    identity=identity,
                    expression=name,
                    landmarks=SHAPES[name],
                    pixel_sha256="0" * 64,
                )
                for identity, name in pairs
            ],
            "mesh": Mesh(points=[(0, 0), (9, 0), (0, 9)], triangles=[(0, 1, 2)], landmarks=[0]),
            "continua": list(entries),
            "response_map": [{"key": "f", "button": 0, "label": "distressed", "level": -1}],
        }
        return MorphkitBlock(**{**values, **changes})

    def set(
        self,
        identities: Sequence[str] = ("amy", "ben"),
        entries: Sequence[ContinuumEntry] = (DIRECT, THROUGH),
        *,
        rows: Sequence[Stimulus] | None = None,
        name: str = "small",
        changes: Mapping[str, Any] | None = None,
    ) -> StimulusSet:
        if rows is None:
            rows = [row for who in identities for entry in entries for row in self.rows(who, entry)]
        block = self.block(identities, entries, **(changes or {}))
        manifest = Manifest(name=name, resources=[], morphkit=block)
        return StimulusSet(manifest, tuple(rows), self.read)
