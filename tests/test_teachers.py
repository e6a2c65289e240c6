"""Teachers: every kind, never changed; estimators, and the columns they know."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy import sparse
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from jupyter_distill.teachers import as_teacher

from .taught import FRAME, X, Y, _probabilities, net


def digest(model: Any) -> str:
    """Hash all that a model is: weights and buffers, or its pickle."""
    if isinstance(model, torch.nn.Module):
        state = {name: value.numpy().tobytes() for name, value in model.state_dict().items()}
        modes = [layer.training for layer in model.modules()]
        grads = [parameter.grad for parameter in model.parameters()]
        return hashlib.sha256(pickle.dumps((state, modes, grads))).hexdigest()
    return hashlib.sha256(pickle.dumps(model)).hexdigest()


# --- every kind, read-only ---------------------------------------------------------------------

FITTED: dict[str, Callable[[], Any]] = {
    "logistic": lambda: LogisticRegression(max_iter=500).fit(FRAME, Y),
    "forest": lambda: RandomForestClassifier(10, random_state=0).fit(FRAME, Y),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=10).fit(FRAME, Y),
    "pipeline": lambda: make_pipeline(StandardScaler(), SVC()).fit(FRAME, Y),
    "search": lambda: GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2, 3]}).fit(FRAME, Y),
    "net": net,
    "function": lambda: _probabilities,
}


@pytest.mark.parametrize("kind", FITTED)
def test_a_teacher_answers_and_is_not_changed(kind: str) -> None:
    model = FITTED[kind]()
    before = digest(model)
    teacher = as_teacher(model)
    logits = teacher.logits(FRAME)
    assert digest(model) == before
    assert teacher.model is model
    assert logits.shape == (150, 3) and logits.dtype == np.float64 and np.isfinite(logits).all()
    assert teacher.kind in ("logits", "probabilities") and teacher.n_classes == 3
    np.testing.assert_allclose(teacher.predict_proba(FRAME).sum(axis=1), 1)
    if hasattr(model, "predict"):
        assert (teacher.predict(FRAME) == model.predict(FRAME)).all()
    if hasattr(model, "predict_proba"):
        np.testing.assert_allclose(
            teacher.predict_proba(FRAME), model.predict_proba(FRAME), atol=1e-5
        )


@pytest.mark.parametrize("kind", FITTED)
def test_batches_of_any_size_and_order_give_the_same_answers(kind: str) -> None:
    teacher = as_teacher(FITTED[kind]())
    whole = teacher.logits(FRAME)
    for batch_size in (1, 7, 149, 1000):
        query = teacher.query(FRAME, batch_size=batch_size, order=3).finish()
        np.testing.assert_allclose(query.logits(), whole, atol=1e-5)


def test_a_teacher_is_returned_unchanged_and_takes_no_options_twice() -> None:
    teacher = as_teacher(FITTED["logistic"]())
    assert as_teacher(teacher) is teacher
    with pytest.raises(ValueError, match=r"no options beside a Teacher.*output='logits'"):
        as_teacher(teacher, output="logits")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (RandomForestClassifier, "Expected a fitted model. Got the class RandomForestClassifier"),
        ("model.pkl", "Expected a teacher.*'model.pkl'.*predict_proba"),
        (np.zeros((3, 2)), "Expected a teacher.*ndarray.*predict_proba"),
    ],
)
def test_what_is_no_teacher_is_refused(model: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        as_teacher(model)


def test_bad_options_are_refused() -> None:
    model = FITTED["logistic"]()
    with pytest.raises(ValueError, match="output to be one of.*Got 'logit'.*Did you mean"):
        as_teacher(model, output="logit")
    with pytest.raises(ValueError, match="batch_size to be a whole number >= 1"):
        as_teacher(model, batch_size=0)
    with pytest.raises(TypeError, match="preprocess to be a function"):
        as_teacher(model, preprocess=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="each class name once"):
        as_teacher(model, classes=["a", "a", "b"])
    with pytest.raises(TypeError, match="a sequence of class names. Got 'abc'"):
        as_teacher(model, classes="abc")
    with pytest.raises(ValueError, match="at least two class names"):
        as_teacher(net(), classes=["a"])


def test_the_name_says_what_is_inside() -> None:
    assert as_teacher(FITTED["pipeline"]()).name == "Pipeline of SVC"
    assert as_teacher(FITTED["search"]()).name == "GridSearchCV of DecisionTreeClassifier"
    assert as_teacher(_probabilities).name == "_probabilities"
    assert as_teacher(lambda rows: rows).name == "the function"
    forest = FITTED["forest"]()
    assert as_teacher(forest.predict_proba).name == "RandomForestClassifier.predict_proba"
    assert as_teacher(forest, name="loan model").name == "loan model"
    assert "loan model" in repr(as_teacher(forest, name="loan model"))


def test_a_teacher_of_something_else_never_imports_torch() -> None:
    code = (
        "import sys; from jupyter_distill.teachers import as_teacher; "
        "as_teacher(lambda rows: rows); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- estimators --------------------------------------------------------------------------------


def test_margins_are_the_logits_where_softmax_of_them_is_the_answer() -> None:
    model = LogisticRegression(C=1e6, max_iter=2000).fit(X * 50, Y)
    teacher = as_teacher(model)
    logits = teacher.logits(X * 50)
    assert teacher.kind == "logits"
    np.testing.assert_array_equal(logits, model.decision_function(X * 50))
    assert (logits.max(axis=1) - logits.min(axis=1)).max() > 40  # far beyond a probability's floor


def test_margins_that_are_something_else_are_not_taken_for_logits() -> None:
    binary = Y < 2
    model = GradientBoostingClassifier(n_estimators=5).fit(X[binary], Y[binary])
    assert as_teacher(model).logits(X[binary]).shape == (100, 2)
    svm = CalibratedClassifierCV(LinearSVC(), cv=2).fit(X, Y)
    assert as_teacher(svm).query(X).finish().logits().shape == (150, 3)

    class Calibrated(LinearSVC):
        def predict_proba(self, rows: Any) -> np.ndarray:
            return softmax(3 * self.decision_function(rows), axis=1)

    other = Calibrated().fit(X, Y)
    teacher = as_teacher(other)
    np.testing.assert_allclose(teacher.predict_proba(X), other.predict_proba(X), atol=1e-5)
    assert teacher.kind == "probabilities"


def test_a_binary_margin_becomes_two_columns() -> None:
    binary = Y < 2
    model = RidgeClassifier().fit(X[binary], np.where(Y[binary], "yes", "no"))
    teacher = as_teacher(model)
    logits = teacher.logits(X[binary])
    np.testing.assert_array_equal(logits[:, 0], 0)
    np.testing.assert_array_equal(logits[:, 1], model.decision_function(X[binary]))
    assert teacher.classes is not None and teacher.classes.tolist() == ["no", "yes"]
    assert set(teacher.predict(X[binary])) == {"no", "yes"}


def test_probabilities_of_zero_are_floored() -> None:
    logits = as_teacher(DecisionTreeClassifier().fit(X, Y)).logits(X)
    assert logits.min() == pytest.approx(np.log(1e-6)) and logits.max() == 0


def test_output_can_be_demanded() -> None:
    model = FITTED["logistic"]()
    assert as_teacher(model, output="probabilities").query(X).finish().logits().max() <= 0
    with pytest.raises(ValueError, match="decision_function for output='logits'.*without it"):
        as_teacher(FITTED["forest"](), output="logits")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (RandomForestClassifier(), "a fitted teacher. Got RandomForestClassifier.*not fitted"),
        (make_pipeline(StandardScaler(), SVC()), "Got Pipeline that is not fitted.*model.fit"),
        (GridSearchCV(SVC(), {"C": [1]}), "Got GridSearchCV that is not fitted"),
        (KMeans(2, n_init=1).fit(X), "Got KMeans .clusterer.*train a classifier on its clust"),
        (
            IsolationForest(n_estimators=3).fit(X),
            "Got IsolationForest .outlier detector.*Train a classifier",
        ),
        (GaussianMixture(2).fit(X), "Got GaussianMixture .density estimator"),
        (StandardScaler().fit(X), "Got StandardScaler, which has neither"),
        (
            VotingClassifier([("a", GaussianNB()), ("b", LinearSVC())]).fit(X, Y),
            "predict_proba or decision_function. Got VotingClassifier.*voting='soft'",
        ),
        (
            MultiOutputClassifier(GaussianNB()).fit(X, np.column_stack([Y, Y])),
            "a teacher of one target. Got MultiOutputClassifier with 2 targets",
        ),
        (
            SVC(decision_function_shape="ovo").fit(X, Y),
            "one margin per class. Got SVC with decision_function_shape='ovo'.*'ovr'",
        ),
        (SimpleNamespace(predict=lambda rows: rows), "neither.*as_teacher\\(lambda rows"),
    ],
)
def test_estimators_that_cannot_teach_are_refused_by_name(model: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        as_teacher(model)


def test_an_unfitted_model_of_another_library_is_found_when_asked() -> None:
    class Forest(RandomForestClassifier):
        """Lives in another module, as xgboost's and lightgbm's do."""

    with pytest.raises(ValueError, match="Got Forest that is not fitted. Call model.fit"):
        as_teacher(Forest()).logits(X)


def test_an_object_with_predict_proba_alone_is_a_teacher() -> None:
    service = SimpleNamespace(predict_proba=_probabilities)
    teacher = as_teacher(service, classes=["a", "b", "c"], name="service")
    assert teacher.predict_proba(X) == pytest.approx(_probabilities(X))
    assert teacher.classes_given


def test_classes_can_be_renamed_but_not_recounted() -> None:
    model = FITTED["logistic"]()
    teacher = as_teacher(model, classes=["setosa", "versicolor", "virginica"])
    assert teacher.predict(X)[0] == "setosa"
    with pytest.raises(ValueError, match=r"classes= to name the 3 classes.*Got \['a', 'b'\]"):
        as_teacher(model, classes=["a", "b"])


# --- columns -----------------------------------------------------------------------------------


def test_columns_are_checked_by_name() -> None:
    teacher = as_teacher(FITTED["forest"]())
    names = list(FRAME.columns)
    assert teacher.columns == tuple(names)
    teacher.check_columns(names)
    with pytest.raises(ValueError, match="the teacher never saw 'sepal lenght'.*Did you mean"):
        teacher.logits(FRAME.rename(columns={names[0]: "sepal lenght"}))
    with pytest.raises(ValueError, match="the teacher never saw 'income'"):
        teacher.logits(FRAME.assign(income=1.0))
    with pytest.raises(ValueError, match=rf"Got rows without '{names[3].split()[0]}"):
        teacher.logits(FRAME[names[:3]])
    with pytest.raises(ValueError, match="another order: 'petal width.*Reorder"):
        teacher.logits(FRAME[names[::-1]])


def test_columns_that_a_library_names_in_its_own_way() -> None:
    # lightgbm writes "_" for spaces, and names the columns of an array by itself.
    model = LogisticRegression(max_iter=500).fit(X, Y)
    model.feature_names_in_ = np.array(["_".join(name.split()) for name in FRAME.columns])
    as_teacher(model).check_columns(FRAME.columns)
    with pytest.raises(ValueError, match="the teacher never saw 'sepal_lenght'"):
        as_teacher(model).check_columns(["sepal_lenght", *FRAME.columns[1:]])
    model.feature_names_in_ = np.array([f"Column_{i}" for i in range(4)])
    assert as_teacher(model).columns is None


def test_a_teacher_without_column_names_checks_their_number() -> None:
    teacher = as_teacher(LogisticRegression(max_iter=500).fit(X, Y))
    teacher.check_columns(["anything"])
    with pytest.raises(ValueError, match="rows of 4 features.*Got 3 features.*teacher_inputs="):
        teacher.logits(X[:, :3])


@pytest.mark.parametrize("fitted_with", [X, FRAME], ids=["array", "frame"])
@pytest.mark.parametrize("asked_with", [X, FRAME, pl.from_pandas(FRAME), pa.table(dict(FRAME))])
def test_frames_and_arrays_pass_without_a_warning(fitted_with: Any, asked_with: Any) -> None:
    model = LogisticRegression(max_iter=500).fit(fitted_with, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logits = as_teacher(model).logits(asked_with, batch_size=40)
    np.testing.assert_allclose(logits, model.decision_function(fitted_with))


def test_a_pipeline_gets_the_owners_frame_with_its_categories() -> None:
    frame = FRAME.assign(colour=np.where(np.arange(150) % 2, "red", "blue"))
    encode = make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough")
    model = make_pipeline(encode, LogisticRegression(max_iter=500)).fit(frame, Y)
    np.testing.assert_allclose(as_teacher(model).logits(frame), model.decision_function(frame))

    inner = LogisticRegression(max_iter=500).fit(encode.transform(frame), Y)
    for preprocess in (encode, encode.transform):
        teacher = as_teacher(inner, preprocess=preprocess)
        assert teacher.columns is None  # what it was fitted with, the owner never sees
        np.testing.assert_allclose(teacher.logits(frame), model.decision_function(frame), atol=1e-3)


def test_sparse_rows() -> None:
    model = LogisticRegression(max_iter=500).fit(sparse.csr_matrix(X), Y)
    logits = as_teacher(model).logits(sparse.coo_matrix(X), batch_size=40)
    np.testing.assert_allclose(logits, model.decision_function(X))
