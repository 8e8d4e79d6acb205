"""Rights: is what is asked of a set allowed for every photo in it?

What is asked is the recipe's ``use`` and what a validation is told, whichever is wider.
Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace

from morphkit.errors import Finding
from morphkit.study.manifest import MANIFEST, Source
from morphkit.study.rights import PUBLIC, SCOPES, Use, covers, day
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding


def check_rights(evidence: Evidence) -> Iterator[Finding]:
    """MK701 no derivatives, MK702 scope, MK703 expired, MK704 undeclared, MK705 not to publish."""
    return rights_faults(evidence.block.sources, evidence.use, evidence.today)


def rights_faults(
    sources: Sequence[Source], use: Use | None, today: datetime.date
) -> Iterator[Finding]:
    """Hold what was declared for photos against a use and a day: MK701…MK705.

    Parameters
    ----------
    sources : sequence of Source
    use : {"lab", "online_experiment", "publication", "open_archive"} or None
        None when nothing is asked.
    today : date
    """
    for number, source in enumerate(sources):
        place = f"morphkit.sources.{number}"
        if source.derivatives_allowed == "no":
            text = f"{_called(source)} allows no derivatives; a morph is one."
            yield finding("MK701", text, file=MANIFEST, pointer=f"{place}.derivatives_allowed")
        yield from _expired(today, source, f"{place}.consent_until")
        yield from _scope(use, source, f"{place}.consent_scope")
        if use in PUBLIC and source.publish_allowed != "yes":
            said = source.publish_allowed or "undeclared"
            text = f"{_called(source)}: whether it may be published is {said}; "
            text += f"{use} shows it to anybody."
            yield finding("MK705", text, file=MANIFEST, pointer=f"{place}.publish_allowed")


def _expired(today: datetime.date, source: Source, place: str) -> Iterator[Finding]:
    if source.consent_until is None:
        return
    last = day(source.consent_until)
    text = ""
    if last is None:
        text = f"{_called(source)}: the end of its consent, {source.consent_until[:60]!r}, is no "
        text += "date."
    elif last < today:
        text = f"{_called(source)}: its consent ended on {last}, {(today - last).days} day(s) ago."
    if text:
        yield finding("MK703", text, file=MANIFEST, pointer=place)


def _scope(use: Use | None, source: Source, place: str) -> Iterator[Finding]:
    scope = source.consent_scope
    if scope in SCOPES:
        if use is not None and not covers(scope, use):
            text = f"{_called(source)}: the consent is for {scope}, {use} is asked."
            yield finding("MK702", text, file=MANIFEST, pointer=place)
        return
    if scope is None and use is None:
        return  # nothing declared, nothing asked
    text = f"{_called(source)}: the scope of its consent is "
    text += "undeclared" if scope is None else f"{scope[:60]!r}, none of {', '.join(SCOPES)}"
    text += f"; {use} is asked." if use else "."
    found = finding("MK704", text, file=MANIFEST, pointer=place)
    yield replace(found, severity="warning" if use in (None, "lab") else "error")


def _called(source: Source) -> str:
    return f"the photo {source.identity} {source.expression}"
