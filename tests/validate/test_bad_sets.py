"""Every rule about sets finds its seeded defect, by exactly the right codes."""

from __future__ import annotations

from pathlib import Path

import bad_metadata  # noqa: F401  # adds its own, as the next two do
import bad_operations  # noqa: F401
import bad_rights  # noqa: F401
import pytest
from bad_pictures import BAD_PICTURES
from bad_sets import BAD_SETS, BadSet
from tiny_operations import with_operations
from tiny_set import tiny

from morphkit.validate import validate
from morphkit.validate.rules import RULES

LINES = (".csv", ".txt", ".md", ".json", ".html")
"""Files whose lines a finding may name."""

NEED_PIXELS = {"MK302", "MK454", "MK456", "MK685"}


def test_the_clean_set_has_no_finding(tmp_path: Path) -> None:
    report = validate(tiny().write(tmp_path))
    assert report.findings == ()
    assert (report.verdict, report.label) == ("valid", "nominal")


def test_the_clean_set_with_operations_has_no_finding(tmp_path: Path) -> None:
    assert validate(with_operations().write(tmp_path)).findings == ()


def test_the_clean_set_has_no_finding_quickly(tmp_path: Path) -> None:
    assert validate(tiny().write(tmp_path), quick=True).findings == ()


@pytest.mark.parametrize("bad", BAD_SETS, ids=lambda bad: bad.name)
def test_a_bad_set_is_found_by_its_codes(bad: BadSet, tmp_path: Path) -> None:
    bad.make(tmp_path)
    report = validate(tmp_path)
    assert {found.code for found in report.findings} == bad.codes
    assert report.findings and (report.label is None) == (report.verdict == "invalid")
    assert (report.verdict == "invalid") == any(f.severity == "error" for f in report.findings)
    assert all(found.suggestion and found.message.endswith(".") for found in report.findings)
    assert all(found.file.endswith(LINES) for found in report.findings if found.line)
    quick, full = set(validate(tmp_path, quick=True).findings), set(report.findings)
    assert quick <= full
    assert {found.code for found in full - quick} <= NEED_PIXELS | {"MK151", "MK455"}
    assert NEED_PIXELS.isdisjoint(found.code for found in quick)


def test_every_rule_about_sets_has_a_bad_set() -> None:
    about = {code for code, rule in RULES.items() if rule.about == "set"}
    assert about <= {code for bad in [*BAD_SETS, *BAD_PICTURES] for code in bad.codes}
