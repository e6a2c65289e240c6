"""Teachers: every kind, asked in batches, read as logits, never changed."""

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
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy import sparse
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from jupyter_distill.teachers import Query, Teacher, as_teacher

torch.set_num_threads(1)

FRAME, Y = load_iris(return_X_y=True, as_frame=True)
X = FRAME.to_numpy()
RNG = np.random.default_rng(0)


def net(columns: int = 4, classes: int = 3) -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(columns, 16),
        torch.nn.BatchNorm1d(16),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(16, classes),
    )


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


def _probabilities(rows: Any) -> np.ndarray:
    return softmax(np.asarray(rows)[:, :3], axis=1)


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
        (LinearRegression().fit(X, Y), "a classifier as teacher. Got LinearRegression .regres"),
        (make_pipeline(LinearRegression()).fit(X, Y), "Got Pipeline .regressor.*classifier"),
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


# --- networks ----------------------------------------------------------------------------------


def test_every_layer_is_in_its_mode_again_and_answers_are_those_of_eval_mode() -> None:
    model = net()
    model[1].eval()  # a frozen layer inside a network in training
    modes = [layer.training for layer in model.modules()]
    seen: list[tuple[bool, bool]] = []
    model.register_forward_hook(
        lambda layer, *_: seen.append((layer.training, torch.is_grad_enabled()))
    )
    as_teacher(model).logits(X, batch_size=50)
    assert seen == [(False, False)] * 3
    assert [layer.training for layer in model.modules()] == modes
    assert torch.is_grad_enabled()


def test_modes_are_restored_after_a_failure_that_says_which_rows() -> None:
    model = net().train()

    def fail(layer: Any, inputs: Any) -> None:
        if (inputs[0] == X[60, 0]).any() and len(inputs[0]) == 10:
            raise ZeroDivisionError("no answer today")

    model.register_forward_pre_hook(fail)
    rows = X.copy()
    rows[:, 0] = 0
    rows[60, 0] = X[60, 0]
    with pytest.raises(
        RuntimeError,
        match="teacher Sequential failed on rows 60 to 69: ZeroDivisionError: no answer today",
    ) as caught:
        as_teacher(model, batch_size=10).logits(rows)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert all(layer.training for layer in model.modules())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_is_asked_in_its_own_precision(dtype: torch.dtype) -> None:
    class Soft(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 40, dtype=dtype)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            assert rows.dtype == dtype
            return self.layer(rows).softmax(dim=1)

    teacher = as_teacher(Soft())
    teacher.logits(FRAME)
    assert teacher.kind == "probabilities"


def test_inputs_of_a_network() -> None:
    model = net()
    wanted = as_teacher(model).logits(X)
    tensor = torch.tensor(X)
    for rows in (FRAME, pl.from_pandas(FRAME), pa.table(dict(FRAME)), tensor, X.tolist(), (X,)):
        np.testing.assert_allclose(as_teacher(model).logits(rows, batch_size=60), wanted, atol=1e-5)
    with_missing = FRAME.astype("Float64")
    np.testing.assert_allclose(as_teacher(model).logits(with_missing), wanted, atol=1e-5)
    whole = RNG.integers(0, 5, (20, 4))
    np.testing.assert_allclose(
        as_teacher(model).logits(whole), as_teacher(model).logits(whole.astype(float)), atol=1e-5
    )


def test_whole_numbers_stay_whole_for_an_embedding() -> None:
    model = torch.nn.Sequential(
        torch.nn.Embedding(10, 4), torch.nn.Flatten(), torch.nn.Linear(12, 2)
    )
    tokens = RNG.integers(0, 10, (30, 3))
    by_array, by_tensor = (
        as_teacher(model).logits(tokens),
        as_teacher(model).logits(torch.tensor(tokens)),
    )
    np.testing.assert_array_equal(by_array, by_tensor)


