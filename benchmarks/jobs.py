"""Whole jobs: photos with their templates in, frames as PNG files out; each a program of its own.

`python -m benchmarks.jobs ours A.png B.png --out DIR` is what is timed from cold, so a job
imports what it needs and no more.  Peers are used as their documents show it: 8-bit codes are
added, not light; bilinear; eight points on the border beside the landmarks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

Picture = Any
"""(H, W, 3) uint8; of peers that read by OpenCV, in its order of channels."""

At = Callable[[float], Picture]
"""Level 0…1 → frame."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that has read its photos: how it makes a frame, and how it writes one."""

    at: At
    write: Callable[[Path, Picture], object]


def ours(photos: Sequence[Path], look: str = "plain", sampler: str = "catmull-rom") -> Job:
    """morphkit by its public names."""
    from morphkit import read_face  # noqa: PLC0415
    from morphkit.files import encode_png  # noqa: PLC0415

    return Job(
        ours_between([read_face(photo) for photo in photos], look, sampler),
        lambda path, image: path.write_bytes(encode_png(image)),
    )


def ours_between(faces: Sequence[Any], look: str, sampler: str = "catmull-rom") -> At:
    """A continuum of the photos' own size and scale.

    `plain` is mesh and light alone; `default` what morphkit does by default; `unmasked` the
    same without a mask, so that all of the canvas is worked on.
    """
    from morphkit import Canvas, Continuum, Look  # noqa: PLC0415

    height, width = faces[0].image.shape[:2]
    pupils = [face.landmarks.pupils() for face in faces]
    apart = sum(((p[1] - p[0]) ** 2).sum() ** 0.5 for p in pupils) / len(pupils)
    shown = {} if look == "default" else {"mask": "none"}
    bare = {"apertures": False, "refine": "off", "texture": "off"} if look == "plain" else {}
    continuum = Continuum(
        faces,
        canvas=Canvas(width, height, float(apart)),
        look=Look(sampler=sampler, **shown, **bare),
    )
    return lambda level: continuum.at(2 * level - 1).face.image


def opencv(photos: Sequence[Path]) -> Job:
    """The tutorial recipe of OpenCV (S. Mallick, "Face morph using OpenCV", 2016)."""
    import cv2  # noqa: PLC0415

    pictures = [cv2.imread(str(photo)) for photo in photos]
    return Job(
        opencv_triangles(pictures, _points(photos)),
        lambda path, image: cv2.imwrite(str(path), image),
    )


def opencv_triangles(pictures: Sequence[Picture], points: Sequence[Any]) -> At:
    """Both pictures' patches of each triangle: affine warp, sum, and a mask to put them in.

    A triangle that is closed, between lips that touch, is left out: as published, the recipe
    takes half a minute to reflect what it magnifies there.
    """
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    cv2.setNumThreads(1)
    one, other = (np.float32(picture) for picture in pictures)
    start, end = (np.asarray(places, dtype=np.float32) for places in points)
    triangles = _subdivided(cv2, (start + end) / 2, one.shape)
    ways = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REFLECT_101}

    def patch(picture: Picture, corners: Any, inside: Any, size: tuple[int, int]) -> Picture:
        x, y, w, h = cv2.boundingRect(corners)
        matrix = cv2.getAffineTransform(corners - np.float32([x, y]), inside)
        return cv2.warpAffine(picture[y : y + h, x : x + w], matrix, size, **ways)

    def at(level: float) -> Picture:
        there = (1 - level) * start + level * end
        out = np.zeros_like(one)
        for corners in triangles:
            (ax, ay), (bx, by), (cx, cy) = there[corners].tolist()
            if abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) < 1:
                continue
            x, y, w, h = cv2.boundingRect(there[corners])
            inside = there[corners] - np.float32([x, y])
            mixed = (1 - level) * patch(one, start[corners], inside, (w, h))
            mixed += level * patch(other, end[corners], inside, (w, h))
            mask = np.zeros((h, w, 3), dtype=np.float32)
            cv2.fillConvexPoly(mask, np.int32(inside), (1.0, 1.0, 1.0), cv2.LINE_AA, 0)
            box = out[y : y + h, x : x + w]
            down, across = box.shape[:2]
            mask, mixed = mask[:down, :across], mixed[:down, :across]
            box[:] = box * (1 - mask) + mixed * mask
        return np.uint8(out)

    return at


def _subdivided(cv2: ModuleType, middle: Any, shape: tuple[int, ...]) -> list[list[int]]:
    """Delaunay triangles by OpenCV itself, which starts sooner than SciPy."""
    plane = cv2.Subdiv2D((0, 0, shape[1], shape[0]))
    place = {}
    for number, (x, y) in enumerate(middle.tolist()):
        plane.insert((x, y))
        place[x, y] = number
    found = []
    for row in plane.getTriangleList().tolist():
        corners = [place.get((row[i], row[i + 1]), -1) for i in (0, 2, 4)]
        if min(corners) >= 0 and len({*corners}) == 3:
            found.append(corners)
    return found


