"""The languages of Inquisit and Presentation, as far as the packages use them.

Written from their documented grammar, apart from the exporters.  `elements` and `objects` take a
script to pieces; `Machine` runs a PCL program against an observer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

# ---- Inquisit


@dataclass
class Element:
    """An element of a script; an attribute may stand several times."""

    kind: str
    name: str
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        (value,) = self.attributes[name]
        return value


def elements(script: str) -> list[Element]:
    """Take an Inquisit script to pieces; ValueError for what is not closed or stands outside."""
    found: list[Element] = []
    now: Element | None = None
    last = ""
    for number, line in enumerate(script.splitlines(), start=1):
        if now is None:
            opened = re.fullmatch(r"<([a-z]+)(?: (\w+))?>", line)
            if opened:
                now, last = Element(opened[1], opened[2] or ""), ""
            elif line and not line.startswith("//"):
                raise ValueError(f"line {number} stands in no element: {line[:60]}")
        elif line == f"</{now.kind}>":
            for values in now.attributes.values():
                for value in values:
                    balanced(value)
            found.append(now)
            now = None
        elif line.startswith("/"):
            last, equals, value = line[1:].partition("=")
            last = last.strip()
            if not equals or not last:
                raise ValueError(f"line {number} is no attribute: {line[:60]}")
            now.attributes.setdefault(last, []).append(value.strip())
        elif line.startswith((" ", "]")) and last:
            now.attributes[last][-1] += "\n" + line
        else:
            raise ValueError(f"line {number} is not understood: {line[:60]}")
    if now is not None:
        raise ValueError(f"<{now.kind} {now.name}> is never closed")
    return found


def balanced(text: str) -> None:
    """ValueError when brackets outside of quotes don't close, or a quote doesn't."""
    pairs, open_ones = {")": "(", "]": "[", "}": "{"}, []
    for sign in re.sub(r'"(?:~.|[^"~])*"', "", text):
        if sign in "([{":
            open_ones.append(sign)
        elif sign in pairs and (not open_ones or open_ones.pop() != pairs[sign]):
            raise ValueError(f"{sign} closes nothing: {text[:80]}")
        elif sign == '"':
            raise ValueError(f"a quote is open: {text[:80]}")
    if open_ones:
        raise ValueError(f"{open_ones[-1]} is open: {text[:80]}")


def texts(value: str) -> list[str]:
    """Return the quoted texts of an attribute, without their escapes."""
    signs = {"n": "\n", "t": "\t"}
    return [
        re.sub("~(.)", lambda found: signs.get(found[1], found[1]), one[1])
        for one in re.finditer(r'"((?:~.|[^"~])*)"', value)
    ]


def items(value: str) -> list[str]:
    """Return the items of a list: texts or numbers."""
    return texts(value) or [one.strip() for one in value.strip("()").split(",")]


# ---- Presentation: the scenario

TOKEN = re.compile(r'\s+|#[^\n]*|"(?:\\.|[^"\\])*"|[\w.+-]+|[{};=,]')


def tokens(text: str) -> Iterator[str]:
    """Yield the tokens of a scenario; ValueError for a sign that none begins with."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(f"what is this? {text[at : at + 40]!r}")
        at = found.end()
        if not found[0].isspace() and not found[0].startswith("#"):
            yield found[0]


@dataclass
class Thing:
    """An object of a scenario, or the use of one (then `uses` is its name)."""

    kind: str
    name: str = ""
    uses: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    parts: list[Thing] = field(default_factory=list)

    def all(self) -> Iterator[Thing]:
        yield self
        for part in self.parts:
            yield from part.all()


def objects(scenario: str) -> tuple[dict[str, str], list[Thing]]:
    """Return the header of a scenario and its objects; ValueError for what is not understood."""
    head, begin, body = scenario.partition("\nbegin;\n")
    if not begin:
        raise ValueError("the scenario has no begin;")
    row = list(tokens(head))
    header = {}
    for statement in " ".join(row).split(" ;")[:-1]:
        name, equals, value = statement.partition(" = ")
        if not equals:
            raise ValueError(f"no value: {statement}")
        header[name.strip()] = value
    rest = list(tokens(body))
    things: list[Thing] = []
    while rest:
        things.append(_thing(rest))
    return header, things


def _thing(rest: list[str]) -> Thing:
    made = Thing(rest.pop(0))
    if rest[0] != "{":
        made.uses = rest.pop(0)
        _take(rest, ";")
        return made
    rest.pop(0)
    while rest[0] != "}":
        if len(rest) > 1 and rest[1] == "=":
            name, _ = rest.pop(0), rest.pop(0)
            value = []
            while rest[0] != ";":
                value.append(rest.pop(0))
            rest.pop(0)
            made.values[name] = [one for one in value if one != ","]
        else:
            made.parts.append(_thing(rest))
    rest.pop(0)
    if rest[0] != ";":
        made.name = rest.pop(0)
    _take(rest, ";")
    return made


