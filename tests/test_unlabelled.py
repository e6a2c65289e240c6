"""Rows without labels: learnt from where they win, left out or refused where they are unlike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from .distilling import data, run, smooth
from .small import people


def test_unlabelled_rows_are_learnt_from_where_they_win() -> None:
    X, y = data(120)
    more, _ = data(3_000, seed=5)
    alone = run(smooth, X, y, size=16, temperature=1.0)
    d = run(smooth, X, y, size=16, temperature=1.0, unlabelled=more)
    assert d.techniques["technique"].tolist() == ["3,000 unlabelled rows"]
    assert d.techniques["kept"].tolist() == [True] and d.techniques["gain"][0] > 0
    assert d.course.table.n_rows == len(d.rows.learnt) + 3_000
    assert d.table.n_rows == len(X)  # they are learnt from, and nothing is measured on them
    np.testing.assert_array_equal(d.rows.held_out, alone.rows.held_out)
    assert d.fidelity().overall.kl.value < alone.fidelity().overall.kl.value
    assert int(d.explanation().support[0]) == len(X)
    assert any("3,000 unlabelled rows: kept" in said for said in d.remarks)


def test_rows_that_do_not_help_are_left_out() -> None:
    X, y = data()
    far = np.random.default_rng(0).uniform(60, 90, (400, 3))
    d = run(smooth, X, y, size=6, temperature=1.0, unlabelled=far)
    assert d.techniques["kept"].tolist() == [False]
    assert any("400 unlabelled rows: left out" in said for said in d.remarks)
    alone = run(smooth, X, y, size=6, temperature=1.0)
    np.testing.assert_array_equal(d.student.logits(X), alone.student.logits(X))


def test_the_twin_of_labels_alone_never_sees_them() -> None:
    X, y = data(120)
    d = run(smooth, X, y, size=8, temperature=1.0, unlabelled=data(3_000, seed=5)[0])
    alone = run(smooth, X, y, size=8, temperature=1.0)
    assert d.techniques["kept"].all() and d.labels_only is not None
    assert alone.labels_only is not None
    np.testing.assert_array_equal(d.labels_only.logits(X), alone.labels_only.logits(X))


def test_rows_of_x_among_the_unlabelled_are_left_out() -> None:
    # settings are chosen and fidelity is measured on some of them
    X, y = data(120)
    more, _ = data(30, seed=5)
    d = run(smooth, X, y, size=4, temperature=1.0, unlabelled=np.vstack([X, more]))
    assert d.notes == (f"{len(X)} unlabelled rows are in X too, and were left out.",)
    assert d.techniques["technique"].tolist() == ["30 unlabelled rows"]
    d = run(smooth, X, y, size=4, temperature=1.0, unlabelled=X)
    assert d.notes == (f"All {len(X)} unlabelled rows are in X too, and were left out.",)
    assert d.techniques.empty


def test_unlabelled_rows_may_come_with_what_the_teacher_sees() -> None:
    X, y = data(120)
    more, _ = data(2_000, seed=5)
    d = run(
        lambda rows: smooth(rows - 1),
        X,
        y,
        size=8,
        temperature=1.0,
        teacher_inputs=X + 1,
        unlabelled=(more, more + 1),
    )
    np.testing.assert_allclose(d.course.targets.logits[-2_000:], smooth(more))


@pytest.mark.parametrize(
    ("unlabelled", "options", "error", "says"),
    [
        ("named", {}, ValueError, "The unlabelled rows are unlike X.*'age'"),
        ("strange", {}, ValueError, r"lacks: 'boat' of 'purpose' in 50"),
        ("text", {}, TypeError, "The unlabelled rows are unlike X"),
        (("a", "b", "c"), {}, TypeError, "or .rows, teacher_inputs.. Got a tuple of 3"),
        ("good", {"teacher_inputs": True}, ValueError, r"Give unlabelled=\(rows, teacher_inputs"),
        ("inputs", {}, ValueError, "teacher_inputs for the unlabelled rows exactly"),
        ("short", {"teacher_inputs": True}, ValueError, "teacher_inputs for the 50 .*Got 3"),
    ],
)
def test_unlabelled_rows_that_are_unlike_are_refused_before_anybody_is_asked(
    unlabelled: Any, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    frame, y = people(200)
    more = frame.head(50).copy()
    given = {
        "named": more.rename(columns={"age": "years"}),
        "strange": more.assign(purpose="boat"),
        "text": more.assign(age="old"),
        "good": more,
        "inputs": (more, more),
        "short": (more, more.head(3)),
    }
    options = {name: frame for name in options}
    with pytest.raises(error, match=says):
        run(
            lambda rows: pytest.fail("asked"),
            frame,
            y,
            unlabelled=given.get(unlabelled, unlabelled)
            if isinstance(unlabelled, str)
            else unlabelled,
            **options,
        )


def test_unlabelled_rows_with_a_category_that_x_lacks_are_left_out() -> None:
    frame, y = people(250)
    frame, more = frame.drop(columns="income"), frame.drop(columns="income").tail(50)
    more = more.assign(age=more["age"] + 100)  # no row of X
    given = more.assign(purpose=["boat", "ship", *more["purpose"][2:]])
    asked: list[int] = []

    def teacher(rows: pd.DataFrame) -> Any:
        assert not set(rows["purpose"]) & {"boat", "ship"}
        asked.append(len(rows))
        no = 0.2 + 0.6 * (rows["age"].to_numpy() % 50 > 25)
        return np.column_stack([no, 1 - no])

    d = run(teacher, frame.head(200), y[:200], size=4, temperature=1.0, unlabelled=given)
    assert d.notes[0] == (
        "2 unlabelled rows have a category that X lacks ('boat', 'ship' of 'purpose' in 2) "
        "and were left out."
    )
    assert 48 in asked
