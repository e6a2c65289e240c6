"""Teacher and student side by side: the fields of the table view."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from jupyter_distill.audits.disagreements import Compared, Difference, compare
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import RuleExplanation, TreeExplanation
from jupyter_distill.exports.fields import Field, features
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.exports.rule_lines import flat


def row_index(d: Distillation, compared: Compared | None = None) -> RowIndex:
    """Return all rows of a distillation, ready to be sorted and filtered.

    The scope ``"disagreements"`` has its rows worst first, ``"all"`` in the owner's order. A
    student of another family than trees and rules has one leaf for all of them; the leaf of a rule
    is its number, counted from 1.
    """
    compared = compare(d) if compared is None else compared
    fields = _answers(d, compared)
    fields += features(d.table, taken=[field.name for field in fields])
    everything = np.arange(d.table.n_rows)
    leaves, parents = np.zeros(d.table.n_rows, dtype=np.intp), np.array([-1])
    explanation, student = d.explanation(), cast("Any", d.student)
    if isinstance(explanation, RuleExplanation):
        leaves, parents = student.decide(d.table) + 1, flat(len(explanation))
    if isinstance(explanation, TreeExplanation):
        leaves, parents = student.apply(d.table), explanation.parent
    return RowIndex(
        d.table,
        fields,
        scopes={"disagreements": compared.worst_first(everything), "all": everything},
        leaves=leaves,
        parents=parents,
    )


def _answers(d: Distillation, compared: Compared) -> list[Field]:
    """Return the answers of both models, and by how much they part."""
    answers = compared.answers(d)
    if isinstance(compared, Difference):
        fields = [Field(name, "numeric", name, values) for name, values in answers.items()]
        return [*fields, Field("difference", "measure", "difference", compared.difference)]
    names = tuple(str(c) for c in d.targets.classes)
    return [
        *(Field(name, "class", name, codes, names) for name, codes in answers.items()),
        Field("margin", "measure", "margin", compared.margin),
        Field("kl", "measure", "KL", compared.kl),
    ]
