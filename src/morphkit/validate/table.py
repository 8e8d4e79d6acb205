"""The table's truth: names, frame numbers, levels and weights, derived again.

What a row says must follow from what the manifest declares; where they differ, the row is
not believed.  Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isfinite

from morphkit.errors import Finding
from morphkit.study import levels, names
from morphkit.study.entries import ContinuumEntry
from morphkit.study.frames import MIXTURE, TRANSFORM
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import TABLE, WEIGHT, Stimulus, is_ambiguous
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding

SAME = 1e-9
"""Numbers that differ by less are one: the table keeps every digit, sums lose a few."""

EXPRESSIONS = {"direct": 2, "from-neutral": 2, "through-neutral": 3}


def check_names(evidence: Evidence) -> Iterator[Finding]:
    """MK661: ids, image files, identities, continua and expressions obey the naming law."""
    for row in evidence.set.stimuli:
        faults = {"stimulus_id": names.check_id(row.stimulus_id)}
        if row.image_file != f"stimuli/{row.stimulus_id}.png":
            faults["image_file"] = f"{row.image_file!r} is not stimuli/<stimulus_id>.png"
        faults["identity"] = names.check_identity(row.identity)
        faults["continuum"] = names.check_id(row.continuum)
        for column, fault in faults.items():
            if fault:
                yield in_row(evidence, "MK661", f"{fault}.", row, column)
    for expression in sorted({name for row in evidence.set.stimuli for name in row.weights}):
        fault = names.check_expression(expression)
        if fault:
            yield finding("MK661", f"{fault}.", file=TABLE, pointer=WEIGHT + expression, line=1)


def check_unique(evidence: Evidence) -> Iterator[Finding]:
    """MK662: ids and image files are unique, upper and lower case being one; MK676 no rows."""
    rows = evidence.set.stimuli
    if not rows:
        yield finding("MK676", "the table has no rows.", file=TABLE)
    for column in ("stimulus_id", "image_file"):
        for text in names.collisions(getattr(row, column) for row in rows):
            yield finding(
                "MK662",
                f"{text!r} stands in more than one row (upper and lower case are one).",
                file=TABLE,
                pointer=column,
            )


def check_order(evidence: Evidence) -> Iterator[Finding]:
    """MK663 rows and ids in the order of the frames, MK664 frames numbered from 1."""
    place = {id(row): number for number, row in enumerate(evidence.set.stimuli)}
    for series in evidence.series():
        numbers = [row.frame for row in series]
        if numbers != list(range(1, len(series) + 1)):
            text = ", ".join(str(number) for number in numbers[:12])
            yield in_row(
                evidence,
                "MK664",
                f"{_called(series)}: its {len(series)} frames are numbered {text}"
                f"{', …' if len(numbers) > 12 else ''}.",
                series[0],
                "frame",
            )
        for a, b in pairwise(series):
            if place[id(a)] > place[id(b)] or a.stimulus_id > b.stimulus_id:
                yield in_row(
                    evidence,
                    "MK663",
                    f"{b.stimulus_id!r} is frame {b.frame} but comes before {a.stimulus_id!r}, "
                    f"frame {a.frame}.",
                    b,
                    "stimulus_id",
                )


def check_declared(evidence: Evidence) -> Iterator[Finding]:
    """MK666 rows belong to what is declared, MK667 everyone has what is declared for them."""
    program = evidence.program
    declared: list[tuple[str, str, list[str]]] = [
        *((entry.name, entry.path, entry.identities) for entry in program.continua),
        *((move.name, TRANSFORM, move.identities) for move in program.transforms),
        *((mixture.name, MIXTURE, mixture.identities) for mixture in program.mixtures),
    ]
    for name, count in Counter(name for name, _, _ in declared).items():
        if count > 1:
            yield finding(
                "MK666",
                f"the continuum {name!r} is declared {count} times.",
                file=MANIFEST,
                pointer="morphkit.continua",
            )
    known = {source.identity for source in evidence.block.sources}
    known |= {prototype.name for prototype in program.prototypes}
    paths = {name: path for name, path, _ in declared}
    for series in evidence.series():
        yield from _undeclared(evidence, series, known, paths)
    found = {(series[0].identity, series[0].continuum) for series in evidence.series()}
    wanted = sorted({(who, name) for name, _, identities in declared for who in identities})
    for identity, name in wanted:
        if (identity, name) not in found:
            yield finding(
                "MK667", f"{identity!r} has no frames in the continuum {name!r}.", file=TABLE
            )
    for identity, name in sorted(found - {*wanted}):
        if identity in known and name in paths:
            text = f"{name!r} is not declared for {identity!r}."
            yield finding("MK666", text, file=TABLE, pointer="identity")


def _undeclared(
    evidence: Evidence,
    series: Sequence[Stimulus],
    known: Collection[str],
    paths: Mapping[str, str],
) -> Iterator[Finding]:
    first = series[0]
    if first.identity not in known:
        text = f"the identity {first.identity!r} is not among the manifest's sources."
        yield in_row(evidence, "MK666", text, first, "identity")
    if first.continuum not in paths:
        text = f"the continuum {first.continuum!r} is not declared in the manifest."
        yield in_row(evidence, "MK666", text, first, "continuum")
        return
    path = paths[first.continuum]
    for row in series:
        if row.morph_path != path:
            text = f"the path is {row.morph_path!r}, {first.continuum!r} is declared {path!r}."
            yield in_row(evidence, "MK666", text, row, "morph_path")


def check_levels(evidence: Evidence) -> Iterator[Finding]:
    """MK665: the levels are the declared ones, and those lie on the path."""
    for number, entry in enumerate(evidence.block.continua):
        pointer = f"morphkit.continua.{number}"
        places = {f"{pointer}.own_levels.{who}": at for who, at in entry.own_levels.items()}
        for place, at in {f"{pointer}.levels": entry.levels, **places}.items():
            fault = levels.check_levels(tuple(at), entry.path)
            if fault:
                yield finding("MK665", f"{fault[0]}.", file=MANIFEST, pointer=place)
            elif len(at) != len(entry.levels):
                text = f"{len(at)} levels of its own, where {entry.name} has {len(entry.levels)}."
                yield finding("MK665", text, file=MANIFEST, pointer=place)
        if not fits(entry):
            text = f"a {entry.path} path has {EXPRESSIONS[entry.path]} expressions, "
            text += f"{len(entry.expressions)} are declared."
            yield finding("MK666", text, file=MANIFEST, pointer=f"{pointer}.expressions")
    for series, entry in declared_series(evidence):
        if len(series) != len(entry.levels):
            text = f"{_called(series)} has {len(series)} frames, {len(entry.levels)} levels are "
            text += "declared."
            yield in_row(evidence, "MK665", text, series[0], "morph_level")
            continue
        for row, right in zip(series, entry.levels, strict=True):
            if not abs(level(row) - right) <= SAME:
                text = f"frame {row.frame} has level {level(row):.6g}, {right:.6g} is declared."
                yield in_row(evidence, "MK665", text, row, "morph_level")


def check_weights(evidence: Evidence) -> Iterator[Finding]:
    """MK668 weights and MK670 percent follow from the level, MK669 weights sum to 1."""
    for series, entry in declared_series(evidence):
        for row in series:
            at = level(row)
            if isfinite(at):
                true = levels.weights(entry.path, entry.expressions, at)
                yield from wrong_weights(evidence, row, true, f"level {at:.6g} on this path")
            percent, given = levels.percent(at), float("nan")
            given = given if row.percent is None else row.percent
            if not abs(given - percent) <= 100 * SAME:
                text = f"percent is {given:.6g}; level {at:.6g} "
                text += f"gives {percent:.6g}."
                yield in_row(
                    evidence, "MK670", text, row, "percent", measured=row.percent, limit=percent
                )


def wrong_weights(
    evidence: Evidence, row: Stimulus, true: Mapping[str, float], reason: str
) -> Iterator[Finding]:
    """MK668 weights of a row that are not the true ones, MK669 if they don't sum to 1."""
    total = sum(row.weights.values())
    if not abs(total - 1) <= SAME:
        text = f"the weights sum to {total:.6g}."
        yield in_row(evidence, "MK669", text, row, measured=total, limit=1.0)
    for name in sorted(true.keys() | row.weights.keys()):
        given, right = row.weights.get(name, 0.0), true.get(name, 0.0)
        if not abs(given - right) <= SAME:
            text = f"the weight of {name} is {given:.6g}; {reason} gives {right:.6g}."
            yield in_row(evidence, "MK668", text, row, WEIGHT + name, measured=given, limit=right)


