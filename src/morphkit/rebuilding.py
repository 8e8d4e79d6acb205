"""A set made again from a recipe package and the same photos, whatever they are called.

May import `build`, `errors`, `files`, `keyed`, `package` and `render`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from morphkit import files
from morphkit.build import Built, build
from morphkit.errors import Finding, PackageError
from morphkit.keyed import PHOTOS, PIXELS, TABLES, keyed_hash, veiled
from morphkit.package.documents import CHECKSUMS
from morphkit.render import Progress


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to.

    Parameters
    ----------
    built : Built
    same, stimuli : int
        Stimuli with the pixels that the package promises, and all of them.
    """

    built: Built
    same: int
    stimuli: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return MK837 unless every stimulus has the pixels that the package promises."""
        if self.same == self.stimuli:
            return ()
        text = f"{self.stimuli - self.same} of {self.stimuli} stimuli have other pixels."
        return (
            Finding(
                "MK837",
                text,
                file=files.shown(self.built.folder),
                measured=float(self.same),
                limit=float(self.stimuli),
                suggestion="Use the version of morphkit that the README of the package names.",
            ),
        )


def rebuild(
    package: Path,
    photos: Path,
    key: bytes,
    study: Path,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Rebuilt:
    """Make the set of a recipe package again, from the same photos, whatever they are called.

    Parameters
    ----------
    package : Path
        Its folder or zip.
    photos : Path
        A folder, looked through with all folders in it.
    key : bytes
    study : Path
        A new folder, or an empty one; it becomes a study with the photos in it.  One that
        is this study already is gone on with: a rebuild that was stopped can be run again.

    Raises
    ------
    PackageError
        MK836 when this is no recipe package, or a file of it has changed; MK835 for photos that
        aren't in the folder.
    MorphkitError
        As `morphkit.build`.
    """
    content = _readable(package, key)
    wanted = list(_table(content, PHOTOS))
    found = _found(photos, key, wanted)
    name = next(filter(_is_recipe, content))
    home = f"raw_faces/{Path(name).stem}"
    pictures = [(f"{home}/{row['image']}", found[row["keyed"]]) for row in wanted]
    parts = [*content.items(), *((path, files.read_data(p)) for path, p in pictures)]
    if not all(files.sha256_of(study / path) == files.sha256(data) for path, data in parts):
        files.write_files(study, parts)
    built = build(study / name, jobs=jobs, progress=progress)
    promised = {row["stimulus_id"]: row["keyed"] for row in _table(content, PIXELS)}
    rows = files.read_set(built.folder).stimuli
    same = sum(promised.get(row.stimulus_id) == keyed_hash(key, row.pixel_sha256) for row in rows)
    return Rebuilt(built, same, len(promised))


def _unveiled(key: bytes, path: str, data: bytes) -> bytes:
    """Return a file of the package as a build reads it."""
    if not (path.startswith("configs/") and path.endswith(".json")):
        return data
    scale = json.loads(data)
    return _text({**scale, "pixel_sha256": veiled(key, scale["pixel_sha256"])})


def _readable(package: Path, key: bytes) -> dict[str, bytes]:
    """Return the files of a recipe package as a build reads them, tables looked through."""
    content = dict(_content(package))
    path = ""
    try:
        for path, columns in TABLES.items():
            if not all(row.get(name) for row in _table(content, path) for name in columns):
                raise ValueError(path)
        for path in content:
            content[path] = _unveiled(key, path, content[path])
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error):
        raise PackageError(_no_package(package, f"{path} can't be read")) from None
    return content


def _is_recipe(path: str) -> bool:
    return path.startswith("configs/") and path.endswith(".yaml")


def _content(package: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a recipe package that its list of checksums vouches for."""
    if not package.exists():
        raise PackageError(_no_package(package, "nothing is there"))
    opened = (
        nullcontext(files.folder_tree(package)) if package.is_dir() else files.archive_tree(package)
    )
    with opened as tree:
        listed = dict(_listed(tree))
        for path, digest in listed.items():
            data = tree.read(path) if path in tree.listing else b""
            if files.sha256(data) != digest:
                raise PackageError(_no_package(package, f"{path} is missing or has changed"))
            yield path, data
    if PHOTOS not in listed or not any(map(_is_recipe, listed)):
        raise PackageError(_no_package(package, "it lists no recipe and no photos"))


def _listed(tree: files.Tree) -> Iterator[tuple[str, str]]:
    text = tree.read(CHECKSUMS).decode("utf-8", "replace") if CHECKSUMS in tree.listing else ""
    for line in text.splitlines():
        digest, _, path = line.partition("  ")
        yield path, digest


def _no_package(package: Path, why: str) -> Finding:
    return Finding(
        "MK836",
        f"this is no whole recipe package: {why}.",
        file=files.shown(package),
        suggestion="Give the folder or zip that morphkit package --recipe-only made.",
    )


def _table(content: Mapping[str, bytes], path: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(content[path].decode(), newline="")))


def _found(folder: Path, key: bytes, wanted: Sequence[Mapping[str, str]]) -> dict[str, Path]:
    """Return keyed hash → photo.

    Raises
    ------
    PackageError
        MK835 for every photo that is not there.
    """
    missing = {row["keyed"]: row for row in wanted}
    found: dict[str, Path] = {}
    for path in files.list_files(folder, depth=None):
        if not missing:
            break
        keyed = keyed_hash(key, files.sha256_of(folder / path))
        if missing.pop(keyed, None):
            found[keyed] = folder / path
    if missing and not found:
        raise PackageError(_lacks_all(folder))
    if missing:
        raise PackageError(*(_lacks(folder, row) for row in missing.values()))
    return found


_REMEDY = "Put the very file that was used there: a copy that was saved again is another photo."


def _lacks(folder: Path, row: Mapping[str, str]) -> Finding:
    text = f"the photo {row['identity']} {row['expression']} is not in the folder."
    return Finding("MK835", text, file=files.shown(folder), suggestion=_REMEDY)


def _lacks_all(folder: Path) -> Finding:
    text = "none of the photos is in the folder. Is this the key that belongs to the package?"
    return Finding("MK835", text, file=files.shown(folder), suggestion=_REMEDY)


def _text(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
