"""The partitions of a Dask data frame: work on them is done by the cluster's workers."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._optional import loaded
from jupyter_distill._validation import expected, some
from jupyter_distill.data._packed import Packed, packed
from jupyter_distill.data.partitions import (
    Held,
    LocalPartitions,
    Partition,
    Partitions,
    Task,
    apart,
    no_rows,
    telling_which,
    truth_of,
)


class DaskPartitions(Partitions):
    """Partitions of a Dask data frame, on the workers of the active client.

    What is shared is sent once to each worker; answers stay there. Without a client the
    partitions are computed here, one at a time: :meth:`of` decides.
    """

    def __init__(self, X: Any, y: Any, client: Any) -> None:
        self.what = "a Dask data frame"
        self.names, self._pieces = _pieces(X, y)
        self.n = len(self._pieces)
        self.has_truth = y is not None
        self._client = client

    @staticmethod
    def of(X: Any, y: Any) -> Partitions:
        """Return the partitions, on the active client's workers where there is one."""
        distributed: Any = loaded("distributed")  # where nobody imported it there is no client
        client = None
        if distributed is not None:
            try:
                client = distributed.default_client()
            except ValueError:  # its way to say that there is none
                client = None
        return _DaskHere(X, y) if client is None else DaskPartitions(X, y, client)

    def first(self, rows: int) -> Partition:
        """Return some first rows."""
        from dask.delayed import delayed

        for piece in self._pieces:
            found = self._client.compute(delayed(_head)(piece, rows)).result()
            if found.n_rows:
                return Partition(*found)
        raise no_rows(self.what)

    def ship(self, thing: Any) -> Any:
        """Send a thing to every worker, as bytes, each of which unpacks them once.

        Raises
        ------
        TypeError
            If it cannot be sent.
        """
        return self._client.scatter(packed(thing), broadcast=True, hash=False)

    def keep(self, task: Task, shared: Sequence[Any], order: Sequence[int]) -> Generator[Held]:
        """Run a task on partitions, see :meth:`Partitions.keep`."""
        made = {place: self._submit(task, place, shared, ()) for place in order}
        submit = self._client.submit
        known = {submit(_second, one, pure=False): (place, one) for place, one in made.items()}
        try:
            for future in self._as_they_come(known, {f: at for f, (at, _) in known.items()}):
                place, one = known.pop(future)
                yield Held(place, submit(_first, one, pure=False), future.result())
        finally:  # what is not wanted any more must not be asked
            self._client.cancel([one for _, one in known.values()])

    def each(
        self, task: Task, shared: Sequence[Any], own: Mapping[int, Sequence[Any]]
    ) -> Generator[tuple[int, Any]]:
        """Run a task on partitions, see :meth:`Partitions.each`."""
        made = {self._submit(task, place, shared, its): place for place, its in own.items()}
        for future in self._as_they_come(made, made):
            yield made.pop(future), future.result()

    def _submit(self, task: Task, place: int, shared: Sequence[Any], own: Sequence[Any]) -> Any:
        from dask.delayed import delayed

        its = [a.handle if isinstance(a, Held) else a for a in own]
        call = delayed(_run, pure=False)(self._pieces[place], task, *shared, *its)
        return self._client.compute(call)

    def _as_they_come(self, waiting: Mapping[Any, Any], places: Mapping[Any, int]) -> Iterator[Any]:
        """Yield futures that are done; cancel the others where the loop is left early."""
        distributed: Any = loaded("distributed")
        left = dict(places)
        try:
            for future in distributed.as_completed(list(waiting)):
                if future.status == "error":
                    with telling_which(left[future], self.n):
                        raise _explained(future.exception())
                del left[future]
                yield future
        finally:
            if left:
                self._client.cancel(list(left))


