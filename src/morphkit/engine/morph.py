"""The engine in one function: shape = Σ wᵢ·pointsᵢ, colour = Σ wᵢ·imageᵢ warped to it.

`Stage` is what all frames of a set share, `Anchor` a source face pinned on it, `frame`
the weighted combination.  Composite (all weights 1/n), morph (two or more anchors of one
infant) and transform (base + amount × (to − from)) are three patterns of weights; negative
weights and weights above 1 are legal.  May import `errors`, `faces`, `engine` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.engine.align import GRID, Canvas, Similarity, align, on_grid
from morphkit.engine.aperture import meet
from morphkit.engine.color import CodeArray, Light, encode_table, grey
from morphkit.engine.mask import Shape, mask
from morphkit.engine.mesh import Mesh, build_mesh, folds
from morphkit.engine.source import Source, prepare
from morphkit.engine.warp import IntArray, Job, Sampler, affine_maps, quantised, render
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import Face, FloatArray, Landmarks, shared


@dataclass(frozen=True, slots=True)
class Look:
    """How pixels are made: light that is added, sampler, mask.

    Parameters
    ----------
    light : {"linear", "srgb"}
        Add linear light, or encoded values.
    sampler : {"catmull-rom", "bilinear"}
    mask : {"oval", "hull", "none"}
    feather : float
        Soft edge of the mask in pixels.
    """

    light: Light = "linear"
    sampler: Sampler = "catmull-rom"
    mask: Shape = "oval"
    feather: float = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A face's geometry on the canvas.

    Parameters
    ----------
    landmarks : Landmarks
        In canvas pixels, on the landmark grid; lips and lids that crossed have met.
    to_canvas : Similarity
        Photo → canvas.
    crossed : dict
        Aperture name → how far its lips or lids had crossed, in canvas pixels.
    """

    landmarks: Landmarks
    to_canvas: Similarity
    crossed: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What all frames of a set share: canvas, mesh, mask, look.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    mesh : Mesh
    mask : (H, W) int64 array
        0…2¹⁵.
    lost : (A,) float array
        Share of the mask's shape that each photo leaves uncovered.
    """

    canvas: Canvas
    look: Look
    mesh: Mesh
    mask: IntArray
    lost: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """A source face pinned on the canvas."""

    expression: str
    landmarks: Landmarks
    source: Source


def pose(faces: Sequence[Landmarks], canvas: Canvas) -> list[Pose]:
    """Align faces and let their lips and lids meet.

    Raises
    ------
    GeometryError
        MK301 when the pupils of a face coincide.
    """
    poses = []
    for face, to_canvas in zip(faces, align(faces, canvas), strict=True):
        points, crossed = meet(face.scheme, on_grid(to_canvas(face.points)))
        poses.append(Pose(face.replaced(points), to_canvas, crossed))
    return poses


def stage(
    poses: Sequence[Pose],
    sizes: Sequence[tuple[int, int]],
    canvas: Canvas,
    look: Look,
    labels: Sequence[str],
) -> Stage:
    """Build the mesh and the mask that a set shares.

    Parameters
    ----------
    poses : sequence of Pose
        Every anchor of the set; all of one scheme.
    sizes : sequence of (int, int)
        Width and height of each photo.
    canvas : Canvas
    look : Look
    labels : sequence of str
        What to call each anchor in an error.

    Raises
    ------
    GeometryError
        MK302 when the mesh folds in an anchor, MK303 when the faces have different schemes.
    """
    scheme = poses[0].landmarks.scheme
    odd = [label for p, label in zip(poses, labels, strict=True) if p.landmarks.scheme != scheme]
    if odd:
        names = sorted({p.landmarks.scheme.name for p in poses})
        raise GeometryError(
            Finding(
                "MK303",
                f"the templates of one set are of different schemes: {', '.join(names)}.",
                file=odd[0],
                suggestion=f"Convert them to one scheme; the first face has {scheme.name}.",
            )
        )
    shapes = np.stack([p.landmarks.points for p in poses])
    mesh = build_mesh(scheme, shapes, canvas, labels)
    mean = Landmarks(scheme, on_grid(shapes.mean(axis=0)))
    photos = [(p.to_canvas, *size) for p, size in zip(poses, sizes, strict=True)]
    shown, lost = mask(look.mask, look.feather, mean, canvas, photos)
    return Stage(canvas, look, mesh, shown, lost)


def pin(face: Face, place: Pose, on: Stage) -> Anchor:
    """Pin a face on a stage: its photo cropped, band-limited and in linear light."""
    source = prepare(face.image, place.to_canvas, on.canvas, on.look.light)
    return Anchor(face.expression, place.landmarks, source)


def shape(landmarks: Sequence[Landmarks], weights: Sequence[float]) -> Landmarks:
    """Return the weighted sum of shapes, on the landmark grid.

    Raises
    ------
    GeometryError
        MK304 when the weights do not sum to 1.
    """
    total = float(sum(weights))
    if len(weights) != len(landmarks) or not abs(total - 1) <= 1e-9:
        raise GeometryError(
            Finding(
                "MK304",
                f"{len(weights)} weights that sum to {total:.6g} for {len(landmarks)} faces.",
                measured=total,
                limit=1.0,
                suggestion="Give each face one weight; together they must be 1.",
            )
        )
    points = sum(w * marks.points for w, marks in zip(weights, landmarks, strict=True))
    return landmarks[0].replaced(on_grid(np.asarray(points)))


def frame(anchors: Sequence[Anchor], weights: Sequence[float], on: Stage) -> Face:
    """Combine pinned faces: every pixel sampled once from each photo that has a weight.

    Parameters
    ----------
    anchors : sequence of Anchor
    weights : sequence of float
        One per anchor, together 1; weight 1 on one anchor returns that photo, aligned.
    on : Stage

    Returns
    -------
    Face
        The image on the canvas, and its landmarks.

    Raises
    ------
    GeometryError
        MK302 when the mesh folds in this frame, MK304 when the weights do not sum to 1.
    """
    marks = shape([a.landmarks for a in anchors], weights)
    scheme = marks.scheme
    faults = folds(on.mesh, scheme, marks.points, on.canvas, f"weights {list(weights)}")
    if faults:
        raise GeometryError(*faults)
    vertices = on.mesh.vertices(marks.points)
    maps = [
        affine_maps(
            vertices, on.mesh.vertices(a.landmarks.points), on.mesh.triangles, a.source.from_canvas
        )
        for a in anchors
    ]
    image = _rendered(vertices, on.mesh.triangles, maps, anchors, weights, on)
    return Face(image, marks)


def aligned(anchor: Anchor, on: Stage) -> CodeArray:
    """Return a photo aligned and masked, without the mesh: what weight 1 must equal."""
    right, bottom = on.canvas.width - 0.5, on.canvas.height - 0.5
    vertices = np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    maps = [affine_maps(vertices, vertices, triangles, anchor.source.from_canvas)]
    return _rendered(vertices, triangles, maps, [anchor], [1.0], on)


def _rendered(
    vertices: FloatArray,
    triangles: IntArray,
    maps: Sequence[IntArray],
    anchors: Sequence[Anchor],
    weights: Sequence[float],
    on: Stage,
) -> CodeArray:
    return render(
        Job(
            vertices=np.rint(vertices * GRID).astype(np.int64),
            triangles=triangles,
            maps=np.stack(maps),
            sources=[a.source for a in anchors],
            weights=quantised(np.array(weights)),
            mask=on.mask,
            background=grey(on.canvas.background, on.look.light),
            encode=encode_table(on.look.light),
            sampler=on.look.sampler,
        )
    )


def combine(
    faces: Sequence[Face],
    weights: Sequence[float],
    *,
    canvas: Canvas | None = None,
    look: Look | None = None,
) -> Face:
    """Combine faces by weight: composite, morph, transform.

    Parameters
    ----------
    faces : sequence of Face
        Photos with landmarks of one scheme.
    weights : sequence of float
        One per face, together 1; negative ones and ones above 1 are legal.
    canvas : Canvas, optional
    look : Look, optional

    Returns
    -------
    Face
        On the canvas.

    Raises
    ------
    GeometryError
        MK301…MK304, see `stage` and `frame`.

    Notes
    -----
    The combination of warped images is that of Rowland and Perrett 1995,
    doi 10.1109/38.403830.
    """
    anchors, on = pinned(faces, canvas or Canvas(), look or Look())
    return frame(anchors, weights, on)


def pinned(faces: Sequence[Face], canvas: Canvas, look: Look) -> tuple[list[Anchor], Stage]:
    """Pin faces on a stage of their own.

    Raises
    ------
    GeometryError
        MK301…MK303, see `pose` and `stage`.
    """
    if not faces:
        raise GeometryError(Finding("MK304", "there are no faces to combine."))
    poses = pose(shared([face.landmarks for face in faces]), canvas)
    labels = [f"{f.identity or 'face'} {f.expression or i + 1}" for i, f in enumerate(faces)]
    sizes = [(face.image.shape[1], face.image.shape[0]) for face in faces]
    on = stage(poses, sizes, canvas, look, labels)
    return [pin(face, place, on) for face, place in zip(faces, poses, strict=True)], on
