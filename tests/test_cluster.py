"""A cluster: real schedulers and workers on this computer, killed, missing and out of date."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from morphkit import cluster, read_set
from morphkit.build import build
from morphkit.cli import main
from morphkit.errors import EnvironmentFault
from morphkit.files import sha256
from morphkit.hands import same, work_off
from tiny_study import ROOT, write_study

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

RECIPE = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
canvas: {width: 128, height: 160, eye_distance: 42}
mask: {shape: oval, feather: 3}
continua:
  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 9}
prototypes: [{name: proto, symmetric: true}]
transforms:
  - {name: more, base: neutral, from: neutral, to: happy, group: [infant01, infant02],
     amounts: [-0.5, 1]}
equalise: {contrast: set}
"""
OLD = "import morphkit\nmorphkit.__version__ = '0.0.1'\n"
NONE = "import sys\nsys.modules['morphkit'] = None\n"


@dataclass
class Running:
    """A scheduler on loopback, and its workers' processes."""

    home: Path
    stack: ExitStack
    address: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, what: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        there = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words]
        command += ["--host", "127.0.0.1", "--no-dashboard"]
        log = self.stack.enter_context((self.home / f"{what}.log").open("ab"))
        process = subprocess.Popen(command, env=there, stdout=log, stderr=log)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def scheduler(self, **environment: str) -> Running:
        file = self.home / "scheduler.json"
        self.start("scheduler", "--port", "0", "--scheduler-file", str(file), **environment)
        wait_for(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
        self.address = json.loads(file.read_text())["address"]
        return self

    def worker(self, preload: str = "") -> subprocess.Popen[bytes]:
        words = [self.address, "--nthreads", "1", "--no-nanny"]
        if preload:
            file = self.home / f"preload{len(self.workers)}.py"
            file.write_text(preload)
            words += ["--preload", str(file)]
        self.workers.append(self.start("worker", *words))
        return self.workers[-1]


def wait_for(there: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def running(home: Path, workers: int = 0, **environment: str) -> Iterator[Running]:
    with ExitStack() as stack:
        here = Running(home, stack).scheduler(**environment)
        for _ in range(workers):
            here.worker()
        yield here


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("cluster"), workers=2) as here:
        yield here


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), recipe=RECIPE)


@pytest.fixture(scope="module")
def here(study: Path) -> Path:
    return build(study, study.parent / "here").folder


def assert_same_pixels(one: Path, other: Path) -> None:
    first, second = read_set(one), read_set(other)
    assert [row.pixel_sha256 for row in first.stimuli] == [
        row.pixel_sha256 for row in second.stimuli
    ]
    assert first.manifest.morphkit == second.manifest.morphkit


def refused(study: Path, out: Path, address: str) -> str:
    """What a build says that a cluster makes impossible; it is exit 4 and writes nothing."""
    words = ["build", str(study), "--out", str(out), "--cluster", address]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 4, result.output
    assert not out.exists()
    return result.stderr


