"""A survey of a set: every picture is decoded once, measured, and compared with its neighbours.

What it finds by itself is what needs pixels; the numbers are judged elsewhere.  Identities are
looked at side by side.  May import `engine`, `errors`, `faces`, `files`, `measure`, `study` and
`validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf

import numpy as np

from morphkit import files
from morphkit.engine.color import decode_table
from morphkit.errors import Finding, MorphkitError
from morphkit.faces.face import ByteArray, Landmarks
from morphkit.measure.outline import shown
from morphkit.measure.series import Series
from morphkit.measure.skin import BoolArray, bare
from morphkit.study.entries import ContinuumEntry
from morphkit.study.levels import ANCHORED
from morphkit.study.shares import Photo
from morphkit.study.table import Stimulus
from morphkit.validate.album import Album
from morphkit.validate.anchors import alone
from morphkit.validate.extrapolated import cut_off, extrapolated
from morphkit.validate.findings import Evidence
from morphkit.validate.pixels import Leg, Route, legs
from morphkit.validate.placement import landmark_scheme
from morphkit.validate.table import declared_series, level
from morphkit.validate.track import Look, Strip, Track, Viewer

Ends = Mapping[tuple[str, str], Stimulus]
"""Identity and expression → a stimulus that shows it alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The rows of one identity and continuum, what is known of them, and the legs they form."""

    strip: Strip
    rows: tuple[Stimulus, ...]
    legs: tuple[Leg, ...]


def survey(evidence: Evidence) -> tuple[list[Series], list[Finding]]:
    """Look at every picture of a set.

    Returns
    -------
    list of Series
        What was measured of each identity and continuum, in the order of `Evidence.series`.
    list of Finding
        MK151 not decodable, MK685 other pixels than the row gives; MK454 out of the levels'
        order, MK455 and MK456 a step too small; MK525 light cut off.
    """
    people: dict[str, list[Stimulus]] = {}
    for row in evidence.set.stimuli:
        people.setdefault(row.identity, []).append(row)
    ways = _ways(evidence)
    with ThreadPoolExecutor(files.processors()) as pool:
        told = list(pool.map(lambda who: _person(evidence, people[who], ways[who]), people))
    order = {(s[0].identity, s[0].continuum): n for n, s in enumerate(evidence.series())}
    measured = [series for some, _ in told for series in some]
    measured.sort(key=lambda series: order[series.identity, series.continuum])
    return measured, [found for _, some in told for found in some]


def _ways(evidence: Evidence) -> dict[str, list[Way]]:
    declared = {(s[0].identity, s[0].continuum): entry for s, entry in declared_series(evidence)}
    ends = {
        (row.identity, alone(row)): row
        for series, _ in declared_series(evidence)
        for row in series
        if alone(row)
    }
    shapes = _shapes(evidence)
    ways: dict[str, list[Way]] = {row.identity: [] for row in evidence.set.stimuli}
    for rows in evidence.series():
        entry = declared.get((rows[0].identity, rows[0].continuum))
        strip = _strip(rows, entry, ends, shapes)
        found = legs(rows, entry, ends) if entry else []
        ways[rows[0].identity].append(Way(strip, rows, tuple(found)))
    return ways


def _strip(
    rows: tuple[Stimulus, ...],
    entry: ContinuumEntry | None,
    ends: Ends,
    shapes: Mapping[str, Landmarks],
) -> Strip:
    first = rows[0]
    if entry is None:
        levels = tuple(float(row.frame) for row in rows)
    elif len(entry.levels) == len(rows):
        levels = tuple(entry.levels)
    else:
        levels = tuple(level(row) for row in rows)
    return Strip(
        first.identity,
        first.continuum,
        first.morph_path,
        tuple(row.stimulus_id for row in rows),
        levels,
        () if entry is None else _anchors(rows, entry, ends),
        tuple(shapes.get(row.stimulus_id) for row in rows),
    )


Anchors = tuple[tuple[float, str], ...]
"""As those of a `Series`."""


def _anchors(rows: tuple[Stimulus, ...], entry: ContinuumEntry, ends: Ends) -> Anchors:
    wanted = zip(ANCHORED[entry.path], entry.expressions, strict=True)
    known = {at: ends.get((rows[0].identity, name)) for at, name in wanted}
    return anchored(
        {at: one.stimulus_id if one else "" for at, one in known.items()},
        [(level(row), row.stimulus_id) for row in rows],
    )


def anchored(wanted: Mapping[float, str], frames: Sequence[tuple[float, str]]) -> Anchors:
    """Return the levels of the anchors, and a stimulus that shows each of them alone.

    Parameters
    ----------
    wanted : mapping of float to str
        Level of each anchor, rising → a stimulus that shows it alone; "" where there is none.
        For an end that nothing shows stands the first or last frame, for a face between the
        ends the frames on both sides: what goes on between these two is not known.
    frames : sequence of (float, str)
        Level and id of every frame, in their order.
    """
    first, *_, last = wanted
    found: dict[tuple[float, str], None] = {}
    for at, name in wanted.items():
        if name:
            beside = [(at, name)]
        elif at in (first, last):
            beside = [frames[0 if at == first else -1]]
        else:
            beside = [
                *[one for one in frames if one[0] < at][-1:],
                *[one for one in frames if one[0] > at][:1],
            ]
        found |= dict.fromkeys(beside)
    return tuple(found)


def _shapes(evidence: Evidence) -> dict[str, Landmarks]:
    """Return the landmarks of each stimulus: the weighted sums of its photos'."""
    layout = landmark_scheme(evidence)
    if layout is None:
        return {}
    marks = {
        Photo(one.identity, one.expression, one.mirrored): np.array(one.landmarks)
        for one in evidence.block.anchors
        if len(one.landmarks) == len(layout.points)
    }
    found = {}
    for row in evidence.set.stimuli:
        shares = evidence.shares(row)
        if shares and shares.keys() <= marks.keys():
            with np.errstate(over="ignore", invalid="ignore"):  # weights may be anything
                points = sum(share * marks[photo] for photo, share in shares.items())
            try:
                found[row.stimulus_id] = Landmarks(layout, np.asarray(points))
            except MorphkitError:
                continue  # `check_folds` says what is wrong with them
    return found


