"""An assistant that has learnt: what it says, and what it sees of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some
from jupyter_distill.data import Table

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """An assistant that has learnt, and can teach.

    Attributes
    ----------
    name : str
        In words, as fitted.
    model : Student or estimator
        Fitted.
    answers : callable
        From a Table to logits, or numbers.
    note : str
        What it could not be taught; empty where it was taught all.
    temperature : float or None
        T of the soft targets that it learnt; None if it learnt numbers, or names.
    """

    name: str
    model: Any
    answers: Callable[[Table], Floats]
    note: str = ""
    temperature: float | None = None

    def output(self, table: Table) -> Floats:
        """Return finite logits of shape (n, K), or numbers of shape (n,).

        Raises
        ------
        RuntimeError
            If the model fails on these rows, or says what is not finite.
        """
        try:
            said = np.asarray(self.answers(table), dtype=np.float64)
        except Exception as error:
            raise RuntimeError(
                expected(
                    f"the assistant {self.name} to answer {table.n_rows} rows",
                    got=f"{type(error).__name__}: {error}",
                    remedy=remedy(table),
                )
            ) from error
        bad = ~np.isfinite(said.reshape(len(said), -1)).all(1)
        if bad.any():
            raise RuntimeError(
                expected(
                    f"finite answers of the assistant {self.name}",
                    got=f"NaN or infinity in {int(bad.sum())} rows "
                    f"({some(np.flatnonzero(bad).tolist())})",
                    remedy="Regularise it more strongly, or take another one.",
                )
            )
        return said


def shown(table: Table) -> Any:
    """Return what an estimator sees: the owner's frame, or an array, of numbers where it can be."""
    native = table.native
    if type(native).__module__.partition(".")[0] == "pyarrow":  # scikit-learn does not read it
        return native.to_pandas()
    if isinstance(native, np.ndarray) and _plain(table):
        return table.values
    return native


def _plain(table: Table) -> bool:
    return all(c.kind == "numeric" for c in table.columns) and not np.isnan(table.values).any()


def remedy(table: Table) -> str:
    """Return what can be done where a model does not take the rows of a table."""
    words = [c.name for c in table.columns if c.kind == "category"]
    gaps = [c.name for c, v in zip(table.columns, table.values.T, strict=True) if np.isnan(v).any()]
    found = []
    if words:
        found.append(f"categories in {some(words)}")
    if gaps:
        found.append(f"missing values in {some(gaps)}")
    if not found:
        return "Fit it once by itself to find out why, or name a family: assistant='net'."
    return (
        f"There are {' and '.join(found)}: give a pipeline that encodes them, e.g. "
        "make_pipeline(make_column_transformer(...), model), or name a family: assistant='net'."
    )
