"""The engine in one function: shape = Σ wᵢ·pointsᵢ, colour = Σ wᵢ·imageᵢ warped to it.

`frame` is the weighted combination of faces pinned on a stage.  Composite (all weights
1/n), morph (two or more anchors of one infant) and transform (base + amount × (to − from))
are three patterns of weights; negative weights and weights above 1 are legal, and shape,
colour and texture may have weights of their own.  May import `errors`, `faces`, `engine`
and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from morphkit.engine.affine import maps_to
from morphkit.engine.align import GRID, Canvas, on_grid
from morphkit.engine.aperture import meet
from morphkit.engine.cast import Cast, cast
from morphkit.engine.color import WHITE, CodeArray, SingleArray, as_linear
from morphkit.engine.mesh import folds
from morphkit.engine.opening import openings
from morphkit.engine.raster import PartArray
from morphkit.engine.refine import shares, to_mean
from morphkit.engine.stage import Anchor, Look, Stage, alone, job, pin, pose, stage
from morphkit.engine.texture import carried, fine, restore
from morphkit.engine.warp import ONE, Drift, Job, LightFrame, light, quantised, render, written
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import Face, FloatArray, Landmarks, shared


@dataclass(frozen=True, slots=True)
class Weights:
    """Each face's share in a frame's shape, colour and texture; each of them sums to 1.

    Parameters
    ----------
    shape, colour, texture : tuple of float
        One per face.  Texture is what is finer than 16 cycles per face.
    """

    shape: tuple[float, ...]
    colour: tuple[float, ...]
    texture: tuple[float, ...]

    def of(self, places: Sequence[int]) -> Weights:
        """Return the weights of some of the faces."""
        return Weights(
            *(tuple(w[i] for i in places) for w in (self.shape, self.colour, self.texture))
        )


def alike(weights: Sequence[float]) -> Weights:
    """Return weights that are the same for shape, colour and texture."""
    same = tuple(float(w) for w in weights)
    return Weights(same, same, same)


def shape(landmarks: Sequence[Landmarks], weights: Sequence[float]) -> Landmarks:
    """Return the weighted sum of shapes, on the landmark grid.

    Raises
    ------
    GeometryError
        MK304 when the weights do not sum to 1.
    """
    _check(weights, len(landmarks))
    points = sum(w * marks.points for w, marks in zip(weights, landmarks, strict=True))
    return landmarks[0].replaced(on_grid(np.asarray(points)))


def shown_shape(landmarks: Sequence[Landmarks], weights: Sequence[float]) -> Landmarks:
    """Return the weighted sum of shapes as a frame shows it: lips and lids don't cross.

    With a negative weight they could overtake each other, since what the difference of two
    faces opens is closed against it; they meet in the middle and stay shut.

    Raises
    ------
    GeometryError
        MK304 when the weights do not sum to 1.
    """
    marks = shape(landmarks, weights)
    if min(weights) >= 0:
        return marks
    points, crossed = meet(marks.scheme, marks.points)
    # an anchor's lips that have met may still cross by the grid's rounding: it stays as it is
    return marks.replaced(points) if any(c * GRID > 4 for c in crossed.values()) else marks


def _check(weights: Sequence[float], count: int, of: str = "weights") -> None:
    total = float(sum(weights))
    if len(weights) != count or not abs(total - 1) <= 1e-9:
        raise GeometryError(
            Finding(
                "MK304",
                f"{len(weights)} {of} that sum to {total:.6g} for {count} faces.",
                measured=total,
                limit=1.0,
                suggestion="Give each face one weight; together they must be 1.",
            )
        )


def frame(cast: Cast, weights: Sequence[float] | Weights, on: Stage) -> Face:
    """Combine pinned faces: every pixel sampled once from each photo that has a weight.

    Parameters
    ----------
    cast : Cast
    weights : sequence of float or Weights
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
    cast, w, marks = _entering(cast, weights, on)
    made = _job(cast, w, marks, on)
    whole = _textured(cast, w, marks, on, made)
    return Face(render(made) if whole is None else written(made, whole), marks)


def unrounded(
    cast: Cast, weights: Sequence[float] | Weights, on: Stage
) -> tuple[SingleArray, Landmarks]:
    """Return a frame's linear light before it is rounded to codes, and its landmarks.

    Parameters
    ----------
    cast, weights, on
        As `frame` takes them.

    Returns
    -------
    (H, W, 3) float32 array
        0…1, white 1, in steps of 1/32767; masked and clipped as `frame` does it.
    Landmarks

    Raises
    ------
    GeometryError
        As `frame`.
    """
    cast, w, marks = _entering(cast, weights, on)
    made = _job(cast, w, marks, on)
    whole = _textured(cast, w, marks, on, made)
    whole = light(made, made.mask > 0) if whole is None else whole
    alpha = (made.mask / ONE).astype(np.float32)[..., None]
    mixed = whole * alpha + made.background * (1 - alpha)
    share = np.clip(mixed / WHITE, 0, 1).astype(np.float32)
    return (share if on.look.light == "linear" else as_linear(share)), marks


