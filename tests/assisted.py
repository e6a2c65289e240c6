"""Teachers' answers and assistants that several tests share."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from jupyter_distill.data import Table
from jupyter_distill.distillation._assistants import Fitted, fit_chain, read_assistants
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import Predictions, SoftTargets, Targets

Data = tuple[Table, Targets]


def cancer() -> Data:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    teacher = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(X[::2], y[::2])
    p = teacher.predict_proba(X)
    return Table.of(X), SoftTargets.from_probabilities(p, ["bad", "good"], y.to_numpy())


def digits() -> Data:
    X, y = load_digits(return_X_y=True)
    X, y = X[y < 4], y[y < 4]
    z = LogisticRegression(C=0.01, max_iter=500).fit(X, y).decision_function(X)
    return Table.of(X), SoftTargets(z, list("abcd"), y)


def diabetes() -> Data:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    said = RandomForestRegressor(30, random_state=0).fit(X[::2], y[::2]).predict(X)
    return Table.of(X), Predictions(said, y.to_numpy())


def halves(data: Data) -> tuple[Data, Data]:
    table, targets = data
    order = np.random.default_rng(0).permutation(table.n_rows)
    a, b = order[: len(order) // 2], order[len(order) // 2 :]
    return (table.take(a), targets.take(a)), (table.take(b), targets.take(b))


def read(asked: Any, targets: Targets, alpha: float = 0.1, **options: Any) -> Any:
    number = isinstance(targets, Predictions)
    student = TreeRegressionStudent() if number else TreeStudent()
    task: Any = "regression" if number else "classification"
    options = {"student": student, "sizes": (4, 8), "seed": 0, **options}
    return read_assistants(asked, task, alpha=alpha, **options)


def one(asked: Any, data: Data, **options: Any) -> Fitted:
    (fitted,) = fit_chain(read(asked, data[1], **options), *data)
    return fitted
