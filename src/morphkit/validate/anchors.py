"""Who is in the picture: anchors, sources and mesh are there, ends are photos, faces differ.

Compares what the manifest records with what the table says, hashes included; reads no
picture.  Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from morphkit.errors import Finding
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding


def check_anchors(evidence: Evidence) -> Iterator[Finding]:
    """MK671: every face that a frame is made of has one anchor with all landmarks, and a source."""
    block = evidence.block
    anchors = Counter((anchor.identity, anchor.expression) for anchor in block.anchors)
    sources = Counter((source.identity, source.expression) for source in block.sources)
    needed = {
        (row.identity, name): row
        for row in reversed(evidence.set.stimuli)
        for name, weight in row.weights.items()
        if weight
    }
    for kind, known in (("anchor", anchors), ("source", sources)):
        for pair, row in sorted(needed.items(), key=lambda item: item[0]):
            if known[pair] != 1:
                yield finding(
                    "MK671",
                    f"{pair[0]} {pair[1]} has {known[pair]} {kind}s, one is needed "
                    f"({row.stimulus_id}).",
                    file=MANIFEST,
                    pointer=f"morphkit.{kind}s",
                )
    for number, anchor in enumerate(block.anchors):
        if len(anchor.landmarks) != len(block.landmark_names):
            yield finding(
                "MK671",
                f"{anchor.identity} {anchor.expression} has {len(anchor.landmarks)} landmarks, "
                f"{len(block.landmark_names)} are named.",
                file=MANIFEST,
                pointer=f"morphkit.anchors.{number}.landmarks",
                measured=float(len(anchor.landmarks)),
                limit=float(len(block.landmark_names)),
            )


def check_endpoints(evidence: Evidence) -> Iterator[Finding]:
    """MK155: a frame of weight 1 on one anchor has that anchor's pixels, by their hashes."""
    pixels = {(a.identity, a.expression): a.pixel_sha256 for a in evidence.block.anchors}
    for row in evidence.set.stimuli:
        expression = alone(row)
        if pixels.get((row.identity, expression), row.pixel_sha256) != row.pixel_sha256:
            yield finding(
                "MK155",
                f"frame {row.frame} of {row.continuum} is {row.identity} {expression} alone, but "
                "doesn't have the pixels of the aligned photo.",
                file=row.image_file,
            )


def alone(row: Stimulus) -> str:
    """Return the expression that has the whole weight, or an empty text."""
    present = [name for name, weight in row.weights.items() if weight]
    return present[0] if len(present) == 1 and row.weights[present[0]] == 1 else ""


def check_twins(evidence: Evidence) -> Iterator[Finding]:
    """MK455: equal pixels only where identity and weights are equal."""
    first: dict[str, Stimulus] = {}
    for row in evidence.set.stimuli:
        other = first.setdefault(row.pixel_sha256, row)
        if (other.identity, _shares(other)) != (row.identity, _shares(row)):
            yield finding(
                "MK455",
                f"{row.stimulus_id} has the same pixels as {other.stimulus_id}, but should be "
                "another face.",
                file=row.image_file,
            )


def _shares(row: Stimulus) -> list[tuple[str, float]]:
    return sorted((name, round(weight, 9)) for name, weight in row.weights.items() if weight)


def check_mesh(evidence: Evidence) -> Iterator[Finding]:
    """MK675: the mesh is about landmarks and points that exist."""
    mesh, count = evidence.block.mesh, len(evidence.block.landmark_names)
    odd = [index for index in mesh.landmarks if not 0 <= index < count]
    if odd or len(set(mesh.landmarks)) < len(mesh.landmarks):
        text = f"its landmark {odd[0]} is not one of 0…{count - 1}." if odd else "a landmark twice."
        yield finding("MK675", text, file=MANIFEST, pointer="morphkit.mesh.landmarks")
    points = len(mesh.points)
    if len(mesh.landmarks) > points:
        text = f"it has {points} points for {len(mesh.landmarks)} landmarks."
        yield finding("MK675", text, file=MANIFEST, pointer="morphkit.mesh.points")
    for number, triangle in enumerate(mesh.triangles):
        if len(set(triangle)) < 3 or not all(0 <= corner < points for corner in triangle):
            yield finding(
                "MK675",
                f"the triangle {triangle} doesn't join three of its {points} points.",
                file=MANIFEST,
                pointer=f"morphkit.mesh.triangles.{number}",
            )
