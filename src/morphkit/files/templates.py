"""Templates converted: one, a file of many scattered, a folder gathered.

May import `errors`, `faces` and the rest of `files`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from morphkit.errors import Finding, MorphkitError, TemplateError, UsageError
from morphkit.faces.conversion import convert, convertible
from morphkit.faces.face import Landmarks
from morphkit.faces.plausibility import plausibility
from morphkit.faces.scheme import Scheme
from morphkit.faces.template import Collection, Entry, Template, listed
from morphkit.faces.templates import (
    COLLECTION_SUFFIXES,
    collection_text,
    parse_collection,
)
from morphkit.faces.webmorph import parse_definition
from morphkit.files.disk import disk_faults, shown, write_atomic
from morphkit.files.faces import (
    last_part,
    photo_of,
    photo_sizes,
    read_bytes,
    read_template,
)
from morphkit.files.photos import read_photo
from morphkit.files.template_folders import folder_templates
from morphkit.files.texts import read_text
from morphkit.study.names import DEVICES

Change = Callable[[Template], tuple[Template, tuple[str, ...]]]
"""What is done to each template on the way, and what of it is lost."""

Across = Callable[[Landmarks, str], tuple[Landmarks, tuple[str, ...]]]
"""Landmarks and the name of a scheme → the landmarks in it, and sentences for the user."""


def read_collection(path: str | Path) -> Collection:
    """Read all faces of a template file; errors as for `read_template`."""
    path = Path(path)
    data = read_bytes(path)
    sizes = photo_sizes(path)
    return parse_collection(data, path.suffix, file=shown(path), size_of=sizes)


def gather(folder: Path, target: Path, change: Change) -> tuple[str, ...]:
    """Write all templates of a folder into one file, and return what is lost."""
    if target.suffix.lower() not in COLLECTION_SUFFIXES:
        text = f"a folder of templates becomes one of {', '.join(COLLECTION_SUFFIXES)}, "
        text += f"and {target.name} is none."
        raise TemplateError(Finding("MK220", text, file=shown(target)))
    refuse_existing([target])
    found, notes = folder_templates(folder)
    entries, faults, lost = [], list[Finding](), list(notes)
    for path in found.values():
        try:
            template, told = change(read_template(path)[0])
            lost += told
            entries.append(_entry(path, template, sized=target.suffix.lower() == ".tps"))
        except MorphkitError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    layouts = {entry.template.landmarks.scheme.name for entry in entries}
    if len(layouts) > 1:
        lost.append(f"The templates are of different schemes: {', '.join(sorted(layouts))}.")
    text = collection_text(entries, target.suffix)
    lost += _unkept(entries, text, target.suffix)
    write_atomic(target, text.encode())
    return tuple(dict.fromkeys(lost))


def _entry(path: Path, template: Template, *, sized: bool) -> Entry:
    """Return a template with the name of its photo, and its size where it is needed."""
    photo = photo_of(path)
    if sized and template.height is None and photo is not None:
        height, width = read_photo(photo).image.shape[:2]
        template = replace(template, width=width, height=height)
    return Entry(photo.name if photo else path.stem, template)


def _unkept(entries: Sequence[Entry], text: str, suffix: str) -> list[str]:
    """Return what a file with this text does not keep of these faces, as it is read back."""
    back = parse_collection(text.encode(), suffix, size_of=lambda _: (1, 1)).entries
    names = [
        sorted({one.template.landmarks.scheme.name for one in many}) for many in (entries, back)
    ]
    lost = []
    if names[0] != names[1]:
        lost.append(
            f"A {suffix} file names no scheme: morphkit reads this one as {', '.join(names[1])}, "
            f"not as {', '.join(names[0])}. Keep a .json for building sets."
        )
    if suffix.lower() == ".xml":
        lost.append("Coordinates are rounded to whole pixels, as dlib reads them.")
    return lost


def _doubts(template: Template, name: str) -> list[str]:
    """Return what speaks against a template that says how large its photo is."""
    if template.width is None or template.height is None:
        return []
    found = plausibility(template.landmarks, template.width, template.height, name)
    return [str(finding) for finding in found if finding.severity == "error"]


def scatter(source: Path, folder: Path, change: Change) -> tuple[str, ...]:
    """Write each face of a file as morphkit's own JSON into a folder; return what is lost."""
    found = read_collection(source)
    names = _names(source.stem, [entry.image for entry in found.entries])
    targets = [folder / f"{name}.json" for name in names]
    refuse_existing(targets)
    lost = [*found.notes, *_renamed(names, [entry.image for entry in found.entries])]
    texts = []
    for entry, name in zip(found.entries, names, strict=True):
        template, told = change(entry.template)
        lost += [*told, *_doubts(template, f"{name}.json")]
        texts.append(collection_text([Entry("", template)], ".json"))
    for target, text in zip(targets, texts, strict=True):
        write_atomic(target, text.encode())
    return tuple(dict.fromkeys(lost))