class TwoInputs(torch.nn.Module):
    """Patient history (numbers) and tokens, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.words = torch.nn.EmbeddingBag(10, 3)
        self.numbers = torch.nn.Linear(4, 3)

    def forward(self, history: torch.Tensor, tokens: torch.Tensor) -> Any:
        return SimpleNamespace(logits=self.numbers(history) + self.words(tokens))


def test_a_network_of_several_inputs_by_name_by_place_and_as_one_dict() -> None:
    history, tokens = FRAME, RNG.integers(0, 10, (150, 5))
    model = TwoInputs()
    by_name = as_teacher(model).logits({"tokens": tokens, "history": history}, batch_size=32)
    by_place = as_teacher(model).logits((history, tokens), batch_size=149)
    np.testing.assert_allclose(by_name, by_place, atol=1e-5)

    class OneDict(TwoInputs):
        def forward(self, batch: dict[str, torch.Tensor]) -> Any:  # type: ignore[override]
            return {"logits": super().forward(**batch).logits}, "something else"

    other = OneDict()
    other.load_state_dict(model.state_dict())
    as_one = as_teacher(other).logits({"tokens": tokens, "history": history})
    np.testing.assert_allclose(by_name, as_one, atol=1e-5)
    with pytest.raises(ValueError, match="same number of rows.*150 in 'history', 149 in 'tokens'"):
        as_teacher(model).logits({"history": history, "tokens": tokens[1:]})


@pytest.mark.parametrize("library", [lambda frame: frame, pl.from_pandas])
def test_columns_of_text_are_named_with_the_remedies(library: Callable[[Any], Any]) -> None:
    frame = library(FRAME.assign(purpose="car", since=pd.Timestamp("2024-01-01")))
    with pytest.raises(
        ValueError, match="columns of numbers.*'purpose'.*'since'.*preprocess=.*teacher_inputs="
    ):
        as_teacher(net(6)).logits(frame)
    with pytest.raises(ValueError, match="numbers for Sequential. Got X of <U1"):
        as_teacher(net(1)).logits(np.array([["a"], ["b"]]))


def test_memory_that_does_not_suffice_halves_the_batch() -> None:
    asked: list[int] = []

    class Big(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            asked.append(len(rows))
            if len(rows) > 20:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return self.layer(rows).squeeze()  # the shape () for one row

    model = Big()
    teacher = as_teacher(model, batch_size=76)
    logits = teacher.logits(X)
    wanted = model.layer(torch.tensor(X, dtype=torch.float32)).detach().numpy()[:, 0]
    np.testing.assert_allclose(logits[:, 1], wanted, atol=1e-5)
    assert asked == [76, 38, 19, 19, 19, 19, 19, 19, 19, 17]  # learnt once, kept


def test_a_single_row_that_does_not_fit_fails_with_its_reason() -> None:
    class Full(torch.nn.Module):
        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            raise MemoryError("no memory left")

    with pytest.raises(RuntimeError, match="failed on rows 0 to 149: MemoryError: no memory left"):
        as_teacher(Full()).logits(X)


def test_one_column_of_a_network_is_a_binary_logit_or_a_sigmoid() -> None:
    linear = torch.nn.Linear(4, 1)
    raw = linear(torch.tensor(X, dtype=torch.float32)).detach().numpy()[:, 0].astype(float) * 1.0
    logits = as_teacher(torch.nn.Sequential(linear, torch.nn.Flatten(0))).logits(X)
    np.testing.assert_allclose(logits, np.column_stack([np.zeros(150), raw]), atol=1e-6)
    teacher = as_teacher(torch.nn.Sequential(linear, torch.nn.Sigmoid()))
    p = teacher.predict_proba(X)
    assert teacher.kind == "probabilities"
    np.testing.assert_allclose(p[:, 1], np.clip(1 / (1 + np.exp(-raw)), 1e-6, 1), atol=1e-5)


def test_lazy_layers_and_strange_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="a trained network.*lazy layers"):
        as_teacher(torch.nn.LazyLinear(3))

    class Strange(torch.nn.Module):
        def forward(self, rows: torch.Tensor) -> str:
            return "yes"

    with pytest.raises(ValueError, match="return a tensor, a tuple.*Got str"):
        as_teacher(Strange()).logits(X)


# --- functions ---------------------------------------------------------------------------------


def test_a_function_is_called_once_unless_a_batch_size_is_given() -> None:
    calls: list[int] = []

    def ask(rows: Any) -> Any:
        calls.append(len(rows))
        return _probabilities(rows)

    as_teacher(ask).logits(X)
    as_teacher(ask, batch_size=100).logits(X)
    assert calls == [150, 100, 50]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda p: p.tolist(),
        torch.tensor,
        lambda p: torch.tensor(p, dtype=torch.float16, requires_grad=True),
        sparse.csr_matrix,
        pd.DataFrame,
        lambda p: p.astype(object),
        lambda p: SimpleNamespace(logits=np.log(p)),
    ],
)
def test_functions_may_return_arrays_of_any_make(wrap: Callable[[Any], Any]) -> None:
    teacher = as_teacher(lambda rows: wrap(_probabilities(rows)))
    np.testing.assert_allclose(teacher.predict_proba(X), _probabilities(X), atol=2e-3)
    assert teacher.classes is None


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_columns_of_an_answer_name_the_classes(library: Callable[[Any], Any]) -> None:
    names = ["no", "perhaps", "yes"]

    def ask(rows: Any) -> Any:
        return library(dict(zip(names, _probabilities(rows).T, strict=True)))

    teacher = as_teacher(ask, batch_size=60)
    assert teacher.classes is None
    teacher.logits(X)
    assert teacher.classes is not None and teacher.classes.tolist() == names
    assert not teacher.classes_given
    with pytest.raises(ValueError, match="in the order of its classes.*Pass classes=.*'perhaps'"):
        as_teacher(ask, classes=names[::-1]).logits(X)
    assert as_teacher(ask, classes=["a", "b", "c"]).predict(X)[0] in "abc"


def test_a_function_of_a_list_of_texts() -> None:
    texts = ["good", "bad", "good", "fine"]
    teacher = as_teacher(lambda rows: [[0.1 * len(t), 1 - 0.1 * len(t)] for t in rows])
    assert teacher.logits(texts, batch_size=3).shape == (4, 2)


# --- answers that cannot be soft targets --------------------------------------------------------


def returning(answer: Any, **options: Any) -> Teacher:
    return as_teacher(lambda rows: answer, name="T", **options)


TEN = np.zeros((10, 4))
GOOD = np.tile([0.25, 0.75], (10, 1))


def broken(row: int, value: Any) -> np.ndarray:
    answer = GOOD.copy()
    answer[row] = value
    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.arange(10) % 2, "hard labels: 0, 1, 0 and so on.*output='logits'"),
        (np.arange(10) % 2 == 0, "hard labels: True, False"),
        (np.array(["no", "yes"] * 5), "hard labels: 'no', 'yes'.*predict_proba"),
        (["no", "yes"] * 5, "hard labels"),
        (pd.Series(["no", "yes"] * 5), "hard labels"),
        (np.arange(10.0) % 3, "hard labels: 0.0, 1.0, 2.0"),
        (np.arange(10)[:, None] % 2, "hard labels"),
        (np.tile([30, 70], (10, 1)), "whole numbers between 30 and 70.*Divide each row"),
        (broken(3, np.nan), r"NaN or infinity in 1 of 10 rows \(first: 3\).*preprocess="),
        (broken(7, [-np.inf, 0]), r"NaN or infinity in 1 of 10 rows \(first: 7\)"),
        (broken(4, [0.25, 0.5]), "do not sum to one: row 4 sums to 0.75 .1 such rows of 10"),
        (GOOD[:7], r"one answer per row, 10 in all. Got 7 \(shape \(7, 2\)\)"),
        (np.zeros((10, 2, 3)), r"Got shape \(10, 2, 3\).*one answer per row"),
        ([GOOD, GOOD], r"Got shape \(2, 10, 2\)"),
        (GOOD * 1j, "complex numbers"),
        (None, "an array .rows, classes.*Got NoneType"),
        ([[0.1, 0.9], [1.0]], "not one array of numbers"),
        ([{"label": "yes", "score": 0.9}] * 10, "not one array of numbers"),
        (0.5, "one answer per row|Got shape"),
    ],
)
def test_answers_that_are_no_soft_targets_are_refused(answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        returning(answer).logits(TEN)
    assert "Expected" in str(caught.value) and "Got" in str(caught.value)


def test_what_is_demanded_is_held() -> None:
    logits = np.tile([0.2, 0.3], (10, 1))
    np.testing.assert_array_equal(returning(logits, output="logits").logits(TEN), logits)
    with pytest.raises(ValueError, match="sum to one"):
        returning(logits, output="probabilities").logits(TEN)
    with pytest.raises(ValueError, match=r"between 0 and 1 from T. Got \[2.0, -1.0\] in row 0"):
        returning(np.tile([2.0, -1.0], (10, 1)), output="probabilities").logits(TEN)
    zeros_and_ones = np.arange(10) % 2
    assert returning(zeros_and_ones, output="probabilities").logits(TEN).shape == (10, 2)


def test_the_kind_is_decided_on_the_whole_answer_and_then_kept() -> None:
    # The first batch alone would pass for probabilities.
    answer = np.vstack([GOOD, 4 * GOOD])
    teacher = as_teacher(lambda rows: answer[rows[:, 0].astype(int)], batch_size=10)
    rows = np.arange(20.0)[:, None]
    np.testing.assert_array_equal(teacher.logits(rows), answer)
    assert teacher.kind == "logits"
    np.testing.assert_array_equal(teacher.logits(rows[:3]), answer[:3])

    other = as_teacher(lambda rows: answer[rows[:, 0].astype(int)])
    other.logits(rows[:3])
    assert other.kind == "probabilities"
    with pytest.raises(ValueError, match="in row 10 .*say output='logits'"):
        other.logits(rows)


def test_classes_that_differ_between_batches_or_from_their_names_are_refused() -> None:
    teacher = as_teacher(lambda rows: np.full((len(rows), 2 + int(rows[0, 0] > 90)), -1.0))
    with pytest.raises(
        ValueError, match="same classes. Got 2 columns.*from row 0, 3 columns in the batch from"
    ):
        teacher.logits(np.arange(200.0)[:, None], batch_size=100)
    with pytest.raises(ValueError, match=r"3 classes \('a', 'b', 'c'\). Got 2 columns"):
        returning(GOOD, classes=["a", "b", "c"]).logits(TEN)
    with pytest.raises(ValueError, match="3 classes.*Got 2 columns"):  # one column means two
        returning(GOOD[:, 0], classes=["a", "b", "c"]).logits(TEN)


def test_a_preprocess_that_fails_says_which_rows() -> None:
    def fail(rows: Any) -> Any:
        raise KeyError("income")

    with pytest.raises(RuntimeError, match="preprocess failed on rows 0 to 9: KeyError"):
        returning(GOOD, preprocess=fail).logits(TEN)
    with pytest.raises(ValueError, match="10 in all. Got 9"):
        as_teacher(_probabilities, preprocess=lambda rows: rows[1:]).logits(TEN)


# --- the query ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (np.zeros((0, 4)), ValueError, "at least one row"),
        ("text", TypeError, "X to be a data frame.*Got str"),
        (3, TypeError, "Got int"),
        ({}, ValueError, "no part at all"),
        (pl.LazyFrame({"a": [1]}), TypeError, "Collect the lazy frame"),
    ],
)
def test_rows_that_are_none_are_refused(rows: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        as_teacher(_probabilities).logits(rows)


def test_a_query_can_be_stopped_read_and_resumed() -> None:
    teacher = as_teacher(_probabilities)
    whole = teacher.logits(X)
    seen: list[tuple[int, int]] = []
    query = teacher.query(X, batch_size=40, order=1, progress=lambda *done: seen.append(done))
    assert isinstance(query, Query) and len(query) == 4 and not query.complete
    with pytest.raises(ValueError, match="at least one answered batch"):
        query.logits()
    for number, rows in enumerate(query):
        assert (np.diff(rows) == 1).all()
        if number == 1:
            break
    assert 0 < query.n_done == len(query.rows) < 150
    assert (np.diff(query.rows) > 0).all()
    np.testing.assert_array_equal(query.logits(), whole[query.rows])
    np.testing.assert_array_equal(query.finish().logits(), whole)
    assert query.complete and query.n_done == 150 and seen[-1] == (150, 150) and len(seen) == 4


def test_an_interrupt_keeps_what_is_answered() -> None:
    calls = 0

    def ask(rows: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return _probabilities(rows)

    query = as_teacher(ask, batch_size=10).query(X, order=0)
    with pytest.raises(KeyboardInterrupt):
        query.finish()
    assert query.n_done == 20 == len(query.logits())
    assert query.finish().n_done == 150


def test_a_partial_result_is_spread_over_the_rows() -> None:
    rows = np.arange(10_000.0)[:, None] @ np.ones((1, 3))
    firsts = [
        next(iter(as_teacher(_probabilities).query(rows, batch_size=10, order=seed)))[0]
        for seed in range(30)
    ]
    assert min(firsts) < 2500 and max(firsts) > 7500
    orders = [
        [batch[0] for batch in as_teacher(_probabilities).query(rows, batch_size=500, order=7)]
        for _ in range(2)
    ]
    assert orders[0] == orders[1] != sorted(orders[0])


def test_the_last_batch_of_one_row_may_come_squeezed() -> None:
    teacher = as_teacher(lambda rows: _probabilities(rows).squeeze(), batch_size=149)
    np.testing.assert_allclose(teacher.predict_proba(X), _probabilities(X), atol=1e-5)


def test_a_separable_task_end_to_end() -> None:
    rows, labels = make_classification(400, 6, random_state=0)
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(rows, labels)
    teacher = as_teacher(model)
    np.testing.assert_allclose(teacher.predict_proba(rows), model.predict_proba(rows), atol=1e-9)
