"""lab.js: a folder whose ``index.html`` runs the task in a browser, from a server or from disk.

Knows lab.js 20: which file of the library the page needs, where it lies in an installation, and
which published version the page fetches when it carries none.  Writes the library form, not the
file of lab.js's builder.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from morphkit.package.session import Session
from morphkit.package.web import CDN, Library, LibraryFile, web_files
from morphkit.study.manifest import StimulusSet

REFERENCE = (
    "Henninger, F., Shevchenko, Y., Mertens, U. K., Kieslich, P. J., & Hilbig, B. E. (2022). "
    "lab.js: A free, open, online study builder. Behavior Research Methods, 54(2), 556–573. "
    "https://doi.org/10.3758/s13428-019-01283-5"
)
LIBRARY = Library(
    name="lab.js",
    folder="labjs",
    files=(
        LibraryFile(
            name="lab.js",
            # the starter kit and a release have it in a folder lib
            places=("lab.js/dist/lab.js", "lib/lab.js", "dist/lab.js", "lab.js"),
            url=f"{CDN}lab.js@20.2.4/dist/lab.js",
            integrity="sha384-6pUdjb6jh8qHcBGmmF8LpWKfd0Dky00IUvuw/w2Jn7RH2KVeHh9SCx0Ffum81BHF",
        ),
    ),
    response="the answer in words; response_action says how it was given",
    reference=REFERENCE,
    code="MK825",
    advice="Give the node_modules folder in which lab.js is installed, or a folder with lab.js "
    "of version 20.",
    notices={
        "license.txt": ("lab.js/license", "license"),
        "lab.js.LICENSE.txt": (
            "lab.js/dist/lab.js.LICENSE.txt",
            "lib/lab.js.LICENSE.txt",
            "lab.js.LICENSE.txt",
        ),
    },
)


def export(
    stimulus_set: StimulusSet, session: Session, library: Mapping[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Web page that runs the task with lab.js 20, online or from disk.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session
    library : mapping of str to bytes, optional
        The user's own copy of lab.js: paths as `library_files` chooses them, and contents.
        Without it the page fetches a pinned version, guarded by its hash.

    Yields
    ------
    (str, bytes)

    Raises
    ------
    UsageError
        MK825 when `library` lacks the file that the page needs.
    """
    return web_files(LIBRARY, LIBRARY.copy(library), stimulus_set, session)


def library_files(listing: Iterable[str]) -> dict[str, str]:
    """Choose the file that a page needs from an installation of lab.js.

    Parameters
    ----------
    listing : iterable of str
        Paths in the folder, relative to it, with forward slashes.

    Returns
    -------
    dict of str to str
        Path in the folder -> name in the package's folder ``labjs``.

    Raises
    ------
    UsageError
        MK825 when it is not there.
    """
    return LIBRARY.chosen(listing)
