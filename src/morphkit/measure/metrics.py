"""The metrics: how far two neighbouring pictures, or their landmarks, are from each other.

What each one is, where it is from, and how it grows along a morph; `measure.distance`
computes them.  Imports no NumPy.  May import `errors`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from morphkit.errors import Finding, UsageError


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to tell how far two frames are apart; 0 for equal ones.

    Parameters
    ----------
    name : str
        As in tables, recipes and on the command line.
    unit : str
    law : str
        What is expected of its steps along a morph.
    power : float
        A small step is proportional to the difference of level to this power, so that
        declared levels tell how long steps should be.
    source : str
        Who defined it, with DOI.
    description : str
        One sentence.
    """

    name: str
    unit: str
    law: str
    power: float
    source: str
    description: str


_METRICS = (
    Metric(
        "landmark_path",
        "EOD",
        "Exactly linear: a frame's landmarks are the weighted sum of its anchors'.",
        1.0,
        "Rowland & Perrett 1995, doi 10.1109/38.403830",
        "Mean distance of corresponding landmarks, in outer-eye-corner distances.",
    ),
    Metric(
        "rmse",
        "share of white",
        "Linear along a dissolve, but for the rounding of codes; where edges also move, nearly so "
        "for small steps.",
        1.0,
        "Wang & Bovik 2009, doi 10.1109/MSP.2008.930649",
        "Root of the mean squared difference of linear red, green and blue light.",
    ),
    Metric(
        "mae",
        "share of white",
        "Linear along a dissolve, but for the rounding of codes; where edges also move, nearly so "
        "for small steps.",
        1.0,
        "Willmott & Matsuura 2005, doi 10.3354/cr030079",
        "Mean absolute difference of linear red, green and blue light.",
    ),
    Metric(
        "ssim",
        "1 − SSIM",
        "Small steps grow with the square of the level difference, larger ones less steeply.",
        2.0,
        "Wang, Bovik, Sheikh & Simoncelli 2004, doi 10.1109/TIP.2003.819861",
        "One minus the mean structural similarity: local mean, contrast and structure of luma.",
    ),
    Metric(
        "gmsd",
        "standard deviation",
        "Very small steps grow with the square of the level difference; where edges move, "
        "ordinary ones hardly more than linearly.",
        2.0,
        "Xue, Zhang, Mou & Bovik 2014, doi 10.1109/TIP.2013.2293423",
        "Standard deviation over places of the similarity of gradient magnitudes of luma.",
    ),
    Metric(
        "ciede2000",
        "ΔE00",
        "Small steps are linear along a dissolve, but for the curvature of CIELAB and the "
        "rounding of codes.",
        1.0,
        "Sharma, Wu & Dalal 2005, doi 10.1002/col.20070",
        "Mean colour difference of corresponding pixels, as people with normal vision see it.",
    ),
    Metric(
        "gabor_jet",
        "codes",
        "Small steps are linear, large ones a little shorter.",
        1.0,
        "Yue, Biederman, Mangini, von der Malsburg & Amir 2012, "
        "doi 10.1016/j.visres.2011.12.012; Margalit et al. 2016, doi 10.3758/s13414-016-1191-7",
        "Root mean square difference of the amplitudes of 40 kinds of wave at 100 places.",
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _METRICS}
"""Every metric, by name."""


def metric(name: str) -> Metric:
    """Return one of `METRICS`; UsageError MK950 when there is none of that name."""
    if name not in METRICS:
        near = difflib.get_close_matches(str(name).lower(), METRICS, n=1, cutoff=0.5)
        raise UsageError(
            Finding(
                "MK950",
                f"there is no metric {name!r}.",
                suggestion=(f"Did you mean {near[0]}? " if near else "")
                + f"There are: {', '.join(METRICS)}.",
            )
        )
    return METRICS[name]
