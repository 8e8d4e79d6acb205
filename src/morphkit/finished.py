"""What is done with a set whose stimuli are written: manifest, report page, packages.

May import `consents`, `errors`, `files`, `packing`, `report`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.consents import Present, present
from morphkit.errors import Finding
from morphkit.files.ours import PACKAGES
from morphkit.packing import errors, examined, pack
from morphkit.report import page
from morphkit.study import manifest as papers
from morphkit.study.rights import Use
from morphkit.study.task import Task
from morphkit.validate import SetReport, validate
from morphkit.validate.findings import judge
from morphkit.validate.rules import RULES


def report_again(folder: Path) -> SetReport:
    """Validate a set, and write its report page and its label anew.

    Raises
    ------
    SetError
        MK601…MK606 when the folder is no readable set.
    """
    report = validate(folder)
    # what is wrong with the old page and the old label is mended by the new ones
    kept = [one for one in report.findings if one.file != papers.REPORT and one.code != "MK689"]
    report = judge(report.set, kept, report.checked, report.measured, fresh=report.fresh)
    whole = files.read_set(folder)
    block = whole.manifest.morphkit.model_copy(update={"label": report.label})
    manifest = whole.manifest.model_copy(update={"morphkit": block})
    write_report(folder, replace(whole, manifest=manifest), report)
    return report


def package_set(
    stimulus_set: papers.StimulusSet | str | Path,
    name: str,
    *,
    use: Use | None = None,
    override: str = "",
    task: Task | None = None,
    **options: Any,
) -> Iterator[tuple[str, bytes]]:
    """Make the package of a set for one front end; `morphkit.package`.

    Parameters
    ----------
    stimulus_set : StimulusSet or path
        A set, or its folder, which is then validated: quickly, if it has earned its label; and
        the study's ``faces.csv`` is asked what is allowed by now.
    name : str
        The front end.
    use, override, task
        As `morphkit.packing.pack`.
    **options
        Of its exporter.

    Returns
    -------
    iterator of (str, bytes)
        Relative path with forward slashes, and content.

    Raises
    ------
    MorphkitError
        As `morphkit.packing.pack`, and as `morphkit.files.read_set`.
    """
    faults: list[Finding] = []
    now: Present | None = None
    if not isinstance(stimulus_set, papers.StimulusSet):
        whole = files.read_set(stimulus_set)
        now = present(Path(stimulus_set), whole)
        faults = errors(examined(Path(stimulus_set), whole, use))
        stimulus_set = whole
    held: dict[str, Any] = {"faults": faults, "present": now}
    packing = pack(stimulus_set, name, use=use, override=override, task=task, **held, **options)
    return packing.files


def write_report(folder: Path, whole: papers.StimulusSet, report: SetReport) -> papers.StimulusSet:
    """Write the page, and the manifest that names it; return the set with that manifest."""
    text = page(
        whole,
        report.findings,
        verdict=report.verdict,
        label=report.label,
        measured=report.measured,
        names={code: rule.title for code, rule in RULES.items()},
    ).encode()
    others = [entry for entry in whole.manifest.resources if entry.path != papers.REPORT]
    entry = papers.report_resource(files.sha256(text), len(text))
    manifest = whole.manifest.model_copy(update={"resources": [*others, entry]})
    files.write_atomic(folder / papers.REPORT, text)
    write_manifest(folder, manifest)
    return replace(whole, manifest=manifest)


def write_manifest(folder: Path, manifest: papers.Manifest) -> None:
    """Write ``datapackage.json``."""
    files.write_atomic(folder / papers.MANIFEST, papers.manifest_text(manifest).encode())


def write_packages(folder: Path, names: Sequence[str]) -> None:
    """Write packages of the set in a folder, folders and zips, as it will be read from there."""
    whole = files.read_set(folder)
    for name in names:
        made = pack(whole, name.removesuffix(".zip")).files
        if name.endswith(".zip"):
            files.write_zip(folder / PACKAGES / name, made)
        else:
            files.write_files(folder / PACKAGES / name, made, replace=True)
