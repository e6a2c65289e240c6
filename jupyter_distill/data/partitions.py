"""Rows that need not be in memory at once: looked at partition by partition, where they lie."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some

Task = Callable[..., Any]


class Partition(NamedTuple):
    """Some of the rows: a frame or an array, and their truth where there is one."""

    rows: Any
    truth: Any = None

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        return int(self.rows.shape[0])

    def take(self, where: slice | NDArray[np.intp]) -> Partition:
        """Return some of its rows, each with its truth."""
        return Partition(*(None if part is None else take(part, where) for part in self))


class Partitions(ABC):
    """Rows in partitions, and where work on them is done: here, or on the workers of a cluster.

    Attributes
    ----------
    names : tuple of str
        Columns of the rows, the truth not among them.
    n : int
        How many partitions.
    n_rows : int or None
        How many rows; None where only reading them would tell.
    has_truth : bool
        Whether there is a truth beside them.
    truth : array_like or None
        All of it, where it is in memory.
    what : str
        What they are, for messages.
    """

    names: tuple[str, ...]
    n: int
    n_rows: int | None = None
    has_truth: bool = False
    truth: Any = None
    what: str = "rows"

    @abstractmethod
    def first(self, rows: int) -> Partition:
        """Return some first rows, at most so many, to know what the rows are like.

        Raises
        ------
        ValueError
            If there is no row at all.
        """

    @abstractmethod
    def ship(self, thing: Any) -> Any:
        """Bring a thing that every partition needs to where the work is done, once a worker.

        It is given back to :meth:`keep` and :meth:`each`, which hand the task the thing itself.
        """

    @abstractmethod
    def keep(self, task: Task, shared: Sequence[Any], order: Sequence[int]) -> Generator[Held]:
        """Run a task on partitions; the array that it returns first stays where it was made.

        Parameters
        ----------
        task : callable
            Takes a partition and what is shared, returns an array and what is to be known of it.
        shared : sequence
            What :meth:`ship` returned.
        order : sequence of int
            Which partitions, and in which order they are begun.

        Yields
        ------
        Held
            Of each partition, as soon as it is there. What was yielded before an interrupt stays.
        """

    @abstractmethod
    def each(
        self, task: Task, shared: Sequence[Any], own: Mapping[int, Sequence[Any]]
    ) -> Generator[tuple[int, Any]]:
        """Run a task on the partitions that `own` names; yield what it returns, as it comes.

        Parameters
        ----------
        task : callable
            Takes a partition, what is shared, and what is its own.
        shared : sequence
            What :meth:`ship` returned.
        own : mapping of int to sequence
            What the task is to know of this partition alone; a `Held` is handed over as the array
            that was kept.
        """


class Held(NamedTuple):
    """An array that stays where it was made.

    Attributes
    ----------
    partition : int
        Of which partition.
    handle : object
        Where it is.
    known : object
        What is to be known of it here.
    """

    partition: int
    handle: Any
    known: Any


class LocalPartitions(Partitions):
    """Rows that are read here, one partition at a time; arrays are kept in a temporary folder."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="jupyter_distill-")  # goes with it

    @abstractmethod
    def load(self, place: int) -> Partition:
        """Read one partition."""

    def first(self, rows: int) -> Partition:
        """Return some first rows."""
        for place in range(self.n):
            found = self.load(place)
            if found.n_rows:
                return found.take(slice(0, min(rows, found.n_rows)))
        raise no_rows(self.what)

    def ship(self, thing: Any) -> Any:
        """Return the thing: it is here."""
        return thing

    def keep(self, task: Task, shared: Sequence[Any], order: Sequence[int]) -> Generator[Held]:
        """Run a task on partitions, see :meth:`Partitions.keep`."""
        for place in order:
            with telling_which(place, self.n):
                array, known = task(self.load(place), *shared)
            path = Path(self._folder.name, f"{place}.npy")
            np.save(path, array)
            yield Held(place, path, known)

    def each(
        self, task: Task, shared: Sequence[Any], own: Mapping[int, Sequence[Any]]
    ) -> Generator[tuple[int, Any]]:
        """Run a task on partitions, see :meth:`Partitions.each`."""
        for place, its in own.items():
            args = [np.load(a.handle) if isinstance(a, Held) else a for a in its]
            with telling_which(place, self.n):
                found = task(self.load(place), *shared, *args)
            yield place, found