def level(row: Stimulus) -> float:
    """Return the level of a row on a path, NaN when it has none."""
    return float("nan") if row.morph_level is None else row.morph_level


def check_calibration(evidence: Evidence) -> Iterator[Finding]:
    """MK674: intensity has a unit, and `ambiguous` follows from `p_happy`."""
    for row in evidence.set.stimuli:
        if (row.intensity is None) != (row.intensity_unit is None):
            text = "an intensity and its unit belong together; one of the two is empty."
            yield in_row(evidence, "MK674", text, row, "intensity")
        p = row.p_happy
        if p is not None and not 0 <= p <= 1:
            text = f"p_happy is {p:.6g}, a probability lies between 0 and 1."
            yield in_row(evidence, "MK674", text, row, "p_happy", measured=p)
        elif p is not None and row.ambiguous is not None and row.ambiguous != is_ambiguous(p):
            text = f"ambiguous is {str(row.ambiguous).lower()}, but p_happy is {p:.6g}."
            yield in_row(evidence, "MK674", text, row, "ambiguous", measured=p)


def fits(entry: ContinuumEntry) -> bool:
    """Whether a declared continuum has the number of expressions that its path needs."""
    return len(entry.expressions) == EXPRESSIONS[entry.path]


def declared_series(
    evidence: Evidence,
) -> Iterator[tuple[tuple[Stimulus, ...], ContinuumEntry]]:
    """Yield the rows of each identity and continuum with its declaration, where there is one."""
    declared = {entry.name: entry for entry in evidence.block.continua if fits(entry)}
    for series in evidence.series():
        if series[0].continuum in declared:
            yield series, declared[series[0].continuum].of(series[0].identity)


def _called(series: tuple[Stimulus, ...]) -> str:
    return f"{series[0].identity} {series[0].continuum}"


def in_row(
    evidence: Evidence,
    code: str,
    message: str,
    row: Stimulus,
    column: str = "",
    *,
    measured: float | None = None,
    limit: float | None = None,
) -> Finding:
    """Return a finding about a row of the table."""
    return finding(
        code,
        message,
        file=TABLE,
        pointer=column,
        line=evidence.lines[row.stimulus_id],
        measured=measured,
        limit=limit,
    )
