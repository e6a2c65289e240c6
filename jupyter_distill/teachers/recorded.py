"""Answers recorded before: an audit without the model, of a frame or a Parquet or CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._classes import check_classes
from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.teachers._base import Teacher
from jupyter_distill.teachers._ids import check_same_order, ids_of, positions
from jupyter_distill.teachers._recorded import is_file, read
from jupyter_distill.teachers._rows import count_rows, take_rows


class RecordedTeacher(Teacher):
    """What a model said, looked up row by row; it is not there to be asked about other rows.

    Answers belong to rows by their ids: those of the column `id` (or of a pandas frame's own
    index) to those of the rows that are asked about, which have them as their index
    (``X.set_index("loan_id")``), as a column of what the teacher sees
    (``teacher_inputs=X[["loan_id"]]``), or are themselves a list of ids. Without ids the answers
    are those of the same rows in the same order.
    """

    answers_new_rows = False
    silence = "its answers are recorded, and there are none to rows that were not among them"

    def __init__(
        self,
        model: Any,
        *,
        id: Any = None,
        answers: Any = None,
        classes: NDArray[Any] | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        if options.get("preprocess") is not None:
            raise Refusal(
                expected(
                    "no preprocess= beside recorded answers",
                    got=f"preprocess={options['preprocess']!r}",
                    remedy="They are looked up, so that nothing sees the rows.",
                )
            )
        name = name or (Path(model).name if is_file(model) else "recorded answers")
        found = read(model, id, answers, classes, name)
        k = len(found.names)
        if k > 1 and options.get("task") == "regression":
            raise Refusal(
                expected(
                    f"one column of numbers in {name} for task='regression'",
                    got=f"{k} columns: {some(found.names)}",
                    remedy="Say which it is: answers='...'.",
                )
            )
        super().__init__(model, classes=classes, name=name, **options)
        self._found = found
        self._named = answers is not None or classes is not None
        if k > 1:
            self.task, self.n_classes = "classification", k
            if classes is None and found.names != tuple(range(k)):  # a frame without names
                self.classes = check_classes(found.names)

    @property
    def id(self) -> Any:
        """The name of the ids; None where they have none, or answers belong to rows by order."""
        return self._found.id

    def begin(self, X: Any) -> None:
        """Look whether every row of X has its answer, and one that is a number."""
        self._check(X, "X")

    def check_use(self, columns: Iterable[str], rows: Mapping[str, Any]) -> None:
        """Refuse rows without answers, and an id that the student would learn from."""
        columns = list(columns)
        if self.id is not None and self.id in columns:
            raise Refusal(
                expected(
                    f"X without {self.id!r}, which only ties the answers of {self.name} to rows "
                    "and is nothing for a student to learn from",
                    got=f"{self.id!r} among the columns",
                    remedy=f"With pandas: X.set_index({self.id!r}). Else leave it out of X, and "
                    f"give it to the teacher: teacher_inputs=X[[{self.id!r}]].",
                )
            )
        both = [] if self._named else [n for n in self._found.names if n in columns]
        if both:
            raise Refusal(
                expected(
                    f"{self.name} to hold answers only",
                    got=f"{some(both)}, which X has too",
                    remedy="Say which of its columns are answers: answers=[...].",
                )
            )
        if self._found.ids is None and len(rows) > 1:
            raise Refusal(
                expected(
                    f"answers with ids, for {some(rows)} to be told apart",
                    got=f"{self.name}, whose answers belong to the rows of one X by their order",
                    remedy="Record answers with an id column: as_teacher(answers, id='...').",
                )
            )
        for what, part in rows.items():
            self._check(part, what)

    def answer(self, rows: Any) -> Any:
        """Return the answers at some places."""
        return self._found.values[rows]

    def state(self) -> Any:
        """Return all answers with their ids."""
        found = self._found
        ids = None if found.ids is None else found.ids.to_numpy()
        return found.values, found.names, ids, self.classes

    def _input(self, X: Any, batch: slice) -> Any:
        """Return the places of the answers, which are to be looked up instead of the rows."""
        if self._found.ids is None:
            return np.arange(batch.start, batch.stop)
        ids = ids_of(take_rows(X, batch), self.id, self.name)
        return positions(ids, self._found.ids, self.name, "X")

    def _check(self, X: Any, what: str) -> None:
        n, known = count_rows(X), self._found.ids
        if known is None:
            places = np.arange(n)
            if len(self._found.values) != n:
                raise Refusal(
                    expected(
                        f"{n} recorded answers, one for each row of {what} in its order",
                        got=f"{len(self._found.values)} in {self.name}",
                        remedy="Name the column that ties answers to rows: "
                        "as_teacher(answers, id='...').",
                    )
                )
            check_same_order(X, what, self.name)
        else:
            places = positions(ids_of(X, self.id, self.name), known, self.name, what)
        values = self._found.values[places]
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if bad.size:
            at = places[bad]
            which = at.tolist() if known is None else known[at].tolist()
            raise Refusal(
                expected(
                    f"finite numbers as recorded answers for the rows of {what}",
                    got=f"missing, NaN or infinite ones in {self.name} for {bad.size} of {n} rows "
                    f"({'rows' if known is None else 'ids'} {some(which)})",
                    remedy="Leave these rows out.",
                )
            )


def accepts(model: Any) -> int:
    """Take frames, series, and paths of Parquet and CSV files."""
    if isinstance(model, str | Path):
        return 40 if is_file(model) else 0
    if isinstance(model, pd.DataFrame):  # narwhals refuses one that repeats a column
        return 40
    found = nw.from_native(model, allow_series=True, pass_through=True)
    return 40 if isinstance(found, nw.DataFrame | nw.LazyFrame | nw.Series) else 0


def build(model: Any, *, id: Any = None, answers: Any = None, **options: Any) -> Teacher:
    """Read the answers.

    Parameters
    ----------
    id : str, optional
        The column (or pandas index) whose values tie answers to rows; of a pandas frame with an
        index other than 0, 1, 2 ... that index, unless given.
    answers : str or list of str, optional
        The columns that are answers, in their order; all but `id` unless given, or those that
        `classes` names.
    """
    return RecordedTeacher(model, id=id, answers=answers, **options)
