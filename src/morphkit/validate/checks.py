"""Files, bytes, hashes and names of a set; pictures only as far as their headers tell.

Each check takes the evidence and gives its findings; none raises for a bad set.  Imports no
NumPy, so that a quick validation starts at once.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

from morphkit.errors import Finding, SetError
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import TABLE, Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.labels import RANK, Label
from morphkit.validate.png import NotPng, PngFacts, foreign, png_facts
from morphkit.validate.rules import RULES, finding

STIMULI, PACKAGES, CHECKSUMS = "stimuli/", "packages", "checksums.sha256"
MODE = "RGB"

AHEAD = 4
"""Files that are read and hashed while one is looked at."""

MOST_DOUBTS = 10_000
"""Warnings that a build may have written; a few for each photo."""


def check_paths(evidence: Evidence) -> Iterator[Finding]:
    """MK687: every path is a plain one inside the set."""
    for row in evidence.set.stimuli:
        if not plain_path(row.image_file):
            yield finding(
                "MK687",
                f"the path {row.image_file!r} is not a plain path inside the set.",
                file=TABLE,
                pointer="image_file",
                line=evidence.lines[row.stimulus_id],
            )
    for number, resource in enumerate(evidence.set.manifest.resources):
        if not plain_path(resource.path):
            yield finding(
                "MK687",
                f"the path {resource.path!r} is not a plain path inside the set.",
                file=MANIFEST,
                pointer=f"resources.{number}.path",
            )


def plain_path(path: str) -> bool:
    """Whether a path is relative, has forward slashes and no odd part, and stays inside."""
    odd = "\\" in path or ":" in path or not path.isprintable()
    return not odd and all(part not in ("", ".", "..") for part in path.split("/"))


def check_files(evidence: Evidence) -> Iterator[Finding]:
    """MK681 missing, MK682 extra, MK686 not in both the table and the manifest."""
    images = {row.image_file for row in evidence.set.stimuli}
    listed = {resource.path for resource in evidence.set.manifest.resources}
    for path in sorted(images | listed):
        if plain_path(path) and path not in evidence.listing:
            yield finding("MK681", "the file is named but is not in the set.", file=path)
    for path in sorted(evidence.listing - images):
        if path.startswith(STIMULI):
            yield finding("MK682", "no row of the table names this file.", file=path)
    for path in sorted((images | {TABLE}) - listed):
        yield finding("MK686", f"{MANIFEST} doesn't list this file.", file=path)
    for path in sorted(listed - images):
        if path.startswith(STIMULI):
            yield finding("MK686", f"{MANIFEST} lists this file, {TABLE} doesn't.", file=path)


def check_bytes(evidence: Evidence) -> Iterator[Finding]:
    """MK683, MK684: bytes and hashes; then what the picture's header says (MK151…, MK751)."""
    rows: dict[str, list[Stimulus]] = {}
    for row in evidence.set.stimuli:
        rows.setdefault(row.image_file, []).append(row)
    recorded = {r.path: (r.bytes, r.hash) for r in evidence.set.manifest.resources}
    paths = sorted((recorded.keys() | rows.keys()) & evidence.listing)
    plain = [path for path in paths if plain_path(path)]
    for path, (data, sha256, faults) in zip(plain, _read_ahead(evidence, plain), strict=True):
        if faults:
            yield from faults
            continue
        evidence.digests[path] = sha256
        if path in recorded:
            yield from _against_manifest(path, data, sha256, *recorded[path])
        for row in rows.get(path, ()):
            known = recorded[path][1].removeprefix("sha256:") if path in recorded else sha256
            if row.sha256 not in (sha256, known):  # a file that changed has its finding
                yield finding(
                    "MK684",
                    f"the SHA-256 is {row.sha256[:16]}…, {path} has {sha256[:16]}….",
                    file=TABLE,
                    pointer="sha256",
                    line=evidence.lines[row.stimulus_id],
                )
        if path in rows:
            yield from _header_faults(path, data, rows[path])


def _read_ahead(
    evidence: Evidence, paths: Sequence[str]
) -> Iterator[tuple[bytes, str, tuple[Finding, ...]]]:
    """Read and hash files, a few ahead of who asks: hashing leaves the other cores free."""

    def look(path: str) -> tuple[bytes, str, tuple[Finding, ...]]:
        try:
            data = evidence.set.read(path)
        except SetError as fault:
            return b"", "", fault.findings
        return data, hashlib.sha256(data).hexdigest(), ()

    with ThreadPoolExecutor(AHEAD) as pool:
        waiting = deque(pool.submit(look, path) for path in paths[:AHEAD])
        for path in [*paths[AHEAD:], *[""] * len(waiting)]:
            yield waiting.popleft().result()
            if path:
                waiting.append(pool.submit(look, path))


