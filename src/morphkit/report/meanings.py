"""What is measured of a continuum, in a researcher's words: titles, meanings, limits.

One row per metric and per statistic, keyed by their names in `measure`.  A name that is not
here is shown as it is.  Imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Allowed = Literal["share", "decibels", "either side", "about zero", "at most", "at least"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of steps.

    Parameters
    ----------
    title, meaning : str
    cv, cumulative : str
        Names of the limits of its steps' coefficient of variation and of a frame's place; empty
        where even continua bend too.
    """

    title: str
    meaning: str
    cv: str = "image_step_cv"
    cumulative: str = "image_cumulative"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of frames.

    Parameters
    ----------
    title : str
    unit : str
        Shown behind the title; empty for a plain number.
    group : str
        A key of `GROUPS`.
    meaning : str
        One sentence: what it means for a study.
    limit : str or float
        Name of its limit, or a limit that can't be changed; empty when there is none.
    allowed : {"share", "decibels", "either side", "about zero", "at most", "at least"}
        What the limit is: a share of the straight line's value, a share of the power that
        these decibels lack, a distance from the straight line or from zero in the statistic's
        own unit, or the largest or smallest value itself.
    """

    title: str
    unit: str
    group: str
    meaning: str
    limit: str | float = ""
    allowed: Allowed = "share"


METRICS: Mapping[str, Metric] = {
    "landmark_path": Metric(
        "Landmarks",
        "how far the landmarks move",
        "landmark_step_cv",
        "landmark_cumulative",
    ),
    "rmse": Metric("RMSE", "root mean square difference of the pixels’ light"),
    "mae": Metric("MAE", "mean absolute difference of the pixels’ light"),
    "ssim": Metric("SSIM", "loss of structural similarity", "", ""),
    "gmsd": Metric("GMSD", "how unlike the edges are", "", ""),
    "ciede2000": Metric("CIEDE2000", "difference of colour, as people see it"),
    "gabor_jet": Metric(
        "Gabor jets",
        "difference to a model of early vision; it predicts how well faces are told apart",
        "",
        "",
    ),
}

GROUPS: Mapping[str, str] = {
    "light": "Light and colour",
    "detail": "Sharpness and fine detail",
    "features": "Mouth, eyes and brows",
    "proportions": "Proportions of the face (baby schema)",
    "frames": "Frame by frame",
    "other": "Other measurements",
}

_OPENING = (
    "An open mouth and narrow eyes make joy and distress alike look stronger; a jump is a lip or "
    "lid that pops."
)
_BROW = "Part of the expression itself: it should change evenly, or not at all."
_CUTE = (
    "Part of what makes a face look cute; where it changes with the level, cuteness does so too."
)

STATISTICS: Mapping[str, Statistic] = {
    "luminance": Statistic(
        "Light",
        "mean luminance, white is 1",
        "light",
        "Eyes and pupils answer to light itself; it must not tell the level.",
        "luminance_drift",
    ),
    "contrast": Statistic(
        "Contrast",
        "standard deviation over mean of luminance",
        "light",
        "A middle that is paler than both ends can be told by that alone.",
        "contrast_drift",
    ),
    "lightness": Statistic(
        "Lightness",
        "mean L*",
        "light",
        "Light as it is seen; it should change as evenly as the light does.",
        "colour_drift",
        "either side",
    ),
    "a_star": Statistic(
        "Redness",
        "mean a*",
        "light",
        "Crying reddens the skin, and observers judge emotion by it.",
        "colour_drift",
        "either side",
    ),
    "b_star": Statistic(
        "Yellowness",
        "mean b*",
        "light",
        "A tint that comes and goes is seen, and has nothing to do with the expression.",
        "colour_drift",
        "either side",
    ),
    "band_8_16": Statistic(
        "Middling detail",
        "8–16 cycles per face, dB",
        "detail",
        "The detail that mouth, eyes and brows are read from; half an expression has less of it.",
    ),
    "band_16_32": Statistic(
        "Fine detail",
        "16–32 cycles per face, dB",
        "detail",
        "Mixing two photographs blurs it; a dip in the middle tells observers the level.",
    ),
    "band_32_64": Statistic(
        "Finest detail",
        "32–64 cycles per face, dB",
        "detail",
        "Skin texture, and the first to go: smooth skin looks young and healthy.",
    ),
    "band_slope": Statistic(
        "Balance of coarse and fine detail",
        "slope of the spectrum",
        "detail",
        "The lower, the blurrier.",
    ),
    "ghost": Statistic(
        "Double edges",
        "0 none, 1 two equal images",
        "detail",
        "Edges that show twice, because landmarks of two photographs don’t fit.",
        "ghost_rise",
        "either side",
    ),
    "smoothness": Statistic(
        "Smoothness of the skin",
        "dB",
        "detail",
        "Smooth skin is attractive; mixing faces makes it smoother.",
        "blur_dip",
        "decibels",
    ),
    "symmetry": Statistic(
        "Symmetry",
        "1 is a mirror image",
        "detail",
        "Symmetric faces are attractive; mixing faces makes them more so.",
    ),
    "mouth_area": Statistic("Mouth opening", "EOD²", "features", _OPENING),
    "right_eye_area": Statistic("Opening of the right eye", "EOD²", "features", _OPENING),
    "left_eye_area": Statistic("Opening of the left eye", "EOD²", "features", _OPENING),
    "mouth_corner_height": Statistic(
        "Height of the mouth’s corners", "EOD, eyes at 0", "features", _BROW
    ),
    "mouth_corner_spread": Statistic("Width between the mouth’s corners", "EOD", "features", _BROW),
    "brow_height": Statistic("Height of the brows", "EOD", "features", _BROW),
    "face_width": Statistic("Width of the face", "EOD", "proportions", _CUTE),
    "forehead_length": Statistic(
        "Length of the forehead", "over eyes to chin", "proportions", _CUTE
    ),
    "eye_width": Statistic("Width of the eyes", "over the face’s", "proportions", _CUTE),
    "nose_length": Statistic("Height of the nose", "over the head’s", "proportions", _CUTE),
    "nose_width": Statistic("Width of the nose", "over the face’s", "proportions", _CUTE),
    "mouth_width": Statistic(
        "Width of the mouth",
        "over the face’s",
        "proportions",
        "A smile widens the mouth, so this one may change with the level.",
    ),
    "off_path": Statistic(
        "Off the path",
        "1 on a smooth path",
        "frames",
        "A frame that shows what the frames beside it don’t lead to: blurred, touched up, doubled.",
        "off_path",
        "at most",
    ),
    "displaced": Statistic(
        "Out of place",
        "share of the way between its neighbours",
        "frames",
        "A frame that shows another level than it says.",
        "frame_displacement",
        "about zero",
    ),
    "nearest": Statistic(
        "Apart from frames further off",
        "1 is a step",
        "frames",
        "Below 1 two frames that are no neighbours look more alike than neighbours do.",
        1.0,
        "at least",
    ),
    "outline": Statistic(
        "Outline of the face",
        "px away from the set’s",
        "frames",
        "The edge of the mask must not move: it would tell the frame.",
        "outline_shift",
        "at most",
    ),
}


def metric(name: str) -> Metric:
    """Return what is known of a metric; of an unknown one its name, without limits."""
    return METRICS.get(name) or Metric(name.replace("_", " "), "", cv="", cumulative="")


def statistic(name: str) -> Statistic:
    """Return what is known of a statistic; of an unknown one its name, without a limit."""
    return STATISTICS.get(name) or Statistic(name.replace("_", " ").capitalize(), "", "other", "")


def limit_of(words: Statistic, limits: Mapping[str, float]) -> float | None:
    """Return the limit of a statistic; None when there is none."""
    return limits.get(words.limit) if isinstance(words.limit, str) else words.limit
