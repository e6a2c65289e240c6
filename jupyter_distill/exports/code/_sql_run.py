"""A query run on rows in DuckDB or SQLite, and its answers read back."""

from __future__ import annotations

import math
import sqlite3
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._optional import require
from jupyter_distill._validation import expected
from jupyter_distill.exports.code._cells import Cells, kind_of
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.exports.code._sql_words import identifier
from jupyter_distill.reading import Answers, Form

DUCKDB = {"number": "DOUBLE", "boolean": "BOOLEAN", "text": "VARCHAR", "numbers": "DOUBLE"}
SQLITE = {"number": "REAL", "boolean": "BOOLEAN", "text": "TEXT", "numbers": "NUMERIC"}
NEAR = 1e-9  # of two databases
MISSING = (
    'Not checked: duckdb is not installed. Install it with: pip install "jupyter-distill[sql]"'
)


def run(
    content: str,
    form: Form,
    cells: Cells,
    dialect: str,
    names: dict[int, str],
    keep: list[str],
    where: tuple[str, ...],
    of: int | None,
    bare: bool,
) -> Checked:
    """Run what was written on rows.

    Parameters
    ----------
    content : str
        An expression if it is `bare`, else a query over the table `where`.
    form, cells
        The student and the rows.
    dialect : str
        Decides the database: the standard is run by DuckDB, where there is one, and by SQLite too,
        where that can; the notes say where it cannot, or answers otherwise.
    names : dict of int to str
        What the table calls the columns that are read.
    keep : list of str
        Other columns that the query returns.
    of : int or None
        The class whose probability a bare expression gives.
    """
    notes: list[str] = []
    try:
        found = None if dialect == "sqlite" else require("duckdb", extra="sql", feature="A check")
    except ImportError:
        if dialect == "duckdb":
            return Checked(None, "nothing", (MISSING,))
        found = None
    table = ".".join(identifier(part) for part in where)
    query = content
    if bare:
        query = f"SELECT\n{content}\nAS answer FROM {table}"
    if found is not None:
        answers, by = _duckdb(found, query, cells, names, keep, where, nan=dialect == "duckdb")
    else:
        answers, by, notes = _sqlite(query, cells, names, keep, where)
    if found is not None and dialect == "ansi":
        first = _read(form, answers, of, bare)
        also, notes = _too(query, form, cells, names, keep, where, of, bare, first)
        by += also
    return Checked(_read(form, answers, of, bare), by, tuple(notes), of=of)


def _too(
    query: str,
    form: Form,
    cells: Cells,
    names: dict[int, str],
    keep: list[str],
    where: tuple[str, ...],
    of: int | None,
    bare: bool,
    first: Answers,
) -> tuple[str, list[str]]:
    """Run the standard in SQLite as well; return its name where it answers the same, and notes."""
    engine = f"SQLite {sqlite3.sqlite_version}"
    try:
        answers, _, notes = _sqlite(query, cells, names, keep, where)
    except ValueError as refused:
        return "", [f"Not run by {engine}: {refused}"]
    other = _read(form, answers, of, bare)
    apart = np.zeros(len(cells), dtype=bool)
    if first.named is not None and other.named is not None:
        apart |= first.named != other.named
    if first.numbers is not None and other.numbers is not None:
        scale = max(1.0, float(np.abs(first.numbers).max()))
        apart |= (np.abs(first.numbers - other.numbers) > NEAR * scale).any(1)
    if apart.any():
        return "", [
            f"{engine} answers {int(apart.sum()):,} of {len(cells):,} rows otherwise; some "
            'releases read the last digits of a threshold wrongly, which dialect="sqlite" avoids.'
        ]
    return f" and {engine}", notes


