"""Keyed hashes: what a recipe package says of photos and pixels, to those who have its key alone.

A plain hash would let anybody who has a photo of a child find out that it was used: hashes are
HMAC-SHA256 (RFC 2104).  Knows the key's file and the tables that hold such hashes.  May import
`errors` and `files`.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, SetError, UsageError

PHOTOS, PIXELS = "photos.csv", "pixels.csv"
TABLES = {PHOTOS: ("identity", "expression", "image", "keyed"), PIXELS: ("stimulus_id", "keyed")}
"""Table -> its columns."""

KEY = re.compile("[0-9a-f]{64}")
"""What a key is: as `read_key` makes it."""


def new_key() -> bytes:
    """Return a key that nobody has had."""
    return secrets.token_hex(32).encode()


def write_key(path: Path, key: bytes) -> None:
    """Write a key into a file that other users can't read."""
    files.write_atomic(path, key + b"\n", secret=True)


def read_key(path: Path) -> bytes:
    """Read the key of keyed hashes.

    Raises
    ------
    UsageError
        MK834 when there is none, or when the file holds something else.
    """
    text = files.read_data(path).decode("utf-8", "replace").strip() if path.is_file() else ""
    if not KEY.fullmatch(text):
        what = "this is no key: a key is 64 hexadecimal digits" if text else "there is no key"
        raise UsageError(
            Finding(
                "MK834",
                f"{what}.",
                file=files.shown(path),
                measured=float(len(text)),
                limit=64.0,
                suggestion="Give the key file that the package was made with: whoever made it has "
                "it.",
            )
        )
    return text.encode()


def keyed_hash(key: bytes, digest: str) -> str:
    """Return the keyed hash of a plain one."""
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def veiled(key: bytes, digests: Mapping[str, str]) -> dict[str, str]:
    """Hide the hashes of a scale's stimuli, by which a build knows them; twice gives them back."""
    return {
        name: f"{int(digest, 16) ^ int(keyed_hash(key, f'scale {name}'), 16):064x}"
        for name, digest in digests.items()
    }


def refuse_other_key(places: Iterable[Path], digests: Collection[str], key_file: Path) -> None:
    """Refuse to put a recipe package beside or over one that was made under another key.

    Copies of that one may have been sent: their photos would be looked for under a wrong key.

    Parameters
    ----------
    places : iterable of Path
        Where a recipe package may stand.
    digests : collection of str
        Of the photos.
    key_file : Path

    Raises
    ------
    UsageError
        MK834, also when the key is lost, before another is made; as `read_key`.
    """
    for place in places:
        there = _keyed_hashes(place)
        key = read_key(key_file) if there and key_file.exists() else None
        mine = {keyed_hash(key, digest) for digest in digests} if key else set()
        if there and not there & mine:
            why = "was made under another key" if key else "was made under a key that isn't here"
            raise UsageError(
                Finding(
                    "MK834",
                    f"the recipe package {files.shown(place)} {why}.",
                    file=files.shown(key_file),
                    suggestion="Give its key (--key FILE), or move the package away.",
                )
            )


def _keyed_hashes(place: Path) -> set[str]:
    """Return the keyed hashes of the photos of a recipe package; none where there is none."""
    if not place.exists():
        return set()
    opened = nullcontext(files.folder_tree(place)) if place.is_dir() else files.archive_tree(place)
    with suppress(SetError, csv.Error), opened as tree:
        text = tree.read(PHOTOS).decode("utf-8", "replace")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return {row["keyed"] for row in rows if row.get("keyed")}
    return set()
