"""What every teacher is: a model that is asked in batches, read, and never changed."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.teachers import _numbers, _outputs
from jupyter_distill.teachers._columns import check_names
from jupyter_distill.teachers._fingerprint import digest
from jupyter_distill.teachers._memory import OutOfMemory, ran_out
from jupyter_distill.teachers._outputs import Kind, Raw
from jupyter_distill.teachers._query import Progress, Query
from jupyter_distill.teachers._rows import read_files, take_rows
from jupyter_distill.teachers._steady import ROWS, refuse_noise

Task = Literal["classification", "regression"]
TASKS: tuple[Task, ...] = ("classification", "regression")


class Refused(Refusal):
    """A fault of the owner's input that a teacher found by itself; passed on as it is."""


class Teacher(ABC):
    """A fitted model, asked for its logits or numbers. Made by :func:`as_teacher`.

    Attributes
    ----------
    name : str
        The model's name in messages and views.
    model : object
        The model itself, as it was given.
    task : {"classification", "regression"} or None
        Whether it names a class or gives a number; None where only its answers can tell.
    kind : {"logits", "probabilities"} or None
        What the model returns; None before the first query where its values must tell.
    classes : ndarray or None
        Class names in the order of the columns; None where the model does not say.
    classes_given : bool
        Whether the owner named the classes.
    columns : tuple of str or None
        The columns the model was fitted with; None where it does not say.
    n_classes : int or None
        Number of classes, where known.
    batch_size : int or None
        Rows per call of the model, as its owner said; None where they did not.
    noisy : bool or None
        Whether its answers may differ from call to call; None where the owner does not say.
    version : str or None
        What the owner says tells this state of the model from any other.
    """

    default_batch_size: int | None = None  # rows per call unless said; None: all at once
    # Whether a question may cost more than time, so that no more are asked than there are rows.
    remote: ClassVar[bool] = False
    fits: int = sys.maxsize  # rows that fit into memory at once, as far as is known
    # Whether it can be asked about rows that nobody had before.
    answers_new_rows: ClassVar[bool] = True
    silence: ClassVar[str] = ""  # why it cannot
    columns: tuple[str, ...] | None = None
    _stacks: bool = True  # whether it takes the files of a batch as one array; else as a list

    def __init__(
        self,
        model: Any,
        *,
        classes: NDArray[Any] | None = None,
        preprocess: Callable[[Any], Any] | None = None,
        output: str = "auto",
        batch_size: int | None = None,
        name: str | None = None,
        task: Task | None = None,
        version: str | None = None,
        noisy: bool | None = None,
    ) -> None:
        self.model = model
        self.version = version
        self.noisy = noisy
        self._steady = False  # as far as is known
        named = classes is not None or output != "auto"
        self.task: Task | None = "classification" if named else task
        self.name = name or type(model).__name__
        self.classes = classes
        self.classes_given = classes is not None
        self.preprocess = preprocess
        self.batch_size = batch_size
        self.kind: Kind | None = None if output == "auto" else output  # type: ignore[assignment]
        self.n_classes: int | None = None if classes is None else len(classes)

    def of_task(self, task: Task) -> Self:
        """Return the teacher for a task: itself, or a copy where it was not known before.

        Raises
        ------
        ValueError
            If it has the other task.
        """
        if self.task == task:
            return self
        if self.task is not None:
            raise Refusal(_other_task(self.name, self.task, task))
        known = copy(self)
        known.task = task
        return known

    def noisily(self) -> Self:
        """Return a copy whose answers may differ from call to call."""
        noisy = copy(self)
        noisy.noisy = True
        return noisy

    @abstractmethod
    def answer(self, rows: Any) -> Any:
        """Return what the model says about one batch, as it comes."""

    def prepare(self, rows: Any) -> Any:
        """Return one batch in the form the model takes; faults found here are the owner's."""
        return rows

    def begin(self, X: Any) -> None:
        """Check X as a whole before the first batch is asked."""
        return None

    def check_use(self, columns: Iterable[str], rows: Mapping[str, Any]) -> None:
        """Refuse, before it is asked, what a student cannot be taught from.

        Parameters
        ----------
        columns : iterable of str
            What the student sees.
        rows : mapping of str to rows
            What the teacher will be asked about, by the name that its owner knows.
        """
        return None

    def query(
        self,
        X: Any,
        *,
        batch_size: int | Literal["auto"] | None = None,
        progress: Progress | None = None,
        order: int | np.random.Generator | None = None,
    ) -> Query:
        """Return the questions about X, to be asked by iterating; see :class:`Query`."""
        query = Query(self, X, batch_size=batch_size, progress=progress, order=order)
        self.begin(X)
        return query

    def logits(
        self, X: Any, *, batch_size: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float64]:
        """Return finite logits, shape (rows, classes); log-probabilities where that is all."""
        return self.query(X, batch_size=batch_size, progress=progress).finish().logits()

    def predictions(
        self, X: Any, *, batch_size: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float64]:
        """Return the numbers of a regression, finite, shape (rows,)."""
        return self.query(X, batch_size=batch_size, progress=progress).finish().predictions()

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the teacher's probabilities, shape (rows, classes)."""
        return softmax(self.logits(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the likeliest class per row (its column number where classes have no names).

        Of a regression: the number that it says.
        """
        if self.task == "regression":
            return self.predictions(X)
        codes = self.logits(X).argmax(axis=1)
        return np.asarray(codes if self.classes is None else self.classes[codes])

    @property
    def fingerprint(self) -> str:
        """What tells this teacher's answers from those of any other, 32 hexadecimal digits.

        A hash of the version if the owner named one, else of all that decides the answers.

        Raises
        ------
        ValueError
            If what the model holds cannot be hashed and no version is named.
        """
        if self.version is not None:
            return digest(("version", self.name, self.version))
        try:
            return digest((type(self).__name__, self.state(), self.preprocess))
        except Exception as error:  # what pickling raises is the model's own affair
            raise Refusal(
                expected(
                    f"{self.name} to be hashed, so that its answers are never taken for another's",
                    got=f"{type(error).__name__}: {error}",
                    remedy="Say what state of the model it is: as_teacher(model, version='...').",
                )
            ) from error

    @property
    def asks(self) -> str:
        """In which of several ways the model is asked, once `begin` has found out."""
        return ""

    def state(self) -> Any:
        """Return all that decides the answers; it is hashed, never kept."""
        return self.model

    def check_columns(self, names: Iterable[str]) -> None:
        """Refuse columns the teacher was not fitted with, missing ones, and another order."""
        if self.columns is not None:
            check_names(names, self.columns, name=self.name)

    def __repr__(self) -> str:
        if self.task == "regression":
            return f"<Teacher {self.name}: numbers>"
        classes = "classes not known yet"
        if self.classes is not None:
            classes = f"classes {some(self.classes.tolist())}"
        elif self.n_classes is not None:
            classes = f"{self.n_classes} classes"
        return f"<Teacher {self.name}: {self.kind or 'logits or probabilities'}, {classes}>"

    def _input(self, X: Any, batch: slice) -> Any:
        """Cut one batch and preprocess it."""
        try:
            rows = read_files(take_rows(X, batch), stack=self._stacks)
            if self.preprocess is not None:
                rows = self._preprocessed(rows, batch)
            return self.prepare(rows)
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, OutOfMemory) or not ran_out(error):
                raise
            raise OutOfMemory(
                f"{_span(batch)} do not fit into memory: {type(error).__name__}: {error}"
            ) from error

    def _preprocessed(self, rows: Any, batch: slice) -> Any:
        assert self.preprocess is not None
        try:
            return self.preprocess(rows)
        except Exception as error:
            raise _failed(error)(
                f"preprocess failed on {_span(batch)}: {type(error).__name__}: {error}"
            ) from error

    def _ask(self, X: Any, batch: slice) -> Raw:
        """Ask about one batch; a failure says which rows it was."""
        rows = self._input(X, batch)
        try:
            raw = self.answer(rows)
        except Refused:
            raise
        except Exception as error:
            raise _failed(error)(
                f"The teacher {self.name} failed on {_span(batch)}: {type(error).__name__}: {error}"
            ) from error
        n = batch.stop - batch.start
        if self.task == "regression":
            return _numbers.as_column(raw, n, name=self.name)
        return _outputs.as_matrix(raw, n, name=self.name, kind=self.kind)

    def _check_steady(self, X: Any, batch: slice) -> None:
        """Ask about a few rows of an answered batch twice, once in a teacher's life.

        One whose questions may cost more than time is asked so only if its owner says that it
        is not noisy.
        """
        if self._steady or self.noisy or (self.noisy is None and self.remote):
            return
        few = slice(batch.start, min(batch.stop, batch.start + ROWS))
        first, second = self._ask(X, few), self._ask(X, few)
        numbers = self.task == "regression"
        refuse_noise(first, second, few.start, name=self.name, kind=self.kind, numbers=numbers)
        self._steady = True

    def _read_numbers(self, raw: Raw, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Turn raw answers into numbers."""
        if self.task == "classification":
            raise Refusal(_other_task(self.name, self.task, "regression"))
        return _numbers.finite(raw, rows, name=self.name)

    def _read(self, raw: Raw, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Turn raw answers into logits, and remember what they were."""
        if self.task == "regression":
            raise Refusal(_other_task(self.name, self.task, "classification"))
        kind, logits = _outputs.to_logits(raw, rows, name=self.name, kind=self.kind)
        k = logits.shape[1]
        if self.n_classes not in (None, k):
            names = "" if self.classes is None else f" ({some(self.classes.tolist())})"
            raise Refusal(
                expected(
                    f"{self.name} to answer with {self.n_classes} classes{names}",
                    got=f"{k} columns",
                    remedy="Name one class per column, in the order of the columns, with "
                    "as_teacher(model, classes=[...]).",
                )
            )
        if raw.names is not None:
            self._take_names(raw.names)
        self.kind, self.n_classes = kind, k
        return logits

    def _take_names(self, names: tuple[object, ...]) -> None:
        """Take the column names of a data frame of answers as the classes."""
        if self.classes is None:
            if len(names) >= 2:
                self.classes = _outputs.names_as_classes(names)
            return
        known = self.classes.tolist()
        if set(names) == set(known) and list(names) != known:
            raise Refusal(
                expected(
                    f"the columns of {self.name}'s answer in the order of its classes "
                    f"({some(known, 20)})",
                    got=some(names, 20),
                    remedy=f"Pass classes={list(names)!r}, or leave classes= out.",
                )
            )


def _other_task(name: str, has: Task, wanted: Task) -> str:
    does = {"classification": "names classes", "regression": "gives numbers"}
    how = {"classification": "logits() and predict_proba()", "regression": "predictions()"}
    return expected(
        f"a teacher for {wanted}",
        got=f"{name}, which {does[has]}",
        remedy=f"Ask it by {how[has]}, and distil it with task={has!r}.",
    )


def _failed(error: Exception) -> type[RuntimeError]:
    return OutOfMemory if ran_out(error) else RuntimeError


def _span(batch: slice) -> str:
    last = batch.stop - 1
    return f"row {last}" if batch.start == last else f"rows {batch.start} to {last}"
