"""The rows where teacher and student part: other classes, or numbers far from each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._validation import Refusal, brief, check_choice, expected, some
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import KL, SoftTargets

# Rows that are compared at once: what is made on the way stays in the processor's cache.
BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class Comparison:
    """Teacher and student side by side, for all rows of a distillation.

    How far they are apart is measured when it is asked for: a table of a million rows opens on
    those where they part.

    Attributes
    ----------
    teacher, student : ndarray of int, shape (n,)
        Codes of the classes that they name.
    targets : SoftTargets
        What the teacher says in full.
    logits : ndarray of shape (n, K)
        What the student says in full.
    """

    teacher: NDArray[np.intp]
    student: NDArray[np.intp]
    targets: SoftTargets
    logits: NDArray[np.float64]

    @classmethod
    def of(cls, d: Distillation) -> Comparison:
        """Compare over all rows."""
        logits = d.student.output(d.table)
        return cls(d.targets.predicted, logits.argmax(1), d.targets, logits)

    @cached_property
    def margin(self) -> NDArray[np.float64]:
        """By how much the teacher prefers its class to the student's, shape (n,).

        As a probability; 0 where they agree.
        """
        return self._in_blocks(self.margin_of)

    @cached_property
    def kl(self) -> NDArray[np.float64]:
        """KL(teacher || student) at T = 1, in nats, shape (n,)."""
        return self._in_blocks(self.kl_of)

    def margin_of(self, rows: NDArray[np.intp] | slice) -> NDArray[np.float64]:
        """Return the margin of some rows."""
        if not len(self.teacher[rows]):
            return np.zeros(0)
        p = self.targets.take(rows).at(1.0)
        each = np.arange(len(p))
        return np.asarray(p[each, self.teacher[rows]] - p[each, self.student[rows]])

    def kl_of(self, rows: NDArray[np.intp] | slice) -> NDArray[np.float64]:
        """Return the divergence of some rows."""
        if not len(self.teacher[rows]):
            return np.zeros(0)
        return KL.per_row(self.logits[rows], self.targets.take(rows))

    def _in_blocks(self, measure: Callable[[slice], NDArray[np.float64]]) -> NDArray[np.float64]:
        n = len(self.teacher)
        starts = range(0, n, BLOCK)
        return np.concatenate([measure(slice(at, min(at + BLOCK, n))) for at in starts])

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
        return apart[np.lexsort((-self.kl_of(apart), -self.margin_of(apart)))]


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


# Views, audits and reports of one distillation ask again and again; it never changes.
_KNOWN: WeakKeyDictionary[Distillation, Compared] = WeakKeyDictionary()


def compare(d: Distillation) -> Compared:
    """Compare teacher and student over all rows."""
    if d not in _KNOWN:
        _KNOWN[d] = Difference.of(d) if d.task == "regression" else Comparison.of(d)
    return _KNOWN[d]


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


def side_by_side(
    d: Distillation,
    compared: Compared,
    rows: ArrayLike,
    also: Mapping[str, NDArray[Any]] | None = None,
) -> Any:
    """Return some rows in the owner's frame type, the answers of both models before them.

    `also` are further columns behind the answers, for all rows.
    """
    rows = np.asarray(rows, dtype=np.intp)
    taken = set(d.table.names)  # the owner's columns keep their names
    beside = {**compared.columns(d), **(also or {})}
    columns = {_free(name, taken): v[rows] for name, v in beside.items()}
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
