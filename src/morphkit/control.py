"""The first pass of a build: statistics of every anchor, and the tone that each one gets.

Anchors are pinned infant by infant, measured and let go: only numbers stay in memory.  May
import `engine`, `errors`, `measures`, `plan` and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from morphkit.engine import lift, octaves
from morphkit.engine import spectrum as bands
from morphkit.engine.cast import cast
from morphkit.engine.color import WHITE
from morphkit.engine.control import Control, Pair, pair
from morphkit.engine.equalise import Key, Wish, groups, matched, table, targets, toned_to
from morphkit.engine.luminance import Statistics, measured, tails, unfit
from morphkit.engine.morph import aligned, frame
from morphkit.engine.spectrum import Spectrum
from morphkit.engine.stage import Anchor, Stage
from morphkit.engine.tone import Tone, changed, kept, outside, within
from morphkit.engine.warp import ONE
from morphkit.errors import ImageError
from morphkit.faces.face import FloatArray
from morphkit.measures import MISSED, Controlled, Look, Wanted
from morphkit.plan import Plan

Tones = dict[Key, Tone]

REFINED = 2
"""Rounds of the spectrum's gains: photos of few pixels answer less than the first expects."""


SEEN = (0.25, 0.5)
"""Luminance, and share of their contrast, that octaves are looked at with."""


@dataclass(frozen=True, slots=True, eq=False)
class _Studio:
    """Where anchors are looked at: the plan, a way to pin them, and hands to do it."""

    planned: Plan
    pin: Callable[[int], Anchor]
    executor: Executor
    wish: Wish

    @property
    def bare(self) -> Stage:
        """The stage without its mask: a face is measured without the background's share."""
        on = self.planned.on
        return replace(on, mask=np.where(on.mask > 0, ONE, 0).astype(on.mask.dtype))

    def anchors(self, tones: Tones) -> Iterator[dict[Key, tuple[Anchor, Look]]]:
        """Yield the toned anchors of each infant, and what is measured of them."""
        for identity in self.planned.infants:
            places = [i for i, f in enumerate(self.planned.faces) if f.row.identity == identity]
            keys = [self.planned.faces[i].key for i in places]
            tone = [tones[key] for key in keys]
            yield dict(zip(keys, self.executor.map(self._look, places, tone), strict=True))

    def looks(self, tones: Tones) -> dict[Key, Look]:
        """Look at every toned anchor."""
        return {key: look for some in self.anchors(tones) for key, (_, look) in some.items()}

    def _look(self, place: int, tone: Tone) -> tuple[Anchor, Look]:
        on, anchor = self.planned.on, self.pin(place)
        light = changed(anchor.source, tone, on.look.light, on.mask)
        shown = within(anchor.source, on.mask)
        ends, cut = tails(light[shown > 0], shown[shown > 0]), outside(light, shown)
        anchor = replace(anchor, source=kept(anchor.source, light))
        codes = aligned(anchor, self.bare)
        count = octaves.count(on.canvas.eye_distance)
        waves = bands.spectrum(codes, on.mask, count) if self.wish.spectrum else None
        return anchor, Look(measured(codes, on.mask, ends), waves, cut)


def first_pass(planned: Plan, pin: Callable[[int], Anchor], executor: Executor) -> Controlled:
    """Decide the tone of every anchor of a set.

    Parameters
    ----------
    planned : Plan
    pin : callable
        Place in ``planned.faces`` → anchor.
    executor : Executor

    Raises
    ------
    ImageError
        MK520 when the mask shows nothing, MK521 when a face is black or flat.
    """
    recipe, light, mask = planned.recipe, planned.on.look.light, planned.on.mask
    wish = Wish(**recipe.equalise.model_dump())
    plain = Tone(greyscale=recipe.output.greyscale)
    tones = {face.key: plain for face in planned.faces}
    if not wish.anything:
        return Controlled(Control(light, mask, tones))
    _refuse_hidden(planned)
    studio = _Studio(planned, pin, executor, wish)
    before = studio.looks(tones)
    _refuse_unfit(before)
    tones, wanted, now = _with_bands(studio, tones, before)
    least = {key: look.statistics.contrast for key, look in before.items()}
    tones, wanted = _with_light(studio, tones, wanted, now, least)
    after, losses = _looked_again(studio, tones)
    centres = {key: round(look.statistics.luminance * WHITE) for key, look in after.items()}
    return Controlled(Control(light, mask, tones, centres, losses), before, wanted, after)


def _refuse_hidden(planned: Plan) -> None:
    if planned.on.mask.any():
        return
    lost = planned.on.lost[: len(planned.faces)]  # mirrored photos come after these
    hidden = [f.key for f, part in zip(planned.faces, lost, strict=True) if part == lost.max()]
    raise ImageError(*(finding for key in hidden for finding in unfit(None, " ".join(key))))


def _refuse_unfit(before: Mapping[Key, Look]) -> None:
    faults = [f for key, look in before.items() for f in unfit(look.statistics, " ".join(key))]
    if faults:
        raise ImageError(*faults)


