"""From a photo to a draft of its landmarks: detect, predict, say how sure that is.

Pure but for the landmark process.  May import `errors`, `faces` and `landmarks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from morphkit.errors import Finding
from morphkit.faces.face import ByteArray, Landmarks
from morphkit.faces.scheme import scheme
from morphkit.landmarks import crops
from morphkit.landmarks.detection import Detection, detection
from morphkit.landmarks.process import LandmarkProcess

OPENING = 120.0
"""Seconds after which a model that is still being read is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A predictor's file, as the landmark process is told of it.

    Parameters
    ----------
    path : str
    sha256 : str
        What its bytes must have; it is called by this hash.
    card : mapping or None
        What its card says.
    """

    path: str
    sha256: str
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Landmarks that nobody has looked at, and where they come from.

    Parameters
    ----------
    landmarks : Landmarks
    detection : Detection or None
        The face that they were placed on; None where points were clicked.
    spread : float or None
        How far a predictor's looks at the face disagree, in EOD.
    about : mapping
        For the template's origin.
    findings : tuple of Finding
        Doubts of what has worked on it.
    """

    landmarks: Landmarks
    detection: Detection | None = None
    spread: float | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def origin(self) -> dict[str, Any]:
        """What a template keeps of how it came to be."""
        found: dict[str, Any] = {}
        if self.detection:
            found = {
                "detector": self.detection.detector,
                "score": round(self.detection.score, 4),
                "box": [round(side, 2) for side in self.detection.box],
                "tilt": self.detection.tilt,
                "faces": self.detection.faces,
            }
        if self.spread is not None:
            found["spread"] = round(self.spread, 5)
        return {"kind": "draft", **self.about, **found}


def opened(process: LandmarkProcess, model: Model) -> str:
    """Have the landmark process read a model, and return the scheme of its landmarks.

    Raises
    ------
    EnvironmentFault
        MK240, MK241 or MK242: no dlib; the model ends the process, or takes too long or too
        much memory; its bytes are not those of the hash, or no predictor.
    """
    answer, _ = process.call(
        "open_model",
        path=model.path,
        sha256=model.sha256,
        card=dict(model.card) if model.card else None,
        seconds=OPENING,
    )
    return str(answer["scheme"])


def predicted(
    process: LandmarkProcess, image: ByteArray, model: Model, layout: str
) -> Draft | None:
    """Return the landmarks that an open model finds on a photo; None when there is no face.

    Parameters
    ----------
    process : LandmarkProcess
    image : (H, W, 3) uint8 array
    model : Model
    layout : str
        As `opened` returned it.

    Raises
    ------
    EnvironmentFault
        MK241 or MK242.
    TemplateError
        MK203 when a landmark is nowhere.
    """
    face = detection(process, image)
    if face is None:
        return None
    answer, (points,) = process.call(
        "predict", [image], model=model.sha256, box=list(face.box), tilt=face.tilt
    )
    return Draft(Landmarks(scheme(layout), points), face, float(answer["spread"]))


def laid(process: LandmarkProcess, image: ByteArray, mean: Landmarks) -> Draft | None:
    """Return a mean template laid into the detector's box; None when there is no face."""
    face = detection(process, image)
    if face is None:
        return None
    placing = crops.rule([mean])
    matrix = placing.by_box(face.box, face.tilt)
    return Draft(mean.replaced(crops.apply(matrix, placing.reference)), face)
