"""The mesh of a set: one triangulation for all anchors, that none of them folds.

Decides which landmarks carry it, says which could not, and refuses what no choice mends.
May import `errors`, `faces`, `engine.align`, `engine.aperture`, `engine.triangulation` and
NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from morphkit.engine.align import Canvas
from morphkit.engine.aperture import shows_iris
from morphkit.engine.triangulation import (
    BoolArray,
    IntArray,
    Mesh,
    areas,
    border_points,
    fold_depths,
    folded_triangles,
    triangulated,
)
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import FloatArray
from morphkit.faces.scheme import Scheme

__all__ = ["Mesh", "areas", "border_points", "build_mesh", "folded_triangles", "folds"]

FEATURES = ("jaw", "right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth")
"""Groups whose landmarks always carry the mesh; the others help where they fold nothing."""

NOISE = 0.2
"""Folds deeper than this, in eye distances, are misplaced landmarks, whichever they are."""


def build_mesh(scheme: Scheme, shapes: FloatArray, canvas: Canvas, labels: Sequence[str]) -> Mesh:
    """Return the mesh that all shapes of a set share.

    Parameters
    ----------
    scheme : Scheme
    shapes : (A, N, 2) float array
        Landmarks of every anchor on the canvas, on the landmark grid.
    canvas : Canvas
    labels : sequence of str
        What to call each anchor in an error.

    Raises
    ------
    GeometryError
        MK302 when a triangle is folded in an anchor and no choice avoids it; one finding
        per anchor, naming the landmarks.

    Notes
    -----
    Where a fold remains, edges of the scheme's curves may be flipped too, except around
    apertures; then landmarks of no feature (lid creases, hairline, ears, …) are left out,
    one by one, the most helpful first.  Features are never left out.
    """
    mesh, badness = triangulated(scheme, shapes, canvas, usable_landmarks(scheme, shapes, canvas))
    doubts = _off_canvas(scheme, shapes, canvas, labels)
    while badness:
        best: tuple[int, int, Mesh] | None = None
        for landmark in _spare(mesh, scheme, shapes, canvas):
            rest = mesh.landmarks[mesh.landmarks != landmark]
            tried, left = triangulated(scheme, shapes, canvas, rest)
            if left < (best[0] if best else badness):
                best = left, landmark, tried
        if best is None:
            raise GeometryError(*_blamed(mesh, scheme, shapes, canvas, labels))
        doubts.append(_left_out(mesh, scheme, shapes, canvas, best[1], labels))
        badness, _, mesh = best
    return replace(mesh, doubts=tuple(doubts))


def folds(
    mesh: Mesh, scheme: Scheme, points: FloatArray, canvas: Canvas, label: str
) -> list[Finding]:
    """Return a finding (MK302) when the mesh folds in a shape, naming the landmarks."""
    folded = folded_triangles(mesh, mesh.vertices(points), canvas.eye_distance)
    if not folded.any():
        return []
    corners, times = np.unique(mesh.triangles[folded], return_counts=True)
    corners = corners[np.argsort(-times, kind="stable")]
    count = len(mesh.landmarks)
    names = [scheme.points[int(mesh.landmarks[i])] for i in corners if i < count]
    return [
        Finding(
            "MK302",
            f"the face folds over itself between the landmarks {', '.join(names[:8])}.",
            file=label,
            pointer=names[0] if names else "canvas edge",
            measured=float(folded.sum()),
            limit=0.0,
            suggestion="Look at these landmarks: one is misplaced, or a weight goes too far.",
        )
    ]


def usable_landmarks(scheme: Scheme, shapes: FloatArray, canvas: Canvas) -> IntArray:
    """Return the landmarks that can carry the mesh.

    Left out are points that lie off the canvas in some anchor, and iris or pupil points of
    an eye that are not well inside its opening in every anchor (squeezed lids hide them).
    """
    inside = np.asarray(_on_canvas(shapes, canvas).all(axis=0))
    for aperture in scheme.apertures:
        inside[list(aperture.inner)] &= shows_iris(aperture, shapes, canvas.eye_distance)
    return np.flatnonzero(inside)


def _on_canvas(shapes: FloatArray, canvas: Canvas) -> BoolArray:
    """Return which landmarks lie on the canvas, ``(..., N)``; its outermost pixels don't count."""
    size = np.array([canvas.width - 1.0, canvas.height - 1.0])
    return np.asarray(((shapes >= 0.5) & (shapes <= size - 0.5)).all(axis=-1))


