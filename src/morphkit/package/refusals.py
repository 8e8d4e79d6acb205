"""What must not get into a package: the checks before anything is produced.

Knows what importers evaluate, crash on or change: names, cells, paths, and the answer keys.
Knows no front end by name and writes nothing.  May import `errors` and `study`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from morphkit.errors import Finding, MorphkitError
from morphkit.study.manifest import MANIFEST, StimulusSet
from morphkit.study.table import TABLE, WEIGHT, Stimulus, cells, columns

ID = re.compile(r"[a-z][a-z0-9_]{0,58}")
IDENTITY = re.compile(r"[a-z][a-z0-9]*")
COLUMN = re.compile(r"[a-z][a-z0-9_]{0,30}")
IMAGE = re.compile(r"stimuli/[a-z][a-z0-9_]{0,58}\.png")
KEY = re.compile(r"[a-z0-9]")
LABEL = re.compile(r"[^\W\d_](?:[\w -]{0,38}\w)?")
PATH_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
IGNORE = ".bidsignore"
"""The one hidden file that a package may have: a BIDS dataset names there what is not BIDS."""

PATH_LENGTH = 120  # Windows and PsychoPy stop near 256, the folder it is put in included

MISSING_WORDS = frozenset({"", "na", "nan", "none", "null", "n/a", "<na>"})
TRUTH_WORDS = frozenset({"true", "false"})
DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)
STARTS = "=+-@[("


def refusals(stimulus_set: StimulusSet) -> list[Finding]:
    """Return every reason not to make a package of this set; none when it may be made.

    Every image is read once and compared with the table.

    Parameters
    ----------
    stimulus_set : StimulusSet

    Returns
    -------
    list of Finding
        MK801 an empty set; MK802 an id, MK803 an identity, MK804 a column that some front end
        does not take; MK805 a cell that would be evaluated or changed; MK806 two ids that
        differ only in case; MK807 an unsafe image path; MK808 a missing, MK809 a changed
        image; MK810 a response map that no task can use.
    """
    stimuli = list(stimulus_set.stimuli)
    if not stimuli:
        return [
            Finding(
                "MK801",
                "the set has no stimuli, so there is nothing to package.",
                file=TABLE,
                suggestion="Build the set again.",
            )
        ]
    return [
        *_name_faults(stimuli),
        *_cell_faults(stimuli),
        *_twin_faults(stimuli),
        *response_map_faults(stimulus_set.manifest.morphkit.response_map),
        *_image_faults(stimulus_set),
    ]


def cell_fault(text: str) -> str:
    """Say why an importer or a spreadsheet would evaluate or change a text; "" if none would."""
    if text[:1] and text[0] in STARTS:
        return f"starts with {text[0]!r}: a spreadsheet or an importer may evaluate it"
    if text.strip().lower() in MISSING_WORDS:
        return "is read as a missing value"
    if text.strip().lower() in TRUTH_WORDS:
        return "is read as true or false"
    if _is_number(text):
        return "is read as a number, and a mixed column stops PsychoPy"
    if "\\" in text:
        return "holds a backslash, which PsychoPy may turn into a line break"
    if text != text.strip() or not text.isprintable():
        return "has blanks around it or an unprintable character"
    return ""


def path_fault(path: str) -> str:
    """Say why a path must not be in a package; "" when it is safe on every system.

    Safe: relative, forward slashes, at most 120 characters, parts of ASCII letters, digits and
    ``_ . -`` that neither start nor end with a point, and no device name of Windows.
    """
    if len(path) > PATH_LENGTH:
        return f"is longer than {PATH_LENGTH} characters"
    for part in path.split("/") if path != IGNORE else ():
        if not PATH_PART.fullmatch(part):
            return f"has the part {part!r}, which is not a plain name"
        if part.split(".")[0].lower() in DEVICE_NAMES:
            return f"has the part {part!r}, a device name of Windows"
    return ""


def response_map_faults(response_map: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return MK810 for everything that keeps a task from using a response map."""
    faults = [] if len(response_map) >= 2 else ["a task needs at least two answers."]
    for place, entry in enumerate(response_map):
        key, label, level = entry.get("key"), entry.get("label"), entry.get("level")
        if not (isinstance(key, str) and KEY.fullmatch(key)):
            faults.append(f"answer {place + 1} has the key {key!r}; one of a…z or 0…9 is needed.")
        if not (isinstance(label, str) and LABEL.fullmatch(label) and not cell_fault(label)):
            faults.append(
                f"answer {place + 1} has the label {label!r}; a word is needed: letters, digits, "
                "blanks and hyphens, at most 40."
            )
        if isinstance(level, bool) or not isinstance(level, int | float):
            faults.append(f"answer {place + 1} has the level {level!r}; a number is needed.")
    for field in ("key", "label"):
        values = [str(entry.get(field)).casefold() for entry in response_map]
        faults += [
            f"the {field} {value!r} stands for two answers."
            for value in dict.fromkeys(values)
            if values.count(value) > 1
        ]
    return [
        Finding(
            "MK810",
            fault,
            file=MANIFEST,
            pointer="morphkit.response_map",
            suggestion="Give each answer a key, a label and a level of its own.",
        )
        for fault in faults
    ]


