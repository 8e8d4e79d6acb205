"""Drafts for a folder of photos: each photo without a template gets one, and all are looked at.

Photos are decoded and drafted side by side, each thread with a landmark process of its own; one
bad photo stops no other.  What is there already is never written over.  May import `errors`,
`faces`, `files`, `landmarks`, `drafting` and `report`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from morphkit import __version__, files
from morphkit.drafting import Placer, Way
from morphkit.errors import EnvironmentFault, Finding, MorphkitError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.plausibility import plausibility
from morphkit.faces.template import Template
from morphkit.faces.templates import template_text
from morphkit.files.faces import PHOTO_SUFFIXES
from morphkit.files.photos import Photo
from morphkit.files.templates import refuse_existing
from morphkit.landmarks import doubts
from morphkit.landmarks.draft import Draft
from morphkit.landmarks.process import LandmarkProcess
from morphkit.report.sheet import Thumbnail, thumbnail

DRAFTED, KEPT, NO_FACE, FAILED = "drafted", "template was there", "no face found", "failed"

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One photo, and what became of it.

    Parameters
    ----------
    image : str
        Relative to the folder, with forward slashes.
    state : {"drafted", "template was there", "no face found", "failed"}
    template : str
        Name of the template's file beside it; empty without one.
    landmarks : Landmarks or None
    reviewed : bool or None
    draft : Draft or None
        Where the landmarks were drafted just now.
    thumbnail : Thumbnail or None
    deviation : float or None
        From the other shapes, in their standard deviations.
    findings : tuple of Finding
    """

    image: str
    state: str
    template: str = ""
    landmarks: Landmarks | None = None
    reviewed: bool | None = None
    draft: Draft | None = None
    thumbnail: Thumbnail | None = None
    deviation: float | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether the photo is without a template that can be read."""
        return self.state in (NO_FACE, FAILED)


def photos_of(folder: Path) -> list[str]:
    """Return the photos of a folder and of the folders in it, sorted.

    Raises
    ------
    SetError
        MK605 when there is no such folder.
    TemplateError
        MK256 when there is no photo in it.
    """
    names = [
        name
        for name in files.list_files(folder, None)
        if Path(name).suffix.lower() in PHOTO_SUFFIXES
    ]
    if not names:
        advice = f"Photos end in {', '.join(sorted(PHOTO_SUFFIXES))}."
        text = "there is no photo in this folder."
        raise TemplateError(Finding("MK256", text, file=files.shown(folder), suggestion=advice))
    return names


def delineate(
    folder: Path,
    names: Sequence[str],
    way: Way,
    *,
    jobs: int | None = None,
    tell: Tell = lambda done, total: None,
) -> list[Looked]:
    """Draft what has no template, look at everything, and write the drafts.

    Parameters
    ----------
    folder : Path
    names : sequence of str
        Its photos, as `photos_of` gives them.
    way : Way
        How landmarks are drafted.
    jobs : int, optional
        Threads, each with a landmark process; by default one per core, four at most.
    tell : callable
        Is told how many photos are done, and of how many.

    Returns
    -------
    list of Looked
        The most doubtful first.

    Raises
    ------
    EnvironmentFault
        MK240 to MK242 when the landmark process cannot work at all.
    """
    twice = _twice(names)
    workers = min(jobs or min(files.processors(), 4), len(names))
    seats: SimpleQueue[_Seat] = SimpleQueue()
    first = _Seat(way)
    first.begin()  # what is wrong with a predictor is said once
    for seat in (first, *(_Seat(way) for _ in range(workers - 1))):
        seats.put(seat)

    def work(name: str) -> Looked:
        seat = seats.get()
        try:
            return _looked(folder, name, seat, twice.get(name))
        finally:
            seats.put(seat)

    looked: list[Looked] = []
    pool = ThreadPoolExecutor(workers)
    try:
        for one in pool.map(work, names):
            looked.append(one)
            tell(len(looked), len(names))
    finally:
        pool.shutdown(cancel_futures=True)
        for _ in range(workers):
            seats.get().close()
    return sorted(_compared(folder, looked), key=_doubtfulness)


class _Seat:
    """A landmark process with what drafts by it; begun when needed, and anew after a crash."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._process: LandmarkProcess | None = None
        self._placer: Placer | None = None

    def begin(self) -> Placer:
        if self._placer is None:
            self._process = LandmarkProcess()
            try:
                self._placer = self._way(self._process)
            except MorphkitError:
                self.close()
                raise
        return self._placer

    def draft(self, image: str, photo: Photo) -> Draft | None:
        try:
            return self.begin()(image, photo.image)
        except EnvironmentFault as error:
            if error.code == "MK241":
                self.close()
            raise

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = self._placer = None


