"""Exports that differ from their student, or cannot be, are refused by name."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.tree import DecisionTreeClassifier

from jupyter_distill.exports.code import _export, export, python
from jupyter_distill.exports.code._alike import answered_alike
from jupyter_distill.exports.code._cells import cells
from jupyter_distill.exports.code._names import identifiers
from jupyter_distill.exports.code._read import form_of
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.exports.code._sql_words import identifier, literal, threshold
from jupyter_distill.reading import Choice, Line, Scores, evaluate
from jupyter_distill.students import DensityWarning
from jupyter_distill.students.rules import RulesStudent
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets
from tests import coded
from tests.coded import EVIL, held_out, student
from tests.distilling import data, run, smooth


def bent(of: Any) -> Any:
    """Return the form of a student with one thing changed that only some rows feel."""
    form = form_of(of)
    body = form.body
    if isinstance(body, Choice):
        first = next(iter(body.outcomes))
        values = tuple(v + 1e-6 for v in body.outcomes[first])
        named = {**body.named, first: (body.named[first] + 1) % max(len(form.classes), 1)}
        return replace(
            form, body=replace(body, outcomes={**body.outcomes, first: values}, named=named)
        )
    assert isinstance(body, Scores)
    parts = [
        replace(part, missing=tuple(m + 9.0 for m in part.missing))
        if isinstance(part, Line)
        else replace(part, scores=tuple(tuple(s + 9.0 for s in row) for row in part.scores))
        for part in body.sums.parts
    ]
    return replace(form, body=replace(body, sums=replace(body.sums, parts=tuple(parts))))


@pytest.mark.parametrize("format", coded.FORMATS)
@pytest.mark.parametrize("family", ["tree", "rules", "linear"])
def test_what_differs_is_not_given_back(
    format: str, family: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of = student(family, "text")
    monkeypatch.setattr(_export, "form_of", bent)
    path = tmp_path / "student"
    with pytest.raises(ValueError, match="does not answer as the student does.* The first is row"):
        export(of, format, path, rows=held_out())
    assert not path.exists()


def test_a_source_that_was_changed_is_found_out() -> None:
    of = student("tree", "regression")
    form = form_of(of)
    rows = cells(form, None)
    source = str(export(of, "python"))
    number = next(iter(form.body.outcomes.values()))[0]  # type: ignore[union-attr]
    changed = source.replace(repr(number), repr(number * (1 + 1e-8)))
    assert changed != source
    worst, notes = answered_alike(of, form, rows, python.check(source, form, rows), "python")
    assert (worst, notes) == (0.0, [])
    with pytest.raises(ValueError, match="of those made up"):
        answered_alike(of, form, rows, python.check(changed, form, rows), "python")


def test_classes_that_are_level_may_be_named_either_way_and_it_is_said() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=60)})
    flat = TreeStudent(size=2, alpha=0.0, objective="distribution").fit_soft(
        X, SoftTargets(np.zeros((60, 2)), ["no", "yes"])
    )
    form = form_of(flat)
    rows = cells(form, None)
    said = evaluate(form, rows.values)
    assert said.named is not None
    other = replace(said, named=1 - said.named)
    _, notes = answered_alike(flat, form, rows, Checked(other, "a test"), "python")
    assert notes and "level but for the rounding" in notes[0]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda of: export(of, "sqll"), ValueError, "Got 'sqll'. Did you mean \"sql\""),
        (
            lambda of: export(of, "sql", dialct="x"),
            TypeError,
            'Got dialct=. Did you mean "dialect"',
        ),
        (lambda of: export(of, "json", digits=3), TypeError, "options of the format 'json': none"),
        (lambda of: export(of, "sql", dialect="mysql"), ValueError, "dialect to be one of"),
        (lambda of: export(of, "sql", answer="maybe"), ValueError, "answer to be a class"),
        (lambda of: export(of, "sql", answer="yes\n", table="t"), ValueError, "a table, whose"),
        (lambda of: export(of, "sql", keep=["id"]), ValueError, "a table beside keep="),
        (lambda of: export(of, "sql", keep="id", table="t"), TypeError, "keep to be a list"),
        (lambda of: export(of, "sql", table=""), ValueError, "a name that SQL can quote"),
        (lambda of: export(of, "sql", table=("a", "b", "c")), TypeError, "a pair of schema"),
        (lambda of: export(of, "sql", columns={"kin": "x"}), ValueError, 'Did you mean "kind"'),
        (lambda of: export(of, "sql", table="t", keep=["KIND"]), ValueError, "tells apart"),
        (lambda of: export(of, "text", digits=2), ValueError, "digits to be a whole number >= 3"),
        (lambda of: export(of, "text", name=""), TypeError, "name to be text. Got ''"),
        (lambda of: export(of, "json", 3), TypeError, "a path of a file, e.g. 'student.json'"),
        (lambda of: export(of, "json", "/nowhere/at all/x"), FileNotFoundError, "to exist"),
        (lambda of: export(of, "json", "/"), IsADirectoryError, "student.json"),
        (lambda of: export(TreeStudent(), "sql"), NotFittedError, "not fitted"),
        (lambda of: export(DecisionTreeClassifier(), "sql"), TypeError, "DecisionTreeClassifier"),
        (lambda of: export(of, "sql", rows=pd.DataFrame({"a": [1]})), ValueError, "Got no column"),
    ],
)
def test_bad_input_is_refused(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        call(student("tree", "text"))
    assert said in str(caught.value)


def test_a_student_of_ones_own_is_checked_like_any_other() -> None:
    class Stubborn(RulesStudent):
        def _output(self, table: Any) -> Any:
            return -super()._output(table)

    frame = coded.rows(160)
    own = Stubborn(size=3, alpha=0.0, quality="greedy").fit_soft(
        frame, coded.targets("text", frame)
    )
    with pytest.raises(ValueError, match="does not answer as the student does"):
        export(own, "python")


@pytest.mark.parametrize(
    ("format", "module", "extra"), [("sql", "duckdb", "sql"), ("onnx", "onnxruntime", "onnx")]
)
def test_what_cannot_be_run_is_said_to_be_unchecked(
    format: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    made = export(student("tree", "text"), format, rows=held_out())
    assert not made.checked and (made.checked_rows, made.max_difference) == (0, None)
    assert made.describe().endswith(
        f"Not checked.\n- Not checked: {module} is not installed. Install it with: "
        f'pip install "jupyter-distill[{extra}]"'
    )


def test_standard_sql_is_run_by_sqlite_where_there_is_no_duckdb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for family in ("tree", "ebm", "net"):
        by_duckdb = export(student(family, "whole numbers"), "sql", dialect="ansi", table="t")
        assert by_duckdb.checked_by.startswith("DuckDB")
        assert " and SQLite " in by_duckdb.checked_by or "SQLite" in by_duckdb.notes[0]
    monkeypatch.setitem(sys.modules, "duckdb", None)
    by_sqlite = export(student("net", "whole numbers"), "sql", dialect="ansi", table="t")
    assert by_sqlite.checked and by_sqlite.checked_by.startswith("SQLite")


def test_onnx_that_cannot_be_written_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'pip install "jupyter-distill\[onnx\]"'):
        export(student("tree", "text"), "onnx")


@pytest.mark.parametrize("answer", coded.CLASSES["whole numbers"])
@pytest.mark.parametrize("family", ["rules", "linear"])
def test_an_expression_may_be_the_probability_of_a_class(family: str, answer: int) -> None:
    made = export(student(family, "whole numbers"), "sql", answer=answer, rows=held_out())
    assert made.max_difference is not None and made.max_difference < 1e-12


def test_tables_may_call_columns_otherwise() -> None:
    of = student("rules", "text")
    names = {form_of(of).columns[j].name: f"col {j}" for j in form_of(of).used}
    made = export(of, "sql", columns=names, table=("lending", "loans"), keep=["id"])
    assert made.checked and all(f't."{name}"' in str(made) for name in names.values())
    assert 'FROM "lending"."loans" AS t' in str(made)


def own(names: list[str], kinds: list[Any], classes: list[Any]) -> TreeStudent:
    """A tree that asks about columns of these names, which hold these values."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {name: pd.Categorical(rng.choice(np.array(kinds, dtype=object), 200)) for name in names}
    )
    z = sum((frame[name] == kinds[0]) * (2.0 + i) for i, name in enumerate(names)) - 2
    targets = SoftTargets(np.column_stack([-z, z]), np.array(classes, dtype=object))
    return TreeStudent(size=8, alpha=0.0, quality="greedy").fit_soft(frame, targets)


