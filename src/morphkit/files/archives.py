"""Archives: the files of a zip, read in memory and never unpacked to a disk.

Knows what an archive can do to whoever opens it.  May import `errors` and `files.trees`.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

from morphkit.errors import Finding, SetError
from morphkit.files.disk import disk_faults, shown
from morphkit.files.texts import hidden
from morphkit.files.trees import MAX_PATH, Tree, gone, name_faults, refuse_large, refuse_unsafe

MOST_ENTRIES = 50_000
MOST_BYTES = 4_000_000_000
"""Of all files together, unpacked."""

MOST_PACKED = 200
"""Times that a large file may be smaller in the archive; pictures and tables stay below 50."""

SMALL = 1_000_000
"""Bytes; what unpacks to less harms nobody, however it was packed."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _HEADER = 0x1, 30
_FOREIGN = "__MACOSX"


@contextmanager
def archive_tree(path: Path) -> Iterator[Tree]:
    """Open a zip and give its files; where all lie in one folder, those of that folder.

    Raises
    ------
    SetError
        MK629 no archive, or a damaged one; MK631 one that would unpack to too much.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    with disk_faults(path), path.open("rb") as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except Exception as error:  # whatever its parts make the reader raise
            raise SetError(_damaged(shown(path), error)) from None
        with archive:
            yield _tree(archive, shown(path))


def _tree(archive: zipfile.ZipFile, name: str) -> Tree:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _refuse_bomb(entries, name)
    findings = [fault for entry in entries for fault in _entry_faults(entry)]
    seen = [one for one in entries if not _is_hidden(one.orig_filename)]
    paths = [one.orig_filename for one in seen]
    findings += name_faults(paths)
    top = _top(paths)
    plain = {
        one.orig_filename.removeprefix(top): one for one in entries if not [*_entry_faults(one)]
    }
    unseen = {path for path in plain if _is_hidden(path)}
    listing = tuple(sorted(plain.keys() - unseen))
    read = partial(_read, archive, plain)
    return Tree(name, listing, read, tuple(findings), tuple(sorted(unseen)))


def _is_hidden(path: str) -> bool:
    parts = path.split("/")
    return parts[0] == _FOREIGN or any(hidden(part) for part in parts if part not in (".", ".."))


def _top(paths: list[str]) -> str:
    """Return the one folder that all files lie in, with its slash; "" where there is none."""
    first = {path.partition("/")[0] for path in paths if "/" in path}
    one = len(first) == 1 and all("/" in path for path in paths)
    return f"{first.pop()}/" if one else ""


def _refuse_bomb(entries: list[zipfile.ZipInfo], name: str) -> None:
    total = sum(entry.file_size for entry in entries)
    worst = max(
        (entry.file_size / max(entry.compress_size, 1) for entry in entries if _large(entry)),
        default=0.0,
    )
    for measured, limit, text in (
        (float(len(entries)), MOST_ENTRIES, f"it has {len(entries)} files"),
        (total / 1e6, MOST_BYTES / 1e6, f"it would unpack to {total / 1e6:.0f} MB"),
        (worst, MOST_PACKED, f"a file in it would unpack to {worst:.0f} times its size"),
    ):
        if measured > limit:
            text = f"{text}; {limit:g} is the limit."
            raise SetError(Finding("MK631", text, file=name, measured=measured, limit=limit))
    spans = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    if any(start + _HEADER + size > after for (start, size), (after, _) in pairwise(spans)):
        raise SetError(Finding("MK629", "files in the archive overlap each other.", file=name))


def _large(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > SMALL


def _entry_faults(entry: zipfile.ZipInfo) -> Iterator[Finding]:
    """MK630: an entry that is encrypted, packed in an unusual way, or no plain file."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    why = ""
    if entry.flag_bits & _ENCRYPTED:
        why = "is encrypted"
    elif kind not in (0, stat.S_IFREG):
        why = "is a link" if kind == stat.S_IFLNK else "is a device or a pipe"
    elif entry.compress_type not in _METHODS:
        why = f"is packed by method {entry.compress_type}, not stored or deflated"
    if why:
        path = entry.orig_filename[:MAX_PATH]
        yield Finding("MK630", f"the entry {path!r} {why}; it is not read.", file=path)


def _read(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], path: str) -> bytes:
    refuse_unsafe(path)
    entry = entries.get(path)
    if entry is None:
        raise gone(path)
    refuse_large(path, entry.file_size)
    try:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
        if len(data) != entry.file_size:
            raise EOFError(f"{len(data)} of {entry.file_size} bytes")
    except Exception as error:  # damaged bytes make the reader raise anything
        raise SetError(_damaged(path, error)) from None
    return data


def _damaged(file: str, error: Exception) -> Finding:
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return Finding("MK629", f"the archive is damaged ({reason}).", file=file)
