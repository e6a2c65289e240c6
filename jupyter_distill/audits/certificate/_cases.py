"""The rows whose decisions are to be certified: by position, by label, or new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._classes import as_python
from jupyter_distill._validation import Refusal, did_you_mean, expected, some
from jupyter_distill.audits._labels import labels_of
from jupyter_distill.data import Table, alike
from jupyter_distill.data._read import check_names
from jupyter_distill.distillation import Distillation

WHAT = (
    "a position, a label that is text, a label as index=, a dict of values, a frame, or a list of "
    "positions, of such labels or of dicts"
)


@dataclass(frozen=True, eq=False)
class Cases:
    """Rows of a distillation, or new ones.

    Attributes
    ----------
    table : Table
        The rows.
    places : ndarray of int or None
        Their positions among the rows of the distillation; None for new rows.
    labels : tuple
        What their owner calls them: labels of the index, or positions.
    single : bool
        Whether one row was asked about, rather than a list of them.
    unlike : str
        Why a teacher cannot be asked about new rows as they came; empty where it can.
    """

    table: Table
    places: NDArray[np.intp] | None
    labels: tuple[object, ...]
    single: bool
    unlike: str = ""

    def __len__(self) -> int:
        return self.table.n_rows


def cases(d: Distillation, row: Any, index: Any) -> Cases:
    """Read which rows are meant.

    Raises
    ------
    TypeError, ValueError
        If it is not one of the things that name a row, or columns differ.
    IndexError, KeyError
        If there is no such position or label.
    """
    if (row is None) == (index is None):
        got = "neither" if row is None else "both row= and index="
        raise TypeError(expected(f"one row: {WHAT}", got=got))
    if index is not None:
        return _labelled(d, index)
    if _whole(row):
        return _placed(d, np.array([_place(d, row)]), single=True)
    if isinstance(row, Mapping):
        return _new(d, _written(d, [row]), single=True)
    if isinstance(row, pd.Series) and not _counts(row):
        return _new(d, _written(d, [row.to_dict()]), single=True)
    if isinstance(row, str) and _texts(d):
        return _labelled(d, row)
    if isinstance(row, str | bytes | bool | float):
        remedy = f"A label of the index is named so: index={row!r}." if _has(d, row) else ""
        raise TypeError(expected(WHAT, got=f"{row!r} ({type(row).__name__})", remedy=remedy))
    if hasattr(row, "columns") or (isinstance(row, np.ndarray) and row.ndim == 2):
        return _framed(d, row)
    return _listed(d, row)


def _whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, (bool, np.bool_))


def _placed(d: Distillation, places: NDArray[np.intp], *, single: bool) -> Cases:
    labels = tuple(as_python(label) for label in labels_of(d.table, places))
    return Cases(d.table.take(places), places, labels, single)


def _place(d: Distillation, place: Any) -> int:
    n = d.table.n_rows
    if 0 <= place < n:
        return int(place)
    remedy = f"The label {place!r} of the index is index={place!r}." if _has(d, place) else ""
    raise IndexError(expected(f"a position from 0 to {n - 1}", got=repr(place), remedy=remedy))


def _has(d: Distillation, label: Any) -> bool:
    native = d.table.native
    return isinstance(native, pd.DataFrame) and bool(label in native.index)


def _texts(d: Distillation) -> bool:
    """Return whether rows are called by texts, which nobody takes for positions."""
    native = d.table.native
    return isinstance(native, pd.DataFrame) and native.index.inferred_type == "string"


def _labelled(d: Distillation, index: Any) -> Cases:
    native = d.table.native
    if not isinstance(native, pd.DataFrame):
        raise TypeError(
            expected(
                "index= with the labels of a pandas frame",
                got=f"{index!r}, and X is a {type(native).__name__}, which has none",
                remedy="Name a position: row=0 is the first.",
            )
        )
    several = isinstance(index, list | np.ndarray | pd.Index | pd.Series)
    labels = list(index) if several else [index]
    _refuse_none(labels)
    places = []
    for label in labels:
        try:
            at = np.flatnonzero(native.index.get_indexer_for(pd.Index([label])) >= 0)
            at = np.flatnonzero(native.index == label) if len(at) else at
        except TypeError as error:
            raise KeyError(f"There is no row {label!r}: {error}.") from error
        if not len(at):
            near = did_you_mean(label, [str(one) for one in native.index[:1000]])
            raise KeyError(f"There is no row called {label!r} in the index.{near}")
        if len(at) > 1:
            raise Refusal(
                expected(
                    f"one row called {label!r}",
                    got=f"{len(at)} of them, at positions {some(at.tolist())}",
                    remedy="Name the position: row=.",
                )
            )
        places.append(int(at[0]))
    return _placed(d, np.array(places), single=not several)


def _listed(d: Distillation, rows: Any) -> Cases:
    try:
        found = list(rows)
    except TypeError:
        raise TypeError(expected(WHAT, got=f"{rows!r} ({type(rows).__name__})")) from None
    _refuse_none(found)
    if all(isinstance(one, bool | np.bool_) for one in found):
        if len(found) != d.table.n_rows:
            what = f"a mask of {d.table.n_rows} rows"
            raise Refusal(expected(what, got=f"one of {len(found)}"))
        chosen = np.flatnonzero(np.asarray(found, dtype=bool))
        _refuse_none(chosen)
        return _placed(d, chosen, single=False)
    if all(isinstance(one, str) for one in found) and _texts(d):
        return _labelled(d, found)
    if all(_whole(one) for one in found):
        return _placed(d, np.array([_place(d, one) for one in found]), single=False)
    if all(isinstance(one, Mapping | pd.Series) for one in found):
        return _new(d, _written(d, [dict(one) for one in found]), single=False)
    first = type(found[0])
    odd = next((one for one in found if not isinstance(one, Integral | Mapping | pd.Series)), None)
    if odd is None:  # some of the one kind, some of the other
        odd = next(one for one in found if type(one) is not first)
    raise TypeError(
        expected(
            "a list of positions, or one of dicts of values",
            got=f"{odd!r} in it",
            remedy="Values without names are a frame or an array of two axes: X[[0]], "
            "or frame.iloc[[0]].",
        )
    )


def _framed(d: Distillation, frame: Any) -> Cases:
    single = len(frame) == 1
    return _new(d, frame, single=single)


def _new(d: Distillation, native: Any, *, single: bool) -> Cases:
    table = Table.of(native, columns=d.table.columns)
    labels = tuple(as_python(label) for label in labels_of(table, np.arange(table.n_rows)))
    try:
        return Cases(alike(table, d.table, "the rows"), None, labels, single)
    except TypeError as error:
        # the student reads them; what the owner's model would make of them is not ours to guess
        return Cases(table, None, labels, single, unlike=str(error))


def _written(d: Distillation, rows: Sequence[Mapping[Any, Any]]) -> Any:
    """Return dicts of values as rows of the kind that the distillation has."""
    _refuse_none(rows)
    wanted = d.table.columns
    cells: list[list[Any]] = []
    for row in rows:
        named = {str(name): value for name, value in row.items()}
        names = [column.name for column in wanted if column.name in named]
        check_names([*names, *(name for name in named if name not in names)], wanted)
        cells.append([named[column.name] for column in wanted])
    native = d.table.native
    if isinstance(native, np.ndarray):
        return np.array(
            [[np.nan if v is None else v for v in of] for of in cells], dtype=_kind(cells)
        )
    columns = [list(of) for of in zip(*cells, strict=True)]
    if isinstance(native, pd.DataFrame):
        return pd.DataFrame(dict(enumerate(columns))).set_axis(native.columns, axis=1)
    frame = nw.from_native(native, eager_only=True)
    data = dict(zip(d.table.names, columns, strict=True))
    return nw.from_dict(data, native_namespace=nw.get_native_namespace(frame)).to_native()


def _kind(cells: list[list[Any]]) -> Any:
    numbers = all(v is None or isinstance(v, int | float | np.number) for of in cells for v in of)
    flags = all(isinstance(v, bool | np.bool_) for of in cells for v in of)
    return bool if flags else float if numbers else object


def _counts(series: pd.Series[Any]) -> bool:
    """Tell a list of positions from the values of a row."""
    return series.dtype.kind in "iub" and isinstance(series.index, pd.RangeIndex)


def _refuse_none(rows: Any) -> None:
    if not len(rows):
        raise Refusal(expected("at least one row", got="none"))
