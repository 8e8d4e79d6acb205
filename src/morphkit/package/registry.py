"""The exporter seam: from the name of a front end to the files of its package.

An exporter is a plain callable ``export(stimulus_set, **options)`` that yields relative POSIX
paths and bytes; the first line of its docstring describes it.  One that runs a task has a
parameter ``session`` and is given what the set and the task come to.  It is found in a built-in
table or among the entry points ``morphkit.exporters`` of installed distributions, and imported
when it is used.  Knows what every package must hold and refuse; knows no front end but by name.
May import `errors`, `study` and the rest of `package`.
"""

from __future__ import annotations

import difflib
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module, metadata

from morphkit.errors import EnvironmentFault, Finding, PackageError, UsageError
from morphkit.package.documents import CHECKSUMS, RIGHTS, checksums, documents, rights
from morphkit.package.limits import refuse_unable
from morphkit.package.orders import draw
from morphkit.package.papers import README, RESPONSE_MAP, form
from morphkit.package.refusals import path_fault, refusals
from morphkit.package.session import Session
from morphkit.package.words import plain_name, response_map_json
from morphkit.study.manifest import StimulusSet
from morphkit.study.rights import Use
from morphkit.study.task import Task

Exporter = Callable[..., Iterable[tuple[str, bytes]]]

GROUP = "morphkit.exporters"
BUILT_IN = {
    name: f"morphkit.package.{name}:export"
    for name in (
        *("bids", "croissant", "eprime", "gorilla", "inquisit", "jspsych", "labjs", "opensesame"),
        *("presentation", "psychds", "psychopy", "psychtoolbox", "qualtrics", "rocrate"),
        "testable",
    )
}
SERVICES = ("gorilla", "qualtrics", "testable")
ONLINE = ("jspsych", "labjs", *SERVICES)
ARCHIVES = ("rocrate", "croissant", "psychds")
DEPOSITED = (*ARCHIVES, "bids")
"""Formats whose packages end in archives; one for BIDS is as often for the lab's own data."""

SESSION, LIBRARY, USE = "session", "library", "use"
GIVEN = (SESSION, USE)
"""What an exporter is given that has a parameter for it: no option of its own."""


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


def canonical(name: str) -> str:
    """Return a front end's name as it is written, for one that differs in upper and lower case."""
    known = {one.casefold(): one for one in _claims()}
    return known.get(name.casefold(), name)


def target_use(name: str) -> Use:
    """Return what a package for a front end is for, unless somebody says otherwise."""
    if name in ONLINE:
        return "online_experiment"
    return "open_archive" if name in ARCHIVES else "lab"


def least_use(name: str) -> Use | None:
    """Return what a package can't be used for less than: faces leave the lab as it is used."""
    return target_use(name) if name in (*SERVICES, *ARCHIVES) else None


def options_of(name: str) -> dict[str, str]:
    """Return the options of a front end's exporter, beside the task: name → default, as text.

    Raises
    ------
    UsageError, EnvironmentFault, PackageError
        As `package`.
    """
    return _options(_exporter(name))


def library_of(name: str) -> Callable[[Iterable[str]], dict[str, str]]:
    """Return what chooses, from the files of a folder, those of a front end's own library."""
    found: Callable[[Iterable[str]], dict[str, str]] = import_module(
        f"morphkit.package.{name}"
    ).library_files
    return found


def runs_a_task(name: str) -> bool:
    """Whether the package of a front end runs a task; data formats don't."""
    return SESSION in inspect.signature(_exporter(name)).parameters


