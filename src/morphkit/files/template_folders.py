"""Folders of templates: which file is the template of which photo, and pairs of two raters.

May import `errors`, `faces` and the rest of `files`.
"""

from __future__ import annotations

from pathlib import Path

from morphkit.errors import Finding, MorphkitError, TemplateError
from morphkit.faces.template import Template, listed
from morphkit.faces.templates import TEMPLATE_SUFFIXES
from morphkit.files.disk import disk_faults, shown
from morphkit.files.faces import PHOTO_SUFFIXES, find_template, read_template
from morphkit.files.texts import list_files
from morphkit.study.source_row import TABLE


def folder_templates(folder: str | Path) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return the template of each stem in a folder, and notes on what is none.

    Where there are photos, a template is what belongs to one of them; of several for one photo
    morphkit's own JSON counts.

    Raises
    ------
    SetError
        MK605 when there is no such folder.
    TemplateError
        MK232 several templates of a photo; MK223 no template at all.
    """
    folder = Path(folder)
    names = [Path(name) for name in list_files(folder, depth=1)]
    photos = {name.stem for name in names if name.suffix.lower() in PHOTO_SUFFIXES}
    stems = dict.fromkeys(
        name.stem
        for name in names
        if name.suffix.lower() in TEMPLATE_SUFFIXES and name.name != TABLE
    )
    alone = [stem for stem in stems if photos and stem not in photos]
    found = {stem: find_template(folder / f"{stem}.jpg") for stem in stems if stem not in alone}
    if not found:
        advice = f"A template is a file like {', '.join(TEMPLATE_SUFFIXES)} beside its photo."
        text = "the folder holds no template."
        raise TemplateError(Finding("MK223", text, file=shown(folder), suggestion=advice))
    note = f"Left out, as there is no photo of that name: {listed(alone)}."
    return found, (note,) if alone else ()


def template_pairs(
    reference: str | Path, other: str | Path
) -> tuple[dict[str, tuple[Template, Template]], tuple[str, ...]]:
    """Return two templates, or those of two folders that have the same stem, by stem.

    Raises
    ------
    TemplateError
        As `read_template`; MK226 when one is a folder and the other a file, or when no stem is
        in both folders.
    """
    reference, other = Path(reference), Path(other)
    with disk_faults(reference):
        folders = [reference.is_dir(), other.is_dir()]
    if folders[0] != folders[1]:
        text = "one is a folder of templates and the other is not."
        advice = "Name two templates, or two folders."
        raise TemplateError(Finding("MK226", text, file=shown(other), suggestion=advice))
    if not folders[0]:
        pair = (read_template(reference)[0], read_template(other)[0])
        return {reference.stem: pair}, ()
    (a, said), (b, more) = folder_templates(reference), folder_templates(other)
    both = [stem for stem in a if stem in b]
    if not both:
        text = f"no template here has the name of one in {shown(reference)}."
        raise TemplateError(Finding("MK226", text, file=shown(other)))
    alone = [f"{shown(p)}" for one, two in ((a, b), (b, a)) for s, p in one.items() if s not in two]
    note = f"Without a partner in the other folder: {listed(alone)}."
    pairs, faults = {}, list[Finding]()
    for stem in both:
        try:
            pairs[stem] = (read_template(a[stem])[0], read_template(b[stem])[0])
        except MorphkitError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    return pairs, (*said, *more, *([note] if alone else []))