def _with_bands(
    studio: _Studio, tones: Tones, before: Mapping[Key, Look]
) -> tuple[Tones, dict[Key, Wanted], Mapping[Key, Look]]:
    """Add the octaves' gains to the tones; return also what is wanted, and what comes of it.

    Looked at again and corrected, since sampling a photo of few pixels answers less than
    expected; at one luminance, since the steps of 8-bit codes are coarse in the dark, and with
    half the contrast, so that nothing is cut off.
    """
    if not studio.wish.spectrum:
        return tones, {key: Wanted() for key in tones}, before
    aims: dict[Key, FloatArray] = {}
    for group in groups(tones, studio.wish.spectrum):
        aim = bands.mean_contrasts([_spectrum(before[key]) for key in group])
        aims.update(dict.fromkeys(group, aim))
    total: dict[Key, FloatArray] = {key: np.ones(len(aim)) for key, aim in aims.items()}
    contrast = {key: look.statistics.contrast for key, look in before.items()}
    now = before
    for _ in range(REFINED):
        for key, look in now.items():
            total[key] = bands.gains(_spectrum(look), aims[key], total[key])
            centre = round(before[key].statistics.luminance * WHITE)
            tones[key] = replace(tones[key], bands=bands.whole(total[key]), centre=centre)
        seen = {
            key: toned_to(before[key].statistics, tone, SEEN[0], SEEN[1] * contrast[key])
            for key, tone in tones.items()
        }
        now = {
            key: look.times(1 / SEEN[1], before[key].statistics.luminance / SEEN[0])
            for key, look in studio.looks(seen).items()
        }
    return tones, {key: Wanted(bands=aim) for key, aim in aims.items()}, now


def _spectrum(look: Look) -> Spectrum:
    if look.spectrum is None:
        raise AssertionError("octaves were not measured")
    return look.spectrum


def _with_light(
    studio: _Studio,
    tones: Tones,
    wanted: dict[Key, Wanted],
    now: Mapping[Key, Look],
    least: Mapping[Key, float],
) -> tuple[Tones, dict[Key, Wanted]]:
    """Add gain and offset, or a table, to the tones."""
    faces, wish = {key: look.statistics for key, look in now.items()}, studio.wish
    if wish.histogram:
        shares = matched(faces, wish.histogram)
        for key, face in faces.items():
            brighter = float(shares[key].mean() / face.quantiles.mean())
            curve = table(face, shares[key])
            tones[key] = replace(tones[key], table=curve, brighter=brighter)
        return tones, {key: replace(wanted[key], quantiles=shares[key]) for key in tones}
    aims = targets(faces, wish, least)
    for key, (luminance, contrast) in aims.items():
        octave = wanted[key].bands
        wanted[key] = Wanted(
            luminance if wish.luminance else None,
            contrast if wish.contrast else None,
            bands=None if octave is None else octave * contrast / faces[key].contrast,
        )
    return _corrected(studio, tones, faces, aims), wanted


def _corrected(
    studio: _Studio,
    tones: Tones,
    faces: Mapping[Key, Statistics],
    aims: Mapping[Key, tuple[float, float]],
) -> Tones:
    """Aim, look, and aim again: what is cut off at white is missing in mean and contrast."""
    asked = dict(aims)
    tones = {key: toned_to(faces[key], tones[key], *asked[key]) for key in tones}
    for _ in range(REFINED):
        missing = _missing(studio.looks(tones), aims)
        for key, (light, contrast) in missing.items():
            asked[key] = asked[key][0] * light, asked[key][1] * contrast
            tones[key] = toned_to(faces[key], tones[key], *asked[key])
        if not missing:
            break
    return tones


def _missing(
    looks: Mapping[Key, Look], aims: Mapping[Key, tuple[float, float]]
) -> dict[Key, tuple[float, float]]:
    """Return wanted / found luminance and contrast of anchors that miss by half a limit."""
    missing = {}
    for key, look in looks.items():
        light = aims[key][0] / look.statistics.luminance
        contrast = aims[key][1] / look.statistics.contrast
        if abs(light - 1) > MISSED[0] / 2 or abs(contrast - 1) > MISSED[1] / 2:
            missing[key] = light, contrast
    return missing


def _looked_again(studio: _Studio, tones: Tones) -> tuple[dict[Key, Look], dict[Pair, float]]:
    """Measure the toned anchors, and the contrast in the middle of those that are mixed."""
    after: dict[Key, Look] = {}
    losses: dict[Pair, float] = {}
    mixed = _mixed(studio.planned) if studio.wish.contrast or studio.wish.histogram else []
    for some in studio.anchors(tones):
        after.update({key: look for key, (_, look) in some.items()})
        here = [one for one in mixed if (one[0], one[1]) in some]
        found = studio.executor.map(partial(_loss, studio, some), here)
        losses.update(zip(here, found, strict=True))
    return after, losses


def _mixed(planned: Plan) -> list[Pair]:
    """Pairs of an infant's photos that some frame mixes, and nothing else."""
    found = {}
    for one in planned.frames:
        if len(one.shares) == 2 and one.single:
            (a, _), (b, _) = one.shares.items()
            found[pair(a.identity, a.expression, b.expression)] = True
    return list(found)


def _loss(studio: _Studio, some: Mapping[Key, tuple[Anchor, Look]], one: Pair) -> float:
    identity, a, b = one
    (first, at_first), (second, at_second) = some[identity, a], some[identity, b]
    on = studio.bare
    picture = frame(cast([first, second], on), [0.5, 0.5], on).image
    middle = measured(picture, studio.planned.on.mask)
    ends = (at_first.statistics, at_second.statistics)
    deviation = sum(end.luminance * end.contrast for end in ends)
    return lift.loss(middle.contrast, deviation / sum(end.luminance for end in ends))
