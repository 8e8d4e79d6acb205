"""What an answer means: a word, a key, the number of a button, 1 or 0.

Knows texts and the response map of a set; no trial.  May import `errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from morphkit.errors import CalibrationError, Finding, UsageError

Given = Sequence[tuple[str, str]]
"""Word and the answer that stands for it, as they were given."""

ORDER = ("first", "second")
"""Words for the two that are compared in triads, quadruples and pairs."""


class Ends(NamedTuple):
    """The words of the two answers, for 0 and for 1."""

    low: str
    high: str


def given_answers(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return ``happy=j,distressed=f`` as pairs; UsageError MK479."""
    pairs = []
    for text in ",".join(texts).split(","):
        word, sign, answer = text.partition("=")
        if not sign or not word.strip() or not answer.strip():
            message = f"{text!r} doesn't say which answer means what."
            advice = "Write WORD=ANSWER,WORD=ANSWER, as in happy=j,distressed=f."
            raise UsageError(Finding("MK479", message, suggestion=advice))
        pairs.append((word.strip(), answer.strip()))
    return pairs


def ends_of(response_map: Sequence[Mapping[str, Any]]) -> Ends:
    """Return the words of the lowest and the highest answer of a set's response map."""
    entries = sorted(response_map, key=lambda entry: float(entry["level"]))
    return Ends(str(entries[0]["label"]), str(entries[-1]["label"]))


def choices(
    answers: Sequence[str],
    response_map: Sequence[Mapping[str, Any]],
    given: Given = (),
    *,
    buttons: bool = False,
) -> tuple[int, ...]:
    """Return for each answer whether it means the upper end: 1, 0, or −1 for no answer.

    Parameters
    ----------
    answers : sequence of str
        As they were written; "" for none.
    response_map : sequence of mapping
        Key, button, label and level of the answers, from the set's manifest.
    given : sequence of (str, str)
        What the answers mean where the map doesn't say it; then only this counts.
    buttons : bool
        Whether 0 and 1 are numbers of buttons, and not "no" and "yes" to the upper end.

    Raises
    ------
    CalibrationError
        MK479 for answers that mean nothing known.
    """
    ends = ends_of(response_map)
    if given:
        return _looked_up(answers, _given(given, ends), ends)
    known = {"0": 0, "1": 1}
    if buttons:
        known |= _column(response_map, "button", ends)
    known |= _column(response_map, "key", ends) | {ends.low: 0, ends.high: 1}
    return _looked_up(answers, known, ends)


def comparisons(
    answers: Sequence[str], given: Given = (), names: Mapping[str, int] | None = None
) -> tuple[int, ...]:
    """Return for each answer whether it means the second alternative: 1, 0, or −1 for none.

    Parameters
    ----------
    answers : sequence of str
    given : sequence of (str, str)
        ``first=…``, ``second=…`` where answers are not 1 and 2 or these words.
    names : mapping of str to int, optional
        Further answers that are known by themselves, and what they become.
    """
    ends = Ends(*ORDER)
    if given:
        return _looked_up(answers, _given(given, ends), ends)
    known = {"1": 0, "2": 1, ends.low: 0, ends.high: 1, **(names or {})}
    return _looked_up(answers, known, ends)


def _column(entries: Sequence[Mapping[str, Any]], name: str, ends: Ends) -> dict[str, int]:
    words = {ends.low: 0, ends.high: 1}
    return {
        str(entry[name]): words[entry["label"]]
        for entry in entries
        if name in entry and entry["label"] in words
    }


def _given(pairs: Given, ends: Ends) -> dict[str, int]:
    words = {ends.low.casefold(): 0, ends.high.casefold(): 1}
    unknown = [word for word, _ in pairs if word.casefold() not in words]
    if unknown or {words[word.casefold()] for word, _ in pairs} != {0, 1}:
        message = f"the answers are {ends.low} and {ends.high}"
        message += f", not {unknown[0][:40]!r}." if unknown else "; say what means each of them."
        advice = f"Write {ends.high}=ANSWER,{ends.low}=ANSWER."
        raise UsageError(Finding("MK479", message, suggestion=advice))
    return {answer: words[word.casefold()] for word, answer in pairs}


def _looked_up(answers: Sequence[str], known: Mapping[str, int], ends: Ends) -> tuple[int, ...]:
    plain = {_plain(answer): value for answer, value in known.items()}
    found = tuple(-1 if not one else plain.get(_plain(one), -2) for one in answers)
    strange = [one for one, value in zip(answers, found, strict=True) if value == -2]
    if strange:
        seen = ", ".join(repr(one[:40]) for one in strange[:8])
        more = f" and {len(strange) - 8} more" if len(strange) > 8 else ""
        message = f"it isn't known what these answers mean: {seen}{more}."
        advice = f"Say it: --answers {ends.high}=ANSWER,{ends.low}=ANSWER."
        if len(strange) > 8:
            advice += " Or are they ratings? --task ratings"
        raise CalibrationError(Finding("MK479", message, suggestion=advice))
    return found


def _plain(answer: str) -> str:
    """Return an answer without what doesn't matter: case, and a whole number's decimals."""
    text = answer.strip().casefold()
    whole, point, rest = text.replace(",", ".").partition(".")
    return whole if point and whole.isdigit() and not rest.strip("0") else text
