"""Which columns a student reads, and which of them together."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from jupyter_distill.students._base import Student
from jupyter_distill.students._ebm import EbmBase
from jupyter_distill.students._linear import LinearBase
from jupyter_distill.students._net import NetBase
from jupyter_distill.students._tree import TreeBase

Columns = frozenset[int]


@singledispatch
def used_together(student: Student) -> list[Columns] | None:
    """Return the sets of columns that act together; None if the family does not show them.

    The paths of a tree, the terms of a sum, the units of a net. What is in none is not used.
    """
    return None


def used_columns(student: Student) -> list[int] | None:
    """Return the places of the columns that a student reads, in order; None if it does not show."""
    together = used_together(student)
    return None if together is None else sorted(frozenset[int]().union(*together))


@used_together.register
def _(student: TreeBase) -> list[Columns]:
    nodes = student.nodes_
    on_path: list[Columns] = [frozenset()]
    for node in range(1, len(nodes)):  # children come after their parents
        parent = int(nodes.parent[node])
        on_path.append(on_path[parent] | {int(nodes.feature[parent])})
    return [on_path[leaf] for leaf in nodes.leaves]


@used_together.register
def _(student: LinearBase) -> list[Columns]:
    return [frozenset([j]) for j in student._used]


@used_together.register
def _(student: EbmBase) -> list[Columns]:
    # a term whose scores are all 0 adds nothing
    return [frozenset(term.features) for term in student.terms_ if np.any(term.scores)]


@used_together.register
def _(student: NetBase) -> list[Columns]:
    net, groups = student.net_, student.design_.groups
    alone = [frozenset([int(j)]) for j in groups[(net.skip != 0).any(1)]]
    units = [frozenset(groups[unit != 0].tolist()) for unit in net.first.T]
    return alone + units
