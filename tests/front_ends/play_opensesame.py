"""Plays an experiment in OpenSesame, run by the Python that OpenSesame is installed in.

    python play_opensesame.py EXPERIMENT LOG SUBJECT [SCREENSHOTS]

Real keys, from xdotool: the space bar, and the keys of an observer who sees another face from
the third frame on.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from libopensesame.experiment import Experiment
from PIL import ImageGrab


def press(experiment: Experiment, done: threading.Event, shots: Path | None) -> None:
    taken = 0
    while not done.wait(0.03):
        keys = ["space"]
        if "frame" in experiment.var:
            upper = int(experiment.var.frame) > 2
            keys += ["4", "j"] if upper else ["2", "f"]
        if shots and taken < 400:
            taken += 1
            ImageGrab.grab(xdisplay="").save(shots / f"{taken:03d}.png")
        if shots and taken % 40 > 30:
            continue  # nothing is pressed for a while, so that masks are seen
        subprocess.run(["xdotool", "key", *keys], check=False)


def counted(run: Callable[[], None]) -> Callable[[], None]:
    def tell() -> None:
        print("pause", flush=True)
        run()

    return tell


def main() -> None:
    path, log, subject, *more = sys.argv[1:]
    experiment = Experiment(string=path, logfile=log, subject_nr=int(subject))
    experiment.var.canvas_backend = "legacy"
    print("pool", len(experiment.pool))
    experiment.items["pause"].run = counted(experiment.items["pause"].run)
    done = threading.Event()
    shots = Path(more[0]) if more else None
    keys = threading.Thread(target=press, args=(experiment, done, shots), daemon=True)
    keys.start()
    try:
        experiment.run()
    finally:
        done.set()
        keys.join()


main()
