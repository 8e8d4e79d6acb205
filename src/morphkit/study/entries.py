"""What a manifest says about who is in what: prototypes, continua, transforms, mixtures.

Unlike a recipe, every ``all`` is spelt out.  May import pydantic and the standard library.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Block(BaseModel):
    """A part of a manifest; keys that a later version adds are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)


class PrototypeEntry(Block):
    """An identity that is the mean over infants."""

    name: str
    identities: list[str] = Field(min_length=1)
    symmetric: bool = False


class ContinuumEntry(Block):
    """One continuum as it was declared."""

    name: str
    path: Literal["direct", "through-neutral", "from-neutral"]
    midpoint: Literal["photo", "blend", "average"] | None
    expressions: list[str]
    levels: list[float]
    identities: list[str] = Field(
        default=[], description="Who has it; empty stands for every identity of the sources."
    )
    own_levels: dict[str, list[float]] = Field(
        default={},
        description="Identity: its levels, where each has its own; `levels` are their means.",
    )

    def of(self, identity: str) -> ContinuumEntry:
        """Return the entry with the levels of one identity."""
        own = self.own_levels.get(identity)
        return self if own is None else self.model_copy(update={"levels": own})


class Applied(Block):
    """Which parts of a face a transform changes."""

    shape: bool = True
    colour: bool = True
    texture: bool = True


class TransformEntry(Block):
    """One transform as it was declared: base + amount × (to − from)."""

    name: str
    identities: list[str]
    base: str
    source: str = Field(alias="from")
    to: str
    group: list[str] | None = Field(
        description="Whose mean difference is applied; null for each identity's own."
    )
    amounts: list[float]
    apply: Applied = Applied()

    @property
    def expressions(self) -> tuple[str, ...]:
        """Base, from and to, each once."""
        return tuple(dict.fromkeys((self.base, self.source, self.to)))


class MixtureEntry(Block):
    """Frames whose weights were written out."""

    name: str
    identities: list[str]
    weights: list[dict[str, float]]

    @property
    def expressions(self) -> tuple[str, ...]:
        """Every expression that some frame names, each once."""
        return tuple(dict.fromkeys(name for one in self.weights for name in one))


class Share(Block):
    """What a photo has in the shape, the colour and the texture of a frame."""

    identity: str
    expression: str
    mirrored: bool = False
    shape: float
    colour: float
    texture: float
