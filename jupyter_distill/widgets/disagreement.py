"""The rows where teacher and student part (or all rows), to sort, filter and choose from."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jupyter_distill._validation import check_choice
from jupyter_distill.audits.disagreements import Compared, compare, side_by_side
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import overview, state
from jupyter_distill.exports.answers import row_index
from jupyter_distill.exports.html import count
from jupyter_distill.exports.rows import SCOPES, RowIndex
from jupyter_distill.widgets._base import (
    DATA,
    INTENT,
    DistillWidget,
    bundle,
    check_distillation,
)
from jupyter_distill.widgets._choice import NodeChoice

PLAIN_ROWS = 10


class TablePart(NodeChoice):
    """The traits of a table: the browser asks for a window, the kernel sends only that."""

    # data: Python -> browser
    columns = t.List(
        t.Dict(),
        help="The columns, answers before measures before features: name, kind and title of each.",
    ).tag(**DATA)
    page = t.Dict(
        help="The window of rows that answers the query with the same ticket, and how many rows "
        "there are after the filters (total) and before them (all)."
    ).tag(**DATA)
    # intent: browser -> Python
    query = t.Dict(
        help="What is asked of the rows: scope, sort, filters and text, and the window from row "
        "start up to row stop."
    ).tag(**INTENT)

    index: RowIndex
    compared: Compared
    distillation: Distillation

    def _show_rows(self, d: Distillation) -> dict[str, Any]:
        """Take a distillation and return the traits that show its rows."""
        self.distillation, self.compared = d, compare(d)
        self.index = row_index(d, self.compared)
        self._follow(self.index.parents, self.index.leaves)
        return state.table(self.index, self.query)

    @t.validate("query")
    def _check_query(self, proposal: Any) -> Any:
        if hasattr(self, "index"):  # a query that cannot be answered is not kept
            state.window(self.index, proposal["value"], self.node)
        return proposal["value"]

    @t.observe("query", "node")
    def _answer(self, _change: object = None) -> None:
        self.page = state.window(self.index, self.query, self.node)

    def _found(self) -> Any:
        """Return positions of all rows that the query finds, in its order."""
        return self.index.select(self.query, self.node)

    @property
    def selection(self) -> Any:
        """The chosen row as a frame of the owner's type; None if there is none."""
        return None if self.row is None else self._beside([self.row])

    def _beside(self, rows: Any) -> Any:
        """Return some rows in the owner's frame type, with what the two say of them."""
        return side_by_side(self.distillation, self.compared, rows)

    def _carried(self) -> dict[str, Any]:
        return state.carried(self.index, self.query)


class DisagreementTable(TablePart, DistillWidget):
    """A table of rows with what teacher and student say, sorted and filtered in the kernel.

    Parameters
    ----------
    distillation : Distillation
        Whose rows.
    scope : {"disagreements", "all"}, default "disagreements"
        Rows where the two part, the surest teacher first (of a regression: the largest
        difference first); or all rows in their own order.
    **chosen
        View state to start with: ``row``, ``node``, ``query``; ``layout``.

    Attributes
    ----------
    row, leaf : int or None
        A chosen row, by its position in the owner's X, and the leaf that holds it.
    node : int or None
        Only rows that reach this node of the student are shown.
    query : dict
        What is asked of the rows: ``sort`` (``[name, descending]``), ``filters`` (each with
        ``column``, ``op`` and ``value``), ``text``, ``scope``.
    distillation : Distillation
        Whose rows.

    Examples
    --------
    >>> table = DisagreementTable(d)  # doctest: +SKIP
    >>> table.query = {"sort": ["income", True]}  # doctest: +SKIP
    >>> table.frame()  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    def __init__(
        self, distillation: Distillation, scope: str = "disagreements", **chosen: Any
    ) -> None:
        shown = self._show_rows(check_distillation(distillation))
        if check_choice("scope", scope, SCOPES) != SCOPES[0]:
            chosen["query"] = {"scope": scope, **chosen.get("query", {})}
        super().__init__(shown, **chosen)

    def frame(self) -> Any:
        """Return the rows that the query finds, in the owner's frame type."""
        return self._beside(self._found())

    def _picture(self) -> str:
        return overview.worst(self.index, PLAIN_ROWS)

    def _plain(self) -> str:
        apart, n = len(self.index.scopes["disagreements"]), self.index.table.n_rows
        head = f"{count(apart)} of {count(n)} rows where they part"
        if self.distillation.task == "regression":
            head = f"{count(n)} rows, the largest difference first"
        return f"{head}\n{self._beside(self._found()[:PLAIN_ROWS])}"

    def _title(self) -> str:
        return f"{self.distillation.teacher.name} against {self.distillation.title}"
