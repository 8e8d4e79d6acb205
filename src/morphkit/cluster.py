"""Hands of a Dask cluster: the same tasks, done by the workers of a scheduler.

The one way by which photos leave the computer, and only to the address that the user gives.
The only file that knows `distributed` (extra ``cluster``), which is imported on use.  May
import `errors` and `hands`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from time import monotonic
from typing import Any

from morphkit import __version__
from morphkit.errors import EnvironmentFault, Finding

PATIENCE = 10
"""Seconds in which a scheduler must answer, and have a worker."""

TRIES = 3
"""How often a task is given out again whose workers died, after Dask has given it up."""

ALONE = 60
"""Seconds for which a build waits without any worker."""

_COUNTED = 2.0
"""Seconds after which workers are counted anew."""

# a photo's file is larger than what Dask expects of a task
_DASK = {"distributed.admin.large-graph-warning-threshold": "1TB"}


@contextmanager
def workers(address: str, pool: ThreadPoolExecutor) -> Iterator[Workers]:
    """Yield the workers of a scheduler.

    Parameters
    ----------
    address : str
        Such as ``tcp://node1:8786``.  Nothing else is contacted.
    pool : ThreadPoolExecutor
        Does here what is done with results.

    Raises
    ------
    EnvironmentFault
        MK621 without the extra; MK622 when the scheduler does not answer or has no worker;
        MK623 when it or a worker has no morphkit, or another version.
    """
    try:
        dask, distributed = import_module("dask"), import_module("distributed")
    except ImportError as error:
        raise _fault("MK621", f"a cluster needs the package {error.name}.") from None
    # of a connection that is closed while something is on its way it logs a traceback
    logging.getLogger("distributed.batched").setLevel(logging.ERROR)
    with dask.config.set(_DASK):
        client = _connected(distributed, address)
        try:
            _refuse_strangers(client, address)
            yield Workers(client, pool, address)
        finally:
            client.close()


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A result on some worker, and those it was made of: who holds it can have it made again."""

    there: Any
    made_of: tuple[Kept, ...]


@dataclass(slots=True, eq=False)
class Workers:
    """Hands of other processes.

    What is given to a task stays with the scheduler until nobody needs its result, so
    that everything a lost worker held can be made again.
    """

    client: Any
    pool: ThreadPoolExecutor
    address: str
    _count: int = 1
    _counted: float = float("-inf")
    _seen: float = field(default_factory=monotonic)

    @property
    def count(self) -> int:
        """Threads of all workers: some may have come, or gone."""
        self._look()
        return max(self._count, 1)

    def check(self) -> None:
        """As `hands.Hands`."""
        self._look()
        if monotonic() - self._seen > ALONE:
            raise _fault("MK622", f"there has been no worker for {ALONE} s.", self.address)

    def _look(self) -> None:
        now = monotonic()
        if now - self._counted > _COUNTED:
            self._counted = now
            with suppress(OSError):  # a lost scheduler is told by the tasks it had
                self._count = sum(self.client.nthreads().values())
            self._seen = now if self._count else self._seen

    def kept(self, task: Callable[..., Any], *given: Any) -> Kept:
        """As `hands.Hands`."""
        sent = (one.there if isinstance(one, Kept) else one for one in given)
        there = self.client.submit(checked, __version__, task, *sent, pure=False)
        return Kept(there, tuple(one for one in given if isinstance(one, Kept)))

    def submit(
        self, task: Callable[..., Any], *given: Any, then: Callable[[Any], Any]
    ) -> Future[Any]:
        """As `hands.Hands`."""
        answer: Future[Any] = Future()
        self._await(self.kept(task, *given), answer, then, TRIES)
        return answer

    def _await(
        self, kept: Kept, answer: Future[Any], then: Callable[[Any], Any], tries: int
    ) -> None:
        def come(_: object) -> None:
            with suppress(RuntimeError):  # the threads are gone: nobody waits any more
                self.pool.submit(self._came, kept, answer, then, tries)

        kept.there.add_done_callback(come)

    def _came(
        self, kept: Kept, answer: Future[Any], then: Callable[[Any], Any], tries: int
    ) -> None:
        """Fetch a result, or give its task out again."""
        there = kept.there
        try:
            if tries and there.status == "error" and _killed(there.exception()):
                there.retry()
                self._await(kept, answer, then, tries - 1)
                return
            if answer.set_running_or_notify_cancel():
                answer.set_result(then(there.result()))
        except BaseException as error:
            with suppress(InvalidStateError):  # nobody waits any more
                answer.set_exception(self._said(error))

    def _said(self, error: BaseException) -> BaseException:
        """Return what an error of a task means."""
        if isinstance(error, CancelledError) or _hung_up(error):
            return _fault("MK622", "the scheduler was lost.", self.address)
        if isinstance(error, ModuleNotFoundError) and str(error.name).startswith("morphkit"):
            return _fault(
                "MK623", f"a worker has another morphkit, or none: {error}.", self.address
            )
        if _killed(error):
            text = f"every worker that tried one of the tasks died, {TRIES} more times."
            return _fault("MK624", text, self.address)
        return error


def checked(version: str, task: Callable[..., Any], *given: Any) -> Any:
    """Do a task, if this is the morphkit that gave it out: workers may join at any time."""
    if version != __version__:
        here = import_module("distributed").get_worker().address
        raise _differs({here: __version__}, version)
    return task(*given)


def version() -> str:
    """Return the version of morphkit, where this is called."""
    return __version__


def _connected(distributed: Any, address: str) -> Any:
    client = distributed.Client.__new__(distributed.Client)
    try:
        client.__init__(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        # it has a thread by now; the garbage collector would stop that at any time, and hang
        # when it is just when the next client starts one
        with suppress(AttributeError):
            client.close()
        text = f"no Dask scheduler answers there ({error or type(error).__name__})."
        raise _fault("MK622", text, address) from error
    return client


def _refuse_strangers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        found = {"the scheduler": client.run_on_scheduler(version)}
        found |= client.run(version, on_error="return")
    except OSError as error:
        text = f"the scheduler has no worker after {PATIENCE} s."
        raise _fault("MK622", text, address) from error
    except ModuleNotFoundError as error:
        found = {"the scheduler": error}
    other = {who: what for who, what in found.items() if what != __version__}
    if other:
        raise _differs(other, __version__)


def _differs(found: dict[str, Any], wanted: str) -> EnvironmentFault:
    has = [f"{who} has {_named(what)}" for who, what in found.items()]
    return _fault("MK623", f"{', '.join(has)}; this is {wanted}.")


def _named(what: object) -> str:
    return f"morphkit {what}" if isinstance(what, str) else f"no morphkit ({what})"


def _hung_up(error: BaseException) -> bool:
    return type(error).__name__ == "CommClosedError"


def _killed(error: BaseException | None) -> bool:
    return type(error).__name__ == "KilledWorker"


_ADVICE = {
    "MK621": "pip install 'morphkit[cluster]'",
    "MK622": "Check the address and that scheduler and workers run; what is done is kept, and "
    "the same command goes on where it stopped.",
    "MK623": "Install this version of morphkit for the scheduler and for every worker.",
    "MK624": "See the workers' logs: most likely they lack memory. What is done is kept, and "
    "the same command goes on where it stopped.",
}


def _fault(code: str, message: str, address: str = "") -> EnvironmentFault:
    return EnvironmentFault(Finding(code, message, file=address, suggestion=_ADVICE[code]))
