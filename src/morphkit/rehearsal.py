"""Frames rendered before a build and not kept: to see what a scale was measured on, and to space
frames by what they show.

May import `calibrate`, `engine`, `errors`, `measure`, `plan`, `render`, `study`, `troupe`,
`validate` and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from morphkit import troupe
from morphkit.calibrate.equal import Equalised, equal_steps
from morphkit.calibrate.scale import IntensityScale
from morphkit.engine.color import SingleArray, as_encoded
from morphkit.engine.control import Control
from morphkit.errors import CalibrationError, Finding
from morphkit.faces.face import Landmarks
from morphkit.measure.distance import comparison
from morphkit.measure.outline import shown, width
from morphkit.plan import Plan
from morphkit.render import portrait
from morphkit.study.calibrated import METRICS, Placed
from morphkit.study.continuum import Continuum
from morphkit.study.entries import ContinuumEntry
from morphkit.study.frames import PlannedFrame, frames, on_path
from morphkit.study.levels import ANCHORED, MorphPath, fractions, levels
from morphkit.study.program import respaced
from morphkit.troupe import Call, Setting, Troupe
from morphkit.validate.track import SMALLEST

PICTURES = tuple(name for name in METRICS if name != "landmark_path")
"""Metrics that look at pictures."""

ROUNDED = 1e-5
"""By how much levels written by other programs may miss the even ones that they stand for."""

Pixels = dict[str, dict[str, str]]
"""Scale → stimulus → the pixels that it has when it is rendered now."""

Seen = dict[str, dict[str, Any]]
"""Scale → what the manifest says of it besides its file: `reproduced`, the pixels of the stimuli
that it was measured on as they are rendered now, and `accepted`, the reason for using it though
those have changed."""


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsal:
    """Where frames are rendered to be looked at.

    Parameters
    ----------
    planned : Plan
    setting : Setting
    executor : Executor
    """

    planned: Plan
    setting: Setting
    executor: Executor

    def called(self, identity: str) -> list[Troupe]:
        """Return the infants of an identity, with what the engine knows of each."""
        return [self._troupe(infant) for infant in self.planned.program.members(identity)]

    def _troupe(self, infant: str) -> Troupe:
        photos = tuple(photo for photo in self.planned.views if photo.identity == infant)
        pinned = partial(troupe.anchor, self.setting)
        portraits = [portrait(self.planned, photo) for photo in photos]
        anchors = list(self.executor.map(pinned, portraits))
        mixed = tuple(combinations(range(len(photos)), 2))
        return troupe.troupe(self.setting, Call(infant, photos, mixed), *anchors)

    def pixels(self, wanted: Sequence[PlannedFrame], troupes: Sequence[Troupe]) -> list[str]:
        """Return the pixel hashes of frames of one identity."""

        def hashed(one: PlannedFrame) -> str:
            return troupe.drawn(self.setting, one, *troupes).written.pixel_sha256

        return list(self.executor.map(hashed, wanted))

    def views(
        self,
        wanted: Sequence[PlannedFrame],
        troupes: Sequence[Troupe],
        view: Callable[[SingleArray, Landmarks], Any],
    ) -> Iterator[Any]:
        """Yield what frames of one identity show before they are rounded."""

        def seen(one: PlannedFrame) -> Any:
            return view(*troupe.unrounded(self.setting, one, *troupes))

        return self.executor.map(seen, wanted)


def rehearsed(planned: Plan, control: Control, executor: Executor) -> tuple[Plan, Seen]:
    """Return a plan whose frames are spaced as its recipe asks, and what its scales are about.

    Raises
    ------
    CalibrationError
        MK472 when pixels of a scale that chooses levels have changed, and no reason was given to
        use it all the same; MK475 when steps can't be made equal in a metric.
    """
    there = Rehearsal(planned, Setting(planned.on, control), executor)
    pixels = _reproduced(there)
    changed = [name for name, some in pixels.items() if stale(planned.asked.scales[name], some)]
    _refuse_stale(planned, pixels, [one for one in changed if one not in planned.asked.reasons])
    seen: Seen = {name: {"reproduced": some} for name, some in pixels.items()}
    for name in changed:
        seen[name]["accepted"] = planned.asked.reasons[name]
    return _spaced(there), seen


def _reproduced(there: Rehearsal) -> Pixels:
    """Render what the scales that choose levels were measured on."""
    planned = there.planned
    entries = {entry.name: entry for entry in planned.program.continua}
    found: Pixels = {}
    for name, continua in planned.asked.users.items():
        scale, found[name] = planned.asked.scales[name], {}
        # continua of one scale have one path: each infant is rendered once
        shared = {who: entries[one] for one in continua for who in entries[one].identities}
        for identity, entry in shared.items():
            shown = [
                on_path(planned.program, entry, identity, level, 1, stimulus)
                for stimulus, level in _shown(scale, identity, entry.path)
            ]
            if shown:
                pixels = there.pixels(shown, there.called(identity))
                ids = [one.stimulus_id for one in shown]
                found[name] |= dict(zip(ids, pixels, strict=True))
    return {name: _known(planned.asked.scales[name], pixels) for name, pixels in found.items()}


def _shown(scale: IntensityScale, identity: str, path: MorphPath) -> Iterator[tuple[str, float]]:
    """Yield the stimuli of an infant that a scale was measured on, and their levels.

    A scale that doesn't say what its stimuli show is tried at each of its levels; even ones are
    taken to the last bit, since a pixel depends on that.
    """
    if scale.stimuli:
        for name, one in scale.stimuli.items():
            if one.identity == identity:
                yield name, one.level
        return
    even = levels(len(scale.levels), path)
    is_even = np.allclose(even, scale.levels, rtol=0, atol=ROUNDED)
    for level in even if is_even else scale.levels:
        yield f"{identity} {level}", level


def _known(scale: IntensityScale, pixels: Mapping[str, str]) -> dict[str, str]:
    """Return what was rendered under the names of the scale's stimuli."""
    if scale.stimuli:
        return dict(pixels)
    rendered = set(pixels.values())
    return {name: one for name, one in scale.pixel_sha256.items() if one in rendered}


