"""Reports for people, for programs and for CI, and whether they make a command fail.

Pure: reports in, text out.  `places` says where findings are, `issues` makes objects of them;
`prose`, `junit`, `sarif` and `github` write them down.  File names and cells come from sets
that anybody may have made, so whatever a terminal, a CI log or a page would obey is shown
escaped.  May import `errors`, `study.manifest` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Literal

from morphkit.validate.findings import SetReport
from morphkit.validate.formats.issues import json, report_schema
from morphkit.validate.formats.prose import SHOWN, text

__all__ = ["FORMATS", "SHOWN", "fails", "json", "render", "report_schema", "text"]

FailOn = Literal["error", "warning", "never"]

FORMATS: Mapping[str, str] = {
    "text": "prose",
    "json": "issues",
    "jsonl": "issues",
    "junit": "junit",
    "sarif": "sarif",
    "github": "github",
}
"""Name of a format → the module that has a function of that name, loaded on use."""


def render(reports: Sequence[SetReport], form: str) -> str:
    """Return the reports in one of `FORMATS`, ending in a line feed."""
    module = import_module(f"{__name__}.{FORMATS[form]}")
    written: str = getattr(module, form)(reports)
    return written.removesuffix("\n") + "\n"


def fails(reports: Iterable[SetReport], fail_on: FailOn) -> bool:
    """Whether a finding that is not ignored is as bad as `fail_on` or worse (exit code 1)."""
    bad = {"error": {"error"}, "warning": {"error", "warning"}, "never": set[str]()}[fail_on]
    return any(
        found.severity in bad and not found.ignored
        for report in reports
        for found in report.findings
    )
