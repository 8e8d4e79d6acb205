"""Draft landmarks before and after refinement, against truth.

Drafts are the truth with errors as predictors make them (each eye and the mouth moved and scaled
as a whole, each landmark a little), or the drafts of the predictor that ships, on infants that it
hasn't seen.  Truth is exact for rendered infants; for photographs it is a hand-made template, which
errs itself by some tenths of a percent.  Errors in % of the distance of the outer eye corners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from morphkit import files, landmarks
from morphkit.faces.face import ByteArray, Landmarks
from morphkit.landmarks.draft import opened, predicted
from morphkit.landmarks.lines import regions
from morphkit.landmarks.process import LandmarkProcess
from morphkit.landmarks.refine import refined
from morphkit.predictors import SHIPPED, SUFFIX, predictor

WORSE = 0.05
"""A landmark is made worse when its error grows by more than this, in % EOD."""

SHIFT, GROWTH, SINGLE = 0.01, 0.05, 0.005
"""Standard deviations of simulated errors at full strength: a region's place along each axis, in
EOD; its size; a landmark's distance, in EOD."""

PARTS = {
    "upper lids": ([37, 38, 43, 44], [19, 20, 21, 24, 25, 26]),
    "lower lids": ([40, 41, 46, 47], [28, 29, 30, 31, 32, 33]),
    "eye corners": ([36, 39, 42, 45], [18, 22, 23, 27]),
    "lips, outer": ([*range(49, 54), *range(55, 60)], [*range(88, 93), *range(104, 109)]),
    "lips, inner": ([61, 62, 63, 65, 66, 67], [*range(94, 104)]),
    "mouth corners": ([48, 54], [87, 93]),
}
"""Landmarks of 68 and of 189."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A photo with its truth, and what it shows."""

    image: ByteArray
    truth: Landmarks
    expression: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: errors in % EOD, `worse` the share of landmarks made worse."""

    faces: str
    drafts: str
    part: str
    count: int
    before: float
    after: float
    worse: float


def infants(folder: Path) -> list[Case]:
    """Return the rendered infants of `<folder>/<infant>/<expression>.png`."""
    found = sorted(folder.glob("infant*/*.png"))
    return [_case(photo, photo.with_suffix(".json"), photo.stem) for photo in found]


def adults(folder: Path, every: int = 4) -> list[Case]:
    """Return each `every`-th photograph of `folder`, with its hand-made template."""
    found = sorted(folder.glob("*.jpg"))[::every]
    return [_case(photo, photo.with_suffix(".tem"), "neutral") for photo in found]


def _case(photo: Path, template: Path, expression: str) -> Case:
    face = files.read_face(photo, template)
    return Case(face.image, face.landmarks, expression)


def erring(truth: Landmarks, draw: np.random.Generator, strength: float) -> Landmarks:
    """Return landmarks with simulated errors."""
    eod, points = truth.outer_eye_distance(), truth.points.copy()
    for members in regions(truth.scheme).values():
        indices = list(members)
        centre = points[indices].mean(axis=0)
        growth = 1 + strength * draw.normal(0, GROWTH)
        shift = strength * eod * draw.normal(0, SHIFT, 2)
        points[indices] = centre + (points[indices] - centre) * growth + shift
    single = draw.normal(0, SINGLE / np.sqrt(2), points.shape)
    return truth.replaced(points + strength * eod * single)


def simulated(cases: Sequence[Case], strength: float, seed: int = 0) -> list[Landmarks]:
    """Return a draft with simulated errors for each case."""
    draws = (np.random.default_rng([seed, i]) for i in range(len(cases)))
    return [erring(case.truth, draw, strength) for case, draw in zip(cases, draws, strict=True)]


def drafted(cases: Sequence[Case]) -> list[Landmarks | None]:
    """Return the shipped predictor's draft for each case; None where it finds no face."""
    folder = Path(landmarks.__file__).parent / "models"
    model = predictor(folder / f"{SHIPPED}{SUFFIX}").model
    with LandmarkProcess() as process:
        layout = opened(process, model)
        found = [predicted(process, case.image, model, layout) for case in cases]
    return [draft and draft.landmarks for draft in found]


