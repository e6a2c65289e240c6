"""Standard SQL is run by every database at hand, and where one cannot, that is said."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from jupyter_distill.exports.code import _sql_run, export

from .coded import held_out, student


def test_both_databases_ran_it() -> None:
    made = export(student("tree", "text"), "sql", dialect="ansi", rows=held_out())
    assert made.checked_by.startswith("DuckDB ")
    assert made.checked_by.endswith(f" and SQLite {sqlite3.sqlite_version}") and not made.notes


def test_where_sqlite_cannot_the_other_stands_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> Any:
        raise ValueError("a parser that is too shallow")

    monkeypatch.setattr(_sql_run, "_sqlite", refuse)
    made = export(student("tree", "text"), "sql", dialect="ansi", rows=held_out())
    assert made.checked and "SQLite" not in made.checked_by
    assert made.notes[0].startswith("Not run by SQLite") and "too shallow" in made.notes[0]


def test_where_sqlite_answers_otherwise_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = _sql_run._sqlite

    def bent(*given: Any) -> Any:
        rows, by, notes = honest(*given)
        return [(rows[0][0] + 1.0,), *rows[1:]], by, notes

    monkeypatch.setattr(_sql_run, "_sqlite", bent)
    made = export(student("tree", "regression"), "sql", dialect="ansi")
    assert "SQLite" not in made.checked_by
    assert "answers 1 of 200 rows otherwise" in made.notes[0]
