"""What a study declares by now for the photos of a set that was built from them before.

A consent can be withdrawn after a set was built, so the table of the photos is asked again where
it still lies in the study.  May import `errors`, `files`, `package`, `study` and `validate`.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding
from morphkit.files.disk import disk_faults
from morphkit.package.documents import RIGHTS_FIELDS
from morphkit.study.manifest import Source, StimulusSet
from morphkit.study.rights import SCOPES, Use
from morphkit.study.sources import TABLE, SourceRow, parse_faces_csv
from morphkit.validate.rights import rights_faults
from morphkit.validate.rules import finding

UNSAID = (None, "unknown")


@dataclass(frozen=True, slots=True)
class Present:
    """What the table of a study's photos says by now.

    Parameters
    ----------
    file : str
        The table.
    sources : tuple of Source or None
        The sources of the set, in its order, with the rights of their rows; None for one whose
        row is gone.
    """

    file: str
    sources: tuple[Source | None, ...]


def photos_of(set_folder: Path, stimulus_set: StimulusSet) -> Path | None:
    """Return the folder of a set's photos, beside the ``configs`` of its study; None if gone."""
    faces = str(stimulus_set.manifest.morphkit.recipe.get("faces", ""))
    study = set_folder.resolve().parent.parent
    with disk_faults(set_folder):
        found = (home / faces for home in (study / "configs", study) if (home / faces).is_dir())
        return next((folder.resolve() for folder in found), None)


def present(set_folder: Path, stimulus_set: StimulusSet) -> Present | None:
    """Return what the table of a set's photos says by now; None where there is no table.

    Raises
    ------
    SetError
        MK64x or MK65x for a table that can't be read.
    EnvironmentFault
        MK613 or MK614.
    """
    folder = photos_of(set_folder, stimulus_set)
    if folder is None or not os.path.lexists(folder / TABLE):
        return None
    shown = files.shown(folder / TABLE)
    rows = parse_faces_csv(files.read_text(folder / TABLE, "table of faces"), file=shown)
    by_key = {(row.identity, row.expression): row for row in rows}
    pairs = [
        (one, by_key.get((one.identity, one.expression)))
        for one in stimulus_set.manifest.morphkit.sources
    ]
    return Present(shown, tuple(declared(one, row) if row else None for one, row in pairs))


def objections(
    sources: Sequence[Source], now: Present | None, use: Use, today: datetime.date
) -> Iterator[tuple[Finding, bool]]:
    """Hold what was declared, when a set was built and by now, against a use and a day.

    The stricter counts; what was undeclared then counts as it is declared now.

    Yields
    ------
    (Finding, bool)
        MK701…MK706, and whether only nobody declared it.
    """
    then = _held(sources, use, today)
    if now is None:
        yield from then.values()
        return
    pairs = list(zip(sources, now.sources, strict=True))
    for gone in (one for one, row in pairs if row is None):
        yield withdrawn(gone.identity, gone.expression, now.file), False
    later = _held([row or one for one, row in pairs], use, today)
    for place in dict.fromkeys([*then, *later]):
        old, new = then.get(place), later.get(place)
        if old and not (old[1] and not (new and new[1])):
            yield old
        elif new:
            text = f"{TABLE} was changed since the set was built: {new[0].message}"
            column = place.rpartition(".")[2]
            yield replace(new[0], message=text, file=now.file, pointer=column), new[1]


def withdrawn(identity: str, expression: str, table: str) -> Finding:
    """Return MK706 for a photo whose row is gone."""
    text = f"the photo {identity} {expression} is not in {TABLE} any more, so it was withdrawn "
    return finding("MK706", f"{text}since the set was built.", file=files.shown(table))


def filled(stimulus_set: StimulusSet, now: Present | None) -> StimulusSet:
    """Return a set with what packages say of its rights: the stricter of then and by now.

    What was undeclared when it was built is as it is declared by now.
    """
    if now is None:
        return stimulus_set
    manifest = stimulus_set.manifest
    sources = [
        one.model_copy(
            update={
                name: _stricter(name, getattr(one, name), getattr(row, name))
                for name in RIGHTS_FIELDS
            }
        )
        if row
        else one
        for one, row in zip(manifest.morphkit.sources, now.sources, strict=True)
    ]
    block = manifest.morphkit.model_copy(update={"sources": sources})
    return replace(stimulus_set, manifest=manifest.model_copy(update={"morphkit": block}))


def _stricter(name: str, then: str | None, now: str | None) -> str | None:
    """Return what holds of a right that was declared then so, and by now so."""
    if then in UNSAID:
        return then if now is None else now
    if name.endswith("_allowed"):
        return "no" if "no" in (then, now) else now
    if name == "consent_until":
        return min(then, now) if then and now else then
    if name == "consent_scope" and now in SCOPES and then in SCOPES:
        return min(then, now, key=[*SCOPES].index)
    return then if name == "consent_scope" and now in SCOPES else now


def declared(source: Source, row: SourceRow) -> Source:
    """Return a source with the rights of its row."""
    return source.model_copy(update={name: getattr(row, name) for name in RIGHTS_FIELDS})


def _held(
    sources: Sequence[Source], use: Use, today: datetime.date
) -> dict[str, tuple[Finding, bool]]:
    """Return what is found, and whether it is undeclared only, by its place in the manifest."""
    found = {}
    for one in rights_faults(sources, use, today):
        source = sources[int(one.pointer.split(".")[2])]
        unsaid = (one.code == "MK704" and source.consent_scope is None) or (
            one.code == "MK705" and source.publish_allowed != "no"
        )
        found[one.pointer] = (one, unsaid)
    return found
