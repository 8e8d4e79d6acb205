"""What is seen inside an open mouth or eye of a frame.

Lips and lids combine by the mesh like all skin; what lies behind them does not.  Inside,
only sources that show their inside take part, by weight and openness: no teeth through
lips, no iris through lids.  The inside of a mouth moves with the mesh; an eyeball does not
deform when lids close over it, so it moves with the eye's corners and its iris.
May import `faces`, `engine` below the frame, and NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from morphkit.engine.affine import maps_to
from morphkit.engine.align import GRID, Canvas, Similarity
from morphkit.engine.aperture import gap, narrowed, outline
from morphkit.engine.blur import blurred
from morphkit.engine.color import WHITE
from morphkit.engine.raster import FINE, cover
from morphkit.engine.sample import MAP_BITS
from morphkit.engine.source import PAD, Source
from morphkit.engine.triangulation import Mesh
from morphkit.engine.warp import IntArray, Opening, quantised
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Aperture

CLOSED = 0.04
"""Lips and lids nearer than this, on average and in eye distances, touch: what their
landmarks leave open is the width of a lip's edge, or noise."""

FADE = 0.012
"""Blur of an open eye's edge, in eye distances."""

ENOUGH = 0.25
"""Share of what is added that must be left when a transform takes an inside away."""

LIT = 0.5
"""Little light falls into a slit: a mouth that is less open than this share of its source's
shows the source's inside darker, in proportion."""

BEHIND = 1 / 3
"""Where the part of a mouth that is still seen lies: 0 behind the upper lip, 1 the lower."""


_NO_MAPS = np.zeros((0, 0, 6), dtype=np.int64)


def openness(aperture: Aperture, points: FloatArray, eye_distance: float) -> float:
    """Return how far an aperture is open, in eye distances; 0 when it is closed."""
    wide = gap(aperture, points) / eye_distance
    return math.sqrt(max(wide * wide - CLOSED * CLOSED, 0.0))


def with_eyes(source: Source, marks: Landmarks, eye_distance: float) -> Source:
    """Return a source that says which of its pixels show an open eye."""
    pixels = source.pixels.copy()
    height, width = (side - 2 * PAD for side in pixels.shape[:2])
    to_source = source.from_canvas
    for aperture in marks.scheme.apertures:
        open_by = openness(aperture, marks.points, eye_distance)
        if aperture.name.endswith("_eye") and open_by > 0:
            ring = _seen_ring(aperture, marks.points, open_by, eye_distance)
            box = cover(_on_grid(to_source(ring)), width, height)
            # fading inwards: where a lid's shadow ends, one source gives way to another
            part = np.pad(box.parts / (FINE * FINE), 1)
            inner = np.clip(2 * blurred(part, FADE * eye_distance * to_source.scale) - 1, 0, 1)
            rows, columns = box.parts.shape
            here = pixels[box.top + PAD :, box.left + PAD :, 3][:rows, :columns]
            np.maximum(here, np.rint(inner[1:-1, 1:-1] * WHITE).astype(np.int16), out=here)
    pixels.flags.writeable = False
    return replace(source, pixels=pixels)


def openings(
    frame: Landmarks,
    anchors: Sequence[Landmarks],
    sources: Sequence[Source],
    shape: Sequence[float],
    colour: Sequence[float],
    canvas: Canvas,
    mesh: Mesh,
) -> list[Opening]:
    """Return the open apertures of a frame.

    Parameters
    ----------
    frame : Landmarks
        Of the frame, on the canvas.
    anchors : sequence of Landmarks
        Of each face that takes part.
    sources : sequence of Source
    shape, colour : sequence of float
        Weights of each face.
    canvas : Canvas
    mesh : Mesh

    Notes
    -----
    A frame's aperture is open by the weighted sum of its faces' openness, so that it begins
    to open from nothing, and what is seen grows with it.
    """
    found: list[Opening] = []
    inner: list[FloatArray] = []
    for aperture in frame.scheme.apertures:
        each = [openness(aperture, face.points, canvas.eye_distance) for face in anchors]
        open_by = sum(w * o for w, o in zip(shape, each, strict=True))
        inside = _inside_weights(colour, each)
        if open_by <= 0 or inside is None:
            continue
        ring = _seen_ring(aperture, frame.points, open_by, canvas.eye_distance)
        balls, weights = None, quantised(inside)
        if aperture.name.endswith("_eye"):
            balls = _ball_maps(aperture, frame, anchors, sources, inside)
        else:
            weights = _shaded(aperture, frame, anchors, weights)
        seen = cover(_on_grid(ring), canvas.width, canvas.height)
        found.append(Opening(seen, weights, _NO_MAPS, balls))
        inner += _inner_points(aperture, frame, anchors, mesh)
    if not found:
        return []
    to_sources = [source.from_canvas for source in sources] * len(found)
    maps = maps_to(mesh.vertices(frame.points), inner, mesh.triangles, to_sources)
    own = maps.reshape(len(found), len(sources), *maps.shape[1:])
    return [replace(opening, maps=own[i]) for i, opening in enumerate(found)]


