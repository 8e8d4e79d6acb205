"""Findings as the page shows them: rule by rule, errors first, the longest lists cut short.

May import `errors` and `report.words`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from morphkit.errors import Finding, Severity
from morphkit.report import words

MOST_FINDINGS = 250


@dataclass(frozen=True, slots=True)
class Rule:
    """The findings of one rule.

    Parameters
    ----------
    code : str
    severity : {"error", "warning"}
    ignored : bool
        Switched off on record.
    findings : tuple of Finding
        Those that are shown.
    more : int
        How many are not.
    """

    code: str
    severity: Severity
    ignored: bool
    findings: tuple[Finding, ...]
    more: int

    @property
    def count(self) -> int:
        """How many there are, shown or not."""
        return len(self.findings) + self.more

    @property
    def suggestion(self) -> str:
        """What to do about all of them; empty when that differs from one to another."""
        texts = {finding.suggestion for finding in self.findings}
        return texts.pop() if len(texts) == 1 else ""

    @property
    def numbers(self) -> bool:
        """Whether any of them was measured."""
        return any(f.measured is not None or f.limit is not None for f in self.findings)


@dataclass(frozen=True, slots=True)
class Found:
    """All findings, and how many there are.

    Parameters
    ----------
    rules : tuple of Rule
        Errors, then warnings, then what is ignored; each in the order it was found in.
    errors, warnings, ignored : int
    """

    rules: tuple[Rule, ...]
    errors: int
    warnings: int
    ignored: int

    @property
    def summary(self) -> str:
        """The counts in words."""
        parts = [
            words.count_text(self.errors, "error") if self.errors else "",
            words.count_text(self.warnings, "warning") if self.warnings else "",
            words.count_text(self.ignored, "ignored finding") if self.ignored else "",
        ]
        return ", ".join(part for part in parts if part) or "no findings"


def found(findings: Sequence[Finding]) -> Found:
    """Return findings as the page shows them; the same finding is listed once."""
    order = sorted(dict.fromkeys(findings), key=lambda f: (f.ignored, f.severity != "error"))
    groups: dict[tuple[str, Severity, bool], list[Finding]] = {}
    for finding in order:
        groups.setdefault((finding.code, finding.severity, finding.ignored), []).append(finding)
    # the first of each rule is always shown, however many there are of another
    room = max(MOST_FINDINGS - len(groups), 0)
    rules = []
    for (code, severity, ignored), members in groups.items():
        kept = members[: 1 + room]
        room -= len(kept) - 1
        rules.append(Rule(code, severity, ignored, tuple(kept), len(members) - len(kept)))
    heard = Counter(finding.severity for finding in order if not finding.ignored)
    return Found(
        tuple(rules),
        heard["error"],
        heard["warning"],
        sum(finding.ignored for finding in order),
    )
