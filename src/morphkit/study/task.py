"""The task: what an experiment shows of a set, how long, and what it asks.

A recipe's ``task`` section, or a file of its own.  Knows keys, ranges and published designs;
no set and no front end.  May import `errors`, pydantic and the files of `study` that know YAML
and fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    Strict,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from morphkit.errors import Finding, RecipeError
from morphkit.study.faults import findings
from morphkit.study.fields import Id, Identities, Identity, refusal
from morphkit.study.parts import Part
from morphkit.study.task_fields import LONGEST_MS, Boundary, Counts, Duration, Keys
from morphkit.study.yaml import nearest, read_yaml

Kind = Literal["two-choice", "rating", "training"]
PresetName = Literal["two-choice", "rating", "bristol-test", "bristol-training"]
MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Preset:
    """A published design.

    Parameters
    ----------
    values : mapping
        Keys of a task, as written in a file.
    source : str
    """

    values: Mapping[str, Any]
    source: str


_BRISTOL = {"fixation_ms": [1500, 2500], "exposure_ms": 150, "mask_ms": 150, "repeats": 3}
PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "two-choice": Preset(
            {"kind": "two-choice"}, "each face once, on the screen until the answer"
        ),
        "rating": Preset(
            {"kind": "rating"}, "each face once, rated from 1 to 9 while it is on the screen"
        ),
        "bristol-test": Preset(
            {"kind": "two-choice", **_BRISTOL},
            "45 trials of a 15-frame continuum of each infant, face 150 ms, mask 150 ms; after "
            "Penton-Voak et al. 2012 and Adams et al. 2013, Trials 14:161",
        ),
        "bristol-training": Preset(
            {
                "kind": "training",
                **_BRISTOL,
                "training": {
                    "blocks": 6,
                    "repeats": [1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 2, 2, 2, 1, 1],
                    "shift_frames": 2,
                    "feedback_ms": 1000,
                },
            },
            "test, six blocks of 31 trials of each infant with feedback from the observer's "
            "balance point moved by two frames, test; for continua of 15 frames; after "
            "Penton-Voak et al. 2012, Adams et al. 2013",
        ),
    }
)
"""Designs by name; any key of a task overrides what its preset says."""


class Rating(Part):
    """The numbers that a rating uses, one key each."""

    low: int = Field(default=1, ge=0, le=8, description="The number of the lower end.")
    high: int = Field(default=9, ge=1, le=9, description="The number of the upper end.")

    @field_validator("low", "high", mode="before")
    @classmethod
    def _digit(cls, value: Any) -> Any:
        if isinstance(value, int) and not 0 <= value <= 9:
            message = f"{value} stands here; a rating is one press of a digit key"
            remedy = "Write a number from 0 to 9. Ratings on a finer scale, asked by a program of "
            remedy += "your own, are fitted with calibrate fit --range."
            raise refusal("MK907", message, remedy)
        return value

    @model_validator(mode="after")
    def _rises(self) -> Rating:
        if self.high <= self.low:
            message = f"the ratings run from {self.low} to {self.high}"
            raise refusal("MK907", message, "Write a high that is above low.")
        return self


class Training(Part):
    """Blocks in which answers get feedback, between a test before and a test after."""

    blocks: int = Field(default=6, ge=1, le=40, description="How many blocks.")
    repeats: Counts = Field(
        default=1, description="How often a block shows each frame: a count, or one for each frame."
    )
    boundary: Boundary = Field(
        default="measured",
        description="measured: each observer's balance point in the test before, for each infant; "
        "or a place between frames, the same for all.",
    )
    shift_frames: float = Field(
        default=2,
        ge=0,
        le=100,
        description="By how many frames feedback favours one answer; 0 for a control group.",
    )
    favours: Literal["upper", "lower"] = Field(
        default="upper",
        description="Which answer feedback is to make more frequent: upper (happy) or lower.",
    )
    feedback_ms: int = Field(default=1000, ge=0, le=LONGEST_MS, description="Shown for so long.")
    held_out: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Infants that are tested and never trained; which ones differs between lists.",
    )
    post_test: bool = Field(default=True, description="Whether the test is repeated at the end.")


class Task(Part):
    """What an experiment shows and asks."""

    preset: PresetName | None = Field(
        default=None, description="A published design; other keys override what it says."
    )
    kind: Kind = Field(default="two-choice", description="What is asked.")
    continua: Annotated[tuple[Id, ...], Strict(False)] = Field(
        default=(), description="Which continua are shown; by default all."
    )
    identities: Identities = Field(default="all", description="Which infants are shown.")
    repeats: int = Field(default=1, ge=1, le=50, description="How often a test shows each face.")
    practice: int = Field(
        default=0, ge=0, le=100, description="Trials before the first test, of the clearest frames."
    )
    practice_identities: Annotated[tuple[Identity, ...], Strict(False)] = Field(
        default=(), description="Infants who are shown in practice and nowhere else."
    )
    fixation_ms: Duration = Field(default=500, description="The cross before a face.")
    exposure_ms: int | None = Field(
        default=None, ge=1, le=LONGEST_MS, description="How long a face is shown; until the answer."
    )
    mask_ms: int = Field(default=0, ge=0, le=LONGEST_MS, description="Noise after the face.")
    iti_ms: int = Field(default=0, ge=0, le=LONGEST_MS, description="Blank after the answer.")
    pause_every: int = Field(
        default=0, ge=0, le=1000, description="Trials of a test between two pauses; 0 for none."
    )
    # of ten, codes that end in any digit take each as often
    lists: int = Field(default=10, ge=1, le=200, description="Orders; observers take them in turn.")
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="Decides every order.")
    keys: Keys | None = Field(
        default=None,
        description="The letters of the two answers, that of the lower one first; by default f, j.",
    )
    swap_keys: bool = Field(
        default=False, description="Exchange the keys of the answers in every second list."
    )
    rating: Rating = Field(default=Rating(), description="The numbers of a rating.")
    training: Training = Field(default=Training(), description="The blocks with feedback.")

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, value: Any) -> Any:
        """Put what a preset says under what is written."""
        name = value.get("preset") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in PRESETS:
            return value
        base: dict[str, Any] = dict(PRESETS[name].values)
        for key, own in value.items():
            both = isinstance(base.get(key), dict) and isinstance(own, dict)
            base[key] = {**base[key], **own} if both else own
        return base

    @model_serializer(mode="wrap")
    def _of_its_kind(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the sections of other kinds, so that what is written can be read again."""
        written: dict[str, Any] = dump(self)
        others = {"rating", "training"} - {self.kind}
        others |= set() if self.keys else {"keys"}  # the set has its own
        return {key: value for key, value in written.items() if key not in others}

    @model_validator(mode="after")
    def _agrees(self) -> Task:
        if self.mask_ms and self.exposure_ms is None:
            message = "a mask follows a face that stays until the answer"
            raise refusal("MK924", message, "Write exposure_ms, or leave mask_ms out.")
        if self.practice_identities and not self.practice:
            message = "infants are kept for practice, and there is none"
            raise refusal("MK924", message, "Write practice: 6, or leave practice_identities out.")
        for name in ("keys", "swap_keys"):
            if getattr(self, name) and self.kind == "rating":
                message = "the keys of a rating are its numbers, and no others"
                raise refusal("MK924", message, f"Leave {name} out.")
        for section in ("rating", "training"):
            if section in self.model_fields_set and self.kind != section:
                remedy = f"Write kind: {section}, or leave {section} out."
                raise refusal("MK924", f"{section} is said of a {self.kind} task", remedy)
        return self


