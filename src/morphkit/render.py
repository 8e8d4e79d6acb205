"""Frames of a plan, rendered and written: one frame a task.

Photos are read and frames are written here, the rest is done by `hands`.  The photos of an
infant are pinned together, and stay so while the next identity needs them: memory holds one
infant and the next, or for a mean over n infants all n of them.  May import `engine`, `errors`,
`files`, `hands`, `journal`, `plan`, `record`, `study` and `troupe`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, groupby
from pathlib import Path
from threading import Lock
from typing import Any

from morphkit import files, troupe
from morphkit.engine.control import Control
from morphkit.engine.stage import Anchor
from morphkit.errors import Finding, SetError
from morphkit.hands import WAITING, Hands, Started, same, work_off
from morphkit.journal import note
from morphkit.plan import Plan
from morphkit.record import Journal, Written, anchor_id, image_file
from morphkit.study.frames import PlannedFrame
from morphkit.study.shares import Photo
from morphkit.troupe import Call, Drawn, Portrait, Setting

Progress = Callable[[int, int], None]
Residuals = dict[str, list[dict[str, Any]]]
"""By infant: how far its photos disagree, pair by pair."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """An infant whose photos are pinned, or are being pinned, wherever tasks are done."""

    photos: tuple[Photo, ...]
    troupe: Any


def render(
    planned: Plan,
    control: Control,
    part: Path,
    done: Journal,
    residuals: Residuals,
    hands: Hands,
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
    hands : Hands
    progress : callable, optional
        Called with the counts of finished frames and of all, first when it begins.
    """
    finished = sum(one.stimulus_id in done for one in planned.frames)
    mixed = _mixed(planned.frames)
    work = _Work(planned, mixed, part, done, residuals, hands, progress, finished)
    work.show_progress()
    work_off(work.started(control), hands)


@dataclass(slots=True, eq=False)
class _Work:
    """What is to be done, and where it is noted when it is.

    A frame is written and noted by one thread of the pool: Ctrl-C interrupts the main thread
    alone, wherever that is, and so never comes between a file and its note.
    """

    planned: Plan
    mixed: Mapping[str, set[frozenset[Photo]]]
    part: Path
    done: Journal
    residuals: Residuals
    hands: Hands
    progress: Progress | None
    finished: int
    journal: Lock = field(default_factory=Lock)

    def started(self, control: Control) -> Iterator[Started]:
        """Start tasks one by one, scene by scene.

        The photos of the next scene are pinned while the last frames of one are rendered.
        """
        setting = self.hands.kept(same, Setting(self.planned.on, control))
        coming = scenes(self.planned, self.done, self.residuals)
        present: dict[str, Present] = {}
        for scene, following in zip(coming, [*coming, Scene((), ())][1:], strict=True):
            present = self._called(setting, scene.infants, present)
            for infant in scene.infants:
                yield from self._of_infant(setting, infant, present[infant])
            last = max(len(scene.frames) - WAITING * self.hands.count, 0)
            for one in scene.frames[:last]:
                yield self._of_frame(setting, one, present)
            after = self._called(setting, following.infants, present)
            for one in scene.frames[last:]:
                yield self._of_frame(setting, one, present)
            present = after

    def _called(
        self, setting: Any, infants: Sequence[str], present: Mapping[str, Present]
    ) -> dict[str, Present]:
        """Return the infants of a scene; who is not there yet is called."""
        return {
            infant: present[infant] if infant in present else self._assembled(setting, infant)
            for infant in infants
        }

    def _assembled(self, setting: Any, infant: str) -> Present:
        photos = tuple(photo for photo in self.planned.views if photo.identity == infant)
        anchors = [
            self.hands.kept(troupe.anchor, setting, portrait(self.planned, photo))
            for photo in photos
        ]
        pairs = combinations(range(len(photos)), 2)
        wanted = self.mixed.get(infant, set())
        mixed = [(i, j) for i, j in pairs if frozenset((photos[i], photos[j])) in wanted]
        call = Call(infant, photos, tuple(mixed))
        return Present(photos, self.hands.kept(troupe.troupe, setting, call, *anchors))

    def _of_infant(self, setting: Any, infant: str, there: Present) -> Iterator[Started]:
        """Start what is asked of an infant's photos apart from frames."""
        known = partial(self.residuals.__setitem__, infant)
        yield self.hands.submit(troupe.residuals, there.troupe, then=same), known
        for place, photo in enumerate(there.photos):
            if anchor_id(photo) not in self.done:
                given, name = (setting, place, there.troupe), anchor_id(photo)
                keep = partial(self._noted, name)
                task = self.hands.submit(troupe.anchor_pixels, *given, then=keep)
                yield task, partial(self._know, name)

    def _of_frame(self, setting: Any, one: PlannedFrame, present: Mapping[str, Present]) -> Started:
        troupes = [present[infant].troupe for infant in one.infants]
        keep = partial(self._kept, one.stimulus_id)
        task: Future[Any] = self.hands.submit(troupe.drawn, setting, one, *troupes, then=keep)
        return task, partial(self._know, one.stimulus_id)

    def _kept(self, name: str, made: Drawn) -> Written:
        """Write a frame and note it; done in a thread of the pool."""
        files.write_atomic(self.part / image_file(name), made.png)
        return self._noted(name, made.written)

    def _noted(self, name: str, written: Written) -> Written:
        with self.journal:
            note(self.part, name, written)
        return written

    def _know(self, name: str, written: Written) -> None:
        """Take in that something is done; told twice when an interrupt came in between."""
        if name not in self.done and written.bytes:
            self.finished += 1
        self.done[name] = written
        if written.bytes:
            self.show_progress()

    def show_progress(self) -> None:
        """Say how many frames are finished."""
        if self.progress:
            self.progress(self.finished, len(self.planned.frames))


def _mixed(frames: Sequence[PlannedFrame]) -> dict[str, set[frozenset[Photo]]]:
    """By infant, which of its photos some frame mixes with no other's: pairs."""
    found: dict[str, set[frozenset[Photo]]] = {}
    for one in frames:
        if one.single:
            pairs = found.setdefault(one.infants[0], set())
            pairs.update(frozenset(pair) for pair in combinations(one.shares, 2))
    return found


def pinned_photo(planned: Plan, photo: Photo) -> Anchor:
    """Read a photo again and pin it; raises as `portrait`."""
    return troupe.pinned(portrait(planned, photo), planned.on)


def portrait(planned: Plan, photo: Photo) -> Portrait:
    """Read a photo's file again; it must still be the one that was planned with.

    Raises
    ------
    SetError
        MK608 when it was changed.
    """
    source, place = planned.views[photo]
    data = files.photo_bytes(source.photo)
    file = files.shown(source.photo)
    if files.sha256(data) != source.sha256:
        raise SetError(
            Finding(
                "MK608",
                "the photo was changed while the set was being built.",
                file=file,
                suggestion="Build again when nobody works on the photos.",
            )
        )
    return Portrait(photo, data, file, source.landmarks, place)
