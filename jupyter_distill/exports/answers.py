"""Teacher and student side by side: the fields of the table view, and the rows as a frame."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jupyter_distill.audits.disagreements import Comparison
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.fields import Field, features
from jupyter_distill.exports.rows import RowIndex


def row_index(d: Distillation, compared: Comparison | None = None) -> RowIndex:
    """Return all rows of a distillation, ready to be sorted and filtered.

    The scope ``"disagreements"`` has its rows worst first, ``"all"`` in the owner's order.
    """
    compared = Comparison.of(d) if compared is None else compared
    names = tuple(str(c) for c in d.targets.classes)
    fields = [
        Field(name, "class", name, codes, names) for name, codes in _answers(d, compared).items()
    ]
    fields += [
        Field("margin", "measure", "margin", compared.margin),
        Field("kl", "measure", "KL", compared.kl),
    ]
    fields += features(d.table, taken=[field.name for field in fields])
    everything = np.arange(d.table.n_rows)
    return RowIndex(
        d.table,
        fields,
        scopes={"disagreements": compared.worst_first(everything), "all": everything},
        leaves=d.student.apply(d.table),
        parents=d.student.nodes_.parent,
    )


def native_frame(d: Distillation, compared: Comparison, rows: ArrayLike) -> Any:
    """Return some rows in the owner's frame type, the answers of both models before them."""
    rows = np.asarray(rows, dtype=np.intp)  # positions, whatever they came as
    classes = d.targets.classes
    columns: dict[str, Any] = {
        name: classes[codes[rows]] for name, codes in _answers(d, compared).items()
    }
    columns |= {"margin": compared.margin[rows], "kl": compared.kl[rows]}
    # the owner's columns keep their names
    columns = {n + " (model)" * (n in d.table.names): v for n, v in columns.items()}
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


def _answers(d: Distillation, compared: Comparison) -> dict[str, NDArray[np.intp]]:
    """Return the codes of the classes that teacher, student and, if known, the truth name."""
    answers = {"teacher": compared.teacher, "student": compared.student}
    if d.targets.labels is not None:
        answers["truth"] = d.targets.labels
    return answers