def check_doubts(evidence: Evidence) -> Iterator[Finding]:
    """Repeat the warnings that the build had about the sources; MK601 for what is none."""
    known = {field.name for field in fields(Finding)}
    doubts = evidence.block.doubts
    if len(doubts) > MOST_DOUBTS:
        text = f"it has {len(doubts)} warnings of a build; no build has so many."
        yield finding("MK601", text, file=MANIFEST, pointer="morphkit.doubts")
    for number, doubt in enumerate(doubts[:MOST_DOUBTS]):
        texts = all(isinstance(doubt.get(name, ""), str) for name in ("message", "file", "pointer"))
        code = doubt.get("code")
        if isinstance(code, str) and code in RULES and texts and doubt.keys() <= known:
            yield Finding(
                code,
                doubt.get("message", ""),
                severity="warning",
                file=doubt.get("file", ""),
                pointer=doubt.get("pointer", ""),
                measured=_number(doubt.get("measured")),
                limit=_number(doubt.get("limit")),
            )
        else:
            text = "this is not a warning that a build has written."
            yield finding("MK601", text, file=MANIFEST, pointer=f"morphkit.doubts.{number}")


def _number(value: object) -> float | None:
    """Return a number of JSON, where there is one that a float can hold."""
    return float(value) if isinstance(value, int | float) and abs(value) < 1e300 else None


def check_packages(evidence: Evidence) -> Iterator[Finding]:
    """MK688: every file that a package lists is there, with the bytes it was packed with.

    A script that somebody has adapted is a doubt; another picture or table is an error.
    """
    there = evidence.listing | evidence.unseen
    for path in sorted(evidence.listing):
        parts = path.split("/")
        if len(parts) != 3 or parts[0] != PACKAGES or parts[2] != CHECKSUMS:
            continue
        home = "/".join(parts[:2])
        try:
            sums = evidence.set.read(path).decode("utf-8", "replace")
        except SetError as fault:
            yield from fault.findings
            continue
        for line in sums.splitlines():
            digest, _, name = line.partition("  ")
            inside = f"{home}/{name}"
            text = ""
            if inside not in there:
                text = "the package lists this file, but lacks it."
            elif plain_path(inside) and digest != evidence.sha256(inside):
                text = "the file is not the one that was packed."
            if text:
                data = name.endswith((".png", ".csv"))
                found = finding("MK688", text, file=inside)
                yield replace(found, severity="error" if data else "warning")


def _against_manifest(
    path: str, data: bytes, sha256: str, size: int, recorded: str
) -> Iterator[Finding]:
    if len(data) != size:
        yield finding(
            "MK683",
            f"the file has {len(data)} bytes, {size} were recorded when the set was built.",
            file=path,
            measured=float(len(data)),
            limit=float(min(size, 2**53)),
        )
    elif f"sha256:{sha256}" != recorded:
        yield finding(
            "MK683",
            f"the file has the SHA-256 {sha256[:16]}…, {recorded[7:23]}… was recorded when the "
            "set was built.",
            file=path,
        )


def _header_faults(path: str, data: bytes, rows: list[Stimulus]) -> Iterator[Finding]:
    """MK151 not a PNG, MK152 size, MK153 mode, MK751 more than pixels."""
    try:
        facts = png_facts(data)
    except NotPng as fault:
        yield finding("MK151", f"this is not a whole PNG file: {fault}.", file=path)
        return
    for row in rows:
        if (facts.width, facts.height) != (row.width_px, row.height_px):
            yield finding(
                "MK152",
                f"the picture is {facts.width} × {facts.height} px, its row says "
                f"{row.width_px} × {row.height_px} px.",
                file=path,
                measured=float(facts.width),
            )
    if facts.mode != MODE:
        yield finding("MK153", f"the picture is {facts.mode}, not 8-bit {MODE}.", file=path)
    yield from _foreign(path, facts)


def _foreign(path: str, facts: PngFacts) -> Iterator[Finding]:
    carried = foreign(facts)
    if carried:
        yield finding("MK751", f"the picture carries {'; '.join(carried)}.", file=path)


def check_label(evidence: Evidence, earned: Label) -> Iterator[Finding]:
    """MK689: the manifest claims no better label than the set earns, errors aside."""
    claimed = evidence.block.label
    if RANK.index(claimed) > RANK.index(earned):
        yield finding(
            "MK689",
            f"the manifest says {claimed!r}; what was measured earns {earned!r}.",
            file=MANIFEST,
            pointer="morphkit.label",
        )


def check_canvas(evidence: Evidence) -> Iterator[Finding]:
    """MK154: one size for all stimuli, the recipe's canvas."""
    sizes = {(row.width_px, row.height_px) for row in evidence.set.stimuli}
    if len(sizes) > 1:
        text = ", ".join(f"{width} × {height}" for width, height in sorted(sizes)[:5])
        yield finding("MK154", f"the stimuli have {len(sizes)} sizes: {text} px.", file=TABLE)
    elif evidence.recipe is not None and sizes:
        canvas = evidence.recipe.canvas
        ((width, height),) = sizes
        if (width, height) != (canvas.width, canvas.height):
            yield finding(
                "MK154",
                f"the stimuli are {width} × {height} px, the recipe's canvas is "
                f"{canvas.width} × {canvas.height} px.",
                file=TABLE,
            )
