"""Responses joined to the set that they are about.

Everything odd is counted; nothing is left out unless it is asked for, except rows that hold no
answer.  Knows no fit.  May import `errors`, `observed`, `study`, NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from morphkit.errors import CalibrationError, Finding, UsageError
from morphkit.observed.places import (
    continuum_of,
    inside,
    refuse_falling,
    refuse_other_pictures,
    strangers,
    unknown,
)
from morphkit.observed.twice import twice
from morphkit.observed.values import (
    FEWEST,
    MOST_OBSERVERS,
    Counts,
    Floats,
    Ints,
    Mask,
    Observed,
    Small,
    Wanted,
    level_of,
)
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.meanings import choices, comparisons, ends_of
from morphkit.study.response_cells import stem
from morphkit.study.response_gaps import listed
from morphkit.study.response_table import Responses
from morphkit.study.table import Stimulus

REVERSED = -3.3
"""The t of the correlation of answers with levels below which an observer's keys are doubted."""


def join(responses: Responses, stimulus_set: StimulusSet, wanted: Wanted) -> Observed:
    """Join responses to a set.

    Raises
    ------
    CalibrationError
        MK479 answers of unknown meaning, MK480 stimuli that the set doesn't have, MK481 a file
        that repeats another, MK482 ratings without a scale or beyond it, MK483 no continuum,
        several, or one along which answers fall, MK484 nothing is left, MK488 other pictures
        than the set's.
    UsageError
        MK484 an observer to leave out who isn't there.
    """
    rows = {row.stimulus_id: row for row in stimulus_set.stimuli}
    counts = Counts(len(responses.files), len(responses), responses.skipped)
    refuse_other_pictures(responses, rows)
    strange = unknown(responses, rows)
    if strange.any():
        names = tuple(name for name in responses.stimuli if name not in rows)
        if "unknown" not in wanted.exclude:
            raise strangers(responses, names, strange)
        counts = replace(counts, unknown=int(strange.sum()), unknown_ids=names)
    entry = continuum_of(responses, rows, ~strange, stimulus_set.manifest, wanted.continuum)
    if responses.task == "two-choice":
        refuse_falling(entry, ends_of(stimulus_set.manifest.morphkit.response_map))
    own = inside(responses, rows, entry.name)
    counts = replace(counts, elsewhere=int((~strange & ~own).sum()))
    table = _Table(responses, rows, stimulus_set.manifest, wanted, own)
    return table.observed(entry, counts)


