"""Rows beside those of the owner's y: read, checked, and put to the teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some
from jupyter_distill.data import Table, alike
from jupyter_distill.distillation._work import Work
from jupyter_distill.targets import Predictions, SoftTargets, Targets
from jupyter_distill.targets.asking import Asking
from jupyter_distill.teachers import Teacher, count_rows, take_rows


@dataclass(frozen=True, eq=False)
class Unlabelled:
    """Real rows without labels.

    Attributes
    ----------
    table : Table
        What the student sees of them.
    inputs : rows or None
        What the teacher sees of them; the same unless given.
    notes : tuple of str
        What was left out of them.
    """

    table: Table
    inputs: Any
    notes: tuple[str, ...] = ()

    def take(self, rows: NDArray[np.intp], note: str) -> Unlabelled:
        """Return these rows, with a note of why not all."""
        inputs = None if self.inputs is None else take_rows(self.inputs, rows)
        return Unlabelled(self.table.take(rows), inputs, (*self.notes, note))


def read_unlabelled(given: Any, table: Table, inputs_given: bool) -> Unlabelled | None:
    """Read rows without labels, before anybody is asked.

    Parameters
    ----------
    given : rows, or tuple of rows and what the teacher sees of them
        As the person gave them.
    table : Table
        The other rows.
    inputs_given : bool
        Whether the teacher sees something else of those.

    Raises
    ------
    TypeError, ValueError
        If they have other columns, or each of them a category that no other row has.
    """
    if given is None:
        return None
    inputs = None
    if isinstance(given, tuple):
        if len(given) != 2:
            raise TypeError(
                expected(
                    "unlabelled to be rows, or (rows, teacher_inputs)",
                    got=f"a tuple of {len(given)}",
                )
            )
        given, inputs = given
    if (inputs is None) == inputs_given:
        raise ValueError(
            expected(
                "teacher_inputs for the unlabelled rows exactly if there are some for the others",
                got="them for the others only" if inputs_given else "them for the unlabelled only",
                remedy="Give unlabelled=(rows, teacher_inputs)." if inputs_given else "",
            )
        )
    try:
        more = Table.of(given, columns=table.columns)
        more = alike(more, table, "unlabelled rows") if inputs is None else more
    except (TypeError, ValueError) as error:
        raise type(error)(f"The unlabelled rows are unlike X. {error}") from error
    if inputs is not None and (found := count_rows(inputs)) != more.n_rows:
        what = f"teacher_inputs for the {more.n_rows} unlabelled rows"
        raise ValueError(expected(what, got=f"{found} of them"))
    return _named(Unlabelled(more, inputs))


def _named(more: Unlabelled) -> Unlabelled:
    """Leave out rows with a category that X lacks: the teacher may never have seen it."""
    strange = np.zeros(more.table.n_rows, dtype=bool)
    said = []
    for j, column in enumerate(more.table.columns):
        rows = np.flatnonzero((more.table.values[:, j] < 0) & (column.kind == "category"))
        if rows.size:
            values = dict.fromkeys(str(more.table.cell(int(row), j)) for row in rows)
            said.append(f"{some(values)} of {column.name!r} in {len(rows)}")
            strange[rows] = True
    if not said:
        return more
    if strange.all():
        raise ValueError(
            expected(
                "unlabelled rows with categories that X has",
                got=f"in every row one that it lacks: {'; '.join(said)}",
                remedy="The teacher may never have seen these: leave those rows out.",
            )
        )
    n = int(strange.sum())
    have, were = ("row has", "was") if n == 1 else ("rows have", "were")
    note = f"{n} unlabelled {have} a category that X lacks ({'; '.join(said)}) and {were} left out."
    return more.take(np.flatnonzero(~strange), note)


def apart_from(more: Unlabelled, known: Table, work: Work) -> Unlabelled | None:
    """Leave out rows that X holds: what is learnt from them could not be measured there.

    That holds of held-out rows and of those that settings are chosen on; the others are learnt
    from as it is.
    """
    work.notes.extend(more.notes)
    shown = {row.tobytes() for row in known.values + 0.0}
    fresh = np.array([row.tobytes() not in shown for row in more.table.values + 0.0], dtype=bool)
    if fresh.all():
        return more
    rows = np.flatnonzero(fresh)
    left = f"{len(fresh) - len(rows)} unlabelled rows are in X too, and were left out."
    work.notes.append(left if len(rows) else f"All {left}")
    if not len(rows):
        return None
    return more.take(rows, left)


class Answering:
    """Puts more rows to a teacher that has answered others.

    Parameters
    ----------
    teacher : Teacher
        Who is asked.
    targets : SoftTargets or Predictions
        What it said of the owner's rows.
    asking : Asking
        How it is asked.
    work : Work
        Shows how far it is.
    """

    def __init__(self, teacher: Teacher, targets: Targets, asking: Asking, work: Work) -> None:
        self.teacher, self.targets, self.asking = teacher, targets, asking
        self.work = work

    def __call__(self, table: Table, inputs: Any = None) -> Any:
        """Return what the teacher says of all rows of a table, without truth.

        Raises
        ------
        KeyboardInterrupt
            If the person stops it.
        """
        X = table.native if inputs is None else inputs
        query = self.asking.query(self.teacher, X)
        with self.work.bar("asking the teacher", table.n_rows, "rows", query.n_done) as bar:
            for rows in query:
                bar.update(len(rows))
        if isinstance(self.targets, Predictions):
            return Predictions(query.predictions())
        return SoftTargets(query.logits(), self.targets.classes)

    def unlabelled(self, more: Unlabelled | None, known: Table) -> tuple[Table, Any] | None:
        """Return rows without labels and what the teacher says of them, if there are any."""
        more = None if more is None else apart_from(more, known, self.work)
        if more is None:
            return None
        try:
            return more.table, self(more.table, more.inputs)
        except KeyboardInterrupt:
            self.work.interrupted("the unlabelled rows were left out.")
            return None
