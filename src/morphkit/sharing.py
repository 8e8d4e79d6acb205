"""Recipes in place of photos: a package without a pixel, and the set made from it again.

The package holds the recipe, the templates and keyed hashes; whoever has the same photos and
the key makes the same pixels.  Hashes are keyed (HMAC-SHA256, RFC 2104), since a plain one would
let anybody who has a photo of a child find out that it was used.  May import `build`, `errors`,
`files`, `packing`, `package`, `photos`, `reading` and `study`.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import hmac
import io
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.build import Built, build
from morphkit.errors import Finding, PackageError, UsageError
from morphkit.package.documents import (
    CHECKSUMS,
    CITATION,
    METHODS,
    RIGHTS,
    RIGHTS_FIELDS,
    checksums,
    citation,
    methods,
    rights,
)
from morphkit.package.orders import draw
from morphkit.package.papers import README, RESPONSE_MAP, form
from morphkit.package.words import response_map_json
from morphkit.packing import gate, home_folder, invalid, looked_at
from morphkit.reading import source_rows
from morphkit.render import Progress
from morphkit.study.manifest import Source, StimulusSet
from morphkit.study.source_row import COLUMNS, SourceRow
from morphkit.study.task import Task

PHOTOS, PIXELS = "photos.csv", "pixels.csv"
TABLES = {PHOTOS: ("identity", "expression", "image", "keyed"), PIXELS: ("stimulus_id", "keyed")}
"""Table -> its columns."""

LEAST_KEY = 16
"""Characters of a key."""


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


def recipe_package(
    stimulus_set: StimulusSet,
    photos: Path,
    key: bytes,
    *,
    faults: Sequence[Finding] = (),
    today: datetime.date | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Make the package of a set that holds no pixels.

    Parameters
    ----------
    stimulus_set : StimulusSet
    photos : Path
        The folder of the photos, whose templates are taken along.
    key : bytes
        `read_key`.
    faults : sequence of Finding
        Errors that a validation of the set found.
    today : date, optional
        The day that consents are held against.

    Raises
    ------
    PackageError
        MK701 or MK703 when a photo's rights exclude even that, as the set or the folder has
        them; MK817 when the set is not valid; MK833 when the folder holds
        other photos or templates than the set was made from; while producing, MK754.
    """
    manifest = stimulus_set.manifest
    block = manifest.morphkit
    day = today or datetime.date.today()
    against = gate(block.sources, "lab", day)[0] + invalid(faults)
    if against:
        raise PackageError(*against)
    rows = _rows(photos, block.sources)
    if withdrawn := gate(_declared_now(rows, block.sources), "lab", day)[0]:
        raise PackageError(*withdrawn)
    _refuse_other(photos, rows, block.sources)
    made = _sealed(_files(stimulus_set, photos, rows, key))
    return looked_at(stimulus_set, made, [home_folder()], templates=True)


def read_key(path: Path, *, make: bool = False) -> bytes:
    """Read the key of keyed hashes; make one where there is none, if asked.

    Raises
    ------
    UsageError
        MK834 when there is none, or when it is too short to be one.
    """
    if make and not path.exists():
        files.write_atomic(path, (secrets.token_hex(32) + "\n").encode())
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


