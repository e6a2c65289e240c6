"""The store: answers of teachers, kept in a folder as they come, so that nobody is asked twice."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_distill._validation import expected
from jupyter_distill.targets._kept import Kept, StoreWarning, read_about
from jupyter_distill.targets._piece import FORMAT, arrow
from jupyter_distill.targets._row_print import row_prints
from jupyter_distill.targets._stock import in_words, stock
from jupyter_distill.teachers import Progress, Query, Teacher, frame_names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Shelf", "Store", "StoreWarning"]


class Store:
    """A folder of what teachers have said of rows.

    Answers lie in one folder for each teacher and set of rows, as Parquet files that any program
    reads, ``pandas.read_parquet(folder)`` say: ``row`` is the position of a row, ``answer_0``,
    ``answer_1``, ... what the model returned, exactly; ``_about.json`` says what that is
    (logits or probabilities, and of which classes).

    A teacher is known by its fingerprint, rows by all that they hold, not by the file or variable
    they came from. Rows that begin with those of an earlier set take over its answers. Answers are
    appended to a journal (an Arrow stream, ``_journal-*.arrows``) as they come, which becomes a
    Parquet file where the asking ends; so an interrupt, a crash or a kill costs the batch at hand
    alone, or some milliseconds of quicker ones, and a power cut a second. Answers that are not
    finite are not kept, but asked again. Several processes may use one store at a time.

    Parameters
    ----------
    path : str or path
        The folder; it is made when it is first written to.

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    OSError
        If it is a file.

    Examples
    --------
    >>> store = Store("answers/")                          # doctest: +SKIP
    >>> query = store.query(as_teacher(model), X).finish() # doctest: +SKIP
    >>> store                                              # doctest: +SKIP
    <Store 'answers': 1 set of rows, 1.2 MB>
    RandomForestClassifier (7d1c25a3): 120,000 of 120,000 rows, 9 files, 1.2 MB, 2026-01-31 12:00
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        arrow()
        if not isinstance(path, str | os.PathLike):
            raise TypeError(expected("store to be the name of a folder", got=repr(path)))
        self.path = Path(path)
        if self.path.exists() and not self.path.is_dir():
            raise NotADirectoryError(
                expected(
                    "store to be a folder, or the name of one to be made",
                    got=f"the file {str(self.path)!r}",
                )
            )

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return Store, (self.path.absolute(),)  # a worker may run in another folder

    def of(self, teacher: Teacher) -> Shelf:
        """Return the part of one teacher, whose fingerprint is taken here once.

        Raises
        ------
        ValueError
            If the teacher cannot be hashed; the message says what to do.
        """
        return Shelf(self, teacher.fingerprint)

    def query(
        self,
        teacher: Teacher,
        X: Any,
        *,
        batch_size: int | None = None,
        progress: Progress | None = None,
        order: int | np.random.Generator | None = None,
    ) -> Query:
        """Return the questions about X, of which those that are stored are answered.

        As :meth:`Teacher.query`; iterating it asks the others and stores their answers. Unless
        `batch_size` is given, here or to the teacher, batches grow until one takes about a second.
        """
        size: Any = batch_size or teacher.batch_size or "auto"
        return self.of(teacher).query(teacher, X, batch_size=size, progress=progress, order=order)

    def frame(self) -> pd.DataFrame:
        """Return what is stored, one line per teacher and set of rows, the latest last.

        Columns: folder, teacher, fingerprint, task, kind, classes, rows (answered), of (all that
        there are), files, unreadable (damaged, or left unfinished by a process that was killed),
        bytes, changed.
        """
        return stock(self.path)

    def describe(self) -> str:
        """Return the same in words, a line each."""
        return in_words(self.path, self.frame())

    def __repr__(self) -> str:
        return self.describe()


@dataclass(frozen=True)
class Shelf:
    """What a store holds of one teacher.

    Attributes
    ----------
    store : Store
        Where it is.
    fingerprint : str
        Of the teacher.
    """

    store: Store
    fingerprint: str

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return str(self.store.path)

    def query(self, teacher: Teacher, X: Any, **options: Any) -> Query:
        """Return the questions about X, as :meth:`Store.query` does.

        Parameters
        ----------
        teacher : Teacher
            The one whose fingerprint this is, or a copy of it for a task.
        X : rows
            What is asked.
        **options
            Those of :meth:`Teacher.query`.
        """
        query = teacher.query(X, **options)
        return query.keep_in(self._open(teacher, X, query.n_rows))

    def _open(self, teacher: Teacher, X: Any, n: int) -> Kept:
        """Return the folder of these rows, with those of rows that they begin with."""
        whose = {"teacher": self.fingerprint, "asks": teacher.asks}
        folders = {}
        for folder in self.store.path.glob(f"*-{self.fingerprint[:8]}-*"):
            known = read_about(folder)
            if known is not None and known["of"] == {**whose, "rows": known["of"].get("rows")}:
                folders[int(known["rows"]), known["of"]["rows"]] = folder, known
        prints = row_prints(X, {length for length, _ in folders})
        name = f"{_slug(teacher.name)}-{self.fingerprint[:8]}-{_slug(teacher.asks)}{prints[n][:8]}"
        own, _ = folders.pop((n, prints[n]), (self.store.path / name, None))
        about = {
            "teacher": teacher.name,
            "task": teacher.task,
            "kind": teacher.kind,
            "classes": None if teacher.classes is None else teacher.classes.tolist(),
            "rows": n,
            "columns": frame_names(X),
        }
        earlier = [
            Kept(folder, known["of"], known)
            for (length, of_rows), (folder, known) in folders.items()
            if prints.get(length) == of_rows and known["format"] == FORMAT
        ]
        return Kept(own, {**whose, "rows": prints[n]}, about, earlier)


def _slug(name: str) -> str:
    """Return a name as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40]
