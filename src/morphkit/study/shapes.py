"""The shapes of a set's identities, as the manifest gives them: infants' and prototypes'.

Plain Python, no NumPy, so that a quick validation has them too.  May import `study`.
"""

from __future__ import annotations

from math import fsum

from morphkit.study.manifest import MorphkitBlock
from morphkit.study.shares import Photo, composite
from morphkit.study.spacing import Shape


def shapes_of(block: MorphkitBlock) -> dict[tuple[str, str], Shape]:
    """Return the landmarks of each identity's expressions in canvas pixels.

    A prototype's are the mean of its photos', where those have equally many.
    """
    whole = {
        Photo(one.identity, one.expression, one.mirrored): one.landmarks for one in block.anchors
    }
    shapes: dict[tuple[str, str], Shape] = {
        (photo.identity, photo.expression): marks
        for photo, marks in whole.items()
        if not photo.mirrored
    }
    for one in block.prototypes:
        for expression in dict.fromkeys(photo.expression for photo in whole):
            photos = composite(one.identities, expression, symmetric=one.symmetric)
            marks = [whole[photo] for photo in photos if photo in whole]
            if len(marks) == len(photos) and len({len(points) for points in marks}) == 1:
                shapes[one.name, expression] = _mean(marks)
    return shapes


def _mean(shapes: list[list[tuple[float, float]]]) -> Shape:
    count = len(shapes)
    return [
        (fsum(x for x, _ in points) / count, fsum(y for _, y in points) / count)
        for points in zip(*shapes, strict=True)
    ]
