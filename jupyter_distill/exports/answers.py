"""Teacher and student side by side: the fields of the table view."""

from __future__ import annotations

import numpy as np

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
        Field(name, "class", name, codes, names) for name, codes in compared.answers(d).items()
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
