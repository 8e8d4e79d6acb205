"""Frames of a plan, rendered and written: one frame a task.

The photos of an infant are pinned together, and stay so while the next identity needs them:
memory holds one infant, or for a mean over n infants all n of them.  May import `engine`,
`errors`, `faces`, `files`, `journal`, `plan`, `record` and `study`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.engine.cast import Cast, cast
from morphkit.engine.control import Control
from morphkit.engine.morph import Weights, aligned, frame
from morphkit.engine.stage import Anchor, pin
from morphkit.errors import Finding, SetError
from morphkit.faces.face import Face
from morphkit.journal import note
from morphkit.measures import disagreement
from morphkit.plan import Plan
from morphkit.record import Journal, Written, anchor_id, image_file
from morphkit.study.frames import PlannedFrame
from morphkit.study.shares import Photo

Progress = Callable[[int, int], None]
Residuals = dict[str, list[dict[str, Any]]]
"""By infant: how far its photos disagree, pair by pair."""


@dataclass(frozen=True, slots=True, eq=False)
class Troupe:
    """The photos of one infant, and what the engine knows of them together."""

    photos: tuple[Photo, ...]
    cast: Cast


@dataclass(frozen=True, slots=True)
class Scene:
    """What is rendered together: the frames of one identity, and whose photos they need."""

    frames: tuple[PlannedFrame, ...]
    infants: tuple[str, ...]


def scenes(planned: Plan, done: Journal, residuals: Residuals) -> list[Scene]:
    """Return what is to be rendered, identity by identity.

    Last come infants of whom only the aligned photos or the residuals are not on record yet.
    """
    todo = [one for one in planned.frames if one.stimulus_id not in done]
    found = []
    for _, group in groupby(todo, key=lambda one: one.identity):
        together = tuple(group)
        infants = sorted({infant for one in together for infant in one.infants})
        found.append(Scene(together, tuple(infants)))
    seen = {infant for scene in found for infant in scene.infants}
    unknown = {photo.identity for photo in planned.views if anchor_id(photo) not in done}
    mixed = {one.infants[0] for one in planned.frames if one.single and len(one.shares) > 1}
    unknown |= mixed - residuals.keys()
    return [*found, *(Scene((), (infant,)) for infant in sorted(unknown - seen))]


def render(
    planned: Plan,
    control: Control,
    part: Path,
    done: Journal,
    residuals: Residuals,
    executor: Executor,
    progress: Progress | None,
) -> None:
    """Render what is not done yet into a work folder, and note it in its journal.

    Parameters
    ----------
    planned : Plan
    control : Control
        Tones of the photos.
    part : Path
        The work folder.
    done : Journal
        What is done; grows.
    residuals : Residuals
        What is known of them; grows.
    executor : Executor
    progress : callable, optional
        Called with the counts of finished frames and of all.
    """
    total = len(planned.frames)
    finished = sum(one.stimulus_id in done for one in planned.frames)
    company = _Company(planned, control, residuals, executor)
    for scene in scenes(planned, done, residuals):
        troupes = company.called(scene.infants)
        tasks = {
            anchor_id(photo): executor.submit(_anchor_pixels, planned, anchor)
            for troupe in troupes.values()
            for photo, anchor in zip(troupe.photos, troupe.cast.anchors, strict=True)
            if anchor_id(photo) not in done
        }
        for one in scene.frames:
            needed = [troupes[infant] for infant in one.infants]
            task = executor.submit(_write_frame, planned, control, needed, one, part)
            tasks[one.stimulus_id] = task
        for name, written in _results(tasks, executor):
            note(part, name, written)
            done[name] = written
            if written.bytes and progress:
                finished += 1
                progress(finished, total)


@dataclass(slots=True, eq=False)
class _Company:
    """The troupes in memory: those that the present scene needs."""

    planned: Plan
    control: Control
    residuals: Residuals
    executor: Executor
    present: dict[str, Troupe] = field(default_factory=dict)

    def called(self, infants: Sequence[str]) -> dict[str, Troupe]:
        self.present = {who: troupe for who, troupe in self.present.items() if who in infants}
        for infant in infants:
            if infant not in self.present:
                self.present[infant] = self._troupe(infant)
        return dict(self.present)

    def _troupe(self, infant: str) -> Troupe:
        photos = [photo for photo in self.planned.views if photo.identity == infant]
        pinned = self.executor.map(partial(pinned_photo, self.planned), photos)
        anchors = [self.control.toned(infant, anchor) for anchor in pinned]
        together, self.residuals[infant] = _together(self.planned, infant, photos, anchors)
        return Troupe(tuple(photos), together)


def _together(
    planned: Plan, infant: str, photos: Sequence[Photo], anchors: Sequence[Anchor]
) -> tuple[Cast, list[dict[str, Any]]]:
    """Return an infant's cast, and how far its photos disagree."""
    on, pairs = planned.on, _mixed(photos, planned.frames)
    together = cast(anchors, on, pairs)
    if on.look.refine == "flow":
        return together, disagreement(infant, together, pairs, removed=True)
    looked_at = replace(on, look=replace(on.look, refine="flow", texture="off"))
    return together, disagreement(infant, cast(anchors, looked_at, pairs), pairs, removed=False)


def _mixed(photos: Sequence[Photo], frames: Sequence[PlannedFrame]) -> list[tuple[int, int]]:
    """Which photos of an infant some frame mixes with no other's: pairs of places."""
    found = set()
    for one in frames:
        if one.single:
            present = [i for i, photo in enumerate(photos) if photo in one.shares]
            found |= {(i, j) for i in present for j in present if i < j}
    return sorted(found)


def _results(
    tasks: dict[str, Future[Written]], executor: Executor
) -> Iterator[tuple[str, Written]]:
    try:
        for name, task in tasks.items():
            yield name, task.result()
    except BaseException:
        # also Ctrl-C: what is queued is dropped, what runs is waited for
        executor.shutdown(cancel_futures=True)
        raise


def pinned_photo(planned: Plan, photo: Photo) -> Anchor:
    """Read a photo again and pin it; it must still be the one that was planned with.

    Raises
    ------
    SetError
        MK608 when it was changed.
    """
    source, place = planned.views[photo]
    read = files.read_photo(source.photo)
    if read.sha256 != source.sha256:
        raise SetError(
            Finding(
                "MK608",
                "the photo was changed while the set was being built.",
                file=files.shown(source.photo),
                suggestion="Build again when nobody works on the photos.",
            )
        )
    image = read.image[:, ::-1].copy() if photo.mirrored else read.image
    face = Face(image, source.landmarks, photo.identity, photo.expression)
    return pin(face, place, planned.on)


def _anchor_pixels(planned: Plan, anchor: Anchor) -> Written:
    return Written("", files.pixel_sha256(aligned(anchor, planned.on)), 0)


def _write_frame(
    planned: Plan, control: Control, troupes: Sequence[Troupe], one: PlannedFrame, part: Path
) -> Written:
    """One task: combine, encode, write."""
    together, weights = _joined(troupes, one)
    if one.single:
        together = control.lifted(one.infants[0], together, weights.colour)
    face = frame(together, weights, planned.on)
    data = files.encode_png(face.image)
    files.write_atomic(part / image_file(one.stimulus_id), data)
    return Written(files.sha256(data), files.pixel_sha256(face.image), len(data))


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
