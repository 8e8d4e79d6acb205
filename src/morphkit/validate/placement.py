"""Where the faces lie: eye distance, tilt and place of the pupils in every frame; and whether
the layers of a frame lie on each other.

Judged from the manifest's landmarks and measures, so that a quick validation does it too.
Imports no NumPy.  May import `errors`, `faces.scheme`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import atan2, degrees, hypot
from typing import Any

from morphkit.errors import Finding, MorphkitError
from morphkit.faces.scheme import Scheme, free_scheme, scheme, scheme_names
from morphkit.study.manifest import MANIFEST
from morphkit.study.shares import Photo
from morphkit.study.table import TABLE
from morphkit.validate.evenness import graded
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding
from morphkit.validate.table import SAME

Point = tuple[float, float]

SMALLEST = 48
"""Pixels between the pupils from which on layers are judged: half a face of 96 px."""

SPREADS = (("mean", 0.5, "on average"), ("p95", 1.0, "in the worst twentieth"))
"""What is recorded of a disagreement, and its share of the limit."""


def landmark_scheme(evidence: Evidence) -> Scheme | None:
    """Return the landmark scheme with the set's extra points; None when it is unknown."""
    names = evidence.block.landmark_names
    base = evidence.block.landmark_scheme.partition("+")[0]
    try:
        if base not in scheme_names():
            return free_scheme(names) if base.startswith("free") else None
        known = scheme(base)
        found = known.extended(names[len(known.points) :])
    except MorphkitError:
        return None
    return found if list(found.points) == names else None


def check_placement(evidence: Evidence) -> Iterator[Finding]:
    """Pupils of every frame where the canvas puts them: MK535 distance, MK536 tilt, MK537 place."""
    layout, recipe = landmark_scheme(evidence), evidence.recipe
    if layout is None or recipe is None or not (layout.right_pupil and layout.left_pupil):
        return
    pupils = {
        Photo(one.identity, one.expression, one.mirrored): (
            _middle(one.landmarks, layout.right_pupil),
            _middle(one.landmarks, layout.left_pupil),
        )
        for one in evidence.block.anchors
        if len(one.landmarks) == len(layout.points)
    }
    canvas, limits = recipe.canvas, evidence.limits
    middles: list[Point] = []
    for row in evidence.set.stimuli:
        shares = evidence.shares(row)
        if not shares.keys() <= pupils.keys() or abs(sum(shares.values()) - 1) > SAME:
            continue  # which has its own rule
        right, left = (
            _mixed([(share, pupils[photo][side]) for photo, share in shares.items()])
            for side in (0, 1)
        )
        middles.append(((right[0] + left[0]) / 2, (right[1] + left[1]) / 2))
        across, down = left[0] - right[0], left[1] - right[1]
        told = (
            (
                "MK535",
                "eye_distance_error",
                "distance",
                hypot(across, down) / canvas.eye_distance - 1,
            ),
            ("MK536", "eye_tilt", "tilt in degrees", degrees(atan2(down, across))),
            ("MK537", "eye_place", "height in px", middles[-1][1] - middles[0][1]),
            ("MK537", "eye_place", "place across in px", middles[-1][0] - middles[0][0]),
        )
        for code, name, words, value in told:
            if abs(value) > limits[name]:
                found = finding(
                    code,
                    f"{row.stimulus_id}: the pupils' {words} is off by {value:.3g} (limit "
                    f"{limits[name]:g}).",
                    file=TABLE,
                    pointer=row.stimulus_id,
                    line=evidence.lines[row.stimulus_id],
                    measured=abs(value),
                    limit=limits[name],
                )
                # procrustes keeps the face in place, not the eyes, and says so
                yield graded(found) if canvas.align == "eyes" else found


def _middle(points: Sequence[Point], members: Sequence[int]) -> Point:
    return (
        sum(points[i][0] for i in members) / len(members),
        sum(points[i][1] for i in members) / len(members),
    )


def _mixed(parts: Sequence[tuple[float, Point]]) -> Point:
    return sum(share * x for share, (x, _) in parts), sum(share * y for share, (_, y) in parts)


def check_layers(evidence: Evidence) -> Iterator[Finding]:
    """MK531: what the build measured of how far warped photos disagree.

    On a small canvas that can't be measured.
    """
    if evidence.recipe is None or evidence.recipe.canvas.eye_distance < SMALLEST:
        return
    listed = evidence.block.measures.get("residuals", [])
    for number, entry in enumerate(listed if isinstance(listed, list) else [listed]):
        place = f"morphkit.measures.residuals.{number}"
        try:
            told = _disagreements(entry)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            text = "this is no disagreement of layers that a build has written."
            yield finding("MK601", text, file=MANIFEST, pointer=place)
            continue
        for called, share, value in told:
            limit = share * evidence.limits["layers_p95"]
            if value > limit:
                text = f"{called} (limit {limit:g} %)."
                yield finding(
                    "MK531", text, file=MANIFEST, pointer=place, measured=value, limit=limit
                )


def _disagreements(entry: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """Return words, the share of the limit, and the value, of what one entry tells."""
    pair = " and ".join(entry["expressions"])
    return [
        (
            f"{entry['identity']}: {pair} disagree by {value:.2f} % of the eye distance {words} "
            f"around {region}",
            share,
            value,
        )
        for region, size in entry.get("after", entry.get("before", {})).items()
        for name, share, words in SPREADS
        for value in [float(size[name])]
    ]
