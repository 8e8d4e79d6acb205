"""An estimate with its interval.

May import NumPy and SciPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.calibrate.judgements import FloatArray

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the ends of its 95 % interval, in the unit of what is estimated."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the interval's width."""
        return (self.high - self.low) / 2


def of_bootstrap(value: float, replicates: FloatArray, observers: int) -> Interval:
    """Return the percentile interval of bootstrap replicates, widened for few observers.

    A bootstrap of n observers is too narrow by √((n − 1)/n) and by the normal quantiles in
    place of Student's; the quantiles are moved out for both (Hesterberg 2015, "expanded
    percentile", doi 10.1080/00031305.2015.1089789).  One observer has draws from a posterior in
    place of a bootstrap, and nothing to be widened for.
    """
    outer = (1 - CONFIDENCE) / 2
    if observers > 1:
        from scipy import special  # noqa: PLC0415 (as below)

        far = _student(outer, observers - 1) * np.sqrt(observers / (observers - 1))
        outer = float(special.ndtr(far))
    low, high = np.quantile(replicates, [outer, 1 - outer])
    return Interval(value, float(low), float(high))


def of_spread(value: float, replicates: FloatArray, observers: int) -> Interval:
    """Return the interval of a standard deviation, from its bootstrap replicates.

    A standard deviation of few observers is skewed, and a bootstrap's are too small on top of
    that: its percentiles miss large ones.  Of normal values it is distributed as χ with n − 1
    degrees of freedom; here with as many as the replicates' scatter corresponds to, fewer where
    single observers are not known well (Satterthwaite 1946, doi 10.2307/3002019).
    """
    from scipy import special  # noqa: PLC0415 (as below)

    if observers < 2:
        return of_bootstrap(value, replicates, observers)
    scatter = float(np.log(replicates).var()) * observers / (observers - 1)
    freedom = max(min(1 / (2 * scatter), observers - 1), 1) if scatter else observers - 1
    tails = special.chdtri(freedom, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    low, high = value * np.sqrt(freedom / tails)
    return Interval(value, float(low), float(high))


def _student(share: float, freedom: float) -> float:
    """Return a quantile of Student's distribution."""
    from scipy import special  # noqa: PLC0415 (reading a scale needs none, and is quicker so)

    return float(special.stdtrit(freedom, share))


def at_least(interval: Interval, error: float, observers: int) -> Interval:
    """Return an interval that is no narrower than a standard error makes it.

    Observers who answered all alike have no spread to be resampled, and are still not known
    better than each of them.
    """
    far = _student((1 + CONFIDENCE) / 2, observers - 1) * error
    return Interval(
        interval.value,
        min(interval.low, interval.value - far),
        max(interval.high, interval.value + far),
    )


def of_density(nodes: FloatArray, density: FloatArray) -> Interval:
    """Return mean and central 95 % of a posterior given on equally spaced nodes."""
    share = density / density.sum()
    below = np.concatenate([[0.0], np.cumsum(share)])
    edges = np.append(nodes, 2 * nodes[-1] - nodes[-2]) - (nodes[1] - nodes[0]) / 2
    tail = (1 - CONFIDENCE) / 2
    low, high = np.interp([tail, 1 - tail], below, edges)
    return Interval(float(share @ nodes), float(low), float(high))