def stale(scale: IntensityScale, reproduced: Mapping[str, str]) -> list[str]:
    """Return the stimuli of a scale whose pixels are not those that were judged."""
    return [name for name, one in scale.pixel_sha256.items() if reproduced.get(name) != one]


def _refuse_stale(planned: Plan, pixels: Pixels, names: Sequence[str]) -> None:
    faults = []
    for name in names:
        scale = planned.asked.scales[name]
        others = stale(scale, pixels[name])
        message = (
            f"the scale {name} was measured on other pixels: {len(others)} of its "
            f"{len(scale.pixel_sha256)} stimuli look otherwise now, or belong to infants that are "
            f"not in this continuum, such as {others[0][:60]}."
        )
        if not scale.stimuli:
            message += " It doesn't say what they show; they were sought at its levels."
        advice = (
            "All of it must be as it was measured: photos, templates, identities, canvas, mask, "
            "engine. Go back to that, measure again, or add override: REASON."
        )
        found = Finding("MK472", message, measured=len(others), suggestion=advice)
        faults.append(replace(found, pointer=planned.asked.users[name][0]))
    if faults:
        raise CalibrationError(*faults)


def _spaced(there: Rehearsal) -> Plan:
    """Return the plan with equal steps in the metric that its recipe asks for."""
    planned = there.planned
    metric = planned.recipe.spacing.scale
    if metric not in METRICS:
        return planned
    assert isinstance(metric, str)
    pairs = zip(planned.recipe.continua, planned.program.continua, strict=True)
    even = [(asked, entry) for asked, entry in pairs if isinstance(asked.levels, int | str)]
    own: dict[str, dict[str, tuple[float, ...]]] = {entry.name: {} for _, entry in even}
    for identity in planned.identities:
        mine = [(asked, entry) for asked, entry in even if identity in entry.identities]
        troupes = there.called(identity) if mine else []
        for asked, entry in mine:
            found = _solved(there, metric, asked, entry, identity, troupes)
            own[entry.name][identity] = found.levels
    placed = {name: Placed(_means(levels), levels) for name, levels in own.items() if levels}
    program = respaced(planned.program, placed)
    return replace(planned, program=program, frames=tuple(frames(program)))


def _solved(
    there: Rehearsal,
    metric: str,
    asked: Continuum,
    entry: ContinuumEntry,
    identity: str,
    troupes: Sequence[Troupe],
) -> Equalised:
    program = there.planned.program

    def views(levels: Sequence[float], view: Callable[[SingleArray, Landmarks], Any]) -> list[Any]:
        wanted = [on_path(program, entry, identity, level, 1, "rehearsed") for level in levels]
        return list(there.views(wanted, troupes, view))

    # the part that is compared is told from codes, as it will be of the files
    light = views(ANCHORED[entry.path][:1], lambda light, _: light)[0]
    where = shown(np.rint(255 * as_encoded(light)).astype(np.uint8))
    if metric in PICTURES and width(where) < SMALLEST:
        raise CalibrationError(_too_small(metric, width(where)))
    view, differ = comparison(metric, where)

    def distances(levels: Sequence[float]) -> list[float]:
        return [differ(a, b) for a, b in pairwise(views(levels, view))]

    assert isinstance(asked.levels, int | str)
    try:
        return equal_steps(distances, fractions(asked.levels), ANCHORED[entry.path])
    except CalibrationError as error:
        raise CalibrationError(
            *(
                replace(one, message=f"{identity} {entry.name} by {metric}: {one.message}")
                for one in error.findings
            )
        ) from None


def _too_small(metric: str, across: float) -> Finding:
    return Finding(
        "MK475",
        f"{metric} isn't measured of faces that are {across:.0f} px across.",
        measured=across,
        limit=float(SMALLEST),
        suggestion="Use a larger canvas and eye_distance, or scale: landmark_path.",
    )


def _means(levels: Mapping[str, Sequence[float]]) -> tuple[float, ...]:
    columns = zip(*levels.values(), strict=True)
    return tuple(float(f"{sum(one) / len(levels):.6g}") for one in columns)
