"""Examples: photos whose landmarks a person has placed, and what would spoil learning from them.

Infant and expression are known, so that a predictor's error can be measured on infants that it
has not learned from.  Pure; may import `errors`, `faces` and `landmarks.patch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from morphkit.errors import Finding
from morphkit.faces.face import ByteArray, FloatArray, Landmarks
from morphkit.landmarks.patch import ALIKE, alike

FEWEST = 8
"""No predictor is trained on fewer photos: it would be worse than a mean face."""

FEW = 20
"""With fewer photos a predictor is little better than three clicks."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A photo whose landmarks a person has placed.

    Parameters
    ----------
    identity, expression : str
        A number behind the expression (``happy_2``) is none of it.
    image : str
        The photo, as the folder's table or its name in the folder says.
    patch : (H, W) uint8 array
        The face, see `landmarks.patch`.
    landmarks : Landmarks
        In pixels of the patch.
    truth : Landmarks
        In pixels of the photo.
    licence : str
        What ``faces.csv`` says; "undeclared" when it says nothing.
    """

    identity: str
    expression: str
    image: str
    patch: ByteArray
    landmarks: Landmarks
    truth: Landmarks
    licence: str


def kind(expression: str) -> str:
    """Return an expression without the number that tells photos of it apart."""
    return re.sub(r"_?[0-9]+$", "", expression) or expression


def same_names(identities: Sequence[str]) -> list[Finding]:
    """Find infants that are written in two ways: their photos would judge each other; MK265."""
    spelled: dict[str, set[str]] = {}
    for identity in identities:
        plain = re.sub(r"0+(?=[0-9])", "", identity)
        spelled.setdefault(plain, set()).add(identity)
    return [
        Finding(
            "MK265",
            f"{' and '.join(sorted(names))} look like one infant with two names.",
            pointer=sorted(names)[0],
            suggestion="Give an infant one name, and different infants names that differ in more "
            "than zeros: the error is measured on infants that were not learned from.",
        )
        for names in spelled.values()
        if len(names) > 1
    ]


def same_faces(examples: Sequence[Example], thumbnails: Sequence[FloatArray]) -> list[Finding]:
    """Find photos of two infants that show one picture: in another size, or saved again."""
    pairs = [
        (examples[earlier], examples[later], match)
        for earlier, later, match in alike(thumbnails)
        if examples[earlier].identity != examples[later].identity
    ]
    return [
        Finding(
            "MK265",
            f"{one.image} and {other.image} look like one photo of one infant.",
            "warning",
            file=other.image,
            pointer=other.identity,
            measured=round(match, 4),
            limit=ALIKE,
            suggestion=f"If {one.identity} and {other.identity} are one infant, give it one name: "
            "the error is measured on infants that were not learned from.",
        )
        for one, other, match in pairs
    ]


def few(examples: Sequence[Example]) -> list[Finding]:
    """Say what keeps the predictor from being good, or its error from being known."""
    found = []
    if len(examples) < FEW:
        found.append(
            Finding(
                "MK261",
                f"{len(examples)} reviewed photos are few; a predictor is worth it from {FEW} on.",
                "warning",
                measured=float(len(examples)),
                limit=float(FEW),
                suggestion="Look at its error, and train again with more photos.",
            )
        )
    infants = {one.identity for one in examples}
    if len(infants) < 2:
        found.append(
            Finding(
                "MK266",
                "all photos are of one infant, so the error for others is not known.",
                "warning",
                pointer=min(infants),
                suggestion="Review photos of other infants; until then, look at every draft.",
            )
        )
    return found


def lacking(expressions: Iterable[str], examples: Sequence[Example]) -> list[Finding]:
    """Find expressions that the set has and the predictor does not learn, or from one infant."""
    whose: dict[str, set[str]] = {kind(name): set() for name in expressions}
    for one in examples:
        whose[one.expression].add(one.identity)
    infants = {one.identity for one in examples}
    found = []
    for expression, learned in sorted(whose.items()):
        if not learned:
            message = f"no reviewed photo is {expression}, which photos of the folder are."
        elif len(learned) == 1 < len(infants):
            message = (
                f"only {min(learned)} is {expression}: the error for this expression is that of "
                "a predictor that has not seen it."
            )
        else:
            continue
        found.append(
            Finding(
                "MK262",
                message,
                "warning",
                pointer=expression,
                measured=float(len(learned)),
                suggestion=f"Review templates of infants that are {expression}: on an expression "
                "that it has not learned, a predictor errs about twice as much.",
            )
        )
    return found