def is_task(value: Any) -> bool:
    """Whether what a YAML text holds is a task: it begins with a kind or a preset, no recipe."""
    return (
        isinstance(value, dict) and "morphkit" not in value and bool({"kind", "preset"} & {*value})
    )


def _named(value: Any) -> Any:
    """Return the task that a preset's plain name stands for."""
    if not isinstance(value, str):
        return value
    if value in PRESETS:
        return {"preset": value}
    near = nearest(value, PRESETS)
    remedy = f"Did you mean {near}? " if near else ""
    remedy += f"Presets: {', '.join(PRESETS)}. "
    remedy += "A task of your own is written here, key by key, or kept in a file for "
    remedy += "morphkit package --task FILE."
    raise refusal("MK907", f"{value[:60]!r} is the name of no preset", remedy)


TaskSection = Annotated[
    Task | None, BeforeValidator(_named, json_schema_input_type=PresetName | Task | None)
]
"""A task in a recipe, or the name of a preset."""


def parse_task(text: str, *, file: str = "") -> Task:
    """Return the task that a YAML 1.2 text holds: the keys of a recipe's ``task`` section.

    Raises
    ------
    RecipeError
        With every fault that was found: MK901…MK908 as a recipe's, MK924 when keys contradict
        each other.  MK904 alone for a recipe.
    """
    document = read_yaml(text, file=file)
    if isinstance(document.value, dict) and "morphkit" in document.value:
        raise RecipeError(
            Finding(
                "MK904",
                "this is a recipe; a task file begins with kind or preset.",
                file=file,
                pointer="morphkit",
                line=document.key_lines.get(("morphkit",)),
                suggestion="Leave it out: packages ask what the set's recipe says under task. "
                "Or write that section into a file of its own.",
            )
        )
    faults = list(document.faults)
    task = None
    if document.whole:
        try:
            task = Task.model_validate(document.value)
        except ValidationError as error:
            faults += findings(document, error, Task, MOST_FINDINGS)
    if faults or task is None:
        raise RecipeError(*sorted(faults, key=lambda fault: fault.line or 0))
    return task


def task_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a task: its keys, types and ranges."""
    return Task.model_json_schema()
