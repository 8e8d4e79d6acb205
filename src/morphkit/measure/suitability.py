"""What speaks against morphing one photo into another, before a pixel is made.

`photo_doubts` and `pair_doubts` compare the facts of photos with limits.  What alignment
removes (size, place, tilt in the plane) is no doubt in itself.  May import `errors` and
`measure`.
"""

from __future__ import annotations

from collections.abc import Mapping

from morphkit.errors import Finding
from morphkit.measure.facts import Facts
from morphkit.measure.shading import slopes

Told = tuple[str, str, float, float] | None
"""Code, message, measured and limit; None for no doubt."""
Pair = tuple[Facts, Facts]
Names = tuple[str, str]


def photo_doubts(
    label: str, photo: Facts, enlargement: float, limits: Mapping[str, float]
) -> list[Finding]:
    """Return what speaks against one photo.

    Parameters
    ----------
    label : str
        Whose face, and which.
    photo : Facts
    enlargement : float
        Canvas pixels for one pixel of the photo.
    limits : mapping
        `photo_eye_distance` in photo pixels, `enlargement`.

    Returns
    -------
    list of Finding
        MK110 too few pixels; otherwise MK111 enlarged too much on this canvas.
    """
    if photo.eye_distance is None:
        return []
    least, most = limits["photo_eye_distance"], limits["enlargement"]
    if photo.eye_distance < least:
        text = (
            f"the outer eye corners are only {photo.eye_distance:.0f} px apart in the photo, "
            f"less than {least:g}."
        )
        return [_doubt("MK110", label, text, photo.eye_distance, least)]
    if enlargement > most:
        text = (
            f"the canvas shows the photo {enlargement:.2f} times enlarged, more than {most:g} "
            f"times: {100 - 100 / enlargement**2:.0f} % of what is shown is interpolated."
        )
        return [_doubt("MK111", label, text, enlargement, most)]
    return []


def pair_doubts(
    identity: str,
    names: Names,
    pair: Pair,
    limits: Mapping[str, float],
    *,
    composited: bool,
) -> list[Finding]:
    """Return what speaks against a morph between two photos of one infant.

    Parameters
    ----------
    identity : str
    names : (str, str)
        Their expressions.
    pair : (Facts, Facts)
    limits : mapping
        `pose_difference` and `opening_difference` in EOD, `scale_ratio`,
        `texture_difference`, `light_across`, `light_down` and `exposure_difference` in stops.
    composited : bool
        Whether the engine keeps what an aperture shows apart from lips and lids.

    Returns
    -------
    list of Finding
        MK310 pose, MK311 scale, MK312 openings, MK112 texture, MK113 light from the side,
        MK114 light from above or below, MK115 exposure.
    """
    label = f"{identity} {names[0]}–{names[1]}"
    found = [
        _pose(pair, limits["pose_difference"], names),
        _scale(pair, limits["scale_ratio"], names),
        _opened(pair, limits["opening_difference"], composited, names),
        _texture(pair, limits["texture_difference"], names),
        _across(pair, limits["light_across"], names),
        _down(pair, limits["light_down"], names),
        _exposure(pair, limits["exposure_difference"], names),
    ]
    return [_doubt(t[0], label, *t[1:]) for t in found if t]


def _doubt(code: str, label: str, text: str, measured: float, limit: float) -> Finding:
    # three decimals: what floating point adds on another machine must not be in the manifest
    return Finding(code, text, "warning", label, measured=round(measured, 3), limit=limit)


def _pose(pair: Pair, limit: float, names: Names) -> Told:
    one, other = (photo.nose for photo in pair)
    if one is None or other is None:
        return None
    right, down = other[0] - one[0], other[1] - one[1]
    most = max(abs(right), abs(down))
    if most <= limit:
        return None
    side, way = "left" if right > 0 else "right", "down" if down > 0 else "up"
    text = (
        f"the head is held otherwise: from {names[0]} to {names[1]} the tip of the nose moves "
        f"{100 * abs(right):.1f} % of the eye distance to the infant's {side} (turn) and "
        f"{100 * abs(down):.1f} % {way} (nod), more than {100 * limit:g} %."
    )
    return "MK310", text, most, limit


def _scale(pair: Pair, limit: float, names: Names) -> Told:
    one, other = (photo.eye_distance for photo in pair)
    if one is None or other is None:
        return None
    ratio = max(one, other) / min(one, other)
    if ratio <= limit:
        return None
    text = (
        f"the outer eye corners are {one:.0f} px apart in {names[0]} and {other:.0f} px in "
        f"{names[1]}: {ratio:.2f} times as far, more than {limit:g} times."
    )
    return "MK311", text, ratio, limit


def _opened(pair: Pair, limit: float, composited: bool, names: Names) -> Told:
    one, other = (dict(photo.openings) for photo in pair)
    known = pair[0].parted & pair[1].parted if composited else frozenset()
    apart = {
        name: (one[name], other[name])
        for name in one
        if name in other and name not in known and abs(one[name] - other[name]) > limit
    }
    if not apart:
        return None
    told = ", ".join(f"{n.replace('_', ' ')} {a:.2f} and {b:.2f}" for n, (a, b) in apart.items())
    text = (
        f"mouth or eyes are not open alike ({told} eye distances in {names[0]} and {names[1]}, "
        f"more than {limit:g} apart): teeth dissolve through lips, irises through lids."
    )
    return "MK312", text, max(abs(a - b) for a, b in apart.values()), limit


def _texture(pair: Pair, limit: float, names: Names) -> Told:
    both = slopes(pair[0].texture, pair[1].texture)
    if both is None or abs(both[0] - both[1]) <= limit:
        return None
    softer = names[0] if both[0] < both[1] else names[1]
    text = (
        f"{softer} is blurred against the other photo, or that one is noisy: the slopes of the "
        f"skin's spectrum are {both[0]:.2f} in {names[0]} and {both[1]:.2f} in {names[1]}, "
        f"more than {limit:g} apart."
    )
    return "MK112", text, abs(both[0] - both[1]), limit


def _across(pair: Pair, limit: float, names: Names) -> Told:
    one, other = (photo.light for photo in pair)
    if one is None or other is None:
        return None
    way = "side: towards the infant's left"
    return _lit("MK113", way, (one.across, other.across), limit, names)


def _down(pair: Pair, limit: float, names: Names) -> Told:
    one, other = (photo.light for photo in pair)
    if one is None or other is None:
        return None
    return _lit("MK114", "height: towards the chin", (one.down, other.down), limit, names)


def _lit(code: str, way: str, rises: tuple[float, float], limit: float, names: Names) -> Told:
    """Two photos lit from different ways."""
    one, other = rises
    if abs(one - other) <= limit:
        return None
    text = (
        f"the light comes from another {way}, brightness changes by {one:+.2f} stops per eye "
        f"distance in {names[0]} and by {other:+.2f} in {names[1]}, more than {limit:g} apart."
    )
    return code, text, abs(one - other), limit


def _exposure(pair: Pair, limit: float, names: Names) -> Told:
    one, other = (photo.light for photo in pair)
    if one is None or other is None or abs(one.level - other.level) <= limit:
        return None
    brighter = names[0] if one.level > other.level else names[1]
    apart = abs(one.level - other.level)
    text = (
        f"the skin is {2**apart:.2f} times as bright in {brighter} as in the other photo, "
        f"{apart:.2f} stops and more than {limit:g}."
    )
    return "MK115", text, apart, limit
