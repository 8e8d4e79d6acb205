"""Findings and errors: how morphkit says that something is wrong.

A `Finding` is a value: one fault or doubt, with its code and its place.
Shown as text it is one line that no terminal or CI log obeys.
A `MorphkitError` carries one or more findings and stops the work; its class fixes
the exit code of the command line.  The meaning of every code is in
`morphkit.validate.rules`.  This file imports nothing of morphkit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["error", "warning"]

_COMMAND = re.compile(r"##(?=\w*\[)|^\s*::")
"""What starts a command in the log of a CI service, wherever the text comes from."""


def visible(text: str) -> str:
    """Return a text on one line, with what a terminal or a CI log would obey shown escaped.

    File names and cells come from sets that anybody may have made.
    """
    if not text.isprintable():
        text = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
            for char in text
        )
    return _COMMAND.sub(
        lambda start: start[0].replace("##", r"\x23#").replace("::", r"\x3a:"), text
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt that a check reports.

    Parameters
    ----------
    code : str
        Stable rule code, ``MK`` and three digits.
    message : str
        What is wrong, with the value that was found.
    severity : {"error", "warning"}
    file : str
        The file or folder it is about, as the user named it or relative to the set.
    pointer : str
        Place inside the file: a key path, a column, a landmark name.
    line : int or None
        Line in the file, counted from 1.
    measured, limit : float or None
        The measured value and the allowed one, in the unit the message states.
    suggestion : str
        What to do.
    ignored : bool
        True when the user has switched the rule off on record.
    reason : str
        Why it is ignored.
    """

    code: str
    message: str
    severity: Severity = "error"
    file: str = ""
    pointer: str = ""
    line: int | None = None
    measured: float | None = None
    limit: float | None = None
    suggestion: str = ""
    ignored: bool = False
    reason: str = ""

    @property
    def place(self) -> str:
        """File, line and pointer; a pointer that the message begins with is left to it."""
        place = self.file + (f":{self.line}" if self.line is not None else "")
        said = not self.pointer or self.message.startswith(f"{self.pointer}: ")
        return place if said else f"{place} [{self.pointer}]".strip()

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        text = f"{self.code} {self.severity}: {place}{self.message}"
        return visible(text + (f" {self.suggestion}" if self.suggestion else ""))


class MorphkitError(Exception):
    """Base of every error that morphkit raises on purpose.

    Parameters
    ----------
    *findings : Finding
        At least one; all faults that were found, so that they can be mended at once.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, *findings: Finding) -> None:
        if not findings:
            raise ValueError("a MorphkitError needs at least one finding")
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))

    def __reduce__(self) -> tuple[type[MorphkitError], tuple[Finding, ...]]:
        # made anew from its findings when it comes back from another machine
        return type(self), self.findings

    @property
    def code(self) -> str:
        """Code of the first finding."""
        return self.findings[0].code


class ImageError(MorphkitError):
    """A photo cannot be used (MK1xx)."""


class TemplateError(MorphkitError):
    """A template or its landmarks cannot be used (MK2xx)."""


class GeometryError(MorphkitError):
    """Faces cannot be aligned or meshed (MK3xx)."""


class CalibrationError(MorphkitError):
    """Responses cannot be fitted, or a scale cannot be used (MK4xx)."""


class SetError(MorphkitError):
    """A stimulus set or a source folder is not what it says it is (MK6xx)."""


class PackageError(MorphkitError):
    """A package for a front end cannot be made (MK8xx)."""


class RecipeError(MorphkitError):
    """A recipe cannot be read (MK9xx)."""

    exit_code = 2


class UsageError(MorphkitError):
    """The command was given something that it cannot work on."""

    exit_code = 2


class EnvironmentFault(MorphkitError):
    """Disk, permission, memory or a missing extra stand in the way."""

    exit_code = 4


class LockedError(MorphkitError):
    """Another run works on the same folder."""

    exit_code = 5