@dataclass(slots=True, eq=False)
class _Table:
    """Responses being sorted out."""

    responses: Responses
    rows: Mapping[str, Stimulus]
    manifest: Manifest
    wanted: Wanted
    keep: Mask
    excluded: list[str] = field(default_factory=list)

    def observed(self, entry: ContinuumEntry, counts: Counts) -> Observed:
        responses, wanted = self.responses, self.wanted
        value = self._values()
        silent = self.keep & ~np.isfinite(value)
        counts = replace(counts, no_response=int(silent.sum()), unanswered=self._unanswered(silent))
        self.keep &= ~silent
        if counts.unknown:
            self._note(counts.unknown, "to stimuli that the set doesn't have")
        who = np.asarray(responses.observer)
        self._without(who)
        repeated = twice(responses, copies="duplicates" in wanted.exclude)
        again = self._drop("duplicates", repeated, "that stand there twice")
        quick = f"faster than {1000 * wanted.fastest:g} ms"
        fast = self._drop("too-fast", self._fast(), quick)
        counts = replace(counts, duplicates=again, too_fast=fast)
        same = self._same(value, who)
        counts = replace(counts, one_key=tuple(responses.observers[i] for i in same))
        if "one-key" in wanted.exclude:
            self._left_out(counts.one_key, "always the same answer")
            self.keep &= ~np.isin(who, same)
        wrong = self._reversed(value, who)
        counts = replace(counts, reversed=tuple(responses.observers[i] for i in wrong))
        if "reversed" in wanted.exclude:
            self._left_out(counts.reversed, "answers the other way round")
            self.keep &= ~np.isin(who, wrong)
        return self._gathered(entry, counts, value)

    def _unanswered(self, silent: Mask) -> tuple[str, ...]:
        """Return the files without a single response; MK484 when that is all of them."""
        file, names = np.asarray(self.responses.file), self.responses.files
        shown, without = (
            np.bincount(file[mask], minlength=len(names)) for mask in (self.keep, silent)
        )
        found = [names[i] for i in np.flatnonzero((shown > 0) & (shown == without))]
        if found and silent.sum() == self.keep.sum():
            message = f"none of the {int(silent.sum())} trials has a response: {listed(found)}."
            advice = "Is it in another column? --column response=NAME"
            raise CalibrationError(Finding("MK484", message, measured=0.0, suggestion=advice))
        return tuple(found)

    def _values(self) -> Floats:
        """Return (rows,) what was answered as a number; NaN for no answer."""
        if self.responses.task == "ratings":
            return self._ratings()
        responses, given = self.responses, self.wanted.answers
        code = np.asarray(responses.answer)
        met = {*np.unique(code[self.keep]).tolist()}
        answers = [one if i in met else "" for i, one in enumerate(responses.answers)]
        if responses.task == "two-choice":
            entries = self.manifest.morphkit.response_map
            meant = choices(answers, entries, given, buttons=responses.buttons)
        else:
            chosen = {one: 2 for one in answers if one and stem(one) in self.rows}
            pairs = responses.task == "pairs" and not given
            meant = comparisons(answers, given, chosen if pairs else None)
        value = np.array([np.nan if one < 0 else float(one) for one in meant])[code]
        return self._by_name(value, code) if (value == 2).any() else value

    def _by_name(self, value: Floats, code: Ints) -> Floats:
        """Return values where some answers to pairs are ids of the stimulus that was chosen."""
        responses = self.responses
        numbers = {name: i for i, name in enumerate(responses.stimuli)}
        chosen = np.array([numbers.get(stem(one), -1) for one in responses.answers])[code]
        first, second = (np.asarray(column) for column in responses.shown)
        named = self.keep & (value == 2)
        neither = named & (chosen != first) & (chosen != second)
        if neither.any():
            self._refuse("MK485", neither, "the answer is neither of the two that were shown.")
        return np.where(named, (chosen == second).astype(float), value)

    def _ratings(self) -> Floats:
        value = np.asarray(self.responses.rating)
        there = value[self.keep & np.isfinite(value)]
        if self.wanted.span is None:
            found = f" (they run from {there.min():g} to {there.max():g})" if there.size else ""
            message = (
                f"the ends of the rating scale are not known{found}: nobody need have used them."
            )
            advice = "Say them: --range LOW HIGH; their middle is neither happy nor distressed."
            raise UsageError(Finding("MK482", message, suggestion=advice))
        low, high = self.wanted.span
        beyond = self.keep & ((value < low) | (value > high))
        if beyond.any():
            worst = float(value[beyond][0])
            self._refuse("MK482", beyond, f"the rating {worst:g} is not in {low:g} to {high:g}.")
        return value

    def _refuse(self, code: str, mask: Mask, message: str) -> None:
        row = int(np.argmax(mask))
        more = int(mask.sum()) - 1
        told = f"{message[:-1]}, and {more} more rows." if more else message
        file, line = self.responses.files[self.responses.file[row]], self.responses.line[row]
        raise CalibrationError(Finding(code, told, file=file, line=line))

    def _drop(self, name: str, odd: Mask, why: str) -> int:
        """Leave out what is odd where that is wanted; return how much there is of it."""
        mask = self.keep & odd
        if name in self.wanted.exclude and mask.any():
            self._note(int(mask.sum()), why)
            self.keep &= ~mask
        return int(mask.sum())

    def _note(self, count: int, why: str) -> None:
        self.excluded.append(f"{count} response(s) {why}")

    def _without(self, who: Ints) -> None:
        names = self.responses.observers
        strange = [name for name in self.wanted.without if name not in names]
        if strange:
            there = ", ".join(names[:10])
            raise UsageError(
                *(
                    Finding("MK484", f"there is no observer {name!r}; there are: {there}.")
                    for name in strange
                )
            )
        self._left_out(self.wanted.without, "on request")
        self.keep &= ~np.isin(who, [names.index(name) for name in self.wanted.without])

    def _left_out(self, who: Sequence[str], why: str) -> None:
        """Note how many observers are left out, not who: a scale goes into sets."""
        if who:
            self.excluded.append(f"{len(who)} observer(s): {why}")

    def _fast(self) -> Mask:
        with np.errstate(invalid="ignore"):
            return np.asarray(np.asarray(self.responses.rt) < self.wanted.fastest)

    def _same(self, value: Floats, who: Ints) -> list[int]:
        """Return the observers whose answers are all one."""
        return [
            number
            for number, own in self._by_observer(who)
            if len(own) >= FEWEST and (value[own] == value[own][0]).all()
        ]

    def _reversed(self, value: Floats, who: Ints) -> list[int]:
        """Return the observers whose answers fall as the level rises, beyond chance."""
        responses = self.responses
        if len(responses.shown) > 1:
            return []
        known = [self.rows.get(name) for name in responses.stimuli]
        levels = np.array([np.nan if row is None else level_of(row) for row in known])
        level = levels[np.asarray(responses.shown[0])]
        found = []
        for number, own in self._by_observer(who):
            x, y = level[own], value[own]
            if len(x) > FEWEST and x.std() and y.std():
                r = float(np.corrcoef(x, y)[0, 1])
                # t of a correlation; of a thousand observers who guess one is beyond it
                if r * np.sqrt((len(x) - 2) / max(1 - r * r, 1e-12)) < REVERSED:
                    found.append(number)
        return found

    def _by_observer(self, who: Ints) -> Iterator[tuple[int, Ints]]:
        """Yield each observer and the rows that are left of that one."""
        there = self._there()
        there = there[np.argsort(who[there], kind="stable")]
        numbers, starts = np.unique(who[there], return_index=True)
        for number, own in zip(numbers, np.split(there, starts[1:]), strict=True):
            yield int(number), own

    def _there(self) -> Ints:
        """Return the rows that are left; MK484 when none is."""
        there = np.flatnonzero(self.keep)
        if not there.size:
            message = "no response is left to be fitted."
            raise CalibrationError(Finding("MK484", message, measured=0.0))
        return there

    def _gathered(self, entry: ContinuumEntry, counts: Counts, value: Floats) -> Observed:
        responses, there = self.responses, self._there()
        who, observer = _numbered(np.asarray(responses.observer)[there])
        if len(who) > MOST_OBSERVERS:
            message = f"there are {len(who)} observers, more than the {MOST_OBSERVERS} that can be"
            advice = "Is this the right column? --column observer=NAME"
            raise CalibrationError(Finding("MK478", f"{message} fitted.", suggestion=advice))
        shown = np.stack([np.asarray(column)[there] for column in responses.shown], axis=1)
        used, index = _numbered(shown)
        if shown.shape[1] == 1:
            cells = len(who) * len(used)
            answered = int(np.count_nonzero(np.bincount(observer * len(used) + index[:, 0])))
            counts = replace(counts, cells=cells, missing=cells - answered)
        several = _in_several(observer, np.asarray(responses.file)[there])
        counts = replace(counts, several=tuple(responses.observers[who[i]] for i in several))
        return Observed(
            responses.task,
            entry,
            tuple(self.rows[responses.stimuli[i]] for i in used),
            tuple(responses.observers[i] for i in who),
            observer,
            index,
            value[there],
            replace(counts, used=len(there)),
            tuple(self.excluded),
            self.wanted.span,
        )


def _in_several(observer: Small, file: Small) -> Ints:
    """Return the observers whose rows are in more than one file."""
    count = int(file.max()) + 1
    pairs = np.unique(observer.astype(np.int64) * count + file)
    return np.flatnonzero(np.bincount(pairs // count) > 1)


def _numbered(codes: Small) -> tuple[Small, Small]:
    """Return the codes that are there, rising, and the place of each of them among these."""
    there = np.flatnonzero(np.bincount(codes.ravel())).astype(np.int32)
    place = np.zeros(there[-1] + 1, dtype=np.int32)
    place[there] = np.arange(len(there))
    return there, place[codes]
