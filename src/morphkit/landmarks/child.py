"""The other side of `landmarks.process`: waits for calls, does them, answers.

Started as ``python -P -m morphkit.landmarks.child MEMORY``.  What it can do is `CALLS`; the
modules that do it import dlib when they are called, and nobody else does.  May import
`landmarks`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from morphkit.landmarks.message import Array, receive, send

CALLS: Mapping[str, str] = {
    "detect": "detector",
    "open_model": "predictor",
    "predict": "predictor",
    "train_model": "trainer",
}
"""What can be called → the module of `landmarks` that has a function of that name.

A function takes the message's arrays, and its values as keyword arguments; it returns values and
arrays.  What it raises as ValueError is an answer, too: its text says what is wrong."""

_INSTALL = "Install it with: pip install dlib-bin (where there is no wheel: pip install dlib)."


def main() -> None:
    """Answer calls until the parent closes."""
    _cap(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    while True:
        try:
            values, arrays = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(answers, *_done(values.pop("call"), values, arrays))


def _cap(memory: int) -> None:
    """Hold this process to so much memory, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _done(name: str, values: dict[str, Any], arrays: list[Array]) -> tuple[dict[str, Any], Any]:
    try:
        module = import_module(f"morphkit.landmarks.{CALLS[name]}")
        function: Callable[..., tuple[dict[str, Any], Any]] = getattr(module, name)
        return function(arrays, **values)
    except ImportError as error:
        return _fault("missing", f"dlib is not installed ({error}).", _INSTALL), ()
    except MemoryError:
        return _fault("memory", "there is not enough memory for this photo or model."), ()
    except (ValueError, RuntimeError) as error:  # dlib says RuntimeError
        return _fault("refused", str(error)), ()


def _fault(kind: str, message: str, advice: str = "") -> dict[str, Any]:
    return {"kind": kind, "fault": message, "advice": advice}


if __name__ == "__main__":
    main()
