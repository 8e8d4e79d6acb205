"""A row of ``faces.csv``: what it holds, and what its cells may say.

Knows texts only.  May import `study.names` and the standard library.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from morphkit.study import names

TABLE = "faces.csv"
PHOTOS = ("jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "avif", "heic", "heif")
"""Extensions that a photo may have, in any case."""

TEMPLATES = ("json", "tem", "pts", "csv")
"""Extensions that a template beside it may have."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One photo: a row of ``faces.csv``.

    Parameters
    ----------
    identity, expression : str
        Whose face, and which.
    image : str
        Path of the photo, relative to the folder of faces, with forward slashes.
    template : str or None
        Path of its template; None for the one beside the photo.
    source, licence, consent_scope : str or None
        As the table says; None is undeclared.
    derivatives_allowed, publish_allowed : {"yes", "no", "unknown"} or None
        None is undeclared.
    consent_until : str or None
        Date, ``YYYY-MM-DD``.
    age_months : float or None
    """

    identity: str
    expression: str
    image: str
    template: str | None = None
    source: str | None = None
    licence: str | None = None
    derivatives_allowed: str | None = None
    publish_allowed: str | None = None
    consent_scope: str | None = None
    consent_until: str | None = None
    age_months: float | None = None


COLUMNS = tuple(f.name for f in fields(SourceRow))
REQUIRED = ("identity", "expression", "image")

Fault = tuple[str, str, str]
"""Code, message without its full stop, remedy."""


def cell_fault(column: str, text: str) -> Fault | None:
    """Say what is wrong with a cell of a known column; None when nothing is.

    An empty cell is undeclared, which only the three required columns refuse.
    """
    check = CHECKS.get(column)
    if check and (text or column in REQUIRED):
        fault = check(text)
        if fault:
            return fault
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        return "MK640", "the cell holds a line break or a control character", "Delete it."
    return None


def parse_row(values: dict[str, str]) -> SourceRow:
    """Return the row that lawful cells make."""
    given: dict[str, Any] = {column: text for column, text in values.items() if text}
    for column in ("derivatives_allowed", "publish_allowed"):
        if column in given:
            given[column] = given[column].lower()
    if "age_months" in given:
        given["age_months"] = float(given["age_months"])
    return SourceRow(**given)


def extension(path: str) -> str:
    """Return the extension of a path in lower case, without its dot."""
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def identity_fault(text: str) -> Fault | None:
    """Say why a text cannot name an infant, with a better name."""
    reason, better = names.check_identity(text), names.suggested_identity(text)
    remedy = f"Write {better}, for instance." if better else "Use a name like i01."
    return ("MK644", reason, remedy) if reason else None


def expression_fault(text: str) -> Fault | None:
    """Say why a text cannot name an expression, with a better name."""
    reason, better = names.check_expression(text), names.suggested_id(text)
    remedy = f"Write {better}, for instance." if better else "Use a word like happy."
    return ("MK645", reason, remedy) if reason else None


def _path(text: str) -> Fault | None:
    remedy = "Write the path from the table's folder to the photo, such as i01/happy.jpg."
    parts = text.split("/")
    if not text:
        return "MK646", "the cell is empty", remedy
    if "\\" in text:
        return "MK646", f"{text[:60]!r} has backslashes", f"Write {text.replace(chr(92), '/')}."
    if text.startswith(("/", "~")) or ":" in text or ".." in parts:
        return "MK646", f"{text[:60]!r} leads out of the folder of the table", remedy
    return None


def _image(text: str) -> Fault | None:
    fault = _path(text)
    if fault is None and extension(text) not in PHOTOS:
        known = ", ".join(PHOTOS)
        return "MK646", f"{text[:60]!r} is not named like a photo", f"Extensions are {known}."
    return fault


def _permission(text: str) -> Fault | None:
    if text.lower() in ("yes", "no", "unknown"):
        return None
    return "MK647", f"{text[:60]!r} is not yes, no or unknown", "Leave it empty if undeclared."


def _date(text: str) -> Fault | None:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            datetime.date.fromisoformat(text)
            return None
    except ValueError:
        pass
    return "MK648", f"{text[:60]!r} is not a date", "Write it like 2027-12-31."


def _age(text: str) -> Fault | None:
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]*)?", text):
        return None
    remedy = "Write months as a number with a decimal point, such as 7.5."
    return "MK649", f"{text[:60]!r} is not an age in months", remedy


CHECKS: dict[str, Callable[[str], Fault | None]] = {
    "identity": identity_fault,
    "expression": expression_fault,
    "image": _image,
    "template": _path,
    "derivatives_allowed": _permission,
    "publish_allowed": _permission,
    "consent_until": _date,
    "age_months": _age,
}
