"""Reports as text and JSON, and when they make a command fail."""

from __future__ import annotations

from dataclasses import replace
from json import loads
from math import inf, nan
from pathlib import Path

import pytest
from bad_sets import BAD_SETS
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tiny_set import tiny

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.study.yaml import pointer
from morphkit.validate import SetReport, validate
from morphkit.validate.findings import judge
from morphkit.validate.formats import (
    SHOWN,
    fails,
    issues,
    json,
    places,
    render,
    report_schema,
    text,
)
from morphkit.validate.schemas import published

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


def test_text_says_what_a_set_lacks_to_be_physically_checked() -> None:
    ids, levels = ("a", "b", "c", "d"), (-1.0, -0.3, 0.3, 1.0)
    light = {"luminance": (0.4, 0.4, 0.5, 0.5)}
    path = Series("amy", "d", "direct", ids, levels, ((-1.0, "a"), (1.0, "d")), light)
    doubts = [
        Finding("MK526", "light drifts.", severity="warning"),
        Finding("MK461", "too far.", severity="warning", ignored=True, reason="Known."),
        Finding("MK705", "no date.", severity="warning"),
    ]
    last = text([judge("s", doubts, measured=[path])]).splitlines()[-1]
    assert last.startswith("s: valid (nominal), ")
    assert last.endswith(
        "; not physically checked because of MK461 (drifting pictures), MK526 (light drifts)"
    )
    passed = text([judge("s", doubts[2:], measured=[path])]).splitlines()[-1]
    assert passed == "s: valid (physically checked), 0 errors, 1 warning"
    assert "not physically" not in text([judge("s", doubts, "quick")])


def test_a_place_that_the_message_begins_with_is_said_once() -> None:
    whole = Finding("MK461", "amy dis_hap: frame 2 lies too far.", pointer="amy dis_hap")
    frame = Finding("MK526", "amy dis_hap: frame 2: too dark.", pointer="amy_dis_hap_002")
    shown = text([judge("demo", [whole, frame])]).splitlines()
    assert shown[1] == "  error   amy dis_hap: frame 2 lies too far."
    assert "  error   [amy_dis_hap_002]: amy dis_hap: frame 2: too dark." in shown
    assert str(whole).startswith("MK461 error: amy dis_hap: frame 2")


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


def lines(reports: list[SetReport]) -> list[dict[str, object]]:
    return [loads(line) for line in render(reports, "jsonl").splitlines()]


def test_json_lines_are_findings_with_their_set_and_then_a_verdict() -> None:
    written = lines([judge("a", [ERROR, WARNING]), judge("b", [])])
    assert [(line["set"], line.get("code"), line.get("verdict")) for line in written] == [
        ("a", "MK681", None),
        ("a", "MK210", None),
        ("a", None, "invalid"),
        ("b", None, "valid"),
    ]
    schema = published("report")
    for line in written:
        kind = "verdict" if "verdict" in line else "finding"
        part = {**schema, "properties": {}, "required": [], "$ref": f"#/$defs/{kind}"}
        Draft202012Validator(part).validate(line)


def prints(report: SetReport) -> list[str]:
    return [issue["fingerprint"] for issue in issues.issues(report)]


def test_fingerprints_are_those_of_other_machines_lines_and_numbers() -> None:
    text = "i01_dis_hap_003 is {} px too far to the left."
    here = Finding("MK684", text.format(2), file="stimuli.csv", line=7, pointer="sha256")
    there = replace(here, message=text.format(31), line=9, measured=3.0, ignored=True)
    assert prints(judge("generated/demo", [here])) == prints(judge("/home/me/demo/", [there]))
    assert prints(judge("a\\demo", [here])) == prints(judge("demo", [here]))


