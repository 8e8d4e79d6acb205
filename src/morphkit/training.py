"""A lab's own predictor: trained on its reviewed templates, judged on infants left out, written.

dlib works in the landmark process; the error is that of what `morphkit delineate` does: detect,
then predict.  May import `errors`, `faces`, `files`, `landmarks`, `predictors` and `reviewed`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.errors import Finding, UsageError
from morphkit.faces.comparison import compare
from morphkit.files.disk import refuse_link
from morphkit.landmarks import accuracy, crops
from morphkit.landmarks.accuracy import Trial
from morphkit.landmarks.card import card as card_of
from morphkit.landmarks.card import error as error_of
from morphkit.landmarks.crops import NARROW, WIDE, Rule
from morphkit.landmarks.draft import Model, opened, predicted
from morphkit.landmarks.examples import Example
from morphkit.landmarks.folds import folds
from morphkit.landmarks.process import LandmarkProcess
from morphkit.predictors import CARD, SUFFIX
from morphkit.reviewed import Reviewed, Tell, read_reviewed

SECONDS = 3600.0
"""A training that takes longer is ended."""

CROPS = 480
"""Crops that a training shows, whatever the number of photos; of many photos each is shown four
times.  Many crops of a photo teach more than few crops from many starts do."""

Said = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A predictor that was written.

    Parameters
    ----------
    path, card_path : Path
    card : dict
        What stands in the card.
    worst : (str, float) or None
        The photo with the largest error of the inner face, and this error in % EOD.
    not_found : tuple of str
        Photos on which no face was found.
    findings : tuple of Finding
        Doubts about the photos.
    """

    path: Path
    card_path: Path
    card: dict[str, Any]
    worst: tuple[str, float] | None
    not_found: tuple[str, ...]
    findings: tuple[Finding, ...]


def train(
    folder: Path,
    target: Path,
    *,
    scheme: str | None = None,
    seed: int = 1,
    force: bool = False,
    say: Said = lambda text: None,
    tell: Tell = lambda done, total: None,
) -> Trained:
    """Train a predictor on the reviewed templates of a folder, and write it with its card.

    Parameters
    ----------
    folder : Path
        With a ``faces.csv``, or photos named by infant and expression.
    target : Path
        A file ``….dat``; its card goes beside it.
    scheme : str, optional
        Convert templates of other schemes to this one.
    seed : int
        The same photos, templates and seed give the same bytes.
    force : bool
        Replace a predictor that is there.
    say : callable
        Is told what is being done.
    tell : callable
        Is told how many trainings are done, and of how many.

    Raises
    ------
    MorphkitError
        As `read_reviewed`; MK618 when the target exists, MK269 when it is no ``.dat``, MK615
        when a link stands there.
    EnvironmentFault
        MK240, MK241 or MK242 when dlib is not there or gives up; MK612, MK613 or MK614.
    """
    card_path = _card_path(target, force)
    reviewed = read_reviewed(folder, scheme)
    examples = reviewed.examples
    groups = folds([one.identity for one in examples], seed)
    for text in (_begun(reviewed, len(groups)), *reviewed.notes, *map(str, reviewed.findings)):
        say(text)
    with files.scratch(target) as model, LandmarkProcess() as process:
        workshop = _Workshop(process, model, folder, seed)
        trials = _tried(workshop, examples, groups, tell)
        lesson = _taught(workshop, examples)
        data = files.read_data(model)
    tell(len(groups) + 1, len(groups) + 1)
    made = card_of(
        lesson.placing,
        examples,
        error_of(trials, len(groups)),
        sha256=lesson.model.sha256,
        seed=seed,
        settings=lesson.settings,
    )
    card_text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    files.write_together([(card_path, card_text.encode()), (target, data)])
    names = [one.image for one in examples]
    missed = [name for name, trial in zip(names, trials, strict=False) if trial.error is None]
    bad = accuracy.worst(trials)
    worst = (names[bad[0]], bad[1]) if bad else None
    return Trained(target, card_path, made, worst, tuple(missed), reviewed.findings)


