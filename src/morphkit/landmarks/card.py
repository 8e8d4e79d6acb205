"""The card of a lab's own predictor: what it learned from, how wrong it is, how to use it.

Counts and kinds only: no names of files, infants or people.  Pure; may import `landmarks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from morphkit import __version__
from morphkit.landmarks.accuracy import Trial, summary
from morphkit.landmarks.crops import Rule
from morphkit.landmarks.examples import Example

ERROR_NOTE = (
    "Errors are those of predictors trained without the infants that they were tried on, from "
    "detection to landmarks; the predictor of this file has learned from all."
)
UNKNOWN_NOTE = "All photos are of one infant: the error for other infants is not known."


def card(
    placing: Rule,
    examples: Sequence[Example],
    error: Mapping[str, Any] | None,
    *,
    sha256: str,
    seed: int,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the card of a predictor.

    Parameters
    ----------
    placing : Rule
        Where its crops lie.
    examples : sequence of Example
        What it has learned from.
    error : mapping or None
        As `error`; None when it is not known.
    sha256 : str
        Of the predictor's file.
    seed : int
    settings : mapping
        Number of crops, and the options of dlib's trainer.
    """
    return {
        "morphkit_predictor": 1,
        "scheme": placing.scheme,
        "points": len(placing.reference),
        "box": placing.values(),
        "sha256": sha256,
        "seed": seed,
        "training": {
            "morphkit": __version__,
            "images": len(examples),
            "infants": len({one.identity for one in examples}),
            "expressions": dict(sorted(Counter(one.expression for one in examples).items())),
            "mirrored": True,
            **settings,
        },
        "error": error,
        "licence": None,
        "attribution": None,
        "photo_licences": dict(sorted(Counter(one.licence for one in examples).items())),
        "notes": [UNKNOWN_NOTE if error is None else ERROR_NOTE],
    }


def error(trials: Sequence[Trial], groups: int) -> dict[str, Any] | None:
    """Return what a card says of the error; None without trials.

    Returns
    -------
    dict
        ``left_out``, how many infants at once; ``folds``; and what `accuracy.summary` says.
    """
    if not trials:
        return None
    infants = len({trial.identity for trial in trials})
    left_out = "one infant at a time" if groups == infants else "groups of infants"
    return {"left_out": left_out, "folds": groups, "infants": infants, **summary(trials)}
