"""Long work in parts: shown, spread over workers, and kept where a person interrupts it."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, TypeVar

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from jupyter_distill._bars import Bar
from jupyter_distill._threads import can_start
from jupyter_distill._validation import check_number, expected
from jupyter_distill.targets.asking import InterruptedWarning

Done = TypeVar("Done")
_SEEN: ContextVar[list[str] | None] = ContextVar("seen", default=None)


@contextmanager
def interrupts() -> Iterator[list[str]]:
    """Collect what interrupts cut short in here, of work that goes on with what it has.

    Who calls several such works one after another is told by it that a person wants an end.
    """
    found: list[str] = []
    before = _SEEN.set(found)
    try:
        yield found
    finally:
        _SEEN.reset(before)
        outer = _SEEN.get()
        if outer is not None:
            outer += found


class Work:
    """Shows the stages of a run, spreads their parts, and collects what an interrupt cut short.

    Parameters
    ----------
    show : bool
        Whether to draw bars. Stages shorter than half a second draw none.
    n_jobs : int, optional
        Parts at a time, through whatever backend of joblib is active: as joblib reads it.

    Attributes
    ----------
    notes : list of str
        What was cut short.
    """

    def __init__(self, show: bool, n_jobs: int | None = None) -> None:
        if n_jobs is not None and check_number("n_jobs", n_jobs, integer=True) == 0:
            raise ValueError(expected("n_jobs to be a whole number other than 0", got=repr(n_jobs)))
        self.show = show
        self.n_jobs = n_jobs
        self.notes: list[str] = []

    def bar(self, stage: str, total: int, unit: str, done: int = 0) -> Bar:
        """Return a bar to be updated by hand; what is done already has no part in its rate."""
        return Bar(desc=stage, total=total, initial=done, unit=f" {unit}", disable=not self.show)

    def each(
        self,
        function: Callable[..., Done],
        calls: Sequence[tuple[Any, ...]],
        stage: str,
        unit: str,
        *,
        at_home: int = 0,
    ) -> Generator[Done, None, None]:
        """Yield what a function makes of each call, in their order, as soon as it is there.

        Every call runs on one thread, as sums depend on their number: so the result is the same
        to the bit, wherever it is computed. Close the generator where a loop may end early.

        What was yielded before an interrupt can be kept. Backends that give all results at once
        (``multiprocessing``) yield none before the last call is through.

        Parameters
        ----------
        function : callable
            What workers can import.
        calls : sequence of tuple
            Its arguments; what several calls share is sent to a worker as rarely as the backend
            can.
        stage, unit : str
            What the bar says.
        at_home : int
            Calls that run here, one by one, before others are sent: those that fill a memory
            which the others share.
        """
        here, tasks = calls[:at_home], (delayed(_alone)(function, *c) for c in calls[at_home:])
        backend, _ = get_active_backend()
        how = "generator" if backend.supports_return_generator else "list"
        with (
            _single(),  # here too: what a thread sets holds for all of a process
            self.bar(stage, len(calls), unit) as bar,
        ):
            for call in here:
                yield _alone(function, *call)
                bar.update()
            with Parallel(n_jobs=self.n_jobs, return_as=how) as pool:
                for done in pool(tasks):
                    yield done
                    bar.update()

    def interrupted(self, kept: str) -> None:
        """Say, at once and in the result, what an interrupt left."""
        note = f"Interrupted: {kept}"
        self.notes.append(note)
        seen = _SEEN.get()
        if seen is not None:
            seen.append(note)
        warnings.warn(note, InterruptedWarning, stacklevel=4)

    def failed(self, what: str) -> None:
        """Say, at once and in the result, what could not be done although the rest could."""
        self.notes.append(what)
        warnings.warn(what, RuntimeWarning, stacklevel=4)


def _alone(function: Callable[..., Done], *call: Any) -> Done:
    with _one_thread():
        return function(*call)


def _single() -> AbstractContextManager[object]:
    """Hold the pools of this thread to one; in a browser there are none, and to look takes long."""
    return _pools().limit(limits=1) if can_start() else nullcontext()


_lock = threading.Lock()
_inside: list[Any] = []
_running = 0
_known: tuple[int, ThreadpoolController] | None = None


def _pools() -> ThreadpoolController:
    """Return the pools of threads of all libraries that are loaded.

    To look for them takes longer than many a call that is held to one thread. So they are looked
    for anew only when modules have been imported since, as a library comes with one.
    """
    global _known
    modules = len(sys.modules)
    if _known is None or _known[0] != modules:
        _known = modules, ThreadpoolController()
    return _known[1]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Hold sums to one thread until the last of the calls that run in this process is through.

    BLAS has one limit for the whole process: the first call that ends must not lift it while
    another runs. OpenMP has one for each thread, which each call sets by itself.
    """
    global _running
    if not can_start():  # as above: a tenth of the time of a report
        yield
        return
    with _lock:
        if _running == 0:
            _inside.append(_pools().limit(limits=1, user_api="blas"))
        _running += 1
    try:
        with _pools().limit(limits=1, user_api="openmp"):
            yield
    finally:
        with _lock:
            _running -= 1
            if _running == 0:
                _inside.pop().restore_original_limits()