def _name_faults(stimuli: Sequence[Stimulus]) -> Iterator[Finding]:
    for line, row in enumerate(stimuli, start=2):
        if not ID.fullmatch(row.stimulus_id):
            yield _table_fault(
                "MK802",
                f"the id {row.stimulus_id!r} is not one that every front end takes.",
                "stimulus_id",
                line,
                "Use a lower-case letter, then lower-case letters, digits and underscores, at "
                "most 59 characters.",
            )
        if path_fault(row.image_file) or not IMAGE.fullmatch(row.image_file):
            yield _table_fault(
                "MK807",
                f"the path {row.image_file!r} is not stimuli/<lower-case name>.png.",
                "image_file",
                line,
                "Build the set again.",
            )
    for line, identity in _first_lines(row.identity for row in stimuli):
        why = _identity_fault(identity)
        if why:
            yield _table_fault(
                "MK803",
                f"the identity {identity!r} {why}.",
                "identity",
                line,
                "Use lower-case letters, then letters and digits, such as infant07.",
            )
    for name in columns(stimuli):
        if not COLUMN.fullmatch(name):
            yield _table_fault(
                "MK804",
                f"the column {name!r} is not a name that every front end takes.",
                name,
                1,
                "Use a lower-case letter, then lower-case letters, digits and underscores, at "
                f"most 31 characters; for an expression that leaves {31 - len(WEIGHT)}.",
            )


def _identity_fault(identity: str) -> str:
    if not IDENTITY.fullmatch(identity):
        return "is not lower-case letters and digits with a letter first"
    if identity in DEVICE_NAMES:
        return "is a device name of Windows"
    return cell_fault(identity)


def _cell_faults(stimuli: Sequence[Stimulus]) -> Iterator[Finding]:
    texts = ("stimulus_id", "continuum", "morph_path", "intensity_unit", "sha256", "pixel_sha256")
    names = [name for name in columns(stimuli) if name in texts]
    for line, row in enumerate(stimuli, start=2):
        for name, text in zip(names, cells(row, names), strict=True):
            why = cell_fault(text) if text else ""  # an empty cell is a value nobody knows
            if why:
                yield _table_fault(
                    "MK805", f"the cell {text!r} {why}.", name, line, "Give it a plain word."
                )


def _twin_faults(stimuli: Sequence[Stimulus]) -> Iterator[Finding]:
    stems = (row.image_file.rpartition("/")[2].rpartition(".")[0] for row in stimuli)
    for column, values in (
        ("stimulus_id", [row.stimulus_id for row in stimuli]),
        ("image_file", list(stems)),
    ):
        first: dict[str, int] = {}
        for line, value in enumerate(values, start=2):
            twin = first.setdefault(value.lower(), line)
            if twin != line:
                yield _table_fault(
                    "MK806",
                    f"{value!r} and {values[twin - 2]!r} (line {twin}) are equal when "
                    "lower-cased, without folder and extension.",
                    column,
                    line,
                    "Give each stimulus a name of its own.",
                )


def _image_faults(stimulus_set: StimulusSet) -> Iterator[Finding]:
    for row in stimulus_set.stimuli:
        if path_fault(row.image_file):
            continue  # reported as MK807; never read outside the set
        try:
            data = stimulus_set.read(row.image_file)
        except (OSError, KeyError, MorphkitError):
            yield Finding(
                "MK808",
                f"the image of {row.stimulus_id!r} is missing or cannot be read.",
                file=row.image_file,
                suggestion="Build the set again.",
            )
            continue
        found = hashlib.sha256(data).hexdigest()
        if found != row.sha256:
            yield Finding(
                "MK809",
                f"the image of {row.stimulus_id!r} is not the one in the table: its SHA-256 is "
                f"{found[:12]}…, the table has {row.sha256[:12]}….",
                file=row.image_file,
                suggestion="Build the set again; never edit an image of a set.",
            )


def _first_lines(values: Iterable[str]) -> list[tuple[int, str]]:
    first: dict[str, int] = {}
    for line, value in enumerate(values, start=2):
        first.setdefault(value, line)
    return [(line, value) for value, line in first.items()]


def _table_fault(code: str, message: str, column: str, line: int, suggestion: str) -> Finding:
    return Finding(code, message, file=TABLE, pointer=column, line=line, suggestion=suggestion)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
