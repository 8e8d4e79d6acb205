"""What a plan doubts about its sources: findings that are kept in the set.

And what equalising them came to.  They name infant and expression, never a
file, since names of photos can tell who somebody is.
May import `errors`, `engine` and `measure`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from morphkit.engine.luminance import TAIL
from morphkit.engine.stage import Pose, Stage
from morphkit.errors import Finding, GeometryError, MorphkitError
from morphkit.measure.facts import Facts
from morphkit.measure.suitability import pair_doubts, photo_doubts

ROUNDING = 0.0005
"""Lips or lids that cross by less than this (EOD) do so because coordinates were rounded."""

CROSSING_LIMIT = 0.05
"""Lips or lids that cross by more than this (EOD) are misplaced, not noisy."""

RECOLOURED = 1.5
"""A luminance that is multiplied or divided by more is another skin tone's."""

LOST = 0.0005
"""A photo that leaves less than this share of the mask uncovered covers it."""


def crossings(poses: Sequence[Pose], labels: Sequence[str]) -> list[Finding]:
    """Lips and lids that had to meet: a doubt when it is noise, an error when it is not."""
    found = []
    for place, label in zip(poses, labels, strict=True):
        unit = place.landmarks.outer_eye_distance()
        for aperture, pixels in place.crossed.items():
            part = pixels / unit
            if part < ROUNDING:
                continue
            found.append(
                Finding(
                    "MK306",
                    f"the upper and lower edge of the {aperture.replace('_', ' ')} cross by "
                    f"{100 * part:.1f} % of the eye distance; they were made to meet halfway.",
                    severity="error" if part > CROSSING_LIMIT else "warning",
                    file=label,
                    pointer=aperture,
                    measured=round(part, 4),
                    limit=CROSSING_LIMIT,
                    suggestion="Correct the template if this is more than a closed edge.",
                )
            )
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise GeometryError(*errors)
    return found


def uncovered(on: Stage, labels: Sequence[str]) -> list[Finding]:
    """Photos that end inside the mask."""
    return [
        Finding(
            "MK307",
            f"the photo leaves {100 * lost:.1f} % of the mask uncovered; the background is "
            "shown there, in every frame of the set.",
            severity="warning",
            file=label,
            measured=round(float(lost), 4),
            limit=0.0,
            suggestion="Use a larger eye_distance, a smaller canvas, or a wider photo.",
        )
        for lost, label in zip(on.lost, labels, strict=True)
        if lost > LOST
    ]


def unsuitable(
    photos: Mapping[tuple[str, str], Facts],
    poses: Sequence[Pose],
    paths: Iterable[Sequence[str]],
    limits: Mapping[str, float],
    *,
    composited: bool,
) -> list[Finding]:
    """Photos, and pairs of photos, that make a bad morph.

    Parameters
    ----------
    photos : mapping
        Identity and expression → what was measured on the photo.
    poses : sequence of Pose
        Where the photos lie on the canvas, in the same order.
    paths : iterable of sequence of str
        The expressions of each continuum; neighbours are compared, each pair once.
    limits : mapping
    composited : bool
        Whether the engine composites apertures.
    """
    found = []
    for (key, photo), place in zip(photos.items(), poses, strict=True):
        found += photo_doubts(" ".join(key), photo, place.to_canvas.scale, limits)
    steps: dict[frozenset[str], tuple[str, str]] = {}
    for step in (step for path in paths for step in pairwise(path)):
        steps.setdefault(frozenset(step), step)
    for identity in dict.fromkeys(identity for identity, _ in photos):
        for names in steps.values():
            if not all((identity, name) in photos for name in names):
                continue  # an infant may be in a set for one expression only
            pair = photos[identity, names[0]], photos[identity, names[1]]
            found += pair_doubts(identity, names, pair, limits, composited=composited)
    return found


def left_out(faults: Mapping[str, MorphkitError]) -> list[Finding]:
    """Infants that are not in the set, and the codes of what is wrong with their photos."""
    return [
        Finding(
            "MK933",
            f"{identity} was left out of the set because of "
            f"{', '.join(sorted({found.code for found in error.findings}))}.",
            severity="warning",
            pointer=identity,
            suggestion="Mend its photos and build again with --force.",
        )
        for identity, error in faults.items()
    ]


def clipped_light(label: str, share: float) -> list[Finding]:
    """Light that equalising pushes below black or above white."""
    if share <= TAIL:
        return []
    return [
        Finding(
            "MK522",
            f"equalising turns {100 * share:.2f} % of the face's pixels black or white.",
            severity="warning",
            file=label,
            pointer="equalise",
            measured=round(share, 5),
            limit=TAIL,
            suggestion="Equalise less, within each infant, or use photos that are more alike.",
        )
    ]


def recoloured(label: str, ratio: float) -> list[Finding]:
    """Faces whose luminance changes so much that their skin becomes another one."""
    if 1 / RECOLOURED <= ratio <= RECOLOURED:
        return []
    return [
        Finding(
            "MK523",
            f"equalising multiplies the luminance of this face by {ratio:.2f}: its skin tone is "
            "not the infant's own.",
            severity="warning",
            file=label,
            pointer="equalise",
            measured=round(ratio, 4),
            limit=RECOLOURED,
            suggestion="Write identity instead of set, so that every infant keeps its skin tone.",
        )
    ]


def missed(
    label: str, what: str, found: float, wanted: float | None, limit: float
) -> list[Finding]:
    """Statistics that could not be made equal."""
    if not wanted or abs(found / wanted - 1) <= limit:
        return []
    return [
        Finding(
            "MK524",
            f"the {what} of this face is {found:.4g} after equalising; {wanted:.4g} was wanted.",
            severity="warning",
            file=label,
            pointer="equalise",
            measured=round(found / wanted - 1, 5),
            limit=limit,
            suggestion="Leave this photo out, or use one that is more like the others.",
        )
    ]