def skimage(photos: Sequence[Path], transform: str = "PiecewiseAffineTransform") -> Job:
    """scikit-image's warp, and Pillow's PNG as it is by default."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415
    from skimage import transform as transforms  # noqa: PLC0415

    kind = getattr(transforms, transform)
    pictures = [np.asarray(Image.open(photo)) for photo in photos]
    start, end = _points(photos)

    def at(level: float) -> Picture:
        there = (1 - level) * start + level * end
        total = 0
        parts = zip(pictures, (start, end), (1 - level, level), strict=True)
        for picture, own, share in parts:
            back = kind.from_estimate(there, own)
            total = total + share * transforms.warp(picture, back, order=1, mode="edge")
        return np.uint8(np.rint(total * 255))

    return Job(at, lambda path, image: Image.fromarray(image).save(path))


def thin_plate(photos: Sequence[Path]) -> Job:
    """The same with thin plate splines, which bend every pixel by every landmark."""
    return skimage(photos, "ThinPlateSplineTransform")


def facemorpher(photos: Sequence[Path]) -> Job:
    """facemorpher's own `warper` and `blender`; the package itself wants a face detector."""
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    warper, blender = (_module("facemorpher", name) for name in ("warper", "blender"))
    # it reads one pixel beyond the last landmark, so points stay one pixel inside
    pictures = [np.pad(cv2.imread(str(p)), ((0, 1), (0, 1), (0, 0)), "edge") for p in photos]
    start, end = (np.int32(points) for points in _points(photos))
    shape = (pictures[0].shape[0] - 1, pictures[0].shape[1] - 1, 3)

    def at(level: float) -> Picture:
        there = np.int32((1 - level) * start + level * end)
        one = warper.warp_image(pictures[0], start, there, shape)
        return blender.weighted_average(
            one, warper.warp_image(pictures[1], end, there, shape), 1 - level
        )

    return Job(at, lambda path, image: cv2.imwrite(str(path), image))


def _module(package: str, name: str) -> ModuleType:
    """Import one file of a package without the package."""
    home = find_spec(package)
    folders = home.submodule_search_locations if home else None
    spec = spec_from_file_location(name, Path((folders or [""])[0]) / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(package)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _points(photos: Sequence[Path]) -> list[Any]:
    """Return each template's landmarks with the corners and middles of the picture's edges."""
    import numpy as np  # noqa: PLC0415

    found = []
    for photo in photos:
        template = json.loads(photo.with_suffix(".json").read_text(encoding="utf-8"))
        own = [(point["x"], point["y"]) for point in template["points"]]
        found.append(bordered(np.array(own), template["width"], template["height"]))
    return found


def bordered(points: Any, width: int, height: int) -> Any:
    """Return landmarks and eight points on the border."""
    import numpy as np  # noqa: PLC0415

    right, bottom = width - 1, height - 1
    edge = [(0, 0), (right / 2, 0), (right, 0), (0, bottom / 2), (right, bottom / 2)]
    edge += [(0, bottom), (right / 2, bottom), (right, bottom)]
    return np.concatenate([points, edge])


JOBS: dict[str, tuple[Callable[..., Job], tuple[str, ...]]] = {
    "ours": (ours, ("morphkit",)),
    "opencv": (opencv, ("cv2",)),
    "skimage": (skimage, ("skimage",)),
    "thin-plate": (thin_plate, ("skimage",)),
    "facemorpher": (facemorpher, ("cv2", "facemorpher")),
}
"""Each job, and the modules it can't be run without."""


def missing(name: str) -> list[str]:
    """Return the modules that a job lacks here."""
    return [module for module in JOBS[name][1] if find_spec(module) is None]


def main() -> None:
    """Run a job, and print what it took as JSON: from the process's start, and the frames."""
    asked = _parser().parse_args()
    make = JOBS[asked.job][0]
    options = {"look": asked.look, "sampler": asked.sampler} if asked.job == "ours" else {}
    job = make(asked.photos, **options)
    asked.out.mkdir(parents=True, exist_ok=True)
    cpu, wall = time.process_time(), time.perf_counter()

    def one(number: int) -> None:
        level = number / (asked.frames - 1) if asked.frames > 1 else 0.5
        job.write(asked.out / f"{number + 1:04}.png", job.at(level))

    if asked.workers > 1:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        with ThreadPoolExecutor(asked.workers) as executor:
            list(executor.map(one, range(asked.frames)))
    else:
        for number in range(asked.frames):
            one(number)
    loop = {"loop_cpu": time.process_time() - cpu, "loop_wall": time.perf_counter() - wall}
    print(json.dumps({"cpu": time.process_time(), **loop, "peak": _peak()}))


def _peak() -> float:
    """Return the most memory that this process had, MB; not a number where nothing tells."""
    try:
        # Linux's getrusage counts what the parent had before the program was loaded
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    except (OSError, IndexError):
        pass
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jobs", description=__doc__)
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("photos", nargs="+", type=Path, help="with a template (.json) beside each")
    parser.add_argument("--out", type=Path, required=True, help="folder for the frames")
    parser.add_argument("--frames", type=int, default=15)
    parser.add_argument("--workers", type=int, default=1, help="threads")
    parser.add_argument("--look", choices=["plain", "default", "unmasked"], default="plain")
    parser.add_argument("--sampler", choices=["catmull-rom", "bilinear"], default="catmull-rom")
    return parser


if __name__ == "__main__":
    main()
