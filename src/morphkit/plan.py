"""The plan of a build: which faces, which frames, which mesh; everything but the pixels.

Reads a recipe and its sources, finds every fault it can before a pixel is made, and gives
a `Plan`: what `build` renders and what a dry run prints.  May import `files`, `faces`,
`engine`, `measure` and `study`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from morphkit import __version__, files, memory
from morphkit.calibrate.scale import scale_json
from morphkit.doubts import crossings, left_out, uncovered, unsuitable
from morphkit.engine.align import Canvas
from morphkit.engine.mesh import folds
from morphkit.engine.mirror import mirrored
from morphkit.engine.morph import shown_shape
from morphkit.engine.stage import Look, Pose, Stage, pose, stage
from morphkit.errors import Finding, GeometryError, MorphkitError, RecipeError
from morphkit.faces.face import Landmarks, mirrorable, shared
from morphkit.memory import Sized
from morphkit.photos import Faults, SourceFace, chosen, read_faces
from morphkit.reading import read_recipe, source_rows
from morphkit.scales import Asked, asked
from morphkit.study.frames import PlannedFrame, frames
from morphkit.study.program import Program, program_faults, resolve, respaced
from morphkit.study.recipe import Recipe, resolved
from morphkit.study.shares import Photo
from morphkit.study.sources import SourceRow
from morphkit.study.yaml import Place, pointer, read_yaml


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
    mirrors : mapping of Photo to Pose
        The geometry of photos that enter mirrored, too.
    on : Stage
    program : Program
        Who is in what.
    frames : tuple of PlannedFrame
        In table order.
    skipped : tuple of str
        Identities left out because of their faults (only when asked to keep going).
    findings : tuple of Finding
        Doubts, and the faults of skipped identities.
    asked : Asked
        The scales that the recipe names, and what they chose.
    key, pixel_key : str
        SHA-256 of all that decides the set, and of all that decides its pixels.
    """

    recipe: Recipe
    faces: tuple[SourceFace, ...]
    poses: tuple[Pose, ...]
    mirrors: Mapping[Photo, Pose]
    on: Stage
    program: Program
    frames: tuple[PlannedFrame, ...]
    skipped: tuple[str, ...]
    findings: tuple[Finding, ...]
    asked: Asked
    key: str
    pixel_key: str

    @property
    def identities(self) -> tuple[str, ...]:
        """The identities that are built, prototypes too, in order."""
        return tuple(dict.fromkeys(one.identity for one in self.frames))

    @property
    def infants(self) -> tuple[str, ...]:
        """The infants whose photos are used, in order."""
        return tuple(dict.fromkeys(face.row.identity for face in self.faces))

    @property
    def views(self) -> dict[Photo, tuple[SourceFace, Pose]]:
        """Every photo as it enters the set, with its source and its geometry."""
        faces = {Photo(*face.key): face for face in self.faces}
        views = dict(zip(faces, zip(self.faces, self.poses, strict=True), strict=True))
        return views | {
            photo: (faces[photo._replace(mirrored=False)], place)
            for photo, place in self.mirrors.items()
        }

    @property
    def megabytes(self) -> float:
        """Disk space that the stimuli will need, estimated from the size of the mask."""
        shown = float((self.on.mask > 0).sum())
        return len(self.frames) * (1.6 * shown + 0.02 * self.on.mask.size) / 1e6


def plan(recipe_file: Path, *, keep_going: bool = False, jobs: int | None = None) -> Plan:
    """Plan a build.

    Parameters
    ----------
    recipe_file : Path
    keep_going : bool
        Leave out identities whose photos or templates are faulty, instead of refusing.
    jobs : int, optional
        Threads that will render; by default one per core.

    Raises
    ------
    MorphkitError
        With every fault of the recipe (exit code 2), or else of the sources and the mesh; or
        because the canvas is too large for this computer's memory (MK625).
    """
    recipe = read_recipe(recipe_file)
    folder = recipe_file.resolve().parent / recipe.faces
    program, faces, faults = _asked(recipe, recipe_file, source_rows(folder), folder, keep_going)
    listed = {entry.name: entry.identities for entry in program.continua}
    levels = asked(recipe, recipe_file, listed)
    program = respaced(program, levels.placed)
    planned = frames(program)
    canvas = Canvas(**recipe.canvas.model_dump())
    look = Look(mask=recipe.mask.shape, feather=recipe.mask.feather, **recipe.engine.model_dump())
    marks = shared([face.landmarks for face in faces])
    turned = sorted({photo for one in planned for photo in one.shares if photo.mirrored})
    if turned:
        marks = _mirrorable(marks, program, files.shown(recipe_file))
    poses = pose(marks, canvas)
    # by who and what, not by file name: doubts go into the set, and names of photos must not
    labels = [" ".join(face.key) for face in faces]
    doubts = crossings(poses, labels)
    places = dict(zip((Photo(*face.key) for face in faces), poses, strict=True))
    sizes = dict(zip(places, (face.size for face in faces), strict=True))
    mirrors = {
        photo: mirrored(places[plain], sizes[plain][0], canvas)
        for photo in turned
        for plain in [photo._replace(mirrored=False)]
    }
    sized = {
        photo: (*sizes[photo._replace(mirrored=False)], 1 / place.to_canvas.scale)
        for photo, place in (places | mirrors).items()
    }
    together = memory.together(planned, sized)
    _refuse_large(recipe, files.shown(recipe_file), canvas, jobs, together)
    all_labels = [*labels, *(str(photo) for photo in mirrors)]
    all_sizes = [*sizes.values(), *(sizes[one._replace(mirrored=False)] for one in mirrors)]
    on = stage([*poses, *mirrors.values()], all_sizes, canvas, look, all_labels)
    doubts += [*on.mesh.doubts, *uncovered(on, all_labels)]
    doubts += _unsuitable(recipe, program, faces, poses)
    _refuse_folds(planned, places | mirrors, on)
    doubts += left_out(faults)
    findings = [f for error in faults.values() for f in error.findings] + doubts
    keys = _keys(recipe, faces, [*poses, *mirrors.values()], on, levels)
    skipped = tuple(sorted(faults))
    return Plan(
        recipe,
        tuple(faces),
        tuple(poses),
        mirrors,
        on,
        program,
        tuple(planned),
        skipped,
        tuple(findings),
        levels,
        *keys,
    )