def _duckdb(
    duckdb: Any,
    query: str,
    cells: Cells,
    names: dict[int, str],
    keep: list[str],
    where: tuple[str, ...],
    *,
    nan: bool,
) -> tuple[list[Any], str]:
    frame, parts = pd.DataFrame(index=range(len(cells))), []
    for j, name in names.items():
        kind, values = kind_of(cells.columns[j]), cells.column(j)
        column = pd.Series(values, dtype=object)
        said, of = f"c{j}", DUCKDB[kind]
        if kind == "number":
            whole = all(v is None or isinstance(v, int) for v in values)
            column, of = column.astype("Int64" if whole else "float64"), "BIGINT" if whole else of
        elif kind == "numbers":
            column = column.astype("float64")
        elif kind == "boolean":
            column = column.astype("boolean")
        frame[f"c{j}"] = column
        said = f"CAST(c{j} AS {of})"
        if nan and of == "DOUBLE":  # every other missing value is NaN, the others NULL
            frame[f"n{j}"] = column.isna().to_numpy() & (np.arange(len(column)) % 2 == 0)
            said = f"CASE WHEN n{j} THEN CAST('NaN' AS DOUBLE) ELSE {said} END"
        parts.append(f"{said} AS {identifier(name)}")
    frame["place"] = np.arange(len(cells))
    parts += [f"place AS {identifier(name)}" for name in keep]
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.register("the rows given", frame)
        table = ".".join(identifier(part) for part in where)
        if len(where) == 2:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(where[0])}")
        made = ", ".join(parts)
        connection.execute(
            f'CREATE TABLE {table} AS SELECT {made} FROM "the rows given" ORDER BY place'
        )
        return _rows(connection, query, "DuckDB", duckdb.Error), f"DuckDB {duckdb.__version__}"


def _sqlite(
    query: str,
    cells: Cells,
    names: dict[int, str],
    keep: list[str],
    where: tuple[str, ...],
) -> tuple[list[Any], str, list[str]]:
    connection = sqlite3.connect(":memory:")
    try:
        notes = _functions(connection)
        if len(where) == 2 and where[0].lower() not in ("main", "temp"):
            connection.execute(f"ATTACH ':memory:' AS {identifier(where[0])}")
        table = ".".join(identifier(part) for part in where)
        kinds = {j: kind_of(cells.columns[j]) for j in names}
        named = [f"{identifier(name)} {SQLITE[kinds[j]]}" for j, name in names.items()]
        keep = [name for name in keep if name not in names.values()]  # which are there anyway
        named += [f"{identifier(name)} INTEGER" for name in keep]
        connection.execute(f"CREATE TABLE {table} ({', '.join(named)})")
        columns = [cells.column(j) for j in names] + [list(range(len(cells)))] * len(keep)
        holes = ", ".join("?" * len(named))
        rows = zip(*columns, strict=True)
        connection.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
        found = _rows(connection, query, "SQLite", sqlite3.Error)
        return found, f"SQLite {sqlite3.sqlite_version}", notes
    finally:
        connection.close()


def _rows(connection: Any, query: str, name: str, error: Any) -> list[Any]:
    """Run a query; one that a database refuses is no export."""
    try:
        return list(connection.execute(query).fetchall())
    except error as refused:
        raise ValueError(
            expected(
                f"SQL that {name} runs",
                got=f"{type(refused).__name__}: {refused}",
                remedy="A smaller student, or another dialect, may do.",
            )
        ) from refused


def _functions(connection: sqlite3.Connection) -> list[str]:
    """Give a SQLite what it was built without, and say so."""
    try:
        connection.execute("SELECT exp(1.0), tanh(1.0)")
    except sqlite3.OperationalError:
        connection.create_function("exp", 1, lambda x: math.exp(min(x, 700.0)))
        connection.create_function("tanh", 1, math.tanh)
        return [
            "This SQLite is built without exp and tanh, which the check lent it; probabilities and "
            "nets need one with SQLITE_ENABLE_MATH_FUNCTIONS."
        ]
    return []


def _read(form: Form, rows: list[Any], of: int | None, bare: bool) -> Answers:
    """Return answers from the rows of a result, whose first columns are those of the table."""
    n_classes = len(form.classes)
    if not n_classes or of is not None:
        return Answers(None, np.array([[row[-1]] for row in rows], dtype=np.float64))
    if bare:
        return Answers(_places(form, [row[0] for row in rows]), None)
    shares = np.array([row[-n_classes:] for row in rows], dtype=np.float64)
    return Answers(_places(form, [row[-n_classes - 1] for row in rows]), shares)


def _places(form: Form, labels: list[Any]) -> Any:
    # by equality: to SQLite a boolean is 1 or 0
    place = {label: k for k, label in enumerate(form.classes)}
    return np.array([place.get(label, -1) for label in labels], dtype=np.intp)
