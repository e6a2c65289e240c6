"""The student as a tree to read, fold and walk through."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jupyter_distill._validation import expected
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import RuleExplanation, TreeExplanation
from jupyter_distill.exports import outline, overview, payload
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.widgets._base import DATA, VIEW, DistillWidget, bundle, needs
from jupyter_distill.widgets._choice import NodeChoice


class TreePart(NodeChoice):
    """The traits of a tree, and what Python says of them."""

    # data: Python -> browser
    tree = t.Dict(
        help="The student: children, condition, rows, agreement (share of rows, more is better) "
        "and both class mixes of every node, arrays in wire format."
    ).tag(**DATA)
    # view state: both ways
    folded = t.List(
        t.Int(), help="Numbers of the nodes whose children are hidden, in no order."
    ).tag(**VIEW)

    explanation: TreeExplanation

    @t.validate("folded")
    def _check_folded(self, proposal: Any) -> Any:
        nodes = proposal["value"]
        for node in nodes:
            if not 0 <= node < len(self._parents):
                what = f"folded to hold nodes from 0 to {len(self._parents) - 1}"
                raise t.TraitError(expected(what, got=repr(node)))
        return nodes

    def _show_tree(self, explanation: TreeExplanation, leaves: Any) -> dict[str, Any]:
        """Take an explanation and return the traits that show it."""
        self.explanation = explanation
        self._follow(explanation.parent, leaves)
        return {"tree": payload.tree(explanation)}

    @property
    def rule(self) -> str:
        """The rule of the chosen node in the owner's words; of the root: all rows."""
        return self.explanation.rule(self.node or 0)

    def frame(self) -> Any:
        """Return one row per node: rule, support, agreement and both class mixes."""
        return self.explanation.frame()


class TreeView(TreePart, DistillWidget):
    """A tree whose nodes show what teacher and student say there.

    Parameters
    ----------
    model : Distillation, tree student or TreeExplanation
        What to show. Rows can be chosen only on a Distillation.
    **chosen
        View state to start with: ``node``, ``row``, ``folded``; ``layout``.

    Attributes
    ----------
    node : int or None
        The chosen node.
    row, leaf : int or None
        A chosen row, by its position in the owner's X, and the leaf that holds it.
    folded : list of int
        Nodes whose children are hidden.

    Examples
    --------
    >>> view = TreeView(d)  # doctest: +SKIP
    >>> view.node = 5  # doctest: +SKIP
    >>> view.rule, view.rows  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    def __init__(
        self,
        model: Distillation | TreeStudent | TreeRegressionStudent | TreeExplanation,
        **chosen: Any,
    ) -> None:
        explanation, leaves = _explained(model)
        super().__init__(self._show_tree(explanation, leaves), **chosen)

    def _picture(self) -> str:
        return overview.tree(self.explanation)

    def _plain(self) -> str:
        return outline.plain(self.explanation)

    def _title(self) -> str:
        return f"A decision tree of {self.explanation.n_leaves} leaves"


def _explained(model: Any) -> tuple[TreeExplanation, Any]:
    if isinstance(model, Distillation):
        explanation, student = model.explanation(), model.student
        if not isinstance(explanation, TreeExplanation):
            raise needs("a tree", student, remedy=_elsewhere(explanation))
        return explanation, student.apply(model.table)
    if isinstance(model, TreeStudent | TreeRegressionStudent):
        explanation = model.explain()
        if not isinstance(explanation, TreeExplanation):
            raise needs("a tree", model, remedy=_elsewhere(explanation))
        return explanation, None
    if isinstance(model, TreeExplanation):
        return model, None
    what = "a Distillation, a TreeStudent or a TreeExplanation"
    if type(model).__module__.startswith("sklearn.tree"):
        raise needs(
            what,
            model,
            remedy="Distil it: TreeView(jd.distill(model, X)), or fit a TreeStudent to the labels.",
        )
    raise needs(what, model, remedy="Distil it first: TreeView(jd.distill(model, X)).")


def _elsewhere(explanation: object) -> str:
    """Return which view shows a student that is no tree."""
    rules = isinstance(explanation, RuleExplanation)
    return "Show it by RulesView." if rules else "Show it whole: d.view()."
