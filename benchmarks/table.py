"""The summary of frames against truth: one table, the requirement beside each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.methods import FULL, OURS
from benchmarks.metrics import PARTS
from benchmarks.page import markdown
from benchmarks.truth import Row, back

Rows = Sequence[Row]

POWER_LIMITS = ((0.92, 1.08), (0.90, 1.10), (0.85, 1.15))
BANDS = ("8–16", "16–32", "> 32")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what, its requirement, how it is said, and whether it is met.

    `met` returns None where no frame tests it.
    """

    title: str
    limit: str
    say: Callable[[Rows], str]
    met: Callable[[Rows], bool | None] | None = None


def summary(rows: Rows, ends: str, canvas: str, missing: Sequence[str]) -> str:
    """Return the table of all methods, and one of morphkit infant by infant."""
    names = list(dict.fromkeys(row.method for row in rows))
    by = {name: [row for row in rows if row.method == name] for name in names}
    full = by[FULL.name]
    infants = len({row.infant for row in full})
    photos = "the path's own first and last render" if ends == "truth" else "the main photos"
    scale = "at the renders' scale" if canvas == "truth" else "on the default canvas"
    lines = [
        f"**Ends: {photos}; {scale}.** {len(full)} in-betweens of {infants} infants.",
        "",
        markdown(
            ["", "must be", *names, "met"],
            [
                [line.title, line.limit, *(line.say(by[name]) for name in names), _met(line, full)]
                for line in [*_lines(), *_against(by)]
            ],
        ),
        "",
        "morphkit, infant by infant:",
        "",
        _by_infant(full),
        *(["", *missing] if missing else []),
    ]
    return "\n".join(lines)


def _met(line: Line, full: Rows) -> str:
    met = line.met(full) if line.met else ""
    return {True: "yes", False: "**no**", None: "not tested", "": ""}[met]


def _values(rows: Rows, name: str) -> np.ndarray:
    return np.array([getattr(row, name) for row in rows])


def middles(rows: Rows) -> list[float]:
    """Return each infant's mean SSIM over the middle levels of its paths."""
    return [
        float(np.mean([r.ssim for r in rows if r.infant == infant and r.middle]))
        for infant in sorted({row.infant for row in rows})
    ]


def _lines() -> list[Line]:
    return [
        Line(
            "SSIM, middle levels: mean of infants / worst infant",
            "≥ .955 / ≥ .94",
            lambda rows: f"{np.mean(middles(rows)):.3f} / {min(middles(rows)):.3f}",
            lambda rows: bool(np.mean(middles(rows)) >= 0.955 and min(middles(rows)) >= 0.94),
        ),
        Line("ΔE00, mean / worst frame", "", lambda rows: _mean_worst(_values(rows, "delta_e"))),
        *_powers(),
        Line(
            "mean luminance off the ends' interpolation, worst frame",
            "± 1 %",
            lambda rows: f"{_furthest(_values(rows, 'luminance')) * 100:+.2f} %",
            lambda rows: bool(np.abs(_values(rows, "luminance")).max() <= 0.01),
        ),
        *(_ghost(part) for part in PARTS),
        *_mouth(),
        Line(
            "landmarks, % EOD: mean / largest 95th percentile",
            "",
            lambda r: (
                f"{_values(r, 'landmarks').mean():.2f} / {_values(r, 'landmarks_95').max():.2f}"
            ),
        ),
    ]


def _powers() -> list[Line]:
    lines = []
    for kind, note in (("power", "Gaussian bands"), ("sharp", "sharp bands")):
        lines += [_band(kind, note, place) for place in range(len(BANDS))]
        lines.append(
            Line(
                f"frames with all three inside, {note}",
                "100 %",
                lambda rows, kind=kind: f"{inside(rows, kind):.0%}",
            )
        )
    return lines


