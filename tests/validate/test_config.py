"""morphkit.toml: found, read strictly, and what it does to a report."""

from __future__ import annotations

from pathlib import Path
from tomllib import loads

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tiny_set import tiny

from morphkit.errors import Finding, UsageError
from morphkit.validate import validate
from morphkit.validate.config import Config, Ignore, config_schema, find, parse_config
from morphkit.validate.findings import judge
from morphkit.validate.weigh import apply, unused, weigh

GOOD = """\
[rules]
MK751 = "error"
MK688 = "off"

[[ignore]]
rule = "MK455"
path = "stimuli/i01_*"
reason = "The lab shows the middle twice."

[[ignore]]
rule = "MK682"
set = "demo*"
reason = "Notes."
"""
MISSING = Finding("MK681", "the file is missing.", file="stimuli/a.png")
EXTRA = Finding("MK682", "no row names it.", file="stimuli/b.png")
CARRIES = Finding("MK751", "the picture carries a time.", severity="warning", file="stimuli/c.png")


def ignoring(**keys: str) -> Config:
    return Config("morphkit.toml", {}, (Ignore(reason="Why not.", **keys),))


# reading


def test_what_is_read() -> None:
    config = parse_config(GOOD, file="morphkit.toml")
    assert config.levels == {"MK751": "error", "MK688": "off"}
    assert config.ignores == (
        Ignore("MK455", "The lab shows the middle twice.", path="stimuli/i01_*", line=5),
        Ignore("MK682", "Notes.", set="demo*", line=10),
    )
    assert parse_config("", file="morphkit.toml") == Config("morphkit.toml")


def test_a_pyproject_has_it_in_its_table() -> None:
    text = '[tool.morphkit.rules]\nMK751 = "off"\n[[tool.morphkit.ignore]]\n' + (
        'rule = "MK682"\nreason = "Notes."\n'
    )
    config = parse_config(f'[project]\nname = "x"\n{text}', file="a/pyproject.toml")
    assert (config.levels, config.ignores[0].line) == ({"MK751": "off"}, 5)
    for other in ("tool = 3", "[tool.ruff]", ""):
        assert parse_config(other, file="pyproject.toml") == Config("pyproject.toml")


IGNORE = '[[ignore]]\nrule = "MK682"\nreason = "x"\n'


