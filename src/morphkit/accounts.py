"""Who works on this machine: names of accounts, which no package may tell.

Knows the environment, and which words tell nobody; no set and no package.  May import the
standard library.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePath

FEWEST = 4
"""Signs of a name: shorter ones are found in any text."""

VARIABLES = ("LOGNAME", "USER", "LNAME", "USERNAME")
NOBODY = frozenset(
    (
        *("root", "admin", "administrator", "user", "home", "guest", "nobody", "student"),
        *("data", "test", "ubuntu", "debian", "fedora", "runner", "docker", "vagrant"),
        *("jovyan", "vscode", "codespace", "codespaces"),
    )
)
"""Accounts that systems, containers and classrooms come with: whose they are nobody can tell."""


def home_folder() -> str:
    """Return the home folder; "~" where there is none, as in some containers."""
    return os.path.expanduser("~")  # noqa: PTH111 (Path.home would raise)


def account_names() -> list[str]:
    """Return what whoever works here is called: the login, and the home folder's last part.

    Words that morphkit's own papers use tell nothing, and are none.
    """
    told = [os.environ.get(name, "") for name in VARIABLES]
    with suppress(ImportError, KeyError, OSError):  # no name, as in some containers
        told.append(getpass.getuser())
    told.append(PurePath(home_folder()).name)
    names = dict.fromkeys(name.strip().casefold() for name in told)
    return [
        name
        for name in names
        if len(name) >= FEWEST
        and re.search(r"[^\W\d]", name)
        and name not in NOBODY
        and not names_it(_own_words(), name)
    ]


def names_it(text: str, name: str) -> bool:
    """Whether a text has a name as a whole word, large or small."""
    # a plain search is a hundred times as fast, and mostly all that is needed
    small = text.casefold()
    return name in small and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", small))


@cache
def _own_words() -> str:
    """Return all texts that packages are made of: a word of theirs was not written here."""
    rooms = ("morphkit.package", "morphkit.study")
    return "\n".join(text for room in rooms for text in _texts(resources.files(room)))


def _texts(folder: Traversable) -> Iterator[str]:
    for one in folder.iterdir():
        if one.name.startswith((".", "__pycache__")):
            continue
        if one.is_dir():
            yield from _texts(one)
            continue
        with suppress(UnicodeDecodeError):  # a folder of sources may hold litter, too
            yield one.read_text(encoding="utf-8").casefold()