def _turns(ways: Sequence[Way]) -> list[Landmarks]:
    """Return the shapes between which all others lie: at the ends of an identity's legs."""
    rows = {
        row.stimulus_id: None for way in ways for leg in way.legs for row in (leg.start, leg.end)
    }
    known = {
        name: shape
        for way in ways
        for name, shape in zip(way.strip.ids, way.strip.shapes, strict=True)
        if shape is not None
    }
    return [known[name] for name in rows if name in known]


def _person(
    evidence: Evidence, rows: Sequence[Stimulus], ways: Sequence[Way]
) -> tuple[list[Series], list[Finding]]:
    """Look at all pictures of one identity."""
    beyond = [row for row in rows if extrapolated(evidence, row)]
    ends = [row for way in ways for leg in way.legs for row in (leg.start, leg.end)]
    album = Album(evidence, ends, clipped=bool(beyond))
    # ends stay decoded, so that whichever is looked at here is not decoded again
    looked = (album.codes(row) for row in [*ends, *ways[0].rows])
    first = next((image for image in looked if image is not None), None)
    region = np.ones((1, 1), dtype=bool) if first is None else shown(first)
    viewer = Viewer(region, bare(region, _turns(ways)))
    looks: dict[str, Look] = {}  # of pictures that several continua have
    measured: list[Series] = []
    found: list[Finding] = []
    for way in ways:
        track = Track(way.strip, viewer)
        routes = [Route(leg, album.light) for leg in way.legs]
        for row in way.rows:
            image = album.codes(row)
            name = "" if image is None else album.shared(row)
            look = looks.get(name) or viewer.look(image)
            if name:
                looks[name] = look
            track.add(look)
            light = None if image is None else decode_table("linear").take(image)
            for route in routes:
                route.add(row, light)
        measured.append(track.series())
        found += [
            fault for one in routes for fault in one.faults(evidence.limits["duplicate_rmse"])
        ]
    return measured, [*found, *album.faults, *cut_off(beyond, album.cut)]


class Frames:
    """The pictures of a series that another program made, taken one by one.

    Its first and last frame stand for the anchors, and on a path through neutral the frame of
    level 0 for the third, or those on both sides of it.

    Parameters
    ----------
    series : ForeignSeries
    """

    def __init__(self, series: files.ForeignSeries) -> None:
        frames = series.frames
        known = [(one.level, one.id) for one in frames]
        wanted = {-inf: "", inf: ""}
        if series.path == "through-neutral":
            neutral = next((name for at, name in known[1:-1] if at == 0), "")
            wanted = {-inf: "", 0.0: neutral, inf: ""}
        self._strip = Strip(
            series.identity,
            series.continuum,
            series.path,
            tuple(one.id for one in frames),
            tuple(one.level for one in frames),
            anchored(wanted, known),
            tuple(one.landmarks for one in frames),
        )
        self._shapes = [one.landmarks for one in frames if one.landmarks is not None]
        self._viewer: Viewer | None = None
        self._track: Track | None = None
        self._gaps = 0

    def add(self, image: ByteArray | None) -> None:
        """Take the next picture; None where it can't be read."""
        if self._track is None:
            if image is None:
                self._gaps += 1
                return
            self._begin(shown(image))
        assert self._track and self._viewer
        self._track.add(self._viewer.look(image))

    def series(self) -> Series:
        """Return what was measured."""
        if self._track is None:
            self._begin(np.ones((1, 1), dtype=bool))
        assert self._track
        return self._track.series()

    def _begin(self, region: BoolArray) -> None:
        self._viewer = Viewer(region, bare(region, self._shapes))
        self._track = Track(self._strip, self._viewer)
        for _ in range(self._gaps):
            self._track.add(Look())
