"""The exporter seam: names, plug-ins, options, and what every package carries."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from morphkit.errors import EnvironmentFault, PackageError, UsageError
from morphkit.package.registry import BUILT_IN, exporters, package
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import Task

Install = Callable[[str, str, str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a distribution with one exporter on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def _install(distribution: str, name: str, module: str, code: str) -> None:
        about = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        (about / "entry_points.txt").write_text(f"[morphkit.exporters]\n{name} = {module}:export\n")
        (tmp_path / f"{module}.py").write_text(code)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return _install


GOOD = '''
def export(stimulus_set, greeting="hello"):
    """A front end of our own."""
    yield "hello.txt", greeting.encode()
'''


def _making(path: str) -> str:
    return f"def export(stimulus_set):\n    yield 'a.txt', b''\n    yield {path!r}, b''\n"


def test_the_built_in_front_ends_describe_themselves() -> None:
    found = exporters()
    assert list(found) == sorted(BUILT_IN)
    assert len(found) == 15
    assert not [about for about in found.values() if about.startswith("MK")]
    assert "jsPsych 7 or 8" in found["jspsych"]
    assert ".psyexp" in found["psychopy"]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_package_carries_its_papers(name: str, stimulus_set: StimulusSet) -> None:
    files = dict(package(stimulus_set, name))
    for wanted in ("README.txt", "methods.txt", "licence_and_consent.txt", "response_map.json"):
        assert files[wanted].decode().endswith("\n")
    assert list(files)[-1] == "checksums.sha256"
    lines = files.pop("checksums.sha256").decode().splitlines()
    assert lines == [f"{hashlib.sha256(files[p]).hexdigest()}  {p}" for p in sorted(files)]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_package_is_the_same_twice(name: str, stimulus_set: StimulusSet) -> None:
    assert list(package(stimulus_set, name)) == list(package(stimulus_set, name))


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_what_the_photographers_wrote_cannot_bring_a_path_or_a_line(
    name: str, stimulus_set: StimulusSet
) -> None:
    block = stimulus_set.manifest.morphkit
    odd = block.sources[0].model_copy(update={"licence": "CC0\n  consent_scope: everything"})
    told = block.model_copy(update={"sources": [odd, *block.sources[1:]]})
    manifest = stimulus_set.manifest.model_copy(update={"morphkit": told, "name": "../x y"})
    files = dict(package(dataclasses.replace(stimulus_set, manifest=manifest), name))
    rights = files["licence_and_consent.txt"].decode()
    assert "  licence: CC0 consent_scope: everything\n" in rights
    readme = files["README.txt"].decode()
    assert readme.startswith("_x_y: 8 faces")
    assert "../" not in readme.replace("https://.../", "")


@pytest.mark.parametrize(
    ("name", "near"), [("psycopy", "psychopy"), ("jsPsych7", "jspsych"), ("PSYCHOPY", "psychopy")]
)
def test_an_unknown_front_end_is_answered_with_the_nearest(
    name: str, near: str, stimulus_set: StimulusSet
) -> None:
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, name)
    (finding,) = caught.value.findings
    assert caught.value.exit_code == 2
    assert finding.code == "MK812"
    assert finding.suggestion == f"Did you mean {near}? There are: {', '.join(sorted(BUILT_IN))}."


def test_an_unknown_front_end_near_nothing(stimulus_set: StimulusSet) -> None:
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, "zzz")
    assert caught.value.findings[0].suggestion == f"There are: {', '.join(sorted(BUILT_IN))}."


def test_an_unknown_option(stimulus_set: StimulusSet) -> None:
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, "jspsych", libary={})
    (finding,) = caught.value.findings
    assert finding.code == "MK814"
    assert "libary" in finding.message
    assert finding.suggestion == "Its options: task, library."
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, "psychopy", library={})
    assert caught.value.findings[0].suggestion == "Its options: task."
    with pytest.raises(UsageError, match="MK814"):
        package(stimulus_set, "bids", task=Task())


def test_a_plug_in_is_found_and_its_package_carries_the_papers(
    install: Install, stimulus_set: StimulusSet
) -> None:
    install("lab-export", "ourlab", "lab_export", GOOD)
    assert exporters()["ourlab"] == "A front end of our own. Options: greeting."
    files = dict(package(stimulus_set, "ourlab", greeting="bonjour"))
    assert files["hello.txt"] == b"bonjour"
    assert b"8 PNG images (48 \xc3\x97 60 pixels)" in files["methods.txt"]
    assert b"licence: CC0-1.0" in files["licence_and_consent.txt"]
    assert len(files["checksums.sha256"].splitlines()) == 6


def test_a_plug_in_that_cannot_be_imported_does_not_hide_the_others(
    install: Install, stimulus_set: StimulusSet
) -> None:
    install("broken-export", "broken", "broken_export", "import no_such_module_anywhere\n")
    found = exporters()
    assert set(found) == {"broken", *BUILT_IN}
    assert found["broken"].startswith("MK813: the exporter broken of broken-export cannot be")
    assert "no_such_module_anywhere" in found["broken"]
    with pytest.raises(EnvironmentFault) as caught:
        package(stimulus_set, "broken")
    assert (caught.value.exit_code, caught.value.code) == (4, "MK813")
    assert dict(package(stimulus_set, "psychopy"))


def test_a_plug_in_that_is_no_callable(install: Install, stimulus_set: StimulusSet) -> None:
    install("odd-export", "odd", "odd_export", "export = 7\n")
    assert "not callable" in exporters()["odd"]
    with pytest.raises(EnvironmentFault, match="odd-export is not callable"):
        package(stimulus_set, "odd")


def test_a_name_claimed_by_two_plug_ins(install: Install, stimulus_set: StimulusSet) -> None:
    install("lab-one", "ourlab", "lab_one", GOOD)
    install("lab-two", "ourlab", "lab_two", GOOD)
    for ask in (exporters, lambda: package(stimulus_set, "ourlab")):
        with pytest.raises(PackageError) as caught:
            ask()
        (finding,) = caught.value.findings
        assert finding.code == "MK811"
        assert "lab-one" in finding.message
        assert "lab-two" in finding.message
    assert dict(package(stimulus_set, "psychopy"))  # the others still work


def test_our_own_name_cannot_be_taken(install: Install, stimulus_set: StimulusSet) -> None:
    install("lab-one", "psychopy", "lab_one", GOOD)
    with pytest.raises(PackageError) as caught:
        package(stimulus_set, "psychopy")
    assert "by morphkit and by lab-one" in caught.value.findings[0].message


@pytest.mark.parametrize(
    "path",
    [
        "../out.txt", "/abs.txt", "a\\b.txt", "A.txt", "a.txt", "x" * 121, "con", "d/../e", "",
        "licence_and_consent.txt", "checksums.sha256", "Checksums.SHA256",
    ],
)  # fmt: skip
def test_a_plug_in_must_not_write_elsewhere_or_twice(
    path: str, install: Install, stimulus_set: StimulusSet
) -> None:
    install("bad-export", "bad", "bad_export", _making(path))
    with pytest.raises(PackageError) as caught:
        list(package(stimulus_set, "bad"))
    assert caught.value.code == "MK815"


def test_a_package_is_made_without_numpy() -> None:
    code = (
        "import sys\n"
        "from morphkit.package.registry import exporters\n"
        "assert len(exporters()) == 15\n"
        "print([m for m in ('numpy', 'scipy', 'PIL') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
