"""Keyed hashes: what a recipe package says of photos and pixels, to those who have its key alone.

A plain hash would let anybody who has a photo of a child find out that it was used: hashes are
HMAC-SHA256 (RFC 2104).  Knows the key's file and the tables that hold such hashes.  May import
`errors` and `files`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, UsageError

PHOTOS, PIXELS = "photos.csv", "pixels.csv"
TABLES = {PHOTOS: ("identity", "expression", "image", "keyed"), PIXELS: ("stimulus_id", "keyed")}
"""Table -> its columns."""

LEAST_KEY = 16
"""Characters of a key."""


def read_key(path: Path, *, make: bool = False) -> bytes:
    """Read the key of keyed hashes; make one where there is none, if asked.

    Raises
    ------
    UsageError
        MK834 when there is none, or when it is too short to be one.
    """
    if make and not path.exists():
        files.write_atomic(path, (secrets.token_hex(32) + "\n").encode(), secret=True)
    text = files.read_text(path, "key").strip() if path.is_file() else ""
    if len(text) < LEAST_KEY:
        what = f"the key has {len(text)} characters" if text else "there is no key"
        raise UsageError(
            Finding(
                "MK834",
                f"{what}.",
                file=files.shown(path),
                measured=float(len(text)),
                limit=float(LEAST_KEY),
                suggestion="Ask those who made the package for its key file; it isn't in it.",
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