def _entering(
    cast: Cast, weights: Sequence[float] | Weights, on: Stage
) -> tuple[Cast, Weights, Landmarks]:
    """Return the anchors that enter a frame, with their weights, and its landmarks."""
    w = weights if isinstance(weights, Weights) else alike(weights)
    _check(w.colour, len(cast.anchors), "colour weights")
    _check(w.texture, len(cast.anchors), "texture weights")
    marks = shown_shape([a.landmarks for a in cast.anchors], w.shape)
    faults = folds(on.mesh, marks.scheme, marks.points, on.canvas, f"weights {list(w.shape)}")
    if faults:
        raise GeometryError(*faults)
    used = [
        i for i, parts in enumerate(zip(w.shape, w.colour, w.texture, strict=True)) if any(parts)
    ]
    return cast.of(used), w.of(used), marks


def _job(cast: Cast, w: Weights, marks: Landmarks, on: Stage) -> Job:
    """What decides a frame's pixels, but for its texture."""
    vertices = on.mesh.vertices(marks.points)
    faces = [anchor.landmarks for anchor in cast.anchors]
    sources = [anchor.source for anchor in cast.anchors]
    there = [on.mesh.vertices(face.points) for face in faces]
    maps = maps_to(vertices, there, on.mesh.triangles, [one.from_canvas for one in sources])
    plain = job(vertices, on.mesh.triangles, maps, sources, w.colour, on)
    if len(sources) == 1:
        return plain
    grids = shares(w.shape, sources, cast.pairs)
    return replace(
        plain,
        drift=None if grids is None else Drift(to_mean(vertices, on), grids),
        openings=openings(marks, faces, sources, w.shape, w.colour, on.canvas, on.mesh)
        if on.look.apertures
        else [],
    )


def _textured(cast: Cast, w: Weights, marks: Landmarks, on: Stage, made: Job) -> LightFrame | None:
    """Return the light of a frame with the texture of its weights, as strong as it should be.

    None where nothing is to be done to it: a photo alone, or texture that is left as it is.
    """
    other = w.texture != w.colour
    if len(cast.anchors) == 1 or not (cast.textures or other):
        return None
    around, width = on.window, on.face_width
    whole = light(made, around.near)
    if other:
        detailed = light(replace(made, weights=quantised(np.array(w.texture))), around.near)
        shown = whole[around.pixels]
        shown += fine(detailed[around.pixels], width) - fine(shown, width)
    if cast.textures:
        target = _amplitudes(cast, w.texture, marks, on)
        restore(whole, around, target, _spared(made, on), width)
    return whole


def _amplitudes(cast: Cast, weights: Sequence[float], marks: Landmarks, on: Stage) -> FloatArray:
    """What the fine bands' amplitudes of a frame should be, at the nodes of the grid.

    The mean of powers for the finest, which is grain.  For the other the mean of amplitudes:
    a fold that only one face has is half as deep in the middle, and has a quarter of its power.
    """
    vertices = on.mesh.vertices(marks.points)
    total = np.zeros(cast.textures[0].shape)
    power = np.zeros(total.shape)
    for weight, anchor, own in zip(weights, cast.anchors, cast.textures, strict=True):
        there = on.mesh.vertices(anchor.landmarks.points)
        here = carried(own, vertices, there, on.mesh.triangles, on.window)
        total += weight * here
        power += weight * here * here
    total[..., 0] = np.sqrt(np.maximum(power[..., 0], 0.0))
    return np.maximum(total, 0.0)


def _spared(made: Job, on: Stage) -> PartArray:
    """Where a frame keeps its texture as it is, (H, W) 0…64: inside openings, and outside."""
    spared = on.window.hidden.copy()
    for opening in made.openings:
        box = opening.cover
        rows, columns = box.parts.shape
        part = spared[box.top : box.top + rows, box.left : box.left + columns]
        np.maximum(part, box.parts, out=part)
    return spared


def aligned(anchor: Anchor, on: Stage) -> CodeArray:
    """Return a photo aligned and masked, without the mesh: what weight 1 must equal."""
    return render(alone(anchor.source, on))


def combine(
    faces: Sequence[Face],
    weights: Sequence[float],
    *,
    shape: Sequence[float] | None = None,
    colour: Sequence[float] | None = None,
    texture: Sequence[float] | None = None,
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
    shape, colour, texture : sequence of float, optional
        Weights of their own for a part of the combination, together 1 each; by default
        `weights`.  Texture is what is finer than 16 cycles per face.
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
    pinned_faces, on = pinned(faces, canvas or Canvas(), look or Look())
    parts = (tuple(weights if part is None else part) for part in (shape, colour, texture))
    return frame(pinned_faces, Weights(*parts), on)


def pinned(faces: Sequence[Face], canvas: Canvas, look: Look) -> tuple[Cast, Stage]:
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
    return cast([pin(face, place, on) for face, place in zip(faces, poses, strict=True)], on), on