@pytest.mark.parametrize(
    "text, code, line, words",
    [
        ("rules = [", "MK940", None, "no TOML"),
        ("a = 1\n!", "MK940", 2, "no TOML"),
        ('[rules]\nMK751 = "off"\nMK751 = "off"\n', "MK940", 3, "no TOML"),
        ("[rule]", "MK940", 1, "Did you mean rules? Known here: rules, ignore."),
        ("\nrules = 3", "MK940", None, "rules is a table"),
        ("ignore = 3", "MK940", None, "[[ignore]]"),
        ("ignore = [3]", "MK940", None, "a table is needed here"),
        ('[rules]\n\nMK999 = "off"', "MK940", 3, "there is no rule 'MK999'"),
        ('[rules]\nMK7511 = "off"', "MK940", 2, "Did you mean MK751 (more-than-pixels)?"),
        ('[rules]\nfile-extra = "off"', "MK940", 2, "Did you mean MK682 (file-extra)?"),
        ('[rules]\nMK751 = "none"', "MK940", 2, "Allowed: error, warning, off."),
        ("[rules]\nMK751 = ['off']", "MK940", 2, "is no level"),
        (IGNORE + 'paths = "x"', "MK940", 1, "Did you mean path?"),
        (IGNORE + "set = 3", "MK940", 1, "set is 3, a text is needed"),
        (IGNORE + '\n[[ignore]]\nrule = "MK000"\nreason = "x"', "MK940", 5, "no rule 'MK000'"),
        ('[[ignore]]\nreason = "x"', "MK940", 1, "names no rule"),
        ('[[ignore]]\nrule = "MK682"', "MK941", 1, "MK682 is ignored without a reason"),
        (IGNORE + '[[ignore]]\nrule = "MK682"\nreason = " "', "MK941", 4, "without a reason"),
        ("a=" + "[" * 5000, "MK940", None, "no TOML"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, code: str, line: int | None, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_config(text, file="morphkit.toml")
    assert caught.value.exit_code == 2
    (fault,) = caught.value.findings
    assert (fault.code, fault.file, fault.line) == (code, "morphkit.toml", line)
    assert words in f"{fault.message} {fault.suggestion}"
    assert fault.suggestion


def test_all_faults_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        parse_config('[rules]\nMK1 = "x"\n[[ignore]]\n[other]', file="morphkit.toml")
    told = [fault.message for fault in caught.value.findings]
    assert len(told) == 4, told  # key, level, rule, ignore


@given(st.text(max_size=200) | st.dictionaries(st.text(), st.text()).map(str))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_config(text, file="morphkit.toml")
    except UsageError as error:
        assert all(fault.code in ("MK940", "MK941") for fault in error.findings)


def test_the_schema_agrees_with_the_reader() -> None:
    validator = Draft202012Validator(config_schema())
    Draft202012Validator.check_schema(config_schema())
    assert validator.is_valid(loads(GOOD)) and validator.is_valid({})
    for bad in (
        '[rules]\nMK999 = "off"',
        '[rules]\nMK751 = "none"',
        "[rule]",
        '[[ignore]]\nrule = "MK682"',
        '[[ignore]]\nrule = "MK682"\nreason = " "',
        IGNORE + 'file = "x"',
    ):
        assert not validator.is_valid(loads(bad)), bad


# finding


def write(path: Path, text: str = GOOD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nearest_wins(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    target = tmp_path / "study" / "generated" / "demo"
    target.mkdir(parents=True)
    assert find(target) == Config()
    write(tmp_path / "pyproject.toml", "[project]\n[tool.morphkit]\n")
    assert find(target).file.endswith("pyproject.toml")
    write(tmp_path / "study" / "pyproject.toml", '[tool.morphkitten]\nx = "not ours"')
    assert find(target).file.endswith(f"{tmp_path.name}/pyproject.toml")
    near = write(tmp_path / "study" / "morphkit.toml")
    assert find(target).file == near.as_posix()


def test_nothing_is_read_above_a_repository(tmp_path: Path) -> None:
    write(tmp_path / "morphkit.toml")
    target = tmp_path / "study" / "generated" / "demo"
    target.mkdir(parents=True)
    assert find(target).levels
    (tmp_path / "study" / ".git").write_text("gitdir: elsewhere\n")
    assert find(target) == Config()


def test_a_set_does_not_judge_itself(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / "demo" / "morphkit.toml", '[rules]\nMK681 = "off"\n')
    assert find(tmp_path / "demo") == Config()


def test_a_broken_pyproject_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / "pyproject.toml", "[project\n")
    assert find(tmp_path / "demo") == Config()


def test_a_name_between_signs_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "a study [1] ümlaut"
    write(folder / "morphkit.toml")
    assert find(folder / "generated" / "demo").levels


# weighing


def test_an_ignored_finding_stays_with_its_reason() -> None:
    report = apply(judge("demo", [EXTRA, CARRIES]), ignoring(rule="MK682"))
    assert [(found.code, found.ignored) for found in report.findings] == [
        ("MK682", True),
        ("MK751", False),
    ]
    assert report.findings[0].reason == "Why not."
    assert report.counts() == {"error": 0, "warning": 1, "ignored": 1}
    assert report.verdict == "valid"


def test_ignoring_and_lowering_earn_no_label() -> None:
    broken = judge("demo", [EXTRA])
    assert (broken.verdict, broken.label) == ("invalid", None)
    for config in (
        ignoring(rule="MK682"),
        Config("c", {"MK682": "off"}),
        Config("c", {"MK682": "warning"}),
    ):
        report = apply(broken, config)
        assert (report.verdict, report.label) == ("valid", None)


def test_raising_a_rule_loses_the_label() -> None:
    fine = judge("demo", [CARRIES])
    assert (fine.verdict, fine.label) == ("valid", "nominal")
    assert apply(fine, Config("c", {"MK751": "warning"})) == fine
    report = apply(fine, Config("c", {"MK751": "error"}))
    assert (report.verdict, report.label, report.counts()["error"]) == ("invalid", None, 1)


def test_off_says_where() -> None:
    (found,) = apply(judge("demo", [CARRIES]), Config("a/morphkit.toml", {"MK751": "off"})).findings
    assert (found.ignored, found.reason) == (True, "the rule is off in a/morphkit.toml")


@pytest.mark.parametrize(
    "keys, holds",
    [
        ({}, True),
        ({"path": "stimuli/*"}, True),
        ({"path": "stimuli/b.png"}, True),
        ({"path": "stimuli/c*"}, False),
        ({"path": "b.png"}, False),
        ({"set": "demo"}, True),
        ({"set": "generated/*"}, True),
        ({"set": "Demo"}, False),
        ({"set": "other", "path": "stimuli/*"}, False),
    ],
)
def test_what_an_ignore_holds_for(keys: dict[str, str], holds: bool) -> None:
    report = apply(judge("generated/demo", [EXTRA]), ignoring(rule="MK682", **keys))
    assert report.findings[0].ignored is holds
    elsewhere = apply(judge("generated/demo", [MISSING]), ignoring(rule="MK682", **keys))
    assert not elsewhere.findings[0].ignored


def test_an_ignore_that_hides_nothing_is_reported() -> None:
    config = Config(
        "morphkit.toml",
        {},
        (
            Ignore("MK682", "used", line=1),
            Ignore("MK681", "in vain", line=5),
            Ignore("MK681", "of another set", set="other"),
        ),
    )
    first, second = weigh([(judge("a", []), config), (judge("b", [EXTRA]), config)])
    (vain,) = [found for found in first.findings if found.code == "MK942"]
    assert (vain.severity, vain.file, vain.line) == ("warning", "../morphkit.toml", 5)
    assert vain.pointer == "ignore[1]"
    assert [found.code for found in second.findings] == ["MK682"]
    assert first.verdict == "valid"


def test_an_ignore_is_not_in_vain_where_nobody_looked(tmp_path: Path) -> None:
    config = ignoring(rule="MK685")
    folder = tiny().write(tmp_path / "set")
    assert unused([validate(folder, quick=True)], config) == []
    assert unused([validate(tmp_path / "nowhere")], config) == []
    assert [found.code for found in unused([validate(folder)], config)] == ["MK942"]


def test_each_set_has_its_own_configuration() -> None:
    mild, hard = ignoring(rule="MK682"), Config("b/morphkit.toml")
    one, two = weigh([(judge("a", [EXTRA]), mild), (judge("b", [EXTRA]), hard)])
    assert (one.verdict, two.verdict) == ("valid", "invalid")


def test_what_is_ignored_in_vain_can_be_raised() -> None:
    ignore = Ignore("MK682", "x")
    (report,) = weigh([(judge("a", []), Config("c.toml", {"MK942": "error"}, (ignore,)))])
    assert (report.verdict, report.label) == ("invalid", None)
