"""What became of the photos of a delineation: as a table, as a sheet, as sentences.

May import `delineate`, `errors`, `measure`, `report` and the standard library.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from morphkit import __version__, files
from morphkit.delineate import DRAFTED, FAILED, KEPT, NO_FACE, Looked
from morphkit.measure.tables import plain
from morphkit.report.sheet import Tile, sheet

TABLE, SHEET = "delineation.csv", "delineation.html"

_TOLD = {
    DRAFTED: 'drafted: look at them, correct them, then set "reviewed" to true in their .json',
    KEPT: "had a template, which was left as it is",
    NO_FACE: "without a face that could be found: no template; place it by three clicks",
    FAILED: "could not be used",
}


def values(one: Looked) -> dict[str, Any]:
    """Return what is known of a photo, None for what isn't."""
    found = one.draft.detection if one.draft else None
    spread = one.draft.spread if one.draft else None
    return {
        "image": one.image,
        "state": one.state,
        "template": one.template,
        "scheme": one.landmarks.scheme.name if one.landmarks else None,
        "reviewed": one.reviewed,
        "score": round(found.score, 3) if found else None,
        "faces": found.faces if found else None,
        "tilt": found.tilt if found else None,
        "spread": None if spread is None else round(spread, 4),
        "shape_sd": None if one.deviation is None else round(one.deviation, 2),
        "doubts": [finding.code for finding in one.findings],
    }


def table(looked: Sequence[Looked]) -> str:
    """Return the photos as CSV: commas, LF; names do nothing to a spreadsheet.

    ``spread`` is in distances of the outer eye corners, ``shape_sd`` in standard deviations.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, one in enumerate(looked):
        row = values(one)
        if not number:
            writer.writerow([*row, "what"])
        row["doubts"] = " ".join(row["doubts"])
        row["reviewed"] = {True: "yes", False: "no", None: ""}[row["reviewed"]]
        what = " ".join(finding.message for finding in one.findings)
        writer.writerow([plain(cell) for cell in (*row.values(), what)])
    return out.getvalue()


def page(name: str, looked: Sequence[Looked]) -> str:
    """Return the sheet of a folder called `name`."""
    tiles = [
        Tile(one.image, _state(one), one.thumbnail, _facts(one), one.findings) for one in looked
    ]
    return sheet(name, tiles, summary(looked), __version__)


def summary(looked: Sequence[Looked]) -> list[str]:
    """Return a sentence for each fate of photos."""
    counts = Counter(one.state for one in looked)
    sentences = [f"{counts[state]} {text}." for state, text in _TOLD.items() if counts[state]]
    unseen = sum(one.reviewed is False for one in looked if one.state == KEPT)
    if unseen:
        sentences.append(
            f"Templates that were there and are not reviewed: {unseen}. Correct each and set "
            '"reviewed" to true in its .json; remove one that is to be drafted anew.'
        )
    estimated = {
        str(note)
        for one in looked
        if one.draft
        for note in one.draft.origin.get("bridge", ())
        if str(note).startswith("Estimated")
    }
    return sentences + sorted(estimated)


def as_values(folder: Path, looked: Sequence[Looked]) -> dict[str, Any]:
    """Return everything for programs."""
    counts = Counter(one.state for one in looked)
    return {
        "morphkit_delineation": 1,
        "folder": folder.as_posix(),
        "table": files.shown(folder / TABLE),
        "sheet": files.shown(folder / SHEET),
        "drafted": counts[DRAFTED],
        "kept": counts[KEPT],
        "no_face": counts[NO_FACE],
        "failed": counts[FAILED],
        "photos": [values(one) for one in looked],
    }


def _state(one: Looked) -> str:
    seen = {True: ", reviewed", False: ", not reviewed", None: ""}[one.reviewed]
    return one.state + seen


def _facts(one: Looked) -> tuple[str, ...]:
    row = values(one)
    facts = [] if row["score"] is None else [f"score {row['score']:.2f}"]
    if row["tilt"]:
        facts.append(f"tilted by about {row['tilt']:.0f}°")
    if row["spread"] is not None:
        facts.append(f"looks differ by {100 * row['spread']:.1f} %")
    if row["shape_sd"] is not None:
        facts.append(f"{row['shape_sd']:.1f} SD from the others")
    return tuple(facts)
