"""What cannot be an assistant is refused by name, before the teacher is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import jupyter_distill as jd
from jupyter_distill.data import Table
from jupyter_distill.distillation._assistants import Fitted, fit_chain, read_assistants
from jupyter_distill.students.ebm import EbmStudent
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.students.net import NetStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import SoftTargets


def read(asked: Any, task: Any = "classification", **options: Any) -> Any:
    student = TreeStudent() if task == "classification" else TreeRegressionStudent()
    return read_assistants(
        asked, task, **{"student": student, "sizes": (8, 64), "alpha": 0.1, "seed": 0, **options}
    )


class Bare:
    def fit(self, X: Any, y: Any) -> None: ...


VOTERS = [("a", LogisticRegression()), ("b", LogisticRegression())]


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ("nett", ValueError, 'assistant to be one of .*Did you mean "net"'),
        ([], ValueError, "at least one assistant.*leave assistant out"),
        ((), ValueError, "at least one assistant"),
        (None, TypeError, "None, which cannot be fitted.*assistant='net'"),
        ([["net"]], TypeError, "which cannot be fitted"),
        (torch.nn.Linear(2, 2), TypeError, "Linear.*which cannot be fitted"),
        (jd.as_teacher(lambda X: X), TypeError, "Teacher.*which cannot be fitted"),
        (Bare(), TypeError, "cannot be cloned as it has no get_params"),
        (Bare, TypeError, "cannot be cloned as it has no get_params"),
        (Pipeline, TypeError, "the class Pipeline. Give an instance"),
        (int, TypeError, "class 'int'.*cannot be fitted"),
        (KMeans(), ValueError, "a classifier or a regressor.*KMeans .clusterer"),
        (StandardScaler(), ValueError, "a classifier or a regressor.*StandardScaler"),
        (VotingClassifier(VOTERS), ValueError, "predict_proba or decision_function.*Voting"),
        (TreeRegressionStudent(), ValueError, "assistants for classification.*assistant='tree'"),
        (NetStudent(size=0), ValueError, "size to be a whole number >= 1"),
        (NetStudent(alpha=0.7), ValueError, "alpha of the distillation, 0.1.*set in distill"),
        (TreeStudent(size=8), ValueError, "larger than the student.*8 leaves.*another family"),
        ([TreeStudent(size=9), "tree"], ValueError, "larger than the assistant after it"),
        (["net", NetStudent(size=64)], ValueError, "larger than the assistant after it"),
        (["ebm", "ebm"], ValueError, "all terms there are"),
    ],
)
def test_classes(asked: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"(?s){said}"):
        read(asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (LogisticRegression(), "gives numbers.*LogisticRegression .classifier"),
        (TreeStudent(size=99), "assistants for regression.*assistant='tree'"),
    ],
)
def test_numbers(asked: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(asked, "regression")


def test_what_was_asked_for_counts_and_of_a_ladder_what_can_be_read() -> None:
    nine = TreeStudent(size=33)
    assert read(nine, sizes=(2, 32, 64))[0].model.size == 33
    with pytest.raises(ValueError, match="64 leaves"):
        read(nine, sizes=(64,))
    with pytest.raises(ValueError, match="256 hidden units"):
        read("net", student=NetStudent(), sizes=(256,))


def test_what_is_accepted() -> None:
    assert type(read(LogisticRegression)[0].model) is LogisticRegression
    assert type(read(NetStudent)[0].model) is NetStudent
    assert read(StackingClassifier(VOTERS))
    assert read(LinearRegression())
    assert read(["net", LinearStudent(size=3), "tree"])
    assert read([EbmStudent(size=5), LinearStudent(size=2)])


def test_sizes_of_two_families_are_not_compared() -> None:
    assert read(NetStudent(size=2), sizes=(64,))[0].model.size == 2


def chain(asked: Any, X: Any) -> Any:
    z = np.arange(len(X)) - len(X) / 2
    targets = SoftTargets(np.column_stack([-z, z]), ["a", "b"])
    return fit_chain(read(asked), Table.of(X), targets.take(slice(None)))


def test_a_fit_that_fails_says_what_was_asked_and_what_to_do() -> None:
    X = pd.DataFrame({"x": [1.0, None] * 10, "kind": ["u", "v"] * 10})
    with pytest.raises(RuntimeError, match="every row once per class") as caught:
        chain(LogisticRegression(), X)
    assert "categories in 'kind' and missing values in 'x'" in str(caught.value)
    assert "make_pipeline" in str(caught.value)
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(RuntimeError, match="log-odds, one number per row"):
        chain(Ridge(), X)


class Odd(Ridge):
    """Says NaN, or fails, of negative numbers."""

    def __init__(self, fail: bool = False) -> None:
        super().__init__()
        self.fail = fail

    def predict(self, X: Any) -> Any:
        if self.fail and (X < 0).any():
            raise KeyError("negative")
        return np.where(X[:, 0] < 0, np.nan, super().predict(X))


@pytest.mark.parametrize(
    ("fail", "said"),
    [(False, "finite answers of the assistant Odd.*in 2 rows .1, 3"), (True, "KeyError.*negative")],
)
def test_answers_that_are_none_are_refused(fail: bool, said: str) -> None:
    X = np.arange(20.0)[:, None]
    fitted: Fitted = chain(Odd(fail), X)[0]
    assert np.isfinite(fitted.output(Table.of(X))).all()
    with pytest.raises(RuntimeError, match=said):
        fitted.output(Table.of(np.array([[1.0], [-1.0], [1.0], [-1.0]])))
