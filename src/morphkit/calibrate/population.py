"""Observers as a sample of a population: a mixed model fitted on the likelihood's grid.

An observer has a PSE, drawn from a normal distribution, and a scale, drawn from a lognormal one;
how often observers lapse is a distribution over the grid's nuisances.  Fitted by expectation and
maximisation (Dempster, Laird & Rubin 1977, doi 10.1111/j.2517-6161.1977.tb01600.x), sped up as
by Varadhan & Roland (2008, doi 10.1111/j.1467-9469.2007.00585.x).  Many fits with other weights
of the observers are done at once: that is what a bootstrap of observers is.  May import
`calibrate` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.calibrate.curves import FloatArray
from morphkit.calibrate.likelihood import Grid

# Weak priors, so that one observer or separable data have an answer; each counts as so many
# observers, and with twenty their pull is a few per cent of an interval.
PRIOR_SD = 0.08
"""Of observers' PSEs, in units of the distance of the outermost levels."""
PRIOR_SPREAD = 0.3
"""Of the logarithm of observers' scales."""
PRIOR_OBSERVERS = 1.0
PRIOR_SCALE, PRIOR_SCALE_SD = 1 / 12, 1.5
"""Scale of the sigmoid in units of the levels' distance; standard deviation of its logarithm."""

LEAST_SD, LEAST_SPREAD = 0.006, 0.1
"""Smaller ones the grid doesn't resolve."""

PASSES, ENOUGH = 60, 1e-4
"""Most double steps, and the largest change in units of each parameter that ends them."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Parameters of r populations.

    Parameters
    ----------
    theta : (r, 4) float array
        Mean PSE, logarithm of its standard deviation, mean logarithm of the scale, logarithm
        of its standard deviation.
    lapses : (m,) float array
        Share of observers with each nuisance.
    """

    theta: FloatArray
    lapses: FloatArray

    @property
    def place(self) -> FloatArray:
        """(r,) mean PSE."""
        return self.theta[:, 0]

    @property
    def sd(self) -> FloatArray:
        """(r,) standard deviation of the PSEs."""
        return np.exp(self.theta[:, 1])

    @property
    def scale(self) -> FloatArray:
        """(r,) median scale of the sigmoid."""
        return np.exp(self.theta[:, 2])

    @property
    def spread(self) -> FloatArray:
        """(r,) standard deviation of the logarithm of the scale."""
        return np.exp(self.theta[:, 3])


