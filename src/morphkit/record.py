"""The record of a build: from the plan, and what was written, to table and manifest.

Pure: hashes come in, papers come out.  May import `plan`, `study` and the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from morphkit import __version__
from morphkit.calibrate.scale import scale_json
from morphkit.errors import Finding
from morphkit.measures import Controlled, measures
from morphkit.photos import SourceFace
from morphkit.plan import Plan
from morphkit.study import manifest as papers
from morphkit.study.answers import response_map
from morphkit.study.entries import Share
from morphkit.study.frames import PlannedFrame
from morphkit.study.manifest import Manifest, MorphkitBlock
from morphkit.study.recipe import resolved
from morphkit.study.shares import Photo
from morphkit.study.table import Stimulus, stimuli_csv


@dataclass(frozen=True, slots=True)
class Written:
    """Hashes and size of a stimulus on disk; an aligned anchor has pixels, but no file."""

    sha256: str
    pixel_sha256: str
    bytes: int


Journal = dict[str, Written]


def image_file(stimulus_id: str) -> str:
    """Return where a stimulus lies in its set."""
    return f"stimuli/{stimulus_id}.png"


def anchor_id(photo: Photo) -> str:
    """Return the journal's name for an aligned anchor; no stimulus id holds a space."""
    return f"anchor {photo}"


def record(
    planned: Plan,
    done: Mapping[str, Written],
    controlled: Controlled,
    residuals: Sequence[dict[str, Any]],
    seen: Mapping[str, Mapping[str, Any]],
) -> tuple[list[Stimulus], Manifest]:
    """Return the table and the manifest of a set whose frames are all written.

    `seen` is what the manifest says of scales besides their files.
    """
    stimuli = [_stimulus(planned, one, done[one.stimulus_id]) for one in planned.frames]
    table = stimuli_csv(stimuli).encode()
    resources = [papers.table_resource(stimuli, sha256(table).hexdigest(), len(table))]
    resources += [papers.image_resource(row, done[row.stimulus_id].bytes) for row in stimuli]
    block = _block(planned, done, measures(controlled, residuals), controlled.findings)
    scales = {
        name: scale_json(scale) | dict(seen.get(name, {}))
        for name, scale in planned.asked.scales.items()
    }
    block = block.model_copy(update={"scales": scales})
    licenses = papers.licenses(block.sources)
    name = planned.recipe.name
    return stimuli, Manifest(name=name, licenses=licenses, resources=resources, morphkit=block)


def _stimulus(planned: Plan, one: PlannedFrame, written: Written) -> Stimulus:
    entry = next((e for e in planned.program.continua if e.name == one.continuum), None)
    known: dict[str, Any] = {}
    if entry is not None and one.level is not None:
        known = planned.asked.cells(entry, one.identity, one.level)
    return Stimulus(
        stimulus_id=one.stimulus_id,
        image_file=image_file(one.stimulus_id),
        identity=one.identity,
        continuum=one.continuum,
        morph_path=one.path,
        frame=one.frame,
        morph_level=one.level,
        percent=one.percent,
        weights=dict(one.weights),
        width_px=planned.on.canvas.width,
        height_px=planned.on.canvas.height,
        sha256=written.sha256,
        pixel_sha256=written.pixel_sha256,
        **known,
    )


def _block(
    planned: Plan,
    done: Mapping[str, Written],
    measured: dict[str, Any],
    found: Sequence[Finding],
) -> MorphkitBlock:
    mesh, scheme = planned.on.mesh, planned.poses[0].landmarks.scheme
    recipe, program = resolved(planned.recipe), planned.program
    findings = [*planned.findings, *found]
    own = {face.key: face.pixel_sha256 for face in planned.faces}
    anchors = [
        papers.Anchor(
            **photo._asdict(),
            landmarks=[(float(x), float(y)) for x, y in place.landmarks.points],
            pixel_sha256=done[anchor_id(photo)].pixel_sha256,
            raw=done[anchor_id(photo)].pixel_sha256 == own[photo.identity, photo.expression],
        )
        for photo, (_, place) in planned.views.items()
    ]
    return MorphkitBlock(
        schema_version=papers.SCHEMA_VERSION,
        key=planned.key,
        pixel_key=planned.pixel_key,
        engine=papers.Engine(version=__version__, options=recipe["engine"]),
        recipe=recipe,
        landmark_scheme=scheme.name,
        landmark_names=list(scheme.points),
        sources=[source_of(face) for face in planned.faces],
        anchors=anchors,
        mesh=papers.Mesh(
            points=[(float(x), float(y)) for x, y in mesh.mean],
            triangles=[(int(a), int(b), int(c)) for a, b, c in mesh.triangles],
            landmarks=[int(i) for i in mesh.landmarks],
        ),
        prototypes=list(program.prototypes),
        continua=list(program.continua),
        transforms=list(program.transforms),
        mixtures=list(program.mixtures),
        frame_weights={
            one.stimulus_id: frame_weights(one) for one in planned.frames if not one.plain
        },
        measures=measured,
        doubts=[asdict(finding) for finding in findings if finding.severity == "warning"],
        response_map=response_map(program),
    )


def source_of(face: SourceFace) -> papers.Source:
    """Hashes and rights; no file name, since names can tell who an infant is."""
    declared = asdict(face.row)
    del declared["image"], declared["template"]
    return papers.Source(
        sha256=face.sha256,
        template_sha256=face.template_sha256,
        reviewed=face.reviewed,
        **declared,
    )


def frame_weights(one: PlannedFrame) -> list[Share]:
    """Return what each photo has in a frame, as the manifest keeps it."""
    return [
        Share(**photo._asdict(), shape=shape, colour=colour, texture=texture)
        for photo, (shape, colour, texture) in one.shares.items()
    ]
