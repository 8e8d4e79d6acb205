"""The mesh at every frame: no triangle may be folded, as the engine promises.

Rebuilds the engine's mesh from the manifest and asks the engine.  May import `errors`,
`faces`, `engine` and `validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from morphkit.engine.align import Canvas
from morphkit.engine.mesh import Mesh, folds
from morphkit.engine.morph import shown_shape
from morphkit.errors import Finding, MorphkitError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import Scheme
from morphkit.study.manifest import MANIFEST
from morphkit.study.shares import Photo
from morphkit.validate.anchors import check_mesh
from morphkit.validate.findings import Evidence
from morphkit.validate.placement import landmark_scheme


def check_folds(evidence: Evidence) -> Iterator[Finding]:
    """MK302: at every frame every triangle keeps its orientation."""
    layout = landmark_scheme(evidence)
    if layout is None or evidence.recipe is None or any(check_mesh(evidence)):
        return
    mesh = _mesh(evidence, layout)
    canvas = Canvas(**evidence.recipe.canvas.model_dump())
    marks = {}
    for number, anchor in enumerate(evidence.block.anchors):
        if len(anchor.landmarks) != len(layout.points):
            continue
        try:
            key = Photo(anchor.identity, anchor.expression, anchor.mirrored)
            marks[key] = Landmarks(layout, np.array(anchor.landmarks))
        except TemplateError as fault:
            place = f"morphkit.anchors.{number}.landmarks"
            yield from (replace(f, file=MANIFEST, pointer=place) for f in fault.findings)
    for row in evidence.set.stimuli:
        shares = evidence.shares(row)
        if not shares or not shares.keys() <= marks.keys():
            continue
        try:
            points = shown_shape([marks[photo] for photo in shares], list(shares.values()))
        except MorphkitError:
            continue  # weights that don't sum to 1 have their own rule
        yield from folds(mesh, layout, points.points, canvas, row.image_file)


def _mesh(evidence: Evidence, layout: Scheme) -> Mesh:
    """Return the engine's mesh.

    The manifest doesn't say which triangles lie in an aperture; here all do whose corners
    belong to one, which may be a few more, never fewer.
    """
    block = evidence.block.mesh
    points = np.array(block.points, dtype=np.float64).reshape(-1, 2)
    marks = np.array(block.landmarks, dtype=np.int64)
    members = [
        frozenset((*aperture.upper, *aperture.lower, *aperture.inner))
        for aperture in layout.apertures
    ]
    count = len(marks)
    aperture = [
        next(
            (
                number
                for number, ring in enumerate(members)
                if all(i < count and block.landmarks[i] in ring for i in triangle)
            ),
            -1,
        )
        for triangle in block.triangles
    ]
    return Mesh(
        landmarks=marks,
        border=points[count:],
        mean=points,
        triangles=np.array(block.triangles, dtype=np.int64).reshape(-1, 3),
        aperture=np.array(aperture, dtype=np.int64),
    )
