"""A cast: the anchors that frames are made of, and what is known of them together.

May import `engine` below the frame, `faces` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from morphkit.engine.luminance import WholeArray, luminance
from morphkit.engine.refine import Residuals, residuals
from morphkit.engine.stage import Anchor, Stage, alone
from morphkit.engine.texture import amplitudes
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
    seen = [_seen(anchor, on) for anchor in anchors]
    textures = [amplitudes(one, on.window, width) for one in seen if look.texture == "restore"]
    tones = [luminance(one) for one in seen if look.refine == "flow"]
    return Cast(
        tuple(anchors), tuple(textures), residuals(anchors, tones, on, pairs) if tones else {}
    )


def _seen(anchor: Anchor, on: Stage) -> WholeArray:
    """Light of the photo on the canvas, without the mask."""
    return light(alone(anchor.source, on), np.ones(on.mask.shape, dtype=bool))
