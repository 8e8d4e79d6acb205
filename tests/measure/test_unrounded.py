from __future__ import annotations

import numpy as np
import pytest
from portraits import infant

from morphkit.engine.align import Canvas
from morphkit.engine.color import as_encoded
from morphkit.engine.morph import frame, pinned, unrounded
from morphkit.engine.stage import Look


@pytest.mark.parametrize("light", ["linear", "srgb"])
@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.5, 0.5), (0.3, 0.7)])
@pytest.mark.parametrize("texture", ["restore", "off"])
def test_rounded_it_is_the_frame(light: str, weights: tuple[float, ...], texture: str) -> None:
    faces = [infant("infant01", end) for end in ("distressed", "happy")]
    look = Look(light=light, texture=texture)
    cast, on = pinned(faces, Canvas(128, 160, 42.0), look)
    shown, marks = unrounded(cast, weights, on)
    face = frame(cast, weights, on)
    assert shown.dtype == np.float32 and shown.min() >= 0 and shown.max() <= 1
    apart = np.abs(255 * as_encoded(shown) - face.image)
    # half a code, and what 15 bits of linear light leave open in the dark and at the mask's edge
    assert np.quantile(apart, 0.999) < 0.56 and apart.max() < 1.1
    assert np.array_equal(marks.points, face.landmarks.points)
