"""morphkit delineate: drafts for what has none, nothing overwritten, everything said."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from little_predictor import STEMS, photo, truth
from morphkit import files
from morphkit.cli import main
from morphkit.faces.plausibility import plausibility
from morphkit.reading import source_rows
from tiny_study import DEMO


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["delineate", *map(str, words)])


def put(folder: Path, *stems: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for stem in stems:
        shutil.copy(DEMO / f"{stem}.png", folder)
    return folder


def template(folder: Path, stem: str) -> Any:
    return files.read_template(folder / f"{stem}.json")[0]


def error(found: Any, stem: str) -> float:
    """Mean distance of the inner points in % of the eye distance."""
    marks = truth(stem)
    away = np.hypot(*(found.landmarks.points - marks.points)[17:].T)
    return 100 * float(away.mean()) / marks.outer_eye_distance()


def test_a_folder_gets_drafts_a_table_and_a_sheet(tmp_path: Path, predictor_file: Path) -> None:
    stems = STEMS[:3]
    folder = put(tmp_path / "set", *stems)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run(folder, "--predictor", predictor_file, "--jobs", 2)
    assert result.exit_code == 0, result.output
    assert f"SHA-256 {files.sha256_of(predictor_file)[:12]}" in result.stderr
    assert result.stdout.strip().endswith("delineation.html")
    for stem in stems:
        found = template(folder, stem)
        assert (found.reviewed, found.width, found.height) == (False, 768, 768)
        assert error(found, stem) < 4, "these it has learned"
        assert plausibility(found.landmarks, 768, 768) == []
        origin = found.origin
        assert origin["kind"] == "draft" and origin["with"] == "dlib"
        assert origin["model_sha256"] == files.sha256_of(predictor_file)
        assert origin["detector"].startswith("dlib ") and len(origin["box"]) == 4
        assert origin["faces"] == 1 and origin["score"] > 0.5 and origin["spread"] < 0.05
        assert {"tilt", "morphkit", "photo", "model"} <= {*origin}
    table = (folder / "delineation.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert {row["image"] for row in rows} == {f"{stem}.png" for stem in stems}
    assert {row["state"] for row in rows} == {"drafted"}
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {*after} - {*before} == {f"{stem}.json" for stem in stems} | {
        "delineation.csv",
        "delineation.html",
    }
    assert all(after[name] == data for name, data in before.items())


def test_what_is_there_is_never_written_over(tmp_path: Path, predictor_file: Path) -> None:
    folder = put(tmp_path, *STEMS[:2], "infant02_happy")
    shutil.copy(DEMO / f"{STEMS[0]}.json", folder)
    pts = "version: 1\nn_points: 68\n{\n"
    pts += "".join(f"{x + 1:.3f} {y + 1:.3f}\n" for x, y in truth(STEMS[1]).points) + "}\n"
    (folder / f"{STEMS[1]}.pts").write_text(pts, encoding="utf-8")
    result = run(folder, "--predictor", predictor_file, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["drafted"], told["kept"], told["failed"]) == (1, 2, 0)
    assert (folder / f"{STEMS[0]}.json").read_bytes() == (DEMO / f"{STEMS[0]}.json").read_bytes()
    assert not (folder / f"{STEMS[1]}.json").exists()
    again = (folder / "infant02_happy.json").read_bytes()
    told = json.loads(run(folder, "--predictor", predictor_file, "--json").stdout)
    assert (told["drafted"], told["kept"]) == (0, 3)
    said = run(folder, "--predictor", predictor_file).stderr
    assert "not reviewed: 1." in said and 'set "reviewed" to true' in said
    assert (folder / "infant02_happy.json").read_bytes() == again
    reviewed = {one["image"]: one["reviewed"] for one in told["photos"]}
    assert reviewed == {
        f"{STEMS[0]}.png": True,
        f"{STEMS[1]}.png": None,
        "infant02_happy.png": False,
    }


def test_drafts_are_the_same_with_one_thread_and_with_two(
    tmp_path: Path, predictor_file: Path
) -> None:
    texts = []
    for jobs in (1, 2):
        folder = put(tmp_path / str(jobs), *STEMS[:3])
        run(folder, "--predictor", predictor_file, "--jobs", jobs)
        texts.append([(folder / f"{stem}.json").read_bytes() for stem in STEMS[:3]])
    assert texts[0] == texts[1]


def test_bad_photos_stop_no_other(tmp_path: Path, predictor_file: Path) -> None:
    folder = put(tmp_path / "set", "infant01_happy")
    put(folder / "i02", "infant02_happy")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    Image.new("RGB", (300, 300), "grey").save(folder / "wall.png")
    Image.fromarray(np.asarray(photo("infant01_happy"))).save(folder / "infant01_happy.bmp")
    result = run(folder, "--predictor", predictor_file, "--json")
    assert result.exit_code == 3
    told = json.loads(result.stdout)
    states = {one["image"]: (one["state"], one["doubts"]) for one in told["photos"]}
    assert states["broken.jpg"] == ("failed", ["MK102"]), states
    assert states["dot.png"][0] == states["wall.png"][0] == "no face found"
    assert states["wall.png"][1] == ["MK255"]
    assert states["infant01_happy.bmp"][0] == "drafted"
    assert states["infant01_happy.png"] == ("failed", ["MK257"])
    assert states["i02/infant02_happy.png"][0] == "drafted"
    assert (folder / "i02" / "infant02_happy.json").is_file()
    assert not (folder / "wall.json").exists() and not (folder / "dot.json").exists()
    lost = [one["image"] for one in told["photos"][:4]]
    assert {*lost} == {"broken.jpg", "dot.png", "wall.png", "infant01_happy.png"}, "worst first"
    assert f"morphkit delineate {folder} --with clicks" in result.stderr


def test_two_faces_are_doubted(tmp_path: Path, predictor_file: Path) -> None:
    both = np.hstack([photo("infant01_neutral")[::2, ::2], photo("infant02_neutral")[::2, ::2]])
    Image.fromarray(both).save(tmp_path / "two.png")
    told = json.loads(run(tmp_path, "--predictor", predictor_file, "--json").stdout)
    assert "MK251" in told["photos"][0]["doubts"] and told["photos"][0]["faces"] == 2


def test_photos_of_other_kinds(tmp_path: Path, predictor_file: Path) -> None:
    image = Image.fromarray(np.asarray(photo("infant01_neutral")))
    image.convert("L").save(tmp_path / "grey.png")
    wide = np.asarray(image.convert("L")).astype(np.uint16) * 257
    Image.fromarray(wide).save(tmp_path / "deep.png")
    turned = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right
    turned.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    result = run(tmp_path, "--predictor", predictor_file)
    assert result.exit_code == 0, result.output
    for stem in ("grey", "deep", "turned"):
        assert error(template(tmp_path, stem), "infant01_neutral") < 5
    assert any("orientation" in note for note in template(tmp_path, "turned").origin["photo"])


def test_clicks_alone(tmp_path: Path) -> None:
    folder = put(tmp_path / "set", "infant01_neutral", "infant02_neutral")
    rows = ["image,right_pupil_x,right_pupil_y,left_pupil_x,left_pupil_y,mouth_x,mouth_y"]
    marks = truth("infant01_neutral")
    (right, left), mouth = marks.pupils(), marks.points[62]
    cells = (f"{v:.2f}" for point in (right, left, mouth) for v in point)
    rows.append(",".join(["infant01_neutral.png", *cells]))
    table = tmp_path / "clicks.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = run(folder, "--with", "clicks", "--clicks", table)
    assert result.exit_code == 3 and "MK258" in result.stderr
    found = template(folder, "infant01_neutral")
    assert np.allclose(found.landmarks.pupils(), [right, left], atol=0.1)
    assert error(found, "infant01_neutral") < 10
    assert found.origin["with"] == "clicks" and found.origin["mean"] == "morphkit's mean infant"
    assert not (folder / "infant02_neutral.json").exists()
    table.write_text(rows[0] + "\nnobody.png,1,2,30,2,15,30\n", encoding="utf-8")
    assert "MK235" in run(folder, "--with", "clicks", "--clicks", table).stderr


def test_the_mean_alone_and_in_the_folders_own_scheme(tmp_path: Path) -> None:
    folder = put(tmp_path, *STEMS[:3])
    for stem in STEMS[1:3]:
        shutil.copy(DEMO / f"{stem}.json", folder)
    result = run(folder, "--with", "mean")
    assert result.exit_code == 0, result.output
    found = template(folder, STEMS[0])
    assert found.origin["mean"] == "the mean of 2 template(s) of the folder"
    assert found.landmarks.scheme.name == "ibug68+ext"
    marks = truth(STEMS[0])
    away = found.landmarks.points[17:68] - marks.points[17:]
    assert np.hypot(*away.T).mean() < 0.15 * marks.outer_eye_distance()


def test_another_scheme_and_refined(tmp_path: Path, predictor_file: Path) -> None:
    folder = put(tmp_path, "infant01_neutral")
    result = run(folder, "--predictor", predictor_file, "--scheme", "frl189", "--refine")
    assert result.exit_code == 0, result.output
    found = template(folder, "infant01_neutral")
    assert found.landmarks.scheme.name == "frl189"
    assert found.origin["bridged_from"] == "ibug68" and found.origin["bridge"]
    assert result.stderr.count("Estimated, with no landmark near: ") == 1
    assert 0 <= found.origin["refined"] <= 0.02
    pupils = truth("infant01_neutral").pupils()
    assert np.abs(found.landmarks.pupils() - pupils).max() < 15


def test_refining_says_what_it_cannot(tmp_path: Path) -> None:
    image = Image.fromarray(np.asarray(photo("infant01_neutral"))).resize((110, 110))
    image.save(tmp_path / "small.png")
    result = run(tmp_path, "--refine", "--json")
    assert "MK271" in json.loads(result.stdout)["photos"][0]["doubts"]


@pytest.mark.parametrize(
    "words",
    [
        ["--with", "clicks"],
        ["--clicks", "x.csv"],
        ["--with", "mean", "--predictor", "x.dat"],
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, words: list[str]) -> None:
    assert run(tmp_path, *words).exit_code == 2


def test_a_scheme_to_which_no_bridge_leads(tmp_path: Path, predictor_file: Path) -> None:
    folder = put(tmp_path, "infant01_neutral")
    result = run(folder, "--predictor", predictor_file, "--scheme", "none9")
    assert result.exit_code == 2
    assert "MK206" in result.stderr and not (folder / "infant01_neutral.json").exists()
    result = run(folder, "--predictor", predictor_file, "--scheme", "mediapipe478", "--json")
    assert json.loads(result.stdout)["photos"][0]["doubts"] == ["MK236"]
    assert result.exit_code == 3 and not (folder / "infant01_neutral.json").exists()


def test_folders_without_photos(tmp_path: Path) -> None:
    assert "MK256" in run(tmp_path).stderr
    photos = put(tmp_path / "set", "infant01_happy")
    one = run(photos / "infant01_happy.png").stderr
    assert "MK605" in one and "a file, not a folder" in one and "Did you mean" not in one
    assert "MK605" in run(tmp_path / "none").stderr


def test_a_build_reads_the_folder_as_before(tmp_path: Path, predictor_file: Path) -> None:
    folder = put(tmp_path, *STEMS[:3])
    before = source_rows(folder)
    run(folder, "--predictor", predictor_file)
    assert {"delineation.csv", "delineation.html"} <= {path.name for path in folder.iterdir()}
    assert source_rows(folder) == before and len(before) == 3
    assert all(files.find_template(folder / row.image).suffix == ".json" for row in before)
    assert {*files.folder_templates(folder)[0]} == {*STEMS[:3]}


def test_the_sheet_needs_nothing_but_itself_and_escapes_names(
    tmp_path: Path, predictor_file: Path
) -> None:
    put(tmp_path, "infant01_happy")
    evil = "=a<b>&'\"#é.png" if Path("/").drive == "" else "=a&'#é.png"
    shutil.copy(DEMO / "infant02_happy.png", tmp_path / evil)
    run(tmp_path, "--predictor", predictor_file)
    text = (tmp_path / "delineation.html").read_text(encoding="utf-8")
    assert evil not in text and html.escape(evil).replace("&#x27;", "&#39;")[:5] in text
    assert "http" not in text.replace("http-equiv", "") and "<script" not in text
    assert 'href="./%3Da' in text and "default-src 'none'" in text
    assert text.count("data:image/webp;base64,") == 2
    assert text.count("<circle") == 2 * 68 and text.count(">R</text>") == 2
    assert "shows photographs of faces" in text
    table = (tmp_path / "delineation.csv").read_text(encoding="utf-8")
    cells = [cell for row in csv.reader(table.splitlines()) for cell in row]
    texts = [cell for cell in cells if not re.fullmatch(r"-?[0-9.]+", cell)]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in texts)


def test_the_infants_right_is_on_the_left_of_the_sheet(
    tmp_path: Path, predictor_file: Path
) -> None:
    put(tmp_path, "infant01_happy")
    run(tmp_path, "--predictor", predictor_file)
    text = (tmp_path / "delineation.html").read_text(encoding="utf-8")
    x = {
        side: float(text.split(f">{side}</text>")[0].rsplit('x="', 1)[1].split('"')[0])
        for side in "RL"
    }
    assert x["R"] < x["L"]


def test_names_that_are_not_utf8(tmp_path: Path, predictor_file: Path) -> None:
    put(tmp_path, "infant01_happy")
    try:
        (tmp_path / "infant01_happy.png").rename(tmp_path / "caf\udce9.png")
    except OSError:
        pytest.skip("this system has no such names")
    result = run(tmp_path, "--predictor", predictor_file)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "caf\udce9.json").is_file()
    assert r"caf\udce9.png,drafted" in (tmp_path / "delineation.csv").read_text("utf-8")
    page = (tmp_path / "delineation.html").read_text("utf-8")
    assert './caf%E9.png"' in page and r"caf\udce9.png" in page


def test_a_template_that_comes_while_a_photo_is_drafted_stays(tmp_path: Path) -> None:
    from morphkit.delineate import delineate
    from morphkit.landmarks.draft import Draft

    put(tmp_path, "infant01_happy", "infant02_happy")

    def begin(process: object) -> Any:
        def draft(name: str, image: object) -> Draft:
            (tmp_path / "infant01_happy.json").write_text("by hand", encoding="utf-8")
            return Draft(truth(Path(name).stem))

        return draft

    names = ["infant01_happy.png", "infant02_happy.png"]
    looked = {one.image: one for one in delineate(tmp_path, names, begin, jobs=1)}
    assert (tmp_path / "infant01_happy.json").read_text(encoding="utf-8") == "by hand"
    assert looked["infant01_happy.png"].findings[0].code == "MK618"
    assert looked["infant02_happy.png"].state == "drafted"


def test_stems_that_differ_in_case_are_one(tmp_path: Path) -> None:
    """Some systems take both names for one file, and folders travel between systems."""
    from morphkit.delineate import _twice

    assert _twice(["A/i1.jpg", "a/I1.png", "a/i2.png"]) == {"a/I1.png": "A/i1.jpg"}
