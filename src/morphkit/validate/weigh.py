"""What a configuration does to reports: levels, ignores, and what is ignored in vain.

An ignored finding stays in its report, and no label is ever earned by ignoring.  May import
`errors`, `files` and `validate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from morphkit import files
from morphkit.errors import Finding
from morphkit.validate.config import Config
from morphkit.validate.findings import SetReport, judge
from morphkit.validate.rules import finding


def weigh(judged: Sequence[tuple[SetReport, Config]]) -> list[SetReport]:
    """Return reports weighed by their configurations, with what these ignore in vain.

    That is found in the first of the sets that share a configuration.
    """
    weighed = []
    for report, config in judged:
        shared = [one for one, other in judged if other.file == config.file]
        vain = unused(shared, config) if report is shared[0] else []
        weighed.append(apply(replace(report, findings=(*report.findings, *vain)), config))
    return weighed


def apply(report: SetReport, config: Config) -> SetReport:
    """Return a report weighed anew: levels and ignores of a configuration, then the verdict.

    What is ignored stays, with its reason.  A label is kept or lost, never earned.
    """
    weighed = judge(report.set, (_weighed(report.set, found, config) for found in report.findings))
    label = report.label if weighed.verdict == "valid" else None
    return replace(report, verdict=weighed.verdict, findings=weighed.findings, label=label)


def _weighed(folder: str, found: Finding, config: Config) -> Finding:
    if found.ignored:
        return found
    for ignore in config.ignores:
        if ignore.holds(folder, found):
            return replace(found, ignored=True, reason=ignore.reason)
    level = config.levels.get(found.code, found.severity)
    if level == "off":
        return replace(found, ignored=True, reason=f"the rule is off in {config.file}")
    return replace(found, severity=level)


def unused(reports: Sequence[SetReport], config: Config) -> list[Finding]:
    """Return MK942 for each ignore that hides nothing, though its rule was looked at.

    Each names the configuration as seen from the first set.
    """
    found = []
    for number, ignore in enumerate(config.ignores):
        sets = [r for r in reports if ignore.is_about(r.set) and r.looked_at(ignore.rule)]
        hides = any(ignore.holds(r.set, found) for r in sets for found in r.findings)
        if sets and not hides:
            text = f"{ignore.rule} is ignored, but nothing is found that it hides."
            file, pointer = files.beside(config.file, reports[0].set), f"ignore[{number}]"
            found.append(finding("MK942", text, file=file, pointer=pointer, line=ignore.line))
    return found
