"""The linked whole: student, temperature and disagreements of one distillation."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import grid as grids
from jupyter_distill.exports import overview, state
from jupyter_distill.exports.card import Card
from jupyter_distill.exports.wire import decode
from jupyter_distill.widgets._base import DATA, DistillWidget, bundle, check_distillation
from jupyter_distill.widgets.disagreement import TablePart
from jupyter_distill.widgets.temperature import TemperaturePart
from jupyter_distill.widgets.tree import TreePart


class DistillationView(TreePart, TablePart, TemperaturePart, DistillWidget):
    """Student, temperature and disagreements in one view, linked by what is chosen in it.

    A node chosen in the tree filters the table; a row chosen in the table lights its path in the
    tree and shows its soft targets; another temperature distils the student again.

    Parameters
    ----------
    distillation : Distillation
        What to show.
    **chosen
        View state to start with, e.g. ``node``, ``row``, ``temperature``; ``layout``.

    Attributes
    ----------
    distillation : Distillation
        The current one: after distilling again in the view, the new one.
    node, row, leaf, folded, temperature, query
        As in the views that it is made of.
    """

    _esm = bundle(__file__)

    # data: Python -> browser
    summary = t.Dict(
        help="Head of the view: who was distilled into what, and the share of held-out rows on "
        "which they agree, with its 95 % interval and that of its baselines; more is better."
    ).tag(**DATA)

    def __init__(self, distillation: Distillation, **chosen: Any) -> None:
        d = check_distillation(distillation)
        super().__init__({**self._show_temperature(d), **self._show_student(d)}, **chosen)

    def _show_student(self, d: Distillation) -> dict[str, Any]:
        """Take a distillation and return the traits that depend on its student."""
        rows = self._show_rows(d)
        tree = self._show_tree(d.explanation(), self.index.leaves, d.table)
        return {**rows, **tree, "summary": state.summary(d, self.card)}

    @property
    def card(self) -> Card:
        """How faithful the student is."""
        card: Card = self.distillation.fidelity()
        return card

    def _held(self, made: Any, rows: Any = None) -> dict[str, Any]:
        of = self._earnest
        return {**grids.held(of, made, rows), "head": grids.common(of, of.fidelity())}

    def _changed(self, d: Distillation) -> dict[str, Any]:
        return {**super()._changed(d), "summary": state.summary(d, d.fidelity())}

    def _while_moving(self, d: Distillation) -> dict[str, Any]:
        alike = grids.common(self._earnest, self._earnest.fidelity())["baselines"]
        shown = {**super()._while_moving(d), **self._show_rows(d)}
        shown |= self._show_tree(d.explanation(), self.index.leaves)
        shown["summary"] = state.brief(d, alike)
        # the columns stay; nodes of the old tree mean nothing in the new one
        shown.pop("columns")
        shown |= {"node": None, "folded": [], "depth": None}
        shown["leaf"] = None if self.row is None else int(self.index.leaves[self.row])
        return shown

    def _carried(self) -> dict[str, Any]:
        rows = super()._carried()
        return {**rows, **self._students_of_page(decode(rows["page"]["row_ids"]))}

    def _picture(self) -> str:
        return overview.overview(self.distillation, self.explanation, self.index, self.card)

    def _plain(self) -> str:
        d = self.distillation
        return "\n".join([d.headline, self.card.describe(), *d.remarks])

    def _title(self) -> str:
        return self.distillation.subject
