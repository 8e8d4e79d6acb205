"""The contact sheet: which frames the page shows, how large, and what stands under each.

A set of any size gives a page that opens: the first identities are shown in full, the next
ones as strips, the rest by name.  Reads a stimulus's bytes through the set.  May import
`errors`, `files` (for the number of processors), `study` and `report`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from PIL import Image

from morphkit import files
from morphkit.errors import ImageError, SetError
from morphkit.report.landmark_path import by_continuum
from morphkit.report.pictures import preview, reduced, still, strip
from morphkit.report.words import fixed, level_texts, percent_text
from morphkit.study.frames import PATHLESS
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import Stimulus

FULL_FRAMES = 400
"""Frames that are embedded one by one, in whole identities (always at least one identity)."""

SHEET_FRAMES, PREVIEW_FRAMES, STRIP_FRAMES = 66, 24, 5
"""Frames of one continuum in its sheet, its preview and its strip; evenly chosen beyond."""

STRIPS = 240
"""Strips after that."""

COLUMNS = 11

_T = TypeVar("_T")
_PLAIN_LINK = re.compile(r"stimuli/[a-z0-9_]+\.png")


@dataclass(frozen=True, slots=True)
class Tile:
    """A frame in the sheet: its picture (empty when it can't be read) and its caption."""

    stimulus: Stimulus
    picture: str
    link: str
    level: str
    percent: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One continuum of one identity.

    Parameters
    ----------
    rows : tuple of Stimulus
        All its frames.
    expressions : tuple of str
        In path order.
    tiles : tuple of Tile
        Frames that are shown one by one.
    columns : int
        Tiles to a row, so that rows are of like length.
    preview, strip : str
        Data URIs; empty when there is none.
    """

    rows: tuple[Stimulus, ...]
    expressions: tuple[str, ...]
    tiles: tuple[Tile, ...] = ()
    columns: int = COLUMNS
    preview: str = ""
    preview_size: tuple[int, int] = (0, 0)
    strip: str = ""

    @property
    def still(self) -> str:
        """The first picture: what stands in for the preview where motion is not wanted."""
        return next((tile.picture for tile in self.tiles if tile.picture), "")

    @property
    def weights(self) -> tuple[str, ...]:
        """Expressions in path order, and any other that a frame has a share of."""
        used = {name: None for row in self.rows for name, weight in row.weights.items() if weight}
        return tuple(dict.fromkeys([*self.expressions, *used]))


@dataclass(frozen=True, slots=True)
class Person:
    """The sheets of one identity; `shown` is how: ``full``, ``strips`` or ``named``."""

    identity: str
    shown: str
    sheets: tuple[Sheet, ...]


def contact_sheet(stimulus_set: StimulusSet) -> list[Person]:
    """Return the contact sheet of a set, identity by identity, in table order."""
    people: dict[str, list[list[Stimulus]]] = {}
    for (identity, _), rows in by_continuum(stimulus_set.stimuli).items():
        people.setdefault(identity, []).append(rows)
    block = stimulus_set.manifest.morphkit
    declared = {entry.name: tuple(entry.expressions) for entry in block.continua}
    declared |= {move.name: move.expressions for move in block.transforms}
    declared |= {mixture.name: mixture.expressions for mixture in block.mixtures}
    plan = _plan(people)
    # a sheet a task: pictures are decoded and encoded outside the interpreter's lock
    with ThreadPoolExecutor(files.processors()) as threads:
        waiting = {
            identity: [
                threads.submit(_sheet, rows, declared, plan[identity], stimulus_set)
                for rows in continua
            ]
            for identity, continua in people.items()
        }
        return [
            Person(identity, plan[identity], tuple(sheet.result() for sheet in sheets))
            for identity, sheets in waiting.items()
        ]


def _plan(people: Mapping[str, Sequence[Sequence[Stimulus]]]) -> dict[str, str]:
    """Decide how each identity is shown; once the room is used up, it stays so."""
    plan: dict[str, str] = {}
    frames = strips = 0
    for identity, continua in people.items():
        frames += sum(min(len(rows), SHEET_FRAMES) for rows in continua)
        if frames <= FULL_FRAMES or not plan:
            plan[identity] = "full"
            continue
        strips += len(continua)
        plan[identity] = "strips" if strips <= STRIPS else "named"
    return plan


def _sheet(
    rows: Sequence[Stimulus],
    declared: Mapping[str, tuple[str, ...]],
    shown: str,
    stimulus_set: StimulusSet,
) -> Sheet:
    used = {name: None for row in rows for name, weight in row.weights.items() if weight}
    expressions = declared.get(rows[0].continuum, tuple(used))
    if shown == "full":
        return _full(rows, expressions, stimulus_set)
    if shown == "strips":
        found = [_picture(row, stimulus_set) for row in evenly(rows, STRIP_FRAMES)]
        pictures = [picture for picture in found if picture]
        return Sheet(tuple(rows), expressions, strip=strip(pictures) if pictures else "")
    return Sheet(tuple(rows), expressions)


def _full(
    rows: Sequence[Stimulus], expressions: tuple[str, ...], stimulus_set: StimulusSet
) -> Sheet:
    texts = _levels(rows)
    chosen = evenly(list(zip(rows, texts, strict=True)), SHEET_FRAMES)
    found = [_picture(row, stimulus_set) for row, _ in chosen]
    tiles = tuple(
        Tile(
            row,
            still(picture) if picture else "",
            row.image_file if _PLAIN_LINK.fullmatch(row.image_file) else "",
            level,
            _percent(row),
            _notes(row),
        )
        for (row, level), picture in zip(chosen, found, strict=True)
    )
    pictures = [picture for picture in found if picture]
    same = len({picture.size for picture in pictures}) == 1
    moving = preview(evenly(pictures, PREVIEW_FRAMES)) if same and len(pictures) > 1 else ""
    lines = -(-len(tiles) // COLUMNS)
    columns = -(-len(tiles) // lines)
    size = pictures[0].size if moving else (0, 0)
    return Sheet(tuple(rows), expressions, tiles, columns, moving, size)


def _levels(rows: Sequence[Stimulus]) -> list[str]:
    """Return the levels as texts; a mixture has none, and goes by the number of its frame."""
    known = [row.morph_level for row in rows if row.morph_level is not None]
    return level_texts(known) if len(known) == len(rows) else [f"{row.frame}" for row in rows]


def _percent(row: Stimulus) -> str:
    if row.percent is None or row.morph_path == "from-neutral":
        return ""
    return percent_text(row.percent)


def _picture(row: Stimulus, stimulus_set: StimulusSet) -> Image.Image | None:
    try:
        data = stimulus_set.read(row.image_file)
    except (SetError, ImageError):
        return None  # a finding says so; the page shows an empty place
    return reduced(data)


def _notes(row: Stimulus) -> tuple[str, ...]:
    """What else is known of a frame: which photo it is, what observers made of it."""
    alone = row.morph_path not in PATHLESS
    notes = [name for name, weight in row.weights.items() if alone and weight == 1]
    if row.p_happy is not None:
        notes.append(f"p {fixed(row.p_happy, 2)}")
    return tuple(notes)


def evenly(items: Sequence[_T], most: int) -> list[_T]:
    """Return at most `most` items (at least two), evenly chosen, first and last included."""
    if len(items) <= most:
        return list(items)
    last = len(items) - 1
    return [items[(2 * i * last + most - 1) // (2 * (most - 1))] for i in range(most)]
