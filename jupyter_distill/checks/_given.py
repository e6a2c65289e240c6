"""What is given to be looked at or distilled: rows, truth and inputs that lie beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, with_article
from jupyter_distill.data import Table, alike
from jupyter_distill.targets.task import read_truth
from jupyter_distill.teachers import Teacher, count_rows, take_rows


@dataclass(frozen=True, eq=False)
class Given:
    """Rows as their owner gave them, each with its truth and what the teacher sees of it.

    Attributes
    ----------
    table : Table
        Rows of X.
    y, inputs : array_like or None
        Beside these.
    unseen : Table or None
        The test rows, with the columns of `table`.
    y_test, inputs_test : array_like or None
        Beside these.
    """

    table: Table
    y: Any
    inputs: Any
    unseen: Table | None
    y_test: Any
    inputs_test: Any

    @classmethod
    def read(cls, X: Any, y: Any, teacher_inputs: Any, test: tuple[Any, ...] | None) -> Given:
        """Read all of it, before anybody is asked.

        Raises
        ------
        TypeError, ValueError
            If something has other rows or columns than X, or stands in another order.
        """
        table = Table.of(X)
        X_test, y_test, inputs_test = read_test(test, y, teacher_inputs)
        check_beside("y", y, table)
        check_beside("teacher_inputs", teacher_inputs, table)
        unseen = None if X_test is None else Table.of(X_test, columns=table.columns)
        if unseen is not None:
            unseen = alike(unseen, table, "test rows") if inputs_test is None else unseen
            check_beside("y_test", y_test, unseen, "X_test")
            check_beside("teacher_inputs_test", inputs_test, unseen, "X_test")
        if unseen is not None and X_test is X:
            raise Refusal(
                expected(
                    "test rows that neither teacher nor student saw",
                    got="X itself",
                    remedy="Give rows that were kept apart, or leave test out.",
                )
            )
        return cls(table, y, teacher_inputs, unseen, y_test, inputs_test)

    def take(self, rows: NDArray[np.intp], test: NDArray[np.intp]) -> Given:
        """Return some rows, and some of the test rows, by position."""
        table, unseen = self.table, self.unseen
        if len(rows) < table.n_rows:
            kept = table.take(rows), _some(self.y, rows), _inputs(self.inputs, rows)
        else:
            kept = table, self.y, self.inputs
        if unseen is not None and len(test) < unseen.n_rows:
            others = unseen.take(test), _some(self.y_test, test), _inputs(self.inputs_test, test)
            return Given(*kept, *others)
        return Given(*kept, unseen, self.y_test, self.inputs_test)

    def truth(self, teacher: Teacher) -> tuple[Any, Any]:
        """Return y and that of the test rows, as numbers where the teacher gives numbers."""
        y, y_test = self.y, self.y_test
        if teacher.task == "regression" and y is not None:
            return read_truth(y), None if y_test is None else read_truth(y_test, "y_test")
        return y, y_test


def _some(y: Any, rows: NDArray[np.intp]) -> Any:
    return None if y is None else np.asarray(y)[rows]


def _inputs(inputs: Any, rows: NDArray[np.intp]) -> Any:
    return None if inputs is None else take_rows(inputs, rows)


def check_order(caller: str, X: Any, y: Any) -> None:
    """Refuse a model, rows and truth that were given in another order."""
    model = any(callable(getattr(one, "predict", None)) for one in (X, y))
    rows, truth = (tuple(getattr(one, "shape", ())) for one in (X, y))
    turned = len(rows) == 1 and len(truth) == 2 and truth[-1] > 1
    if model or turned:
        raise TypeError(
            expected(
                "a model, its rows X and their truth y, in that order",
                got=f"{with_article(type(X).__name__)} as X and {with_article(type(y).__name__)} "
                "as y",
                remedy=f"{caller}(model, X, y)",
            )
        )


def check_beside(name: str, values: Any, table: Table, like: str = "X") -> None:
    """Refuse values that do not lie row by row beside the table."""
    if values is None:
        return
    n = table.n_rows
    if isinstance(values, str) or not hasattr(values, "__len__"):
        remedy = ""
        if values in table.names:  # left in X, the truth would be what the student asks for
            remedy = (
                f"Give the values themselves, and {like} without them: {like}.drop(columns="
                f"{values!r}) and {like}[{values!r}]."
            )
        what = f"{name} to have {n} rows, like {like}"
        raise TypeError(expected(what, got=f"{values!r}, which has none", remedy=remedy))
    if (found := count_rows(values)) != n:
        raise Refusal(expected(f"{name} to have {n} rows, like {like}", got=f"{found} rows"))
    ours, theirs = getattr(table.native, "index", None), getattr(values, "index", None)
    if not isinstance(ours, pd.Index) or not isinstance(theirs, pd.Index) or ours.equals(theirs):
        return
    if ours.is_unique and theirs.is_unique and ours.sort_values().equals(theirs.sort_values()):
        raise Refusal(
            expected(
                f"{name} in the order of {like}",
                got="the same index in another order",
                remedy=f"Reorder it: {name}.loc[{like}.index].",
            )
        )


def both(y: Any, y_test: Any) -> Any:
    """Return the truth of the rows and that of the test rows, one after the other."""
    if y is None or y_test is None:
        return y
    return np.concatenate([np.asarray(y), np.asarray(y_test)])


def read_test(test: tuple[Any, ...] | None, y: Any, teacher_inputs: Any) -> tuple[Any, Any, Any]:
    """Take ``test`` apart, and refuse it where it is not given like the rows themselves."""
    if test is None:
        return None, None, None
    if not isinstance(test, tuple | list) or len(test) not in (2, 3):
        raise TypeError(
            expected(
                "test to be (X_test, y_test) or (X_test, y_test, teacher_inputs_test)",
                got=type(test).__name__
                + (f" of {len(test)}" if isinstance(test, tuple | list) else ""),
            )
        )
    X_test, y_test, inputs = (*test, None)[:3]
    for name, there, here in (("y_test", y_test, y), ("teacher_inputs", inputs, teacher_inputs)):
        if (there is None) != (here is None):
            where, missing = ("test", "rows") if here is None else ("rows", "test")
            raise Refusal(
                expected(
                    f"{name} for the test rows exactly if there is one for the others",
                    got=f"it for the {where} only",
                    remedy=f"Give it for the {missing} too.",
                )
            )
    return X_test, y_test, inputs
