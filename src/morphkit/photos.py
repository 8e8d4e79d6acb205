"""The photos of a plan: which are there, which are needed, what they hold.

May import `errors`, `faces`, `files`, `measure` and `study`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, MorphkitError, SetError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.plausibility import plausibility
from morphkit.measure.facts import Facts, facts
from morphkit.study import sources
from morphkit.study.program import Program
from morphkit.study.sources import SourceRow
from morphkit.study.yaml import Place, pointer

Faults = dict[str, MorphkitError]
"""By infant, what is wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceFace:
    """A photo that was found, read and measured, with its template; the pixels are not kept."""

    row: SourceRow
    photo: Path
    sha256: str
    template_sha256: str
    reviewed: bool | None
    pixel_sha256: str
    size: tuple[int, int]
    landmarks: Landmarks
    facts: Facts

    @property
    def key(self) -> tuple[str, str]:
        """Identity and expression."""
        return self.row.identity, self.row.expression


def chosen(
    rows: Sequence[SourceRow],
    program: Program,
    listed: Sequence[str],
    line: Callable[[Place], int | None],
    file: str,
) -> tuple[list[SourceRow], Faults]:
    """Return the photos that a program needs and, by infant, what is wrong with others.

    Parameters
    ----------
    rows : sequence of SourceRow
    program : Program
    listed : sequence of str
        Infants that the recipe names for the whole set; they must be there, needed or not.
    line : callable
        Place in the recipe → its line.
    file : str
        The recipe, for messages.
    """
    wanted: dict[str, dict[str, Place]] = {identity: {} for identity in listed}
    for need in program.needs():
        wanted.setdefault(need.identity, {}).setdefault(need.expression, need.place)
    found: list[SourceRow] = []
    faults: Faults = {}
    for identity, where in wanted.items() or {"": {}}.items():
        try:
            found += sources.select(rows, [identity] if identity else "all", list(where))
        except SetError as error:
            has = {row.expression for row in rows if row.identity == identity}
            place = next((at for name, at in where.items() if name not in has), ("identities",))
            place = ("identities",) if identity in listed and not has else place
            faults[identity] = SetError(
                *(_located(fault, place, line(place), file) for fault in error.findings)
            )
    return sorted(found, key=lambda row: row.identity), faults


def _located(fault: Finding, place: Place, line: int | None, file: str) -> Finding:
    """Say where the recipe asks for what isn't there."""
    if fault.file:
        return fault  # it is about a photo
    where = pointer(place) if fault.code == "MK930" else fault.pointer
    asks = f" {pointer(place)} asks for it." if fault.code == "MK931" else ""
    suggestion = fault.suggestion + asks
    return replace(fault, file=file, pointer=where, line=line, suggestion=suggestion)


def read_faces(folder: Path, rows: Sequence[SourceRow], faults: Faults) -> list[SourceFace]:
    """Read every source; what is wrong with an infant goes to `faults`, by identity."""
    faces: list[SourceFace] = []
    for row in rows:
        try:
            faces.append(_read_face(folder, row))
        except MorphkitError as error:
            earlier = faults[row.identity].findings if row.identity in faults else ()
            faults[row.identity] = type(error)(*earlier, *error.findings)
    return [face for face in faces if face.row.identity not in faults]


def _read_face(folder: Path, row: SourceRow) -> SourceFace:
    path = folder / row.image
    photo = files.read_photo(path)
    template_path = folder / row.template if row.template else files.find_template(path)
    template, template_sha256 = files.read_template(template_path)
    height, width = photo.image.shape[:2]
    doubts = plausibility(
        template.landmarks,
        width,
        height,
        files.shown(template_path),
        declared=(template.width, template.height),
    )
    errors = [finding for finding in doubts if finding.severity == "error"]
    if errors:
        raise TemplateError(*errors)
    return SourceFace(
        row,
        path,
        photo.sha256,
        template_sha256,
        template.reviewed,
        files.pixel_sha256(photo.image),
        (width, height),
        template.landmarks,
        facts(photo.image, template.landmarks),
    )
