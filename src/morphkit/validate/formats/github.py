"""Findings as annotations of GitHub Actions, for the lines of a pull request.

Each is a workflow command on a line of its own; GitHub shows ten errors and ten warnings of a
step, so errors come first and the rest is counted.  May import `validate`.
"""

from __future__ import annotations

from collections.abc import Sequence

from morphkit.errors import Finding, visible
from morphkit.validate.findings import SetReport
from morphkit.validate.formats.issues import rule_name
from morphkit.validate.formats.places import from_here
from morphkit.validate.formats.prose import plain, verdict

MOST = 500
"""Annotations that are written; the lines after them say how many more there are."""


def github(reports: Sequence[SetReport]) -> str:
    """Return an annotation for each finding that is not ignored, and a verdict for each set."""
    heard = [
        (report.set, found) for report in reports for found in report.findings if not found.ignored
    ]
    heard.sort(key=lambda pair: pair[1].severity != "error")
    lines = [_annotation(folder, found) for folder, found in heard[:MOST]]
    if len(heard) > MOST:
        lines.append(f"… and {len(heard) - MOST} more findings")
    return "\n".join([*lines, *map(verdict, reports)])


def _annotation(folder: str, found: Finding) -> str:
    place = f"title={_property(f'{found.code} {rule_name(found.code)}')}"
    place += f",file={_property(from_here(folder, found.file))}"
    place += f",line={found.line}" if found.line is not None else ""
    message = plain(found.message) + (f" {plain(found.suggestion)}" if found.suggestion else "")
    return f"::{found.severity} {place}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
