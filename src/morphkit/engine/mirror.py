"""The mirror: a pose as a mirror in the middle of the canvas shows it.

May import `engine` below the stage, and NumPy.
"""

from __future__ import annotations

from morphkit.engine.align import Canvas, Similarity
from morphkit.engine.stage import Pose


def mirrored(place: Pose, photo_width: int, canvas: Canvas) -> Pose:
    """Return the pose of a mirrored photo: exactly the mirror image of the photo's own.

    So the mean of a face and its mirror image is symmetric about the middle of the canvas,
    however the faces were aligned.

    Parameters
    ----------
    place : Pose
    photo_width : int
        Pixels.
    canvas : Canvas

    Raises
    ------
    TemplateError
        MK208 when the landmarks' scheme has no mirror map.
    """
    to, last = place.to_canvas, photo_width - 1
    turned = Similarity(to.a, -to.b, (canvas.width - 1) - to.a * last - to.tx, to.ty + to.b * last)
    return Pose(place.landmarks.mirrored(canvas.width), turned, {})
