"""The console: errors as one clear paragraph, exit codes, progress.

Exit codes: 0 fine, 1 findings, 2 wrong usage or unreadable recipe, 3 finished partly,
4 environment, 5 locked, 70 a bug of ours, 130 interrupted.  May import `errors` and click.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Callable
from math import isfinite
from time import monotonic
from typing import Any

import click

from morphkit import __version__
from morphkit.errors import MorphkitError, visible

FINDINGS, PARTLY, ENVIRONMENT, BUG, INTERRUPTED = 1, 3, 4, 70, 130


def say(text: str) -> None:
    """Print talk: to stderr."""
    click.echo(text, err=True)


class Finite(click.FloatRange):
    """A number of the command line, within bounds; neither nan nor inf, which click lets pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        found = super().convert(value, param, ctx)
        if not isfinite(found):
            self.fail(f"{value} is no number here.", param, ctx)
        return found

    def _describe_range(self) -> str:
        bounded = self.min is not None or self.max is not None
        return super()._describe_range() if bounded else "any number"


class Program(click.Group):
    """A group that turns every error into one clear paragraph and its exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command and leave with its exit code."""
        kwargs["standalone_mode"] = False
        # pictures are looked at side by side; a BLAS with threads of its own spins between its
        # small products, and takes from them what they need
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # a console that lacks a sign shows another; a file or pipe gets UTF-8
                known = stream.encoding if stream.isatty() else "utf-8"
                stream.reconfigure(encoding=known, errors="replace")
        try:
            code = super().main(*args, **kwargs)
        except MorphkitError as error:
            for finding in error.findings:
                say(str(finding))
            code = error.exit_code
        except click.exceptions.Abort:
            say("Interrupted. Run the same command again: it goes on where it stopped.")
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except MemoryError:
            say("There is not enough memory for this. Use a smaller canvas or fewer jobs.")
            code = ENVIRONMENT
        except OSError as error:
            if error.errno == errno.EPIPE:
                code = 0
            else:
                say(visible(f"{error.strerror or error} ({error.filename or 'no file named'})."))
                code = ENVIRONMENT
        except Exception as error:
            _say_bug(error)
            code = BUG
        sys.exit(code or 0)


def _say_bug(error: Exception) -> None:
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    say(
        f"This is a bug in morphkit {__version__}: {type(error).__name__}: {visible(str(error))}. "
        "Run 'morphkit --debug …' and send us what it prints; it holds no photo."
    )


def time_left(seconds: float, done: int, left: int) -> str:
    """Return in words how long the rest takes, when `done` took some seconds; "" if unknown."""
    if not (done and left):
        return ""
    rest = max(round(seconds * left / done), 1)
    if rest < 100:
        return f"about {rest} s left"
    return f"about {rest / 60:.0f} min left" if rest < 6000 else f"about {rest / 3600:.0f} h left"


class Progress:
    """A bar with the time left on a terminal, a line every tenth elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._tenth = 0
        self._left = ""
        self._first: tuple[float, int] | None = None

    def __enter__(self) -> Callable[[int, int], None]:
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def _show(self, done: int, total: int) -> None:
        # what an earlier run has rendered tells nothing of the pace of this one
        start, before = self._first = self._first or (monotonic(), done)
        left = time_left(monotonic() - start, done - before, total - done)
        if sys.stderr.isatty():
            if self._bar is None:
                self._bar = click.progressbar(
                    length=total,
                    label="Rendering",
                    file=sys.stderr,
                    show_eta=False,
                    item_show_func=lambda _: self._left,
                )
                self._bar.render_progress()
            self._left = left
            self._bar.update(done - self._bar.pos)
        elif done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            say(f"{done} of {total} stimuli" + (f", {left}" if left else ""))
        if done == total:
            self.__exit__()
            self._bar = None
            say("Measuring and checking the pictures …")
