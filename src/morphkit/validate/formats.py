"""Reports for people and for programs, and whether they make a command fail.

Pure: reports in, text out.  File names and cells come from sets that anybody may have made,
so whatever a terminal would obey is shown escaped.  May import `errors` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from json import dumps
from math import isfinite
from typing import Any, Literal

from morphkit.errors import Finding
from morphkit.validate.findings import SetReport
from morphkit.validate.rules import RULES

FailOn = Literal["error", "warning", "never"]

REPORT_VERSION = 1
SHOWN = 20
"""A rule's findings that the text shows one by one; the JSON holds all."""

LONGEST = 400


def fails(reports: Iterable[SetReport], fail_on: FailOn) -> bool:
    """Whether a finding that is not ignored is as bad as `fail_on` or worse (exit code 1)."""
    bad = {"error": {"error"}, "warning": {"error", "warning"}, "never": set[str]()}[fail_on]
    return any(
        found.severity in bad and not found.ignored
        for report in reports
        for found in report.findings
    )


def text(reports: Sequence[SetReport]) -> str:
    """Return the reports for reading: findings by rule, what to do, and a verdict for each set."""
    return "\n".join(line for report in reports for line in _lines(report))


def _lines(report: SetReport) -> list[str]:
    lines = []
    for code, group in groupby(report.findings, key=lambda found: found.code):
        findings = list(group)
        name = RULES[code].name.replace("-", " ") if code in RULES else "no rule of this version"
        lines.append(f"{code} {name}")
        lines += [f"  {found.severity:<8}{_plain(_told(found))}" for found in findings[:SHOWN]]
        if len(findings) > SHOWN:
            lines.append(f"  … and {len(findings) - SHOWN} more")
        lines += [
            f"  what to do: {_plain(remedy)}"
            for remedy in dict.fromkeys(found.suggestion for found in findings[:SHOWN])
            if remedy
        ]
    return [*lines, _verdict(report)]


def _told(found: Finding) -> str:
    place = found.file + (f":{found.line}" if found.line is not None else "")
    place += f" [{found.pointer}]" if found.pointer else ""
    ignored = " (ignored)" if found.ignored else ""
    return (f"{place}: " if place else "") + found.message + ignored


def _verdict(report: SetReport) -> str:
    counts = report.counts()
    told = [f"{counts[kind]} {kind}{'s' if counts[kind] != 1 else ''}" for kind in _HEARD]
    told += [f"{counts['ignored']} ignored"] if counts["ignored"] else []
    label = f" ({report.label})" if report.label else ""
    return f"{_plain(report.set)}: {report.verdict}{label}, {', '.join(told)}"


_HEARD = ("error", "warning")


def _plain(message: str) -> str:
    """Cut a text to a readable length and escape what a terminal would obey."""
    cut = message if len(message) <= LONGEST else message[:LONGEST] + "…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in cut
    )


def json(reports: Iterable[SetReport]) -> str:
    """Return the reports for programs, as `report_schema` describes; ASCII, one line feed."""
    content = {"morphkit_report": REPORT_VERSION, "sets": [_set(report) for report in reports]}
    return dumps(content, indent=1, allow_nan=False) + "\n"


def _set(report: SetReport) -> dict[str, Any]:
    return {
        "set": report.set,
        "verdict": report.verdict,
        "label": report.label,
        "findings": [_finding(found) for found in report.findings],
        "counts": report.counts(),
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "file": found.file,
        "pointer": found.pointer,
        "line": found.line,
        "message": found.message,
        "measured": _number(found.measured),
        "limit": _number(found.limit),
        "suggestion": found.suggestion,
        "ignored": found.ignored,
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `json` writes; new keys may come, none goes."""
    number = {"type": ["number", "null"]}
    count = {"type": "integer", "minimum": 0}
    found = {
        "code": {"type": "string", "pattern": "^MK[0-9]{3}$"},
        "severity": {"enum": ["error", "warning"]},
        "file": {"type": "string", "description": "Relative to the set; may be empty."},
        "pointer": {"type": "string", "description": "Key path, column or landmark."},
        "line": {"type": ["integer", "null"], "minimum": 1},
        "message": {"type": "string"},
        "measured": number,
        "limit": number,
        "suggestion": {"type": "string"},
        "ignored": {"type": "boolean"},
    }
    one = {
        "set": {"type": "string"},
        "verdict": {"enum": ["valid", "invalid"]},
        "label": {"enum": ["nominal", "physically checked", "perceptually calibrated", None]},
        "findings": {"type": "array", "items": _object(found)},
        "counts": _object({"error": count, "warning": count, "ignored": count}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "morphkit validate --format json",
        **_object(
            {
                "morphkit_report": {"const": REPORT_VERSION},
                "sets": {"type": "array", "items": _object(one)},
            }
        ),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
