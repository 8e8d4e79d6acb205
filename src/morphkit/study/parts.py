"""Parts of a recipe that say what is done to finished light: statistics, greyscale.

May import pydantic and `study.fields`.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from morphkit.study.fields import Scope, refusal


class Part(BaseModel):
    """A mapping of a recipe: strict, and the same for ever."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )


class Equalise(Part):
    """Which image statistics are made equal inside the mask, and among which faces."""

    luminance: Scope = Field(default=False, description="Mean luminance.")
    contrast: Scope = Field(default=False, description="RMS contrast, SD / mean of luminance.")
    histogram: Scope = Field(
        default=False, description="Histogram of luminance, and with it mean and contrast."
    )
    spectrum: Scope = Field(
        default=False, description="Contrast in each octave of spatial frequency."
    )

    @field_validator("histogram", "spectrum")
    @classmethod
    def _agrees(cls, scope: Any, info: ValidationInfo) -> Any:
        if info.field_name == "histogram":
            others = [key for key in ("luminance", "contrast") if info.data.get(key)]
            reason = "a matched histogram has the same mean and contrast already"
        else:
            others = [key for key in ("histogram",) if info.data.get(key)]
            reason = "each would undo what the other does"
        if scope and others:
            message = f"{info.field_name} stands beside {' and '.join(others)}; {reason}"
            raise refusal("MK916", message, f"Delete {' and '.join(others)}, or the other.")
        return scope


class Output(Part):
    """How pictures are written."""

    greyscale: bool = Field(
        default=False, description="Luminance only, as equal red, green and blue."
    )
