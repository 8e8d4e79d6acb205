"""The landmark process: dlib works in a child, with caps on time and memory.

A native library can take the interpreter with it when a model file or a picture is bad; here it
takes a child, and the crash becomes an error.  Knows no photo file.  May import `errors` and
`landmarks.message`.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, cast

from morphkit.errors import EnvironmentFault, Finding
from morphkit.landmarks.message import Array, receive, send

MEMORY = 3_000_000_000
"""Bytes of address space that the child may take, where the system can hold it to that."""

SECONDS = 60.0
"""How long one call may take unless the caller says otherwise."""


class LandmarkProcess:
    """A child process that does what `landmarks.child` can do; a context that ends it.

    Not for two threads at once: a caller that wants two calls at a time starts two.

    Parameters
    ----------
    memory : int
        Bytes of address space that the child may take.

    Raises
    ------
    EnvironmentFault
        MK240 when the system doesn't start it.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        # -P: the folder that it is started in, which may be a study's, is no place for code
        command = [sys.executable or "", "-P", "-m", "morphkit.landmarks.child", str(memory)]
        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            text = f"the process that runs dlib can't be started ({error.strerror})."
            advice = "Close other programs, or install morphkit again."
            raise EnvironmentFault(Finding("MK240", text, suggestion=advice)) from None

    def call(
        self, name: str, arrays: Sequence[Array] = (), *, seconds: float = SECONDS, **values: Any
    ) -> tuple[dict[str, Any], list[Array]]:
        """Have a function of the child done, and return what it returns.

        Parameters
        ----------
        name : str
            A key of `landmarks.child.CALLS`.
        arrays : sequence of array
            What it works on; no objects in them.
        seconds : float
            After so long the child is ended.
        **values
            Keyword arguments of it, as JSON has them.

        Raises
        ------
        EnvironmentFault
            MK240 the child cannot be started or has no dlib; MK241 it has crashed or has been
            too long; MK242 it says what is wrong: no such model, no memory.
        """
        late = threading.Event()
        timer = threading.Timer(seconds, self._end, (late,))
        timer.start()
        try:
            send(cast(IO[bytes], self._child.stdin), {"call": name, **values}, arrays)
            answer, results = receive(cast(IO[bytes], self._child.stdout))
        except (EOFError, OSError):
            raise EnvironmentFault(self._ended(late.is_set(), seconds)) from None
        finally:
            timer.cancel()
        if "fault" in answer:
            code = "MK240" if answer["kind"] == "missing" else "MK242"
            raise EnvironmentFault(Finding(code, answer["fault"], suggestion=answer["advice"]))
        return answer, results

    def _end(self, late: threading.Event) -> None:
        late.set()
        self._child.kill()

    def _ended(self, late: bool, seconds: float) -> Finding:
        status = self._child.wait()
        how = f"was ended after {seconds:g} seconds" if late else f"crashed (exit status {status})"
        return Finding(
            "MK241",
            f"the process that runs dlib {how}.",
            measured=seconds if late else None,
            suggestion="Try a smaller photo, or another model file; nothing was written.",
        )

    def close(self) -> None:
        """End the child."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                with suppress(OSError):  # what the child has not read any more
                    pipe.close()

    def __enter__(self) -> LandmarkProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
