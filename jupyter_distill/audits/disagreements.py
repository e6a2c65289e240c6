"""The rows where teacher and student part: other classes, or numbers far from each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._validation import Refusal, brief, check_choice, expected, some
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import KL


@dataclass(frozen=True, eq=False)
class Comparison:
    """Teacher and student side by side, for all rows of a distillation.

    Attributes
    ----------
    teacher, student : ndarray of int, shape (n,)
        Codes of the classes that they name.
    margin : ndarray of float, shape (n,)
        By how much the teacher prefers its class to the student's, as a probability; 0 where
        they agree.
    kl : ndarray of float, shape (n,)
        KL(teacher || student) at T = 1, in nats.
    """

    teacher: NDArray[np.intp]
    student: NDArray[np.intp]
    margin: NDArray[np.float64]
    kl: NDArray[np.float64]

    @classmethod
    def of(cls, d: Distillation) -> Comparison:
        """Compare over all rows."""
        logits = d.student.output(d.table)
        teacher, student = d.targets.predicted, logits.argmax(1)
        p, rows = d.targets.at(1.0), np.arange(d.targets.n_rows)
        kl = KL.per_row(logits, d.targets)
        return cls(teacher, student, p[rows, teacher] - p[rows, student], kl)

    @cached_property
    def apart(self) -> NDArray[np.bool_]:
        """Whether the two name different classes."""
        return np.asarray(self.teacher != self.student)

    def answers(self, d: Distillation) -> dict[str, NDArray[Any]]:
        """Return the codes of the classes that teacher, student and, if known, the truth name.

        A truth that is not known is -1.
        """
        named = {"teacher": self.teacher, "student": self.student}
        return named if d.targets.labels is None else {**named, "truth": d.targets.labels}

    def columns(self, d: Distillation) -> dict[str, NDArray[Any]]:
        """Return what stands before the owner's columns, for all rows."""
        classes = d.targets.classes
        names = {name: classes[codes] for name, codes in self.answers(d).items()}
        known = d.targets.known
        if known is not None and not known.all():
            names["truth"] = np.where(known, names["truth"].astype(object), None)
        return {**names, "margin": self.margin, "kl": self.kl}

    def worst_first(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of `rows` where the models part, the surest teacher first."""
        apart = rows[self.apart[rows]]
        return apart[np.lexsort((-self.kl[apart], -self.margin[apart]))]


@dataclass(frozen=True, eq=False)
class Difference:
    """Teacher and student of a regression side by side, for all rows.

    Attributes
    ----------
    teacher, student : ndarray of float, shape (n,)
        The numbers that they give.
    difference : ndarray of float, shape (n,)
        By how much the student says more than its teacher.
    """

    teacher: NDArray[np.float64]
    student: NDArray[np.float64]
    difference: NDArray[np.float64]

    @classmethod
    def of(cls, d: Distillation) -> Difference:
        """Compare over all rows."""
        teacher, student = d.targets.values, d.student.output(d.table)
        return cls(teacher, student, student - teacher)

    def answers(self, d: Distillation) -> dict[str, NDArray[Any]]:
        """Return the numbers of teacher, student and, if known, the truth."""
        said = {"teacher": self.teacher, "student": self.student}
        return said if d.targets.truth is None else {**said, "truth": d.targets.truth}

    def columns(self, d: Distillation) -> dict[str, NDArray[Any]]:
        """Return what stands before the owner's columns, for all rows."""
        return {**self.answers(d), "difference": self.difference}

    def worst_first(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return `rows`, those with the largest difference first."""
        return rows[np.argsort(-np.abs(self.difference[rows]), kind="stable")]


Compared = Comparison | Difference


def compare(d: Distillation) -> Compared:
    """Compare teacher and student over all rows."""
    return Difference.of(d) if d.task == "regression" else Comparison.of(d)


def disagreements(d: Distillation, rows: str = "held_out", region: Any = None) -> Any:
    """Return the rows where the models part, worst first, in the owner's own frame type.

    Parameters
    ----------
    d : Distillation
        What to look at.
    rows : {"held_out", "all"}
        Which rows.
    region : int, str or Region, optional
        Only those in a region: one of ``d.regions(rows=rows)`` by its number or rule, or any other.

    Returns
    -------
    data frame
        ``teacher``, ``student``, ``truth`` (if known), ``margin`` and ``kl`` before the owner's
        columns; of a regression, where numbers hardly ever agree to the last digit, all rows with
        ``difference`` (student less teacher), the largest first. Pandas frames keep their index,
        arrays come as a pandas frame. A name that the owner uses already gets ``" (model)"``
        behind it.
    """
    check_choice("rows", rows, ("held_out", "all"))
    looked_at = d.rows.held_out if rows == "held_out" else np.arange(d.table.n_rows)
    if region is not None:
        looked_at = np.intersect1d(looked_at, _positions(d, region, rows))
    compared = compare(d)
    worst = compared.worst_first(looked_at)
    return side_by_side(d, compared, worst)


def _positions(d: Distillation, region: Any, rows: str) -> NDArray[np.intp]:
    """Return the rows of a region, given itself, its number or its rule."""
    if isinstance(region, str):
        region = d.regions(rows=rows).called(region)
    elif isinstance(region, int | np.integer) and not isinstance(region, bool):
        region = d.regions(rows=rows)[int(region)]
    found = getattr(region, "positions", None)
    if found is None:
        raise TypeError(
            expected(
                "region to be a region, its number or its rule",
                got=f"{brief(region)} ({type(region).__name__})",
                remedy="See d.regions().",
            )
        )
    if getattr(region, "of_rows", None) != d.table.n_rows:
        raise Refusal(
            expected(
                f"a region of this distillation, of {d.table.n_rows:,} rows",
                got=f"one of {region.of_rows:,} rows",
                remedy="See d.regions().",
            )
        )
    columns = [limit.column for limit in getattr(region, "limits", ())]
    strange = [one.name for one in columns if one not in d.table.columns]
    if strange:
        raise Refusal(
            expected(
                f"a region of this distillation, whose columns are {some(d.table.names, 10)}",
                got=f"one of other columns: {some(strange)}",
                remedy="See d.regions().",
            )
        )
    return np.asarray(found, dtype=np.intp)


def side_by_side(d: Distillation, compared: Compared, rows: ArrayLike) -> Any:
    """Return some rows in the owner's frame type, the answers of both models before them."""
    rows = np.asarray(rows, dtype=np.intp)
    taken = set(d.table.names)  # the owner's columns keep their names
    columns = {_free(name, taken): v[rows] for name, v in compared.columns(d).items()}
    native = d.table.native_rows(rows)
    if isinstance(native, np.ndarray):
        native = pd.DataFrame(native, columns=list(d.table.names), index=rows)
    if isinstance(native, pd.DataFrame):
        return pd.concat([pd.DataFrame(columns, index=native.index), native], axis=1)
    frame = nw.from_native(native, eager_only=True)
    made = [
        nw.new_series(name, values.tolist(), backend=frame.implementation)
        for name, values in columns.items()
    ]
    return frame.select(*made, nw.all()).to_native()


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += " (model)"
    return name