def _renamed(names: Sequence[str], images: Sequence[str]) -> list[str]:
    """Say which photos' faces get other names than their photo's."""
    others: dict[str, list[str]] = {}
    for name, image in zip(names, images, strict=True):
        if image and name != Path(last_part(image)).stem:
            others.setdefault(image, []).append(f"{name}.json")
    return [f"Of {image!r}: {listed(made)}." for image, made in others.items()]


def _names(fallback: str, images: Sequence[str]) -> list[str]:
    """Return a file stem for each image: its own, numbered where several have one."""
    stems = [_stem(last_part(image)) or fallback for image in images]
    times = Counter(stem.casefold() for stem in stems)
    taken = {stem for stem, count in times.items() if count == 1}
    numbers: Counter[str] = Counter()
    names = []
    for stem in stems:
        name, key = stem, stem.casefold()
        while times[key] > 1 and (name == stem or name.casefold() in taken):
            numbers[key] += 1
            name = f"{stem}-{numbers[key]}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _stem(name: str) -> str:
    """Return a photo's name without its suffix, as every file system takes it."""
    stem = name.rpartition(".")[0] or name
    stem = "".join(char if char.isprintable() and char not in '<>:"|?*' else "_" for char in stem)
    stem = stem[:100].strip(" .")
    head, dot, rest = stem.partition(".")  # Windows takes con.left for con as well
    head = head.rstrip()
    return f"{head}_{dot}{rest}" if head.casefold() in DEVICES else stem


def refuse_existing(targets: Sequence[Path]) -> None:
    """Refuse to write over files; MK618 for each that is there."""
    there = [target for target in targets if target.exists()]
    if there:
        raise UsageError(
            *(
                Finding(
                    "MK618",
                    "there is a file of this name, which is not overwritten.",
                    file=shown(target),
                    suggestion="Choose another name, or move the file.",
                )
                for target in there[:5]
            )
        )


def convert_template(
    source: str | Path,
    target: str | Path,
    to_scheme: str | None = None,
    *,
    scheme_file: str | Path | None = None,
    across: Across = convert,
) -> tuple[str, ...]:
    """Write a template in the format that the target's suffix names; never over a file.

    A target without a suffix is a folder, into which each face of the source goes as JSON; a
    source that is a folder is gathered into one ``.tps`` or ``.xml``.

    Parameters
    ----------
    source, target : path
    to_scheme : str, optional
        Also convert the landmarks to this scheme.
    scheme_file : path, optional
        WebMorph's definition of the scheme that the source's points have, in its order.
    across : callable, optional
        Brings landmarks into another scheme and says what is lost or estimated; by default
        only what needs no estimate.

    Returns
    -------
    tuple of str
        What is lost on the way.

    Raises
    ------
    TemplateError
        As `read_template`, and where the format or the scheme cannot hold the landmarks.
    UsageError
        MK618 when the target exists; MK616 when the definition isn't there.
    EnvironmentFault
        MK612, MK613 or MK614.
    """
    source, target = Path(source), Path(target)
    layout, said = _defined(scheme_file)
    with disk_faults(source):
        folder, into = source.is_dir(), target.is_dir() or not target.suffix
    change = _change(layout, to_scheme, across)
    if folder:
        return (*said, *gather(source, target, change))
    if into:
        return (*said, *scatter(source, target, change))
    template, lost = change(read_template(source)[0])
    entry = _entry(source, template, sized=target.suffix.lower() == ".tps")
    text = collection_text([entry], target.suffix)
    refuse_existing([target])
    kept = _unkept([entry], text, target.suffix)
    write_atomic(target, text.encode())
    return (*said, *lost, *_doubts(template, shown(source)), *kept)


def _defined(path: str | Path | None) -> tuple[Scheme | None, tuple[str, ...]]:
    """Return the scheme of a definition file, and what of it is not taken."""
    if path is None:
        return None, ()
    try:
        return parse_definition(read_text(path, "template definition"))
    except TemplateError as error:
        named = (replace(finding, file=shown(path)) for finding in error.findings)
        raise TemplateError(*named) from None


def _change(layout: Scheme | None, to_scheme: str | None, across: Across) -> Change:
    """Return what is done to each template: taken as a scheme, converted to another."""

    def change(template: Template) -> tuple[Template, tuple[str, ...]]:
        lost: tuple[str, ...] = ()
        if layout is not None:
            template = replace(template, landmarks=Landmarks(layout, template.landmarks.points))
        if to_scheme:
            start = template.landmarks.scheme.name
            landmarks, lost = across(template.landmarks, to_scheme)
            template = replace(template, landmarks=landmarks)
            if not (convertible(start, to_scheme) or start.startswith("free")):
                # nobody has seen the points that were estimated
                origin = {**template.origin, "bridged_from": start}
                template = replace(template, reviewed=False, origin=origin)
        return template, lost

    return change