def _inside_weights(colour: Sequence[float], open_by: Sequence[float]) -> FloatArray | None:
    """Each source's share in what is seen inside, by weight and openness; None when nothing is.

    In a transform the face that is taken away takes its inside away, too, as long as that
    leaves enough to look at; else only what is added counts.  There, a face that is half as
    open as the widest counts in full: irises of other infants must cancel, though eyes are
    narrower in a smile.
    """
    full = 0.5 * max(open_by) if min(colour) < 0 else 0.0
    shown = [min(o / full, 1.0) if full > 0 else o for o in open_by]
    signed = np.array([w * o for w, o in zip(colour, shown, strict=True)])
    added = np.maximum(signed, 0.0)
    if not added.sum() > 0:
        return None
    weights = signed if signed.sum() > ENOUGH * added.sum() else added
    return np.asarray(weights / weights.sum())


def _shaded(
    aperture: Aperture, frame: Landmarks, anchors: Sequence[Landmarks], weights: IntArray
) -> IntArray:
    """Return weights of less light where a mouth is a slit and its sources' are wide open."""
    here = max(gap(aperture, frame.points), 0.0)
    lit = [min(here / (LIT * max(gap(aperture, face.points), here, 1.0)), 1.0) for face in anchors]
    return np.asarray(np.rint(weights * np.array(lit)), dtype=np.int64)


def _inner_points(
    aperture: Aperture, frame: Landmarks, anchors: Sequence[Landmarks], mesh: Mesh
) -> list[FloatArray]:
    """Mesh points of each source that say where it shows the inside of an aperture.

    What is wider open in a source than in the frame is only half squeezed: lips that come
    together also cover what lies behind them, more of it below than above.
    """
    here = gap(aperture, frame.points)
    points = []
    for face in anchors:
        there = gap(aperture, face.points)
        share = math.sqrt(here / there) if 0 < here < there else 1.0
        points.append(mesh.vertices(narrowed(aperture, face.points, share, BEHIND)))
    return points


def _seen_ring(
    aperture: Aperture, points: FloatArray, open_by: float, eye_distance: float
) -> FloatArray:
    """Return the outline of what is seen: the landmarks' opening, less what is closed."""
    wide = gap(aperture, points) / eye_distance
    share = min(open_by / wide, 1.0) if wide > 0 else 0.0
    return outline(aperture, narrowed(aperture, points, share))


def _ball_maps(
    aperture: Aperture,
    frame: Landmarks,
    anchors: Sequence[Landmarks],
    sources: Sequence[Source],
    inside: FloatArray,
) -> IntArray:
    """Where each source shows the eyeball of a frame, (K, 6) maps.

    By the corners of the eye, which lids don't move, and by the iris, where landmarks tell
    it: gazes meet in the middle.  Plane vectors are complex numbers here: dividing by one
    turns and scales.
    """
    start, across = _corners(aperture, frame.points)
    each = [_corners(aperture, face.points) for face in anchors]
    gaze = [
        (_iris(aperture, face.points) - middle) / width
        for face, (middle, width) in zip(anchors, each, strict=True)
    ]
    looks = sum(w * g for w, g in zip(inside, gaze, strict=True))
    maps = []
    for source, (middle, width), g in zip(sources, each, gaze, strict=True):
        turn = width / across
        shift = middle + g * width - turn * (start + looks * across)
        to_anchor = Similarity(turn.real, turn.imag, shift.real, shift.imag)
        maps.append(_map(source.from_canvas, to_anchor))
    return np.array(maps, dtype=np.int64)


def _corners(aperture: Aperture, points: FloatArray) -> tuple[complex, complex]:
    """The middle of the corners, and the way from one to the other."""
    one, other = (complex(*points[i].tolist()) for i in (aperture.upper[0], aperture.upper[-1]))
    return (one + other) / 2, other - one


def _iris(aperture: Aperture, points: FloatArray) -> complex:
    if not aperture.inner:
        return _corners(aperture, points)[0]
    x, y = points[list(aperture.inner)].mean(axis=0).tolist()
    return complex(x, y)


def _map(second: Similarity, first: Similarity) -> list[int]:
    """One similarity after the other, as an affine map of `engine.warp`."""
    a = second.a * first.a - second.b * first.b
    b = second.b * first.a + second.a * first.b
    tx = second.a * first.tx - second.b * first.ty + second.tx
    ty = second.b * first.tx + second.a * first.ty + second.ty
    return [round(value * (1 << MAP_BITS)) for value in (a, -b, tx, b, a, ty)]


def _on_grid(ring: FloatArray) -> IntArray:
    return np.asarray(np.rint(ring * GRID), dtype=np.int64)
