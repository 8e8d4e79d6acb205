"""What is done for a photo, for an infant and for a frame: the tasks of a build.

A task is told all it needs and touches no disk, so any `hands` may do it, here or on another
machine.  May import `engine`, `faces`, `files`, `measures`, `record` and `study`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from morphkit import files
from morphkit.engine import morph
from morphkit.engine.cast import Cast, cast
from morphkit.engine.color import SingleArray
from morphkit.engine.control import Control
from morphkit.engine.morph import Weights, aligned, frame
from morphkit.engine.stage import Anchor, Pose, Stage, pin
from morphkit.faces.face import Face, Landmarks
from morphkit.measures import disagreement
from morphkit.record import Written
from morphkit.study.frames import PlannedFrame
from morphkit.study.shares import Photo


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all tasks of a set share: the stage, and the tones of its photos."""

    on: Stage
    control: Control


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A photo before it is pinned.

    Parameters
    ----------
    photo : Photo
    data : bytes
        Its file.
    file : str
        What findings call it.
    landmarks : Landmarks
        In pixels of the photo as it enters.
    place : Pose
    """

    photo: Photo
    data: bytes
    file: str
    landmarks: Landmarks
    place: Pose


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """Whose photos stand together, and which pairs of them some frame mixes."""

    infant: str
    photos: tuple[Photo, ...]
    mixed: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Troupe:
    """The photos of one infant, and what the engine knows of them together.

    Parameters
    ----------
    photos : tuple of Photo
    cast : Cast
    residuals : list of dict
        How far they disagree, pair by pair.
    """

    photos: tuple[Photo, ...]
    cast: Cast
    residuals: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A frame as a file."""

    png: bytes
    written: Written


def pinned(portrait: Portrait, on: Stage) -> Anchor:
    """Decode a photo and pin it."""
    image = files.parse_photo(portrait.data, file=portrait.file).image
    photo = portrait.photo
    image = image[:, ::-1].copy() if photo.mirrored else image
    face = Face(image, portrait.landmarks, photo.identity, photo.expression)
    return pin(face, portrait.place, on)


def anchor(setting: Setting, portrait: Portrait) -> Anchor:
    """Task: decode a photo, pin it and give it its tone."""
    return setting.control.toned(portrait.photo.identity, pinned(portrait, setting.on))


def troupe(setting: Setting, call: Call, *anchors: Anchor) -> Troupe:
    """Task: find what an infant's photos have together."""
    on, infant, pairs = setting.on, call.infant, call.mixed
    together = cast(anchors, on, pairs)
    if on.look.refine == "flow":
        found = disagreement(infant, together, pairs, removed=True)
        return Troupe(call.photos, together, found)
    looked_at = replace(on, look=replace(on.look, refine="flow", texture="off"))
    found = disagreement(infant, cast(anchors, looked_at, pairs), pairs, removed=False)
    return Troupe(call.photos, together, found)


def residuals(troupe: Troupe) -> list[dict[str, Any]]:
    """Task: say how far the photos of an infant disagree."""
    return troupe.residuals


def anchor_pixels(setting: Setting, place: int, troupe: Troupe) -> Written:
    """Task: hash an aligned photo."""
    image = aligned(troupe.cast.anchors[place], setting.on)
    return Written("", files.pixel_sha256(image), 0)


def drawn(setting: Setting, one: PlannedFrame, *troupes: Troupe) -> Drawn:
    """Task: combine and encode a frame."""
    face = frame(*_ready(setting, one, troupes), setting.on)
    png = files.encode_png(face.image)
    return Drawn(png, Written(files.sha256(png), files.pixel_sha256(face.image), len(png)))


def unrounded(
    setting: Setting, one: PlannedFrame, *troupes: Troupe
) -> tuple[SingleArray, Landmarks]:
    """Task: combine a frame, as `engine.morph.unrounded`."""
    return morph.unrounded(*_ready(setting, one, troupes), setting.on)


def _ready(setting: Setting, one: PlannedFrame, troupes: Sequence[Troupe]) -> tuple[Cast, Weights]:
    """Return what is combined in a frame, in which tones, and how much of it."""
    together, weights = _joined(troupes, one)
    if one.single:
        together = setting.control.lifted(one.infants[0], together, weights.colour)
    return together, weights


def _joined(troupes: Sequence[Troupe], one: PlannedFrame) -> tuple[Cast, Weights]:
    """Return the photos of a frame and their weights.

    Skin is aligned beyond the mesh only within an infant: between different infants there is
    nothing that corresponds, and a photo's residual to its like in a mean of n counts 1/n.
    """
    casts, photos = [], []
    for troupe in troupes:
        places = [i for i, photo in enumerate(troupe.photos) if photo in one.shares]
        casts.append(troupe.cast.of(places))
        photos += [troupe.photos[i] for i in places]
    together = Cast(
        tuple(anchor for each in casts for anchor in each.anchors),
        tuple(texture for each in casts for texture in each.textures),
        casts[0].pairs if one.single else {},
    )
    return together, Weights(*zip(*(one.shares[photo] for photo in photos), strict=True))
