"""The middle of a continuum against the rendered middle: what must not get worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import metrics
from morphkit import Canvas, Continuum, Look, combine, read_face

CANVAS = Canvas(512, 512, 109.0)
PLAIN = Look(mask="none", apertures=False, refine="off", texture="off")


@pytest.mark.parametrize(("infant", "least"), [("infant01", 0.935), ("infant03", 0.94)])
def test_the_middle_is_near_the_truth(shared: Path, infant: str, least: float) -> None:
    """SSIM in the hull, and power on skin within the limits, where a plain morph has neither."""
    folder = shared / "synthetic_infants" / infant / "truth" / "direct"

    def face(level: int):
        name = f"level{level:02d}"
        return read_face(folder / f"{name}.png", folder / f"{name}.json")

    truth = combine([face(5)], [1.0], canvas=CANVAS, look=PLAIN)
    on = metrics.regions(truth.landmarks, truth.image.shape)
    found = {}
    for name, look in {"full": Look(mask="none"), "plain": PLAIN}.items():
        image = Continuum([face(0), face(10)], canvas=CANVAS, look=look).at(0.0).face.image
        near = metrics.ssim(image, truth.image, on.hull)
        power = [
            metrics.power(metrics.grey(picture), on.skin, on.face_width)
            for picture in (image, truth.image)
        ]
        found[name] = near, power[0] / power[1]
    near, share = found["full"]
    assert near > least and near > found["plain"][0] + 0.03
    assert (share > [0.92, 0.90, 0.85]).all() and (share < [1.08, 1.10, 1.15]).all()
    assert found["plain"][1][2] < 0.75, "the check can fail"
