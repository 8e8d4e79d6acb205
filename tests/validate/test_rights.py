"""Rights: scopes in their order, the last day, and where the use that is asked comes from."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tiny_set import Tiny, tiny

from morphkit.cli import main
from morphkit.errors import Finding
from morphkit.plan import plan
from morphkit.study.rights import SCOPES, covers, day, widest
from morphkit.validate import validate
from tiny_study import RECIPE, write_study

TODAY = datetime.date(2024, 2, 29)


def declared(**rights: str) -> Tiny:
    values = tiny()
    for source in values.block["sources"]:
        source |= rights
    return values


def found(folder: Path, values: Tiny, **asked: object) -> list[Finding]:
    report = validate(values.write(folder), quick=True, today=TODAY, **asked)  # type: ignore[arg-type]
    return list(report.findings)


def test_a_scope_includes_those_before_it() -> None:
    table = [[covers(scope, use) for use in SCOPES] for scope in SCOPES]
    assert table == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]
    assert widest("publication", None, "lab") == "publication"
    assert widest(None) is None


@pytest.mark.parametrize("use", SCOPES)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_against_a_use(tmp_path: Path, scope: str, use: str) -> None:
    values = declared(consent_scope=scope, publish_allowed="yes")
    codes = [one.code for one in found(tmp_path, values, use=use)]
    enough = SCOPES.index(scope) >= SCOPES.index(use)
    assert codes == ([] if enough else ["MK702"] * 6), "one for each source"


@pytest.mark.parametrize(
    "until, codes", [("2024-02-28", {"MK703"}), ("2024-02-29", set()), ("2024-03-01", set())]
)
def test_the_last_day_still_counts(tmp_path: Path, until: str, codes: set[str]) -> None:
    assert {one.code for one in found(tmp_path, declared(consent_until=until))} == codes


def test_a_finding_says_whose_and_where(tmp_path: Path) -> None:
    first = found(tmp_path, declared(consent_until="2024-02-27"))[0]
    assert first.message == (
        "the photo i01 distressed: its consent ended on 2024-02-27, 2 day(s) ago."
    )
    assert (first.file, first.pointer) == (
        "datapackage.json",
        "morphkit.sources.0.consent_until",
    )


def test_nothing_declared_and_nothing_asked(tmp_path: Path) -> None:
    assert found(tmp_path, tiny()) == []


@pytest.mark.parametrize(
    "use, severity", [("lab", "warning"), ("online_experiment", "error"), ("publication", "error")]
)
def test_undeclared_is_a_doubt_in_the_lab_only(tmp_path: Path, use: str, severity: str) -> None:
    faults = [one for one in found(tmp_path, tiny(), use=use) if one.code == "MK704"]
    assert len(faults) == 6 and {one.severity for one in faults} == {severity}


@pytest.mark.parametrize("use", SCOPES)
def test_publishing_is_asked_where_anybody_sees_it(tmp_path: Path, use: str) -> None:
    values = declared(consent_scope="open_archive", publish_allowed="no")
    codes = {one.code for one in found(tmp_path, values, use=use)}
    assert codes == ({"MK705"} if use in ("publication", "open_archive") else set())


def test_the_wider_of_recipe_and_question_counts(tmp_path: Path) -> None:
    values = declared(consent_scope="online_experiment", publish_allowed="yes")
    values.block["recipe"]["use"] = "publication"
    for use in (None, "lab", "publication"):
        assert {one.code for one in found(tmp_path, values, use=use)} == {"MK702"}
    values.block["recipe"]["use"] = "lab"
    assert found(tmp_path, values) == []
    assert {one.code for one in found(tmp_path, values, use="publication")} == {"MK702"}


def test_no_pixel_depends_on_the_use(tmp_path: Path) -> None:
    plain = plan(write_study(tmp_path / "a", ("infant01",)))
    asked = plan(write_study(tmp_path / "b", ("infant01",), RECIPE + "use: lab\n"))
    assert (asked.pixel_key, asked.recipe.use) == (plain.pixel_key, "lab")
    assert asked.key != plain.key


def test_days() -> None:
    assert day("2024-02-29") == TODAY
    assert [day(text) for text in ("2023-02-29", "20240229", "2024-W09-4", "", "soon")] == [
        None
    ] * 5


def test_the_command_asks(tmp_path: Path) -> None:
    values = declared(consent_scope="lab", publish_allowed="yes").write(tmp_path)
    run = CliRunner().invoke(main, ["validate", str(values), "--quick"])
    assert run.exit_code == 0
    asked = ["validate", str(values), "--quick", "--for", "open_archive", "--format", "json"]
    run = CliRunner().invoke(main, asked)
    assert run.exit_code == 1
    codes = {one["code"] for one in json.loads(run.stdout)["sets"][0]["findings"]}
    assert codes == {"MK702"}
    assert CliRunner().invoke(main, [*asked, "--for", "press"]).exit_code == 2