def test_a_cluster_makes_the_same_set(there: Running, study: Path, here: Path) -> None:
    built = build(study, study.parent / "there", cluster=there.address)
    assert built.rendered == built.stimuli
    assert_same_pixels(built.folder, here)


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("allowed", ["0", "3"])
def test_what_a_killed_worker_had_is_done_again(
    tmp_path: Path, study: Path, here: Path, allowed: str
) -> None:
    patience = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": allowed}
    with running(tmp_path, workers=2, **patience) as there:

        def kill(done: int, total: int) -> None:
            if done == 4:
                there.workers[0].send_signal(signal.SIGKILL)
                there.workers[0].wait()

        built = build(study, tmp_path / "set", cluster=there.address, progress=kill)
        assert there.workers[0].returncode == -signal.SIGKILL
    assert built.rendered == built.stimuli
    assert_same_pixels(built.folder, here)


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_an_interrupt_is_exit_130_and_the_same_command_goes_on(
    there: Running, tmp_path: Path, study: Path, here: Path
) -> None:
    out, part = tmp_path / "set", tmp_path / ".set.part"
    words = ["build", str(study), "--out", str(out), "--cluster", there.address]
    running = subprocess.Popen(
        [sys.executable, "-m", "morphkit", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: len(list(part.glob("stimuli/*.png"))) > 4)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 130, said
    assert "Run the same command again" in said and "Traceback" not in said
    built = build(study, out)
    assert 0 < built.rendered < built.stimuli
    assert_same_pixels(built.folder, here)


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_a_task_that_kills_workers_is_given_up(tmp_path: Path) -> None:
    with (
        running(tmp_path, workers=1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as there,
        ThreadPoolExecutor(1) as pool,
        cluster.workers(there.address, pool) as hands,
    ):
        answer = hands.submit(os._exit, 1, then=same)
        for _ in range(cluster.TRIES):
            there.workers[-1].wait()
            there.worker()
        with pytest.raises(EnvironmentFault) as caught:
            answer.result(timeout=20)
    assert caught.value.code == "MK624"


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_what_a_task_was_given_is_made_again(tmp_path: Path) -> None:
    with (
        running(tmp_path, workers=1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as there,
        ThreadPoolExecutor(1) as pool,
        cluster.workers(there.address, pool) as hands,
    ):
        answer = hands.submit(same, hands.kept(same, hands.kept(time.sleep, 1)), then=str)
        time.sleep(0.5)
        there.workers[0].send_signal(signal.SIGKILL)
        there.worker()
        assert answer.result(timeout=20) == "None"


def test_a_lost_scheduler_is_exit_4_and_the_same_command_goes_on(
    tmp_path: Path, study: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    with running(tmp_path, workers=1) as there, ExitStack() as lost:

        def lose(done: int, total: int) -> None:
            if done == 4:
                lost.enter_context(there.stack.pop_all())
                lost.close()

        with pytest.raises(EnvironmentFault) as caught:
            build(study, tmp_path / "set", cluster=there.address, progress=lose)
    assert caught.value.code == "MK622"
    built = build(study, tmp_path / "set")
    assert 0 < built.rendered <= built.stimuli - 4
    assert_same_pixels(built.folder, here)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "nonsense://x", "tcp:"])
def test_an_unreachable_scheduler_is_said_soon(
    tmp_path: Path, study: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    start = time.monotonic()
    said = refused(study, tmp_path / "set", address)
    assert "MK622" in said and address in said
    assert time.monotonic() - start < 4


def test_a_scheduler_without_workers_is_said(
    tmp_path: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with running(tmp_path) as there:
        assert "no worker after 1 s" in refused(study, tmp_path / "set", there.address)


@pytest.mark.parametrize("preload, has", [(OLD, "morphkit 0.0.1"), (NONE, "no morphkit")])
def test_a_worker_with_another_version_is_refused(
    tmp_path: Path, study: Path, preload: str, has: str
) -> None:
    with running(tmp_path) as there:
        there.worker(preload)
        said = refused(study, tmp_path / "set", there.address)
    assert "MK623" in said and f"has {has}" in said and "tcp://127.0.0.1" in said


def test_a_worker_that_joins_later_is_asked_too(
    there: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as pool, cluster.workers(there.address, pool) as hands:
        monkeypatch.setattr(cluster, "__version__", "0.0.1")  # so all of them are of another one
        with pytest.raises(EnvironmentFault) as caught:
            hands.submit(sha256, b"", then=same).result(timeout=20)
    assert caught.value.code == "MK623"


def test_when_the_last_worker_ends_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_refuse_strangers", lambda *_: None)
    monkeypatch.setattr(cluster, "ALONE", 3)
    monkeypatch.setattr("morphkit.hands.WHILE", 0.5)
    with (
        running(tmp_path) as there,
        ThreadPoolExecutor(1) as pool,
        cluster.workers(there.address, pool) as hands,
    ):
        there.worker(NONE)  # a worker without morphkit cannot even be told what to do
        with pytest.raises(EnvironmentFault) as caught:
            work_off([(hands.submit(same, 1, then=same), print)], hands)
    assert caught.value.code == "MK622" and "no worker for 3 s" in str(caught.value)


def test_without_the_extra_it_is_named(
    tmp_path: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(study, tmp_path / "set", "tcp://127.0.0.1:9")
    assert "MK621" in said and "pip install 'morphkit[cluster]'" in said
