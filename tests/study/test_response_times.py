"""Response times in which a sign may separate thousands."""

from __future__ import annotations

import io

import pytest

from morphkit.errors import CalibrationError
from morphkit.study.responses import Gathering


def read(*times: str, unit: str | None = None) -> list[float]:
    gathering = Gathering(rt_unit=unit)  # type: ignore[arg-type]
    rows = "".join(f"p1;a_01;happy;{time}\n" for time in times)
    gathering.add(io.StringIO(f"observer;stimulus_id;response;rt\n{rows}"), "r.csv")
    return list(gathering.done().rt)


@pytest.mark.parametrize(
    ("times", "line", "cell"),
    [
        (("779", "1,234", "1,499"), 3, "1,234"),
        (("1.234", "None", "779"), 2, "1.234"),
        (("12.345", "100"), 2, "12.345"),
        (("779,4", "1.234", "640"), 3, "1.234"),
        (("800", "2,500", "1.5"), 3, "2,500"),
    ],
)
@pytest.mark.parametrize("unit", [None, "s", "ms"])
def test_thousands_are_not_read_as_decimals(
    times: tuple[str, ...], line: int, cell: str, unit: str | None
) -> None:
    with pytest.raises(CalibrationError, match=r"MK478.*thousands or decimals") as caught:
        read(*times, unit=unit)
    finding = caught.value.findings[0]
    assert (finding.line, finding.pointer) == (line, "rt") and repr(cell) in finding.message


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (("0.779", "1.234", "2"), [0.779, 1.234, 2]),
        (("0,779", "1,234"), [0.779, 1.234]),
        (("1.234", "1.499", "99"), [1.234, 1.499, 99]),
        (("0.779", "1.234", "999"), [0.779, 1.234, 999]),
        (("779.123", "1234.567", "800"), [0.779123, 1.234567, 0.8]),
        (("779.123", "5.125", "800"), [0.779123, 0.005125, 0.8]),
        (("640.2", "5.125", "555"), [0.6402, 0.005125, 0.555]),
        (("779", "1234", "None"), [0.779, 1.234]),
    ],
)
def test_decimals_are_read(times: tuple[str, ...], seconds: list[float]) -> None:
    assert [time for time in read(*times) if time == time] == pytest.approx(seconds)


def test_each_file_writes_times_in_its_own_way() -> None:
    gathering = Gathering()
    for time in ("779", "1.234"):
        text = f"observer,stimulus_id,response,rt\np1,a_01,happy,{time}\n"
        gathering.add(io.StringIO(text), f"{time}.csv")
    assert list(gathering.done().rt) == [0.779, 1.234]
