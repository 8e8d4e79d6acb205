"""Ridge regression of many numbers on many, for fewer examples than numbers.

Hoerl & Kennard (1970), doi 10.1080/00401706.1970.10488634.  How hard to pull towards "nothing
to correct" is chosen by leaving out: a whole group at a time, in closed form.  May import
`faces` for its array types, and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.intp]]

PENALTIES = tuple(10.0 ** (exponent / 2) for exponent in range(-10, 11))
"""What is tried, in squares of the inputs' unit: 0.00001 … 100 000."""


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """A linear map from inputs to outputs.

    Parameters
    ----------
    inputs : (N, P) array
        Of the examples, centred.
    weights : (N, Q) array
        What each example adds, by how alike its inputs are.
    centre : (P,) array
        Mean of the inputs.
    level : (Q,) array
        Mean of the outputs.
    penalty : float
    left_out : (N, Q) array
        What is missed of each example by the map of the other groups.
    """

    inputs: FloatArray
    weights: FloatArray
    centre: FloatArray
    level: FloatArray
    penalty: float
    left_out: FloatArray

    def __call__(self, inputs: FloatArray) -> FloatArray:
        """Return the (Q,) outputs for (P,) inputs."""
        return self.level + (self.inputs @ (inputs - self.centre)) @ self.weights


def ridge(
    inputs: FloatArray, outputs: FloatArray, groups: Sequence[str], least: float = 0.0
) -> Ridge:
    """Learn outputs from inputs.

    Parameters
    ----------
    inputs, outputs : (N, P) and (N, Q) array
        One example a row; N ≥ 2.
    groups : sequence of str
        Who each example is of; two groups at least.  Examples of one group are left out together.
    least : float
        Penalty that is not gone below: N times the variance of the errors that inputs will
        have and those of the examples have not.
    """
    centre, level = inputs.mean(axis=0), outputs.mean(axis=0)
    across, down = inputs - centre, outputs - level
    values, vectors = np.linalg.eigh(across @ across.T)
    values = np.maximum(values, 0.0)
    members: list[IntArray] = [
        np.flatnonzero(np.array(groups) == name) for name in dict.fromkeys(groups)
    ]
    best: tuple[float, float, FloatArray] | None = None
    for penalty in sorted({max(penalty, least) for penalty in PENALTIES}):
        hat = (vectors * (values / (values + penalty))) @ vectors.T
        missed = _left_out(hat + 1 / len(inputs), down - hat @ down, members)
        error = float((missed**2).mean())
        if best is None or error < best[0]:
            best = error, penalty, missed
    assert best is not None
    _, penalty, missed = best
    weights = (vectors / (values + penalty)) @ (vectors.T @ down)
    return Ridge(across, weights, centre, level, penalty, missed)


def _left_out(hat: FloatArray, residuals: FloatArray, members: Sequence[IntArray]) -> FloatArray:
    """Return what is missed of each group when it is not learned from."""
    missed = np.empty_like(residuals)
    for group in members:
        own = np.eye(len(group)) - hat[np.ix_(group, group)]
        missed[group] = np.linalg.solve(own, residuals[group])
    return missed
