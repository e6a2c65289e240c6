"""The check, after a fit, that a student keeps its constraints; whatever it was told before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.constraints import Constraints, MonotoneDemand
from jupyter_distill.data import Table
from jupyter_distill.students._base import Student
from jupyter_distill.students._constraints_report import ConstraintsReport, Verdict
from jupyter_distill.students._prove import prove
from jupyter_distill.students._used import used_together

Floats = NDArray[np.float64]

ROWS, VALUES = 500, 30  # of the grid that stands in where there is no proof
FEW = "the rows hold fewer than 2 values of it"
CLOSE = 1e-9  # changes of an answer that are rounding


def verify(student: Student, constraints: Constraints, table: Table) -> ConstraintsReport:
    """Say for each constraint whether a fitted student keeps it.

    Directions are proven from the structure where the family allows it. Elsewhere rows of the
    table are moved, all else equal, through observed values of the column: that can show that a
    direction is broken, but not that it holds for every row.

    Parameters
    ----------
    student : Student
        A fitted student of any family, fitted with these constraints or without.
    constraints : Constraints
        What to look for.
    table : Table
        Rows for the grid, and the columns' names.
    """
    labels = getattr(student, "classes_", None)
    classes = None if labels is None else list(np.asarray(labels).tolist())
    table = Table.of(table, columns=student.columns_)
    demands = constraints.check(table, classes)
    together = used_together(student)
    used = None if together is None else frozenset[int]().union(*together)
    verdicts = [_direction(student, d, table, classes, used) for d in demands]
    verdicts += [_column(student, name, table, used, False) for name in constraints.forbid]
    verdicts += [_column(student, name, table, used, True) for name in constraints.require]
    if constraints.max_features is not None:
        verdicts.append(_budget(constraints.max_features, student, table, used))
    if constraints.interactions is False:
        verdicts.append(_apart(together, table))
    return ConstraintsReport(tuple(verdicts))


def _direction(
    student: Student,
    demand: MonotoneDemand,
    table: Table,
    classes: list[Any] | None,
    used: frozenset[int] | None,
) -> Verdict:
    name = table.columns[demand.feature].name
    of = "the prediction" if classes is None else f"P({classes[demand.of_class or 0]})"
    what = f"{of} {'rises' if demand.sign > 0 else 'falls'} with {name}"
    if used is not None and demand.feature not in used:
        return Verdict(what, "proven: the column has no part in it", "not used")
    proof = prove(student, demand.feature, demand.sign, demand.of_class)
    if proof is None:
        return _grid(student, demand, table, what, of)
    verdict = "violated" if proof.violations else "met"
    method = f"proven: {proof.method}"
    return Verdict(what, method, verdict, proof.violations, proof.worst, proof.example)


def _moved(student: Student, table: Table, feature: int) -> tuple[Table, Floats, Floats] | None:
    """Return some rows, values of a column in order, and the output for each; shape (v, n, ...)."""
    known = table.values[:, feature]
    known = np.unique(known[known >= 0] if table.columns[feature].kind != "numeric" else known)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return None
    values = known[np.unique(np.linspace(0, len(known) - 1, VALUES).astype(int))]
    rows = np.unique(np.linspace(0, table.n_rows - 1, ROWS).astype(np.intp))
    some = table.take(rows)
    said = []
    for value in values:
        changed = some.values.copy()
        changed[:, feature] = value
        said.append(student._output(Table(some.columns, changed, some.native)))
    return some, values, np.array(said)


def _grid(student: Student, demand: MonotoneDemand, table: Table, what: str, of: str) -> Verdict:
    moved = _moved(student, table, demand.feature)
    if moved is None:
        return Verdict(what, FEW, "unknown")
    some, values, said = moved
    if demand.of_class is not None:
        said = softmax(said.reshape(-1, said.shape[-1])).reshape(said.shape)[..., demand.of_class]
    signed = demand.sign * said
    # against the best before it, so that a slow decline counts in full
    before = np.maximum.accumulate(signed, axis=0)
    fall = before - signed
    method = _grid_of(some, values)
    size = 1.0 if demand.of_class is not None else max(1.0, float(np.abs(said).max()))
    wrong = int((fall > CLOSE * size).sum())
    if not wrong:
        return Verdict(what, method, "met")
    at, row = np.unravel_index(fall.argmax(), fall.shape)
    start = int(signed[: at + 1, row].argmax())
    column = some.columns[demand.feature]
    example = (
        f"{column.name} from {column.text(values[start])} to {column.text(values[at])} takes "
        f"{of} from {said[start, row]:.4g} to {said[at, row]:.4g}, all else as in "
        f"{_row(some, int(row), demand.feature)}"
    )
    return Verdict(what, method, "violated", wrong, float(fall.max()), example)


def _row(table: Table, row: int, but: int) -> str:
    """Write a few values of a row."""
    others = [j for j in range(table.n_columns) if j != but]
    said = [f"{table.columns[j].name}={table.cell(row, j)}" for j in others[:6]]
    return ", ".join(said + (["..."] if len(others) > 6 else []))


def _column(
    student: Student, name: str, table: Table, used: frozenset[int] | None, wanted: bool
) -> Verdict:
    what = f"{name} is {'used' if wanted else 'not used'}"
    method = "proven: the columns that it reads"
    feature = table.position(name)
    is_used: bool | None = used is not None and feature in used
    if used is None:
        is_used, method = _felt(student, table, feature)
    if is_used is None:
        return Verdict(what, method, "unknown")
    if is_used == wanted:
        return Verdict(what, method, "met")
    return Verdict(what, method, "violated", 1, example="" if wanted else f"it reads {name}")


def _felt(student: Student, table: Table, feature: int) -> tuple[bool | None, str]:
    """Return whether a move through the values of a column is felt, and how it was tried."""
    moved = _moved(student, table, feature)
    if moved is None:
        return None, FEW
    some, values, said = moved
    return bool(np.ptp(said, axis=0).max() > CLOSE), _grid_of(some, values)


def _grid_of(some: Table, values: Floats) -> str:
    return f"grid of {len(some)} rows x {len(values)} values: not proven"


def _budget(most: int, student: Student, table: Table, used: frozenset[int] | None) -> Verdict:
    method = "proven: the columns that it reads"
    if used is None:
        felt = [_felt(student, table, j)[0] for j in range(table.n_columns)]
        used = frozenset(j for j, is_felt in enumerate(felt) if is_felt)
        method = "grid of rows and values of every column: not proven"
    what = f"at most {most} {'column' if most == 1 else 'columns'}"
    if len(used) <= most:
        return Verdict(what, method, "met")
    names = ", ".join(table.columns[j].name for j in sorted(used))
    return Verdict(what, method, "violated", len(used) - most, 0.0, f"it reads {names}")


def _apart(together: list[frozenset[int]] | None, table: Table) -> Verdict:
    what = "no two columns act together"
    if together is None:
        return Verdict(what, "this family does not show which do", "unknown")
    joint = sorted({tuple(sorted(of)) for of in together if len(of) > 1})
    method = "proven: the columns that act together"
    if not joint:
        return Verdict(what, method, "met")
    names = " and ".join(table.columns[j].name for j in joint[0])
    return Verdict(what, method, "violated", len(joint), example=names)
