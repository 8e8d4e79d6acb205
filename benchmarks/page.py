"""The page that tables go to: each command replaces its own part, between two marks."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import morphkit
from benchmarks.truth import Row


def put(part: str, text: str, page: Path | None) -> int:
    """Print a part, and put it into a page where it has marks; at the end where it has none."""
    text = f"{text}\n\n{stamp()}"
    print(text)
    if page:
        start, end = f"<!-- {part} -->", f"<!-- /{part} -->"
        before = page.read_text(encoding="utf-8") if page.exists() else f"# {page.stem.title()}\n"
        new = f"{start}\n{text}\n{end}"
        pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        after = pattern.sub(lambda _: new, before)
        page.write_text(after if start in before else f"{before}\n{new}\n", encoding="utf-8")
    return 0


def stamp() -> str:
    """Return when and with what was measured."""
    names = {"numpy": "NumPy", "scipy": "SciPy", "scikit-image": "scikit-image"}
    used = [f"{title} {version(name)}" for name, title in names.items()]
    try:
        used.append(f"OpenCV {version('opencv-python-headless')}")
    except PackageNotFoundError:
        used.append("without OpenCV")
    with_ = ", ".join([f"Python {platform.python_version()}", *used])
    return f"Measured {date.today()} with morphkit {morphkit.__version__}, {with_}."


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def shown(rows: Iterable[Row]) -> list[Row]:
    """Collect rows, telling on stderr how it goes."""
    out: list[Row] = []
    last = ""
    for row in rows:
        now = f"{row.infant} {row.path}: {row.method}"
        if now != last:
            print(now, file=sys.stderr, flush=True)
        last = now
        out.append(row)
    return out
