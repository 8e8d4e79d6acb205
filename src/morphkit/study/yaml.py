"""Strict reading of YAML 1.2: values, where they stand, and how they were written.

Reads the events of a YAML text and builds plain values from them: no tag, anchor, alias,
merge key or directive has any effect, and each is reported.  Also says where the faults
that a pydantic model finds stand in the text.  Knows no recipe.  May import `errors`,
ruamel.yaml and pydantic.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from morphkit.errors import Finding

LARGEST = 1_000_000
DEEPEST = 20
DIGITS = 300

Place = tuple[str | int, ...]


class Whole(int):
    """A whole number that remembers how it was written."""

    text: str


class Decimal(float):
    """A decimal number that remembers how it was written."""

    text: str


def as_written(value: Any) -> Any:
    """Return the text of a number as it was written (``007``), anything else unchanged."""
    return value.text if isinstance(value, Whole | Decimal) else value


@dataclass(slots=True)
class Document:
    """What a YAML text holds, and what is wrong with it.

    Parameters
    ----------
    file : str
        Name for messages.
    value : Any
        Mappings, lists, texts, numbers, truth values and None; numbers know their text.
    whole : bool
        True when the text was read to its end.
    lines, key_lines : dict
        Line of the value (of its key) at a place, counted from 1.
    texts : dict
        How the plain value at a place was written.
    faults : list of Finding
        MK901 not readable, MK902 a YAML feature that has no place here, MK903 a key twice.
    broken : set
        Places whose value could not be read; the model's opinion of them is worthless.
    """

    file: str
    value: Any = None
    whole: bool = False
    lines: dict[Place, int] = field(default_factory=dict)
    key_lines: dict[Place, int] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    broken: set[Place] = field(default_factory=set)

    def line(self, place: Place) -> int | None:
        """Return the line of a place, or of the nearest thing that holds it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    def shown(self, place: Place, value: Any) -> str:
        """Return a value for a message: as written, and short."""
        text = self.texts.get(place)
        if text is None:
            text = json.dumps(value, ensure_ascii=False, default=str)
        text = text or "nothing"
        return text if len(text) <= 60 else text[:59] + "…"


def pointer(place: Iterable[str | int]) -> str:
    """Return a place as text, such as ``continua[2].levels``; list items count from 0."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,59}", part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part[:40])}]"
    return text


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return the allowed word that is most like `word`; empty when none is."""
    near = difflib.get_close_matches(word[:60].lower(), list(allowed), n=1, cutoff=0.55)
    return near[0] if near else ""


def read_yaml(text: str, *, file: str = "") -> Document:
    """Read one YAML document without letting any of its contents act.

    Every fault is in the document's `faults`; nothing is raised.

    Parameters
    ----------
    text : str
        At most 1 MB in UTF-8, nested at most 20 deep.
    file : str
        Name for messages.
    """
    document = Document(file)
    text = text.removeprefix("\ufeff")
    _check_text(text, document)
    if document.faults:
        return document
    try:
        _Reader(document, _events(text)).read()
    except _Stop:
        return document
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _syntax(document, text, error.problem, mark.line + 1 if mark else None)
    return document


