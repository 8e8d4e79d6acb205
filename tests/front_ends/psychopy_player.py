"""An observer in front of a compiled PsychoPy script: real keys, sent when something is asked.

Run by PsychoPy's Python under an X server, in the folder of the package:
``psychopy_player.py observer.json``.  The script ``task.py`` itself is as it was compiled; only
the flip of its window is watched.  What was on the screen, and when, is left in ``seen.json``.
"""

from __future__ import annotations

import atexit
import json
import math
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from psychopy.visual.window import Window  # type: ignore[import-not-found]

FRAME_S = 1 / 60  # no screen, so nothing to wait for: without a pause a run takes a whole core
AGAIN_S = 2.0  # a key that got lost is pressed again
TO_START = ("instructions_text", "pause_text")

observer: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
rng = random.Random(observer["seed"])
script: dict[str, Any] = {"__name__": "__main__", "__file__": "task.py"}
flip = Window.flip
screens: list[tuple[float, list[str]]] = []
now_asked: dict[str, Any] = {"what": "", "key": "", "due": 0.0}
shot: set[str] = set()
flipped = [0.0]


def asked(screen: list[str]) -> str:
    """Say what a screen waits for: a space, an answer or nothing."""
    if any(name in screen for name in TO_START):
        return "space"
    return "answer" if "key_reminder" in screen and "fixation_cross" not in screen else ""


def chosen_key() -> str:
    """Choose as somebody whose answers follow a logistic curve of the level."""
    number = script["list_of"](observer["participant"])
    answers = sorted(script["of_list"](script["TASK"]["answers"], number), key=lambda a: a["level"])
    share = 1 / (1 + math.exp((observer["pse"] - script["morph_level"]) / observer["spread"]))
    if len(answers) > 2:  # a rating
        return str(answers[round(share * (len(answers) - 1))]["key"])
    return str(answers[rng.random() < share]["key"])


def photograph(window: Any, screen: list[str]) -> None:
    """Keep the first picture of each kind of screen, if pictures are wanted."""
    name = "+".join(screen)
    if observer.get("shots") and name and name not in shot:
        shot.add(name)
        for stimulus in window._toDraw:
            stimulus.draw()
        window._getFrame(buffer="back").save(f"{name}.png")
        window.clearBuffer()


def watched(window: Any, *given: Any, **named: Any) -> Any:
    """Flip, look, and press a key when it is time."""
    result = flip(window, *given, **named)
    time.sleep(max(0.0, flipped[-1] + FRAME_S - time.perf_counter()))
    flipped[:] = [time.perf_counter()]
    screen, now = [one.name for one in window._toDraw], time.perf_counter()
    if not screens or screen != screens[-1][1]:
        screens.append((now, screen))
        photograph(window, screen)
    what = asked(screen)
    if what != now_asked["what"]:
        key = chosen_key() if what == "answer" else what
        now_asked.update(what=what, key=key, due=now + observer["wait_s"])
        if len(screens) > observer.get("leaves_after", len(screens)):
            now_asked["key"] = "Escape"
    if what and now >= now_asked["due"]:
        now_asked["due"] = now + AGAIN_S
        key = now_asked["key"]
        subprocess.Popen(["xdotool", "keydown", key, "sleep", "0.05", "keyup", key])
    return result


def remember() -> None:
    """Leave what was seen."""
    Path("seen.json").write_text(json.dumps(screens), encoding="utf-8")


atexit.register(remember)
Window.flip = watched
exec(compile(Path("task.py").read_text(encoding="utf-8"), "task.py", "exec"), script)  # noqa: S102
