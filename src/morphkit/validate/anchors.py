"""Who is in the picture: anchors, sources and mesh are there, ends are photos, faces differ.

Compares what the manifest records with what the table says, hashes included; reads no
picture.  Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from morphkit.errors import Finding
from morphkit.study.manifest import MANIFEST
from morphkit.study.shares import Photo
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding


def check_anchors(evidence: Evidence) -> Iterator[Finding]:
    """MK671: every face that a frame is made of has one anchor with all landmarks, and a source."""
    block = evidence.block
    anchors = Counter(Photo(a.identity, a.expression, a.mirrored) for a in block.anchors)
    sources = Counter(Photo(source.identity, source.expression) for source in block.sources)
    shown = {photo: row for row in reversed(evidence.set.stimuli) for photo in evidence.shares(row)}
    taken = {photo._replace(mirrored=False): row for photo, row in shown.items()}
    for kind, known, needed in (("anchor", anchors, shown), ("source", sources, taken)):
        for photo, row in sorted(needed.items(), key=lambda item: item[0]):
            if known[photo] != 1:
                yield finding(
                    "MK671",
                    f"{photo} has {known[photo]} {kind}s, one is needed ({row.stimulus_id}).",
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


def check_reviewed(evidence: Evidence) -> Iterator[Finding]:
    """MK259: no source's template is a draft that nobody has looked at."""
    for number, source in enumerate(evidence.block.sources):
        if source.reviewed is False:
            yield finding(
                "MK259",
                f"the template of {source.identity} {source.expression} is a draft that nobody "
                "is on record as having reviewed.",
                file=MANIFEST,
                pointer=f"morphkit.sources.{number}.reviewed",
            )


def check_endpoints(evidence: Evidence) -> Iterator[Finding]:
    """MK155: a frame of weight 1 on one anchor has that anchor's pixels, by their hashes."""
    pixels = {
        Photo(a.identity, a.expression, a.mirrored): a.pixel_sha256 for a in evidence.block.anchors
    }
    for row in evidence.set.stimuli:
        parts = _parts(evidence, row)
        photo = next(iter(parts), None)
        if photo is None or parts != {photo: (1, 1, 1)}:
            continue
        if pixels.get(photo, row.pixel_sha256) != row.pixel_sha256:
            yield finding(
                "MK155",
                f"frame {row.frame} of {row.continuum} is {photo} alone, but "
                "doesn't have the pixels of the aligned photo.",
                file=row.image_file,
            )


def alone(row: Stimulus) -> str:
    """Return the expression that has the whole weight, or an empty text."""
    present = [name for name, weight in row.weights.items() if weight]
    return present[0] if len(present) == 1 and row.weights[present[0]] == 1 else ""


def check_twins(evidence: Evidence) -> Iterator[Finding]:
    """MK455: equal pixels only where the photos and their weights are equal."""
    first: dict[str, Stimulus] = {}
    for row in evidence.set.stimuli:
        other = first.setdefault(row.pixel_sha256, row)
        if other is not row and _rounded(evidence, other) != _rounded(evidence, row):
            yield finding(
                "MK455",
                f"{row.stimulus_id} has the same pixels as {other.stimulus_id}, but should be "
                "another face.",
                file=row.image_file,
            )


def _parts(evidence: Evidence, row: Stimulus) -> dict[Photo, tuple[float, float, float]]:
    """Return what each photo has in shape, colour and texture of a stimulus."""
    listed = evidence.block.frame_weights.get(row.stimulus_id)
    if listed is None:
        return {photo: (w, w, w) for photo, w in evidence.shares(row).items()}
    return {
        Photo(one.identity, one.expression, one.mirrored): (one.shape, one.colour, one.texture)
        for one in listed
    }


def _rounded(evidence: Evidence, row: Stimulus) -> list[tuple[Photo, list[float]]]:
    parts = sorted(_parts(evidence, row).items())
    return [(photo, [round(w, 9) for w in shares]) for photo, shares in parts]


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
