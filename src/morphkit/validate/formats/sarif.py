"""Reports as SARIF 2.1.0 (OASIS), which code hosts read as alerts.

One run for all sets: GitHub keeps one run of a tool for each upload, with 25 000 results at
most.  May import `validate`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from json import dumps
from typing import Any

from morphkit import __version__
from morphkit.errors import visible
from morphkit.validate.findings import SetReport
from morphkit.validate.formats.issues import issues
from morphkit.validate.formats.places import from_here, uri
from morphkit.validate.rules import FAMILIES, RULES, Rule

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MOST = 25_000

_MARKS = re.compile(r"[\\\[\]]")


def sarif(reports: Sequence[SetReport]) -> str:
    """Return the reports as one SARIF run; ASCII.  Ignored findings are suppressed results."""
    found = [(report.set, issue) for report in reports for issue in issues(report)]
    found.sort(key=lambda pair: (pair[1]["ignored"], pair[1]["severity"] != "error"))
    codes = sorted({issue["code"] for _, issue in found[:MOST]})
    driver = {"name": "morphkit", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(reports, len(found) - MOST)],
        "results": [_result(folder, issue, codes) for folder, issue in found[:MOST]],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, allow_nan=False)


def _invocation(reports: Sequence[SetReport], more: int) -> dict[str, Any]:
    sets = [
        {"set": visible(report.set), "verdict": report.verdict, "label": report.label}
        | {"checked": report.checked}
        for report in reports
    ]
    told: dict[str, Any] = {"executionSuccessful": True, "properties": {"sets": sets}}
    if more > 0:
        text = f"and {more} more findings, which the JSON report holds."
        told["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return told


def _rule(code: str) -> dict[str, Any]:
    rule = RULES.get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": _message(rule.summary),
        "fullDescription": _message(f"{rule.summary} {rule.reason}"),
        "help": _message(_help(rule)),
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [FAMILIES[code[2]]]},
    }


def _help(rule: Rule) -> str:
    limit = f" Limit: {rule.limit}, {rule.default:g} by default." if rule.limit else ""
    return f"{rule.reason}{limit} What to do: {rule.remedy}"


def _result(folder: str, issue: dict[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": uri(from_here(folder, issue["file"]))}}
    if issue["line"] is not None:
        where["region"] = {"startLine": issue["line"]}
    place = {"physicalLocation": where}
    kept = {key: issue[key] for key in ("measured", "limit") if issue[key] is not None}
    kept |= {key: visible(issue[key]) for key in ("pointer", "suggestion") if issue[key]}
    result = {
        "ruleId": issue["code"],
        "ruleIndex": codes.index(issue["code"]),
        "level": issue["severity"],
        "message": _message(issue["message"]),
        "locations": [place],
        # the first name is the one that GitHub tells alerts apart by
        "partialFingerprints": dict.fromkeys(
            ("primaryLocationLineHash", "morphkit/v1"), issue["fingerprint"]
        ),
        "properties": {"set": visible(folder), **kept},
    }
    if issue["ignored"]:
        reason = visible(issue["reason"]) or "ignored"
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result


def _message(text: str) -> dict[str, str]:
    """Return a text as a message in which nothing is a link or a place to fill in."""
    plain = _MARKS.sub(lambda sign: "\\" + sign[0], visible(text))
    return {"text": plain.replace("{", "{{").replace("}", "}}")}