def rows(
    faces: str, drafts: str, cases: Sequence[Case], starts: Sequence[Landmarks | None]
) -> list[Row]:
    """Refine every draft, and return a line for each part of the face and for the rest."""
    errors = defaultdict(list)
    for case, start in zip(cases, starts, strict=True):
        if start is not None:
            for part, before, after in _errors(case, start):
                errors[part].append((before, after))
    return [_row(faces, drafts, part, found) for part, found in errors.items()]


def by_expression(
    faces: str, drafts: str, cases: Sequence[Case], starts: Sequence[Landmarks | None]
) -> list[Row]:
    """The same for each expression, eyes and mouth together."""
    return grouped(faces, drafts, cases, starts, lambda case: case.expression)


def by_skin(
    faces: str, drafts: str, cases: Sequence[Case], starts: Sequence[Landmarks | None]
) -> list[Row]:
    """The same for the darker and the lighter half of the faces, by luminance of the nose."""
    light = [_lightness(case) for case in cases]
    middle = float(np.median(light))
    dark = {id(case) for case, value in zip(cases, light, strict=True) if value < middle}
    return grouped(
        faces,
        drafts,
        cases,
        starts,
        lambda case: "darker half" if id(case) in dark else "lighter half",
    )


def grouped(
    faces: str,
    drafts: str,
    cases: Sequence[Case],
    starts: Sequence[Landmarks | None],
    group: Callable[[Case], str],
) -> list[Row]:
    """The same for each group of cases, eyes and mouth together."""
    errors = defaultdict(list)
    for case, start in zip(cases, starts, strict=True):
        if start is not None:
            found = list(_errors(case, start))
            before, after = (np.concatenate([one[i] for one in found]) for i in (1, 2))
            errors[group(case)].append((before, after))
    return [_row(faces, drafts, part, errors[part]) for part in sorted(errors)]


def _errors(case: Case, start: Landmarks) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield a part and the errors of its landmarks before and after."""
    end, _ = refined(case.image, start)
    count = len(start.points)
    truth, eod = case.truth.points[:count], case.truth.outer_eye_distance()
    before, after = (
        100 * np.sqrt(((one.points - truth) ** 2).sum(axis=1)) / eod for one in (start, end)
    )
    for part, (of_68, of_189) in PARTS.items():
        indices = of_189 if count >= 189 else of_68
        yield part, before[indices], after[indices]


def _lightness(case: Case) -> float:
    """Return the mean luminance around the tip of the nose, 0…255."""
    tip = case.truth.points[list(case.truth.scheme.nose_tip)].mean(axis=0)
    x, y = (round(float(value)) for value in tip)
    half = round(0.05 * case.truth.outer_eye_distance())
    part = case.image[y - half : y + half, x - half : x + half].reshape(-1, 3).mean(axis=0)
    return float((part * (0.299, 0.587, 0.114)).sum())


def _row(faces: str, drafts: str, part: str, found: list[tuple[np.ndarray, np.ndarray]]) -> Row:
    before, after = (np.concatenate([one[i] for one in found]) for i in (0, 1))
    return Row(
        faces,
        drafts,
        part,
        len(found),
        float(before.mean()),
        float(after.mean()),
        float((after > before + WORSE).mean()),
    )


def table(shared: Path) -> str:
    """Measure all, and return the table in Markdown."""
    return written(measured(shared))


def measured(shared: Path) -> list[Row]:
    """Measure all: rendered infants and photographed adults of the shared data."""
    young, grown = infants(shared / "synthetic_infants"), adults(shared / "real_faces/london640")
    found = []
    for faces, cases in (("rendered infants", young), ("adults, by hand", grown)):
        for strength in (0.5, 1.0):
            starts = simulated(cases, strength)
            found += rows(faces, f"simulated, × {strength:g}", cases, starts)
        found += by_skin(faces, "simulated, × 1", cases, starts)
    found += by_expression("rendered infants", "simulated, × 1", young, simulated(young, 1.0))
    starts = drafted(young)
    found += rows("rendered infants", "predictor", young, starts)
    return found + by_expression("rendered infants", "predictor", young, starts)


def written(found: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| faces | drafts | part | photos | before | after | made worse |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.faces} | {row.drafts} | {row.part} | {row.count} | {row.before:.2f} | "
        f"{row.after:.2f} | {100 * row.worse:.0f} % |"
        for row in found
    ]
    return "\n".join(lines)
