"""The stage: what all frames of a set share, and the faces that are pinned on it.

May import `errors`, `faces`, `engine` below it and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from morphkit.engine.affine import affine_maps
from morphkit.engine.align import GRID, Canvas, Similarity, align, on_grid
from morphkit.engine.aperture import meet
from morphkit.engine.color import Light, encode_table, grey
from morphkit.engine.mask import Shape, mask
from morphkit.engine.mesh import Mesh, build_mesh
from morphkit.engine.opening import with_eyes
from morphkit.engine.sample import Sampler
from morphkit.engine.source import Source, prepare
from morphkit.engine.texture import Window, window
from morphkit.engine.warp import IntArray, Job, WholeArray, quantised
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import Face, FloatArray, Landmarks

FACE_WIDTH = 2.2
"""In eye distances: 2.2 in the rendered infants, 2.1 to 2.3 in adults."""


@dataclass(frozen=True, slots=True)
class Look:
    """How pixels are made: light that is added, sampler, mask, and what is done for the middle.

    Parameters
    ----------
    light : {"linear", "srgb"}
        Add linear light, or encoded values.
    sampler : {"catmull-rom", "bilinear"}
    mask : {"oval", "hull", "none"}
    feather : float
        Soft edge of the mask in pixels.
    apertures : bool
        Show inside mouth and eyes only what is open there.
    refine : {"flow", "off"}
        Align the skin between landmarks, too.
    texture : {"restore", "off"}
        Give back the fine texture that adding takes away.
    """

    light: Light = "linear"
    sampler: Sampler = "catmull-rom"
    mask: Shape = "oval"
    feather: float = 8.0
    apertures: bool = True
    refine: Literal["flow", "off"] = "flow"
    texture: Literal["restore", "off"] = "restore"


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
    mask : (H, W) int32 array
        0…2¹⁵.
    window : Window
        The part of the canvas whose texture is looked at.
    lost : (A,) float array
        Share of the mask's shape that each photo leaves uncovered.
    """

    canvas: Canvas
    look: Look
    mesh: Mesh
    mask: WholeArray
    window: Window
    lost: FloatArray

    @property
    def face_width(self) -> float:
        """Width of a face in pixels, near enough to choose the size of details by."""
        return FACE_WIDTH * self.canvas.eye_distance


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """A source face pinned on the canvas.

    Parameters
    ----------
    expression : str
    landmarks : Landmarks
        On the canvas.
    source : Source
        Its photo, ready to be sampled.
    """

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
        MK302 when the mesh folds in an anchor, MK303 when the faces have different schemes,
        MK313 when apertures are asked for and the scheme has none.
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
    if look.apertures and not scheme.apertures:
        raise GeometryError(
            Finding(
                "MK313",
                f"scheme {scheme.name} does not say where mouth and eyes open.",
                file=labels[0],
                suggestion="Write engine: {apertures: false}, or use a scheme with inner lips and "
                "lids.",
            )
        )
    shapes = np.stack([p.landmarks.points for p in poses])
    mesh = build_mesh(scheme, shapes, canvas, labels)
    mean = Landmarks(scheme, on_grid(shapes.mean(axis=0)))
    photos = [(p.to_canvas, *size) for p, size in zip(poses, sizes, strict=True)]
    shown, lost = mask(look.mask, look.feather, mean, canvas, photos)
    around = window(shown, FACE_WIDTH * canvas.eye_distance)
    return Stage(canvas, look, mesh, shown, around, lost)


def pin(face: Face, place: Pose, on: Stage) -> Anchor:
    """Pin a face on a stage: its photo cropped, band-limited and in linear light."""
    source = prepare(face.image, place.to_canvas, on.canvas, on.look.light)
    if on.look.apertures:
        source = with_eyes(source, place.landmarks, on.canvas.eye_distance)
    return Anchor(face.expression, place.landmarks, source)


def alone(source: Source, on: Stage) -> Job:
    """Return the job of one photo on the canvas, without a mesh."""
    right, bottom = on.canvas.width - 0.5, on.canvas.height - 0.5
    vertices = np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    maps = affine_maps(vertices, vertices, triangles, source.from_canvas)
    return job(vertices, triangles, maps[None], [source], [1.0], on)


def job(
    vertices: FloatArray,
    triangles: IntArray,
    maps: IntArray,
    sources: Sequence[Source],
    weights: Sequence[float],
    on: Stage,
) -> Job:
    """Return a job without drift and openings."""
    return Job(
        vertices=np.rint(vertices * GRID).astype(np.int64),
        triangles=triangles,
        maps=maps,
        sources=sources,
        weights=quantised(np.array(weights)),
        mask=on.mask,
        background=grey(on.canvas.background, on.look.light),
        encode=encode_table(on.look.light),
        sampler=on.look.sampler,
    )
