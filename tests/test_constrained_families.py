"""Every family keeps its constraints, for classes and for numbers, at every size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill import Constraints, students
from jupyter_distill.data import Table
from jupyter_distill.students._verify import verify
from jupyter_distill.targets import Predictions, SoftTargets

ASKED: dict[str, Any] = {
    "monotone": {"income": "+", "debt": "-"},
    "forbid": ["postcode"],
    "max_features": 4,
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame(
        {
            "income": rng.normal(40, 12, n).round(1),
            "debt": rng.gamma(2, 4, n).round(2),
            "postcode": rng.choice(list("ABCD"), n),
            "age": rng.integers(18, 80, n),
            "purpose": rng.choice(["car", "home", "trip"], n),
            "noise": rng.normal(size=n),
        }
    )
    frame.loc[rng.random(n) < 0.1, "income"] = np.nan
    return frame


@pytest.fixture(scope="module")
def score(rows: pd.DataFrame) -> np.ndarray:
    """What a teacher says who likes income, but not always, and looks at the postcode."""
    income = rows["income"].fillna(40).to_numpy()
    wave = 1.5 * np.sin(income / 4)
    said = income / 10 - rows["debt"] / 4 + wave + 2.0 * (rows["postcode"] == "A") - 3
    return np.asarray(said + rows["age"] / 40)


def targets(task: str, score: np.ndarray) -> Any:
    if task == "regression":
        return Predictions(score)
    if task == "binary":
        return SoftTargets(np.column_stack([0 * score, score]), ["no", "yes"])
    return SoftTargets(np.column_stack([0 * score, score, 1 - score / 2]), ["no", "yes", "maybe"])


@pytest.mark.parametrize("task", ["binary", "three classes", "regression"])
@pytest.mark.parametrize("name", students.names())
def test_constraints_hold_and_are_proven(
    name: str, task: str, rows: pd.DataFrame, score: np.ndarray
) -> None:
    asked = dict(ASKED)
    if task == "three classes":
        asked["monotone"] = {"income": {"yes": "+"}, "debt": {"yes": "-"}}
    constraints = Constraints(**asked)
    family = students.load(name, "regression" if task == "regression" else "classification")
    student = family(size=8, alpha=0.0, constraints=constraints)
    student.fit_soft(rows, targets(task, score))
    for fitted in (student, student.at_size(3)):
        report = verify(fitted, constraints, Table.of(rows))
        assert report.ok, str(report)
        methods = report.frame()["method"]
        assert methods.iloc[:2].str.startswith("proven").all(), str(report)


@pytest.mark.parametrize("name", students.names())
def test_a_budget_has_room_for_what_is_required_and_no_more(
    name: str, rows: pd.DataFrame, score: np.ndarray
) -> None:
    asked = [
        Constraints(require=["age", "noise"], max_features=2),
        Constraints(require=["noise"], max_features=1),
    ]
    # a pair of columns is one term, but two columns
    pairs = {"interactions": True} if name == "ebm" else {}
    for constraints in asked:
        student = students.load(name)(size=4, alpha=0.0, constraints=constraints, **pairs)
        student.fit_soft(rows, targets("binary", score))
        report = verify(student, constraints, Table.of(rows))
        assert report.frame().query("what.str.startswith('at most')")["verdict"].eq("met").all()
        assert report.ok, str(report)


@pytest.mark.parametrize("name", ["tree", "rules"])
def test_required_columns_are_asked_about_even_if_no_question_is_left_for_others(
    name: str, rows: pd.DataFrame, score: np.ndarray
) -> None:
    answers = targets("binary", score)
    asked = Constraints(require=["age", "noise", "purpose"])
    for constraints in (asked, Constraints(require=asked.require, max_features=3)):
        size = 4 if name == "tree" else 3
        for quality in ("greedy", "fast"):
            student = students.load(name)(
                size=size, alpha=0.0, quality=quality, constraints=constraints
            ).fit_soft(rows, answers)
            assert verify(student, constraints, Table.of(rows)).ok
            assert student.complexity_.leaves in (None, 4)


def test_a_distilled_tree_reports_what_it_keeps(rows: pd.DataFrame, score: np.ndarray) -> None:
    def teacher(X: Any) -> np.ndarray:
        p = 1 / (1 + np.exp(-score[X.index]))
        return np.column_stack([1 - p, p])

    options = {"classes": ["no", "yes"], "size": 12, "temperature": 1.0, "progress": False}
    options["quality"] = "greedy"
    free = jd.distill(teacher, rows, **options)
    asked = Constraints(monotone={"income": +1}, forbid=["postcode"])
    assert not free.constraints_report(asked).ok
    kept = jd.distill(teacher, rows, constraints=asked, **options)
    assert kept.constraints_report().ok
    assert "postcode" not in str(kept.explanation().frame()["rule"].tolist())


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("name", ["tree", "rules"])
def test_a_price_moves_leaves_towards_the_order_and_a_high_one_to_it(
    name: str, task: str, rows: pd.DataFrame, score: np.ndarray
) -> None:
    answers = targets("regression" if task == "regression" else "binary", score)

    def drawn(**settings: Any) -> tuple[Any, Any]:
        asked = Constraints(monotone={"income": "+"}, **settings)  # not everywhere so
        family: Any = students.load(name, task)
        student = family(size=24, alpha=0.0, quality="greedy", constraints=asked).fit_soft(
            rows, answers
        )
        report = verify(student, asked, Table.of(rows))
        said = student.predict(rows) if task == "regression" else student.logits(rows)
        return np.asarray(said), report

    free, broken = drawn(hard=False, penalty=0.0)
    near, still = drawn(hard=False, penalty=1.0)
    close, _ = drawn(hard=False, penalty=1e9)
    kept, proven = drawn()
    assert not broken.ok and not still.ok and proven.ok
    np.testing.assert_allclose(near, (free + kept) / 2, atol=1e-9)
    np.testing.assert_allclose(close, kept, atol=1e-6)


@pytest.mark.parametrize("name", students.names())
def test_one_column_may_raise_one_class_and_lower_another(name: str) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=700), "b": rng.normal(size=700)})
    a, b = X["a"].to_numpy(), X["b"].to_numpy()
    taught = SoftTargets(np.column_stack([-4 * a, b, 4 * a]), ["A", "B", "C"])
    asked = Constraints(monotone={"a": {"C": "+", "A": "-"}})
    student = students.load(name)(alpha=0.0, random_state=0, constraints=asked)
    student.fit_soft(X, taught)
    report = verify(student, asked, Table.of(X))
    assert report.frame()["verdict"].tolist() == ["met", "met"]
    agreement = (student.predict(X) == taught.classes[taught.predicted]).mean()
    assert agreement > 0.88