def _take(rest: list[str], wanted: str) -> None:
    if not rest or rest.pop(0) != wanted:
        raise ValueError(f"{wanted} is missing before {' '.join(rest[:6])}")


# ---- Presentation: the program


class Int(int):
    """A whole number that divides as PCL's do."""

    def __truediv__(self, other: Any) -> Any:
        return (
            Int(int(float(self) / float(other))) if isinstance(other, int) else float(self) / other
        )

    def __add__(self, other: Any) -> Any:
        return _num(int(self) + other)

    def __sub__(self, other: Any) -> Any:
        return _num(int(self) - other)

    def __mul__(self, other: Any) -> Any:
        return _num(int(self) * other)


def _num(value: Any) -> Any:
    return Int(value) if isinstance(value, int) else value


class Text(str):
    """A string that counts from 1."""

    def count(self, *_: Any) -> Any:
        return Int(len(self))

    def find(self, part: str, *_: Any) -> Any:
        return Int(str.find(self, part) + 1)

    def substring(self, first: int, count: int) -> Text:
        if first < 1 or first + count - 1 > len(self):
            raise ValueError("substring beyond the string")
        return Text(str(self)[first - 1 : first - 1 + count])

    def __add__(self, other: str) -> Text:
        return Text(str(self) + str(other))


class Row(list[Any]):
    """An array that counts from 1."""

    def __getitem__(self, place: Any) -> Any:
        if place < 1:
            raise IndexError(place)
        return super().__getitem__(int(place) - 1)

    def __setitem__(self, place: Any, value: Any) -> None:
        if place < 1:
            raise IndexError(place)
        super().__setitem__(int(place) - 1, value)

    def count(self, *_: Any) -> Any:
        return Int(len(self))


TYPE = r"(?:int|double|bool|string|output_file|stimulus_data|response_data)"


def python_of(program: str) -> str:
    """Return a PCL program as Python; ValueError for a line that is not of its grammar."""
    program = re.sub(r"^\s*#.*$", "", program, flags=re.MULTILINE)
    program = re.sub(r"= \{\n(.*?)\n\};", lambda m: "= { " + " ".join(m[1].split("\n")) + " };",
                     program, flags=re.DOTALL)  # fmt: skip
    program = re.sub(r"sub\n\s+", "sub ", program)
    program = re.sub(r"\)\nbegin", ") begin", program)
    program = re.sub(r"^(\s*loop .*)\n\s*begin$", r"\1 begin", program, flags=re.MULTILINE)
    depth, out = 0, []
    for line in filter(None, map(str.strip, program.splitlines())):
        put, step = _line(line)
        if line.startswith(("else", "elseif")):
            depth -= 1
        if line == "end;":
            depth -= 1
            if depth < 0:
                raise ValueError("an end too many")
            continue
        out += ["    " * depth + one for one in put]
        depth += step
    if depth:
        raise ValueError("an end is missing")
    return "\n".join(out) + "\n"


def _line(line: str) -> tuple[list[str], int]:
    if line == "end;":
        return [], -1
    if found := re.fullmatch(rf"sub (?:{TYPE} )?(\w+)\( (.*) \) begin", line):
        names = re.sub(rf"{TYPE} ", "", found[2])
        return [f"def {found[1]}({names}):"], 1
    if found := re.fullmatch(r"loop(?: (?:int )?(\w+ = .+?))? until (.+) begin", line):
        start = [_said(found[1])] if found[1] else []
        return [*start, f"while not ({_said(found[2])}):"], 1
    if found := re.fullmatch(r"(if|elseif) (.+) then", line):
        return [f"{'elif' if found[1] == 'elseif' else 'if'} {_said(found[2])}:"], 1
    if line == "else":
        return ["else:"], 1
    if found := re.fullmatch(r"return (.+)", line):
        return [f"return {_said(found[1])}"], 0
    if not line.endswith(";"):
        raise ValueError(f"no semicolon: {line[:70]}")
    if found := re.fullmatch(rf"array<{TYPE}> (\w+)\[(\d+)\] = \{{ (.*) \}};", line):
        return [f"{found[1]} = _row({found[2]}, [{_said(found[3])}])"], 0
    plain = re.sub(rf"^{TYPE} ", "", line[:-1])
    if not re.match(r"[a-z_A-Z.]+(\[\w+\])?( = |\()", plain):
        raise ValueError(f"what is this? {line[:70]}")
    return [_said(plain)], 0


