"""Teacher and student side by side: the fields of the table view."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.disagreements import Compared, Comparison, Difference, compare
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.fields import Field, Measured, features
from jupyter_distill.exports.row_labels import labels
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.exports.rule_lines import flat
from jupyter_distill.students.rules import RulesRegressionStudent, RulesStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

# Orders and masks that one view of a distillation has made serve the next one too.
_KNOWN: WeakKeyDictionary[Distillation, RowIndex] = WeakKeyDictionary()


def row_index(d: Distillation) -> RowIndex:
    """Return all rows of a distillation, ready to be sorted and filtered.

    The scope ``"disagreements"`` has its rows worst first, ``"all"`` in the owner's order. A
    student of another family than trees and rules has one leaf for all of them; the leaf of a rule
    is its number, counted from 1.
    """
    if d not in _KNOWN:
        _KNOWN[d] = _made(d)
    return _KNOWN[d]


def _made(d: Distillation) -> RowIndex:
    compared = compare(d)
    word, leaves, parents = _leaves(d)
    fields = _answers(d, compared)
    if word:
        fields.append(Field("leaf", "leaf", word, leaves))
    fields += features(d.table, taken=[field.name for field in fields])
    fields = [*labels(d.table, taken={field.name for field in fields}), *fields]
    everything = np.arange(d.table.n_rows)
    return RowIndex(
        d.table,
        fields,
        scopes={"disagreements": compared.worst_first(everything), "all": everything},
        leaves=leaves,
        parents=parents,
    )


def _leaves(d: Distillation) -> tuple[str, NDArray[Any], NDArray[Any]]:
    """Return what a leaf of the student is called, that of each row, and the parent of each."""
    student = d.student
    if isinstance(student, RulesStudent | RulesRegressionStudent):
        word, leaves = "rule", student.decide(d.table) + 1
        parents = flat(len(d.explanation()))
    elif isinstance(student, TreeStudent | TreeRegressionStudent):
        word, leaves, parents = "leaf", student.apply(d.table), student.nodes_.parent
    else:
        return "", np.zeros(d.table.n_rows, dtype=np.intp), np.array([-1])
    # few numbers sort by radix
    return word, leaves.astype(np.int16 if len(parents) < 2**15 else np.int32), parents


def _answers(d: Distillation, compared: Compared) -> list[Field]:
    """Return the answers of both models, and by how much they part."""
    answers = compared.answers(d)
    if isinstance(compared, Difference):
        fields = [Field(name, "numeric", name, values) for name, values in answers.items()]
        return [*fields, Field("difference", "measure", "difference", compared.difference)]
    assert isinstance(compared, Comparison)
    names = tuple(str(c) for c in d.targets.classes)
    return [
        *(Field(name, "class", name, codes, names) for name, codes in answers.items()),
        Measured("margin", "margin", lambda: compared.margin, compared.margin_of),
        Measured("kl", "KL", lambda: compared.kl, compared.kl_of),
    ]
