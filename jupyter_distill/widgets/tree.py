"""The student as a tree to read, fold, search and walk through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import traitlets as t
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import RuleExplanation, TreeExplanation
from jupyter_distill.exports import folding, html, outline, overview, payload, row_path
from jupyter_distill.exports.standalone import write_svg
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.widgets._base import (
    DATA,
    VIEW,
    DistillWidget,
    bundle,
    needs,
    number_of,
    one_of,
)
from jupyter_distill.widgets._choice import NodeChoice

COLOURS = ("student", "teacher", "agreement")


class TreePart(NodeChoice):
    """The traits of a tree, and what Python says of them."""

    # data: Python -> browser
    tree = t.Dict(
        help="The student: children, condition, rows, agreement (share of rows, more is better) "
        "and both class mixes of every node, arrays in wire format."
    ).tag(**DATA)
    path = t.Dict(
        help="The way of the chosen row: each node, what the row has there and how far that is "
        "from the threshold, and which is narrowest in standard deviations; empty without a row."
    ).tag(**DATA)
    # view state: both ways
    folded = t.List(
        t.Int(), help="Numbers of the nodes whose children are hidden, in no order."
    ).tag(**VIEW)
    depth = t.Any(
        None,
        help="How many levels of conditions show; None: nodes are folded one by one, or not at "
        "all. To set it folds the tree there.",
    ).tag(**VIEW)
    colour = t.Unicode(
        COLOURS[0],
        help="What colours the nodes: student or teacher (what each says there) or agreement "
        "(of a regression the error).",
    ).tag(**VIEW)
    search = t.Unicode(
        "", help="A column, or a part of its name, whose nodes are ringed; empty: none."
    ).tag(**VIEW)

    explanation: TreeExplanation
    _asked_of: Table | None = None
    _spreads: NDArray[np.float64] | None = None

    @t.validate("folded")
    def _check_folded(self, proposal: Any) -> Any:
        nodes = proposal["value"]
        for node in nodes:
            if not 0 <= node < len(self._parents):
                what = f"folded to hold nodes from 0 to {len(self._parents) - 1}"
                raise t.TraitError(expected(what, got=repr(node)))
        return nodes

    @t.validate("depth")
    def _check_depth(self, proposal: Any) -> Any:
        if proposal["value"] is None:
            return None
        # deeper than the tree is all of it
        return min(int(number_of(proposal, low=0, integer=True)), self._deepest)

    @t.validate("colour")
    def _check_colour(self, proposal: Any) -> Any:
        return one_of(proposal, COLOURS)

    @property
    def _deepest(self) -> int:
        return int(self.explanation.depth.max())

    @t.observe("depth")
    def _fold(self, change: Any) -> None:
        before, depth = change["old"], change["new"]
        looks = folding.depth_of(self.explanation, self.folded)
        if depth is not None:
            # nodes that were folded by hand may come to this depth: below them all stays as it is
            if depth != looks:
                self.folded = folding.to_depth(self.explanation, depth)
        elif before is not None and looks == before:
            self.folded = []  # no limit any more; a fold that was made by hand stays

    @t.observe("folded")
    def _measure(self, _change: object = None) -> None:
        if self.folded or self.depth is not None:
            self.depth = folding.depth_of(self.explanation, self.folded)

    @t.observe("row")
    def _follow_row(self, _change: object = None) -> None:
        self.path = self._path()

    def _show_tree(
        self,
        explanation: TreeExplanation,
        leaves: Any,
        table: Table | None = None,
        notes: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Take an explanation, its rows if any, and return the traits that show it."""
        self.explanation = explanation
        self._asked_of, self._spreads = table, None
        self._follow(explanation.parent, leaves)
        shown = payload.tree(explanation, self._n_rows, notes)
        return {"tree": shown, "path": self._path()}

    def _path(self) -> dict[str, Any]:
        found = self._steps()
        return {} if found is None else row_path.state(int(self.row), found)

    def _steps(self) -> list[row_path.Step] | None:
        if self.row is None or self._asked_of is None or self._leaves is None:
            return None
        if self._spreads is None:
            self._spreads = row_path.spreads(self._asked_of)
        places = [self._asked_of.position(column.name) for column in self.explanation.columns]
        leaf = int(self._leaves[self.row])
        return row_path.steps(
            self.explanation, self._asked_of, places, self._spreads, self.row, leaf
        )

    @property
    def rule(self) -> str:
        """The rule of the chosen node in full and in the owner's words; of the root: all rows."""
        return self.explanation.rule(self.node or 0, in_full=True)

    def margins(self) -> pd.DataFrame:
        """Return the way of the chosen row, one row per condition that it passed.

        Returns
        -------
        DataFrame
            ``node`` that the condition leads to, ``column``, ``condition``, ``value``;
            ``threshold`` and ``margin`` in the unit of the column, ``spreads`` the margin in its
            standard deviations over all rows: NaN where no number was asked about.
        """
        found = self._steps()
        if found is None:
            remedy = f"Choose one: view.row = 17. Rows are those of {type(self).__name__}(d)."
            raise ValueError(expected("a chosen row", got="none", remedy=remedy))
        return row_path.frame(found)

    def frame(self) -> Any:
        """Return one row per node: rule, support, agreement and both class mixes."""
        return self.explanation.frame()


