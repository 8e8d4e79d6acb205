"""The journal: what a work folder already holds, so that a killed build can go on.

Its first line is the key of the set that is being made; each other line is a stimulus with
its hashes and size, or an aligned anchor, which has no file.  May import `files`, `record`
and `study`.
"""

from __future__ import annotations

import json
from pathlib import Path

from morphkit import files
from morphkit.errors import SetError
from morphkit.record import Journal, Written, image_file
from morphkit.study.manifest import StimulusSet

JOURNAL = "journal.jsonl"


def note(part: Path, name: str, written: Written) -> None:
    """Add a line: a stimulus or an anchor is done; by one thread at a time."""
    line = [name, written.sha256, written.pixel_sha256, written.bytes]
    files.append_line(part / JOURNAL, json.dumps(line))


def resume(part: Path, key: str, earlier: StimulusSet | None) -> Journal:
    """Return what is already right, by hash: from a killed run, or from the earlier set."""
    done = _read(part, key)
    if earlier is None:
        return done
    # only the pixels are believed: table and manifest may be what has been damaged
    known = {entry.path: entry.hash for entry in earlier.manifest.resources}
    for row in earlier.stimuli:
        if row.stimulus_id in done:
            continue
        try:
            data = earlier.read(row.image_file)
        except SetError:
            continue
        sha256 = files.sha256(data)
        if known.get(image_file(row.stimulus_id)) == f"sha256:{sha256}":
            files.write_atomic(part / image_file(row.stimulus_id), data)
            pixels = files.pixel_sha256(files.decode_png(data))
            done[row.stimulus_id] = Written(sha256, pixels, len(data))
    return done


def _read(part: Path, key: str) -> Journal:
    lines = files.read_lines(part / JOURNAL)
    if not lines or lines[0] != key:
        files.clear(part)
        files.append_line(part / JOURNAL, key)
        return {}
    done: Journal = {}
    for line in lines[1:]:
        try:
            name, sha256, pixels, size = json.loads(line)
        except ValueError:
            continue  # the last line of a killed run may be half a line
        if not size or files.sha256_of(part / image_file(name)) == sha256:
            done[name] = Written(sha256, pixels, size)
    return done
