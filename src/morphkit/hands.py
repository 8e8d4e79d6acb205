"""Hands: who does the tasks of a build, here or elsewhere, and how many are given out at once.

A task is a function of a module, with values that travel.  `Threads` do it in this process,
`Others` by any executor; whatever else has the methods of `Hands` may take their place.  May
import the standard library.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import current_thread, main_thread
from time import monotonic
from typing import Any, Protocol

WAITING = 3
"""Tasks given out for each that is being done: the next ones are there when one is finished."""

WHILE = 5.0
"""Seconds without a result after which somebody looks whether there is anyone left."""

GLANCE = 0.1
"""Seconds for which Ctrl-C may wait to be heard."""

Started = tuple[Future[Any], Callable[[Any], None]]
"""A task that was given out, and who is told its result."""


class Hands(Protocol):
    """Who does tasks."""

    @property
    def pool(self) -> ThreadPoolExecutor:
        """Threads of this process."""

    @property
    def count(self) -> int:
        """How many tasks are done at once."""

    def check(self) -> None:
        """Raise when nobody is left to do tasks; asked when none has ended for a while."""

    def kept(self, task: Callable[..., Any], *given: Any) -> Any:
        """Start a task whose result stays where it is made; return what stands for it.

        That may be given to tasks that are started later.
        """

    def submit(
        self, task: Callable[..., Any], *given: Any, then: Callable[[Any], Any]
    ) -> Future[Any]:
        """Start a task; its result comes back, and `then` is done with it in a thread."""


@dataclass(frozen=True, slots=True, eq=False)
class Threads:
    """Hands of this process."""

    pool: ThreadPoolExecutor
    count: int

    def check(self) -> None:
        """As `Hands`: threads stay."""

    def kept(self, task: Callable[..., Any], *given: Any) -> Future[Any]:
        """As `Hands`."""
        return self.pool.submit(_done, task, given)

    def submit(
        self, task: Callable[..., Any], *given: Any, then: Callable[[Any], Any]
    ) -> Future[Any]:
        """As `Hands`."""
        return self.pool.submit(lambda: then(_done(task, given)))


@dataclass(frozen=True, slots=True, eq=False)
class Others(Threads):
    """Hands of any other executor, processes for one: what a task is given travels with it.

    What is kept is made by threads of this process and stays here; an executor that is broken
    says so itself.
    """

    executor: Executor

    def submit(
        self, task: Callable[..., Any], *given: Any, then: Callable[[Any], Any]
    ) -> Future[Any]:
        """As `Hands`."""

        def there(*values: Any) -> Any:
            return self.executor.submit(task, *values).result()

        return self.pool.submit(lambda: then(_done(there, given)))


def _done(task: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    # what stands for a result was started earlier, and so is never waited for in vain
    return task(*(one.result() if isinstance(one, Future) else one for one in given))


@contextmanager
def threads(count: int) -> Iterator[Threads]:
    """Yield that many threads; when something goes wrong, what is queued is dropped."""
    with ThreadPoolExecutor(count) as pool:
        try:
            yield Threads(pool, count)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def same(value: Any) -> Any:
    """Return the value: the task that brings it to where tasks are done, once."""
    return value


def work_off(started: Iterable[Started], hands: Hands) -> None:
    """Give tasks out, a bounded number at a time, and tell their results as they come.

    Parameters
    ----------
    started : iterable
        Starts a task whenever one more is asked of it.
    hands : Hands

    Notes
    -----
    However many tasks there are, memory holds those of the window.  When one fails, and at
    Ctrl-C, what is queued is dropped; what runs ends, and is told.  Ctrl-C comes between two
    results, not while a task is started or a result is told; a second one may, and what was
    being told then, or could not be, is told again.
    """
    pending: dict[Future[Any], Callable[[Any], None]] = {}
    with _interrupts_held_back() as let_through:
        try:
            for task, told in started:
                pending[task] = told
                while len(pending) >= WAITING * hands.count:
                    _tell(pending, hands, let_through)
            while pending:
                _tell(pending, hands, let_through)
        except BaseException:
            running = [task for task in pending if not task.cancel()]
            while wait(running, GLANCE).not_done:
                pass  # on Windows a wait without end hears no second Ctrl-C
            for task in running:
                if not task.exception():
                    with suppress(Exception):  # what went wrong first is what is said
                        pending[task](task.result())
            raise


def _tell(
    pending: dict[Future[Any], Callable[[Any], None]], hands: Hands, let_through: Callable[[], None]
) -> None:
    """Wait for a task or more, and tell their results."""
    since, ended = monotonic(), set[Future[Any]]()
    while not ended and monotonic() - since < WHILE:
        let_through()
        ended = wait(pending, GLANCE, FIRST_COMPLETED).done
    if not ended:
        hands.check()
    for task in ended:
        pending[task](task.result())
        del pending[task]


@contextmanager
def _interrupts_held_back() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back, and yield what raises it if it came; a second one is not held back.

    It might else come while waiting has locked the tasks, or a cluster's client something of
    its own: nobody would unlock those, and the threads that need them would stand still.
    """
    came: list[int] = []

    def hold(number: int, frame: object) -> None:
        came.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def let_through() -> None:
        if came:
            came.clear()
            raise KeyboardInterrupt

    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not (usual and current_thread() is main_thread()):
        yield let_through
        return
    signal.signal(signal.SIGINT, hold)
    try:
        yield let_through
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    let_through()