def _normal(nodes: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Return (r, nodes) the normal density on a grid, summing to 1."""
    density: FloatArray = np.exp(-0.5 * ((nodes - mean[:, None]) / sd[:, None]) ** 2)
    density /= density.sum(axis=1, keepdims=True)
    return density


def _variances(nodes: FloatArray, densities: FloatArray) -> FloatArray:
    """Return (n,) the variances of (n, nodes) densities that sum to 1."""
    mean = densities @ nodes
    variances: FloatArray = densities @ nodes**2 - mean**2
    return variances


class Mixed:
    """The model of some observers: their likelihoods, ready to be summed.

    Parameters
    ----------
    grid : Grid
    likelihoods : (n, m, A, B) float array
        Of each observer, as `likelihood.likelihoods` gives them.
    span : float
        Distance of the outermost levels.
    """

    def __init__(self, grid: Grid, likelihoods: FloatArray, span: float) -> None:
        self.grid, self.each, self.span = grid, likelihoods, span
        self._places = grid.places
        self._moments = np.stack([np.ones_like(grid.places), grid.places, grid.places**2])

    def start(self) -> Fitted:
        """Return where fitting begins: the prior, with the PSE in the middle of the levels."""
        middle = (self._places[0] + self._places[-1]) / 2
        theta = [middle, np.log(0.2 * self.span), np.log(PRIOR_SCALE * self.span), np.log(0.5)]
        return Fitted(np.array([theta]), np.array([one.weight for one in self.grid.nuisances]))

    def fit(self) -> Fitted:
        """Return the population of all observers."""
        fitted = self.start()
        weights = np.ones((1, len(self.each)))
        prior = fitted.lapses
        for _ in range(PASSES):
            before = fitted
            theta = self._settle(fitted.theta, weights, self._over(fitted.lapses), 2)
            fitted = Fitted(theta, self._lapses(Fitted(theta, fitted.lapses), prior))
            if self._moved(before.theta, theta).max() < ENOUGH / 4:
                break
        return fitted

    def refit(self, fitted: Fitted, weights: FloatArray) -> Fitted:
        """Return (r) populations of the observers weighted anew, lapses as in `fitted`.

        Parameters
        ----------
        weights : (r, n) float array
            How often each observer counts.
        """
        theta = np.repeat(fitted.theta, len(weights), axis=0)
        return Fitted(
            self._settle(theta, weights, self._over(fitted.lapses), PASSES), fitted.lapses
        )

    def posterior(self, fitted: Fitted) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return (n, A), (n, B) and (n, m): where each observer is, given the population."""
        p, q = self.priors(fitted.theta)
        joint = self.each * fitted.lapses[:, None, None] * p[0][:, None] * q[0]
        joint /= joint.sum(axis=(1, 2, 3), keepdims=True)
        return joint.sum(axis=(1, 3)), joint.sum(axis=(1, 2)), joint.sum(axis=(2, 3))

    def errors(self, fitted: Fitted) -> tuple[float, float]:
        """Return the standard errors of the mean PSE and of the mean logarithm of the scale.

        From the information that each observer's responses leave about the mean (Louis 1982,
        doi 10.1111/j.2517-6161.1982.tb01203.x): none where their place is as open after
        the responses as before.  At most what a place anywhere on the grid would have.
        """
        found = []
        nodes = (self._places, self.grid.scales)
        after = self.posterior(fitted)[:2]
        for x, before, density in zip(nodes, self.priors(fitted.theta), after, strict=True):
            open_ = float(_variances(x, before)[0])
            known = np.maximum(1 - _variances(x, density) / open_, 0).sum() / open_
            found.append(float(1 / np.sqrt(max(known, 12 / (x[-1] - x[0]) ** 2))))
        return found[0], found[1]

    def priors(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (r, A) and (r, B): where observers of each population are before they answer."""
        place, sd, scale, spread = theta[:, 0], np.exp(theta[:, 1]), theta[:, 2], theta[:, 3]
        return (
            _normal(self._places, place, sd),
            _normal(self.grid.scales, scale, np.exp(spread)),
        )

    def _over(self, lapses: FloatArray) -> FloatArray:
        """Return (A, n, B) the likelihoods without the lapses."""
        observers, ways, places, scales = self.each.shape
        one = np.matmul(lapses, self.each.reshape(observers, ways, -1))
        return np.ascontiguousarray(one.reshape(observers, places, scales).swapaxes(0, 1))

    def _lapses(self, fitted: Fitted, prior: FloatArray) -> FloatArray:
        p, q = self.priors(fitted.theta)
        observers, ways = self.each.shape[:2]
        before = (p[0][:, None] * q[0]).ravel()
        shares = (self.each.reshape(observers * ways, -1) @ before).reshape(observers, ways)
        shares *= fitted.lapses
        shares /= shares.sum(axis=1, keepdims=True)
        total: FloatArray = shares.sum(axis=0) + PRIOR_OBSERVERS * prior
        total /= total.sum()
        return total

    def _settle(
        self, theta: FloatArray, weights: FloatArray, over: FloatArray, passes: int
    ) -> FloatArray:
        """Return parameters after some double steps, or once they stand still."""
        theta, moving = theta.copy(), np.arange(len(theta))
        for _ in range(passes):
            now = theta[moving]
            one = self._step(now, weights[moving], over)
            two = self._step(one, weights[moving], over)
            theta[moving] = self._leap(now, one, two)
            moving = moving[self._moved(one, two) > ENOUGH]
            if not moving.size:
                break
        return theta

    def _leap(self, start: FloatArray, one: FloatArray, two: FloatArray) -> FloatArray:
        first, bend = one - start, two - 2 * one + start
        length = np.sqrt((first**2).sum(axis=1)) / np.maximum(
            np.sqrt((bend**2).sum(axis=1)), 1e-300
        )
        length = np.clip(length, 1.0, 8.0)[:, None]
        return self._bounded(start + 2 * length * first + length**2 * bend)

    def _bounded(self, theta: FloatArray) -> FloatArray:
        low = [
            self._places[0],
            np.log(LEAST_SD * self.span),
            self.grid.scales[0],
            np.log(LEAST_SPREAD),
        ]
        high = [self._places[-1], np.log(2 * self.span), self.grid.scales[-1], np.log(3.0)]
        return np.clip(theta, low, high)

    def _moved(self, before: FloatArray, after: FloatArray) -> FloatArray:
        """Return (r,) the largest change of a parameter, in its own units."""
        change = np.abs(after - before)
        change[:, 0] /= self.span
        largest: FloatArray = change.max(axis=1)
        return largest

    def _step(self, theta: FloatArray, weights: FloatArray, over: FloatArray) -> FloatArray:
        """One step of expectation and maximisation for each population."""
        p, q = self.priors(theta)
        places, observers, scales = over.shape
        flat = over.reshape(places, -1)
        sums = [
            np.einsum("rnb,rb->rnb", ((p * moment) @ flat).reshape(-1, observers, scales), q)
            for moment in self._moments
        ]
        total = sums[0].sum(axis=2)
        b = self.grid.scales
        means = [s.sum(axis=2) / total for s in sums[1:]]
        means += [sums[0] @ b / total, sums[0] @ b**2 / total]
        return self._bounded(self._maximum(weights, *means))

    def _maximum(
        self,
        weights: FloatArray,
        place: FloatArray,
        place2: FloatArray,
        scale: FloatArray,
        scale2: FloatArray,
    ) -> FloatArray:
        """Return the parameters that fit (r, n) expected values and squares of the observers."""
        count = weights.sum(axis=1)
        freedom = np.maximum(count - 1, 0) + PRIOR_OBSERVERS
        mean = (weights * place).sum(axis=1) / count
        off = (weights * (place2 - 2 * mean[:, None] * place + mean[:, None] ** 2)).sum(axis=1)
        # the spread around the mean that was fitted to it is too small by one observer
        variance = (off + PRIOR_OBSERVERS * (PRIOR_SD * self.span) ** 2) / freedom
        prior = np.log(PRIOR_SCALE * self.span)
        tight = np.maximum((weights * scale2).sum(axis=1) / count, 0)
        middle = (weights * scale).sum(axis=1) / count
        pull = 1 / PRIOR_SCALE_SD**2 / np.maximum(count / 0.25, 1)
        middle = (middle + pull * prior) / (1 + pull)
        off = (
            count * np.maximum(tight, 0)
            - 2 * middle * (weights * scale).sum(axis=1)
            + count * middle**2
        )
        spread = (off + PRIOR_OBSERVERS * PRIOR_SPREAD**2) / freedom
        return np.stack(
            [mean, np.log(variance) / 2, middle, np.log(np.maximum(spread, 1e-9)) / 2], axis=1
        )
