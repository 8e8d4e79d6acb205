r"""Traces of people and machines in texts: places in home folders, drives, servers, addresses.

Exact rather than complete: what it finds is such a place in any text, and what looks like one
in web addresses, JSON pointers or the code of a library is not found.  May import the standard
library.
"""

from __future__ import annotations

import binascii
import codecs
import re
from base64 import b64decode
from collections.abc import Collection, Iterator
from dataclasses import dataclass

HOME, DRIVE, SERVER = "a home folder or disk", "a drive", "a file server"
ADDRESS, SAVED_BY = "an e-mail address", "who saved the document"

_CODE = ("js", "mjs", "css", "map")
_ESCAPED = ("json", "jsonl", "html", "htm", "js", "mjs", "ipynb", "py", "m", "css", "map")
"""Texts in which one backslash begins an escape."""

_BEFORE = r"(?<![\w.~%)}\]-])"
_NAME = r"[^\s\\/:*?\"'<>|]+"
_PLACES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        HOME,
        ("/home/", "/Users/", "/Volumes/", "/mnt/", "/var/folders/"),
        rf"{_BEFORE}/(?:home|Users|Volumes|mnt|var/folders)/{_NAME}",
    ),
    (HOME, ("file://",), r"\bfile://(?:localhost)?/*[\w~%]"),
    (
        DRIVE,
        (":\\",),
        r"(?<!\w)[A-Za-z]:\\{1,2}(?:Users|Documents and Settings)\\",
    ),
)
_PLAIN = (
    (DRIVE, (":\\",), rf"(?<!\w)[A-Za-z]:\\{_NAME}\\"),
    (SERVER, ("\\\\",), rf"(?<![\w\\])\\\\[A-Za-z]{_NAME}\\{_NAME}"),
)
_DOUBLED = (
    (DRIVE, (":\\\\",), rf"(?<!\w)[A-Za-z]:\\\\{_NAME}\\\\"),
    (SERVER, ("\\\\\\\\",), rf"(?<![\w\\])\\\\\\\\[A-Za-z]{_NAME}\\\\{_NAME}"),
)
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)")
_RUN = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{60,}(?:\s+[A-Za-z0-9+/]{4,})*")
"""Base64 without a name, in lines or in one; a hash has 64 signs, and is no picture."""

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]*\w@(?:[A-Za-z0-9-]+\.)+([A-Za-z]{2,})\b")
_FILES = {"png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "json", "html", "csv", "py"}
_AUTHOR = re.compile(r"<(?:dc:creator|cp:lastModifiedBy)[^>]*>([^<]+)<")
_PROGRAMS = {"", "openpyxl", "xlsxwriter", "morphkit"}


@dataclass(frozen=True, slots=True)
class Trace:
    """What was found, and the line where it stands for the first time."""

    what: str
    line: int
    count: int


_FROM_ROOT = re.compile(r"(?<![\w.~%)}\]/<-])/(?!/)[^\W\d][\w.+-]*/[\w.~+-]*\w")


def from_root(text: str) -> bool:
    """Whether a text that somebody wrote in words names a place such as ``/srv/faces``.

    Web addresses, ``and/or``, ``5/7`` and closing marks are none.  Not for any text: scripts
    have paths of their own.
    """
    return bool(_FROM_ROOT.search(text))


def readable(data: bytes) -> str | None:
    """Return the text of a file; None for one that is no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return None if b"\0" in data[:8192] else data.decode("utf-8", "replace")


def addresses(text: str) -> list[str]:
    """Return the e-mail addresses in a text; names like ``face@2x.png`` are none."""
    return [mail[0] for mail in _mails(text)]


def _mails(text: str) -> Iterator[re.Match[str]]:
    found = _MAIL.finditer(text) if "@" in text else ()
    return (mail for mail in found if mail[1].lower() not in _FILES)


def traces(text: str, name: str, declared: Collection[str] = ()) -> Iterator[Trace]:
    """Yield what a text tells about people and machines: each kind once, with its first line.

    Parameters
    ----------
    text : str
    name : str
        Of the file: its extension says how backslashes are written.
    declared : collection of str
        E-mail addresses that may stand anywhere.
    """
    extension = name.rpartition(".")[2].lower()
    starts: dict[str, list[int]] = {}
    for what, marks, pattern in (*_PLACES, *(_DOUBLED if extension in _ESCAPED else _PLAIN)):
        if any(mark in text for mark in marks):  # far quicker than the pattern
            starts.setdefault(what, []).extend(m.start() for m in re.finditer(pattern, text))
    if extension not in _CODE:  # whose authors sign it
        starts[ADDRESS] = [mail.start() for mail in _mails(text) if mail[0] not in declared]
    if name.endswith("docProps/core.xml"):
        saved = [w for w in _AUTHOR.finditer(text) if w[1].strip().lower() not in _PROGRAMS]
        starts[SAVED_BY] = [who.start() for who in saved]
    for what, places in starts.items():
        if places:
            yield Trace(what, text.count("\n", 0, min(places)) + 1, len(places))


def embedded(text: str) -> Iterator[bytes]:
    """Yield what a text holds as base64: pictures of ``data:`` URIs, and long runs of any kind."""
    plain = text.replace("\\/", "/")  # as some programs write JSON
    runs = (found[0] for found in _RUN.finditer(without_pictures(plain)))
    for run in (*(found[1] for found in _DATA_URI.finditer(plain)), *runs):
        packed = "".join(run.split()).rstrip("=")
        try:
            yield b64decode(packed + "=" * (-len(packed) % 4))
        except binascii.Error:
            continue


def without_pictures(text: str) -> str:
    """Return a text whose ``data:`` URIs of pictures are empty."""
    return _DATA_URI.sub("", text) if "data:image/" in text else text
