"""What a lab has decided about rules: ``morphkit.toml``, or ``[tool.morphkit]`` in a pyproject.

A level for a rule, and findings to ignore with a reason on record.  `find` looks for the file,
`parse_config` reads it strictly; what it does to a report is in `weigh`.  May import `errors`,
`files`, `study.yaml` and `validate`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from morphkit import files
from morphkit.errors import Finding, UsageError
from morphkit.study.yaml import nearest
from morphkit.validate.formats.places import in_set, set_name
from morphkit.validate.rules import RULES, finding

Level = Literal["error", "warning", "off"]

LEVELS = ("error", "warning", "off")
NAMES = ("morphkit.toml", "pyproject.toml")
KEYS = {"rules": "what rules are", "ignore": "findings to ignore"}
IGNORE_KEYS = {
    "rule": "Code of the rule.",
    "path": "Files of the set that it holds for; * stands for anything.",
    "set": "Sets that it holds for: folder or its name; * stands for anything.",
    "reason": "Why; shown in every report.",
}


@dataclass(frozen=True, slots=True)
class Ignore:
    """A decision to ignore what a rule finds in some files of some sets.

    Parameters
    ----------
    rule : str
        Its code.
    reason : str
        Why.
    path, set : str
        Patterns of the file in its set and of the set's folder or name; ``*`` is anything.
    line : int or None
        Where it stands.
    """

    rule: str
    reason: str
    path: str = "*"
    set: str = "*"
    line: int | None = None

    def is_about(self, folder: str) -> bool:
        """Whether it holds for a set."""
        return any(fnmatchcase(name, self.set) for name in (folder, set_name(folder)))

    def holds(self, folder: str, found: Finding) -> bool:
        """Whether it holds for a finding in a set."""
        file = in_set(folder, found.file)
        return found.code == self.rule and self.is_about(folder) and fnmatchcase(file, self.path)


@dataclass(frozen=True, slots=True)
class Config:
    """Levels of rules, by code, and what to ignore; `file` is where it was read."""

    file: str = ""
    levels: Mapping[str, Level] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()


def find(target: Path) -> Config:
    """Return the nearest configuration above a target; an empty one when there is none.

    A set's own folder is not looked into: nobody judges himself.

    Raises
    ------
    UsageError
        As `parse_config`.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    for path in files.above(target, NAMES):
        text = files.read_text(path, "configuration")
        if path.name == NAMES[0] or re.search(r"(?m)^\s*\[+tool\.morphkit\b", text):
            return parse_config(text, file=files.shown(path))
    return Config()


def parse_config(text: str, *, file: str) -> Config:
    """Return the configuration that a TOML text holds; ``pyproject.toml`` has it in a table.

    Raises
    ------
    UsageError
        With every fault: MK940 not readable, an unknown key, rule or level; MK941 an ignore
        without a reason.
    """
    try:
        content: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else None
        raise UsageError(_fault(file, f"this is no TOML: {error}", "", line)) from None
    if file.endswith(NAMES[1]):
        tools = content.get("tool", {})
        content = tools.get("morphkit", {}) if isinstance(tools, dict) else {}
    reader = _Reader(text, file)
    config = reader.config(content)
    if reader.faults:
        raise UsageError(*reader.faults)
    return config


def _fault(
    file: str, message: str, pointer: str, line: int | None, remedy: str = "", code: str = "MK940"
) -> Finding:
    found = finding(code, message.rstrip(".") + ".", file=file, pointer=pointer, line=line)
    return replace(found, suggestion=remedy) if remedy else found


