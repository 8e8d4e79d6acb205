"""The reviewed templates of a folder: what a lab's own predictor may learn from.

Reads photos and templates, leaves out what nobody has looked at, and finds every fault that
would spoil a predictor or flatter its error.  May import `errors`, `faces`, `files`, `landmarks`,
`reading` and `study`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, MorphkitError, SetError, TemplateError
from morphkit.faces.conversion import convert
from morphkit.faces.face import FloatArray
from morphkit.faces.plausibility import plausibility
from morphkit.faces.scheme import Scheme, scheme_names
from morphkit.faces.template import Template, listed
from morphkit.landmarks import examples as known
from morphkit.landmarks.examples import FEW, FEWEST, Example
from morphkit.landmarks.patch import patch, thumbnail
from morphkit.reading import source_rows
from morphkit.study.sources import SourceRow

Tell = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """What a folder holds for a predictor.

    Parameters
    ----------
    examples : tuple of Example
        By identity and expression, all of one scheme.
    layout : Scheme
    undelineated, unreviewed, withheld : int
        Photos left out: without a template; with one that nobody has reviewed; whose owner
        allows no derivatives.
    notes : tuple of str
        What conversions have lost.
    findings : tuple of Finding
        Doubts.
    """

    examples: tuple[Example, ...]
    layout: Scheme
    undelineated: int
    unreviewed: int
    withheld: int
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def infants(self) -> tuple[str, ...]:
        """The infants that are learned from, in order."""
        return tuple(dict.fromkeys(one.identity for one in self.examples))


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A row of the folder with its template."""

    row: SourceRow
    photo: Path
    file: str
    template: Template


def read_reviewed(
    folder: Path, to_scheme: str | None = None, tell: Tell = lambda done, total: None
) -> Reviewed:
    """Return the reviewed photos of a folder of faces.

    Parameters
    ----------
    folder : Path
        With a ``faces.csv``, or photos named by infant and expression.
    to_scheme : str, optional
        Convert templates of other schemes to this one.
    tell : callable

    Raises
    ------
    MorphkitError
        With every fault of the folder: those of tables, names, photos and templates, and MK260
        too few reviewed photos, MK263 several schemes, MK264 a photo twice, MK265 an infant
        under two names, MK267 a scheme without eyes.
    """
    rows = source_rows(folder)
    faults = known.same_names([row.identity for row in rows])
    allowed = [row for row in rows if row.derivatives_allowed != "no"]
    placed: list[_Placed] = []
    undelineated = unreviewed = 0
    for row in allowed:
        try:
            found = _placed(folder, row)
        except MorphkitError as error:
            faults += error.findings
            continue
        undelineated += found is None
        unreviewed += found is not None and found.template.reviewed is False
        if found and found.template.reviewed is not False:
            placed.append(found)
    placed, notes, wrong = _of_one_scheme(placed, to_scheme)
    faults += wrong or _too_few(placed, undelineated, unreviewed)
    if faults:
        raise TemplateError(*faults)
    examples, doubts = _read(placed, tell)
    doubts += known.few(examples)
    doubts += known.lacking([row.expression for row in rows], examples)
    return Reviewed(
        tuple(examples),
        examples[0].truth.scheme,
        undelineated,
        unreviewed,
        len(rows) - len(allowed),
        notes,
        tuple(doubts),
    )


def _placed(folder: Path, row: SourceRow) -> _Placed | None:
    """Return a row with its template; None when nobody has made one."""
    path = folder / row.image
    if row.template:
        template_path = folder / row.template
    else:
        try:
            template_path = files.find_template(path)
        except TemplateError as error:
            if error.code == "MK231":
                return None
            raise
    template, _ = files.read_template(template_path)
    return _Placed(row, path, files.shown(template_path), template)


