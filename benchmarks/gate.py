"""The gate: which defects it finds and how surely, what it says of clean and of real series,
what it costs.

Rates are counted over rendered infants on the demo's canvas at half its size.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks import defects, gate_costs, gate_sets, timing
from benchmarks.defects import CODES, INFANTS, Defect, Kind, clean
from benchmarks.page import markdown

COUNTS = {"direct": 15, "through-neutral": 15, "from-neutral": 11}
"""Frames of the series that defects are put into."""

CLEAN = {
    "direct": (7, 9, 11, 15, 21, 41),
    "through-neutral": (9, 15, 21),
    "from-neutral": (6, 11),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A defect in one place.

    Parameters
    ----------
    inner : bool
        Whether it lies at a quarter, the middle or three quarters, not next to an end.
    found, blamed : bool
        One of its own codes, or any code, is an error there.
    margin : float
        The largest of its own codes' measures, over where that becomes an error.
    """

    inner: bool
    found: bool
    blamed: bool
    margin: float


def table(quick: bool = False) -> str:
    """Measure everything, and return the tables."""
    before = timing.machine()
    infants = INFANTS[:1] if quick else INFANTS
    counts = {"direct": 9} if quick else COUNTS
    parts = [_rates(infants, counts), _alarms(infants, {"direct": (7,)} if quick else CLEAN)]
    parts += [gate_sets.table(quick), gate_costs.table(quick)]
    return "\n\n".join([*parts, f"On {before}"])


def trials(defect: Defect, infants: Iterable[str], counts: dict[str, int]) -> list[Trial]:
    """Put a defect into every series, place by place."""
    found = []
    for infant in infants:
        for path, count in counts.items():
            if path not in defect.paths:
                continue
            series = clean(Kind(infant, path, count, defect.look))
            last = count - 1
            inner = sorted({last // 4, last // 2, last - last // 4})
            for k in [last // 2] if defect.everywhere else [1, *inner]:
                found.append(_trial(defect, series, k, k in inner))
    return found


def _trial(defect: Defect, series: defects.Clean, k: int, inner: bool) -> Trial:
    changed = defect.make(series, k)
    measured = series.series(changed)
    names = {measured.ids[j] for j in changed}
    errors = {(code, place) for level, code, place in defects.blamed(measured) if level == "error"}
    codes = {code for code, place in errors if place in names}
    best = max(defects.margins(measured, j)[code] for j in changed for code in defect.codes)
    return Trial(inner, bool(codes & {*defect.codes}), bool(errors), best)


def _rates(infants: Sequence[str], counts: dict[str, int]) -> str:
    rows = []
    for defect in defects.defects():
        _tell(f"{defect.name} {defect.strength}")
        made = trials(defect, infants, counts)
        inner = [one for one in made if one.inner]
        margins = [one.margin for one in inner]
        rows.append(
            [
                f"{defect.name} {defect.strength}".strip(),
                " or ".join(defect.codes),
                _share([one.found for one in inner]),
                _share([one.found for one in made if not one.inner]),
                _share([one.blamed for one in made]),
                f"{min(margins):.2f} / {median(margins):.2f}",
            ]
        )
    head = ["defect", "must be an error", "found, inside", "found, next to an end"]
    head += ["any error", "measure over limit: least / median, inside"]
    first = clean(Kind(infants[0], next(iter(counts)), next(iter(counts.values()))))
    text = f"**Defects.** {len(infants)} infants, a face {first.width} px wide, on "
    text += f"{', '.join(f'{path} ({count} frames)' for path, count in counts.items())}; at a "
    text += "quarter, the middle and three quarters of each (*inside*), and in the second frame."
    return f"{text}\n\n{markdown(head, rows)}"


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found)} of {len(found)}" if found else ""


def _alarms(infants: Sequence[str], counts: dict[str, tuple[int, ...]]) -> str:
    """Return what is said of clean series, and how near their measures come to an error."""
    rows, total, wrong = [], 0, 0
    for path, some in counts.items():
        for count in some:
            _tell(f"clean {path} {count}")
            said: Counter[str] = Counter()
            most = dict.fromkeys(CODES, 0.0)
            for infant in infants:
                measured = clean(Kind(infant, path, count)).series()
                for k in range(count):
                    for code, value in defects.margins(measured, k).items():
                        most[code] = max(most[code], value)
                said.update(f"{code} {level}" for level, code, _ in defects.blamed(measured))
            total += len(infants) * count
            wrong += sum(n for name, n in said.items() if name.endswith("error"))
            told = ", ".join(f"{name} × {n}" for name, n in sorted(said.items()))
            cells = [f"{most[code]:.2f}" for code in CODES]
            rows.append([f"{path}, {count}", told or "nothing", *cells])
    head = ["clean series", "findings", *CODES]
    text = f"**False alarms.** {wrong} errors in {total} clean frames of {len(infants)} infants. "
    text += "Beside each code the largest measure of any frame over where it becomes an error."
    return f"{text}\n\n{markdown(head, rows)}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
