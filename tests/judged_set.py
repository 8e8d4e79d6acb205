"""A set's papers without pictures, for what reads no pixels: two infants, two continua."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import (
    Engine,
    Manifest,
    Mesh,
    MorphkitBlock,
    StimulusSet,
    manifest_text,
    table_resource,
)
from morphkit.study.seal import sealed
from morphkit.study.table import Stimulus, stimuli_csv

INFANTS = ("i01", "i02")
LEVELS = tuple(np.round(np.linspace(-1, 1, 9), 6).tolist())
MAP = [
    {"key": "f", "button": 0, "label": "distressed", "level": -1},
    {"key": "j", "button": 1, "label": "happy", "level": 1},
]


def stimulus(identity: str, continuum: str, frame: int, level: float) -> Stimulus:
    name = f"{identity}_{continuum}_f{frame:03d}"
    digest = hashlib.sha256(f"{name} {level}".encode()).hexdigest()
    return Stimulus(
        name,
        f"stimuli/{name}.png",
        identity,
        continuum,
        "direct" if continuum == "dis_hap" else "from-neutral",
        frame,
        level,
        (level + 1) * 50,
        {"distressed": (1 - level) / 2, "happy": (1 + level) / 2},
        64,
        80,
        digest,
        digest,
    )


def judged_set(
    levels: Sequence[float] = LEVELS, infants: Sequence[str] = INFANTS, neutral: bool = True
) -> StimulusSet:
    """A set of one continuum of these levels, and another of three."""
    rows = [stimulus(who, "dis_hap", n, x) for who in infants for n, x in enumerate(levels, 1)]
    entries = [_entry("dis_hap", "direct", ["distressed", "happy"], levels)]
    if neutral:
        others = (0.0, 0.5, 1.0)
        rows += [stimulus(who, "neu_hap", n, x) for who in infants for n, x in enumerate(others, 1)]
        entries.append(_entry("neu_hap", "from-neutral", ["neutral", "happy"], others))
    text = stimuli_csv(rows).encode()
    block = MorphkitBlock(
        schema_version=1,
        engine=Engine(version="0", options={}),
        recipe={},
        landmark_scheme="ibug68",
        landmark_names=[],
        sources=[],
        anchors=[],
        mesh=Mesh(points=[], triangles=[], landmarks=[]),
        continua=entries,
        response_map=MAP,
    )
    resource = table_resource(rows, hashlib.sha256(text).hexdigest(), len(text))
    manifest = sealed(Manifest(name="judged", resources=[resource], morphkit=block))
    return StimulusSet(manifest, rows, {"stimuli.csv": text}.__getitem__)


def _entry(name: str, path: str, expressions: list[str], levels: Sequence[float]) -> ContinuumEntry:
    return ContinuumEntry(
        name=name, path=path, midpoint=None, expressions=expressions, levels=list(levels)
    )


def write_set(folder: Path, stimulus_set: StimulusSet | None = None) -> Path:
    """Write the papers of a set."""
    made = stimulus_set or judged_set()
    folder.mkdir(parents=True)
    (folder / "datapackage.json").write_text(manifest_text(made.manifest), encoding="utf-8")
    (folder / "stimuli.csv").write_text(stimuli_csv(made.stimuli), encoding="utf-8")
    return folder
