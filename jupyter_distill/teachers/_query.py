"""One pass of questions: batch by batch, in a fair order, and stoppable without loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import check_number, expected
from jupyter_distill.teachers._outputs import Raw
from jupyter_distill.teachers._rows import count_rows

if TYPE_CHECKING:
    from jupyter_distill.teachers._base import Teacher

Progress = Callable[[int, int], object]


class Query:
    """The rows of X put to a teacher, one contiguous batch after the other.

    Iterating asks; each step gives the positions of the rows just answered. Whoever stops
    (``break``, Ctrl-C, an error) keeps all finished batches in `rows` and `logits` (of a
    regression: `predictions`); iterating again goes on where it stopped.

    Parameters
    ----------
    teacher : Teacher
        Who is asked.
    X : rows
        What is asked.
    batch_size : int, optional
        Rows per call; the teacher's own by default.
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
        batch_size: int | None = None,
        progress: Progress | None = None,
        order: int | np.random.Generator | None = None,
    ) -> None:
        self.n_rows = count_rows(X)
        if self.n_rows == 0:
            raise ValueError(expected("at least one row to ask the teacher about", got="0 rows"))
        if batch_size is not None:
            batch_size = int(check_number("batch_size", batch_size, low=1, integer=True))
        size = batch_size or teacher.batch_size or self.n_rows
        starts = np.arange(0, self.n_rows, size)
        if order is not None:
            np.random.default_rng(order).shuffle(starts)
        self._waiting = [slice(int(s), min(int(s) + size, self.n_rows)) for s in starts][::-1]
        self._n_batches, self._size = len(starts), min(size, self.n_rows)
        self._answers: dict[int, Raw] = {}
        self._teacher = teacher
        self._X = X
        self._progress = progress

    def __len__(self) -> int:
        """Return the number of batches."""
        return self._n_batches

    def __iter__(self) -> Iterator[NDArray[np.intp]]:
        """Ask what has not been asked yet; yield the positions of each answered batch."""
        while self._waiting:
            batch = self._waiting[-1]
            answer = self._teacher._ask(self._X, batch)
            self._teacher._check_steady(self._X, batch)
            self._check_same_classes(batch.start, answer)
            self._answers[batch.start] = answer
            self._waiting.pop()
            if self._progress is not None:
                self._progress(self.n_done, self.n_rows)
            yield np.arange(batch.start, batch.stop)

    @property
    def n_done(self) -> int:
        """The number of rows answered so far."""
        last = (self._n_batches - 1) * self._size
        short = self._size - (self.n_rows - last) if last in self._answers else 0
        return len(self._answers) * self._size - short

    @property
    def complete(self) -> bool:
        """Whether every row has its answer."""
        return not self._waiting

    @property
    def rows(self) -> NDArray[np.intp]:
        """The positions answered so far, ascending."""
        done = sorted(self._answers.items())
        pieces = [np.arange(start, start + len(answer.values)) for start, answer in done]
        return np.concatenate(pieces) if pieces else np.arange(0)

    def finish(self) -> Query:
        """Ask all that is left; return the query itself."""
        for _ in self:
            pass
        return self

    def logits(self) -> NDArray[np.float64]:
        """Return the logits of `rows`, shape (n_done, K); what they are is decided on all."""
        return self._teacher._read(self._whole(), self.rows)

    def predictions(self) -> NDArray[np.float64]:
        """Return the numbers that a regression said of `rows`, shape (n_done,)."""
        return self._teacher._read_numbers(self._whole(), self.rows)

    @property
    def columns(self) -> int:
        """How many numbers the teacher gives per row."""
        return int(self._whole().values.shape[1])

    def _whole(self) -> Raw:
        if not self._answers:
            raise ValueError(
                expected("at least one answered batch", got="none", remedy="Iterate first.")
            )
        done = [answer for _, answer in sorted(self._answers.items())]
        return replace(done[0], values=np.concatenate([answer.values for answer in done]))

    def _check_same_classes(self, start: int, answer: Raw) -> None:
        for other_start, other in self._answers.items():  # the first stands for all of them
            if other.values.shape[1] != answer.values.shape[1] or other.names != answer.names:
                raise ValueError(
                    expected(
                        f"{self._teacher.name} to answer every batch with the same classes",
                        got=f"{_columns(other)} in the batch from row {other_start}, "
                        f"{_columns(answer)} in the batch from row {start}",
                        remedy="The model must return every class for every row, also those "
                        "that a batch does not hold.",
                    )
                )
            return


def _columns(answer: Raw) -> str:
    names = "" if answer.names is None else f" {list(answer.names)!r}"
    return f"{answer.values.shape[1]} columns{names}"
