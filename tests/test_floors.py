"""The house keeps its floors: who imports whom, and who touches the disk."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "morphkit"

# An import points to a lower floor, or stays inside its own room; rooms of one floor
# don't know each other.
FLOORS = [
    ["errors", ""],
    ["native", "hands"],
    ["faces"],
    ["engine", "study", "starter", "calibrate"],
    ["package", "files", "measure", "landmarks"],
    ["doubts", "photos", "reading", "memory", "predictors", "scales", "observed", "keyed"],
    ["plan", "measures", "drafting", "reviewed", "nameless", "accounts"],
    ["control", "training", "differences"],
    ["validate", "report", "record"],
    ["consents", "outgoing"],
    ["packing"],
    ["journal", "console", "finished", "standing", "troupe", "cluster"],
    ["render", "delineate"],
    ["outcome", "rehearsal", "fitting", "picking", "planning"],
    ["build", "calibration", "drafts", "gate", "templates", "about"],
    ["rebuilding", "sharing", "asked"],
    ["delivery"],
    ["cli"],
    ["__main__"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

ONLY_IN = {
    "click": {
        *("cli.py", "console.py", "drafts.py", "gate.py", "templates.py", "about.py"),
        *("asked.py", "calibration.py", "delivery.py", "fitting.py", "picking.py", "planning.py"),
    },
    "PIL": {"files", "report"},
    "pillow_heif": {"files"},
    "imageio": {"report"},
    "jinja2": {"report", "package"},
    "xlsxwriter": {"package"},
    "ruamel": {"study"},
    "pydantic": {"study"},
    "scipy": {"calibrate", "engine", "package/psychtoolbox.py"},
    "filelock": {"files"},
    "distributed": {"cluster.py"},
    "dlib": {"landmarks"},
    "platformdirs": {"predictors.py"},
    "dask": {"cluster.py"},
    "defusedxml": {"faces"},
    "numpy": {
        "calibrate",
        "engine",
        "faces",
        "files",
        "landmarks",
        "measure",
        "observed",
        "report",
        "validate",
        "plan.py",
        "control.py",
        "scales.py",
        "rehearsal.py",
        "package/psychtoolbox.py",
    },
}
FORBIDDEN = {"socket", "urllib", "http", "ftplib", "smtplib", "requests", "pickle", "cv2", "shelve"}
BUILT_IN_IO = {"open", "eval", "exec", "compile", "input", "print", "__import__"}
DISK = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "rmdir"}
MAY_TOUCH_DISK = {"files", "build.py", "cli.py"}
# Data that ships inside the package.
OWN_DATA = {
    "landmarks/mean.py",
    "faces/scheme.py",
    "landmarks/predictor.py",  # in the landmark process: loads the bytes that it hashed
    "accounts.py",
    "package/papers.py",
    "starter/__init__.py",
    "validate/rules.py",
}

MODULES = sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    part = path.relative_to(SOURCE).parts[0]
    return "" if part == "__init__.py" else part.removesuffix(".py")


def imports(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            module = node.module or ""
            found += (
                [f"morphkit.{alias.name}" for alias in node.names]
                if module == "morphkit"
                else [module]
            )
    return found


def faults(path: Path, text: str) -> list[str]:
    """Everything that is wrong with the imports and calls of one module."""
    tree, room = ast.parse(text), room_of(path)
    relative = path.relative_to(SOURCE).as_posix()
    allowed_here = {room, f"{room}.py", relative}
    wrong = []
    for name in imports(tree):
        top, _, rest = name.partition(".")
        if top == "morphkit":
            other = rest.split(".")[0]
            other = other if other in FLOOR else ""
            if other != room and FLOOR[other] >= FLOOR[room]:
                wrong.append(f"{room} imports {name}, which is not below it")
        elif top in FORBIDDEN:
            wrong.append(f"{top} is imported")
        elif top in ONLY_IN and not ONLY_IN[top] & allowed_here:
            wrong.append(f"{top} is imported in {room}")
    if not MAY_TOUCH_DISK & allowed_here and relative not in OWN_DATA:
        wrong += [f"{name}() is called" for name in _disk_calls(tree)]
    return wrong


def _disk_calls(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in BUILT_IN_IO:
                found.append(node.func.id)
            if isinstance(node.func, ast.Attribute) and node.func.attr in DISK:
                by = node.func.value
                if not (isinstance(by, ast.Name) and by.id == "files"):  # the room that may
                    found.append(node.func.attr)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_module_keeps_its_floor(path: Path) -> None:
    assert faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "module, text",
    [
        ("faces/face.py", "from morphkit.engine.warp import render"),
        ("engine/warp.py", "from morphkit.study.recipe import Recipe"),
        ("study/recipe.py", "import morphkit.engine.warp"),
        ("package/psychopy.py", "import numpy"),
        ("package/psychopy.py", "from scipy.io import savemat"),
        ("engine/warp.py", "import socket"),
        ("report/page.py", "from urllib.request import urlopen"),
        ("engine/mesh.py", "import pickle"),
        ("measure/skin.py", "from morphkit.files.photos import read_photo"),
        ("study/sources.py", "text = open('faces.csv')"),
        ("engine/warp.py", "path.read_bytes()"),
        ("validate/checks.py", "from morphkit.build import build"),
    ],
)
def test_a_broken_floor_is_seen(module: str, text: str) -> None:
    assert faults(SOURCE / module, text)


def test_every_room_has_a_floor() -> None:
    assert {room_of(path) for path in MODULES} <= set(FLOOR)
