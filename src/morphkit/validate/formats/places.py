"""Where a finding is: paths from the working folder, JSON pointers, URIs.

A finding names its file relative to the set, or as the user named it.  May import
`study.manifest`.
"""

from __future__ import annotations

import json
import re
from posixpath import normpath

from morphkit.study.manifest import MANIFEST

_KEY = re.compile(r'\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.\[\]]+)')
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")


def set_name(folder: str) -> str:
    """Return the last part of a set's path, which is the same on every machine."""
    return _slashed(folder).rstrip("/").rpartition("/")[2]


def in_set(folder: str, file: str) -> str:
    """Return a finding's file relative to its set; of a file elsewhere only the name."""
    home, path = _slashed(folder).rstrip("/"), _slashed(file)
    if path == home:
        return ""
    if path.startswith(f"{home}/"):
        return path[len(home) + 1 :]
    return set_name(path) if _absolute(path) else path


def from_here(folder: str, file: str) -> str:
    """Return a finding's file as the set's folder was named: from the working folder."""
    home, path = _slashed(folder).rstrip("/"), _slashed(file)
    if not path or path == home:
        return home or "."
    if home in ("", ".") or path.startswith(f"{home}/") or _absolute(path):
        return path
    return normpath(f"{home}/{path}") if path.startswith("../") else f"{home}/{path}"


def json_pointer(file: str, pointer: str) -> str:
    """Return a key path in a manifest or a recipe as a JSON pointer (RFC 6901).

    Of other files a pointer is a column or a landmark and stays as it is.
    """
    if not file.endswith((MANIFEST, ".yaml", ".yml")):
        return pointer
    parts = (
        number or (str(json.loads(odd)) if odd else key)
        for number, odd, key in _KEY.findall(pointer)
    )
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def uri(path: str) -> str:
    """Return a path as a percent-encoded URI reference (RFC 3986): relative, or ``file:``."""
    data = path.encode("utf-8", "surrogatepass")
    text = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)
    if not _absolute(path):
        return text
    return f"file://{text}" if text.startswith("/") else f"file:///{text}"


def _slashed(path: str) -> str:
    # a backslash in a file's name comes out as a slash, too: it is only a place to look at
    return path.replace("\\", "/")


def _absolute(path: str) -> bool:
    return path.startswith("/") or re.match(r"[A-Za-z]:/", path) is not None
