"""One pass of questions: batch by batch, in a fair order, and stoppable without loss."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, check_number, expected
from jupyter_distill.teachers._memory import OutOfMemory
from jupyter_distill.teachers._outputs import Raw
from jupyter_distill.teachers._pace import Pace
from jupyter_distill.teachers._rows import count_rows

if TYPE_CHECKING:
    from jupyter_distill.teachers._base import Teacher

Progress = Callable[[int, int], object]
Rows = NDArray[np.intp]


class Keeper(Protocol):
    """Who keeps answers beyond the query, such as a store."""

    def found(self) -> Iterable[tuple[Rows, Raw]]:
        """Return the answers that are kept already, with the positions of their rows."""

    def keep(self, rows: Rows, answer: Raw) -> None:
        """Take the answer to one batch."""

    def note(self, **known: Any) -> None:
        """Take what only the answers told: task, kind, and classes."""

    def flush(self) -> None:
        """Put away what was taken: the asking ends here, for whatever reason."""


class Query:
    """The rows of X put to a teacher, one contiguous batch after the other.

    Iterating asks; each step gives the positions of the rows just answered. Whoever stops
    (``break``, Ctrl-C, an error) keeps all finished batches in `rows` and `logits` (of a
    regression: `predictions`); iterating again goes on where it stopped. A batch that does not
    fit into memory is asked about in halves.

    Parameters
    ----------
    teacher : Teacher
        Who is asked.
    X : rows
        What is asked.
    batch_size : int or "auto", optional
        Rows per call; what suits the teacher by default. ``"auto"`` starts with a few and grows
        until a call takes about a second, more rows are no faster, or memory runs short.
    progress : callable, optional
        Called as ``progress(done, total)`` after every batch, in rows.
    order : int or numpy.random.Generator, optional
        Seed of a random order of the batches, which makes a partial result a fair sample of
        the rows even when X is sorted. None: from the first batch to the last.

    Examples
    --------
    >>> query = teacher.query(X, batch_size=1000, order=0)  # doctest: +SKIP
    >>> try:                                                # doctest: +SKIP
    ...     for rows in query:
    ...         print(f"{query.n_done} of {query.n_rows}")
    ... except KeyboardInterrupt:
    ...     pass
    >>> query.rows, query.logits()                          # doctest: +SKIP
    """

    def __init__(
        self,
        teacher: Teacher,
        X: Any,
        *,
        batch_size: int | Literal["auto"] | None = None,
        progress: Progress | None = None,
        order: int | np.random.Generator | None = None,
    ) -> None:
        self.n_rows = count_rows(X)
        if self.n_rows == 0:
            raise Refusal(expected("at least one row to ask the teacher about", got="0 rows"))
        if batch_size is None:
            batch_size = teacher.batch_size or teacher.default_batch_size or self.n_rows
        if batch_size != "auto":
            batch_size = int(check_number("batch_size", batch_size, low=1, integer=True))
        self._pace = Pace(None if batch_size == "auto" else batch_size, teacher.fits)
        self._waiting = [(0, self.n_rows)]  # from, to: ascending, apart
        self._draw = None if order is None else np.random.default_rng(order)
        self._answers: list[tuple[Rows, Raw]] = []
        self.keeper: Keeper | None = None
        self.teacher = teacher
        self._X = X
        self._progress = progress

    def keep_in(self, keeper: Keeper) -> Query:
        """Take what a keeper holds as answered, and give it every other answer; return self."""
        for rows, answer in keeper.found():
            self._check_same_classes(rows, answer)
            self._answers.append((rows, answer))
        self.keeper = keeper
        open_ = np.ones(self.n_rows + 2, dtype=bool)
        open_[[0, -1]] = False
        for rows, _ in self._answers:
            open_[rows + 1] = False
        edges = np.flatnonzero(open_[1:] != open_[:-1]).tolist()
        self._waiting = list(zip(edges[::2], edges[1::2], strict=True))
        return self

    def __iter__(self) -> Iterator[Rows]:
        """Ask what has not been asked yet; yield the positions of each answered batch."""
        try:
            while self._waiting:
                place, batch = self._next()
                answer = self._ask(batch)
                if answer is None:
                    continue
                self.teacher._check_steady(self._X, batch)
                rows = np.arange(batch.start, batch.stop)
                self._check_same_classes(rows, answer)
                self._answers.append((rows, answer))
                self._answered(place, batch)
                if self.keeper is not None:
                    self.keeper.keep(rows, answer)
                if self._progress is not None:
                    self._progress(self.n_done, self.n_rows)
                yield rows
        finally:
            if self.keeper is not None:
                self.keeper.flush()

    @property
    def n_done(self) -> int:
        """The number of rows answered so far."""
        return self.n_rows - sum(stop - start for start, stop in self._waiting)

    @property
    def complete(self) -> bool:
        """Whether every row has its answer."""
        return not self._waiting

    @property
    def rows(self) -> Rows:
        """The positions answered so far, ascending."""
        return self._sorted()[0]

    def finish(self) -> Query:
        """Ask all that is left; return the query itself."""
        for _ in self:
            pass
        return self

    def logits(self) -> NDArray[np.float64]:
        """Return the logits of `rows`, shape (n_done, K); what they are is decided on all."""
        rows, answers = self._whole()
        return self.teacher._read(answers, rows)

    def predictions(self) -> NDArray[np.float64]:
        """Return the numbers that a regression said of `rows`, shape (n_done,)."""
        rows, answers = self._whole()
        return self.teacher._read_numbers(answers, rows)

    @property
    def columns(self) -> int:
        """How many numbers the teacher gives per row."""
        return int(self._whole()[1].values.shape[1])

    def _sorted(self) -> tuple[Rows, Raw | None]:
        """Return the positions answered so far, ascending, and all answers in that order.

        Rows are answered twice where an interrupt fell between an answer and its booking, or
        where two processes asked at a time: then the first answer is taken.
        """
        done = sorted(self._answers, key=lambda one: int(one[0][0]))
        if not done:
            return np.arange(0), None
        places = np.concatenate([rows for rows, _ in done])
        values = np.concatenate([answer.values for _, answer in done])
        if not (places[1:] > places[:-1]).all():
            places, first = np.unique(places, return_index=True)
            values = values[first]
        return places, replace(done[0][1], values=values)

    def _whole(self) -> tuple[Rows, Raw]:
        rows, answers = self._sorted()
        if answers is None:
            raise Refusal(
                expected("at least one answered batch", got="none", remedy="Iterate first.")
            )
        return rows, answers

    def _next(self) -> tuple[int, slice]:
        """Return the next batch, and the place in `_waiting` of the rows it is cut from."""
        size, place, piece = self._pace.size, 0, 0
        if self._draw is not None:
            pieces = np.cumsum([-(-(stop - start) // size) for start, stop in self._waiting])
            drawn = int(self._draw.integers(pieces[-1]))
            place = int(np.searchsorted(pieces, drawn, side="right"))
            piece = drawn - int(pieces[place - 1]) if place else drawn
        start, stop = self._waiting[place]
        start += piece * size
        return place, slice(start, min(start + size, stop))

    def _ask(self, batch: slice) -> Raw | None:
        """Return the answer to one batch; None where only a smaller one may fit into memory."""
        n, began = batch.stop - batch.start, time.perf_counter()
        try:
            answer = self.teacher._ask(self._X, batch)
        except OutOfMemory:
            if n == 1:
                raise
        else:
            self._pace.took(n, time.perf_counter() - began)
            return answer
        # Outside of `except`, which would keep the tensors of the failed batch alive.
        self.teacher.fits = self._pace.halve(n)
        return None

    def _answered(self, place: int, batch: slice) -> None:
        start, stop = self._waiting[place]
        left = [(start, batch.start), (batch.stop, stop)]
        self._waiting[place : place + 1] = [(a, b) for a, b in left if a < b]

    def _check_same_classes(self, rows: Rows, answer: Raw) -> None:
        for there, other in self._answers[:1]:  # the first stands for all of them
            if other.values.shape[1] != answer.values.shape[1] or other.names != answer.names:
                raise Refusal(
                    expected(
                        f"{self.teacher.name} to answer every batch with the same classes",
                        got=f"{_columns(other)} in the batch from row {there[0]}, "
                        f"{_columns(answer)} in the batch from row {rows[0]}",
                        remedy="The model must return every class for every row, also those "
                        "that a batch does not hold.",
                    )
                )


def _columns(answer: Raw) -> str:
    names = "" if answer.names is None else f" {list(answer.names)!r}"
    return f"{answer.values.shape[1]} columns{names}"
