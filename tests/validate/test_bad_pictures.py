"""Every seeded bad picture is found by its code; sets as they were built are not blamed."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_pictures import BAD_PICTURES, BadPicture
from real_set import wide

from morphkit.validate import validate


def test_the_set_itself_has_no_finding(tmp_path: Path) -> None:
    report = validate(wide().write(tmp_path))
    assert report.findings == ()
    assert (report.verdict, report.label) == ("valid", "physically checked")


@pytest.mark.parametrize("bad", BAD_PICTURES, ids=lambda bad: bad.name)
def test_a_bad_picture_is_found_by_its_codes(bad: BadPicture, tmp_path: Path) -> None:
    report = validate(bad.make().write(tmp_path))
    found = {(one.code, one.severity) for one in report.findings}
    if bad.codes == {"MK531"}:  # what the build measured itself is a doubt
        assert found == {("MK531", "warning")}
        assert (report.verdict, report.label) == ("valid", "nominal")
        return
    assert {(code, "error") for code in bad.codes} <= found, sorted(found)
    assert (report.verdict, report.label) == ("invalid", None)
