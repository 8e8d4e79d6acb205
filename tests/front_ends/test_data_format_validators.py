"""The packages of data formats before the real validators; each has broken copies that fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from front_ends import python
from morphkit import files
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from odd_set import odd_set
from package.conftest import make_set

pytestmark = pytest.mark.front_ends

SETS = {"plain": make_set, "odd": odd_set}
CONTEXT = "https://w3id.org/ro/crate/1.3/context"
SEED = f"""
import sys
from pathlib import Path
import requests, rocrate
from requests_cache import CachedRequest, CachedResponse, CachedSession
body = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()
asked = requests.Request("GET", {CONTEXT!r}, headers={{"Accept": "application/ld+json"}}).prepare()
answer = CachedResponse(
    status_code=200,
    url=asked.url,
    headers={{"Content-Type": "application/ld+json"}},
    request=CachedRequest.from_request(asked),
)
answer._content = body
cache = CachedSession(cache_name=sys.argv[1], backend="sqlite", expire_after=-1).cache
cache.save_response(answer, cache.create_key(asked))
"""
RECORDS = """
import json, sys
import mlcroissant
told = []
for record in mlcroissant.Dataset(jsonld=sys.argv[1]).records("stimuli"):
    image = record.pop("stimuli/image")
    row = {k.split("/")[1]: v.decode() if isinstance(v, bytes) else v for k, v in record.items()}
    told.append({**row, "size": image.size, "grey": image.getpixel((0, 0))[0]})
print(json.dumps(told))
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[StimulusSet, str], Path]:
    """Write a package of a format, and return its folder."""

    def _written(stimulus_set: StimulusSet, name: str) -> Path:
        folder: Path = tmp_path / name
        files.write_files(folder, package(stimulus_set, name))
        return folder

    return _written


