"""The frames of a program: ids, levels, and what each photo has in each frame.

The one place where operations become weights: a build renders what it gives, and a
validation compares with it.  May import `errors` and `study`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from morphkit.study import levels, names
from morphkit.study.entries import ContinuumEntry, MixtureEntry, TransformEntry
from morphkit.study.program import Program
from morphkit.study.shares import (
    Photo,
    Shares,
    alone,
    by_expression,
    composite,
    mixed,
    transformed,
)

TRANSFORM, MIXTURE = "transform", "mixture"
PATHLESS = (TRANSFORM, MIXTURE)
"""What stands in `morph_path` where a frame lies on no path."""

Parts = tuple[float, float, float]
"""What a photo has in a frame's shape, colour and texture."""


@dataclass(frozen=True, slots=True)
class PlannedFrame:
    """A frame to render: a row of the table, without what only pixels can tell.

    Parameters
    ----------
    stimulus_id, identity, continuum, path : str
        `continuum` is the name of a continuum, a transform or a mixture.
    frame : int
        Counted from 1.
    level : float or None
        Level, or amount of a transform.
    percent : float or None
    weights : mapping of str to float
        Share of each expression in the shape.
    shares : mapping of Photo to (float, float, float)
        What each photo has in shape, colour and texture; photos without a share are left out.
    """

    stimulus_id: str
    identity: str
    continuum: str
    path: str
    frame: int
    level: float | None
    percent: float | None
    weights: Mapping[str, float]
    shares: Mapping[Photo, Parts]

    @property
    def plain(self) -> bool:
        """Whether the table says it all: own photos, alike in shape, colour and texture."""
        return all(
            photo.identity == self.identity and not photo.mirrored and len(set(parts)) == 1
            for photo, parts in self.shares.items()
        )

    @property
    def single(self) -> bool:
        """Whether all its photos are of one infant, as they are."""
        return len(self.infants) == 1 and not any(photo.mirrored for photo in self.shares)

    @property
    def infants(self) -> tuple[str, ...]:
        """Whose photos it needs."""
        return tuple(sorted({photo.identity for photo in self.shares}))


def frames(program: Program) -> list[PlannedFrame]:
    """Return the frames of a program, in table order.

    Raises
    ------
    RecipeError
        MK917 when a stimulus id is too long.
    """
    planned: list[PlannedFrame] = []
    for entry in program.continua:
        for identity in entry.identities:
            planned += _continuum(program, entry, identity)
    for move in program.transforms:
        for identity in move.identities:
            planned += _transform(program, move, identity)
    for mixture in program.mixtures:
        for identity in mixture.identities:
            planned += _mixture(program, mixture, identity)
    # ids sort by identity, continuum and frame: the table is in the order of its key
    return sorted(planned, key=lambda one: one.stimulus_id)


def _face(program: Program, identity: str, expression: str) -> Shares:
    """Return the shares of an infant's photo, or of a prototype's mean."""
    infants = program.members(identity)
    if infants == (identity,):
        return alone(identity, expression)
    return composite(infants, expression, symmetric=program.symmetric(identity))


def _mean(program: Program, identity: str, weights: Mapping[str, float]) -> Shares:
    """Return the shares of an identity's expressions in stated weights."""
    if program.members(identity) == (identity,):
        return {Photo(identity, name): weight for name, weight in weights.items() if weight}
    return mixed((weight, _face(program, identity, name)) for name, weight in weights.items())


def _continuum(program: Program, entry: ContinuumEntry, identity: str) -> list[PlannedFrame]:
    entry = entry.of(identity)
    return [
        on_path(
            program,
            entry,
            identity,
            level,
            number,
            names.stimulus_id(identity, entry.name, number, len(entry.levels)),
        )
        for number, level in enumerate(entry.levels, start=1)
    ]


def on_path(
    program: Program,
    entry: ContinuumEntry,
    identity: str,
    level: float,
    number: int,
    stimulus_id: str,
) -> PlannedFrame:
    """Return the frame of an identity at any level of a continuum."""
    weights = levels.weights(entry.path, entry.expressions, level)
    return PlannedFrame(
        stimulus_id,
        identity,
        entry.name,
        entry.path,
        number,
        level,
        levels.percent(level),
        weights,
        _alike(_mean(program, identity, weights)),
    )


def _transform(program: Program, move: TransformEntry, identity: str) -> list[PlannedFrame]:
    base = _face(program, identity, move.base)
    from_, to = (
        _face(program, identity, name)
        if move.group is None
        else composite(move.group, name, symmetric=program.symmetric(identity))
        for name in (move.source, move.to)
    )
    planned = []
    for number, amount in enumerate(move.amounts, start=1):
        moved = transformed(base, from_, to, amount)
        applied = (move.apply.shape, move.apply.colour, move.apply.texture)
        shape, colour, texture = (moved if wanted else base for wanted in applied)
        planned.append(
            PlannedFrame(
                names.stimulus_id(identity, move.name, number, len(move.amounts)),
                identity,
                move.name,
                TRANSFORM,
                number,
                amount,
                None,
                by_expression(shape, move.expressions),
                _joined(shape, colour, texture),
            )
        )
    return planned


def _mixture(program: Program, mixture: MixtureEntry, identity: str) -> list[PlannedFrame]:
    return [
        PlannedFrame(
            names.stimulus_id(identity, mixture.name, number, len(mixture.weights)),
            identity,
            mixture.name,
            MIXTURE,
            number,
            None,
            None,
            {name: weights.get(name, 0.0) for name in mixture.expressions},
            _alike(_mean(program, identity, weights)),
        )
        for number, weights in enumerate(mixture.weights, start=1)
    ]


def _alike(shares: Shares) -> dict[Photo, Parts]:
    return {photo: (share, share, share) for photo, share in shares.items()}


def _joined(*parts: Shares) -> dict[Photo, Parts]:
    """Return shape, colour and texture photo by photo."""
    shape, colour, texture = parts
    photos: Sequence[Photo] = list(dict.fromkeys(photo for one in parts for photo in one))
    return {
        photo: (shape.get(photo, 0.0), colour.get(photo, 0.0), texture.get(photo, 0.0))
        for photo in photos
    }
