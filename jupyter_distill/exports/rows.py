"""The rows of a table in any order and under any filter, fast enough for a million of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, check_choice, did_you_mean, expected, some
from jupyter_distill.data import Table
from jupyter_distill.exports.fields import MISSING, Field, Mask, cells, fold, printed_as
from jupyter_distill.exports.query import check_keys, filters_of, sort_of
from jupyter_distill.exports.row_labels import Labels

Ints = NDArray[np.int32]

OPS = ("contains", "is", "in", ">=", "<=")
SCOPES = ("disagreements", "all")
# Orders are kept: a person who sorts looks back and forth. Each is 4 bytes a row.
KEPT_ORDERS = 12
# Rows of the whole table that are searched at once: they stay in the processor's cache.
BLOCK = 16_384


class RowIndex:
    """Sorts and filters rows, and hands out one window of them.

    Parameters
    ----------
    table : Table
        The owner's rows.
    fields : sequence of Field
        Columns to show.
    scopes : mapping of str to ndarray of int
        Rows of each scope in the order they have when nobody sorts.
    leaves : ndarray of int, shape (n,)
        Leaf of the student that holds each row.
    parents : ndarray of int, shape (m,)
        Parent of each node of the student.

    Attributes
    ----------
    regions : list of ndarray of bool, shape (n,)
        Which rows are in each region of disagreement, once these have been sought.
    """

    def __init__(
        self,
        table: Table,
        fields: Sequence[Field],
        *,
        scopes: Mapping[str, NDArray[Any]],
        leaves: NDArray[Any],
        parents: NDArray[Any],
    ) -> None:
        self.table = table
        self.fields = tuple(fields)
        self.scopes = {name: rows.astype(np.int32) for name, rows in scopes.items()}
        self.leaves = leaves
        self.parents = parents
        self.regions: list[Mask] = []
        self._place = {field.name: field for field in self.fields}
        self._orders: OrderedDict[tuple[str, str, bool], Ints] = OrderedDict()
        self._last: tuple[object, Ints] | None = None

    def select(
        self, query: Mapping[str, Any], node: int | None = None, region: int | None = None
    ) -> Ints:
        """Return the rows that a query asks for, in its order.

        Parameters
        ----------
        query : mapping
            ``scope``, ``sort`` ([name, descending] or None), ``filters`` (each with ``column``,
            ``op`` and ``value``) and ``text``; each may be left out.
        node : int, optional
            Only rows that reach this node of the student.
        region : int, optional
            Only rows in this one of :attr:`regions`.
        """
        check_keys(query)
        asked = repr((query.get("scope"), query.get("sort"), query.get("filters")))
        key = (asked, query.get("text"), node, region)
        if self._last is not None and self._last[0] == key:
            return self._last[1]  # scrolling asks for another window of the same rows
        rows = self._order(query)
        mask = self._mask(query, node, region)
        found = rows if mask is None else rows[mask[rows]]
        self._last = (key, found)
        return found

    def cells(self, rows: NDArray[Any]) -> list[list[Any]]:
        """Return the values of some rows, column by column, as JSON holds them exactly."""
        return [cells(self.table, field, rows) for field in self.fields]

    def field(self, name: object) -> Field:
        """Return a column, or say which there are."""
        if isinstance(name, str) and name in self._place:
            return self._place[name]
        raise Refusal(
            expected(f"a column, one of {some(self._place, 12)}", got=repr(name))
            + did_you_mean(name, self._place)
        )

    def _order(self, query: Mapping[str, Any]) -> Ints:
        scope = check_choice("scope", query.get("scope") or "disagreements", SCOPES)
        rows = self.scopes[scope]
        sort = sort_of(query)
        if sort is None:
            return rows
        name, descending = sort
        key = (scope, str(name), descending)
        if key not in self._orders:
            by = self.field(name).key(descending)
            # ties stay in the owner's order
            rows = np.sort(rows)
            self._orders[key] = rows[ordering(by[rows])]
            if len(self._orders) > KEPT_ORDERS:
                self._orders.popitem(last=False)
        self._orders.move_to_end(key)
        return self._orders[key]

    def _mask(self, query: Mapping[str, Any], node: int | None, region: int | None) -> Mask | None:
        masks = []
        if region is not None:
            masks.append(self.regions[region])
        if node is not None:
            masks.append(under(self.parents, node)[self.leaves])
        for one in filters_of(query):
            op = check_choice("op", one.get("op"), OPS)
            field = self.field(one.get("column"))
            if one.get("value") != "":  # an empty filter field filters nothing
                masks.append(field.matches(op, one.get("value")))
        text = str(query.get("text") or "").strip()
        if text:
            masks.append(self._search(text))
        return np.logical_and.reduce(masks) if masks else None

    def _search(self, text: str) -> Mask:
        """Return the rows in which any name holds the text, or any number is printed so.

        What is missing is found by that name, as it is shown.
        """
        wanted = fold(text)
        found = np.zeros(self.table.n_rows, dtype=bool)
        for field in self.fields:
            if field.coded:
                found |= field.named(lambda name: wanted in fold(name))
            elif isinstance(field, Labels):
                found |= field.matches("contains", text)
        span = printed_as(text)
        if span is not None or wanted in MISSING:
            self._search_numbers(span, found)
        return found

    def _search_numbers(self, span: tuple[float, float] | None, found: Mask) -> None:
        """Add the rows with any number in the span; without one those with none at all."""
        numeric = np.array([c.kind == "numeric" for c in self.table.columns])
        if not numeric.any():
            return
        for start in range(0, self.table.n_rows, BLOCK):
            block = self.table.values[start : start + BLOCK]
            if span is None:
                hits = np.isnan(block)
            else:
                hits = block >= span[0]
                hits &= block <= span[1]
            # a product is the quickest way to ask for any of a few columns
            found[start : start + BLOCK] |= hits @ numeric


def under(parents: NDArray[Any], node: int) -> Mask:
    """Return which nodes are `node` or below it; parents come before children."""
    inside = np.zeros(len(parents), dtype=bool)
    inside[node] = True
    for child in range(node + 1, len(parents)):
        inside[child] = inside[parents[child]]
    return inside


def ordering(key: NDArray[Any]) -> NDArray[np.intp]:
    """Return the stable order of a column, NaN last: ``np.argsort`` at half its time.

    Numbers are sorted by the digits of their bit pattern, 16 bits at a time, which numpy does by
    radix; digits that all numbers share cost nothing, so whole numbers are quicker still.
    """
    if key.dtype.kind != "f":
        return np.argsort(key, kind="stable")
    # one zero and one NaN: both come with either sign
    bits = np.where(np.isnan(key), np.nan, key + 0.0).view(np.uint64)
    sign = np.uint64(1 << 63)
    bits = np.where(bits & sign != 0, ~bits, bits | sign)  # as unsigned numbers they now sort
    order = np.arange(len(key))
    for shift in (0, 16, 32, 48):
        digit = (bits >> np.uint64(shift)).astype(np.uint16)
        if len(digit) and (digit != digit[0]).any():
            order = order[np.argsort(digit[order], kind="stable")]
    return order
