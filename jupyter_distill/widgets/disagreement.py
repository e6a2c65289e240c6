"""The rows where teacher and student part (or all rows), to sort, filter and choose from."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jupyter_distill._validation import check_choice, expected
from jupyter_distill.audits.disagreements import Compared, compare, side_by_side
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import overview, state
from jupyter_distill.exports.answers import row_index
from jupyter_distill.exports.counted import counted
from jupyter_distill.exports.html import count as written
from jupyter_distill.exports.region_state import found, unsought
from jupyter_distill.exports.rows import SCOPES, RowIndex
from jupyter_distill.widgets._base import (
    DATA,
    INTENT,
    VIEW,
    DistillWidget,
    Position,
    bundle,
    check_distillation,
    checking,
)
from jupyter_distill.widgets._choice import NodeChoice
from jupyter_distill.widgets._chosen import RowsChoice

PLAIN_ROWS = 10


class TablePart(NodeChoice, RowsChoice):
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
    pairs = t.List(
        t.Dict(),
        help="Which classes the two name where they part, and in how many rows, most first.",
    ).tag(**DATA)
    regions = t.Dict(
        help="Regions of disagreement: rule, rate with its 95 % interval (less is better) and "
        "measured rows of each; before anybody has sought them, whether a view may do so unasked."
    ).tag(**DATA)
    counts = t.Dict(
        help="What the column asked for by count holds, in the rows that all other filters let "
        "through: names with their numbers of rows, or the range and its parts."
    ).tag(**DATA)
    # view state: both ways
    region = Position(
        "The chosen region, by its number from 0: only rows in it are shown; None: no region."
    ).tag(**VIEW)
    # intent: browser -> Python
    query = t.Dict(
        help="What is asked of the rows: scope, sort, filters and text, and the window from row "
        "start up to row stop."
    ).tag(**INTENT)
    seek = t.Bool(help="Set to have regions sought; false again once they are there.").tag(**INTENT)
    count = t.Dict(
        help="The column to count, and a ticket that tells two questions for it apart."
    ).tag(**INTENT)
    span = t.List(
        t.Int(),
        help="A ticket, and the rows to choose of those that the query finds, from the first up "
        "to before the last.",
    ).tag(**INTENT)

    index: RowIndex
    compared: Compared
    distillation: Distillation

    def _show_rows(self, d: Distillation) -> dict[str, Any]:
        """Take a distillation and return the traits that show its rows."""
        self.distillation, self.compared, self.index = d, compare(d), row_index(d)
        self._follow(self.index.parents, self.index.leaves)
        shown = state.table(self.index, self.query)
        return {**shown, "regions": unsought(d), "region": None, "counts": {}}

    @t.validate("query")
    def _check_query(self, proposal: Any) -> Any:
        query = proposal["value"]
        if "ticket" not in query:
            # one that Python asks is newer than all that the browser has asked
            newest = max(self.query.get("ticket", 0), self.page.get("ticket", 0))
            query = {**query, "ticket": newest + 1}
        if hasattr(self, "index"):  # a query that cannot be answered is not kept
            with checking():
                state.window(self.index, query, self.node, self.region)
        return query

    @t.validate("region")
    def _check_region(self, proposal: Any) -> Any:
        region = proposal["value"]
        if region is None:
            return None
        known = len(self._sought()["found"])
        if 0 <= region < known:
            return region
        what = f"a region from 0 to {known - 1}" if known else "no region, as there is none"
        raise t.TraitError(expected(what, got=repr(region), remedy="See d.regions()."))

    def _sought(self) -> dict[str, Any]:
        """Return the regions, which are sought when they are first asked for."""
        if not self.regions.get("sought"):
            self.regions = found(self.distillation, self.index)
        return self.regions

    @t.observe("query", "node", "region")
    def _answer(self, _change: object = None) -> None:
        self.page = state.window(self.index, self.query, self.node, self.region)

    @t.observe("seek")
    def _seek(self, _change: object = None) -> None:
        if self.seek:
            try:
                self._sought()
            finally:
                self.seek = False

    @t.observe("count")
    def _count(self, _change: object = None) -> None:
        said = counted(
            self.index, str(self.count.get("column")), self.query, self.node, self.region
        )
        self.counts = {**said, "ticket": self.count.get("ticket", 0)}

    @t.observe("span")
    def _choose_span(self, _change: object = None) -> None:
        _, start, stop = self.span
        self.rows_chosen = self._found()[start:stop]

    def _found(self) -> Any:
        """Return positions of all rows that the query finds, in its order."""
        return self.index.select(self.query, self.node, self.region)

    @property
    def selection(self) -> Any:
        """The chosen rows as a frame of the owner's type and index; None if there are none."""
        return self._beside(self.rows_chosen) if self.rows_chosen else None

    def _beside(self, rows: Any) -> Any:
        """Return some rows in the owner's frame type, with what the two say of them."""
        words = [field.title for field in self.index.fields if field.kind == "leaf"]
        leaves = dict.fromkeys(words, self.index.leaves)
        return side_by_side(self.distillation, self.compared, rows, leaves)

    def _carried(self) -> dict[str, Any]:
        if self.regions.get("unasked"):
            self._sought()  # the page has no kernel to ask
        sought = bool(self.regions.get("sought"))
        # where there are too many rows for that, the page says nothing of regions
        shown = self.regions if sought else {}
        return {**state.carried(self.index, self.query, regions=sought), "regions": shown}