def photo_folder(set_folder: Path, stimulus_set: StimulusSet) -> Path:
    """Return where the photos of a set lie in its study: beside the ``configs`` of its recipe.

    Raises
    ------
    UsageError
        MK833 when they aren't there.
    """
    faces = str(stimulus_set.manifest.morphkit.recipe.get("faces", ""))
    study = set_folder.resolve().parent.parent
    for home in (study / "configs", study):
        if (home / faces).is_dir():
            return (home / faces).resolve()
    raise UsageError(
        Finding(
            "MK833",
            "the photos of this set are not where its recipe says.",
            file=files.shown(set_folder),
            suggestion="Say where they are: --photos FOLDER.",
        )
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
        A new folder, or an empty one; it becomes a study with the photos in it.

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
    files.write_files(
        study, [*content.items(), *((path, files.read_data(p)) for path, p in pictures)]
    )
    built = build(study / name, jobs=jobs, progress=progress)
    promised = {row["stimulus_id"]: row["keyed"] for row in _table(content, PIXELS)}
    rows = files.read_set(built.folder).stimuli
    same = sum(promised.get(row.stimulus_id) == _keyed(key, row.pixel_sha256) for row in rows)
    return Rebuilt(built, same, len(promised))


def _rows(folder: Path, sources: Sequence[Source]) -> list[SourceRow]:
    """Return the rows of the photos that a set was made from, in the folder's order."""
    used = {(one.identity, one.expression) for one in sources}
    rows = [row for row in source_rows(folder) if (row.identity, row.expression) in used]
    missing = used - {(row.identity, row.expression) for row in rows}
    if missing:
        raise PackageError(
            *(_not_those(who, what, "is not in it") for who, what in sorted(missing))
        )
    return rows


def _declared_now(rows: Sequence[SourceRow], sources: Sequence[Source]) -> list[Source]:
    """Return the sources with the rights that their folder declares by now."""
    now = {(row.identity, row.expression): row for row in rows}
    return [
        one.model_copy(
            update={
                name: getattr(now[one.identity, one.expression], name) for name in RIGHTS_FIELDS
            }
        )
        for one in sources
    ]


def _refuse_other(folder: Path, rows: Sequence[SourceRow], sources: Sequence[Source]) -> None:
    known = {(one.identity, one.expression): one for one in sources}
    faults = []
    for row in rows:
        one = known[row.identity, row.expression]
        if files.sha256_of(folder / row.image) != one.sha256:
            faults.append(_not_those(*(row.identity, row.expression), "is another one"))
        elif files.sha256_of(_template(folder, row)) != one.template_sha256:
            faults.append(_not_those(*(row.identity, row.expression), "has another template"))
    if faults:
        raise PackageError(*faults)


def _not_those(identity: str, expression: str, why: str) -> Finding:
    return Finding(
        "MK833",
        f"the photo {identity} {expression} {why}: this set was made from other files.",
        suggestion="Give the folder as it was, or build the set again.",
    )


def _template(folder: Path, row: SourceRow) -> Path:
    return folder / row.template if row.template else files.find_template(folder / row.image)


def _files(
    stimulus_set: StimulusSet, folder: Path, rows: Sequence[SourceRow], key: bytes
) -> Iterator[tuple[str, bytes]]:
    manifest = stimulus_set.manifest
    block, name = manifest.morphkit, manifest.name
    recipe, scales = _recipe(block.recipe, name, block.scales, key)
    blanks = {
        "NAME": name,
        "COUNT": str(len(stimulus_set.stimuli)),
        "PHOTOS": str(len(rows)),
        "VERSION": block.engine.version,
    }
    yield README, form("recipe/README.txt", blanks).encode()
    yield f"configs/{name}.yaml", recipe
    yield from scales.items()
    keyed = {(one.identity, one.expression): _keyed(key, one.sha256) for one in block.sources}
    renamed = [_renamed(row, _template(folder, row).suffix) for row in rows]
    for row, new in zip(rows, renamed, strict=True):
        data = files.read_data(_template(folder, row))
        _refuse_names(data, rows, new)
        yield f"raw_faces/{name}/{new['template']}", data
    yield f"raw_faces/{name}/faces.csv", _csv(COLUMNS, renamed)
    hashes = [
        {
            "identity": row.identity,
            "expression": row.expression,
            "image": new["image"],
            "keyed": keyed[row.identity, row.expression],
        }
        for row, new in zip(rows, renamed, strict=True)
    ]
    yield PHOTOS, _csv(TABLES[PHOTOS], hashes)
    pixels = [
        {"stimulus_id": row.stimulus_id, "keyed": _keyed(key, row.pixel_sha256)}
        for row in stimulus_set.stimuli
    ]
    yield PIXELS, _csv(TABLES[PIXELS], pixels)
    yield RIGHTS, rights(manifest).encode()
    yield METHODS, methods(stimulus_set).encode()
    yield CITATION, citation(stimulus_set).encode()
    drawn = draw(stimulus_set, Task(lists=1))
    yield RESPONSE_MAP, response_map_json(drawn).encode()


def _sealed(content: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    hashes: dict[str, str] = {}
    for path, data in content:
        hashes[path] = files.sha256(data)
        yield path, data
    yield CHECKSUMS, checksums(hashes).encode()


def _recipe(
    recipe: Mapping[str, Any], name: str, scales: Mapping[str, Any], key: bytes
) -> tuple[bytes, dict[str, bytes]]:
    """Return the recipe with paths of the package, and the scales that it names."""
    found: dict[str, bytes] = {}

    def placed(path: str) -> str:
        file = path.rpartition("/")[2]
        scale = scales[file.removesuffix(".json").removesuffix(".scale")]
        kept = {key: value for key, value in scale.items() if key not in ("reproduced", "accepted")}
        kept["pixel_sha256"] = _veiled(key, scale["pixel_sha256"])
        found[f"configs/{file}"] = _json(kept)
        return file

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            files_of = ("scale", "perceived") if "scope" in value else ()
            return {
                key: placed(one) if key in files_of and isinstance(one, str) else moved(one)
                for key, one in value.items()
            }
        return [moved(one) for one in value] if isinstance(value, list) else value

    own = {**moved(dict(recipe)), "faces": f"../raw_faces/{name}"}
    own["scales"] = [placed(path) for path in recipe.get("scales", [])]
    own.pop("packages", None)
    if not own["scales"]:
        del own["scales"]
    return _json(own), found


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _renamed(row: SourceRow, template_suffix: str) -> dict[str, str]:
    """Return a row whose photo is called by who and what it shows: names of photos can tell."""
    stem = f"{row.identity}_{row.expression}"
    cells = {name: getattr(row, name) for name in COLUMNS}
    cells["image"] = stem + Path(row.image).suffix.lower()
    cells["template"] = stem + template_suffix.lower()
    return {name: "" if value is None else _cell(value) for name, value in cells.items()}


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _refuse_names(data: bytes, rows: Sequence[SourceRow], new: Mapping[str, str]) -> None:
    """Refuse a template that says what a photo is called."""
    text = data.decode("utf-8", "replace").casefold()
    for row in rows:
        stem = Path(row.image).stem
        plain = f"{row.identity}_{row.expression}"
        tells = len(stem) > 3 and stem.casefold() not in (plain, row.identity, row.expression)
        if tells and stem.casefold() in text:
            raise PackageError(
                Finding(
                    "MK754",
                    "the template holds the file name of a photo.",
                    file=new["template"],
                    suggestion="Convert it to .json (morphkit convert), and build again.",
                )
            )


def _keyed(key: bytes, digest: str) -> str:
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def _veiled(key: bytes, digests: Mapping[str, str]) -> dict[str, str]:
    """Hide the hashes of a scale's stimuli, by which a build knows them; twice gives them back."""
    return {
        name: f"{int(digest, 16) ^ int(_keyed(key, f'scale {name}'), 16):064x}"
        for name, digest in digests.items()
    }


def _unveiled(key: bytes, path: str, data: bytes) -> bytes:
    """Return a file of the package as a build reads it."""
    if not (path.startswith("configs/") and path.endswith(".json")):
        return data
    scale = json.loads(data)
    return _json({**scale, "pixel_sha256": _veiled(key, scale["pixel_sha256"])})


def _csv(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


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
        keyed = _keyed(key, files.sha256_of(folder / path))
        if missing.pop(keyed, None):
            found[keyed] = folder / path
    if missing:
        raise PackageError(
            *(_lacks(folder, row, len(missing) == len(wanted)) for row in missing.values())
        )
    return found


def _lacks(folder: Path, row: Mapping[str, str], every: bool) -> Finding:
    remedy = "Put the very file that was used there: a copy that was saved again is another photo."
    if every:
        remedy = "Not one was found: is this the key that belongs to the package? " + remedy
    return Finding(
        "MK835",
        f"the photo {row['identity']} {row['expression']} is not in the folder.",
        file=files.shown(folder),
        suggestion=remedy,
    )
