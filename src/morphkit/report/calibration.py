"""What the page shows of calibrated scales: one part per scale, or per pair of before and after.

May import `study` and the other files of `report`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from morphkit.report.infant_plots import Infants, infant_plots
from morphkit.report.placed import Placing, Steps, placings, steps
from morphkit.report.scale_plots import Diagram, Side, diagram
from morphkit.report.scale_words import (
    BASES,
    Way,
    estimate_text,
    facts,
    infants,
    sentences,
    unit_text,
    way,
)
from morphkit.report.words import count_text, fixed, listed
from morphkit.study.manifest import StimulusSet
from morphkit.study.telling import told_scales
from morphkit.study.told import ToldScale

MOST_SCALES = 6
"""So many parts are shown; further scales are named."""

MOST_NOTED = 6
BEFORE, AFTER = "before re-spacing", "after re-spacing"


@dataclass(frozen=True, slots=True)
class Part:
    """What the page shows of one scale, or of one before and one after re-spacing.

    Parameters
    ----------
    title, unit : str
    sentences : tuple of str
        What it says, plainly.
    status : tuple of str
        On which pictures it was measured.
    overrides : tuple of str
        What would have been refused, and the reason given.
    diagram : Diagram
    infants : Infants
    columns : tuple of str
        What the scales of the table of facts are called; empty for a single one.
    facts : tuple of (str, tuple of (str, str))
        Title, and value with its small print of each scale.
    people : tuple of (str, tuple of tuple of str)
        What a scale is called, and a row per infant.
    steps : tuple of Steps
    notes : tuple of str
        What couldn't be read.
    """

    title: str
    unit: str
    sentences: tuple[str, ...]
    status: tuple[str, ...]
    overrides: tuple[str, ...]
    diagram: Diagram
    infants: Infants
    columns: tuple[str, ...]
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    people: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    steps: tuple[Steps, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The section: its parts, scales that are not drawn and why, one line for the top."""

    parts: tuple[Part, ...]
    faulty: tuple[tuple[str, str], ...]
    glance: str


def calibration(stimulus_set: StimulusSet) -> Calibration | None:
    """Return what the page shows of calibrated scales; None for a set without any."""
    scales = stimulus_set.manifest.morphkit.scales
    if not scales:
        return None
    read, faulty = told_scales(scales)
    groups = list(_groups(read, stimulus_set))
    parts = tuple(_part(group, stimulus_set) for group in groups[:MOST_SCALES])
    rest = [side.scale.name for group in groups[MOST_SCALES:] for side in group]
    faulty += [(name, "it is one of many; the first are shown") for name in rest]
    places = [
        f"PSE {estimate_text(group[-1].scale.told.pse)} in {group[-1].scale.name}"
        for group in groups
        if group[-1].scale.told.pse
    ]
    glance = listed(places, 2) or count_text(len(read), "scale")
    if faulty:
        glance += f"; {len(faulty)} not drawn"
    return Calibration(parts, tuple(faulty), glance)


def _groups(read: Sequence[ToldScale], stimulus_set: StimulusSet) -> Iterator[tuple[Side, ...]]:
    """Yield scales one by one; the first before and the first after about one path together."""
    rows = stimulus_set.stimuli
    groups: dict[tuple[object, ...], list[ToldScale]] = {}
    for scale in read:
        lying = placings(stimulus_set, scale)
        where = (lying[0].path, lying[0].expressions) if lying else (scale.name,)
        groups.setdefault((scale.unit, scale.basis, *where), []).append(scale)
    for group in groups.values():
        before = next((one for one in group if not one.fresh(rows)), None)
        after = next((one for one in group if one.fresh(rows)), None)
        pair = [one for one in (before, after) if one]
        if len(pair) == 2:
            yield Side(pair[0], 1, BEFORE), Side(pair[1], 0, AFTER)
        yield from ((Side(one, 0, ""),) for one in group if len(pair) < 2 or one not in pair)


