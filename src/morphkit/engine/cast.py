"""A cast: the anchors that frames are made of, and what is known of them together.

May import `engine` below the frame, `faces` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from morphkit.engine.luminance import IntArray, luminance
from morphkit.engine.refine import Residuals, residuals
from morphkit.engine.stage import Anchor, Stage, alone
from morphkit.engine.texture import amplitudes, bands
from morphkit.engine.warp import light
from morphkit.faces.face import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Anchors with their texture and their residuals.

    Parameters
    ----------
    anchors : tuple of Anchor
    textures : tuple of (h, w, bands) float array
        Amplitudes of each one's fine bands at the nodes of `engine.grid`; empty when texture
        is not restored.
    pairs : Residuals
        By places in `anchors`; empty when skin follows the mesh alone.
    """

    anchors: tuple[Anchor, ...]
    textures: tuple[FloatArray, ...] = ()
    pairs: Residuals = field(default_factory=dict)

    def of(self, places: Sequence[int]) -> Cast:
        """Return some of the anchors, in another order perhaps."""
        new = {old: i for i, old in enumerate(places)}
        pairs = {}
        for (i, j), one in self.pairs.items():
            if i in new and j in new:
                a, b = new[i], new[j]
                pairs[min(a, b), max(a, b)] = one if a < b else one.turned()
        return Cast(
            tuple(self.anchors[i] for i in places),
            tuple(self.textures[i] for i in places) if self.textures else (),
            pairs,
        )


def cast(
    anchors: Sequence[Anchor], on: Stage, pairs: Iterable[tuple[int, int]] | None = None
) -> Cast:
    """Return anchors with what the stage's look asks to know of them.

    Parameters
    ----------
    anchors : sequence of Anchor
    on : Stage
    pairs : iterable of (int, int), optional
        Whose residuals are found, the lower place first; of all by default.
    """
    look, width = on.look, on.face_width
    if look.texture == "off" and look.refine == "off":
        return Cast(tuple(anchors))
    tones = [_tone(anchor, on) for anchor in anchors]
    strong = tones if look.texture == "restore" else []
    return Cast(
        tuple(anchors),
        tuple(amplitudes(bands(tone, width), width) for tone in strong),
        residuals(anchors, tones, on, pairs) if look.refine == "flow" else {},
    )


def _tone(anchor: Anchor, on: Stage) -> IntArray:
    """Luminance of the photo on the canvas."""
    return luminance(light(alone(anchor.source, on), np.ones(on.mask.shape, dtype=bool)))
