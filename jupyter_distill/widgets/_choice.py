"""The row and the node that a person has chosen: shared by the views that are linked."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.exports.rows import under
from jupyter_distill.widgets._base import VIEW, Position

Ints = NDArray[Any]


class RowChoice(t.HasTraits):
    """A chosen row."""

    # view state: both ways
    row = Position("The chosen row, by its position in the owner's X; None: no row.").tag(**VIEW)

    _n_rows: int | None = None  # None: the view has no rows to choose from

    @t.validate("row")
    def _check_row(self, proposal: Any) -> Any:
        row = proposal["value"]
        if row is None or (self._n_rows is not None and 0 <= row < self._n_rows):
            return row
        if self._n_rows is None:
            raise t.TraitError(
                expected(
                    "no row, as this view was built without rows",
                    got=repr(row),
                    remedy=f"Build it on a Distillation: {type(self).__name__}(d).",
                )
            )
        raise t.TraitError(
            expected(f"a row from 0 to {self._n_rows - 1}, a position in X", got=repr(row))
        )


class NodeChoice(RowChoice):
    """A chosen node of the student, and the leaf that holds the chosen row."""

    # view state: both ways
    node = Position(
        "The chosen node of the student, by its number (the root is 0); None: no node."
    ).tag(**VIEW)
    leaf = Position(
        "The leaf of the student that holds the chosen row, by its number; None: no row."
    ).tag(**VIEW)

    _leaves: Ints | None = None  # leaf of every row
    _parents: Ints = np.array([-1])  # parent of every node

    def _follow(self, parents: Ints, leaves: Ints | None) -> None:
        """Take the structure of a tree, and which leaf holds each row."""
        self._parents, self._leaves = parents, leaves
        self._n_rows = None if leaves is None else len(leaves)

    @t.validate("node", "leaf")
    def _check_node(self, proposal: Any) -> Any:
        node = proposal["value"]
        if node is None or 0 <= node < len(self._parents):
            return node
        raise t.TraitError(
            expected(f"{proposal['trait'].name} from 0 to {len(self._parents) - 1}", got=repr(node))
        )

    @t.observe("row")
    def _find_leaf(self, _change: object = None) -> None:
        known = self.row is not None and self._leaves is not None
        self.leaf = int(self._leaves[self.row]) if known else None  # type: ignore[index]

    @property
    def rows(self) -> NDArray[np.intp] | None:
        """Positions in the owner's X of the rows in the chosen node; None without rows."""
        if self._leaves is None:
            return None
        return np.flatnonzero(under(self._parents, self.node or 0)[self._leaves])
