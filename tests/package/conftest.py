"""A small stimulus set made in code, for the tests of packages."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

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

LEVELS = (-1.0, -1 / 3, 1 / 3, 1.0)
RESPONSE_MAP: list[dict[str, Any]] = [
    {"key": "f", "button": 0, "label": "distressed", "level": -1},
    {"key": "j", "button": 1, "label": "happy", "level": 1},
]


def png(width: int, height: int, grey: int) -> bytes:
    """A PNG of one grey, by hand, so that the bytes never change."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _stimulus(identity: str, frame: int, level: float, data: bytes) -> Stimulus:
    happy = (level + 1) / 2
    name = f"{identity}_dis_hap_{frame:02d}"
    return Stimulus(
        stimulus_id=name,
        image_file=f"stimuli/{name}.png",
        identity=identity,
        continuum="dis_hap",
        morph_path="direct",
        frame=frame,
        morph_level=level,
        percent=happy * 100,
        weights={"distressed": 1 - happy, "happy": happy},
        width_px=48,
        height_px=60,
        sha256=hashlib.sha256(data).hexdigest(),
        pixel_sha256=hashlib.sha256(b"pixels" + data).hexdigest(),
    )


def _source(identity: str, expression: str, **rights: Any) -> Source:
    return Source(
        identity=identity,
        expression=expression,
        sha256=hashlib.sha256(f"{identity} {expression}".encode()).hexdigest(),
        template_sha256="0" * 64,
        reviewed=True,
        **rights,
    )


def make_set(
    identities: tuple[str, ...] = ("amy", "ben"),
    response_map: list[dict[str, Any]] | None = None,
    levels: tuple[float, ...] = LEVELS,
) -> StimulusSet:
    files: dict[str, bytes] = {}
    stimuli = []
    for identity in identities:
        for frame, level in enumerate(levels, start=1):
            data = png(48, 60, (30 + 40 * frame + len(files)) % 256)
            row = _stimulus(identity, frame, level, data)
            files[row.image_file] = data
            stimuli.append(row)
    expressions = ("distressed", "happy")
    block = MorphkitBlock(
        schema_version=1,
        engine=Engine(
            version="0.1.0",
            options={"light": "linear", "sampler": "catmull-rom", "texture": "restore"},
        ),
        recipe={
            "canvas": {"width": 48, "height": 60, "eye_distance": 20, "background": 0.5},
            "mask": {"shape": "oval", "feather": 8},
        },
        landmark_scheme="ibug68",
        landmark_names=["a", "b", "c"],
        sources=[
            _source(identity, expression, licence="CC0-1.0")
            if expression == "happy"
            else _source(identity, expression)
            for identity in identities
            for expression in expressions
        ],
        anchors=[
            Anchor(
                identity=identity,
                expression=expression,
                landmarks=[(1, 1), (9, 1), (5, 9)],
                pixel_sha256="0" * 64,
            )
            for identity in identities
            for expression in expressions
        ],
        mesh=Mesh(points=[(1, 1), (9, 1), (5, 9)], triangles=[(0, 1, 2)], landmarks=[0, 1, 2]),
        continua=[
            ContinuumEntry(
                name="dis_hap",
                path="direct",
                midpoint="blend",
                expressions=list(expressions),
                levels=list(levels),
            )
        ],
        label="nominal",
        response_map=RESPONSE_MAP if response_map is None else response_map,
    )
    manifest = Manifest(name="small", resources=[], morphkit=block)
    return StimulusSet(manifest=manifest, stimuli=tuple(stimuli), read=files.__getitem__)


@pytest.fixture
def stimulus_set() -> StimulusSet:
    """Two infants, four levels each."""
    return make_set()


@pytest.fixture
def set_of() -> Callable[..., StimulusSet]:
    """Make a set with other identities or another response map."""
    return make_set
