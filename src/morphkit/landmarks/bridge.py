"""The bridge between landmark schemes: what one has not, a mean template of the other lends.

A mean template of the wanted scheme is bent by a thin-plate spline so that the places which
both schemes have lie where they lie on this face; delineated images of the wanted scheme, if
there are enough, teach what the spline misses.  What no landmark is near is estimated, and
said to be.  May import `errors`, `faces`, `engine` and `landmarks`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from morphkit.engine.align import Similarity
from morphkit.errors import Finding, TemplateError
from morphkit.faces.conversion import convert, convertible
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Scheme, scheme, scheme_names
from morphkit.landmarks.mean import mean_template, stock_mean
from morphkit.landmarks.places import lips, lips_of, mobile, places, smoothing
from morphkit.landmarks.ridge import Ridge, ridge
from morphkit.landmarks.spline import ThinPlate

LEAST_EXAMPLES = 20
"""Delineated images from which on a regression is learned."""

SHARES, MISSED = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001), 0.025
"""Lids and lips far from the mean are an expression, not an error: they are smoothed by less
and less until they are missed by so many pupil distances (root mean square)."""

INPUT_ERROR = 0.05
"""Pupil distances by which automatic points miss, about; what hand-made examples don't show."""

SAME = 0.02
"""Pupil distances; two shared places that are nearer to each other count as one."""

LEAST_SHARED = 8
"""Places that two schemes must have in common."""

NEAR = 0.15
"""Pupil distances; what lies farther from every shared landmark is estimated."""


@dataclass(frozen=True, slots=True, eq=False)
class Bridge:
    """A way from one scheme to another; call it with landmarks.

    Parameters
    ----------
    start, to : Scheme
    mean : Landmarks
        Of the scheme `to`, in pupil distances: pupils at (-0.5, 0) and (0.5, 0).
    shared : tuple of str
        The places that both have.
    correction : Ridge or None
        From how the shared places differ from the mean's to what the spline misses.
    notes : tuple of str
        Sentences for the user: where the points come from, which are estimated.
    """

    start: Scheme
    to: Scheme
    mean: Landmarks
    shared: tuple[str, ...]
    correction: Ridge | None = None
    notes: tuple[str, ...] = ()

    def __call__(self, landmarks: Landmarks) -> Landmarks:
        """Return the landmarks in the other scheme.

        Raises
        ------
        TemplateError
            MK237 when they are not of the scheme that this bridge starts from.
        """
        if landmarks.scheme.name.removesuffix("+ext") != self.start.name:
            message = f"this bridge starts from {self.start.name}, not {landmarks.scheme.name}."
            raise TemplateError(Finding("MK237", message))
        aligned, back = self._aligned(landmarks)
        points = self._bent(aligned)
        if self.correction:
            points = points + self.correction(self._difference(aligned)).reshape(-1, 2)
        return Landmarks(self.to, back(points))

    def _aligned(self, landmarks: Landmarks) -> tuple[FloatArray, Similarity]:
        """Return the shared places in the mean's frame, and the way back to the photo."""
        found = places(landmarks)
        points = np.stack([found[name] for name in self.shared])
        jaw = scheme("ibug68").points[:17]
        firm = [i for i, name in enumerate(self.shared) if name not in jaw]
        move = Similarity.from_points(points[firm], self._controls()[firm])
        return move(points), move.inverse()

    def _controls(self) -> FloatArray:
        found = places(self.mean)
        return np.stack([found[name] for name in self.shared])

    def _bent(self, aligned: FloatArray) -> FloatArray:
        allowed = np.array([smoothing(name) for name in self.shared])
        moves = np.array([name in mobile() for name in self.shared])
        points, controls = self.mean.points, self._controls()
        apart = lips_of(self.shared, controls)
        if apart.any():  # else there is nothing to hold apart
            points = np.column_stack([points, lips(self.to, points)])
            controls = np.column_stack([controls, apart])
        for share in SHARES:
            spline = ThinPlate.fitted(controls, aligned, np.where(moves, share, 1) * allowed)
            missed = (spline(controls) - aligned)[moves]
            if not moves.any() or (missed**2).sum(axis=1).mean() <= MISSED**2:
                break
        return spline(points)

    def _difference(self, aligned: FloatArray) -> FloatArray:
        return (aligned - self._controls()).ravel()

    def missed(self, draft: Landmarks, truth: Landmarks) -> tuple[FloatArray, FloatArray]:
        """Return how a draft differs from the mean, and what the spline misses of the truth."""
        aligned, back = self._aligned(draft)
        rest = back.inverse()(truth.points) - self._bent(aligned)
        return self._difference(aligned), rest.ravel()