def _of_one_scheme(
    placed: Sequence[_Placed], to_scheme: str | None
) -> tuple[list[_Placed], tuple[str, ...], list[Finding]]:
    """Return templates as landmarks of one scheme, what is lost by that, or what is wrong.

    Points beyond a scheme are not learned.
    """
    faults: list[Finding] = []
    bases: dict[str, list[_Placed]] = {}
    lost: dict[str, None] = {}
    found = []
    for one in placed:
        marks = one.template.landmarks
        base = marks.scheme.name.removesuffix("+ext")
        bases.setdefault(base, []).append(one)
        try:
            if to_scheme or base in scheme_names():
                marks, notes = convert(marks, to_scheme or base)
                lost.update(dict.fromkeys(notes))
            found.append(replace(one, template=replace(one.template, landmarks=marks)))
        except TemplateError as error:
            faults += [replace(fault, file=one.file) for fault in error.findings]
    if not to_scheme and len(bases) > 1:
        faults.append(_mixed(bases))
    elif found and not faults:
        faults += _not_learnable(found[0].template.landmarks.scheme)
    return found, tuple(lost), faults


def _mixed(bases: dict[str, list[_Placed]]) -> Finding:
    """Say which schemes there are, and which templates have the rarer ones."""
    ordered = sorted(bases.items(), key=lambda item: -len(item[1]))
    parts = ", ".join(f"{len(some)} of {name}" for name, some in ordered)
    rare = [one.row.image for _, some in ordered[1:] for one in some]
    return Finding(
        "MK263",
        f"the templates are of several schemes: {parts} ({listed(rare, 5)}).",
        suggestion="Add --scheme NAME to convert them to one, where that can be done, or convert "
        "or leave out the rarer ones.",
    )


def _not_learnable(layout: Scheme) -> list[Finding]:
    eyes = layout.right_pupil and layout.left_pupil and layout.outer_eye_corners
    if eyes and layout.mirror and layout.name in scheme_names():
        return []
    fault = "does not say where the eyes are, or which landmark is which in a mirror"
    if eyes and layout.mirror:
        fault = "is a lab's own, which the card of a predictor can't name"
    return [
        Finding(
            "MK267",
            f"scheme {layout.name} {fault}.",
            suggestion="Convert the templates to a named scheme, or name one with --scheme if "
            "they have its points in its order.",
        )
    ]


def _too_few(placed: Sequence[_Placed], undelineated: int, unreviewed: int) -> list[Finding]:
    if len(placed) >= FEWEST:
        return []
    return [
        Finding(
            "MK260",
            f"{len(placed)} photos have reviewed templates ({unreviewed} more have drafts that "
            f"nobody has reviewed, {undelineated} have none); a predictor needs {FEWEST}, and is "
            f"worth it from {FEW} on.",
            measured=float(len(placed)),
            limit=float(FEWEST),
            suggestion="Correct drafts and save them as reviewed first.",
        )
    ]


def _read(placed: Sequence[_Placed], tell: Tell) -> tuple[list[Example], list[Finding]]:
    """Read the photos, and find the same one twice."""
    examples: list[Example] = []
    thumbnails: list[FloatArray] = []
    hashes: dict[str, str] = {}
    faults: list[Finding] = []
    ordered = sorted(placed, key=lambda one: (one.row.identity, one.row.expression))
    for done, one in enumerate(ordered, start=1):
        try:
            example, sha256 = _example(one)
            first = hashes.setdefault(sha256, one.row.image)
            if first != one.row.image:
                faults.append(_twice(one.row.image, first))
            thumbnails.append(thumbnail(example.patch, example.landmarks))
            examples.append(example)
        except MorphkitError as error:
            faults += error.findings
        tell(done, len(ordered))
    if faults:
        raise SetError(*faults)
    return examples, known.same_faces(examples, thumbnails)


def _example(one: _Placed) -> tuple[Example, str]:
    """Return a photo to learn from, and the SHA-256 of its file."""
    photo, template, truth = files.read_photo(one.photo), one.template, one.template.landmarks
    height, width = photo.image.shape[:2]
    said = template.width, template.height
    doubts = plausibility(truth, width, height, one.file, declared=said)
    errors = [doubt for doubt in doubts if doubt.severity == "error"]
    if errors:
        raise TemplateError(*errors)
    part, landmarks = patch(photo.image, truth)
    row = one.row
    expression, licence = known.kind(row.expression), row.licence or "undeclared"
    example = Example(row.identity, expression, row.image, part, landmarks, truth, licence)
    return example, photo.sha256


def _twice(image: str, first: str) -> Finding:
    return Finding(
        "MK264",
        f"the photo is the same as {first}.",
        file=image,
        suggestion="Keep one of them: as two infants they would judge each other.",
    )
