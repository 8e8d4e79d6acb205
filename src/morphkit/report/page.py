"""The page: one self-contained HTML file about a stimulus set, for a lab's appendix.

Pure and deterministic: the same set and findings give the same text, without time, host,
user or absolute path.  The page asks nothing of any network, runs no script, and escapes
whatever a set or a finding says.  May import `errors`, `measure.series`, `study`,
`package.documents` and the other files of `report`.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.package.documents import methods
from morphkit.report import words
from morphkit.report.calibration import calibration
from morphkit.report.contact import Person, contact_sheet
from morphkit.report.found import found
from morphkit.report.surveyed import recipe_limits, surveyed
from morphkit.study.manifest import Source, StimulusSet

MANY_ROWS = 24
"""Longer tables are folded away on the screen."""

RIGHTS = (
    ("source", "Source"),
    ("licence", "Licence"),
    ("derivatives_allowed", "Derivatives"),
    ("publish_allowed", "Publishing"),
    ("consent_scope", "Consent"),
    ("consent_until", "Consent until"),
)
"""What may be declared about a photograph, and how the page calls it."""

_NUMBERS = re.compile(r"\[\n\s+([-+.,\deE\s]+?)\n\s+\]")
_ENVIRONMENT = Environment(
    loader=PackageLoader("morphkit.report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    number=words.number,
    fixed=words.fixed,
    percent=words.percent_text,
    place=words.place,
    settings=words.settings,
    typeset=words.typeset,
)


@dataclass(frozen=True, slots=True)
class Rights:
    """What was declared about the photographs.

    Parameters
    ----------
    shared : tuple of (str, str)
        Title and value of what is the same for all.
    columns : tuple of (str, str)
        Attribute and title of what differs.
    silent : tuple of str
        Titles of what was declared of none.
    """

    shared: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]


def page(
    stimulus_set: StimulusSet,
    findings: Sequence[Finding],
    *,
    verdict: str,
    label: str | None,
    measured: Sequence[Series] = (),
    limits: Mapping[str, float] | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the report of a set: one HTML page that needs nothing but itself.

    Parameters
    ----------
    stimulus_set : StimulusSet
        Need not be a valid one: what can't be read is shown as missing.
    findings : sequence of Finding
        What building and validation have found.
    verdict : {"valid", "invalid"}
    label : {"nominal", "physically checked", "perceptually calibrated"} or None
    measured : sequence of Series
        Of a full validation; without them the landmark paths alone are shown.
    limits : mapping of str to float or None
        Name → limit; None takes those of the set's recipe.
    names : mapping of str to str or None
        Code → what its rule is called.

    Returns
    -------
    str
        HTML, to be written as UTF-8.  Pictures are embedded up to a fixed number; the page
        says what it leaves out.
    """
    block = stimulus_set.manifest.morphkit
    style = _ENVIRONMENT.get_template("page.css").render()
    people = contact_sheet(stimulus_set)
    shown = found(findings)
    known = recipe_limits(block.recipe) if limits is None else limits
    survey = surveyed(stimulus_set, measured, known)
    text, _, references = methods(stimulus_set).partition("\n\nReferences\n\n")
    return _ENVIRONMENT.get_template("page.html.j2").render(
        style=style,
        style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii"),
        name=stimulus_set.manifest.name,
        block=block,
        counts=_counts(stimulus_set, people),
        verdict=verdict,
        label=label if verdict == "valid" else None,
        labels=[*words.LABELS],
        verdict_text=words.verdict_text(verdict, label, bool(measured)),
        next_text=words.next_text(verdict, label, bool(measured)),
        people=people,
        abridged=_abridged(people),
        survey=survey,
        calibration=calibration(stimulus_set),
        findings=shown,
        names=names or {},
        rights=_rights(block.sources),
        recipe=_recipe_text(block.recipe),
        many=MANY_ROWS,
        glossary=words.GLOSSARY,
        methods=text.removeprefix("Methods\n\n"),
        references=references.splitlines(),
    )


def _counts(stimulus_set: StimulusSet, people: Sequence[Person]) -> list[str]:
    rows = stimulus_set.stimuli
    continua = {row.continuum for row in rows}
    sizes = sorted({(row.width_px, row.height_px) for row in rows})
    shown = ", ".join(f"{width}\xa0×\xa0{height}\xa0px" for width, height in sizes[:3])
    return [
        words.count_text(len(people), "identity", "identities"),
        words.count_text(len(continua), "continuum", "continua"),
        words.count_text(len(rows), "stimulus", "stimuli"),
        shown + (", …" if len(sizes) > 3 else ""),
    ]


def _abridged(people: Sequence[Person]) -> str:
    """Say what the contact sheet leaves out; empty when it shows everything."""
    count = Counter(person.shown for person in people)
    parts = []
    if count["strips"] or count["named"]:
        parts.append(f"The first {count['full']} of {len(people)} identities are shown in full.")
    if count["strips"]:
        parts.append(f"The next {count['strips']} are shown as strips of up to five levels.")
    if count["named"]:
        parts.append(f"The last {count['named']} are only named.")
    if any(
        person.shown == "full" and len(sheet.tiles) < len(sheet.rows)
        for person in people
        for sheet in person.sheets
    ):
        parts.append("Of continua with very many levels, evenly chosen ones are shown.")
    if parts:
        parts.append("Every image is in the folder stimuli, every row in stimuli.csv.")
    return " ".join(parts)


def _recipe_text(recipe: Mapping[str, Any]) -> str:
    """Return the recipe as JSON, which is YAML too, with each list of numbers on one line."""
    text = json.dumps(recipe, ensure_ascii=False, indent=2, sort_keys=True)
    # a raw line break is never inside a JSON string, so only lists can match
    return _NUMBERS.sub(lambda match: "[" + " ".join(match[1].split()) + "]", text)


def _rights(sources: Sequence[Source]) -> Rights:
    shared, columns, silent = [], [], []
    for name, title in RIGHTS:
        values = {getattr(source, name) for source in sources}
        if not values - {None}:
            silent.append(title)
        elif len(values) == 1:
            shared.append((title, str(*values)))
        else:
            columns.append((name, title))
    return Rights(tuple(shared), tuple(columns), tuple(silent))
