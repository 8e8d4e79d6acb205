"""JUnit, SARIF and GitHub annotations: valid, complete, and harmless whatever names say."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from json import loads
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from bad_sets import BAD_SETS
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from tiny_set import tiny

from morphkit.errors import Finding
from morphkit.validate import SetReport, validate
from morphkit.validate.findings import judge
from morphkit.validate.formats import FORMATS, github, issues, junit, prose, render, sarif
from morphkit.validate.rules import RULES
from store import stored_schema

ERROR = Finding("MK681", "the file is named but is not in the set.", file="stimuli/a.png")
ROW = Finding("MK684", "the row differs.", file="stimuli.csv", line=7, pointer="sha256")
WARNING = Finding("MK751", "the picture carries a time.", severity="warning", file="stimuli/c.png")
IGNORED = Finding(
    "MK682", "no row names it.", file="stimuli/b.png", ignored=True, reason="A note of the lab."
)
REPORT = judge("generated/demo", [ERROR, ROW, WARNING, IGNORED])

HOSTILE = [
    "a\n::error file=x::pwned",
    "%0A::error::pwned",
    "a\r::add-mask::x",
    "##[add-mask]x",
    "##vso[task.setvariable variable=x]y",
    "\x1b[2J\x1b]0;title\x07",
    "</failure><script>alert(1)</script>]]>",
    "&amp;&#10;\"'",
    "[click](https://example.org) {0}",
    "\udc80\ud800\ufffe\x00\x0b",
    "\u202egnp.exe\u2028",
    "title,file=x:y",
    "C:\\x\\..\\y",
]
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec=None, exclude_categories=()), min_size=1, max_size=40),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map("".join),
)


@cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def junit_tree(reports: list[SetReport]) -> ElementTree.Element:
    text = render(reports, "junit")
    junit_schema().validate(text)
    return ElementTree.fromstring(text)


def sarif_log(reports: list[SetReport]) -> dict[str, object]:
    log = loads(render(reports, "sarif"))
    validator = Draft7Validator(stored_schema("sarif-2.1.0"), format_checker=FormatChecker())
    validator.validate(log)
    return log


def annotations(reports: list[SetReport]) -> list[str]:
    return [line for line in render(reports, "github").splitlines() if line.startswith("::")]


# JUnit


def cases(tree: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {case.get("name", "").split()[0]: case for case in tree.iter("testcase")}


def test_junit_has_a_case_for_each_rule_about_sets() -> None:
    tree = junit_tree([REPORT])
    assert {code for code, rule in RULES.items() if rule.about == "set"} == cases(tree).keys()
    (suite,) = tree
    counts = {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")}
    wanted = {"tests": str(len(cases(tree))), "failures": "2", "skipped": "1", "errors": "0"}
    assert counts == wanted
    assert (tree.get("tests"), tree.get("failures")) == (suite.get("tests"), "2")
    kept = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert kept == {"verdict": "invalid", "label": "none", "checked": "all"}


def test_junit_says_failed_skipped_told_and_passed() -> None:
    case = cases(junit_tree([REPORT]))
    assert [part.tag for part in case["MK681"]] == ["failure"]
    assert case["MK681"][0].get("type") == "MK681"
    assert "stimuli/a.png: the file is named" in (case["MK681"][0].text or "")
    assert "what to do: " in (case["MK681"][0].text or "")
    assert "stimuli.csv:7 [sha256]" in (case["MK684"][0].text or "")
    assert [part.tag for part in case["MK682"]] == ["skipped", "system-out"]
    assert case["MK682"][0].get("message") == "A note of the lab."
    assert [part.tag for part in case["MK751"]] == ["system-out"]
    assert list(case["MK683"]) == []


def test_junit_tells_what_is_found_beyond_the_rules_about_sets() -> None:
    found = Finding("MK210", "two landmarks coincide.", severity="warning")
    assert "system-out" in [part.tag for part in cases(junit_tree([judge("s", [found])]))["MK210"]]


def test_junit_passes_no_rule_that_nobody_looked_at(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "set")
    quick = cases(junit_tree([validate(folder, quick=True)]))
    assert [part.tag for part in quick["MK685"]] == ["skipped"]
    assert list(quick["MK681"]) == []
    nothing = cases(junit_tree([validate(tmp_path / "nowhere")]))
    passed = [code for code, case in nothing.items() if not len(case)]
    assert passed == [] and nothing["MK605"][0].tag == "failure"


def test_junit_cuts_what_nobody_reads() -> None:
    many = [Finding("MK682", "extra.", file=f"stimuli/{i}.png") for i in range(1000)]
    text = cases(junit_tree([judge("s", many)]))["MK682"][0].text or ""
    assert f"… and {1000 - junit.MOST} more" in text and len(text) < 20_000


def test_the_junit_schema_can_refuse() -> None:
    good = render([REPORT], "junit")
    for change in ('tests="', 'classname="', 'value="'):
        assert not junit_schema().is_valid(good.replace(change, f"x{change}", 1)), change
    assert not junit_schema().is_valid(good.replace("<failure", "<skipped/><failure", 1))


# SARIF


def test_sarif_holds_rules_and_results() -> None:
    other = judge("generated/other", [WARNING])
    (run,) = sarif_log([REPORT, other])["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MK681", "MK682", "MK684", "MK751"]
    for rule in rules:
        assert rule["name"] == RULES[rule["id"]].name
        assert rule["defaultConfiguration"]["level"] == RULES[rule["id"]].severity
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    kinds = [(r["ruleId"], r["level"], r["properties"]["set"]) for r in run["results"]]
    assert kinds == [
        ("MK681", "error", "generated/demo"),
        ("MK684", "error", "generated/demo"),
        ("MK751", "warning", "generated/demo"),
        ("MK751", "warning", "generated/other"),
        ("MK682", "error", "generated/demo"),
    ]
    sets = run["invocations"][0]["properties"]["sets"]
    assert [(one["set"], one["verdict"]) for one in sets] == [
        ("generated/demo", "invalid"),
        ("generated/other", "valid"),
    ]


def test_sarif_says_where() -> None:
    found = Finding("MK684", "x", file="stimuli.csv", line=7, measured=2.0, limit=1.0)
    (run,) = sarif_log([judge("my sets/100%", [found])])["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "my%20sets/100%25/stimuli.csv"}
    assert place["region"] == {"startLine": 7}
    assert (result["properties"]["measured"], result["properties"]["limit"]) == (2.0, 1.0)
    prints = result["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == prints["morphkit/v1"]


def test_sarif_suppresses_what_is_ignored() -> None:
    (run,) = sarif_log([REPORT])["runs"]
    told = [result.get("suppressions") for result in run["results"]]
    assert told == [
        None,
        None,
        None,
        [{"kind": "external", "justification": "A note of the lab."}],
    ]


def test_sarif_keeps_the_limit_of_github(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST == 25_000
    monkeypatch.setattr(sarif, "MOST", 3)
    many = [*(Finding("MK682", "x", severity="warning", file=f"{i}") for i in range(5)), ERROR]
    (run,) = sarif_log([judge("s", many)])["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "3 more findings" in note["message"]["text"]


def test_sarif_messages_have_no_links_and_no_blanks_to_fill() -> None:
    found = Finding("MK682", "[click](https://example.org) {0} \\")
    (run,) = sarif_log([judge("s", [found])])["runs"]
    text = run["results"][0]["message"]["text"]
    assert text == r"\[click\](https://example.org) {{0}} " + "\\\\"


def test_sarif_of_no_sets_and_of_newer_codes() -> None:
    assert sarif_log([])["runs"][0]["results"] == []
    (run,) = sarif_log([judge("s", [Finding("MK199", "new")])])["runs"]
    assert run["tool"]["driver"]["rules"] == [{"id": "MK199"}]


# GitHub


def test_github_annotates_what_is_not_ignored() -> None:
    lines = annotations([REPORT])
    assert lines[0].startswith("::error title=MK681 file-missing,file=generated/demo/stimuli/a.png")
    assert ",line=7::the row differs. " in lines[1]
    assert lines[2].startswith("::warning title=MK751 ")
    assert len(lines) == 3
    verdict = render([REPORT], "github").splitlines()[-1]
    assert verdict == "generated/demo: invalid, 2 errors, 1 warning, 1 ignored"


def test_github_escapes_exactly() -> None:
    found = Finding("MK682", "100% :,", file="a,b:c%.png")
    (line,) = annotations([judge("s", [found])])
    assert ",file=s/a%2Cb%3Ac%25.png::100%25 :, " in line


def test_github_puts_errors_first_and_counts_the_rest() -> None:
    many = [Finding("MK684", "x", line=i + 1) for i in range(github.MOST)]
    first = judge("a", [WARNING])
    lines = render([first, judge("b", many)], "github").splitlines()
    assert all(line.startswith("::error ") for line in lines[: github.MOST])
    assert lines[github.MOST] == "… and 1 more findings"


# all of them


@pytest.mark.parametrize("bad", BAD_SETS[::5], ids=lambda bad: bad.name)
def test_bad_sets_in_every_format(bad: object, tmp_path: Path) -> None:
    bad.make(tmp_path)
    report = validate(tmp_path)
    assert sarif_log([report]) and len(junit_tree([report])) == 1
    assert bad.codes <= {line[len("::error title=") :][:5] for line in annotations([report])} | {
        line[len("::warning title=") :][:5] for line in annotations([report])
    }


def hostile_report(name: str) -> SetReport:
    found = [
        Finding("MK682", f"{name} is extra.", file=name, pointer=name, suggestion=name),
        Finding("MK751", name, file=f"stimuli/{name}", severity="warning"),
        Finding("MK684", name, file=name, ignored=True, reason=name),
    ]
    return judge(name, found)


@given(names)
def test_sarif_survives_any_name(name: str) -> None:
    log = sarif_log([hostile_report(name)])
    for text in texts(log):
        assert text.isprintable()
    for result in log["runs"][0]["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(file://)?[A-Za-z0-9._~/%-]*", uri)


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


@given(names)
def test_junit_survives_any_name(name: str) -> None:
    tree = junit_tree([hostile_report(name)])
    assert {part.tag for part in tree.iter()} == {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "skipped", "system-out"),
    }
    inside = [text for part in tree.iter() for text in (*part.attrib.values(), part.text or "")]
    assert all(char.isprintable() or char == "\n" for text in inside for char in text)


@given(names)
def test_github_obeys_only_our_own_commands(name: str) -> None:
    lines = render([hostile_report(name)], "github").split("\n")
    assert [line.split(" ")[0] for line in lines[:2]] == ["::error", "::warning"]
    command = re.compile(
        r"::(error|warning) title=MK\d{3} [a-z-]+(,file=[^:,\r\n]*)?(,line=\d+)?::[^\r\n]*"
    )
    assert all(command.fullmatch(line) for line in lines[:2])
    assert not any(obeyed(line) for line in lines[2:])


def obeyed(line: str) -> bool:
    """What runners of GitHub and Azure take for a command."""
    return line.lstrip().startswith("::") or re.search(r"##\w*\[", line) is not None


@pytest.mark.parametrize("write", [prose.text, str], ids=["text", "console"])
@given(name=names)
def test_nothing_is_obeyed_in_text(write: Callable[..., str], name: str) -> None:
    report = hostile_report(name)
    shown = write([report]) if write is prose.text else "\n".join(map(str, report.findings))
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert not any(obeyed(line) for line in shown.split("\n"))


@given(names)
def test_json_and_its_lines_survive_any_name(name: str) -> None:
    report = hostile_report(name)
    for form in ("json", "jsonl"):
        text = render([report], form)
        assert text.isascii()
    assert [loads(line)["set"] for line in text.splitlines()] == [name] * 4
    assert all(len(one["fingerprint"]) == 32 for one in issues.issues(report))


def test_each_format_is_written_and_ends_its_last_line() -> None:
    for form in FORMATS:
        text = render([REPORT], form)
        assert text.endswith("\n") and not text.endswith("\n\n"), form
