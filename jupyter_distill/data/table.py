"""The table a student sees: named columns as numbers, the owner's rows untouched beside them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.data._read import check_names, joined, read_array, read_frame, two_axes
from jupyter_distill.data.columns import Column
from jupyter_distill.data.files import Files


@dataclass(frozen=True, eq=False)
class Table:
    """Rows and named columns.

    Attributes
    ----------
    columns : tuple of Column
        Names, kinds and categories.
    values : ndarray of float64, shape (n, d)
        Numbers as they are; categories and booleans as codes into ``columns[j].categories``;
        NaN where missing, -1 for a category that the columns do not list.
    native : data frame or array
        What the owner gave, never changed.

    See Also
    --------
    Table.of : Make a table from a data frame or an array.
    """

    columns: tuple[Column, ...]
    values: NDArray[np.float64]
    native: Any

    @classmethod
    def of(cls, X: Any, *, columns: tuple[Column, ...] | None = None) -> Table:
        """Read a pandas, polars or pyarrow frame, an array, or a list of rows.

        Parameters
        ----------
        X : data frame, ndarray of shape (n, d), or list of rows
            The owner's rows. Text, categorical and boolean columns are kept as such.
        columns : tuple of Column, optional
            The columns of an earlier table: `X` must have the same names in the same order, and
            categories get the same codes.

        Raises
        ------
        TypeError
            If `X` is none of these, is sparse, or a column holds what cannot be read.
        ValueError
            If names are repeated, `X` is empty, or its columns differ from `columns`.
        """
        if isinstance(X, Table):
            if columns is not None and X.columns != columns:
                return cls.of(X.native, columns=columns)
            return X
        X = cls.rows(X)
        frame = nw.from_native(X, eager_only=True, pass_through=True)
        if isinstance(frame, nw.DataFrame):
            found, values = read_frame(frame, columns)
        else:
            found, values = read_array(X, columns)
        values.setflags(write=False)
        return cls(found, values, X)

    @staticmethod
    def rows(X: Any) -> Any:
        """Return a data frame as it is, and anything else as an array with two axes.

        Raises
        ------
        TypeError, ValueError
            If it is sparse, has another number of axes, or repeats a column's name.
        """
        if sparse.issparse(X):
            raise TypeError(
                expected("a dense table", got="a sparse matrix", remedy="Use X.toarray().")
            )
        path = isinstance(X, str | os.PathLike)
        if path or hasattr(X, "to_delayed"):
            got = f"{str(X)!r} ({type(X).__name__})" if path else f"a Dask {type(X).__name__}"
            remedy = "These are rows that are not in memory: read some of them first, e.g. with "
            remedy += "frame.sample(frac=0.01).compute() of Dask's."
            what = "a data frame, an array or a list of rows"
            raise TypeError(expected(what, got=got, remedy=remedy))
        if hasattr(X, "collect"):
            raise TypeError(
                expected(
                    "rows in memory", got=f"a lazy {type(X).__name__}", remedy="Use X.collect()."
                )
            )
        if isinstance(X, Files):
            raise TypeError(
                expected(
                    "a table that people can read",
                    got=f"{X!r}, which a teacher may see",
                    remedy="Give a table as X, and these as teacher_inputs=.",
                )
            )
        listed = getattr(X, "column_names", getattr(X, "columns", None))
        if listed is not None:
            check_names([str(name) for name in listed])  # before narwhals sees repeated ones
            return X
        if isinstance(X, np.ndarray):
            return two_axes(X)
        array = np.asarray(X)
        if array.ndim == 0:
            raise TypeError(
                expected(
                    "a data frame, an array or a list of rows", got=f"{X!r} ({type(X).__name__})"
                )
            )
        # in a list of rows, numbers beside text are numbers still
        return two_axes(np.asarray(X, dtype=object) if array.dtype.kind == "U" else array)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.values.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(c.name for c in self.columns)

    def __len__(self) -> int:
        return self.n_rows

    def __repr__(self) -> str:
        kinds = pd.Series([c.kind for c in self.columns]).value_counts()
        parts = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        return f"Table({self.n_rows} rows, {self.n_columns} columns: {parts})"

    def position(self, name: str) -> int:
        """Return the place of the column called `name`, or say which there are."""
        if name in self.names:
            return self.names.index(name)
        raise KeyError(f"There is no column {name!r}. The columns are {some(self.names, 10)}.")

    def native_rows(self, rows: NDArray[np.intp]) -> Any:
        """Return some rows in the owner's own type, with their index where it has one."""
        frame = nw.from_native(self.native, eager_only=True, pass_through=True)
        if isinstance(frame, nw.DataFrame):
            # narwhals takes rows by position for every frame it knows
            return frame[np.asarray(rows, dtype=np.int64).tolist()].to_native()
        return self.native[rows]

    def take(self, rows: NDArray[np.intp]) -> Table:
        """Return the table of some rows, by position."""
        bare = len(self.native) < self.n_rows
        native = self.native if bare else self.native_rows(rows)
        return Table(self.columns, self.values[rows], native)

    def bare(self) -> Table:
        """Return the same rows with nothing but the names in `native`: half as much to send."""
        return Table(self.columns, self.values, self.native_rows(np.empty(0, dtype=np.intp)))

    def join(self, *others: Table) -> Table:
        """Return these rows and those of other tables with the same columns, one after another.

        Parameters
        ----------
        *others : Table
            Read like this one: ``Table.of(X, columns=table.columns)``.

        Returns
        -------
        Table
            `native` is a frame of the owner's type, or an array where some table has one.

        Raises
        ------
        ValueError
            If columns differ, or frames that cannot stand one after another.
        """
        for other in others:
            check_names(list(other.names), self.columns)
            for ours, theirs in zip(self.columns, other.columns, strict=True):
                if ours != theirs:
                    raise Refusal(
                        expected(
                            f"column {ours.name!r} to be {ours!r}",
                            got=repr(theirs),
                            remedy="Read the rows with Table.of(X, columns=table.columns).",
                        )
                    )
        tables = (self, *others)
        values = np.concatenate([table.values for table in tables])
        values.setflags(write=False)
        return Table(self.columns, values, joined([table.native for table in tables]))

    def cell(self, row: int, column: int) -> object:
        """Return one value as its owner wrote it; None where it is missing."""
        value = self.values[row, column]
        if np.isnan(value):
            return None
        of = self.columns[column]
        if of.kind == "numeric":
            return int(value) if of.integer else float(value)
        return of.categories[int(value)] if value >= 0 else self._unlisted(row, column)

    def _unlisted(self, row: int, column: int) -> object:
        frame = nw.from_native(self.native, eager_only=True, pass_through=True)
        if isinstance(frame, nw.DataFrame):
            return frame[:, column][row]  # by place: a name need not be text
        return self.native[row, column]
