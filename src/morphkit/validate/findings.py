"""What a check looks at, and what it gives back.

`Evidence` is a set as it was read, `SetReport` the judgement on it.  May import `errors`,
`files.texts`, `study` and `validate.rules`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from morphkit.errors import Finding, MorphkitError, SetError
from morphkit.files.texts import hidden
from morphkit.measure.series import Series
from morphkit.study.manifest import MANIFEST, MorphkitBlock, StimulusSet
from morphkit.study.program import Program
from morphkit.study.recipe import LIMITS, Recipe, parse_recipe
from morphkit.study.rights import Use, widest
from morphkit.study.shares import Photo
from morphkit.study.table import Stimulus
from morphkit.validate.labels import Label, earned
from morphkit.validate.rules import RULES, finding

Verdict = Literal["valid", "invalid"]
Checked = Literal["all", "quick", "nothing"]


@dataclass(frozen=True, slots=True)
class SetReport:
    """The judgement on one set.

    Parameters
    ----------
    set : str
        The set's folder as the user named it.
    verdict : {"valid", "invalid"}
        Invalid when a finding that is not ignored is an error.
    label : {"nominal", "physically checked", "perceptually calibrated"} or None
        What the set has earned; None when it is invalid.
    findings : tuple of Finding
        Errors first, then by code and place.
    checked : {"all", "quick", "nothing"}
        Quick reads no pixels; of a set that cannot be read nothing is checked.
    measured : tuple of Series
        What a full validation measured of each identity's continua; else nothing.
    fresh : bool
        Whether scales of the manifest were measured on every frame of every continuum.
    """

    set: str
    verdict: Verdict
    label: Label | None
    findings: tuple[Finding, ...]
    checked: Checked = "all"
    measured: tuple[Series, ...] = ()
    fresh: bool = False

    def counts(self) -> dict[str, int]:
        """Return how many errors, warnings and ignored findings there are."""
        heard = [finding.severity for finding in self.findings if not finding.ignored]
        return {
            "error": heard.count("error"),
            "warning": heard.count("warning"),
            "ignored": len(self.findings) - len(heard),
        }

    def looked_at(self, code: str) -> bool:
        """Whether no finding of a code means that its rule is kept."""
        known = RULES.get(code)
        return {"all": True, "quick": not (known and known.pixels), "nothing": False}[self.checked]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A set as it was read, for checks to look at.

    Parameters
    ----------
    set : StimulusSet
    listing : frozenset of str
        Every file in the folder that people see, relative, with forward slashes.
    recipe : Recipe or None
        The manifest's recipe; None when it cannot be read.
    limits : mapping of str to float
        Every limit of the catalogue, the recipe's changes included.
    lines : mapping of str to int
        Stimulus id → its line in the table.
    unseen : frozenset of str
        Its hidden files.
    use : {"lab", "online_experiment", "publication", "open_archive"} or None
        What the set is to be used for; None when nothing is asked.
    today : date
        The day that consents are held against.
    digests : dict of str to str
        SHA-256 of files that were read already: each is hashed once.
    """

    set: StimulusSet
    listing: frozenset[str]
    recipe: Recipe | None
    limits: Mapping[str, float]
    lines: Mapping[str, int]
    unseen: frozenset[str] = frozenset()
    use: Use | None = None
    today: datetime.date = field(default_factory=datetime.date.today)
    digests: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def block(self) -> MorphkitBlock:
        """The manifest's own part."""
        return self.set.manifest.morphkit

    @property
    def program(self) -> Program:
        """Who is in what, as the manifest declares it."""
        block = self.block
        everyone = list(dict.fromkeys(source.identity for source in block.sources))
        continua = tuple(
            entry if entry.identities else entry.model_copy(update={"identities": everyone})
            for entry in block.continua
        )
        return Program(
            tuple(block.prototypes), continua, tuple(block.transforms), tuple(block.mixtures)
        )

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file of the set; "" when it can't be read."""
        if path not in self.digests:
            try:
                self.digests[path] = hashlib.sha256(self.set.read(path)).hexdigest()
            except SetError:
                self.digests[path] = ""
        return self.digests[path]

    def shares(self, row: Stimulus) -> dict[Photo, float]:
        """Return what each photo has in the shape of a stimulus."""
        listed = self.block.frame_weights.get(row.stimulus_id)
        if listed is None:
            return {Photo(row.identity, name): w for name, w in row.weights.items() if w}
        return {Photo(one.identity, one.expression, one.mirrored): one.shape for one in listed}

    def series(self) -> list[tuple[Stimulus, ...]]:
        """Return the rows of each identity and continuum, by frame."""
        rows = sorted(self.set.stimuli, key=lambda row: (row.identity, row.continuum, row.frame))
        grouped = groupby(rows, key=lambda row: (row.identity, row.continuum))
        return [tuple(group) for _, group in grouped]


def gather(
    stimulus_set: StimulusSet,
    listing: Iterable[str],
    *,
    use: Use | None = None,
    today: datetime.date | None = None,
) -> tuple[Evidence, list[Finding]]:
    """Return the evidence on a set, and MK672 when its recipe cannot be read."""
    recipe, faults = _recipe(stimulus_set.manifest.morphkit.recipe)
    limits = LIMITS if recipe is None else {**LIMITS, **recipe.limits}
    lines = {row.stimulus_id: line for line, row in enumerate(stimulus_set.stimuli, start=2)}
    names = frozenset(listing)
    unseen = frozenset(path for path in names if any(map(hidden, path.split("/"))))
    return Evidence(
        stimulus_set,
        names - unseen,
        recipe,
        limits,
        lines,
        unseen,
        widest(use, recipe.use if recipe else None),
        today or datetime.date.today(),
    ), faults


def _recipe(content: Mapping[str, object]) -> tuple[Recipe | None, list[Finding]]:
    try:
        # what YAML 1.2 reads of a JSON text is what JSON means by it
        return parse_recipe(json.dumps(content)), []
    except MorphkitError as fault:
        return None, [
            finding(
                "MK672",
                f"the recipe in the manifest can't be read: {found.message}",
                file=MANIFEST,
                pointer=f"morphkit.recipe.{found.pointer}".rstrip("."),
            )
            for found in fault.findings
        ]


def judge(
    name: str,
    findings: Iterable[Finding],
    checked: Checked = "all",
    measured: Iterable[Series] = (),
    *,
    fresh: bool = False,
) -> SetReport:
    """Return the report on a set: sorted findings, each with something to do, and the label.

    Parameters
    ----------
    name : str
    findings : iterable of Finding
    checked : {"all", "quick", "nothing"}
    measured : iterable of Series
    fresh : bool
        As in `SetReport`.
    """
    complete = [
        found if found.suggestion else replace(found, suggestion=_remedy(found.code))
        for found in findings
    ]
    order = sorted(
        dict.fromkeys(complete),
        key=lambda f: (f.severity != "error", f.code, f.file, f.line or 0, f.pointer, f.message),
    )
    series = tuple(measured)
    bad = any(found.severity == "error" and not found.ignored for found in order)
    label = None if bad else earned(order, series, fresh=fresh)
    verdict: Verdict = "invalid" if bad else "valid"
    return SetReport(name, verdict, label, tuple(order), checked, series, fresh)


def unlabelled(name: str, findings: Iterable[Finding], checked: Checked = "all") -> SetReport:
    """Return the report on what earns no label: whatever is no set, or can't be read."""
    return replace(judge(name, findings, checked), label=None)


def _remedy(code: str) -> str:
    return RULES[code].remedy if code in RULES else ""