def _part(sides: Sequence[Side], stimulus_set: StimulusSet) -> Part:
    front = sides[-1].scale
    lying = placings(stimulus_set, front)
    path = _way(front, lying)
    frames = [level for one in lying for own in one.levels.values() for level in own]
    own = {
        who: tuple(level for one in lying for level in one.levels.get(who, ()))
        for who in dict.fromkeys(who for one in lying for who in one.levels)
    }
    curved = any(one.levels for one in front.identities.values())
    marked = not curved or all(one.shared for one in lying)
    table, called = list(_facts(sides, path)), tuple(side.called for side in sides)
    said = tuple(sentences(front, path))
    return Part(
        " → ".join(side.scale.name for side in sides),
        f"{unit_text(front.unit)}{_by(front.basis)}",
        (*said, *_agreement(sides, lying)),
        tuple(_status(side, placings(stimulus_set, side.scale), stimulus_set) for side in sides),
        tuple(text for side in sides for text in side.scale.overrides),
        diagram(sides, path, frames, marked, " ".join(said)),
        infant_plots(sides, path, own),
        called if len(sides) > 1 else (),
        tuple(table),
        tuple((s.called, tuple(infants(s.scale, path))) for s in sides if s.scale.identities),
        tuple(_steps(sides, stimulus_set)),
        tuple(note for side in sides for note in _notes(side.scale)),
    )


def _by(basis: str) -> str:
    return f", by {BASES.get(basis, basis)}" if basis else ""


def _way(scale: ToldScale, lying: Sequence[Placing]) -> Way:
    if scale.path or not lying:
        return way(scale.path, scale.expressions or (lying[0].expressions if lying else ()))
    return way(lying[0].path, lying[0].expressions)


def _facts(sides: Sequence[Side], path: Way) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield the rows of the table of facts, without those that no scale fills."""
    columns = [{title: (value, more) for title, value, more in facts(s.scale, path)} for s in sides]
    for title in dict.fromkeys(title for column in columns for title in column):
        cells = tuple(column.get(title, ("", "")) for column in columns)
        if any(value for value, _ in cells):
            yield title, cells


def _status(side: Side, lying: Sequence[Placing], stimulus_set: StimulusSet) -> str:
    """Say on which pictures a scale was measured, and what they have to do with this set's."""
    scale, named = side.scale, len(side.scale.pixels)
    start = f"{scale.name}: " if side.called else ""
    if not named:
        return f"{start}The scale doesn’t say on which pictures it was measured."
    here = len(scale.here(stimulus_set.stimuli))
    chosen = [one.continuum for one in lying if one.chosen]
    if here == named:
        judged = [one.continuum for one in lying if one.judged]
        rest = [one.continuum for one in lying if not (one.judged or one.chosen)]
        text = f"{start}Measured on these very pictures"
        text += f" ({listed(judged, 4)})." if judged else "."
        if rest:
            text += f" On the same path lies {listed(rest, 4)}, which was not judged."
    else:
        of = "the same continuum" if lying else "a path that this set doesn’t have"
        text = f"{start}Measured on {count_text(named - here, 'other frame')} of {of}"
        text += f", and on {here} of this set’s." if here else "."
        if scale.reproduced:
            text += f" Rendered again, {scale.reproduced} of the {named} have the very same pixels."
    if chosen:
        text += f" The frames of {listed(chosen, 4)} were chosen by it."
    return text


def _agreement(sides: Sequence[Side], lying: Sequence[Placing]) -> Iterator[str]:
    """Yield what was found before, and how well it predicted what was found after."""
    if len(sides) < 2:
        return
    before, after = (side.scale.told for side in sides)
    if before.pse:
        yield f"Before re-spacing, the balance point was at level {estimate_text(before.pse)}."
    levels = {level for one in lying for level in one.shared}
    pairs = [(before.at(level), after.at(level)) for level in sorted(levels)]
    gaps = [abs(a - b) for a, b in pairs if a is not None and b is not None]
    if gaps:
        yield (
            f"At this set’s frames, what was measured after re-spacing is within "
            f"{fixed(max(gaps), 3)} of what was predicted before."
        )


def _steps(sides: Sequence[Side], stimulus_set: StimulusSet) -> Iterator[Steps]:
    """Yield what the scale that chose the frames, or could have, predicts for them."""
    scale, after = sides[0].scale, sides[1].scale if len(sides) > 1 else None
    for one in placings(stimulus_set, scale):
        if one.chosen or not one.judged:
            yield steps(one, scale, after)


def _notes(scale: ToldScale) -> Iterator[str]:
    if scale.unread:
        yield f"{scale.name}: these can’t be read: {listed(scale.unread, MOST_NOTED)}."
