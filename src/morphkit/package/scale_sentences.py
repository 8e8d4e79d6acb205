"""What the methods text says of calibrated scales, and what it cites for them.

May import `study`.
"""

from __future__ import annotations

from collections.abc import Iterator

from morphkit.study.manifest import StimulusSet
from morphkit.study.telling import told_scales
from morphkit.study.told import Estimate, ToldScale, chosen_by

PRINS = (
    "Prins, N. (2012). The psychometric function: The lapse rate revisited. Journal of Vision, "
    "12(6), 25. https://doi.org/10.1167/12.6.25"
)
MALONEY = (
    "Maloney, L. T., & Yang, J. N. (2003). Maximum likelihood difference scaling. Journal of "
    "Vision, 3(8), 5. https://doi.org/10.1167/3.8.5"
)
CITED = {"two-choice": PRINS, "mlds": MALONEY}
BASES = {
    "two-choice": "two-choice answers",
    "mlds": "difference scaling",
    "pairs": "paired comparisons",
    "metric": "a metric of the images",
}
MOST_SCALES = 6
MOST_TOLD = 3


def scale_sentences(stimulus_set: StimulusSet) -> Iterator[str]:
    """Yield sentences on each scale of a set that can be read: what it rests on, what it says."""
    for scale in _read(stimulus_set):
        yield _origin(scale, stimulus_set)
        values = [
            f"{name} {_estimate(one)}"
            for name, one in (
                ("PSE", scale.told.pse),
                ("JND", scale.told.jnd),
                ("standard deviation between observers", scale.told.observer_sd),
            )
            if one
        ]
        if values:
            yield f"In level units, with 95 % intervals: {', '.join(values)}."
        chosen = chosen_by(stimulus_set.manifest.morphkit.recipe, scale.name)
        if chosen:
            yield f"The levels of {', '.join(chosen)} were chosen by it."
        if scale.overrides:
            yield f"On record: {' '.join(scale.overrides[:MOST_TOLD])}"


def scale_references(stimulus_set: StimulusSet) -> list[str]:
    """Return what is cited for the ways in which the scales were measured."""
    bases = [scale.basis for scale in _read(stimulus_set)]
    return [text for basis, text in CITED.items() if basis in bases]


def _read(stimulus_set: StimulusSet) -> list[ToldScale]:
    return told_scales(stimulus_set.manifest.morphkit.scales)[0][:MOST_SCALES]


def _origin(scale: ToldScale, stimulus_set: StimulusSet) -> str:
    told = scale.told
    counts = [
        f"{count} {noun}"
        for count, noun in ((told.observers, "observers"), (told.trials, "answers"))
        if count is not None
    ]
    by = BASES.get(scale.basis, scale.basis)
    text = f"Scale {scale.name} ({', '.join([scale.unit, *([by] if by else []), *counts])})"
    if not scale.pixels:
        return f"{text} doesn't say on which images it was measured."
    count = len(scale.pixels)
    which = f"these very images ({count})" if scale.fresh(stimulus_set.stimuli) else ""
    return f"{text} was measured on {which or f'{count} images, not all of this set'}."


def _estimate(one: Estimate) -> str:
    text = f"{one.level:.2f}"
    if one.low is not None and one.high is not None:
        text += f" ({one.low:.2f} to {one.high:.2f})"
    return text.replace("-", "−")
