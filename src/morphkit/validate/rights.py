"""Rights: is what is asked of a set allowed for every photo in it?

What is asked is the recipe's ``use`` and what a validation is told, whichever is wider.
Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from morphkit.errors import Finding
from morphkit.study.manifest import MANIFEST, Source
from morphkit.study.rights import PUBLIC, SCOPES, covers, day
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding


def check_rights(evidence: Evidence) -> Iterator[Finding]:
    """MK701 no derivatives, MK702 scope, MK703 expired, MK704 undeclared, MK705 not to publish."""
    for number, source in enumerate(evidence.block.sources):
        place = f"morphkit.sources.{number}"
        if source.derivatives_allowed == "no":
            text = f"{_called(source)} allows no derivatives; a morph is one."
            yield finding("MK701", text, file=MANIFEST, pointer=f"{place}.derivatives_allowed")
        yield from _expired(evidence, source, f"{place}.consent_until")
        yield from _scope(evidence, source, f"{place}.consent_scope")
        if evidence.use in PUBLIC and source.publish_allowed != "yes":
            said = source.publish_allowed or "undeclared"
            text = f"{_called(source)}: whether it may be published is {said}; "
            text += f"{evidence.use} shows it to anybody."
            yield finding("MK705", text, file=MANIFEST, pointer=f"{place}.publish_allowed")


def _expired(evidence: Evidence, source: Source, place: str) -> Iterator[Finding]:
    if source.consent_until is None:
        return
    last, today = day(source.consent_until), evidence.today
    text = ""
    if last is None:
        text = f"{_called(source)}: the end of its consent, {source.consent_until[:60]!r}, is no "
        text += "date."
    elif last < today:
        text = f"{_called(source)}: its consent ended on {last}, {(today - last).days} day(s) ago."
    if text:
        yield finding("MK703", text, file=MANIFEST, pointer=place)


def _scope(evidence: Evidence, source: Source, place: str) -> Iterator[Finding]:
    scope, use = source.consent_scope, evidence.use
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