def _features(scheme: Scheme) -> set[int]:
    """Return the landmarks that always carry the mesh; all, when the scheme has no such groups."""
    named = {i for name in FEATURES for i in scheme.group(name)}
    return named or set(range(len(scheme.points)))


def _off_canvas(
    scheme: Scheme, shapes: FloatArray, canvas: Canvas, labels: Sequence[str]
) -> list[Finding]:
    """Say in which anchors features lie off the canvas, so that they guide nothing."""
    features = sorted(_features(scheme))
    found = []
    for off, label in zip(~_on_canvas(shapes, canvas), labels, strict=True):
        names = [scheme.points[i] for i in features if off[i]]
        if names:
            found.append(
                Finding(
                    "MK309",
                    f"{len(names)} landmark(s) lie off the canvas here and were left out of the "
                    f"mesh, for the whole set: {', '.join(names[:8])}.",
                    severity="warning",
                    file=label,
                    pointer=names[0],
                    measured=float(len(names)),
                    limit=0.0,
                    suggestion="Use a smaller eye_distance or a larger canvas.",
                )
            )
    return found


def _blamed(
    mesh: Mesh, scheme: Scheme, shapes: FloatArray, canvas: Canvas, labels: Sequence[str]
) -> list[Finding]:
    """Return the folds of every anchor.

    A landmark that is far off draws the mean with it and makes the mesh fold in good photos
    too; the median stays where most of them are.
    """
    median = np.median(shapes, axis=0)
    robust, _ = triangulated(scheme, shapes, canvas, mesh.landmarks, median)
    named = list(zip(shapes, labels, strict=True))
    found = [f for shape, label in named for f in folds(robust, scheme, shape, canvas, label)]
    return found or [f for s, label in named for f in folds(mesh, scheme, s, canvas, label)]


def _spare(mesh: Mesh, scheme: Scheme, shapes: FloatArray, canvas: Canvas) -> list[int]:
    """Return the landmarks at folds that may be left out; none when that could not help."""
    features = _features(scheme)
    extra = np.array([int(i) not in features for i in mesh.landmarks], dtype=bool)
    extra = np.concatenate([extra, np.zeros(len(mesh.border), dtype=bool)])
    depth = np.stack([fold_depths(mesh, shape, canvas) for shape in shapes]).max(axis=0)
    corners = mesh.triangles[depth >= 0]
    if depth.max() > NOISE * canvas.eye_distance or not extra[corners].any(axis=1).all():
        return []
    return [int(mesh.landmarks[i]) for i in np.unique(corners[extra[corners]])]


def _left_out(
    mesh: Mesh,
    scheme: Scheme,
    shapes: FloatArray,
    canvas: Canvas,
    landmark: int,
    labels: Sequence[str],
) -> Finding:
    """Say that a landmark will not carry the mesh, and in which anchor it folds it most."""
    at = (mesh.triangles == np.flatnonzero(mesh.landmarks == landmark)[0]).any(axis=1)
    depths = [float(fold_depths(mesh, shape, canvas)[at].max()) for shape in shapes]
    worst = int(np.argmax(depths))
    return Finding(
        "MK308",
        f"the landmark {scheme.points[landmark]} would fold the face over itself by "
        f"{depths[worst]:.1f} px here; it was left out of the mesh, for the whole set.",
        severity="warning",
        file=labels[worst],
        pointer=scheme.points[landmark],
        measured=round(depths[worst] / canvas.eye_distance, 4),
        limit=0.0,
        suggestion="Correct it if it is misplaced; other landmarks guide this place as well.",
    )
