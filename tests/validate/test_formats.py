"""Reports as text and JSON, and when they make a command fail."""

from __future__ import annotations

from json import loads
from math import inf, nan
from pathlib import Path

import pytest
from bad_sets import BAD_SETS
from jsonschema import Draft202012Validator
from tiny_set import tiny

from morphkit.errors import Finding
from morphkit.validate import SetReport, validate
from morphkit.validate.findings import judge
from morphkit.validate.formats import SHOWN, fails, json, report_schema, text

ERROR = Finding("MK681", "the file is named but is not in the set.", file="stimuli/a.png")
WARNING = Finding("MK210", "two landmarks coincide.", severity="warning", pointer="nose")
IGNORED = Finding("MK682", "no row names this file.", file="stimuli/b.png", ignored=True)


def check(report: str) -> dict[str, object]:
    content: dict[str, object] = loads(report)
    Draft202012Validator(report_schema()).validate(content)
    return content


def test_the_schema_is_a_schema_and_refuses_other_things() -> None:
    Draft202012Validator.check_schema(report_schema())
    validator = Draft202012Validator(report_schema())
    good = loads(json([judge("s", [ERROR])]))
    assert validator.is_valid(good)
    for change in ("verdict", "label", "findings", "counts", "set"):
        bad = loads(json([judge("s", [ERROR])]))
        bad["sets"][0][change] = 3
        assert not validator.is_valid(bad), change
        del bad["sets"][0][change]
        assert not validator.is_valid(bad), change
    assert not validator.is_valid({**good, "morphkit_report": 2})


def test_json_has_the_keys_of_the_design() -> None:
    content = check(json([judge("generated/demo", [WARNING, ERROR, IGNORED])]))
    assert list(content) == ["morphkit_report", "sets"]
    (one,) = content["sets"]
    assert list(one) == ["set", "verdict", "label", "findings", "counts", "checked"]
    assert (one["set"], one["verdict"], one["label"]) == ("generated/demo", "invalid", None)
    assert one["counts"] == {"error": 1, "warning": 1, "ignored": 1}
    assert [found["code"] for found in one["findings"]] == ["MK681", "MK682", "MK210"]
    keys = "code severity file pointer line message measured limit suggestion ignored"
    assert " ".join(one["findings"][0]) == f"{keys} reason name fingerprint"


@pytest.mark.parametrize("value", [inf, -inf, nan])
def test_json_has_no_number_that_json_lacks(value: float) -> None:
    found = Finding("MK451", "the steps vary.", measured=value, limit=value)
    (one,) = check(json([judge("s", [found])]))["sets"]
    assert (one["findings"][0]["measured"], one["findings"][0]["limit"]) == (None, None)


def test_json_survives_any_file_name() -> None:
    name = "stimuli/\udc80\x1b[31m\n%0A::error.png"
    report = json([judge("s", [Finding("MK682", "extra.", file=name)])])
    assert report.isascii()
    assert check(report)["sets"][0]["findings"][0]["file"] == name


@pytest.mark.parametrize("bad", BAD_SETS[::7], ids=lambda bad: bad.name)
def test_json_of_bad_sets_fits_the_schema(bad: object, tmp_path: Path) -> None:
    bad.make(tmp_path)
    check(json([validate(tmp_path)]))


def test_text_of_a_clean_set_is_one_line(tmp_path: Path) -> None:
    report = validate(tiny().write(tmp_path))
    assert text([report]) == f"{tmp_path}: valid (nominal), 0 errors, 0 warnings"


def test_text_names_rule_place_remedy_and_verdict() -> None:
    found = Finding("MK684", "the row differs.", file="stimuli.csv", line=7, pointer="sha256")
    shown = text([judge("demo", [found, WARNING, IGNORED])]).splitlines()
    assert shown[0] == "MK682 file extra"
    assert "(ignored)" in shown[1]
    assert "MK684 row hash" in shown
    assert "  error   stimuli.csv:7 [sha256]: the row differs." in shown
    assert any(line.startswith("  what to do: Copy the set again") for line in shown)
    assert shown[-1] == "demo: invalid, 1 error, 1 warning, 1 ignored"


def test_text_shows_no_control_character() -> None:
    evil = "a\x1b[2J\r\n\x07\u202e\u2028\udc80.png"
    report = judge(f"set {evil}", [Finding("MK682", f"{evil} is extra.", file=evil, pointer=evil)])
    shown = text([report])
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert len(shown.splitlines()) == 4
    assert r"\x1b[2J\r\n\x07\u202e\u2028\udc80.png" in shown


def test_text_is_cut_where_nobody_reads_on() -> None:
    many = [Finding("MK682", "extra.", file=f"stimuli/{i}.png") for i in range(1000)]
    shown = text([judge("s", [*many, Finding("MK683", "x" * 100_000)])])
    assert f"  … and {1000 - SHOWN} more" in shown.splitlines()
    assert len(shown) < 10_000


def test_a_code_of_a_newer_version_is_shown_all_the_same() -> None:
    assert "MK199 no rule of this version" in text([judge("s", [Finding("MK199", "what?")])])


@pytest.mark.parametrize(
    "findings, fail_on, expected",
    [
        ([], "error", False),
        ([], "warning", False),
        ([WARNING], "error", False),
        ([WARNING], "warning", True),
        ([ERROR], "error", True),
        ([ERROR], "warning", True),
        ([ERROR, WARNING], "never", False),
        ([IGNORED], "warning", False),
    ],
)
def test_what_makes_a_command_fail(findings: list[Finding], fail_on: str, expected: bool) -> None:
    clean = judge("clean", [])
    assert fails([clean, judge("s", findings)], fail_on) is expected


def test_a_warning_or_an_ignored_error_leaves_a_set_valid() -> None:
    report = judge("s", [WARNING, IGNORED])
    assert (report.verdict, report.label) == ("valid", "nominal")
    assert isinstance(report, SetReport)


def test_findings_are_sorted_told_once_and_say_what_to_do() -> None:
    report = judge("s", [WARNING, IGNORED, ERROR, ERROR])
    assert [found.code for found in report.findings] == ["MK681", "MK682", "MK210"]
    assert all(found.suggestion for found in report.findings)
