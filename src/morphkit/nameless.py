"""Photos' papers without names: rows and templates as a recipe package may carry them.

What photos are called, and what was noted in their templates, can tell who an infant is.  May
import `errors`, `files` and `study`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, PackageError
from morphkit.study.source_row import COLUMNS, SourceRow

KEPT = ("scheme", "width", "height", "reviewed", "layout")
"""Keys of a .json template that stay, besides its points."""

FORMULAS = ("=", "+", "-", "@")
"""What begins a cell that a spreadsheet evaluates."""

NUMBERS = re.compile(r"[-+.,\s0-9eE]*")
"""A line of a .tem template that is no comment."""


def bare(template: Path) -> bytes:
    """Return a template with its landmarks alone: who made it, and of whom, is nobody's business.

    Coordinates stay as they are, to the last digit, since pixels depend on them.
    """
    text = files.read_text(template, "template")
    if template.suffix.lower() == ".json":
        data = json.loads(text)
        kept = {key: data[key] for key in KEPT if key in data}
        kept["points"] = [{key: one[key] for key in ("name", "x", "y")} for one in data["points"]]
        return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()
    if template.suffix.lower() == ".tem":
        text = "".join(line for line in text.splitlines(keepends=True) if NUMBERS.fullmatch(line))
    return text.encode()


def renamed(row: SourceRow, template_suffix: str) -> dict[str, str]:
    """Return a row whose photo is called by who and what it shows: names of photos can tell."""
    stem = f"{row.identity}_{row.expression}"
    cells = {name: getattr(row, name) for name in COLUMNS}
    cells["image"] = stem + Path(row.image).suffix.lower()
    cells["template"] = stem + template_suffix.lower()
    return {name: "" if value is None else _cell(value) for name, value in cells.items()}


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def refuse_names(data: bytes, rows: Sequence[SourceRow], new: Mapping[str, str]) -> None:
    """Refuse a template that says what a photo is called: MK754."""
    text = data.decode("utf-8", "replace").casefold()
    for row in rows:
        stem = Path(row.image).stem
        plain = f"{row.identity}_{row.expression}"
        tells = len(stem) > 3 and stem.casefold() not in (plain, row.identity, row.expression)
        if tells and stem.casefold() in text:
            raise PackageError(
                Finding(
                    "MK754",
                    "the template holds the file name of a photo.",
                    file=new["template"],
                    suggestion="Convert it to .json (morphkit convert), and build again.",
                )
            )


def refuse_formulas(rows: Sequence[SourceRow]) -> None:
    """Refuse rows with a cell that a spreadsheet would evaluate: MK805."""
    faults = [
        Finding(
            "MK805",
            f"the {name} {str(cell)[:40]!r} of {row.identity} {row.expression} starts with "
            f"{str(cell)[0]!r}: a spreadsheet would evaluate it.",
            file="faces.csv",
            pointer=name,
            suggestion="Begin it with a word, and build again.",
        )
        for row in rows
        for name in COLUMNS
        if isinstance(cell := getattr(row, name), str) and cell.startswith(FORMULAS)
    ]
    if faults:
        raise PackageError(*faults)
