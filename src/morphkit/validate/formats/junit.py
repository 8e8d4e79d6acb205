"""Reports as JUnit XML, which every CI service draws: a test case for each rule and set.

Every rule about sets has its case in every run, so that a service can show how it went over
time; a rule that was not looked at is skipped, never passed.  May import `validate` and
ElementTree, which only writes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from morphkit.errors import Finding, visible
from morphkit.validate.findings import SetReport
from morphkit.validate.formats.issues import rule_name
from morphkit.validate.formats.prose import plain, told
from morphkit.validate.rules import RULES

MOST = 100
"""Findings that a test case tells; the line after them says how many more there are."""


def junit(reports: Sequence[SetReport]) -> str:
    """Return the reports as JUnit XML: failures are errors, warnings are output."""
    root = Element("testsuites", name="morphkit")
    for report in reports:
        root.append(_suite(report))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, 0)) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _suite(report: SetReport) -> Element:
    suite = Element("testsuite", name=visible(report.set))
    properties = SubElement(suite, "properties")
    for name in ("verdict", "label", "checked"):
        SubElement(properties, "property", name=name, value=getattr(report, name) or "none")
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.code, []).append(finding)
    rules = {code for code, rule in RULES.items() if rule.about == "set"}
    cases = [_case(report, code, found.get(code, [])) for code in sorted(rules | found.keys())]
    suite.extend(cases)
    for name, tag in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.attrib |= {"tests": str(len(cases)), "errors": "0", "time": "0"}
    return suite


def _case(report: SetReport, code: str, findings: Sequence[Finding]) -> Element:
    case = Element(
        "testcase", classname=visible(report.set), name=f"{code} {rule_name(code)}", time="0"
    )
    errors = [found for found in findings if _fails(found)]
    others = [found for found in findings if not _fails(found)]
    if errors:
        failure = SubElement(case, "failure", type=code, message=plain(errors[0].message))
        failure.text = _text(errors)
    elif findings and all(found.ignored for found in findings):
        SubElement(case, "skipped", message=plain(findings[0].reason or "ignored"))
    elif not findings and not report.looked_at(code):
        SubElement(case, "skipped", message=_UNSEEN[report.checked])
    if others:
        SubElement(case, "system-out").text = _text(others)
    return case


def _fails(found: Finding) -> bool:
    return found.severity == "error" and not found.ignored


_UNSEEN = {
    "quick": "Not settled: a quick validation reads no pixels.",
    "nothing": "Not checked: the set cannot be read.",
}


def _text(findings: Sequence[Finding]) -> str:
    lines = [f"{found.severity}: {told(found)}" for found in findings[:MOST]]
    lines += [f"… and {len(findings) - MOST} more"] if len(findings) > MOST else []
    remedies = dict.fromkeys(found.suggestion for found in findings[:MOST] if found.suggestion)
    return "\n".join([*lines, *(f"what to do: {plain(remedy)}" for remedy in remedies)])