def _asked(
    recipe: Recipe,
    recipe_file: Path,
    rows: Sequence[SourceRow],
    folder: Path,
    keep_going: bool,
) -> tuple[Program, list[SourceFace], Faults]:
    """Return who is in what, the photos that are needed, and what is wrong with others."""
    file, line = files.shown(recipe_file), read_yaml(files.read_text(recipe_file, "recipe")).line
    infants = sorted({row.identity for row in rows})
    program = resolve(recipe, infants)
    wrong = _program_faults(program, infants, line, file)
    listed = [] if recipe.identities == "all" else recipe.identities
    needed, faults = chosen(rows, program, listed, line, file)
    if wrong:
        raise RecipeError(*wrong, *(f for error in faults.values() for f in error.findings))
    faces = read_faces(folder, needed, faults)
    if faults and not (keep_going and faces):
        raise _first_class(faults)
    if faults:
        program = resolve(recipe, infants, faults)
        wrong = _program_faults(program, infants, line, file)
    if wrong:
        raise RecipeError(*wrong)
    return program, faces, faults


def _program_faults(
    program: Program, infants: Sequence[str], line: Callable[[Place], int | None], file: str
) -> list[Finding]:
    found = program_faults(program, infants)
    return [replace(fault, file=file, line=line(place)) for place, fault in found]


def _mirrorable(marks: Sequence[Landmarks], program: Program, file: str) -> list[Landmarks]:
    """Return landmarks that have a mirror image each.

    Raises
    ------
    RecipeError
        MK923 when their scheme has no mirror map.
    """
    found = mirrorable(marks)
    odd = [one.scheme.name for one in found if one.scheme.mirror is None]
    if not odd:
        return found
    place = next(i for i, one in enumerate(program.prototypes) if one.symmetric)
    raise RecipeError(
        Finding(
            "MK923",
            f"scheme {odd[0]} doesn't say which landmark is which in a mirror.",
            file=file,
            pointer=pointer(("prototypes", place, "symmetric")),
            suggestion="Write symmetric: false, or convert the templates to a named scheme.",
        )
    )


def _unsuitable(
    recipe: Recipe, program: Program, faces: Sequence[SourceFace], poses: Sequence[Pose]
) -> list[Finding]:
    return unsuitable(
        {face.key: face.facts for face in faces},
        poses,
        program.paths(),
        recipe.limits,
        composited=recipe.engine.apertures,
    )


def _refuse_large(
    recipe: Recipe,
    file: str,
    canvas: Canvas,
    jobs: int | None,
    together: Sequence[Sequence[Sized]],
) -> None:
    """Refuse what this computer's memory cannot hold, before any of it is taken."""
    lifted = bool(recipe.equalise.contrast or recipe.equalise.histogram)
    most = max(together, key=lambda some: sum(memory.kept(canvas, one) for one in some))
    threads = jobs or files.processors()
    needed = memory.needed(canvas, recipe.mask.shape, most, threads, lifted=lifted)
    memory.refuse(needed, file)


def _first_class(faults: dict[str, MorphkitError]) -> MorphkitError:
    """All faults in one error, of the class of the first."""
    kind = type(next(iter(faults.values())))
    return kind(*(finding for error in faults.values() for finding in error.findings))


def _refuse_folds(planned: Sequence[PlannedFrame], places: Mapping[Photo, Pose], on: Stage) -> None:
    """Check the orientation of every triangle at every frame, before any pixel is made."""
    faults = []
    for one in planned:
        marks = [places[photo].landmarks for photo in one.shares]
        points = shown_shape(marks, [parts[0] for parts in one.shares.values()])
        faults += folds(on.mesh, points.scheme, points.points, on.canvas, one.stimulus_id)
    if faults:
        raise GeometryError(*faults)


PAPERS = ("name", "use", "limits", "packages", "scales", "task")
"""Parts of a recipe that no pixel depends on."""


def _keys(
    recipe: Recipe,
    faces: Sequence[SourceFace],
    poses: Sequence[Pose],
    on: Stage,
    levels: Asked,
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
        "levels": {name: asdict(one) for name, one in levels.placed.items()},
    }
    pixel_key = _digest(pixels)
    scales = {name: scale_json(one) for name, one in levels.scales.items()}
    rows = [asdict(face.row) for face in faces]
    return _digest([pixel_key, whole, rows, scales]), pixel_key


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