@pytest.mark.parametrize(
    ("student_of", "format", "said"),
    [
        (
            lambda: own(["Age", "age"], ["x", "y"], ["no", "yes"]),
            "sql",
            "a database tells apart",
        ),
        (lambda: own([""], ["x", "y"], ["no", "yes"]), "sql", "columns={'': 'another name'}"),
        (lambda: own(["a"], ["x\0", "y"], ["no", "yes"]), "sql", "text that SQL can quote"),
        (lambda: own(["a"], ["x", 3], ["no", "yes"]), "sql", "categories of one type"),
        (lambda: own(["a"], ["x", 3], ["no", "yes"]), "onnx", "categories of one type"),
        (lambda: own(["a"], ["x", "y"], ["no", 3]), "sql", "classes of one type"),
        (lambda: own(["a"], ["x", "y"], ["no", 3]), "onnx", "classes of one type"),
        (lambda: own(["a"], [b"x", b"y"], ["no", "yes"]), "python", "to be text, a number or a"),
    ],
)
def test_what_a_format_cannot_hold_is_named(student_of: Any, format: str, said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        export(student_of(), format)
    assert said in str(caught.value)


def test_what_a_format_can_hold_it_does() -> None:
    cased = own(["Age", "age"], ["x", "y"], ["no", "yes"])
    assert export(cased, "sql", columns={"Age": "age_2"}).checked
    assert export(own([""], ["x", "y"], ["no", "yes"]), "sql", columns={"": "unnamed"}).checked
    for format in ("python", "json", "text", "markdown"):
        assert export(own(["a"], ["x", 3], ["no", 3]), format).checked
    for format in coded.FORMATS[2:5]:
        assert export(own(["label", "row", "x y", "x-y"], [0.5, -2], ["no", "yes"]), format).checked
    assert export(own([""], ["", "<missing>"], ["no", "yes"]), "onnx").checked


def test_names_and_literals() -> None:
    names = ["class", "a b", "a-b", "", "1st", "row", "Zürich", "score"]
    found = identifiers(dict(enumerate(names)), ["score"])
    assert list(found.values()) == [
        "class_2",
        "a_b",
        "a_b_2",
        "x3",
        "x4",
        "row_2",
        "z_rich",
        "score_2",
    ]
    assert identifier('a"b') == '"a""b"'
    assert [literal(v) for v in (EVIL, True, 3, 0.5, -1e-9)] == [
        "'O''Neil \"x\"; DROP TABLE--'",
        *("TRUE", "3", "0.5e0", "-1e-09"),
    ]
    assert threshold(0.1, "sqlite") == "0.1e0"
    assert threshold(0.1 + 0.2, "sqlite") == "(1351079888211149 / 4503599627370496.0)"
    assert threshold(0.1 + 0.2, "duckdb") == "0.30000000000000004e0"


def test_a_deep_tree_is_python_still() -> None:
    X = np.arange(260, dtype=float)[:, None]
    targets = SoftTargets(
        np.column_stack([np.zeros(260), np.arange(260) % 2 * 4.0 - 2]), ["a", "b"]
    )
    with pytest.warns(DensityWarning):
        deep = TreeStudent(size=130, alpha=0.0, min_rows=1, quality="greedy").fit_soft(X, targets)
    for format in ("python", "json", "onnx"):
        assert export(deep, format, rows=X).checked_rows == 260
    assert export(deep, "sql", dialect="sqlite", rows=X).checked_rows == 260


def test_a_distillation_exports_its_student_on_the_rows_that_it_held_out(tmp_path: Path) -> None:
    d = run(smooth, *data(300), student="linear", augment=None, temperature=1.0, alpha=0.0, size=2)
    made = d.export("markdown", tmp_path / "rules.md")
    assert made.checked_rows == len(d.rows.held_out)
    text = (tmp_path / "rules.md").read_text(encoding="utf-8")
    assert text == str(made) and text.startswith(f"# {d.subject}\n")
    assert d.fidelity().describe() in text and "The probability of 1 is" in text
    assert d.export("sql", name="Loans 2026").content.startswith("-- Loans 2026\n")  # type: ignore[union-attr]
