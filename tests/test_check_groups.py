"""Groups of people: measured by fairlearn, and named where they are treated unequally."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_distill.checks import TeacherCheck
from jupyter_distill.checks._groups import _unequal, groups
from jupyter_distill.checks._sensitive import Attribute
from jupyter_distill.targets import Predictions, SoftTargets

from .checking import cancer, check, credit, line, logistic, sugar

RUNS = 150


def looked(answers: np.ndarray, labels: np.ndarray | None, names: Any) -> Any:
    targets = SoftTargets(3.0 * np.eye(2)[answers], ["no", "yes"], labels)
    return groups(targets, [Attribute("sex", np.asarray(names, dtype=object))], "rows")


@pytest.fixture(scope="module")
def credits() -> TeacherCheck:
    A, B, a, b = credit()
    return check(logistic(A, a), A, a, test=(B, b), sensitive=["Marital", "Age"])


def test_every_group_is_measured_and_all_columns_together(credits: TeacherCheck) -> None:
    _, B, _, b = credit()
    table = credits.frame("groups")
    assert list(table["attribute"].unique()) == ["Marital", "Age", "Marital and Age"]
    for _, of in table.groupby("attribute"):
        assert of["rows"].sum() == len(B)
    single = table[table["group"] == "Marital = single"].iloc[0]
    rows = (B["Marital"] == "single").to_numpy()
    assert single["rows"] == rows.sum()
    assert single["labelled 'good'"] == pytest.approx((b[rows] == "good").mean())
    A, _, a, _ = credit()
    said = logistic(A, a).predict(B)
    assert single["accuracy"] == pytest.approx((said == b)[rows].mean())
    assert single["named 'good'"] == pytest.approx((said == "good")[rows].mean())
    good = rows & (b == "good").to_numpy()
    assert single["right of 'good'"] == pytest.approx((said == "good")[good].mean())
    assert single["accuracy_low"] < single["accuracy"] < single["accuracy_high"]


def test_a_column_of_numbers_is_cut_into_four_groups(credits: TeacherCheck) -> None:
    table = credits.frame("groups")
    ages = table.loc[table["attribute"] == "Age", ["group", "rows"]]
    assert len(ages) == 4 and ages["rows"].min() > 200
    assert all(name.startswith("Age = ") and " to " in name for name in ages["group"])


def test_how_far_groups_are_apart_is_said_of_those_with_enough_rows(credits: TeacherCheck) -> None:
    table, apart = credits.frame("groups"), credits.frame("group_differences")
    enough = table[table["enough"] & (table["attribute"] == "Marital")].set_index("group")
    row = apart[(apart["attribute"] == "Marital") & (apart["measure"] == "accuracy")].iloc[0]
    assert row["difference"] == pytest.approx(np.ptp(enough["accuracy"]))
    assert row["least"] == enough["accuracy"].idxmin()
    assert row["ratio"] == pytest.approx(enough["accuracy"].min() / enough["accuracy"].max())


def test_groups_of_one_row_are_measured_and_named_as_too_small(credits: TeacherCheck) -> None:
    table = credits.frame("groups")
    one = table[table["rows"] == 1]
    assert len(one) and not one["enough"].any()
    small = credits.findings.of("small-groups")[0]
    assert one["group"].iloc[0] in set(small.table["group"]) and "(1)" in small.sentence
    assert small.evidence["fewest rows"] == 1


def test_a_class_that_is_withheld_from_a_group_is_named() -> None:
    rng = np.random.default_rng(0)
    sex, labels = rng.choice(["f", "m"], 800), rng.integers(0, 2, 800)
    answers = np.where((sex == "f") & (rng.random(800) < 0.5), 0, labels)
    found = looked(answers, labels, [f"sex = {one}" for one in sex]).findings
    assert [one.code for one in found] == ["unequal-shares"]
    said = found[0].evidence
    assert (said["group"], said["class"]) == ("sex = f", "yes")
    assert said["named"] == (answers[sex == "f"]).mean() and float(said["ratio"]) < 0.7
    assert said["labelled"] == labels[sex == "f"].mean()
    alone = looked(answers, None, [f"sex = {one}" for one in sex]).findings[0]
    assert "labels say" not in alone.sentence and alone.evidence["named"] == said["named"]


def test_groups_that_are_treated_alike_are_hardly_ever_named() -> None:
    called = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(80, 700))
        labels = (rng.random(n) < rng.uniform(0.1, 0.9)).astype(int)
        answers = np.where(rng.random(n) < 0.8, labels, 1 - labels)
        targets = SoftTargets(3.0 * np.eye(2)[answers], ["no", "yes"], labels)
        kinds = Attribute("kind", rng.choice(list("abcde"), n).astype(object))
        called += any(_unequal(targets, [kinds], "rows", pd.DataFrame()))
    assert called <= RUNS // 50


def test_of_numbers_the_error_is_measured() -> None:
    rng = np.random.default_rng(0)
    truth, kind = rng.normal(size=300), rng.choice(["a", "b"], 300)
    said = truth + np.where(kind == "a", 1.0, 0.0)
    looked = groups(Predictions(said, truth), [Attribute("kind", kind.astype(object))], "rows")
    table = looked.parts["groups"].set_index("group")
    assert table.loc["a", "mean error"] == pytest.approx(1.0)
    assert table.loc["b", "RMSE"] == pytest.approx(0.0) and not looked.findings


def test_a_regression_that_is_too_high_for_a_sensitive_group_is_told() -> None:
    A, B, a, b = sugar()
    model, old = line(A, a), B["age"] > 0.03

    def teacher(rows: Any) -> np.ndarray:
        return np.asarray(model.predict(rows) + np.where(rows["age"] > 0.03, 35, -15))

    kind = tuple(np.where(X["age"] > 0.03, "old", "young") for X in (A, B))
    checked = check(teacher, A, a, test=(B, b), task="regression", sensitive=kind)
    one = checked.findings.of("biased-teacher")[0]
    assert one.evidence["group"] == "sensitive = old" and one.evidence["rows"] == old.sum()


@pytest.mark.parametrize("kind", ["series", "frame", "polars", "array"])
def test_what_is_no_column_of_x_is_given_beside_it(kind: str) -> None:
    A, _, a, _ = cancer()
    sex = pd.Series(np.where(np.arange(len(A)) % 2, "f", "m"), name="sex")
    values: Any = {
        "series": sex,
        "frame": sex.to_frame(),
        "polars": pl.Series("sex", sex.to_list()),
        "array": sex.to_numpy(),
    }[kind]
    table = check(logistic(A, a), A, a, sensitive=values).frame("groups")
    name = "sensitive" if kind == "array" else "sex"
    assert set(table["group"]) == {f"{name} = f", f"{name} = m"} and "sex" not in A


def test_missing_values_are_a_group() -> None:
    A, _, a, _ = credit()
    age = A["Age"].astype(float).mask(A.index % 5 == 0)
    table = check(logistic(A, a), A, a, sensitive=age).frame("groups").set_index("group")
    assert table.loc["Age = missing", "rows"] == 200 and len(table) == 5


def test_names_that_are_none_are_refused() -> None:
    A, B, a, b = credit()
    model = logistic(A, a)
    with pytest.raises(ValueError, match=r"Got 'Maritl'.*Did you mean \"Marital\""):
        check(model, A, a, sensitive=["Maritl"])
    with pytest.raises(ValueError, match="at least one sensitive column. Got none"):
        check(model, A, a, sensitive=[])
    with pytest.raises(ValueError, match="sensitive to have 1000 rows, like X. Got 999 rows"):
        check(model, A, a, sensitive=A["Age"][:-1])
    with pytest.raises(ValueError, match=r"beside the test rows: \(values, values_test\)"):
        check(model, A, a, test=(B, b), sensitive=A["Age"])
    with pytest.raises(ValueError, match="in the order of X"):
        check(model, A, a, sensitive=A["Age"].iloc[::-1])
    with pytest.raises(TypeError, match="dates or times"):
        check(model, A, a, sensitive=pd.Series(pd.date_range("2020", periods=1_000)))


def test_without_fairlearn_the_extra_is_named_before_anybody_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "fairlearn", None)
    A, _, a, _ = credit()
    asked: list[Any] = []
    with pytest.raises(ImportError, match=r'pip install "jupyter-distill\[audit\]"'):
        check(asked.append, A, a, sensitive="Age", classes=["bad", "good"])
    assert not asked
    assert check(logistic(A, a), A, a).ok  # nothing else needs it
