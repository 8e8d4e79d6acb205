"""What is done to the light of a set's anchors, decided once and applied to every frame.

May import `engine` and the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from morphkit.engine import lift
from morphkit.engine.cast import Cast
from morphkit.engine.color import Light
from morphkit.engine.equalise import Key
from morphkit.engine.luminance import IntArray
from morphkit.engine.stage import Anchor
from morphkit.engine.tone import GAIN_BITS, Tone, lifted, toned

Pair = tuple[str, str, str]
"""Identity and two expressions, in the order of the alphabet."""


def pair(identity: str, a: str, b: str) -> Pair:
    """Return the name of a pair: the same for a and b, and for b and a."""
    return identity, min(a, b), max(a, b)


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """The tones of a set.

    Parameters
    ----------
    light : {"linear", "srgb"}
    mask : (H, W) int64 array
        Of the set.
    tones : mapping of (str, str) to Tone
        By identity and expression.
    centres : mapping of (str, str) to int
        Mean luminance of each toned anchor, 15 bits.
    losses : mapping of (str, str, str) to float
        The share of the variance that is missing in the middle of a pair of anchors.
    """

    light: Light
    mask: IntArray
    tones: Mapping[Key, Tone]
    centres: Mapping[Key, int] = field(default_factory=dict)
    losses: Mapping[Pair, float] = field(default_factory=dict)

    def toned(self, identity: str, anchor: Anchor) -> Anchor:
        """Return an anchor with its tone."""
        tone = self.tones.get((identity, anchor.expression))
        if tone is None:
            return anchor
        return replace(anchor, source=toned(anchor.source, tone, self.light, self.mask))

    def lifted(self, identity: str, cast: Cast, weights: Sequence[float]) -> Cast:
        """Return toned anchors with the contrast that mixing them in these shares takes away.

        Each keeps its own mean luminance, so the frame keeps its own.
        """
        mixed = [(one, share) for one, share in zip(cast.anchors, weights, strict=True) if share]
        if len(mixed) != 2:
            return cast
        (a, first), (b, second) = mixed
        missing = self.losses.get(pair(identity, a.expression, b.expression), 0.0)
        if not missing:
            return cast
        exact = lift.gain(missing, first, second)
        gain = round(exact * (1 << GAIN_BITS))
        anchors = [
            replace(one, source=lifted(one.source, self.centres[identity, one.expression], gain))
            for one in cast.anchors
        ]
        textures = tuple(exact * texture for texture in cast.textures)
        return replace(cast, anchors=tuple(anchors), textures=textures)
