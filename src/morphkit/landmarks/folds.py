"""Which infants are left out together when a predictor's error is measured.

A predictor knows the infants that it has learned from, also with another expression; so its
error is measured on infants that it has never seen.  Pure; may import `errors`, and NumPy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

MOST = 5
"""Predictors that are trained to measure an error; of more infants, some are left out together."""


def folds(identities: Sequence[str], seed: int, most: int = MOST) -> list[tuple[int, ...]]:
    """Return which photos are left out together: those of one infant, or of a group of infants.

    Parameters
    ----------
    identities : sequence of str
        Whose each photo is.
    seed : int
        Decides which infants are grouped; the order of the photos does not.
    most : int
        Number of groups that are not exceeded.

    Returns
    -------
    list of tuple of int
        Places in `identities`.  Every photo is in one fold, and no infant is in two.  Empty with
        one infant: then nobody is left to learn from.
    """
    photos = Counter(identities)
    if len(photos) < 2:
        return []
    infants = sorted(photos)
    drawn = [infants[i] for i in np.random.default_rng(seed).permutation(len(infants))]
    groups: list[list[str]] = [[] for _ in range(min(most, len(infants)))]
    for infant in sorted(drawn, key=photos.__getitem__, reverse=True):  # where the fewest are
        min(groups, key=lambda group: sum(photos[one] for one in group)).append(infant)
    return [
        tuple(place for place, identity in enumerate(identities) if identity in group)
        for group in groups
    ]
