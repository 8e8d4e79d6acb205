"""The rule catalogue: what every MK code means, why it is a rule, and what to do.

The texts are data, in ``catalogue/*.toml``: a table per code with the keys of `Rule` (left
out: severity "error", no limit, no pixels needed).  After a change, write the page anew::

    python -c "from morphkit.validate.rules import page; print(page(), end='')" > docs/rules.md

Limits and their defaults are the recipe's.  A test holds the catalogue, the codes in the
source and ``docs/rules.md`` together.  Knows no set.  May import `errors` and `study.recipe`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from morphkit.errors import Finding, Severity
from morphkit.study.recipe import LIMITS

About = Literal[
    "photo",
    "template",
    "geometry",
    "recipe",
    "source",
    "folder",
    "set",
    "package",
    "machine",
    "config",
    "responses",
    "scale",
]

FAMILIES: Mapping[str, str] = {
    "1": "images",
    "2": "landmarks and templates",
    "3": "geometry",
    "4": "spacing",
    "5": "confounds",
    "6": "metadata, integrity, files, machines",
    "7": "rights and privacy",
    "8": "packages",
    "9": "recipes, configuration",
}
"""First digit of a code → what the family is about."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    Parameters
    ----------
    code : str
        ``MK`` and three digits; never used for anything else once published.
    name : str
        Short name in lower case with hyphens.
    severity : {"error", "warning"}
        What a finding of this rule is, unless the finding says otherwise.
    about : str
        What is judged: ``photo``, ``template``, ``geometry``, ``recipe``, ``source``,
        ``folder``, ``set``, ``package``, ``machine``, ``config``, ``responses`` or ``scale``.
    limit : str or None
        Name of the limit, as a recipe's ``limits`` overrides it.
    default : float or None
        The limit's default.
    summary : str
        What is wrong.
    reason : str
        Why that is a fault, with its source where there is one.
    remedy : str
        What to do.
    pixels : bool
        Whether it takes pixels, which a quick validation doesn't read, to settle it.
    """

    code: str
    name: str
    severity: Severity
    about: About
    limit: str | None
    default: float | None
    summary: str
    reason: str
    remedy: str
    pixels: bool = False

    @property
    def title(self) -> str:
        """The name for reading."""
        return self.name.replace("-", " ")


def _catalogue() -> dict[str, Rule]:
    folder = resources.files("morphkit.validate") / "catalogue"
    texts = [f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".toml")]
    entries = [entry for text in texts for entry in tomllib.loads(text).items()]
    return {code: _rule(code, entry) for code, entry in sorted(entries)}


def _rule(code: str, entry: dict[str, Any]) -> Rule:
    limit = entry.get("limit")
    severity: Severity = "warning" if entry.get("severity") == "warning" else "error"
    about: About = entry["about"]  # a test checks every entry
    default = LIMITS[limit] if limit else None
    return Rule(
        code,
        entry["name"],
        severity,
        about,
        limit,
        default,
        entry["summary"],
        entry["reason"],
        entry["remedy"],
        entry.get("pixels", False),
    )


RULES: Mapping[str, Rule] = _catalogue()
"""Every rule, by code."""


def finding(
    code: str,
    message: str,
    *,
    file: str = "",
    pointer: str = "",
    line: int | None = None,
    measured: float | None = None,
    limit: float | None = None,
) -> Finding:
    """Return a finding with the severity and the remedy that the catalogue gives its code."""
    rule = RULES[code]
    return Finding(
        code,
        message,
        severity=rule.severity,
        file=file,
        pointer=pointer,
        line=line,
        measured=measured,
        limit=limit,
        suggestion=rule.remedy,
    )


def page() -> str:
    """Return the catalogue as the Markdown page ``docs/rules.md``: one paragraph per rule."""
    parts = [_INTRODUCTION]
    family = ""
    for rule in RULES.values():
        if rule.code[2] != family:
            family = rule.code[2]
            parts.append(f"## MK{family}xx: {FAMILIES[family]}\n")
        parts.append(_paragraph(rule))
    return "\n".join(parts)


_INTRODUCTION = """\
# Rules

Every fault or doubt that morphkit reports has a code. A code keeps its meaning for ever.
An *error* makes a command fail and a set invalid; a *warning* does neither, unless
`morphkit validate --fail-on warning` asks for it. A limit that has a name can be changed
in the recipe, under `limits`; the change is then on record in the set's manifest.
`morphkit list rules` prints this catalogue.
"""


def _paragraph(rule: Rule) -> str:
    limit = f" Limit: `{rule.limit}`, {rule.default:g} by default." if rule.limit else ""
    full = " It takes pixels: `--quick` can't settle it." if rule.pixels else ""
    return (
        f"### {rule.code} {rule.name}\n\n"
        f"*{rule.severity.capitalize()}.* {rule.summary} {rule.reason}{limit}{full} "
        f"**What to do:** {rule.remedy}\n"
    )
