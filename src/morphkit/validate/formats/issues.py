"""Findings as programs get them: one object each; as JSON, line by line, and their schema.

May import `validate` and the standard library.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from json import dumps
from math import isfinite
from typing import Any

from morphkit.errors import Finding
from morphkit.validate.findings import SetReport
from morphkit.validate.formats.places import in_set, json_pointer, set_name
from morphkit.validate.rules import RULES

REPORT_VERSION = 1

_NAME = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
"""Ids of stimuli in a message: they say which row is meant when lines move."""


def json(reports: Iterable[SetReport]) -> str:
    """Return the reports for programs, as `report_schema` describes; ASCII, one line feed."""
    content = {"morphkit_report": REPORT_VERSION, "sets": [_set(report) for report in reports]}
    return dumps(content, indent=1, allow_nan=False) + "\n"


def jsonl(reports: Iterable[SetReport]) -> str:
    """Return a line of JSON for each finding, with its set; the last of a set is its verdict."""
    lines = []
    for report in reports:
        lines += [{"set": report.set, **issue} for issue in issues(report)]
        lines.append({"morphkit_report": REPORT_VERSION, **_verdict(report)})
    return "".join(dumps(line, allow_nan=False) + "\n" for line in lines)


def _set(report: SetReport) -> dict[str, Any]:
    verdict = _verdict(report)
    head = {key: verdict.pop(key) for key in ("set", "verdict", "label")}
    return {**head, "findings": list(issues(report)), **verdict}


def _verdict(report: SetReport) -> dict[str, Any]:
    return {
        "set": report.set,
        "verdict": report.verdict,
        "label": report.label,
        "counts": report.counts(),
        "checked": report.checked,
    }


def issues(report: SetReport) -> Iterator[dict[str, Any]]:
    """Yield the findings of a report as objects, in its order."""
    seen: Counter[tuple[str, ...]] = Counter()
    for found in report.findings:
        identity = _identity(report.set, found)
        yield {
            "code": found.code,
            "severity": found.severity,
            "file": found.file,
            "pointer": json_pointer(found.file, found.pointer),
            "line": found.line,
            "message": found.message,
            "measured": _number(found.measured),
            "limit": _number(found.limit),
            "suggestion": found.suggestion,
            "ignored": found.ignored,
            "reason": found.reason,
            "name": rule_name(found.code),
            "fingerprint": _fingerprint(*identity, str(seen[identity])),
        }
        seen[identity] += 1


def rule_name(code: str) -> str:
    """Return the short name of a rule; the code itself when this version doesn't know it."""
    return RULES[code].name if code in RULES else code


def _identity(folder: str, found: Finding) -> tuple[str, ...]:
    """What stays when the set is elsewhere, rows are added and numbers change."""
    names = sorted(set(_NAME.findall(found.message)))
    file = in_set(folder, found.file)
    return (found.code, set_name(folder), file, found.pointer, *names)


def _fingerprint(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `json` writes; new keys may come, none goes.

    A line of `jsonl` is a ``finding`` with its ``set``, or a ``verdict``.
    """
    sets = _verdict_schema()
    findings = {"type": "array", "items": {"$ref": "#/$defs/finding"}}
    return {
        "title": "morphkit validate --format json",
        "$defs": {
            "finding": _object(_finding_schema()),
            "verdict": _object({"morphkit_report": {"const": REPORT_VERSION}, **sets}),
        },
        **_object(
            {
                "morphkit_report": {"const": REPORT_VERSION},
                "sets": {"type": "array", "items": _object({**sets, "findings": findings})},
            }
        ),
    }


def _finding_schema() -> dict[str, Any]:
    number = {"type": ["number", "null"]}
    place = (
        "In datapackage.json and recipes a JSON pointer (RFC 6901), in a table its column, in a "
        "template a landmark; may be empty."
    )
    same = "Equal for the same fault of the same file on every machine, whatever lines move."
    return {
        "code": {"type": "string", "pattern": "^MK[0-9]{3}$"},
        "severity": {"enum": ["error", "warning"]},
        "file": {"type": "string", "description": "Relative to the set; may be empty."},
        "pointer": {"type": "string", "description": place},
        "line": {"type": ["integer", "null"], "minimum": 1},
        "message": {"type": "string"},
        "measured": number,
        "limit": number,
        "suggestion": {"type": "string", "description": "What to do."},
        "ignored": {"type": "boolean"},
        "reason": {"type": "string", "description": "Why it is ignored."},
        "name": {"type": "string", "description": "Short name of the rule."},
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": same},
    }


def _verdict_schema() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    read = "all; quick: no pixels; nothing: the set can't be read."
    return {
        "set": {"type": "string", "description": "The set's folder as the user named it."},
        "verdict": {"enum": ["valid", "invalid"]},
        "label": {"enum": ["nominal", "physically checked", "perceptually calibrated", None]},
        "counts": _object({"error": count, "warning": count, "ignored": count}),
        "checked": {"enum": ["all", "quick", "nothing"], "description": read},
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