class _Reader:
    """Reads tables and keeps every fault, with its line."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.faults: list[Finding] = []

    def config(self, content: Any) -> Config:
        if not self._table(content, KEYS, "", None):
            return Config(self.file)
        rules, ignores = content.get("rules", {}), content.get("ignore", [])
        if not isinstance(rules, dict):
            self._say("rules is a table of codes and levels", "rules")
            rules = {}
        if not isinstance(ignores, list):
            self._say("ignores are written as [[ignore]]", "ignore")
            ignores = []
        levels = {code: level for code, level in rules.items() if self._level(code, level)}
        heads = self._lines(r"\[\[\s*(?:tool\.morphkit\.)?ignore\s*\]\]")
        read = (self._ignore(entry, n, next(heads, None)) for n, entry in enumerate(ignores))
        return Config(self.file, levels, tuple(one for one in read if one))

    def _level(self, code: str, level: Any) -> bool:
        pointer, line = f"rules.{code}", next(self._lines(rf"[\"']?{re.escape(code)}\b"), None)
        if level not in LEVELS:
            allowed = f"Allowed: {', '.join(LEVELS)}."
            self._say(f"{level!r} is no level of a rule", pointer, line, allowed)
        return self._rule(code, pointer, line) and level in LEVELS

    def _ignore(self, entry: Any, number: int, line: int | None) -> Ignore | None:
        pointer = f"ignore[{number}]"
        if not self._table(entry, IGNORE_KEYS, pointer, line):
            return None
        odd = [key for key, value in entry.items() if not isinstance(value, str)]
        for key in odd:
            self._say(f"{key} is {entry[key]!r}, a text is needed", f"{pointer}.{key}", line)
        if odd:
            return None
        if "rule" not in entry:
            self._say("an ignore names no rule", pointer, line, 'Write rule = "MK…".')
        elif not entry.get("reason", "").strip():
            message = f"{entry['rule']} is ignored without a reason"
            self.faults.append(_fault(self.file, message, pointer, line, code="MK941"))
        elif self._rule(entry["rule"], f"{pointer}.rule", line):
            return Ignore(**{key: entry[key] for key in IGNORE_KEYS if key in entry}, line=line)
        return None

    def _rule(self, code: str, pointer: str, line: int | None) -> bool:
        if code in RULES:
            return True
        known = {word: rule for rule in RULES.values() for word in (rule.code.lower(), rule.name)}
        near = known.get(nearest(code, known))
        remedy = f"Did you mean {near.code} ({near.name})?" if near else ""
        self._say(f"there is no rule {code[:60]!r}", pointer, line, remedy)
        return False

    def _table(self, value: Any, keys: Collection[str], pointer: str, line: int | None) -> bool:
        if not isinstance(value, dict):
            self._say("a table is needed here", pointer, line)
            return False
        for key in sorted(value.keys() - keys):
            near = nearest(key, list(keys))
            remedy = f"Did you mean {near}? " if near else ""
            remedy += f"Known here: {', '.join(keys)}."
            at = line or next(self._lines(rf"\[*(?:tool\.morphkit\.)?{re.escape(key)}\b"), None)
            self._say(f"there is no key {key[:60]!r} here", f"{pointer}.{key}"[:80], at, remedy)
        return True

    def _say(self, message: str, pointer: str, line: int | None = None, remedy: str = "") -> None:
        self.faults.append(_fault(self.file, message, pointer.strip("."), line, remedy))

    def _lines(self, pattern: str) -> Iterator[int]:
        """Lines that begin so: near enough to where it stands to find it."""
        for match in re.finditer(rf"(?m)^[ \t]*{pattern}", self.text):
            yield self.text.count("\n", 0, match.start()) + 1


def config_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``morphkit.toml``, with every rule."""
    ignore: dict[str, dict[str, Any]] = {
        key: {"type": "string", "description": about} for key, about in IGNORE_KEYS.items()
    }
    ignore["reason"] |= {"minLength": 1, "pattern": r"\S"}
    ignore["rule"] |= {"enum": list(RULES)}
    rules = {
        code: {"enum": list(LEVELS), "description": f"{rule.name}: {rule.summary}"}
        for code, rule in RULES.items()
    }
    return {
        "title": "morphkit.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "rules": {"type": "object", "additionalProperties": False, "properties": rules},
            "ignore": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["rule", "reason"],
                    "additionalProperties": False,
                    "properties": ignore,
                },
            },
        },
    }
