"""The types of the fields that only prototypes and transforms have.

May import `study.fields`, `study.levels` and pydantic.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from morphkit.study.fields import INFANTS, identities, is_number, plain, refusal
from morphkit.study.levels import LEAST, MOST, MOST_AMOUNT, check_amounts


def _amounts(value: Any) -> tuple[float, ...]:
    remedy = "Write a rising list from -0.5 to 1.5, such as [0, 0.5, 1]."
    if not isinstance(value, list | tuple) or not all(is_number(item) for item in value):
        raise refusal("MK906", "this is no list of numbers", remedy)
    amounts = tuple(float(item) + 0.0 for item in value)
    fault = check_amounts(amounts)
    if fault:
        raise refusal("MK919", fault, remedy)
    return amounts


def _group(value: Any) -> Any:
    if value in ("own", "all"):
        return value
    if not isinstance(value, list | tuple):
        remedy = "Write own (each one's own difference), all, or a list such as [i01, i02]."
        raise refusal("MK906", "this is neither own nor all nor a list of infants", remedy)
    return several(identities(value))


def several(infants: Literal["all"] | tuple[str, ...]) -> Literal["all"] | tuple[str, ...]:
    """Return infants of whom a mean can be made; refuse one alone with MK921."""
    if infants != "all" and len(infants) < 2:
        message = f"{infants[0]} alone is listed; a mean is over at least two infants"
        raise refusal("MK921", message, "List two infants or more, or write all.")
    return infants


Group = Annotated[
    Literal["all", "own"] | tuple[str, ...],
    PlainValidator(_group),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [{"enum": ["all", "own"]}, {**INFANTS, "minItems": 2}]}),
]
Amounts = Annotated[
    tuple[float, ...],
    PlainValidator(_amounts),
    PlainSerializer(plain),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST,
            "uniqueItems": True,
            "items": {"type": "number", "minimum": LEAST, "maximum": MOST_AMOUNT},
        }
    ),
]