def _card_path(target: Path, force: bool) -> Path:
    """Return where the card goes; refuse a target of another suffix, or that is there."""
    if target.suffix != SUFFIX:
        raise UsageError(
            Finding(
                "MK269",
                f"a predictor's file ends in {SUFFIX}.",
                file=files.shown(target),
                suggestion=f"Name it {Path(target.name or 'my_lab').with_suffix(SUFFIX)}.",
            )
        )
    card_path = target.with_suffix(CARD)
    for path in (target, card_path):
        refuse_link(path)
    there = [path for path in (target, card_path) if path.exists()]
    if there and not force:
        raise UsageError(
            Finding(
                "MK618",
                "there is a file of this name, which is not overwritten.",
                file=files.shown(there[0]),
                suggestion="Choose another name, or add --force to replace the predictor.",
            )
        )
    return card_path


def _begun(reviewed: Reviewed, groups: int) -> str:
    """Say what is learned from, what is left out, and what takes the time."""
    left = {
        "with drafts that nobody has reviewed": reviewed.unreviewed,
        "without template": reviewed.undelineated,
        "whose owner allows no derivatives": reviewed.withheld,
    }
    out = ", ".join(f"{count} {why}" for why, count in left.items() if count)
    text = f"{len(reviewed.examples)} photos of {len(reviewed.infants)} infants"
    text += f" ({reviewed.layout.name})" + (f"; left out: {out}." if out else ".")
    if groups:
        text += f" Trained {groups + 1} times: without each of {groups} "
        text += "infants" if groups == len(reviewed.infants) else "groups of infants"
        text += " to know the error, and with all."
    return text


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """A predictor that the landmark process has trained, open under its hash."""

    model: Model
    placing: Rule
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Workshop:
    """Where predictors are made: the process, the file that it writes, the photos, the seed."""

    process: LandmarkProcess
    model: Path
    folder: Path
    seed: int


def _tried(
    workshop: _Workshop,
    examples: Sequence[Example],
    groups: Sequence[Sequence[int]],
    tell: Tell,
) -> list[Trial]:
    """Return what predictors say of each example that have not learned from its infant."""
    trials: dict[int, Trial] = {}
    for done, held in enumerate(groups):
        tell(done, len(groups) + 1)
        others = [one for place, one in enumerate(examples) if place not in held]
        lesson = _taught(workshop, others)
        for place in held:
            trials[place] = _trial(workshop, lesson, examples[place])
    tell(len(groups), len(groups) + 1)
    return [trials[place] for place in sorted(trials)]


def _taught(workshop: _Workshop, examples: Sequence[Example]) -> _Lesson:
    """Train a predictor, open it, and leave its file."""
    placing = crops.rule([one.landmarks for one in examples])
    pictures = [(one.patch, one.landmarks) for one in examples]
    jitters = (WIDE, NARROW) * max(1, round(CROPS / (4 * len(examples))))
    images, points, boxes = crops.lessons(pictures, placing, jitters, workshop.seed)
    settings = dict(crops.settings(len(examples), len(images)))
    place = str(workshop.model)
    workshop.process.call(
        "train_model",
        [images, points, boxes],
        seconds=SECONDS,
        path=place,
        seed=workshop.seed,
        **settings,
    )
    card = {"scheme": placing.scheme, "box": placing.values()}
    model = Model(place, files.sha256_of(workshop.model), card)
    opened(workshop.process, model)
    return _Lesson(model, placing, {"crops": len(images), **settings})


def _trial(workshop: _Workshop, lesson: _Lesson, example: Example) -> Trial:
    """Return what a predictor says of a photo, found and delineated as any other."""
    image = files.read_photo(workshop.folder / example.image).image
    draft = predicted(workshop.process, image, lesson.model, lesson.placing.scheme)
    error = compare(example.truth, draft.landmarks) if draft else None
    return Trial(example.identity, example.expression, error)
