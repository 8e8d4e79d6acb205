"""The pipeline: a bounded number of tasks in flight, interrupts, progress, memory refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from morphkit import console, files, memory, read_set
from morphkit.build import build
from morphkit.cli import main
from morphkit.engine.align import Canvas
from morphkit.files import machine
from morphkit.hands import WAITING, Started, Threads, same, threads, work_off
from morphkit.journal import JOURNAL
from morphkit.plan import plan
from tiny_study import ROOT, write_study

LONG = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
canvas: {width: 192, height: 240, eye_distance: 63}
continua: [{name: dis_hap, path: direct, from: distressed, to: happy, levels: 25}]
"""


# ---- executors


def test_processes_make_the_same_set(tmp_path: Path) -> None:
    study = write_study(tmp_path, ["infant01"], LONG.replace("levels: 25", "levels: 7"))
    here = read_set(build(study, tmp_path / "here").folder)
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        there = read_set(build(study, tmp_path / "there", jobs=2, executor=executor).folder)
        assert executor.submit(same, 1).result() == 1, "it stays open"
    assert [one.pixel_sha256 for one in there.stimuli] == [one.pixel_sha256 for one in here.stimuli]


# ---- the window


@pytest.mark.parametrize("count", [1, 3])
def test_no_more_tasks_are_out_than_keep_the_hands_busy(count: int) -> None:
    out, most, told = set(), [0], []

    def started(hands: Any) -> Iterator[Started]:
        for i in range(200):
            out.add(i)
            most[0] = max(most[0], len(out))
            yield hands.submit(same, i, then=same), tell

    def tell(i: int) -> None:
        out.remove(i)
        told.append(i)

    with threads(count) as hands:
        work_off(started(hands), hands)
    assert sorted(told) == list(range(200))
    assert most[0] <= WAITING * count


def test_results_are_told_as_they_come() -> None:
    gate, told = threading.Event(), []

    def tell(name: str) -> None:
        told.append(name)
        gate.set()

    with threads(2) as hands:
        slow = (hands.submit(gate.wait, then=lambda _: "slow"), tell)
        quick = (hands.submit(same, "quick", then=same), tell)
        work_off([slow, quick], hands)
    assert told == ["quick", "slow"]


def test_what_is_queued_is_dropped_and_what_runs_is_told() -> None:
    begun, gate, told, done = threading.Event(), threading.Event(), [], []

    def running() -> None:
        begun.set()
        gate.wait()

    def interrupted(name: str) -> None:
        if not gate.is_set():
            begun.wait()
            threading.Timer(0.2, gate.set).start()
            raise KeyboardInterrupt
        told.append(name)

    def started(hands: Any) -> Iterator[Started]:
        yield hands.submit(same, "told late", then=same), interrupted
        yield hands.submit(running, then=lambda _: "running"), told.append
        yield hands.submit(done.append, "queued", then=same), told.append

    with pytest.raises(KeyboardInterrupt), threads(1) as hands:
        work_off(started(hands), hands)
    assert sorted(told) == ["running", "told late"] and done == []


def test_a_task_may_be_given_what_another_made() -> None:
    with threads(1) as hands:
        part = hands.kept(divmod, 17, 5)
        assert isinstance(part, Future)
        assert hands.submit(sum, part, then=str).result() == "5"
        with pytest.raises(ZeroDivisionError):
            hands.submit(same, hands.kept(divmod, 1, 0), then=str).result()