def _events(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError:
        raise
    except Exception as error:  # on some broken texts the parser fails in ways of its own
        raise MarkedYAMLError() from error


class _Stop(Exception):
    """Reading on makes no sense."""


class _Reader:
    """Turns events into values; notes places, and faults without stopping at the first."""

    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self.document, self.events = document, events

    def read(self) -> None:
        started = False
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if started:
                    self.fault("MK901", "a second document begins here.", event, (), "Keep one.")
                    raise _Stop
                started = True
                if event.tags or event.version not in (None, (1, 2)):
                    remedy = "Delete the lines that begin with %."
                    self.fault("MK902", "this file gives a YAML directive.", event, (), remedy)
            elif isinstance(event, NodeEvent):
                self.document.value = self.node(event, ())
                self.document.whole = True
        if not started:
            self.document.faults.append(
                Finding("MK901", "the file is empty.", file=self.document.file, line=1)
            )

    def fault(self, code: str, message: str, event: Any, place: Place, remedy: str) -> None:
        self.document.faults.append(
            Finding(
                code,
                message,
                file=self.document.file,
                pointer=pointer(place),
                line=event.start_mark.line + 1,
                suggestion=remedy,
            )
        )

    def node(self, event: Any, place: Place) -> Any:
        self.document.lines.setdefault(place, event.start_mark.line + 1)
        self.check_plain(event, place)
        if isinstance(event, AliasEvent):
            return None
        if isinstance(event, ScalarEvent):
            return self.scalar(event, place)
        if len(place) >= DEEPEST:
            message = f"this is nested more than {DEEPEST} deep."
            self.fault("MK901", message, event, place, "A recipe needs no such depth.")
            raise _Stop
        if isinstance(event, SequenceStartEvent):
            return [self.node(item, (*place, i)) for i, item in enumerate(self.items())]
        return self.mapping(place)

    def items(self) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, SequenceEndEvent | MappingEndEvent):
                return
            yield event

    def check_plain(self, event: Any, place: Place) -> None:
        if isinstance(event, AliasEvent):
            self.document.broken.add(place)
            message, remedy = f"the alias *{event.anchor} is used.", "Write the value out."
        elif event.anchor:
            message, remedy = f"the anchor &{event.anchor} is set.", "Write values out; delete it."
        elif event.tag:
            self.document.broken.add(place)
            message, remedy = f"the tag {str(event.tag)[:40]} is used.", "Delete the tag."
        else:
            return
        self.fault("MK902", message, event, place, remedy)

    def scalar(self, event: Any, place: Place) -> Any:
        text = _joined(event.value)
        if text is None or any(_forbidden(c) for c in text):
            self.document.broken.add(place)
            message = "the text holds a line break or another control character."
            self.fault("MK901", message, event, place, "Write it in one line, without escapes.")
            return None
        plain = not event.style
        self.document.texts.setdefault(place, text if plain else json.dumps(text))
        return _plain_value(text) if plain else text

    def mapping(self, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for event in self.items():
            key = self.key(event, place, values)
            here = (*place, "?" if key is None else key)
            value = self.node(next(self.events), here)
            if key is not None:
                values.setdefault(key, value)
                if self.document.texts.get(here) == "":  # nothing stands in the key's line
                    self.document.lines[here] = self.document.key_lines[here]
        return values

    def key(self, event: Any, place: Place, earlier: dict[str, Any]) -> str | None:
        """Return a key, or None for one that cannot be used."""
        key = _joined(event.value) if isinstance(event, ScalarEvent) else None
        if key is None:
            self.node(event, (*place, "?"))
            self.fault("MK901", "a key is not a plain word.", event, place, "Use a word.")
            return None
        if key == "<<" and not event.style:
            self.fault("MK902", "the merge key << is used.", event, place, "Write the keys out.")
            return None
        here = (*place, key)
        self.check_plain(event, here)
        if key in earlier:
            first = self.document.key_lines[here]
            message = f"the key {key[:60]!r} stands here again; it is first in line {first}."
            self.fault("MK903", message, event, here, "Delete one of the two.")
        self.document.key_lines.setdefault(here, event.start_mark.line + 1)
        return key


def _check_text(text: str, document: Document) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        document.faults.append(
            Finding(
                "MK901",
                f"the file has {size} bytes; {LARGEST} are allowed.",
                file=document.file,
                measured=float(size),
                limit=float(LARGEST),
                suggestion="This is hardly a recipe.",
            )
        )
        return
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        bad = next((c for c in line if c != "\t" and _forbidden(c)), None)
        if bad is not None:
            document.faults.append(
                Finding(
                    "MK901",
                    f"the line holds the control character U+{ord(bad):04X}.",
                    file=document.file,
                    line=number,
                    suggestion="Delete it; save the file as plain UTF-8 text.",
                )
            )


def _forbidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char == "\ufeff"


def _joined(text: str) -> str | None:
    r"""Join the halves of characters that JSON escapes as two (``\ud83d\ude00``)."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


def _plain_value(text: str) -> Any:
    """The core schema of YAML 1.2, decimal numbers only: `yes` and `0x10` are texts."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    number: Whole | Decimal
    if re.fullmatch(r"[-+]?[0-9]+", text) and len(text) <= DIGITS:
        number = Whole(text)
    elif re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        number = Decimal(text)
    elif re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        number = Decimal(text.replace(".", "", 1))
    else:
        return text
    number.text = text
    return number


def _syntax(document: Document, text: str, problem: str | None, line: int | None) -> None:
    lines = text.splitlines()
    here = lines[line - 1] if line is not None and 0 < line <= len(lines) else ""
    if "\t" in here:
        remedy = "There is a tab in this line; use spaces."
    elif "\u00a0" in here:
        remedy = "There is a no-break space in this line; type a plain space."
    else:
        remedy = "Check indentation, brackets and the space after each colon, here and one line up."
    document.faults.append(
        Finding(
            "MK901",
            f"this is not YAML: {problem or 'it cannot be parsed'}.",
            file=document.file,
            line=line,
            suggestion=remedy,
        )
    )
