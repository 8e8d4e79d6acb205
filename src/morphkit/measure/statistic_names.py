"""The statistics of a frame: what each is called, its unit, what it says, where it comes from.

Imports no NumPy: checks and pages that only read numbers read this.  May import the standard
library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number that is measured of one frame.

    Parameters
    ----------
    name : str
        As tables and reports call it.
    unit : str
        Empty for a ratio.
    description : str
        What it is, in one sentence.
    source : str
        The paper or standard that it follows.
    """

    name: str
    unit: str
    description: str
    source: str


_LAB = "CIELAB, D65 (ISO/CIE 11664-4)"
_BAND = "contrast power of skin between {} and {} waves per face width"
_BANDS = "bands of Tiddeman et al. 2001, doi 10.1109/38.946630"
_OPEN = "Messinger et al. 2012: opening and constriction carry the intensity of both expressions"
_BABY = "Glocker et al. 2009, doi 10.1111/j.1439-0310.2008.01603.x"
_OWN = "defined in docs/method.md, section 10"

PICTURE = (
    Statistic("luminance", "white = 1", "mean linear luminance", "Rec. ITU-R BT.709"),
    Statistic(
        "contrast",
        "",
        "RMS contrast: standard deviation of luminance over its mean",
        "Peli 1990, doi 10.1364/JOSAA.7.002032",
    ),
    Statistic("lightness", "", "mean L*", _LAB),
    Statistic("a_star", "", "mean a*: green to red", _LAB),
    Statistic("b_star", "", "mean b*: blue to yellow", _LAB),
    Statistic("band_8_16", "dB", _BAND.format(8, 16), _BANDS),
    Statistic("band_16_32", "dB", _BAND.format(16, 32), _BANDS),
    Statistic("band_32_64", "dB", _BAND.format(32, 64), _BANDS),
    Statistic(
        "band_slope",
        "",
        "slope of skin's log power on log frequency, by octave: 0 where amplitude is 1/frequency",
        "Field 1987, doi 10.1364/JOSAA.4.002379",
    ),
    Statistic(
        "ghost",
        "",
        "strength of a double image where it is strongest: 0 none, 1 two equal layers",
        "the ripple that an echo leaves in a spectrum (Bogert, Healy & Tukey 1963)",
    ),
    Statistic(
        "symmetry",
        "",
        "correlation of luminance with its mirror image",
        "Jones, DeBruine & Little 2007, Perception & Psychophysics 69:1273",
    ),
    Statistic(
        "smoothness",
        "dB",
        "how far skin detail finer than 16 waves per face width lies below luminance",
        "local contrast of Peli 1990, doi 10.1364/JOSAA.7.002032",
    ),
)

SHAPE = (
    Statistic("mouth_area", "EOD²", "area between the lips", _OPEN),
    Statistic("right_eye_area", "EOD²", "area between the lids of the infant's right eye", _OPEN),
    Statistic("left_eye_area", "EOD²", "area between the lids of the infant's left eye", _OPEN),
    Statistic(
        "mouth_corner_height",
        "EOD",
        "mean height of the mouth's corners above the line of the outer eye corners: below zero",
        "action unit 12 of FACS (Ekman & Friesen 1978)",
    ),
    Statistic(
        "mouth_corner_spread",
        "EOD",
        "distance of the mouth's corners",
        "action units 12 and 20 of FACS (Ekman & Friesen 1978)",
    ),
    Statistic(
        "brow_height",
        "EOD",
        "mean height of the brows above the middles of the eyes",
        "action units 1, 2 and 4 of FACS (Ekman & Friesen 1978)",
    ),
    Statistic("face_width", "EOD", "width of the jaw outline", _BABY),
    Statistic("forehead_length", "", "top of the head to eyes, over eyes to chin", _BABY),
    Statistic("eye_width", "", "mean width of an eye over the face's", _BABY),
    Statistic("nose_length", "", "height of the nose over the head's, top to chin", _BABY),
    Statistic("nose_width", "", "width of the nose over the face's", _BABY),
    Statistic("mouth_width", "", "width of the mouth over the face's", _BABY),
)

SEQUENCE = (
    Statistic(
        "off_path",
        "",
        "what a frame shows that its neighbours don't lead to, over what is usual around it",
        _OWN,
    ),
    Statistic(
        "displaced",
        "share of the way between its neighbours",
        "how far a frame lies beyond its declared place: below zero where it lags behind",
        _OWN,
    ),
    Statistic(
        "nearest",
        "",
        "distance to the nearest frame that is no neighbour, over the smallest step",
        _OWN,
    ),
    Statistic(
        "outline",
        "px",
        "how far a frame's outline departs from the other frames'",
        _OWN,
    ),
)

STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {s.name: s for s in (*PICTURE, *SHAPE, *SEQUENCE)}
)
"""By name, in the order of tables."""