def test_fingerprints_tell_findings_apart() -> None:
    one = Finding("MK684", "i01_dis_hap_003 differs.", file="stimuli.csv", pointer="sha256")
    others = [
        replace(one, code="MK683"),
        replace(one, file="stimuli2.csv"),
        replace(one, pointer="pixel_sha256"),
        replace(one, message="i01_dis_hap_004 differs."),
    ]
    assert len({*prints(judge("s", [one, *others])), *prints(judge("t", [one]))}) == 6
    same = [replace(one, line=line) for line in (3, 4, 5)]
    assert len(set(prints(judge("s", same)))) == 3


def test_a_file_of_a_set_is_the_same_however_it_is_named() -> None:
    inside = Finding("MK605", "no manifest.", file="generated/demo/x.json")
    assert prints(judge("generated/demo", [inside])) == prints(
        judge("/data/demo", [replace(inside, file="/data/demo/x.json")])
    )


@pytest.mark.parametrize(
    "file, pointer, expected",
    [
        ("datapackage.json", "morphkit.anchors.0.landmarks", "/morphkit/anchors/0/landmarks"),
        ("datapackage.json", "morphkit.recipe.continua[2].levels[0]",
         "/morphkit/recipe/continua/2/levels/0"),
        ("a/datapackage.json", "resources.3.path", "/resources/3/path"),
        ("datapackage.json", 'x["odd. key/~"][1]', "/x/odd. key~1~0/1"),
        ("configs/demo.yaml", "canvas.width", "/canvas/width"),
        ("datapackage.json", "", ""),
        ("stimuli.csv", "sha256", "sha256"),
        ("infant01_happy.json", "nose.tip", "nose.tip"),
    ],
)  # fmt: skip
def test_json_pointers(file: str, pointer: str, expected: str) -> None:
    assert places.json_pointer(file, pointer) == expected


@given(st.lists(st.one_of(st.integers(0, 99), st.text(max_size=30)), max_size=5))
def test_pointers_of_recipes_become_json_pointers(place: list[int | str]) -> None:
    wanted = ["/" + str(part).replace("~", "~0").replace("/", "~1") for part in place]
    assert places.json_pointer("r.yaml", pointer(place)) == "".join(wanted)


def test_pointers_of_a_broken_manifest_lead_somewhere(tmp_path: Path) -> None:
    values = tiny()
    values.block["anchors"][1]["landmarks"] = [[0, 0]]
    report = validate(values.write(tmp_path), quick=True)
    content = loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    found = [one for one in issues.issues(report) if one["file"] == "datapackage.json"]
    assert "/morphkit/anchors/1/landmarks" in [one["pointer"] for one in found]
    for one in found:
        place = content
        for part in one["pointer"].split("/")[1:]:
            place = place[int(part)] if isinstance(place, list) else place[part]


@pytest.mark.parametrize(
    "folder, file, here",
    [
        ("generated/demo", "stimuli.csv", "generated/demo/stimuli.csv"),
        ("generated/demo", "generated/demo/x", "generated/demo/x"),
        ("generated/demo", "", "generated/demo"),
        ("generated\\demo", "stimuli/a.png", "generated/demo/stimuli/a.png"),
        (".", "stimuli.csv", "stimuli.csv"),
        ("generated/demo", "/tmp/a.png", "/tmp/a.png"),
        ("generated/demo", "../../morphkit.toml", "morphkit.toml"),
    ],
)
def test_places_from_the_working_folder(folder: str, file: str, here: str) -> None:
    assert places.from_here(folder, file) == here


@pytest.mark.parametrize(
    "path, expected",
    [
        ("a b/ü%.png", "a%20b/%C3%BC%25.png"),
        ("/tmp/a", "file:///tmp/a"),
        ("C:/a", "file:///C%3A/a"),
        ("c:a", "c%3Aa"),
    ],
)
def test_uris(path: str, expected: str) -> None:
    assert places.uri(path) == expected


def test_text_says_why_something_is_ignored() -> None:
    shown = text([judge("s", [replace(IGNORED, reason="A note\nof the lab.")])])
    assert r"(ignored: A note\nof the lab.)" in shown
