"""Recipes in place of photos: a package without a pixel, from which `rebuilding` makes the set.

It holds the recipe, the templates and keyed hashes.  May import `consents`, `errors`, `files`,
`accounts`, `keyed`, `nameless`, `outgoing`, `package`, `packing`, `reading` and `study`.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.accounts import home_folder
from morphkit.consents import declared, photos_of, withdrawn
from morphkit.errors import Finding, PackageError, UsageError
from morphkit.keyed import PHOTOS, PIXELS, TABLES, keyed_hash, veiled
from morphkit.nameless import bare, refuse_formulas, refuse_names, renamed
from morphkit.outgoing import looked_at
from morphkit.package.documents import (
    CHECKSUMS,
    CITATION,
    METHODS,
    RIGHTS,
    checksums,
    citation,
    methods,
    rights,
)
from morphkit.package.orders import draw
from morphkit.package.papers import README, RESPONSE_MAP, form
from morphkit.package.words import response_map_json
from morphkit.packing import gate, invalid
from morphkit.reading import source_rows
from morphkit.study.manifest import Source, StimulusSet
from morphkit.study.source_row import COLUMNS, SourceRow
from morphkit.study.sources import TABLE
from morphkit.study.task import Task


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
        other photos or templates than the set was made from; MK805 for what a spreadsheet would
        evaluate; while producing, MK754.
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
    refuse_formulas(rows)
    made = _sealed(_files(stimulus_set, photos, rows, key))
    return looked_at(stimulus_set, made, [home_folder()], templates=True)


def photo_folder(set_folder: Path, stimulus_set: StimulusSet) -> Path:
    """Return where the photos of a set lie in its study: beside the ``configs`` of its recipe.

    Raises
    ------
    UsageError
        MK833 when they aren't there.
    """
    if found := photos_of(set_folder, stimulus_set):
        return found
    raise UsageError(
        Finding(
            "MK833",
            "the photos of this set are not where its recipe says.",
            file=files.shown(set_folder),
            suggestion="Say where they are: --photos FOLDER.",
        )
    )


def _rows(folder: Path, sources: Sequence[Source]) -> list[SourceRow]:
    """Return the rows of the photos that a set was made from, in the folder's order."""
    used = {(one.identity, one.expression) for one in sources}
    rows = [row for row in source_rows(folder) if (row.identity, row.expression) in used]
    missing = used - {(row.identity, row.expression) for row in rows}
    if missing and (folder / TABLE).exists():
        raise PackageError(*(withdrawn(*one, str(folder / TABLE)) for one in sorted(missing)))
    if missing:
        raise PackageError(
            *(_not_those(who, what, "is not in the folder") for who, what in sorted(missing))
        )
    return rows


def _declared_now(rows: Sequence[SourceRow], sources: Sequence[Source]) -> list[Source]:
    """Return the sources with the rights that their folder declares by now."""
    now = {(row.identity, row.expression): row for row in rows}
    return [declared(one, now[one.identity, one.expression]) for one in sources]


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
    keyed = {(one.identity, one.expression): keyed_hash(key, one.sha256) for one in block.sources}
    called = [renamed(row, _template(folder, row).suffix) for row in rows]
    for row, new in zip(rows, called, strict=True):
        data = bare(_template(folder, row))
        refuse_names(data, rows, new)
        yield f"raw_faces/{name}/{new['template']}", data
    yield f"raw_faces/{name}/faces.csv", _csv(COLUMNS, called)
    hashes = [
        {
            "identity": row.identity,
            "expression": row.expression,
            "image": new["image"],
            "keyed": keyed[row.identity, row.expression],
        }
        for row, new in zip(rows, called, strict=True)
    ]
    yield PHOTOS, _csv(TABLES[PHOTOS], hashes)
    pixels = [
        {"stimulus_id": row.stimulus_id, "keyed": keyed_hash(key, row.pixel_sha256)}
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
        kept["pixel_sha256"] = veiled(key, scale["pixel_sha256"])
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


def _csv(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
