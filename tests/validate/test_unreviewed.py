"""MK259: drafts that nobody has looked at are said, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_set import tiny

from morphkit.validate import validate


@pytest.mark.parametrize("reviewed, count", [(True, 0), (None, 0), (False, 1)])
def test_only_what_is_on_record_as_not_reviewed(
    tmp_path: Path, reviewed: bool | None, count: int
) -> None:
    values = tiny()
    values.block["sources"][1]["reviewed"] = reviewed
    report = validate(values.write(tmp_path), quick=True)
    found = [one for one in report.findings if one.code == "MK259"]
    assert len(found) == count and report.verdict == "valid"
    for one in found:
        assert one.severity == "warning" and one.pointer == "morphkit.sources.1.reviewed"