class TreeView(TreePart, DistillWidget):
    """A tree whose nodes show what teacher and student say there.

    Parameters
    ----------
    model : Distillation, tree student, TreeExplanation, or a fitted tree of scikit-learn
        What to show. Of scikit-learn a DecisionTreeClassifier or DecisionTreeRegressor, an extra
        tree, or a pipeline that ends in one: there the labels that it was fitted to, as the tree
        itself holds them, stand in the place of a teacher.
    X : data frame or array of shape (n, d), optional
        For a tree of scikit-learn: rows to choose from, as the model takes them. They also tell
        which nodes meet missing values; without them rules do not say where those go.
    feature_names, class_names : sequence of str, optional
        For a tree of scikit-learn: names of what it reads, and of ``classes_``, in their order.
        A tree inside a forest holds neither: columns are named by X, where it has as many.
    **chosen
        View state to start with: ``node``, ``row``, ``folded``, ``depth``, ``colour``,
        ``search``; ``layout``.

    Attributes
    ----------
    explanation : TreeExplanation
        What is shown, as data.
    rule : str
        The rule of the chosen node.
    rows : ndarray of int or None
        The rows in the chosen node.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    =======  ===========  =========  =========================================================
    trait    type         direction  meaning
    =======  ===========  =========  =========================================================
    tree     dict         out        The tree, its arrays in wire format.
    path     dict         out        What the chosen row was asked, and each threshold's margin.
    live     bool         out        Whether a kernel answers.
    error    str          out        What went wrong last; empty if nothing did.
    node     int or None  both       The chosen node by its number (the root is 0).
    row      int or None  both       The chosen row, a position in the owner's X.
    leaf     int or None  both       The leaf that holds the chosen row.
    folded   list of int  both       Nodes whose children are hidden.
    depth    int or None  both       Levels of conditions that show; None: no common limit.
    colour   str          both       "student", "teacher" or "agreement": what colours a node.
    search   str          both       A column, or part of its name, whose nodes are ringed.
    =======  ===========  =========  =========================================================

    Directions: out is from Python to the browser, both is shared.

    Examples
    --------
    >>> view = TreeView(d, depth=3, colour="agreement")  # doctest: +SKIP
    >>> view.node = 5  # doctest: +SKIP
    >>> view.rule, view.rows  # doctest: +SKIP
    >>> view.row = 17  # doctest: +SKIP
    >>> view.margins()  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    def __init__(
        self,
        model: Any,
        X: Any = None,
        *,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[str] | None = None,
        **chosen: Any,
    ) -> None:
        given = {"X": X, "feature_names": feature_names, "class_names": class_names}
        shown = _explained(model, {k: v for k, v in given.items() if v is not None})
        self._notes = tuple(shown.notes)
        super().__init__(self._show_tree(*shown), **chosen)

    def to_svg(self, path: str | Path) -> Path:
        """Write the tree as one SVG file: an outline of all nodes, as many as can be read.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        """
        return write_svg(path, overview.tree(self.explanation))

    def _picture(self) -> str:
        return html.notes(self._notes) + overview.tree(self.explanation)

    def _plain(self) -> str:
        return "\n".join([*self._notes, outline.plain(self.explanation)])

    def _title(self) -> str:
        return f"A decision tree of {self.explanation.n_leaves} leaves"


class _Shown(NamedTuple):
    """What is shown, its rows if there are any with the leaf of each, and what to know of it."""

    explanation: TreeExplanation
    leaves: Any = None
    table: Table | None = None
    notes: Sequence[str] = ()


def _explained(model: Any, given: dict[str, Any]) -> _Shown:
    module = type(model).__module__
    if module.startswith(("sklearn.tree", "sklearn.pipeline")) or _is_tree(model):
        from jupyter_distill.explanation.fitted_tree import fitted_tree

        read = fitted_tree(model, **given)
        return _Shown(read.explanation, read.leaves, read.table, read.notes)
    if given:
        what = f"a tree of scikit-learn, as {' and '.join(given)} is given"
        raise needs(what, model, remedy="A distillation has rows and names of its own.")
    if isinstance(model, Distillation):
        explanation, student = model.explanation(), model.student
        if not isinstance(explanation, TreeExplanation):
            raise needs("a tree", student, remedy=_elsewhere(explanation))
        return _Shown(explanation, student.apply(model.table), model.table)
    if isinstance(model, TreeStudent | TreeRegressionStudent):
        explanation = model.explain()
        if not isinstance(explanation, TreeExplanation):
            raise needs("a tree", model, remedy=_elsewhere(explanation))
        return _Shown(explanation)
    if isinstance(model, TreeExplanation):
        return _Shown(model)
    what = "a Distillation, a TreeStudent, a TreeExplanation or a decision tree of scikit-learn"
    if hasattr(model, "best_estimator_"):
        raise needs(what, model, remedy="Show the best one: TreeView(model.best_estimator_).")
    if hasattr(model, "estimators_"):
        raise needs(
            what,
            model,
            remedy="Distil it into one tree: TreeView(jd.distill(model, X)); or show one of its "
            "trees from model.estimators_.",
        )
    raise needs(what, model, remedy="Distil it first: TreeView(jd.distill(model, X)).")


def _is_tree(model: Any) -> bool:
    """Return whether somebody else's class is a kind of scikit-learn's trees."""
    return any(of.__module__.startswith("sklearn.tree.") for of in type(model).__mro__)


def _elsewhere(explanation: object) -> str:
    """Return which view shows a student that is no tree."""
    rules = isinstance(explanation, RuleExplanation)
    return "Show it by RulesView." if rules else "Show it whole: d.view()."
