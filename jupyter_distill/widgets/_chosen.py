"""Several rows that a person has chosen, beside the one that linked views follow."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import traitlets as t

from jupyter_distill._validation import expected
from jupyter_distill.widgets._base import VIEW
from jupyter_distill.widgets._choice import RowChoice

# A list of more would be slow to send, and nobody chooses as many by hand.
MOST_CHOSEN = 10_000


class Positions(t.List[Any]):
    """A trait for some rows: whole numbers of any library, each once, in their order."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Turn arrays, and numpy's and pandas' integers, into a list of plain ones."""
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            self.error(obj, value)
        numbers = list(value)
        if any(isinstance(one, bool) or not hasattr(one, "__index__") for one in numbers):
            self.error(obj, value)
        plain = list(dict.fromkeys(map(operator.index, numbers)))
        return super().validate(obj, plain)


class RowsChoice(RowChoice):
    """Chosen rows. The row that linked views follow is one of them, or there is none."""

    # view state: both ways
    rows_chosen = Positions(
        help="The chosen rows, by their positions in the owner's X, in the order they were "
        f"chosen: at most {MOST_CHOSEN:,}. `row` is one of them."
    ).tag(**VIEW)

    @t.validate("rows_chosen")
    def _check_rows_chosen(self, proposal: Any) -> Any:
        rows = proposal["value"]
        if len(rows) > MOST_CHOSEN:
            raise t.TraitError(
                expected(
                    f"at most {MOST_CHOSEN:,} chosen rows",
                    got=f"{len(rows):,}",
                    remedy="For more of them take frame(), all rows that the query finds.",
                )
            )
        for row in rows:
            if not 0 <= row < (self._n_rows or 0):
                what = f"rows from 0 to {(self._n_rows or 0) - 1}, positions in X"
                raise t.TraitError(expected(what, got=repr(row)))
        return rows

    @t.observe("row")
    def _choose_row(self, _change: object = None) -> None:
        if self.row is None:
            self.rows_chosen = []
        elif self.row not in self.rows_chosen:
            self.rows_chosen = [self.row]

    @t.observe("rows_chosen")
    def _follow_rows(self, _change: object = None) -> None:
        if self.row not in self.rows_chosen:
            self.row = self.rows_chosen[-1] if self.rows_chosen else None
