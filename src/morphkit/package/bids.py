"""BIDS: a folder ``stimuli`` with its catalogue, and an example of how events refer to it.

The whole package is a valid dataset; papers that BIDS doesn't know are named in ``.bidsignore``.
Knows the names and tables of BIDS; may import `study` and the rest of `package`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from morphkit.package import dataset
from morphkit.package.documents import CHECKSUMS, CITATION, METHODS, OVERRIDE, RIGHTS
from morphkit.package.notes import fit_set
from morphkit.package.papers import README, RESPONSE_MAP
from morphkit.package.refusals import IGNORE
from morphkit.study.manifest import StimulusSet
from morphkit.study.rights import Use
from morphkit.study.table import Stimulus, cells, columns

SUBJECT = "sub-example"
EXAMPLE = f"{SUBJECT}/beh/{SUBJECT}_task-faces_events"
NOT_BIDS = (CHECKSUMS, CITATION, METHODS, OVERRIDE, RESPONSE_MAP, RIGHTS)
BIDS_VERSION = "1.10.0"
DRAFT = "BEP044 (Stim-BIDS), pull request 2022 of bids-specification at commit 074f5fb"
UNKNOWN = "n/a"

OWN = {
    "stim_id": "The stimulus as BIDS names it: stim-<label>, the label of letters and digits only.",
    "stim_file": "Path of the image, relative to the folder stimuli.",
    "type": "Kind of stimulus.",
    "license": "Licence as far as it was declared for the photographs.",
    "description": "The stimulus in words.",
    "present": "Whether the image is in the folder.",
}
"""Columns beside those of the set, and what they mean."""

EVENTS = {
    "onset": "When the face appeared, in seconds. n/a: this is an example without a recording.",
    "duration": "How long it was shown, in seconds.",
    "trial_type": "Which continuum, transform or mixture the face is of.",
    "response_time": "Seconds from the onset of the face to the answer.",
    "response": "The answer.",
    "stim_file": OWN["stim_file"],
    "stim_id": OWN["stim_id"],
    "stimulus_id": "The stimulus as morphkit names it; joins with stimuli/stimuli.tsv.",
    "participant_id": "Who answered; morphkit reads it here, since it reads no file names.",
}


def export(stimulus_set: StimulusSet, use: Use = "lab") -> Iterator[tuple[str, bytes]]:
    """BIDS: a folder stimuli to copy into a dataset, its catalogue, an example of events.

    Parameters
    ----------
    stimulus_set : StimulusSet
    use : {"lab", "online_experiment", "publication", "open_archive"}
        What the package is for.

    Yields
    ------
    (str, bytes)
    """
    labels = labels_of(stimulus_set.stimuli)
    first = _file(next(iter(labels.values())))
    told = {"EXAMPLE": first, "DRAFT": DRAFT, "FIT": fit_set(stimulus_set, "sub-*/*/*_events.tsv")}
    told["USE"] = textwrap.fill(dataset.made_for(use), 90, break_on_hyphens=False)
    yield README, dataset.readme("bids", stimulus_set, **told)
    yield IGNORE, "".join(f"{name}\n" for name in NOT_BIDS).encode()
    yield "dataset_description.json", dataset.json_bytes(_description(stimulus_set))
    yield "participants.tsv", f"participant_id\n{SUBJECT}\n".encode()
    yield f"{EXAMPLE}.tsv", _events(stimulus_set, labels)
    yield f"{EXAMPLE}.json", dataset.json_bytes(_events_sidecar(stimulus_set))
    yield "stimuli/stimuli.tsv", _catalogue(stimulus_set, labels)
    yield "stimuli/stimuli.json", dataset.json_bytes(_sidecar(stimulus_set))
    for row in stimulus_set.stimuli:
        name = _file(labels[row.stimulus_id])
        yield f"stimuli/{name}", stimulus_set.read(row.image_file)


def labels_of(stimuli: Sequence[Stimulus]) -> dict[str, str]:
    """Return a label of letters and digits for each id, no two of them alike."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for row in stimuli:
        stem = label = row.stimulus_id.replace("_", "")
        number = 1
        while label in taken:
            number += 1
            label = f"{stem}x{number}"
        taken.add(label)
        labels[row.stimulus_id] = label
    return labels