@contextmanager
def telling_which(place: int, n: int) -> Iterator[None]:
    """Add to an error from which partition it came."""
    try:
        yield
    except Exception as error:
        error.add_note(f"This was in partition {place} of {n} (they are counted from 0).")
        raise


def partitions_of(X: Any, y: Any) -> Partitions | None:
    """Return rows as partitions, or None where they are in memory.

    Parameters
    ----------
    X : Dask data frame, path of a Parquet file or a folder of such, or pyarrow dataset
        The rows; of paths also a pattern, or a list of files.
    y : str, Dask series or None
        The truth: the name of a column of X, or a series with the partitions of X.

    Raises
    ------
    ImportError
        If pyarrow is not installed, for a path.
    TypeError, ValueError
        If y is of another kind, or names no column.
    """
    kind = type(X)
    if kind.__module__.startswith("dask.") and hasattr(X, "to_delayed") and hasattr(X, "columns"):
        from jupyter_distill.data._partitions_dask import DaskPartitions

        return DaskPartitions.of(X, y)
    dataset = kind.__module__.startswith("pyarrow.") and hasattr(X, "get_fragments")
    if kind.__module__.startswith("polars.") and hasattr(X, "collect"):
        raise TypeError(
            expected(
                "a frame in memory, a Dask data frame, or a path of Parquet files",
                got="a lazy polars frame",
                remedy="Use X.collect(), or X.sink_parquet('rows.parquet') and give that path.",
            )
        )
    if isinstance(X, str | os.PathLike) or dataset or _files(X):
        from jupyter_distill.data._partitions_parquet import ParquetPartitions

        return ParquetPartitions(X, y)
    return None


def _files(X: Any) -> bool:
    """Tell a list of files from a list of rows, or of texts."""
    if not isinstance(X, list | tuple) or not X:
        return False
    return all(isinstance(x, str | os.PathLike) and str(x).endswith(".parquet") for x in X)


def truth_of(y: Any, names: Sequence[Any]) -> Any:
    """Return the column that holds the truth, and refuse what is not the name of one."""
    if y is None:
        return None
    if hasattr(y, "__len__") and not isinstance(y, str):
        raise TypeError(
            expected(
                "y to be the name of a column of X",
                got=f"{type(y).__name__}",
                remedy="Put the truth beside the rows as a column, and give its name.",
            )
        )
    if y not in names:
        raise ValueError(expected(f"y to name a column of X ({some(names, 10)})", got=repr(y)))
    if len(names) < 2:
        raise ValueError(expected("columns beside the truth", got=f"{y!r} alone"))
    return y


def apart(frame: Any, truth: Any) -> Partition:
    """Return rows of a pandas frame and, apart from them, the column that holds their truth."""
    if truth is None:
        return Partition(frame)
    return Partition(frame.drop(columns=truth), frame[truth])


def no_rows(what: str) -> ValueError:
    """Return the error of rows of which there are none."""
    return ValueError(expected("at least one row", got=f"{what} without any"))


def take(rows: Any, where: slice | NDArray[np.intp]) -> Any:
    """Return some rows of a frame, an array or a series, in its own type."""
    if hasattr(rows, "iloc"):
        return rows.iloc[where]
    if hasattr(rows, "schema") and hasattr(rows, "take") and isinstance(where, slice):  # pyarrow
        return rows.slice(where.start, where.stop - where.start)
    return rows.take(where) if hasattr(rows, "schema") and hasattr(rows, "take") else rows[where]
