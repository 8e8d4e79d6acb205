"""The file of a calibrated scale: ``*.scale.json``, and the same in a manifest.

`parse_scale` is strict and tells every fault at once; keys that it doesn't know are kept.  Knows
texts and values; not what a scale is used for.  May import `errors`, `study.entries` and
pydantic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, Strict, ValidationError, field_validator, model_validator

from morphkit.errors import CalibrationError, Finding
from morphkit.study.entries import Block

SUFFIX = ".scale.json"
"""How the names of scale files end."""

WITHOUT_PSE = ("mlds", "pairs", "metric")
"""Bases that know no point of subjective equality."""

P_HAPPY = "p_happy"
"""The unit of scales that say how often observers answer "happy": shares."""

MOST_FINDINGS = 20

Number = Annotated[float, Strict()]
Level = Annotated[float, Strict(), Field(ge=-1, le=1)]
Count = Annotated[int, Strict(), Field(ge=0)]


class Estimate(Block):
    """An estimate in level units, with its 95 % interval."""

    level: Number
    low: Number
    high: Number

    @model_validator(mode="after")
    def _inside(self) -> Estimate:
        if not self.low <= self.level <= self.high:
            raise ValueError("the interval, low to high, doesn't hold the estimate")
        return self


class PointEntry(Block):
    """What was observed at a level: share of "happy" or mean rating, from how many trials."""

    level: Level
    value: Number
    trials: Count


class ShownEntry(Block):
    """Whose face a stimulus shows, and at which level."""

    identity: str
    level: Level


class Measured(Block):
    """What was measured, of all infants together or of one."""

    levels: list[Level] = Field(default=[], description="Rising, -1 to 1 (0 to 1 from neutral).")
    intensities: list[Number] = Field(default=[], description="Rising, one for each level.")
    low: list[Number] = Field(default=[], description="Lower ends of 95 % intervals.")
    high: list[Number] = Field(default=[], description="Upper ends of 95 % intervals.")
    pse: Estimate | None = None
    jnd: Estimate | None = None
    observer_sd: Estimate | None = None
    points: list[PointEntry] = Field(default=[], description="What was observed.")
    observers: Count | None = None
    trials: Count | None = None

    @field_validator("levels", "intensities")
    @classmethod
    def _rising(cls, values: list[float]) -> list[float]:
        if any(a >= b for a, b in pairwise(values)) or len(values) == 1:
            raise ValueError("this is no rising list of two numbers or more")
        return values

    @model_validator(mode="after")
    def _of_one_length(self) -> Measured:
        if len(self.levels) != len(self.intensities):
            raise ValueError("levels and intensities are not of one length")
        if any(len(ends) not in (0, len(self.levels)) for ends in (self.low, self.high)):
            raise ValueError("low or high is not of one length with levels")
        return self


class ScaleFile(Measured):
    """A calibrated scale: level against intensity, with what it rests on."""

    morphkit_scale: Literal[1] = 1
    unit: str = Field(description="What an intensity is: p_happy, rating, perceived, a metric.")
    basis: str = Field(default="", description="two-choice, ratings, mlds, pairs or metric.")
    path: str = Field(default="", description="The path that the levels lie on.")
    expressions: list[str] = Field(default=[], description="Its anchors, in path order.")
    levels: list[Level] = Field(description="Rising, -1 to 1 (0 to 1 from neutral).")
    intensities: list[Number] = Field(description="Rising, one for each level.")
    identities: dict[str, Measured] = Field(default={}, description="Each infant by itself.")
    observers: Count
    excluded: list[Any] = Field(default=[], description="Who was left out, and why.")
    context: dict[str, Any] = Field(
        default={}, description="population, task, exposure_ms, display: what it is true for."
    )
    pixel_sha256: dict[str, str] = Field(
        description="Stimulus id: the pixels that observers judged."
    )
    stimuli: dict[str, ShownEntry] = Field(default={}, description="What those stimuli show.")
    overrides: list[str] = Field(
        default=[], description="What would have been refused, and the reason given."
    )

    @field_validator("unit")
    @classmethod
    def _said(cls, unit: str) -> str:
        if not unit.strip():
            raise ValueError("the unit is empty")
        return unit

    @field_validator("levels")
    @classmethod
    def _there(cls, levels: list[float]) -> list[float]:
        if not levels:
            raise ValueError("this is no rising list of two numbers or more")
        return levels

    @field_validator("pixel_sha256")
    @classmethod
    def _named(cls, pixels: dict[str, str]) -> dict[str, str]:
        if not pixels:
            raise ValueError("it doesn't name the stimuli it is about")
        return pixels

    @model_validator(mode="after")
    def _shares(self) -> ScaleFile:
        curves = [self.intensities, *(one.intensities for one in self.identities.values())]
        if self.unit == P_HAPPY and any(one[0] < 0 or one[-1] > 1 for one in curves if one):
            raise ValueError("intensities of the unit p_happy are shares, 0 to 1")
        return self

    @model_validator(mode="after")
    def _balanced(self) -> ScaleFile:
        if self.pse is None and self.basis not in WITHOUT_PSE:
            raise ValueError("its PSE, with an interval, is missing")
        if not self.observers and self.basis != WITHOUT_PSE[-1]:
            raise ValueError("it is from 0 observers")
        return self


def parse_scale(text: str, *, file: str) -> ScaleFile:
    """Return the scale that a text holds.

    Parameters
    ----------
    text : str
    file : str
        Its name, for messages.

    Raises
    ------
    CalibrationError
        MK473 for each fault, 20 at most.
    """
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CalibrationError(_finding(f"this is no scale ({error}).", file)) from None
    if not isinstance(content, dict) or "morphkit_scale" not in content:
        message = "this is no scale: the key morphkit_scale is missing."
        raise CalibrationError(_finding(message, file))
    try:
        return ScaleFile.model_validate(content)
    except ValidationError as error:
        faults = _faults(error)[:MOST_FINDINGS]
        found = [_finding(f"{message}.", file, place) for place, message in faults]
        raise CalibrationError(*found) from None


def scale_fault(scale: object) -> str:
    """Say what a scale, as a manifest holds it, lacks or contradicts; "" if nothing."""
    if not isinstance(scale, Mapping):
        return "it is no mapping"
    try:
        ScaleFile.model_validate(dict(scale))
    except ValidationError as error:
        place, message = _faults(error)[0]
        return f"{place}: {message}" if place else message
    return ""


def scale_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scale's file."""
    schema = ScaleFile.model_json_schema()
    return schema | {"required": ["morphkit_scale", *schema["required"]]}


def _faults(error: ValidationError) -> list[tuple[str, str]]:
    found = []
    for fault in error.errors(include_url=False):
        message = str(fault["msg"]).removeprefix("Value error, ")
        found.append((".".join(str(part) for part in fault["loc"]), _lower(message)))
    return found


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _finding(message: str, file: str, place: str = "") -> Finding:
    advice = "Write it again with `morphkit calibrate fit`."
    return Finding("MK473", message, file=file, pointer=place, suggestion=advice)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands twice")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")