def _file(label: str) -> str:
    return f"stim-{label}_image.png"


def _tsv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a table as BIDS wants it; what is not known is n/a."""
    lines = [names, *([cell or UNKNOWN for cell in row] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def _catalogue(stimulus_set: StimulusSet, labels: Mapping[str, str]) -> bytes:
    licence = dataset.licence(stimulus_set.manifest)
    names = _set_columns(stimulus_set)
    rows = [
        [
            f"stim-{labels[row.stimulus_id]}",
            _file(labels[row.stimulus_id]),
            *("image", licence),
            dataset.caption(row),
            "true",
            *cells(row, names),
        ]
        for row in stimulus_set.stimuli
    ]
    return _tsv([*OWN, *names], rows)


def _set_columns(stimulus_set: StimulusSet) -> list[str]:
    return [name for name in columns(stimulus_set.stimuli) if name != "image_file"]


def _sidecar(stimulus_set: StimulusSet) -> dict[str, Any]:
    told: dict[str, Any] = {name: {"Description": text} for name, text in OWN.items()}
    told["type"]["Levels"] = {"image": "A still picture."}
    for field in dataset.fields(stimulus_set):
        if field["name"] != "image_file":
            told[field["name"]] = _described(field)
    manifest = stimulus_set.manifest
    return {
        **told,
        "FollowsDraft": f"{DRAFT}. The draft calls its ids stim_id in the text and stimulus_id in "
        "a table; here stim_id is the draft's and stimulus_id is morphkit's.",
        "StimuliName": manifest.name,
        "GeneratedBy": _generated_by(stimulus_set),
    }


def _described(field: Mapping[str, Any]) -> dict[str, Any]:
    limits = field.get("constraints", {})
    told: dict[str, Any] = {"Description": field["description"]}
    if "enum" in limits:
        told["Levels"] = {word: word.replace("-", " ") for word in limits["enum"]}
    told |= {word.capitalize(): limits[word] for word in ("minimum", "maximum") if word in limits}
    return told


def _events(stimulus_set: StimulusSet, labels: Mapping[str, str]) -> bytes:
    rows = [
        [
            *("", "", row.continuum, "", ""),
            _file(labels[row.stimulus_id]),
            f"stim-{labels[row.stimulus_id]}",
            row.stimulus_id,
            SUBJECT,
        ]
        for row in stimulus_set.stimuli
    ]
    return _tsv(list(EVENTS), rows)


def _events_sidecar(stimulus_set: StimulusSet) -> dict[str, Any]:
    answers = stimulus_set.manifest.morphkit.response_map
    told: dict[str, Any] = {name: {"Description": text} for name, text in EVENTS.items()}
    for name in ("onset", "duration", "response_time"):
        told[name]["Units"] = "s"
    told["response"]["Levels"] = {
        str(one["label"]): f"Level {one['level']} of the path." for one in answers
    }
    return {
        "TaskName": "faces",
        "TaskDescription": "An example: one face after another, one answer each. Each row names "
        "a face of the folder stimuli; write your own times and answers.",
        **told,
    }


def _description(stimulus_set: StimulusSet) -> dict[str, Any]:
    manifest = stimulus_set.manifest
    return {
        "Name": dataset.title(manifest),
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "License": dataset.licence(manifest),
        "HowToAcknowledge": "See the file CITATION of the package.",
        "GeneratedBy": _generated_by(stimulus_set),
    }


def _generated_by(stimulus_set: StimulusSet) -> list[dict[str, str]]:
    return [{"Name": "morphkit", "Version": stimulus_set.manifest.morphkit.engine.version}]
