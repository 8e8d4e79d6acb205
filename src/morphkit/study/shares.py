"""Shares: what each photo has in a face, for composites, morphs and transforms.

A face is a weighted sum of photos and never of faces that were made before, so that every
pixel of it is sampled once from each photo (Rowland & Perrett 1995, doi 10.1109/38.403830;
Tiddeman, Burt & Perrett 2001, doi 10.1109/38.946630).  Knows numbers and names; no recipe, no
pixel.  May import the standard library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import NamedTuple

CANCELLED = 1e-14
"""A sum of shares this small is none: what was added was taken away again."""


class Photo(NamedTuple):
    """A photo as it enters a face: as it is, or mirrored."""

    identity: str
    expression: str
    mirrored: bool = False

    def __str__(self) -> str:
        return " ".join((self.identity, self.expression, *(["mirrored"] * self.mirrored)))


Shares = Mapping[Photo, float]
"""What each photo has in a face; together 1, or 0 for a difference of faces."""


def alone(identity: str, expression: str) -> Shares:
    """Return the shares of a face that is one photo."""
    return {Photo(identity, expression): 1.0}


def composite(infants: Sequence[str], expression: str, *, symmetric: bool = False) -> Shares:
    """Return the shares of the mean face of some infants, each photo's 1/n.

    Parameters
    ----------
    infants : sequence of str
    expression : str
    symmetric : bool
        Let each photo enter as it is and mirrored, with half its share each.
    """
    sides = (False, True) if symmetric else (False,)
    photos = [Photo(infant, expression, side) for infant in infants for side in sides]
    return {photo: 1 / len(photos) for photo in photos}


def mixed(parts: Iterable[tuple[float, Shares]]) -> Shares:
    """Return the weighted sum of faces as shares of their photos; what cancels is left out."""
    terms: dict[Photo, list[float]] = {}
    for weight, shares in parts:
        for photo, share in shares.items():
            terms.setdefault(photo, []).append(weight * share)
    sums = {photo: fsum(values) for photo, values in terms.items()}
    return {photo: share for photo, share in sums.items() if abs(share) > CANCELLED}


def transformed(base: Shares, from_: Shares, to: Shares, amount: float) -> Shares:
    """Return the shares of base + amount × (to − from)."""
    return mixed([(1.0, base), (amount, to), (-amount, from_)])


def by_expression(shares: Shares, expressions: Iterable[str]) -> dict[str, float]:
    """Return the sum of the shares of each expression, whoever shows it."""
    names = dict.fromkeys([*expressions, *(photo.expression for photo in shares)])
    sums = {
        name: fsum(share for photo, share in shares.items() if photo.expression == name)
        for name in names
    }
    return {name: total if abs(total) > CANCELLED else 0.0 for name, total in sums.items()}