def package(
    stimulus_set: StimulusSet,
    name: str,
    *,
    task: Task | None = None,
    use: Use | None = None,
    also: Sequence[tuple[str, bytes]] = (),
    **options: object,
) -> Iterator[tuple[str, bytes]]:
    """Make the package of a set for one front end.

    Everything that can be refused is refused by this call; the files are then produced one by
    one, so that memory stays flat.

    Parameters
    ----------
    stimulus_set : StimulusSet
    name : str
        The front end, one of `exporters`.
    task : Task, optional
        What is shown and asked; by default each face once, two-choice.
    use : {"lab", "online_experiment", "publication", "open_archive"}, optional
        What the package is for; by default what the front end is for.
    also : sequence of (str, bytes)
        Files that the package carries besides.
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
        packaged (`refusals`); MK821 for a task that does not fit the set, MK822 or MK832 for
        one that the front end can't run; while producing, MK815 for an unsafe or repeated path.
    """
    export, runs = _exporter(name), runs_a_task(name)
    unasked = {} if runs or task is None else {"task": task}
    _refuse_options(name, export, stimulus_set, {**options, **unasked})
    faults = refusals(stimulus_set)
    if faults:
        raise PackageError(*faults)
    drawn = draw(stimulus_set, task or Task())
    refuse_unable(drawn.task, name)
    takes = inspect.signature(export).parameters
    known = {SESSION: drawn, USE: use or target_use(name)}
    given = {**options, **{key: value for key, value in known.items() if key in takes}}
    every = _chain(export(stimulus_set, **given), also)
    own = {RIGHTS: rights(stimulus_set.manifest).encode()}
    return _sealed(name, every, own, partial(_missing, stimulus_set, drawn))


def _refuse_options(
    name: str, export: Exporter, stimulus_set: StimulusSet, options: Mapping[str, object]
) -> None:
    signature = inspect.signature(export)
    needed = {SESSION: None} if SESSION in signature.parameters else {}
    try:
        if SESSION in options:
            raise TypeError(f"{SESSION} is made of the task")
        signature.bind(stimulus_set, **needed, **options)
    except TypeError as error:
        taken = ", ".join([*(["task"] if needed else []), *options_of(name)]) or "none"
        raise UsageError(
            Finding(
                "MK814",
                f"the exporter {name} does not take these options ({error}).",
                pointer=name,
                suggestion=f"Its options: {taken}.",
            )
        ) from None


def _sealed(
    name: str,
    files: Iterable[tuple[str, bytes]],
    own: Mapping[str, bytes],
    missing: Callable[[Mapping[str, str]], Iterator[tuple[str, bytes]]],
) -> Iterator[tuple[str, bytes]]:
    """Pass on an exporter's files, check their paths, and add what every package carries.

    What `own` says no exporter may say otherwise.
    """
    hashes: dict[str, str] = {}
    taken: set[str] = {CHECKSUMS}
    for path, data in _chain(files, missing(hashes)):
        why = path_fault(path) or ("is there twice" if path.lower() in taken else "")
        why = why or ("is not the exporter's to write" if data != own.get(path, data) else "")
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
    yield CHECKSUMS, checksums(hashes).encode()


def _missing(
    stimulus_set: StimulusSet, drawn: Session, there: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Yield what every package carries and an exporter has not written in its own way."""
    manifest = stimulus_set.manifest
    blanks = {
        "NAME": plain_name(manifest),
        "COUNT": str(len(stimulus_set.stimuli)),
        "VERSION": manifest.morphkit.engine.version,
    }
    plain = (
        (README, form("plain.txt", blanks).encode()),
        (RESPONSE_MAP, response_map_json(drawn).encode()),
    )
    for path, data in (*plain, *documents(stimulus_set)):
        if path not in there:
            yield path, data


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
    about = (inspect.getdoc(export) or "no description").splitlines()[0]
    options = ", ".join(name for name in _options(export) if name != LIBRARY)
    return f"{about} Options: {options}." if options else about


def _options(export: Exporter) -> dict[str, str]:
    parameters = list(inspect.signature(export).parameters.values())[1:]
    return {
        one.name: "" if one.default in (None, one.empty) else str(one.default)
        for one in parameters
        if one.name not in GIVEN and one.kind is not one.VAR_KEYWORD
    }


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
