"""The plan of a build: which faces, which frames, which mesh; everything but the pixels.

Reads a recipe and its sources, finds every fault it can before a pixel is made, and gives
a `Plan`: what `build` renders and what a dry run prints.  May import `files`, `faces`,
`engine`, `measure` and `study`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from morphkit import __version__, files
from morphkit.doubts import crossings, left_out, uncovered, unsuitable
from morphkit.engine.align import Canvas
from morphkit.engine.mesh import folds
from morphkit.engine.morph import shape
from morphkit.engine.stage import Look, Pose, Stage, pose, stage
from morphkit.errors import (
    Finding,
    GeometryError,
    MorphkitError,
    RecipeError,
    SetError,
    TemplateError,
)
from morphkit.faces.face import Landmarks, shared
from morphkit.faces.plausibility import plausibility
from morphkit.measure.facts import Facts, facts
from morphkit.study import levels, names, sources
from morphkit.study.recipe import Recipe, parse_recipe, resolved
from morphkit.study.sources import SourceRow

Faults = dict[str, MorphkitError]


@dataclass(frozen=True, slots=True, eq=False)
class SourceFace:
    """A photo that was found, read and measured, with its template; the pixels are not kept."""

    row: SourceRow
    photo: Path
    sha256: str
    template_sha256: str
    reviewed: bool | None
    size: tuple[int, int]
    landmarks: Landmarks
    facts: Facts

    @property
    def key(self) -> tuple[str, str]:
        """Identity and expression."""
        return self.row.identity, self.row.expression


@dataclass(frozen=True, slots=True)
class PlannedFrame:
    """A frame to render: a row of the table, without what only pixels can tell."""

    stimulus_id: str
    identity: str
    continuum: str
    path: str
    frame: int
    level: float
    percent: float
    weights: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that decides a set.

    Parameters
    ----------
    recipe : Recipe
    faces : tuple of SourceFace
        The anchors of the set, by identity and expression.
    poses : tuple of Pose
        Their geometry on the canvas, in the same order.
    on : Stage
    frames : tuple of PlannedFrame
        In table order.
    skipped : tuple of str
        Identities left out because of their faults (only when asked to keep going).
    findings : tuple of Finding
        Doubts, and the faults of skipped identities.
    key, pixel_key : str
        SHA-256 of all that decides the set, and of all that decides its pixels.
    """

    recipe: Recipe
    faces: tuple[SourceFace, ...]
    poses: tuple[Pose, ...]
    on: Stage
    frames: tuple[PlannedFrame, ...]
    skipped: tuple[str, ...]
    findings: tuple[Finding, ...]
    key: str
    pixel_key: str

    @property
    def identities(self) -> tuple[str, ...]:
        """The identities that are built, in order."""
        return tuple(dict.fromkeys(face.row.identity for face in self.faces))

    @property
    def megabytes(self) -> float:
        """Disk space that the stimuli will need, estimated from the size of the mask."""
        shown = float((self.on.mask > 0).sum())
        return len(self.frames) * (1.6 * shown + 0.02 * self.on.mask.size) / 1e6


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises
    ------
    RecipeError
        With every fault of the recipe.
    """
    recipe = parse_recipe(files.read_text(path, "recipe"), file=str(path))
    if not Path(recipe.faces).is_absolute():
        return recipe
    return recipe.model_copy(update={"faces": _relative(recipe.faces, path)})


def _relative(faces: str, recipe_file: Path) -> str:
    """Return an absolute folder relative to the recipe: a set must not tell who made it where."""
    try:
        relative = os.path.relpath(Path(faces).resolve(), recipe_file.resolve().parent)
    except ValueError:  # another drive of Windows
        relative = ""
    parts = Path(relative).parts
    if relative and Path.home().name not in parts:
        return Path(relative).as_posix()
    raise RecipeError(
        Finding(
            "MK907",
            "the path to the photos would put the name of your home folder, or a drive, into "
            "the set.",
            file=files.shown(recipe_file),
            pointer="faces",
            suggestion="Keep recipe and photos in one study folder and write a relative path.",
        )
    )


def plan(recipe_file: Path, *, keep_going: bool = False) -> Plan:
    """Plan a build.

    Parameters
    ----------
    recipe_file : Path
    keep_going : bool
        Leave out identities whose photos or templates are faulty, instead of refusing.

    Raises
    ------
    MorphkitError
        With every fault of the recipe (exit code 2), or else of the sources and the mesh.
    """
    recipe = read_recipe(recipe_file)
    folder = recipe_file.resolve().parent / recipe.faces
    rows, faults = _chosen(_source_rows(folder), recipe, files.shown(recipe_file))
    faces = _read_faces(folder, rows, faults)
    skipped = tuple(sorted(faults))
    if faults and not (keep_going and faces):
        raise _first_class(faults)
    canvas = Canvas(**recipe.canvas.model_dump())
    look = Look(mask=recipe.mask.shape, feather=recipe.mask.feather, **recipe.engine.model_dump())
    poses = pose(shared([face.landmarks for face in faces]), canvas)
    # by who and what, not by file name: doubts go into the set, and names of photos must not
    labels = [" ".join(face.key) for face in faces]
    doubts = crossings(poses, labels)
    on = stage(poses, [face.size for face in faces], canvas, look, labels)
    doubts += [*on.mesh.doubts, *uncovered(on, labels), *_unsuitable(recipe, faces, poses)]
    frames = _frames(recipe, list(dict.fromkeys(face.row.identity for face in faces)))
    _refuse_folds(frames, {f.key: p for f, p in zip(faces, poses, strict=True)}, on)
    doubts += left_out(faults)
    findings = [f for error in faults.values() for f in error.findings] + doubts
    keys = _keys(recipe, faces, poses, on)
    return Plan(
        recipe, tuple(faces), tuple(poses), on, tuple(frames), skipped, tuple(findings), *keys
    )


def _unsuitable(
    recipe: Recipe, faces: Sequence[SourceFace], poses: Sequence[Pose]
) -> list[Finding]:
    return unsuitable(
        {face.key: face.facts for face in faces},
        poses,
        [entry.expressions for entry in recipe.continua],
        recipe.limits,
        composited=recipe.engine.apertures,
    )


def _source_rows(folder: Path) -> list[SourceRow]:
    listing = files.list_files(folder)
    if "faces.csv" in listing:
        text = files.read_text(folder / "faces.csv", "table of faces")
        return sources.parse_faces_csv(text, file=files.shown(folder / "faces.csv"))
    return sources.sources_from_listing(listing)


def _chosen(rows: Sequence[SourceRow], recipe: Recipe, file: str) -> tuple[list[SourceRow], Faults]:
    """Return the rows that the recipe needs and, by identity, what is wrong with others."""
    expressions = list(dict.fromkeys(e for c in recipe.continua for e in c.expressions))
    there = sorted({row.identity for row in rows})
    asked = there if recipe.identities == "all" else recipe.identities
    chosen: list[SourceRow] = []
    faults: Faults = {}
    for identity in asked or [""]:
        try:
            chosen += sources.select(rows, [identity] if identity else "all", expressions)
        except SetError as error:
            faults[identity] = SetError(*(replace(f, file=f.file or file) for f in error.findings))
    return sorted(chosen, key=lambda row: row.identity), faults


def _read_faces(folder: Path, rows: Sequence[SourceRow], faults: Faults) -> list[SourceFace]:
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
        (width, height),
        template.landmarks,
        facts(photo.image, template.landmarks),
    )


def _first_class(faults: dict[str, MorphkitError]) -> MorphkitError:
    """All faults in one error, of the class of the first."""
    kind = type(next(iter(faults.values())))
    return kind(*(finding for error in faults.values() for finding in error.findings))


def _frames(recipe: Recipe, identities: Sequence[str]) -> list[PlannedFrame]:
    planned = []
    for identity in identities:
        for entry in recipe.continua:
            places = levels.levels(entry.levels, entry.path)
            for number, level in enumerate(places, start=1):
                planned.append(
                    PlannedFrame(
                        names.stimulus_id(identity, entry.name, number, len(places)),
                        identity,
                        entry.name,
                        entry.path,
                        number,
                        level,
                        levels.percent(level),
                        levels.weights(entry.path, entry.expressions, level),
                    )
                )
    # ids sort by infant, continuum and frame: the table is in the order of its key
    return sorted(planned, key=lambda one: one.stimulus_id)


def _refuse_folds(
    frames: Sequence[PlannedFrame], poses: dict[tuple[str, str], Pose], on: Stage
) -> None:
    """Check the orientation of every triangle at every frame, before any pixel is made."""
    faults = []
    for one in frames:
        marks = [poses[one.identity, expression].landmarks for expression in one.weights]
        points = shape(marks, list(one.weights.values()))
        faults += folds(on.mesh, points.scheme, points.points, on.canvas, one.stimulus_id)
    if faults:
        raise GeometryError(*faults)


PAPERS = ("name", "limits", "packages")
"""Parts of a recipe that no pixel depends on."""


def _keys(
    recipe: Recipe, faces: Sequence[SourceFace], poses: Sequence[Pose], on: Stage
) -> tuple[str, str]:
    """Return the key of the set, and the key of its pixels."""
    whole = resolved(recipe)
    pixels = {
        "version": __version__,
        "recipe": {name: value for name, value in whole.items() if name not in PAPERS},
        "sources": [[*face.key, face.sha256, face.template_sha256] for face in faces],
        "triangles": on.mesh.triangles.tolist(),
        "mask": hashlib.sha256(on.mask.astype("<i8").tobytes()).hexdigest(),
        "landmarks": [place.landmarks.points.tolist() for place in poses],
    }
    pixel_key = _digest(pixels)
    return _digest([pixel_key, whole, [asdict(face.row) for face in faces]]), pixel_key


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
