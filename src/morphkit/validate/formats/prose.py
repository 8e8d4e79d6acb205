"""Reports for reading: findings by rule, what to do, and a verdict for each set.

May import `errors` and `validate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from morphkit.errors import Finding, visible
from morphkit.validate.findings import SetReport
from morphkit.validate.labels import doubted
from morphkit.validate.rules import RULES

SHOWN = 20
"""A rule's findings that the text shows one by one; the JSON holds all."""

LONGEST = 400


def text(reports: Sequence[SetReport]) -> str:
    """Return the reports for reading."""
    return "\n".join(line for report in reports for line in _lines(report))


def _lines(report: SetReport) -> list[str]:
    lines = []
    for code, group in groupby(report.findings, key=lambda found: found.code):
        findings = list(group)
        name = RULES[code].title if code in RULES else "no rule of this version"
        lines.append(f"{code} {name}")
        lines += [f"  {found.severity:<8}{told(found)}" for found in findings[:SHOWN]]
        if len(findings) > SHOWN:
            lines.append(f"  … and {len(findings) - SHOWN} more")
        lines += [
            f"  what to do: {plain(remedy)}"
            for remedy in dict.fromkeys(found.suggestion for found in findings[:SHOWN])
            if remedy
        ]
    return [*lines, verdict(report)]


def told(found: Finding) -> str:
    """Return place and message of a finding, and whether it is ignored, as one plain line."""
    line = plain((f"{found.place}: " if found.place else "") + found.message)
    why = f": {plain(found.reason)}" if found.reason else ""
    return f"{line} (ignored{why})" if found.ignored else line


def verdict(report: SetReport) -> str:
    """Return the judgement on a set as one plain line."""
    counts = report.counts()
    said = [f"{counts[kind]} {kind}{'s' if counts[kind] != 1 else ''}" for kind in _HEARD]
    said += [f"{counts['ignored']} ignored"] if counts["ignored"] else []
    label = f" ({report.label})" if report.label else ""
    return f"{plain(report.set)}: {report.verdict}{label}, {', '.join(said)}{_not_more(report)}"


def _not_more(report: SetReport) -> str:
    """Say what a valid set lacks to be physically checked."""
    if report.verdict == "invalid" or report.checked != "all" or not report.measured:
        return ""
    doubts = [f"{code} ({RULES[code].title})" for code in doubted(report.findings)]
    return f"; not physically checked because of {', '.join(doubts)}" if doubts else ""


_HEARD = ("error", "warning")


def plain(message: str) -> str:
    """Cut a text to a readable length and escape what a terminal or a CI log would obey."""
    return visible(message if len(message) <= LONGEST else message[:LONGEST] + "…")