# ---- Ctrl-C


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path: Path) -> None:
    study = write_study(tmp_path, recipe=LONG)
    out, part = tmp_path / "set", tmp_path / ".set.part"
    command = [sys.executable, "-m", "morphkit", "build", str(study), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while len(noted(part)) < 12 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    assert running.returncode == 130, said
    assert said.endswith("Run the same command again: it goes on where it stopped.\n")
    assert not out.exists()
    frames = frames_noted_and_there(part)
    again = build(study, out)
    assert 12 - 4 <= len(frames) == again.stimuli - again.rendered < again.stimuli
    whole = build(study, tmp_path / "other")
    assert [row.pixel_sha256 for row in read_set(out).stimuli] == [
        row.pixel_sha256 for row in read_set(whole.folder).stimuli
    ]


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_an_interrupt_waits_until_a_started_task_is_known() -> None:
    told: list[str] = []

    def started(hands: Any) -> Iterator[Started]:
        for i in range(WAITING):
            task = hands.submit(same, f"started {i}", then=same)
            if not i:
                task.result()
                signal.raise_signal(signal.SIGINT)
            yield task, told.append
        pytest.fail("went on after an interrupt")

    with pytest.raises(KeyboardInterrupt), threads(1) as hands:
        work_off(started(hands), hands)
    assert "started 0" in told


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_an_interrupt_leaves_no_task_locked() -> None:
    """It comes when waiting has just locked a task that is about to end."""
    task: Future[str] = Future()
    lock = task._condition.acquire

    def interrupted() -> bool:
        task._condition.acquire = lock
        locked = lock()
        signal.raise_signal(signal.SIGINT)
        return locked

    task._condition.acquire = interrupted
    ending = threading.Timer(0.3, task.set_result, ["ended"])
    stuck = threading.Timer(10, os.kill, [os.getpid(), signal.SIGINT])
    task.set_running_or_notify_cancel()
    ending.start()
    stuck.start()
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt), threads(1) as hands:
        work_off([(task, told.append)], hands)
    stuck.cancel()
    assert told == ["ended"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_a_second_interrupt_is_not_held_back() -> None:
    def twice(hands: Any) -> Iterator[Started]:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("a second Ctrl-C was held back")
        yield hands.submit(same, 1, then=same), print

    with pytest.raises(KeyboardInterrupt), threads(1) as hands:
        work_off(twice(hands), hands)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_while_a_frame_is_told_notes_it_once(tmp_path: Path) -> None:
    def interrupted(done: int, of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    study = write_study(tmp_path, ["infant01"], LONG)
    with pytest.raises(KeyboardInterrupt):
        build(study, tmp_path / "set", jobs=2, progress=interrupted)
    assert len(frames_noted_and_there(tmp_path / ".set.part")) >= 3


def test_an_interrupt_before_a_task_is_known_leaves_its_frame_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, submit = [], Threads.submit

    def interrupted(hands: Threads, *given: Any, then: Any) -> Any:
        started.append(submit(hands, *given, then=then))
        if len(started) == 8:  # two anchors, their residuals, five frames
            started[-1].result()
            raise KeyboardInterrupt
        return started[-1]

    monkeypatch.setattr(Threads, "submit", interrupted)
    study = write_study(tmp_path, ["infant01"], LONG)
    with pytest.raises(KeyboardInterrupt):
        build(study, tmp_path / "set", jobs=1)
    assert len(frames_noted_and_there(tmp_path / ".set.part")) == 5


def test_threads_share_a_journal(tmp_path: Path) -> None:
    study = write_study(tmp_path, ["infant01"], LONG)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with pytest.raises(KeyboardInterrupt):
            build(study, tmp_path / "set", jobs=8, progress=interrupt_at_the_end)
    finally:
        sys.setswitchinterval(before)
    lines = noted(tmp_path / ".set.part")
    assert all(len(json.loads(line)) == 4 for line in lines)
    assert len(frames_noted_and_there(tmp_path / ".set.part")) == 25


def interrupt_at_the_end(done: int, of: int) -> None:
    if done == of:
        raise KeyboardInterrupt


def frames_noted_and_there(part: Path) -> list[str]:
    """The frames of a journal, each of which has one line and a file."""
    frames = sorted(line.split('"')[1] for line in noted(part) if '"anchor' not in line)
    assert frames == sorted(path.stem for path in (part / "stimuli").iterdir())
    return frames


def noted(part: Path) -> list[str]:
    return files.read_lines(part / JOURNAL)[1:]


# ---- progress


@pytest.mark.parametrize(
    "seconds, done, left, said",
    [
        (10, 20, 80, "about 40 s left"),
        (1, 100, 1, "about 1 s left"),
        (99, 10, 10, "about 99 s left"),
        (600, 100, 100, "about 10 min left"),
        (3600, 1, 10, "about 10 h left"),
        (5, 0, 10, ""),
        (5, 10, 0, ""),
    ],
)
def test_the_time_left(seconds: float, done: int, left: int, said: str) -> None:
    assert console.time_left(seconds, done, left) == said


def test_lines_say_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(console, "monotonic", lambda: next(clock))
    with console.Progress() as progress:
        for done in range(40, 101, 5):  # 40 were there already
            progress(done, 100)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "40 of 100 stimuli"
    assert lines[1].startswith("50 of 100 stimuli, about ") and lines[1].endswith(" s left")
    assert lines[-2:] == ["100 of 100 stimuli", "Measuring and checking the pictures …"]
    assert len(lines) == 8


def test_a_terminal_has_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with console.Progress() as progress:
        for done in range(5):
            progress(done, 4)
    said = capsys.readouterr().err
    assert "Rendering" in said
    assert said.splitlines().count("Measuring and checking the pictures …") == 1


# ---- memory


def test_a_canvas_too_large_is_refused_before_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = LONG.replace("width: 192, height: 240", "width: 8192, height: 8192")
    study = write_study(tmp_path, recipe=large.replace("eye_distance: 63", "eye_distance: 2700"))
    monkeypatch.setattr(files, "memory", lambda: 4e9)
    before = sorted(tmp_path.rglob("*"))
    for words in (["--dry-run"], ["--out", str(tmp_path / "set")]):
        start = time.monotonic()
        result = CliRunner().invoke(main, ["build", str(study), "--jobs", "2", *words])
        assert result.exit_code == 4, result.output
        assert "MK625" in result.stderr and "tiny.yaml" in result.stderr
        assert " MB of memory, and there are 4000 MB." in result.stderr
        assert time.monotonic() - start < 5
    assert sorted(tmp_path.rglob("*")) == before


def test_what_more_memory_is_needed_for() -> None:
    canvas, large, small = Canvas(1024, 1024), (4000, 3000, 2.5), (400, 300, 0.5)
    least = memory.needed(canvas, "oval", [small], 1, lifted=False)
    assert 3e8 < least < 6e8
    for more in (
        memory.needed(canvas, "hull", [small], 1, lifted=False),
        memory.needed(canvas, "oval", [small, small], 1, lifted=False),
        memory.needed(canvas, "oval", [large], 1, lifted=False),
        memory.needed(canvas, "oval", [small], 2, lifted=False),
        memory.needed(canvas, "oval", [small], 1, lifted=True),
        memory.needed(Canvas(1025, 1024), "oval", [small], 1, lifted=False),
    ):
        assert more > least


def test_a_photo_keeps_no_more_pixels_than_the_canvas_shows() -> None:
    canvas = Canvas(1000, 1000)
    assert memory.kept(canvas, (500, 400, 0.5)) == 200_000  # all of a small one
    assert memory.kept(canvas, (9000, 9000, 1.0)) == 1_000_000  # a part of a large one
    assert memory.kept(canvas, (8000, 8000, 8.0)) == 4_000_000  # and reduced


def test_the_memory_of_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = files.memory()
    assert there is None or 1e8 < there < 1e15
    if os.name != "posix":
        return
    said = tmp_path / "said"
    monkeypatch.setattr(machine, "_FREE", said)
    groups, bounds = tmp_path / "groups", tmp_path / "bounds"
    monkeypatch.setattr(machine, "_GROUPS", groups)
    monkeypatch.setattr(machine, "_BOUNDS", bounds)
    assert (files.memory() or 1e9) > 1e8, "all there is"
    said.write_text("MemTotal: 9 kB\nMemAvailable:    5000 kB\n")
    assert files.memory() == 5000 * 1024
    # a job in a slice: the least bound up the way counts
    (bounds / "slice" / "job").mkdir(parents=True)
    groups.write_text("0::/slice/job\n")
    (bounds / "slice" / "job" / "memory.max").write_text("max\n")
    assert files.memory() == 5000 * 1024
    (bounds / "slice" / "memory.max").write_text("4096\n")
    assert files.memory() == 4096
    # and as groups were before
    (bounds / "memory" / "box").mkdir(parents=True)
    groups.write_text("5:cpu:/elsewhere\n3:memory:/box\n")
    (bounds / "memory" / "box" / "memory.limit_in_bytes").write_text("2048\n")
    assert files.memory() == 2048


def test_a_process_that_has_one_processor_uses_one() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system gives processes all processors")
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from morphkit import files; print(files.processors())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "1"


def test_unknown_memory_refuses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "memory", lambda: None)
    assert plan(write_study(tmp_path, recipe=LONG)).frames