def _said(code: str) -> str:
    """Return an expression as Python: operators, literals, conversions."""
    parts = re.split(r'("(?:\\.|[^"\\])*")', code)
    for place in range(0, len(parts), 2):
        part = parts[place]
        part = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"Int(\1)", part)
        part = part.replace("&&", " and ").replace("||", " or ")
        part = re.sub(r"!(?!=)", " not ", part)
        part = re.sub(r"\bnew output_file", "File()", part)
        part = re.sub(r"\btrue\b", "True", part)
        part = re.sub(r"\bfalse\b", "False", part)
        parts[place] = re.sub(r"\b(int|string|double)\(", r"_\1(", part)
    parts[1::2] = [f"Text({part})" for part in parts[1::2]]
    return "".join(parts).strip()


def _row(size: int, values: list[Any]) -> Row:
    if len(values) != size:
        raise ValueError(f"{len(values)} values in an array of {size}")
    return Row(values)


class Machine:
    """A machine that runs a PCL program against one observer.

    Parameters
    ----------
    subject : str
    faces : list of str
        Ids, in the order of the scenario's array.
    answer : callable
        Id and number of the trial → the button.
    """

    def __init__(self, subject: str, faces: list[str], answer: Callable[[str], int]) -> None:
        self.subject, self.faces, self.answer = subject, faces, answer
        self.screens: list[str] = []
        self.told: list[str] = []
        self.printed = ""
        self.file = ""
        self._captions: dict[str, str] = {}
        self._face = ""
        self._count = 0
        self._button = 0

    def run(self, program: str) -> None:
        """Run it; whatever it does wrong is an exception."""
        machine = self

        class Caption:
            def __init__(self, name: str) -> None:
                self.name = name

            def set_max_text_width(self, width: float) -> None:
                assert not machine.screens, "too late for the first screen"

            def set_caption(self, text: str, redraw: bool) -> None:
                assert redraw
                machine._captions[self.name] = str(text)

        class Trial:
            def __init__(self, name: str) -> None:
                self.name, self.duration = name, -1

            def set_duration(self, ms: int) -> None:
                self.duration = ms

            def present(self) -> None:
                machine._present(self.name)

        class Picture:
            def set_part(self, place: int, face: Any) -> None:
                assert place == 1
                machine._face = face.name

        class Face:
            def __init__(self, name: str) -> None:
                self.name = name

            def description(self) -> Text:
                return Text(self.name)

        class Event:
            def set_event_code(self, code: str) -> None:
                assert code == machine._face

        class File:
            def open(self, name: str) -> None:
                machine.file = str(name)

            def print(self, text: str) -> None:
                machine.printed += str(text)

            def close(self) -> None:
                pass

        class Shown:
            def time(self) -> Int:
                return Int(1000)

        class Given:
            def time(self) -> Int:
                return Int(1512)

            def button(self) -> Int:
                return Int(machine._button)

        class Stimuli:
            def stimulus_count(self) -> Int:
                return Int(machine._count)

            def get_stimulus_data(self, place: int) -> Shown:
                assert place <= machine._count
                return Shown()

        class Responses:
            def last_response_data(self) -> Given:
                return Given()

        class Log:
            def subject(self) -> Text:
                return Text(machine.subject)

        names = {f"{n}_trial": Trial(n) for n in ("screen", "cross", "face", "told", "blank")}
        names |= {f"{n}_text": Caption(n) for n in ("screen", "reminder", "told")}  # type: ignore[misc]
        exec(  # noqa: S102
            compile(python_of(program), "task.pcl", "exec"),
            {
                **names,
                **{"Int": Int, "Text": Text, "File": File, "_row": _row, "_int": _int},
                **{"_string": _string, "_double": float, "faces": Row(map(Face, self.faces))},
                **{"face_picture": Picture(), "face_event": Event(), "logfile": Log()},
                **{"stimulus_manager": Stimuli(), "response_manager": Responses()},
                **{"logfile_directory": Text("logs/"), "file_exists": self._exists},
            },
        )

    def _exists(self, path: str) -> bool:
        return path == f"logs/{self.subject}_small.txt"

    def _present(self, name: str) -> None:
        self._count += 1
        if name == "screen":
            self.screens.append(self._captions["screen"])
        if name == "told":
            self.told.append(self._captions["told"])
        if name == "face":
            self._button = self.answer(self._face)


def _int(value: Any) -> Int:
    return Int(int(value))


def _string(value: Any) -> Text:
    return Text(f"{value:g}" if isinstance(value, float) else str(value))