def _band(kind: str, note: str, place: int) -> Line:
    low, high = POWER_LIMITS[place]

    def found(rows: Rows) -> np.ndarray:
        return np.array([row.powers(kind)[place] for row in rows])

    return Line(
        f"power {BANDS[place]} cycles/face, frame / render, {note}: least…most",
        f"{low:.2f}…{high:.2f}",
        lambda rows: f"{found(rows).min():.2f}…{found(rows).max():.2f}",
        lambda rows: bool(low <= found(rows).min() and found(rows).max() <= high),
    )


def inside(rows: Rows, kind: str = "power") -> float:
    """Return the share of frames whose power is right in every band."""
    good = [
        all(lo <= v <= hi for v, (lo, hi) in zip(r.powers(kind), POWER_LIMITS, strict=True))
        for r in rows
    ]
    return float(np.mean(good))


def _ghost(part: str) -> Line:
    def say(rows: Rows) -> str:
        mean, high = _values(rows, f"ghost_{part}"), _values(rows, f"ghost_{part}_95")
        return f"{mean.mean():.2f} ({mean.max():.2f}) / {high.mean():.2f} ({high.max():.2f})"

    def met(rows: Rows) -> bool:
        mean, high = _values(rows, f"ghost_{part}"), _values(rows, f"ghost_{part}_95")
        return bool(mean.max() <= 0.75 and high.max() <= 1.5)

    needed = part in ("eyes", "mouth")
    return Line(
        f"ghost, {part}, % EOD: mean (worst frame) / 95th percentile (worst frame)",
        "≤ 0.75 / ≤ 1.5" if needed else "",
        say,
        met if needed else None,
    )


def _mouth() -> list[Line]:
    def shut(rows: Rows) -> list[float]:
        """Only where an end's mouth is open: else there is no inside that could be seen."""
        return [row.mouth for row in rows if row.shut and not np.isnan(row.mouth)]

    return [
        Line(
            "visible inside of the mouth where the render's is shut and an end's is open, "
            "% of face, worst frame",
            "≤ 0.2",
            lambda rows: f"{max(shut(rows)):.2f}" if shut(rows) else "no such frame",
            lambda rows: max(shut(rows)) <= 0.2 if shut(rows) else None,
        ),
        Line(
            "its largest step backwards, % of face",
            "0 (monotone)",
            lambda rows: f"{back(rows):.2f}",
            lambda rows: back(rows) <= 0.005,
        ),
    ]


def _against(by: dict[str, list[Row]]) -> list[Line]:
    """How often morphkit is more like the render than each peer."""
    wins = {name: beaten(by[FULL.name], rows) for name, rows in by.items()}
    others = [share for name, share in wins.items() if name not in {m.name for m in OURS}]
    return [
        Line(
            "frames where morphkit has the higher SSIM",
            "≥ 95 % of each peer",
            lambda rows: "" if rows[0].method == FULL.name else f"{wins[rows[0].method]:.0%}",
            lambda rows: all(share >= 0.95 for share in others),
        )
    ]


def beaten(ours: Rows, theirs: Rows) -> float:
    """Return the share of frames where we are more like the render than they are."""
    other = {(r.infant, r.path, r.level): r.ssim for r in theirs}
    return float(np.mean([r.ssim > other[r.infant, r.path, r.level] for r in ours]))


def _by_infant(rows: Rows) -> str:
    table = []
    for infant in sorted({row.infant for row in rows}):
        own = [row for row in rows if row.infant == infant]
        powers = np.array([row.powers() for row in own])
        span = [
            f"{low:.2f}…{high:.2f}" for low, high in zip(powers.min(0), powers.max(0), strict=True)
        ]
        off = _furthest(_values(own, "luminance")) * 100
        render = _furthest(_values(own, "truth_luminance")) * 100
        table.append([infant, f"{middles(own)[0]:.3f}", *span, f"{off:+.2f} % ({render:+.2f} %)"])
    head = ["", "SSIM, middle", *(f"power {b}" for b in BANDS), "luminance (of the render itself)"]
    return markdown(head, table)


def _mean_worst(values: np.ndarray) -> str:
    return f"{values.mean():.2f} / {values.max():.2f}"


def _furthest(values: np.ndarray) -> float:
    return float(values[np.argmax(np.abs(values))])
