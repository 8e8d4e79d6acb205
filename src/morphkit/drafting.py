"""Ways to come to a draft: a predictor, three clicks, the mean face; then bridged and refined.

A way is begun with a landmark process, and then asked photo by photo.  May import `errors`,
`faces`, `files`, `landmarks` and `predictors`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from morphkit import files
from morphkit.errors import EnvironmentFault, Finding, MorphkitError, TemplateError
from morphkit.faces.face import ByteArray, Landmarks
from morphkit.faces.scheme import scheme, scheme_names
from morphkit.landmarks.bridge import bridge
from morphkit.landmarks.clicks import Clicks, click_faults, parse_clicks, placed
from morphkit.landmarks.draft import Draft, laid, opened, predicted
from morphkit.landmarks.mean import mean_template, stock_mean
from morphkit.landmarks.process import LandmarkProcess
from morphkit.landmarks.refine import refined as refine
from morphkit.predictors import Predictor

Placer = Callable[[str, ByteArray], Draft | None]
"""From a photo's name and pixels to a draft; None when no face is found."""

Way = Callable[[LandmarkProcess], Placer]
"""Begun with a landmark process, gives what drafts with it."""

USUAL = "ibug68"
"""The scheme of drafts when nothing says another."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The landmarks of a folder that a person has placed or seen, by scheme, without extra
    points."""

    landmarks: tuple[Landmarks, ...]

    def of(self, name: str) -> list[Landmarks]:
        """Return those of a scheme."""
        return [one for one in self.landmarks if _base(one) == name]

    @property
    def usual(self) -> str:
        """The named scheme of most of them."""
        names = Counter(_base(one) for one in self.landmarks if _base(one) in scheme_names())
        return names.most_common(1)[0][0] if names else USUAL


def _base(landmarks: Landmarks) -> str:
    return landmarks.scheme.name.removesuffix("+ext")


def known(folder: Path, photos: Sequence[str]) -> Known:
    """Return the landmarks of photos that have a template which is no unseen draft."""
    found = []
    for name in photos:
        try:
            template, _ = files.read_template(files.find_template(folder / name))
        except MorphkitError:
            continue  # it is said where this photo's turn comes
        if template.reviewed is not False:
            found.append(template.landmarks)
    return Known(tuple(found))


def mean_of(seen: Known, name: str | None) -> tuple[Landmarks, str]:
    """Return the mean face in a scheme, and what it is the mean of.

    Raises
    ------
    TemplateError
        MK236 when nobody has a mean of this scheme.
    """
    wanted = name or seen.usual
    own = seen.of(wanted)
    if own:
        return mean_template(own), f"the mean of {len(own)} template(s) of the folder"
    return stock_mean(wanted), "morphkit's mean infant"


def by_predictor(chosen: Predictor) -> Way:
    """Return the way that asks a predictor."""

    def begin(process: LandmarkProcess) -> Placer:
        try:
            layout = opened(process, chosen.model)
        except EnvironmentFault as error:
            file = files.shown(chosen.model.path)
            raise EnvironmentFault(*(replace(one, file=file) for one in error.findings)) from None

        def draft(name: str, image: ByteArray) -> Draft | None:
            found = predicted(process, image, chosen.model, layout)
            return found and replace(found, about={"with": "dlib", **chosen.about})

        return draft

    return begin


def by_mean(mean: Landmarks, source: str) -> Way:
    """Return the way that lays a mean face into the detector's box."""

    def begin(process: LandmarkProcess) -> Placer:
        def draft(name: str, image: ByteArray) -> Draft | None:
            found = laid(process, image, mean)
            return found and replace(found, about={"with": "mean", "mean": source})

        return draft

    return begin


def by_clicks(mean: Landmarks, source: str, file: Path, photos: Sequence[str]) -> Way:
    """Return the way that moves a mean face by three clicks a photo.

    Raises
    ------
    TemplateError
        As `parse_clicks`, and MK235 for clicks of photos that are not there.
    """
    shown = files.shown(file)
    clicks = parse_clicks(files.read_text(file, "table of clicks"), shown)
    faults = click_faults(clicks, dict.fromkeys(photos, (10**6, 10**6)), shown)
    if faults:
        raise TemplateError(*faults)

    def draft(name: str, image: ByteArray) -> Draft:
        if name not in clicks:
            text = "the photo has no clicks."
            advice = f"Add a row for it to {shown}, or delineate the rest with another source."
            raise TemplateError(Finding("MK258", text, suggestion=advice))
        return _clicked(mean, source, name, clicks[name], image, shown)

    return lambda process: draft


def _clicked(
    mean: Landmarks, source: str, name: str, click: Clicks, image: ByteArray, file: str
) -> Draft:
    height, width = image.shape[:2]
    faults = click_faults({name: click}, {name: (width, height)}, file)
    if faults:
        raise TemplateError(*faults)
    places = [[round(float(v), 2) for v in point] for point in click.points]
    about = {"with": "clicks", "mean": source, "clicks": places}
    return Draft(placed(mean, click), about=about)


def bridged(way: Way, to: str, seen: Known) -> Way:
    """Return a way whose drafts are in another scheme.

    Raises
    ------
    TemplateError
        MK206 when there is no scheme of that name.
    """
    scheme(to)

    def begin(process: LandmarkProcess) -> Placer:
        draft = way(process)
        bridges = {}

        def crossed(name: str, image: ByteArray) -> Draft | None:
            found = draft(name, image)
            if found is None or _base(found.landmarks) == to:
                return found
            start = _base(found.landmarks)
            if start not in bridges:
                bridges[start] = bridge(start, to, seen.of(to))
            over = bridges[start]
            about = {**found.about, "bridged_from": start, "bridge": list(over.notes)}
            return replace(found, landmarks=over(found.landmarks), about=about)

        return crossed

    return begin


def refined(way: Way) -> Way:
    """Return a way whose drafts are moved to the edges of lids and lips."""

    def begin(process: LandmarkProcess) -> Placer:
        draft = way(process)

        def moved(name: str, image: ByteArray) -> Draft | None:
            found = draft(name, image)
            if found is None:
                return None
            landmarks, told = refine(image, found.landmarks)
            about = {**found.about, "refined": round(float(told.moved.max()), 5)}
            findings = (*found.findings, *told.findings)
            return replace(found, landmarks=landmarks, about=about, findings=findings)

        return moved

    return begin