def bridge(
    start: str,
    to: str,
    examples: Sequence[Landmarks] = (),
    drafts: Sequence[Landmarks] = (),
    infants: Sequence[str] = (),
) -> Bridge:
    """Make the way from one scheme to another.

    Parameters
    ----------
    start, to : str
        Names of schemes; extra points beyond `start` are left out.
    examples : sequence of Landmarks
        A lab's delineated images, in `to` or in a scheme that can be converted to it.  Their
        mean is used instead of morphkit's own; from `LEAST_EXAMPLES` on they correct the spline.
    drafts : sequence of Landmarks, optional
        What a predictor found in the photos of the examples, in the same order and in scheme
        `start`; without them the examples' own points stand for it.
    infants : sequence of str, optional
        Who each example shows, so that leaving out leaves out an infant; by default all differ.

    Raises
    ------
    TemplateError
        MK206 no such scheme; MK236 no mean template of `to` and no examples; MK237 the schemes
        share too few places, or drafts and infants are not as many as the examples.
    """
    layout, base = scheme(to), start.removesuffix("+ext")
    if base not in scheme_names():
        advice = "Its points have no known names; convert them to a named scheme first."
        raise TemplateError(Finding("MK237", f"no bridge starts from {start}.", suggestion=advice))
    if any(rows and len(rows) != len(examples) for rows in (drafts, infants)):
        message = f"{len(drafts)} drafts and {len(infants)} infants for {len(examples)} examples."
        raise TemplateError(Finding("MK237", message))
    usable = [i for i, example in enumerate(examples) if convertible(example.scheme.name, to)]
    known = [convert(examples[i], to)[0] for i in usable]
    way = plain_bridge(base, mean_template(known) if known else stock_mean(layout.name))
    if len(known) < LEAST_EXAMPLES:
        return replace(way, notes=_notes(way, len(known)))
    pairs = [
        way.missed(drafts[i] if drafts else truth, truth)
        for i, truth in zip(usable, known, strict=True)
    ]
    names = [infants[i] if infants else str(i) for i in usable]
    return _corrected(way, known, pairs, names, bool(drafts))


def plain_bridge(start: str, own: Landmarks) -> Bridge:
    """Return the bridge from a scheme to that of a mean template, without correction.

    Raises
    ------
    TemplateError
        MK237 when the schemes share too few places.
    """
    layout, to = scheme(start), own.scheme
    unit = np.array([[-0.5, 0.0], [0.5, 0.0]])
    mean = own.replaced(Similarity.from_points(own.pupils(), unit)(own.points))
    there = places(mean)
    here = places(Landmarks(layout, np.zeros((len(layout.points), 2))))
    shared: list[str] = []
    for name in (name for name in there if name in here):  # those of ibug68 come first
        apart = (np.hypot(*(there[name] - there[other])) for other in shared)
        if name in scheme("ibug68").points or all(distance > SAME for distance in apart):
            shared.append(name)
    if len(shared) < LEAST_SHARED:
        message = f"{start} and {to.name} have only {len(shared)} places in common."
        advice = f"At least {LEAST_SHARED} are needed; delineate the photo in {to.name}."
        raise TemplateError(Finding("MK237", message, suggestion=advice))
    return Bridge(layout, to, mean, tuple(shared))


