"""Prototypes, transforms and mixtures of a set: weights, derived again from what is declared.

Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from morphkit.errors import Finding, MorphkitError
from morphkit.study.frames import PATHLESS, Parts, PlannedFrame, frames
from morphkit.study.levels import check_amounts
from morphkit.study.manifest import MANIFEST
from morphkit.study.shares import Photo
from morphkit.study.table import TABLE, Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding
from morphkit.validate.table import SAME, fits, in_row, wrong_weights


def check_operations(evidence: Evidence) -> Iterator[Finding]:
    """MK665, MK668…MK670 for rows that lie on no path; MK677 weights of photos."""
    for number, move in enumerate(evidence.block.transforms):
        fault = check_amounts(move.amounts)
        if fault:
            pointer = f"morphkit.transforms.{number}.amounts"
            yield finding("MK665", f"{fault}.", file=MANIFEST, pointer=pointer)
    derived = _derived(evidence)
    if derived is None:
        return
    rows = {row.stimulus_id: row for row in evidence.set.stimuli}
    for one in derived:
        row = rows.get(one.stimulus_id)
        if row is not None and one.path in PATHLESS and row.morph_path == one.path:
            yield from _wrong_row(evidence, row, one)
    yield from _wrong_photos(evidence, {one.stimulus_id: one for one in derived})
    yield from _missing(evidence, derived)


def _derived(evidence: Evidence) -> list[PlannedFrame] | None:
    """Return the frames that the manifest declares; None where it can't be understood."""
    if not all(fits(entry) for entry in evidence.block.continua):
        return None
    try:
        return frames(evidence.program)
    except MorphkitError:
        return None  # names that make no ids have their own rule


def _wrong_row(evidence: Evidence, row: Stimulus, one: PlannedFrame) -> Iterator[Finding]:
    given, right = row.morph_level, one.level
    alike = given is right or None not in (given, right)
    if not alike or (given is not None and right is not None and not abs(given - right) <= SAME):
        text = f"frame {row.frame} has level {_shown(given)}, {_shown(right)} is declared."
        yield in_row(evidence, "MK665", text, row, "morph_level")
    if row.percent is not None:
        text = f"percent is {row.percent:.6g}; a {one.path} lies on no path."
        yield in_row(evidence, "MK670", text, row, "percent", measured=row.percent)
    yield from wrong_weights(evidence, row, one.weights, f"this {one.path}")


def _shown(level: float | None) -> str:
    return "none" if level is None else f"{level:.6g}"


def _wrong_photos(evidence: Evidence, derived: Mapping[str, PlannedFrame]) -> Iterator[Finding]:
    """MK677: the weights of photos are listed where they are needed, and are the true ones."""
    listed = evidence.block.frame_weights
    needed = {r.stimulus_id for r in evidence.set.stimuli if r.stimulus_id in derived}
    for name in sorted(listed.keys() | {n for n in needed if not derived[n].plain}):
        one = derived.get(name)
        true: Mapping[Photo, Parts] = {} if one is None or one.plain else one.shares
        given = {
            Photo(share.identity, share.expression, share.mirrored): (
                share.shape,
                share.colour,
                share.texture,
            )
            for share in listed.get(name, [])
        }
        if len(given) != len(listed.get(name, [])) or not _same(given, true):
            yield finding(
                "MK677",
                f"the photos of {name} and their weights are not the ones that are declared.",
                file=MANIFEST,
                pointer=f"morphkit.frame_weights.{name}",
            )


def _same(given: Mapping[Photo, Parts], true: Mapping[Photo, Parts]) -> bool:
    return given.keys() == true.keys() and all(
        abs(a - b) <= SAME for photo in true for a, b in zip(given[photo], true[photo], strict=True)
    )


def _missing(evidence: Evidence, derived: list[PlannedFrame]) -> Iterator[Finding]:
    """MK665: a transform or mixture has the frames that are declared."""
    counts: dict[tuple[str, str], int] = {}
    for one in derived:
        if one.path in PATHLESS:
            key = one.identity, one.continuum
            counts[key] = counts.get(key, 0) + 1
    for series in evidence.series():
        wanted = counts.get((series[0].identity, series[0].continuum))
        if wanted is not None and wanted != len(series):
            yield finding(
                "MK665",
                f"{series[0].identity} {series[0].continuum} has {len(series)} frames, {wanted} "
                "are declared.",
                file=TABLE,
                pointer="morph_level",
            )
