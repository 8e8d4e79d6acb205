"""What was read and what came out, as text.

May import `calibrate`, `observed` and `study`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite

from morphkit.calibrate.interval import Interval
from morphkit.observed.fits import Fitted
from morphkit.observed.parts import Estimate
from morphkit.observed.values import Counts, Observed
from morphkit.study.response_gaps import listed

UNITS = "Levels run from −1 to 1, % from 0 to 100; a slope is per level, and per %."


def sentences(counts: Counts, fastest: float) -> list[str]:
    """Return in sentences what was there and what is odd about it."""
    lines = [f"{counts.used} responses of {counts.rows} trials in {counts.files} file(s)."]
    for number, text in (
        (counts.skipped, "row(s) are no trials"),
        (counts.elsewhere, "trial(s) are of other continua"),
        (counts.unknown, "trial(s) are of stimuli that the set doesn't have"),
        (counts.no_response, "trial(s) have no response"),
        (counts.duplicates, "response(s) stand there twice (--exclude duplicates)"),
        (counts.too_fast, f"response(s) are faster than {fastest:g} ms (--exclude too-fast)"),
    ):
        if number:
            lines.append(f"Odd: {number} {text}.")
    if counts.unanswered:
        who = listed(counts.unanswered)
        lines.append(f"Odd: {len(counts.unanswered)} file(s) hold no response at all: {who}.")
    for observers, odd, remedy in (
        (counts.one_key, "always gave the same answer", "--exclude one-key"),
        (
            counts.reversed,
            "answered the other way round (keys exchanged?)",
            "--exclude reversed",
        ),
        (
            counts.several,
            "stand in more than one file",
            "sessions of one person, or one code twice?",
        ),
    ):
        if observers:
            who = listed(observers)
            lines.append(f"Odd: {len(observers)} observer(s) {odd}: {who} ({remedy}).")
    if counts.missing:
        share = 100 * counts.missing / counts.cells
        text = "pairs of an observer and a judged stimulus have no answer"
        lines.append(f"Odd: {counts.missing} of {counts.cells} {text} ({share:.0f} %).")
    return lines


def lines(estimates: Sequence[Estimate]) -> list[str]:
    """Return the table of estimates, in levels and in % of the continuum."""
    width = max(len(one.who) for one in estimates)
    what = max(len(one.what) for one in estimates)
    head = f"{'who':<{width}}  {'what':<{what}}  estimate  {'95 % interval':<17}"
    table = [f"{head}     in %  95 % interval"]
    for one in estimates:
        percent = (
            "" if one.kind == "value" else _numbers(_percent(one), 4 if one.kind == "slope" else 2)
        )
        row = f"{one.who:<{width}}  {one.what:<{what}}  {_numbers(one.value, 3):<27}"
        table.append(f"{row}  {percent}".rstrip())
    return table


def _numbers(value: Interval, digits: int) -> str:
    low, high = (f"{end:.{digits}f}" for end in (value.low, value.high))
    return f"{value.value:>8.{digits}f}  {low:>7} … {high:<7}".rstrip()


def _percent(one: Estimate) -> Interval:
    """Return an estimate in % of the continuum."""
    factor, start = {"place": (50.0, 50.0), "length": (50.0, 0.0), "slope": (0.02, 0.0)}[one.kind]
    value = one.value
    return Interval(*(start + factor * x for x in (value.value, value.low, value.high)))


def as_json_values(observed: Observed, found: Fitted) -> dict[str, object]:
    """Return estimates, doubts and counts, to be printed as JSON."""

    def line(one: Estimate) -> dict[str, object]:
        data: dict[str, object] = {"who": one.who, "what": one.what, **_finite(one.value)}
        if one.kind != "value":
            data["percent"] = _finite(_percent(one))
        return data

    return {
        "morphkit_fit": 1,
        "task": observed.task,
        "continuum": observed.entry.name,
        "estimates": [line(one) for one in found.estimates],
        "doubts": list(found.doubts),
        "responses": {**asdict(observed.counts), "excluded": list(observed.excluded)},
    }


def _finite(value: Interval) -> dict[str, float | None]:
    ends = {"value": value.value, "low": value.low, "high": value.high}
    return {name: x if isfinite(x) else None for name, x in ends.items()}