def _corrected(
    way: Bridge,
    known: Sequence[Landmarks],
    pairs: Sequence[tuple[FloatArray, FloatArray]],
    infants: Sequence[str],
    drafted: bool,
) -> Bridge:
    """Return the bridge with what the pairs teach, unless leaving out says that it is nothing."""
    inputs, outputs = (np.stack(side) for side in zip(*pairs, strict=True))
    notes = _notes(way, len(known))
    if len(set(infants)) < 2:
        return replace(
            way, notes=(*notes, "All examples are of one infant: none could be left out.")
        )
    least = 0.0 if drafted else len(known) * INPUT_ERROR**2
    learned = ridge(inputs, outputs, infants, least)
    before, after = (100 * _distance(rest) for rest in (outputs, learned.left_out))
    if after >= before:
        text = "The examples teach nothing that the mean does not have: no correction was learned."
        return replace(way, notes=(*notes, text))
    text = (
        f"Corrected by what {len(known)} examples of {len(set(infants))} infants teach: from "
        f"{before:.2f} to {after:.2f} % of the pupil distance on infants left out"
        + ("." if drafted else ", with hand-made points put in.")
    )
    return replace(way, correction=learned, notes=(*notes, text))


def _distance(flat: FloatArray) -> float:
    return float(np.hypot(flat[:, ::2], flat[:, 1::2]).mean())


def _notes(way: Bridge, used: int) -> tuple[str, ...]:
    """Say where the points come from and which are estimated."""
    of = f"the mean of {used} example(s)" if used else "morphkit's mean infant"
    notes = [
        f"{len(way.to.points)} points of {way.to.name} are those of {of}, moved by "
        f"{len(way.shared)} places that {way.start.name} has as well.",
    ]
    far = _estimated(way)
    if far:
        notes.append(f"Estimated, with no landmark near: {', '.join(far)}. Look at them.")
    if 0 < used < LEAST_EXAMPLES:
        notes.append(f"From {LEAST_EXAMPLES} examples on, a correction is learned from them.")
    return tuple(notes)


def _estimated(way: Bridge) -> list[str]:
    """Return the regions that lie far from every shared place."""
    there = places(way.mean)
    controls = np.stack([there[name] for name in way.shared])
    apart = np.hypot(*np.moveaxis(way.mean.points[:, None] - controls[None], 2, 0)).min(axis=1)
    groups = [(name, list(indices)) for name, indices in way.to.groups if indices]
    return [name.replace("_", " ") for name, indices in groups if np.median(apart[indices]) > NEAR]


def bridged(
    landmarks: Landmarks, to: str, examples: Sequence[Landmarks] = ()
) -> tuple[Landmarks, tuple[str, ...]]:
    """Return landmarks in another scheme, and notes for the user; see `bridge`."""
    way = bridge(landmarks.scheme.name, to, examples)
    return way(landmarks), way.notes


def across(
    examples: Sequence[Landmarks] = (), infants: Sequence[str] = ()
) -> Callable[[Landmarks, str], tuple[Landmarks, tuple[str, ...]]]:
    """Return what brings landmarks into any scheme: exactly where that can be, else by a bridge.

    Parameters
    ----------
    examples, infants
        As for `bridge`; each bridge is made once.
    """
    ways: dict[tuple[str, str], Bridge] = {}

    def over(landmarks: Landmarks, to: str) -> tuple[Landmarks, tuple[str, ...]]:
        start = landmarks.scheme.name
        if convertible(start, to) or start.startswith("free"):
            return convert(landmarks, to)
        if (start, to) not in ways:
            ways[start, to] = bridge(start, to, examples, infants=infants)
        return ways[start, to](landmarks), ways[start, to].notes

    return over
