"""What a calibrated scale says, in plain sentences and in a table of facts.

Knows scales and words; no drawing.  May import `study.told` and `report.words`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from morphkit.report.words import count_text, fixed, listed, percent_text
from morphkit.study.told import P_HAPPY, Estimate, Told, ToldScale

UNITS = {
    P_HAPPY: "share of “happy” answers",
    "rating": "mean rating",
    "perceived": "perceived value",
}
BASES = {
    "two-choice": "two-choice answers",
    "ratings": "ratings",
    "mlds": "difference scaling (MLDS)",
    "pairs": "paired comparisons",
    "metric": "a metric of the pictures",
}
CONTEXT = {
    "population": "Population",
    "task": "Task",
    "exposure_ms": "Exposure (ms)",
    "display": "Display",
}
WITHOUT_PSE = ("mlds", "pairs", "metric")
NEAR_HALF = 0.03
"""So near to ½ the curve is at the PSE where half of the answers are “happy”."""

MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Way:
    """A path, for words: where it begins, and its anchors.

    Parameters
    ----------
    start : float or None
        Level of its beginning; None where the path isn't known.
    expressions : tuple of str
    """

    start: float | None
    expressions: tuple[str, ...]

    def share(self, level: float) -> float:
        """Return how far along the path a level lies, in %."""
        start = -1.0 if self.start is None else self.start
        return 100 * (level - start) / (1 - start)

    def size(self, length: float) -> float:
        """Return a length in levels as % of the path."""
        return self.share(length) - self.share(0)

    @property
    def name(self) -> str:
        """From where to where it leads."""
        if len(self.expressions) < 2:
            return "along the path"
        between = "".join(f" over {one}" for one in self.expressions[1:-1])
        return f"from {self.expressions[0]}{between} to {self.expressions[-1]}"


def way(path: str, expressions: Sequence[str]) -> Way:
    """Return the way of a path; "" where it isn't known."""
    starts = {"direct": -1.0, "through-neutral": -1.0, "from-neutral": 0.0}
    return Way(starts.get(path), tuple(expressions))


def unit_text(unit: str) -> str:
    """Return what a unit is, in words; one that has none as it is."""
    return UNITS.get(unit, unit)


def estimate_text(one: Estimate, digits: int = 2, interval: str = "95 % ") -> str:
    """Return an estimate with its interval, and what that is called."""
    if one.low is None or one.high is None:
        return f"{fixed(one.level, digits)} (no interval)"
    between = f"{fixed(one.low, digits)} to {fixed(one.high, digits)}"
    return f"{fixed(one.level, digits)} ({interval}{between})"


def sentences(scale: ToldScale, path: Way) -> Iterator[str]:
    """Yield what a scale says, for those who read no statistics."""
    told = scale.told
    if told.pse:
        yield _balance_sentence(scale, told.pse, path)
    elif scale.basis in WITHOUT_PSE:
        yield "This scale tells how far apart frames look, not where answers change sides."
    if told.jnd and told.pse:
        yield (
            f"A step of {fixed(told.jnd.level, 2)} from there ({_aside(told.jnd, path)}) turns "
            "about a quarter of one observer’s answers."
        )
    if told.observer_sd and told.pse:
        spread = told.observer_sd.level
        ends = (fixed(told.pse.level - spread, 2), fixed(told.pse.level + spread, 2))
        yield (
            f"Observers differ: about two thirds have their balance point between levels "
            f"{ends[0]} and {ends[1]}."
        )
    own = {who: one.pse.level for who, one in scale.identities.items() if one.pse}
    if len(own) > 1:
        low, high = min(own, key=lambda who: own[who]), max(own, key=lambda who: own[who])
        yield (
            f"Infants differ: the balance point lies lowest for {low} ({fixed(own[low], 2)}) and "
            f"highest for {high} ({fixed(own[high], 2)})."
        )


def _balance_sentence(scale: ToldScale, pse: Estimate, path: Way) -> str:
    where = f"level {estimate_text(pse)}"
    if path.start is not None:
        share = percent_text(round(path.share(pse.level)))
        where += f", {share} of the way {path.name}"
    value = scale.told.at(pse.level)
    if scale.unit == P_HAPPY and value is not None and abs(value - 0.5) <= NEAR_HALF:
        return f"Half of the answers are “happy” at {where}."
    if scale.unit == "rating":
        return f"The mean rating is neither happy nor distressed at {where}."
    there = "" if value is None else f"; the curve is at {fixed(value, 2)} there"
    return f"The balance point (PSE) is at {where}{there}."


def _aside(jnd: Estimate, path: Way) -> str:
    parts = ["the JND"]
    if jnd.low is not None and jnd.high is not None:
        parts.append(f"95 % {fixed(jnd.low, 2)} to {fixed(jnd.high, 2)}")
    if path.start is not None:
        parts.append(f"{percent_text(path.size(jnd.level))} of the continuum")
    return "; ".join(parts)


Fact = tuple[str, str, str]
"""Title, value, and what stands below it in small."""


def facts(scale: ToldScale, path: Way) -> list[Fact]:
    """Return the facts about a scale; what it doesn't say has an empty value."""
    told = scale.told
    rows = [
        ("Balance point (PSE)", *_place(told.pse, path)),
        ("JND, of one observer", *_length(told.jnd, path)),
        ("SD between observers", *_length(told.observer_sd, path)),
        ("Observers", "" if told.observers is None else f"{told.observers}", ""),
        ("Answers", "" if told.trials is None else count_text(told.trials, "", " ").strip(), ""),
        ("Left out", listed(scale.excluded, MOST_LISTED) or "nobody on record", ""),
        ("Measured by", BASES.get(scale.basis, scale.basis), ""),
        ("Pictures judged", f"{len(scale.pixels)}" if scale.pixels else "", ""),
    ]
    context = dict(scale.context)
    rows += [(title, context.get(key, ""), "") for key, title in CONTEXT.items()]
    others = [(key, value, "") for key, value in scale.context if key not in CONTEXT]
    return rows + others[:MOST_LISTED]


def infants(scale: ToldScale, path: Way) -> list[tuple[str, ...]]:
    """Return a row per infant: name, PSE, its interval, % of the way, JND, answers."""
    return [(who, *_infant(one, path)) for who, one in scale.identities.items()]


def _infant(one: Told, path: Way) -> tuple[str, ...]:
    share = "" if path.start is None or not one.pse else percent_text(path.share(one.pse.level))
    return (
        fixed(one.pse.level, 3) if one.pse else "",
        _ends(one.pse),
        share,
        fixed(one.jnd.level, 3) if one.jnd else "",
        "" if one.trials is None else str(one.trials),
    )


def _ends(one: Estimate | None) -> str:
    if one is None or one.low is None or one.high is None:
        return ""
    return f"{fixed(one.low, 3)} to {fixed(one.high, 3)}"


def _place(one: Estimate | None, path: Way) -> tuple[str, str]:
    return _both(one, path, path.share, "of the way") if one else ("", "")


def _length(one: Estimate | None, path: Way) -> tuple[str, str]:
    return _both(one, path, path.size, "of the continuum") if one else ("", "")


def _both(one: Estimate, path: Way, percent: Callable[[float], float], of: str) -> tuple[str, str]:
    """Return an estimate in levels, and in % of the path."""
    if path.start is None:
        return estimate_text(one, 3, ""), ""
    text = percent_text(percent(one.level))
    if one.low is not None and one.high is not None:
        text += f" ({fixed(percent(one.low), 1)} to {fixed(percent(one.high), 1)})"
    return estimate_text(one, 3, ""), f"{text} {of}"