def run(*words: str | Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment `formats`."""
    program = python("formats").parent / str(words[0])
    environment = {**os.environ, "HOME": str(home)} if home else None
    return subprocess.run(
        [program, *words[1:]], capture_output=True, text=True, env=environment, timeout=120
    )


# ---- BIDS


def bids(folder: Path) -> tuple[int, set[str]]:
    """Return the exit code and the codes of all errors."""
    done = run("bids-validator-deno", "--format", "json", "--ignoreWarnings", folder)
    issues = json.loads(done.stdout)["issues"]["issues"]
    return done.returncode, {one["code"] for one in issues if one["severity"] == "error"}


@pytest.mark.parametrize("name", SETS)
def test_the_bids_validator_finds_no_error(
    name: str, written: Callable[[StimulusSet, str], Path]
) -> None:
    assert bids(written(SETS[name](), "bids")) == (0, set())


def test_the_bids_validator_misses_a_stimulus(
    written: Callable[[StimulusSet, str], Path],
) -> None:
    folder = written(make_set(), "bids")
    (events,) = folder.rglob("*_events.tsv")
    events.write_text(events.read_text().replace("_image.png", "_picture.png", 1))
    code, errors = bids(folder)
    assert code != 0
    assert errors == {"STIMULUS_FILE_MISSING"}


def test_the_folder_stimuli_can_be_copied_into_another_dataset(
    written: Callable[[StimulusSet, str], Path], tmp_path: Path
) -> None:
    folder = written(make_set(), "bids")
    other = tmp_path / "other" / "dataset"
    events = other / "sub-01" / "beh" / "sub-01_task-rating_events.tsv"
    events.parent.mkdir(parents=True)
    (other / "README").write_text("Somebody's dataset.\n" * 10)
    (other / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.10.0"}')
    rows = (folder / "stimuli" / "stimuli.tsv").read_text().splitlines()[1:]
    lines = [f"{place}.5\t2\t{row.split()[1]}\n" for place, row in enumerate(rows)]
    events.write_text("onset\tduration\tstim_file\n" + "".join(lines))
    events.with_suffix(".json").write_text('{"TaskName": "rating"}')
    code, errors = bids(other)
    assert code != 0
    assert errors == {"STIMULUS_FILE_MISSING"}
    shutil.copytree(folder / "stimuli", other / "stimuli")
    assert bids(other) == (0, set())


# ---- RO-Crate


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of the web that holds the context of RO-Crate, so that nothing is fetched."""
    place: Path = tmp_path_factory.mktemp("web") / "cache"
    done = run("python", "-c", SEED, place)
    assert done.returncode == 0, done.stderr
    return place


def crate(folder: Path, cache: Path, profile: str, *more: str) -> tuple[bool, str]:
    """Validate a crate against a profile; return whether it passes, and what was told."""
    done = run(
        *("rocrate-validator", "-y", "validate", "-p", profile, *more, "--offline"),
        *("--no-paging", "-v", "--cache-path", cache, folder),
    )
    return done.returncode == 0, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("name", SETS)
def test_the_crate_is_valid(
    name: str, written: Callable[[StimulusSet, str], Path], cache: Path
) -> None:
    folder = written(SETS[name](), "rocrate")
    for profile in (["ro-crate-1.3"], ["process-run-crate", "--disable-profile-inheritance"]):
        valid, told = crate(folder, cache, *profile)
        assert valid, told
        assert "[OK] RO-Crate is a valid" in told


def test_the_validator_misses_an_image_of_the_crate(
    written: Callable[[StimulusSet, str], Path], cache: Path
) -> None:
    folder = written(make_set(), "rocrate")
    (folder / "stimuli" / "amy_dis_hap_02.png").unlink()
    valid, told = crate(folder, cache, "ro-crate-1.3")
    assert not valid
    assert "amy_dis_hap_02.png" in told


def test_the_validator_misses_the_program_that_made_the_crate(
    written: Callable[[StimulusSet, str], Path], cache: Path
) -> None:
    folder = written(make_set(), "rocrate")
    metadata = folder / "ro-crate-metadata.json"
    metadata.write_text(metadata.read_text().replace('"instrument"', '"description"'))
    valid, told = crate(folder, cache, "process-run-crate", "--disable-profile-inheritance")
    assert not valid
    assert "MUST have an instrument" in told


# ---- Croissant


@pytest.mark.parametrize("name", SETS)
def test_croissant_is_valid_and_its_records_are_our_rows(
    name: str, written: Callable[[StimulusSet, str], Path], tmp_path: Path
) -> None:
    stimulus_set = SETS[name]()
    described = written(stimulus_set, "croissant") / "croissant.json"
    done = run("mlcroissant", "validate", "--jsonld", described, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower()
    read = run("python", "-c", RECORDS, described, home=tmp_path)
    assert read.returncode == 0, read.stderr
    records = json.loads(read.stdout.replace("NaN", "null"))
    assert len(records) == len(stimulus_set.stimuli)
    for record, row in zip(records, stimulus_set.stimuli, strict=True):
        assert record["image_file"] == row.image_file.removeprefix("stimuli/")
        assert tuple(record["size"]) == (row.width_px, row.height_px)
        for column in ("stimulus_id", "identity", "frame", "morph_level", "percent", "sha256"):
            assert record[column] == getattr(row, column)
        for column in ("intensity", "intensity_unit", "p_happy", "ambiguous"):
            assert record.get(column) == getattr(row, column)
        for expression, weight in row.weights.items():
            assert record[f"weight_{expression}"] == weight
    assert len({record["grey"] for record in records}) == len(records)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sha256": "', '"sha256": "0'),
        ('"column": "frame"', '"column": "frames"'),
        ('"contentUrl": "stimuli/', '"contentUrl": "elsewhere/'),
    ],
)
def test_croissant_fails_with_a_description_of_something_else(
    old: str, new: str, written: Callable[[StimulusSet, str], Path], tmp_path: Path
) -> None:
    described = written(make_set(), "croissant") / "croissant.json"
    text = described.read_text()
    assert old in text
    described.write_text(text.replace(old, new))
    assert run("python", "-c", RECORDS, described, home=tmp_path).returncode != 0


def test_croissant_fails_with_another_table(
    written: Callable[[StimulusSet, str], Path], tmp_path: Path
) -> None:
    described = written(make_set(), "croissant") / "croissant.json"
    table = described.parent / "stimuli" / "stimuli.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    done = run("python", "-c", RECORDS, described, home=tmp_path)
    assert done.returncode != 0
    assert "Hash of downloaded file" in done.stderr
