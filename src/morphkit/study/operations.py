"""Prototypes, transforms and mixtures, as users write them.

The weights that they stand for are made in `study.shares`.  May import pydantic and
`study.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, ValidationInfo, field_validator

from morphkit.study.continuum import differs
from morphkit.study.fields import Expression, Id, Identities, Identity, refusal
from morphkit.study.operation_fields import Amounts, Group, several
from morphkit.study.parts import Part

SAME = 1e-9
"""Weights may miss 1 by so much."""


class Prototype(Part):
    """A mean over infants: an identity whose every expression is their mean."""

    name: Identity = Field(description="The identity that it becomes.")
    identities: Annotated[Identities, AfterValidator(several)] = Field(
        default="all", description="The word all, or a list of at least two infants."
    )
    symmetric: bool = Field(
        default=False, description="Let each photo enter twice, as it is and mirrored."
    )


class Apply(Part):
    """Which parts of a face a transform changes."""

    shape: bool = Field(default=True, description="Where the landmarks lie.")
    colour: bool = Field(default=True, description="The light of the skin.")
    texture: bool = Field(default=True, description="What is finer than 16 cycles per face.")

    @field_validator("texture")
    @classmethod
    def _something(cls, texture: bool, info: ValidationInfo) -> bool:
        if not texture and info.data.get("shape") is False and info.data.get("colour") is False:
            raise refusal("MK907", "nothing is applied", "Leave at least one of them true.")
        return texture


class Transform(Part):
    """Base + amount × (to − from), for each amount."""

    name: Id = Field(description="A short name; it becomes part of every stimulus id.")
    identities: Identities = Field(
        default="all", description="Whose base is changed: all (prototypes too), or a list."
    )
    base: Expression = Field(description="The expression that is changed.")
    from_: Expression = Field(alias="from", description="What is taken away.")
    to: Expression = Field(description="What is added.")
    group: Group = Field(
        description="Whose difference is applied: own, all (infants), or a list of infants."
    )
    amounts: Amounts = Field(description="A rising list, -0.5 to 1.5; 0 is the base.")
    apply: Apply = Field(default=Apply(), description="Which parts of the face are changed.")

    @field_validator("to")
    @classmethod
    def _to(cls, to: str, info: ValidationInfo) -> str:
        differs(to, "from", info.data.get("from_"))
        return to


def _whole(weights: Mapping[str, float]) -> Mapping[str, float]:
    total = fsum(weights.values())
    if abs(total - 1) > SAME:
        message = f"the weights sum to {total:.6g}"
        raise refusal("MK920", message, "Change them so that they sum to 1.")
    return weights


def _listed(frames: tuple[Mapping[str, float], ...]) -> tuple[Mapping[str, float], ...]:
    if not frames:
        raise refusal("MK907", "the list is empty", "Write the weights of at least one frame.")
    shown = [{name: weight for name, weight in one.items() if weight} for one in frames]
    twice = [i for i, one in enumerate(shown) if one in shown[:i]]
    if twice:
        message = f"frame {twice[0] + 1} has the weights of an earlier one"
        raise refusal("MK920", message, "Write each frame once.")
    return frames


Weights = Annotated[
    Mapping[Expression, Annotated[float, Field(ge=0, le=1)]], AfterValidator(_whole)
]


class Mixture(Part):
    """Frames whose weights over an identity's expressions are written out."""

    name: Id = Field(description="A short name; it becomes part of every stimulus id.")
    identities: Identities = Field(default="all", description="The word all, or a list.")
    weights: Annotated[tuple[Weights, ...], Strict(False), AfterValidator(_listed)] = Field(
        description="For each frame the weight of each expression; together 1."
    )
