"""The dataset: what the formats for archives say of a set, whichever format it is.

Knows columns, licences and settings as plain values, and leaves out what tells of the user's
disk; knows no format.  May import `errors`, `study` and the rest of `package`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from morphkit.errors import Finding, UsageError
from morphkit.package.papers import form
from morphkit.package.words import plain_name
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.rights import Use, day
from morphkit.study.table import Stimulus, table_schema

CONSENT = "licence_and_consent.txt"
RECIPE = "recipe.json"
TOLD = (
    *("canvas", "continua", "engine", "equalise", "identities", "limits", "mask", "mixtures"),
    *("morphkit", "name", "output", "prototypes", "transforms", "use"),
)
"""Sections of a recipe that say how the pictures were made; the others name folders and files."""

LICENCE_LIST = "https://spdx.org/licenses/"
LISTED = re.compile(r"CC0-1\.0|CC-BY(-NC)?(-SA|-ND)?-(1\.0|2\.0|2\.5|3\.0|4\.0)")
KEYWORDS = ("infant faces", "facial expression", "morphing", "stimuli")


def title(manifest: Manifest) -> str:
    """Return a name for people."""
    return f"{plain_name(manifest)}: graded infant faces"


def description(stimulus_set: StimulusSet) -> str:
    """Return what the set is, in a few sentences."""
    rows, block = stimulus_set.stimuli, stimulus_set.manifest.morphkit
    infants = len({row.identity for row in rows})
    continua = ", ".join(dict.fromkeys(row.continuum for row in rows))
    label = f" Their label is: {block.label}." if block.label else ""
    return (
        f"{len(rows)} pictures of the faces of {infants} identities, graded in expression "
        f"({continua}). They were morphed from {len(block.sources)} photographs by morphkit "
        f"{block.engine.version}; methods.txt says how.{label} {CONSENT} holds what was "
        "declared for the photographs."
    )


def made_for(use: Use) -> str:
    """Return what a dataset was made for, and what to do before it is deposited."""
    if use == "open_archive":
        return "Made for an open archive: the rights of the photographs were held against that."
    return (
        f"Made for {use.replace('_', ' ')} use; to deposit it somewhere (OpenNeuro, ...) make it "
        "again with --use open_archive, which checks the rights for that."
    )


def caption(row: Stimulus) -> str:
    """Return what a picture shows, in a few words."""
    return f"{row.identity}, {row.continuum}, frame {row.frame}"


def fields(stimulus_set: StimulusSet) -> list[dict[str, Any]]:
    """Return the columns of the table: name, type, description and constraints of each."""
    found: list[dict[str, Any]] = table_schema(stimulus_set.stimuli)["fields"]
    return found


def licences(manifest: Manifest) -> list[str]:
    """Return each licence that is declared for a photograph, once, on one line."""
    told = (" ".join((one.licence or "").split()) for one in manifest.morphkit.sources)
    return list(dict.fromkeys(text for text in told if text))


def licence(manifest: Manifest) -> str:
    """Return the licence as far as it is declared: the one that all photographs share, or more."""
    declared = licences(manifest)
    sources = manifest.morphkit.sources
    silent = sum(not (one.licence or "").strip() for one in sources)
    if len(declared) == 1 and not silent:
        return declared[0]
    if not declared:
        return f"undeclared; see {CONSENT}"
    gap = f"; undeclared for {silent} of {len(sources)} photographs" if silent else ""
    return f"{', '.join(declared)}{gap}; see {CONSENT}"


def licence_address(text: str) -> str:
    """Return the address of a licence of the well-known list; "" for any other text."""
    return f"{LICENCE_LIST}{text}" if LISTED.fullmatch(text) else ""


def recipe(manifest: Manifest) -> dict[str, Any]:
    """Return the recipe with every default, without what names places on the builder's disk."""
    whole = manifest.morphkit.recipe
    kept = {name: whole[name] for name in TOLD if name in whole}
    scale = (whole.get("spacing") or {}).get("scale")
    if scale is not None:
        kept["spacing"] = {"scale": "perceived" if "perceived" in str(scale) else scale}
    return kept


def published(date: str) -> str:
    """Return a day of publication as it was given.

    Raises
    ------
    UsageError
        MK829 when it is no day.
    """
    if day(date) is None:
        raise UsageError(
            Finding(
                "MK829",
                f"{date[:40]!r} is no day of publication.",
                pointer="date",
                suggestion="Write it as 2026-01-31, or leave it out.",
            )
        )
    return date


def json_bytes(value: object) -> bytes:
    """Return JSON for people: UTF-8, two blanks, LF."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def readme(folder: str, stimulus_set: StimulusSet, **more: str) -> bytes:
    """Return ``README.txt`` of a format: its form in ``forms``, filled.

    The blanks of every form: NAME, COUNT, COMMON, and what `more` has.
    """
    manifest = stimulus_set.manifest
    common = form("archive.txt", {"VERSION": manifest.morphkit.engine.version})
    blanks = {
        "NAME": plain_name(manifest),
        "COUNT": str(len(stimulus_set.stimuli)),
        "COMMON": common.rstrip(),
        **more,
    }
    return form(f"{folder}/README.txt", blanks).encode()