def _twice(names: Sequence[str]) -> dict[str, str]:
    """Return photos whose template another photo has already: image → the other image.

    Upper and lower case are one, as on some systems.
    """
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for name in names:
        other = first.setdefault(str(Path(name).with_suffix("")).casefold(), name)
        if other != name:
            found[name] = other
    return found


def _looked(folder: Path, name: str, seat: _Seat, other: str | None) -> Looked:
    """Read a photo and its template, or draft one; what is wrong becomes a finding."""
    path, file = folder / name, files.shown(folder / name)
    try:
        if other:
            text = f"the photo {Path(other).name} has the same stem, and so the same template."
            advice = "Rename one of the two."
            raise TemplateError(Finding("MK257", text, file=file, suggestion=advice))
        photo = files.read_photo(path)
        template = _template_beside(path)
        if template is not None:
            return _kept(name, photo, *template)
        draft = seat.draft(name, photo)
        if draft is None:
            text = "no face was found, upright, turned or enlarged; no template was made."
            advice = (
                "Place it by three clicks: write a table as in docs/templates.md, then "
                f"morphkit delineate {files.shown(folder)} --with clicks --clicks FILE.csv"
            )
            nothing = Finding("MK255", text, file=file, suggestion=advice)
            shown = thumbnail(photo.image, None)
            return Looked(name, NO_FACE, thumbnail=shown, findings=(nothing,))
        return _drafted(path, name, photo, draft)
    except MorphkitError as error:
        if error.code == "MK240":
            raise  # it is so for every photo
        found = (replace(one, file=one.file or file) for one in error.findings)
        return Looked(name, FAILED, findings=tuple(found))


def _template_beside(photo: Path) -> tuple[Path, Template] | None:
    """Return the template that is there; None when there is none."""
    try:
        path = files.find_template(photo)
    except TemplateError as error:
        if error.code == "MK231":
            return None
        raise
    return path, files.read_template(path)[0]


def _kept(name: str, photo: Photo, path: Path, template: Template) -> Looked:
    height, width = photo.image.shape[:2]
    marks, file = template.landmarks, files.shown(path)
    declared = (template.width, template.height)
    found = plausibility(marks, width, height, file, declared=declared)
    found += doubts.aperture_doubts(marks, file)
    shown = thumbnail(photo.image, marks)
    return Looked(name, KEPT, path.name, marks, template.reviewed, None, shown, None, tuple(found))


def _drafted(path: Path, name: str, photo: Photo, draft: Draft) -> Looked:
    """Write a draft beside its photo."""
    height, width = photo.image.shape[:2]
    target = path.with_suffix(".json")
    file, marks = files.shown(target), draft.landmarks
    found = plausibility(marks, width, height, file) + doubts.aperture_doubts(marks, file)
    found += [replace(one, file=file) for one in draft.findings]
    if draft.detection:
        found += doubts.detection_doubts(draft.detection, file)
    if draft.spread is not None:
        found += doubts.spread_doubts(draft.spread, file)
    origin = {**draft.origin, "photo": list(photo.notes), "morphkit": __version__}
    template = Template(marks, width, height, False, origin)
    refuse_existing([target])  # somebody may have saved one meanwhile
    files.write_atomic(target, template_text(template, ".json").encode())
    shown = thumbnail(photo.image, marks)
    return Looked(name, DRAFTED, target.name, marks, False, draft, shown, None, tuple(found))


def _compared(folder: Path, looked: Sequence[Looked]) -> list[Looked]:
    """Add how far each shape is from the others."""
    shapes = {one.image: one.landmarks for one in looked if one.landmarks is not None}
    found = doubts.deviations(shapes)
    count = Counter(shapes[name].scheme for name in found)
    out = []
    for one in looked:
        if one.image in found and one.landmarks:
            deviation, others = found[one.image], count[one.landmarks.scheme]
            file = files.shown((folder / one.image).with_name(one.template))
            more = doubts.shape_doubts(deviation, others, file)
            one = replace(one, deviation=deviation, findings=(*one.findings, *more))
        out.append(one)
    return out


def _doubtfulness(one: Looked) -> tuple[int, int, int, float, str]:
    """Return what puts the worst first."""
    errors = sum(finding.severity == "error" for finding in one.findings)
    spread = one.draft.spread if one.draft and one.draft.spread else 0.0
    return (-one.lost, -errors, -len(one.findings), -spread, one.image)
