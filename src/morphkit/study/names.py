"""The naming law: what ids, identities, expressions and columns may be called.

A name that passes is read unchanged by every front end, spreadsheet and file system that
morphkit writes for.  Knows texts only: no file, no recipe.  May import `errors` and the
standard library.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from morphkit.errors import Finding, RecipeError

ID_LENGTH = 59
COLUMN_LENGTH = 31
WEIGHT = "weight_"
FRAME_DIGITS = 3
"""A frame number has at least three digits, so that 7, 15 and 101 frames look alike."""

MISSING = frozenset(
    ("na", "nan", "nat", "nil", "none", "null", "missing", "undefined", "true", "false")
)
"""Words that some reader turns into a missing value or a truth value."""

DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
"""Names that Windows keeps for devices, whatever the extension."""

_DATE = re.compile(
    r"(jan|january|feb|february|mar|march|apr|april|may|jun|june|jul|july|aug|august"
    r"|sep|sept|september|oct|october|nov|november|dec|december)_?[0-9]{1,4}"
)

# fmt: off
PSYCHOPY = frozenset(
    (  # the namespace of a PsychoPy experiment, in lower case
        "array", "average", "buttons", "clear", "component", "copy", "core", "cos", "data",
        "date", "dlg", "event", "expinfo", "expname", "filename", "framedur", "framen", "get",
        "globalclock", "gui", "join", "keyboard", "keys", "level", "log", "logfile", "misc",
        "normal", "np", "numpy", "os", "participant", "pi", "priority", "psychopy", "randint",
        "random", "routinetimer", "session", "shuffle", "sin", "sound", "sqrt", "status", "std",
        "sys", "t", "thiscomponent", "visual", "win", "x", "y",
    )
)
"""Column names that PsychoPy refuses or overwrites."""
# fmt: on


def check_id(text: str) -> str | None:
    """Say why `text` cannot be an id or a file stem; None when it can.

    An id is ``^[a-z][a-z0-9_]{0,58}$``, and nothing that a reader would take for a number,
    a date, a missing value or a device.
    """
    if not text:
        return "the name is empty"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        return f"{_shown(text)} is not a lower-case letter followed by a–z, 0–9 and _"
    if len(text) > ID_LENGTH:
        return f"{_shown(text)} has {len(text)} characters; {ID_LENGTH} are allowed"
    return _reserved(text)


def check_identity(text: str) -> str | None:
    """Say why `text` cannot name an infant; None when it can: ``^[a-z][a-z0-9]*$``."""
    if text and not re.fullmatch(r"[a-z][a-z0-9]*", text):
        return f"{_shown(text)} is not a lower-case letter followed by a–z and 0–9"
    return check_id(text)


def check_column(text: str) -> str | None:
    """Say why `text` cannot head a column; None when it can: ``^[a-z][a-z0-9_]{0,30}$``."""
    if len(text) > COLUMN_LENGTH:
        return f"{_shown(text)} has {len(text)} characters; a column has {COLUMN_LENGTH} at most"
    if text in PSYCHOPY or keyword.iskeyword(text):
        return f"{_shown(text)} is a name that PsychoPy needs for itself"
    return check_id(text)


def check_expression(text: str) -> str | None:
    """Say why `text` cannot name an expression; None when it can.

    An expression is an id that still heads a column behind ``weight_``.
    """
    longest = COLUMN_LENGTH - len(WEIGHT)
    if len(text) > longest:
        return f"{_shown(text)} has {len(text)} characters; an expression has {longest} at most"
    return check_id(text)


def suggested_identity(text: str) -> str | None:
    """Return a lawful identity near `text`, such as ``i001`` for ``001``, or None."""
    plain = re.sub(r"[^a-z0-9]", "", _ascii(text))
    return _first_lawful(plain, check_identity)


def suggested_id(text: str) -> str | None:
    """Return a lawful id near `text`, such as ``dis_hap`` for ``Dis-Hap``, or None."""
    plain = re.sub(r"[^a-z0-9]+", "_", _ascii(text)).strip("_")
    return _first_lawful(plain, check_id)


def stimulus_id(identity: str, continuum: str, frame: int, count: int) -> str:
    """Return the id of a stimulus, such as ``i01_dis_hap_007``.

    Identities hold no underscore and the frame number is all digits, so different triples
    have different ids; no reader ever has to take an id apart.

    Parameters
    ----------
    identity, continuum : str
        Lawful names.
    frame : int
        Counted from 1.
    count : int
        Frames of the continuum: fixes the width of the number.

    Raises
    ------
    RecipeError
        MK917 when the id has more than 59 characters.
    """
    width = max(FRAME_DIGITS, len(str(count)))
    text = f"{identity}_{continuum}_{frame:0{width}d}"
    if len(text) > ID_LENGTH:
        raise RecipeError(
            Finding(
                "MK917",
                f"the stimulus id {text!r} has {len(text)} characters; {ID_LENGTH} are allowed.",
                pointer=continuum,
                measured=float(len(text)),
                limit=float(ID_LENGTH),
                suggestion="Shorten the continuum's name or the identity.",
            )
        )
    return text


def collisions(ids: Iterable[str]) -> list[str]:
    """Return the ids that occur more than once when upper and lower case are one, sorted."""
    counts = Counter(text.lower() for text in ids)
    return sorted(text for text, count in counts.items() if count > 1)


def interleaving(continua: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of continuum names whose sorted stimulus ids would mix.

    ``dis_2`` mixes with ``dis``: its ids would sort between ``…_dis_199`` and ``…_dis_200``.
    Without such pairs, ids sort by identity, continuum and frame.
    """
    known = set(continua)
    return [
        (long[: cut.start()], long)
        for long in continua
        for cut in re.finditer(r"_(?=[0-9])", long)
        if long[: cut.start()] in known
    ]


def _reserved(text: str) -> str | None:
    if text in MISSING:
        return f"{_shown(text)} is read as a missing value or a truth value by some programs"
    if text in DEVICES:
        return f"{_shown(text)} is the name of a device on Windows"
    if _DATE.fullmatch(text):
        return f"{_shown(text)} is turned into a date by spreadsheets"
    try:
        float(text)
    except ValueError:
        return None
    return f"{_shown(text)} is read as a number by some programs"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _ascii(text: str) -> str:
    """Lower-case ASCII of a short text, accents dropped."""
    return unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode().lower()


def _first_lawful(plain: str, check: Callable[[str], str | None]) -> str | None:
    name = f"i{plain}" if plain[:1].isdigit() else plain
    return name if name and check(name) is None else None