class _DaskHere(LocalPartitions):
    """Partitions of a Dask data frame that are computed here, one at a time."""

    def __init__(self, X: Any, y: Any) -> None:
        super().__init__()
        self.what = "a Dask data frame"
        self.names, self._pieces = _pieces(X, y)
        self.n = len(self._pieces)
        self.has_truth = y is not None

    def load(self, place: int) -> Partition:
        """Compute one partition."""
        return Partition(*self._pieces[place].compute())


def _pieces(X: Any, y: Any) -> tuple[tuple[str, ...], list[Any]]:
    """Return the columns of the rows, and a delayed partition each with its truth."""
    from dask.delayed import delayed

    names = tuple(X.columns)
    if y is None or not hasattr(y, "__len__") or isinstance(y, str):
        name, frames = truth_of(y, names), X.to_delayed()
        left = tuple(str(column) for column in names if y is None or column != name)
        return left, [delayed(_apart, pure=False)(frame, name) for frame in frames]
    if not hasattr(y, "to_delayed") or y.ndim != 1:
        raise TypeError(
            expected(
                "y beside a Dask data frame to be the name of one of its columns, or a Dask series",
                got=type(y).__name__,
                remedy="Put the truth beside the rows: X.assign(truth=...), y='truth'.",
            )
        )
    # as they are: to optimise may join partitions, and those of few columns sooner
    frames, truths = (list(np.ravel(of.to_delayed(optimize_graph=False))) for of in (X, y))
    if len(truths) != len(frames):
        raise ValueError(
            expected(
                f"y to have {len(frames)} partitions, like X",
                got=f"{len(truths)}",
                remedy="Take both from one frame: X=frame.drop(columns='truth'), y='truth'.",
            )
        )
    pairs = zip(frames, truths, strict=True)
    return names, [delayed(_beside, pure=False)(frame, truth) for frame, truth in pairs]


def _apart(frame: Any, truth: Any) -> Partition:
    return apart(_plain(frame), truth)


def _plain(frame: Any) -> Any:
    """Return a frame with text as pandas itself reads it, which is what models were fitted to.

    Dask keeps text in Arrow's strings, whose comparisons and missing values are of other kinds.
    """
    if not isinstance(frame, pd.DataFrame):
        return frame
    texts = [
        name
        for name, dtype in frame.dtypes.items()
        if isinstance(dtype, pd.StringDtype) and dtype.na_value is pd.NA
    ]
    own = pd.Series(["text"]).dtype
    for name in texts:
        column = frame[name]
        plain = column.astype(own) if isinstance(own, pd.StringDtype) else column.astype(object)
        frame = frame.assign(**{str(name): plain.where(column.notna(), np.nan)})
    return frame


def _beside(frame: Any, truth: Any) -> Partition:
    if len(frame) != len(truth):
        raise ValueError(
            expected(
                f"y to have {len(frame)} rows in this partition, like X",
                got=f"{len(truth)}",
                remedy="Take both from one frame, and give the name of the column: y='truth'.",
            )
        )
    ours, theirs = frame.index, getattr(truth, "index", None)
    if theirs is not None and not ours.equals(theirs):
        raise ValueError(
            expected("y to have the index of X in this partition", got=some(theirs[:3].tolist()))
        )
    return Partition(_plain(frame), truth)


def _head(piece: Any, rows: int) -> Partition:
    return Partition(*piece).take(slice(0, rows))


def _run(piece: Any, task: Task, *args: Any) -> Any:
    return task(Partition(*piece), *(a.thing() if isinstance(a, Packed) else a for a in args))


def _first(pair: Any) -> Any:
    return pair[0]


def _second(pair: Any) -> Any:
    return pair[1]


def _explained(error: BaseException) -> BaseException:
    """Add what to do where workers died."""
    if type(error).__name__ == "KilledWorker":
        error.add_note(
            "A partition and what the teacher needs for it may not fit into a worker's memory: "
            "make partitions smaller, e.g. X.repartition(partition_size='50MB')."
        )
    return error
