"""The exporter seam: from the name of a front end to the files of its package.

An exporter is a plain callable ``export(stimulus_set, **options)`` that yields relative POSIX
paths and bytes; the first line of its docstring describes it.  It is found in a built-in
table or among the entry points ``morphkit.exporters`` of installed distributions, and
imported when it is used.  Knows what every package must hold and refuse; knows no front end
but by name.  May import `errors`, `study.manifest` and the rest of `package`.
"""

from __future__ import annotations

import difflib
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata

from morphkit.errors import EnvironmentFault, Finding, PackageError, UsageError
from morphkit.package.documents import CHECKSUMS, METHODS, checksums, documents
from morphkit.package.refusals import path_fault, refusals
from morphkit.study.manifest import StimulusSet

Exporter = Callable[..., Iterable[tuple[str, bytes]]]

GROUP = "morphkit.exporters"
BUILT_IN = {
    "jspsych": "morphkit.package.jspsych:export",
    "psychopy": "morphkit.package.psychopy:export",
}


def exporters() -> dict[str, str]:
    """Return the front ends that a package can be made for: name and one line about each.

    A plug-in that cannot be imported is listed with the reason.

    Raises
    ------
    PackageError
        MK811 when two distributions claim the same name.
    """
    claims = _claims()
    twice = [_claimed_twice(name, found) for name, found in claims.items() if len(found) > 1]
    if twice:
        raise PackageError(*twice)
    return {name: _description(name, found[0]) for name, found in sorted(claims.items())}


def package(stimulus_set: StimulusSet, name: str, **options: object) -> Iterator[tuple[str, bytes]]:
    """Make the package of a set for one front end.

    Everything that can be refused is refused by this call; the files are then produced one by
    one, so that memory stays flat.

    Parameters
    ----------
    stimulus_set : StimulusSet
    name : str
        The front end, one of `exporters`.
    **options
        Of that exporter.

    Returns
    -------
    iterator of (str, bytes)
        Relative path with forward slashes, and content; ``checksums.sha256`` comes last.

    Raises
    ------
    UsageError
        MK812 for a front end that nobody has, MK814 for options that it does not take.
    EnvironmentFault
        MK813 when its exporter cannot be imported.
    PackageError
        MK811 when two distributions claim the name; MK801…MK810 for what must not be
        packaged (`refusals`); while producing, MK815 for an unsafe or repeated path.
    """
    export = _exporter(name)
    try:
        inspect.signature(export).bind(stimulus_set, **options)
    except TypeError as error:
        taken = ", ".join(list(inspect.signature(export).parameters)[1:]) or "none"
        raise UsageError(
            Finding(
                "MK814",
                f"the exporter {name} does not take these options ({error}).",
                pointer=name,
                suggestion=f"Its options: {taken}.",
            )
        ) from None
    faults = refusals(stimulus_set)
    if faults:
        raise PackageError(*faults)
    return _sealed(stimulus_set, name, export(stimulus_set, **options))


def _sealed(
    stimulus_set: StimulusSet, name: str, files: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    """Pass on an exporter's files, check their paths, and add what every package carries."""
    hashes: dict[str, str] = {}
    taken: set[str] = {CHECKSUMS}
    carried = dict(documents(stimulus_set))
    plain_methods = carried.pop(METHODS)
    for path, data in _chain(carried.items(), files):
        why = path_fault(path) or ("is there twice" if path.lower() in taken else "")
        if why:
            raise PackageError(
                Finding(
                    "MK815",
                    f"the exporter {name} made the path {path[:200]!r}, which {why}.",
                    file=path[:200],
                    suggestion="This is a fault of the exporter: tell its authors.",
                )
            )
        taken.add(path.lower())
        hashes[path] = hashlib.sha256(data).hexdigest()
        yield path, data
    if METHODS not in taken:
        hashes[METHODS] = hashlib.sha256(plain_methods).hexdigest()
        yield METHODS, plain_methods
    yield CHECKSUMS, checksums(hashes).encode()


def _chain(
    *parts: Iterable[tuple[str, bytes]],
) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        yield from part


def _claims() -> dict[str, list[metadata.EntryPoint]]:
    claims = {name: [metadata.EntryPoint(name, target, GROUP)] for name, target in BUILT_IN.items()}
    for point in metadata.entry_points(group=GROUP):
        claims.setdefault(point.name, []).append(point)
    return claims


def _exporter(name: str) -> Exporter:
    claims = _claims()
    if name not in claims:
        near = difflib.get_close_matches(name.lower(), claims, n=1, cutoff=0.5)
        raise UsageError(
            Finding(
                "MK812",
                f"there is no exporter for {name!r}.",
                pointer=name,
                suggestion=(f"Did you mean {near[0]}? " if near else "")
                + f"There are: {', '.join(sorted(claims))}.",
            )
        )
    if len(claims[name]) > 1:
        raise PackageError(_claimed_twice(name, claims[name]))
    loaded = _load(name, claims[name][0])
    if isinstance(loaded, Finding):
        raise EnvironmentFault(loaded)
    return loaded


def _load(name: str, point: metadata.EntryPoint) -> Exporter | Finding:
    try:
        export = point.load()
    except Exception as error:  # a plug-in may fail in any way
        return Finding(
            "MK813",
            f"the exporter {name} of {_distribution(point)} cannot be imported "
            f"({type(error).__name__}: {error}).",
            pointer=point.value,
            suggestion=f"Install {_distribution(point)} again, with what it needs.",
        )
    if not callable(export):
        return Finding(
            "MK813",
            f"the exporter {name} of {_distribution(point)} is not callable.",
            pointer=point.value,
            suggestion=f"Tell the authors of {_distribution(point)}.",
        )
    found: Exporter = export
    return found


def _description(name: str, point: metadata.EntryPoint) -> str:
    export = _load(name, point)
    if isinstance(export, Finding):
        return f"{export.code}: {export.message}"
    return (inspect.getdoc(export) or "no description").splitlines()[0]


def _claimed_twice(name: str, points: list[metadata.EntryPoint]) -> Finding:
    owners = [_distribution(point) for point in points]
    return Finding(
        "MK811",
        f"the front end {name} is claimed by {' and by '.join(owners)}.",
        pointer=name,
        suggestion="Uninstall all but one of them (morphkit's own cannot be replaced).",
    )


def _distribution(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "morphkit"