class DisagreementTable(TablePart, DistillWidget):
    """A table of rows with what teacher and student say, sorted and filtered in the kernel.

    Above it are the regions of disagreement: rules under which the two part more often. Rows are
    chosen by click (Ctrl for one more, Shift for all in between) or by Space and Shift with the
    arrows.

    Parameters
    ----------
    distillation : Distillation
        Whose rows.
    scope : {"disagreements", "all"}, default "disagreements"
        Rows where the two part, the surest teacher first (of a regression: the largest
        difference first); or all rows in their own order.
    **chosen
        View state to start with: ``row``, ``rows_chosen``, ``node``, ``region``, ``query``;
        ``layout``.

    Attributes
    ----------
    selection : data frame or None
        The chosen rows in the owner's own type, with their index.
    distillation : Distillation
        Whose rows.

    Notes
    -----
    Of a chosen node or region, see ``d.regions()``, only the rows in it are shown. A ``query`` has
    ``sort`` (``[name, descending]``), ``filters`` (each with ``column``, ``op`` and ``value``),
    ``text`` and ``scope``. A filter's ``op`` is ``"is"``, ``">="`` or ``"<="`` (a value; ``None``
    is what is missing), ``"contains"`` (a part of the text, or the first digits of a number) or
    ``"in"`` (a list of values). A row has to pass all of them.

    Its traits, which `observe` and `jslink` take:

    ===========  ===========  =========  ======================================================
    trait        type         direction  meaning
    ===========  ===========  =========  ======================================================
    columns      list         out        Name, kind and title of each column.
    page         dict         out        The window of rows that answers the query.
    pairs        list         out        Which classes the two name where they part, with rows.
    regions      dict         out        Regions of disagreement, once they were sought.
    counts       dict         out        What the column that was asked for holds.
    live         bool         out        Whether a kernel answers.
    error        str          out        Message of the last exception; empty: none.
    row          int or None  both       The row chosen last, a position in X; None: no row.
    rows_chosen  list         both       All chosen rows, a list of positions in X.
    node         int or None  both       The chosen node by its number; None: no node.
    leaf         int or None  both       The leaf that holds the row; None: no row.
    region       int or None  both       The chosen region by its number; None: no region.
    query        dict         in         Sort, filters, text and scope, and the window.
    seek         bool         in         Set to have the regions sought.
    count        dict         in         The column whose values are to be counted.
    span         list         in         Rows to choose, by their places in the query's order.
    ===========  ===========  =========  ======================================================

    Examples
    --------
    >>> table = DisagreementTable(d)  # doctest: +SKIP
    >>> table.query = {"sort": ["income", True]}  # doctest: +SKIP
    >>> table.region = 0  # doctest: +SKIP
    >>> table.frame(), table.selection  # doctest: +SKIP
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
        head = f"{written(apart)} of {written(n)} rows where they part"
        if self.distillation.task == "regression":
            head = f"{written(n)} rows, the largest difference first"
        return f"{head}\n{self._beside(self._found()[:PLAIN_ROWS])}"

    def _title(self) -> str:
        return f"{self.distillation.teacher.name} against {self.distillation.title}"
