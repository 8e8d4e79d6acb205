"""The thin-plate spline: the smoothest way to move a plane so that some of its points move as told.

Bookstein (1989), doi 10.1109/34.24792; smoothed as in Wahba (1990), doi 10.1137/1.9781611970128.
Points in, points out.  May import `faces` for its array types, and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.faces.face import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ThinPlate:
    """A map onto the plane: an affine one and a smooth bending.

    Parameters
    ----------
    controls : (N, D) array
        Where it was told how to move.  A third coordinate holds apart what the plane cannot:
        lips of a closed mouth.
    bending : (N, 2) array
        How much each control bends it; sums to zero.
    affine : (D + 1, 2) array
        Shift, and where the unit vectors go.
    """

    controls: FloatArray
    bending: FloatArray
    affine: FloatArray

    def __call__(self, points: FloatArray) -> FloatArray:
        """Move (M, D) points; (M, 2)."""
        return _kernel(points, self.controls) @ self.bending + _plane(points) @ self.affine

    @classmethod
    def fitted(cls, controls: FloatArray, targets: FloatArray, smoothing: FloatArray) -> ThinPlate:
        """Return the spline that takes controls to targets, N > D of them.

        Parameters
        ----------
        controls, targets : (N, D) and (N, 2) array
            Where no smoothing is, no two controls may coincide; not all on one line.
        smoothing : (N,) array
            How far the spline may miss each target, ≥ 0; 0 meets it.  In squares of the unit
            that the controls are in.

        Raises
        ------
        numpy.linalg.LinAlgError
            When the controls lie on one line, or coincide without smoothing.
        """
        count = len(controls)
        plane = _plane(controls)
        width = plane.shape[1]
        system = np.zeros((count + width, count + width))
        system[:count, :count] = _kernel(controls, controls) + np.diag(smoothing)
        system[:count, count:] = plane
        system[count:, :count] = plane.T
        solved = np.linalg.solve(system, np.concatenate([targets, np.zeros((width, 2))]))
        return cls(controls, solved[:count], solved[count:])


def _kernel(points: FloatArray, controls: FloatArray) -> FloatArray:
    """Return r² log r for every point and control."""
    square = ((points[:, None] - controls[None]) ** 2).sum(axis=2)
    bent: FloatArray = 0.5 * square * np.log(np.where(square > 0, square, 1.0))
    return bent


def _plane(points: FloatArray) -> FloatArray:
    return np.concatenate([np.ones((len(points), 1)), points], axis=1)
