"""ONNX models as teachers: exports of scikit-learn and of torch, their inputs, outputs, classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import polars as pl
import pytest
import torch
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_distill.teachers import as_teacher

from .distilling import run
from .exported import FOREST, NAMES, X32, exported, forest, graph, value
from .small import people
from .taught import FRAME, X, Y, net


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int | None], Path]:
    """The path of a network that takes so many rows at a time; None: any number."""
    folder = tmp_path_factory.mktemp("networks")

    @cache
    def of(rows: int | None) -> Path:
        path = folder / f"net{rows}.onnx"
        if rows in (None, 1):
            return exported(net(), torch.randn(rows or 2, 4), free=rows is None, path=path)
        model = onnx.load(of(None))  # exporting takes seconds
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = rows
        onnx.save(model, path)
        return path

    return of


# --- every form --------------------------------------------------------------------------------


def test_a_path_bytes_a_proto_and_a_session_are_the_same_teacher(tmp_path: Path) -> None:
    proto = forest()
    path = tmp_path / "forest.onnx"
    path.write_bytes(proto.SerializeToString())
    data = path.read_bytes()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    wanted = as_teacher(FOREST).predict_proba(X32)
    teachers = [as_teacher(m) for m in (path, str(path), data, proto, session)]
    for teacher in teachers:
        np.testing.assert_allclose(
            teacher.predict_proba(
                X,
            ),
            wanted,
            atol=1e-5,
        )
        assert teacher.classes is not None and teacher.classes.tolist() == sorted(set(NAMES))
        assert teacher.task == "classification"
    assert len({teacher.fingerprint for teacher in teachers if teacher.model is not proto}) == 1
    assert [t.name for t in teachers] == ["forest.onnx"] * 2 + ["the ONNX model"] * 3


def test_rows_of_any_make_and_batches_of_any_size() -> None:
    wanted = as_teacher(forest()).logits(X)
    for rows in (FRAME, pl.from_pandas(FRAME), X32, X.tolist(), torch.tensor(X), (X,), {"X": X}):
        got = as_teacher(forest()).logits(rows, batch_size=47)
        np.testing.assert_allclose(got, wanted, atol=1e-5)  # sums depend on the batch


@pytest.mark.parametrize("zipmap", [True, False], ids=["zipmap", "tensor"])
@pytest.mark.parametrize(
    "model",
    [
        FOREST,
        LogisticRegression(max_iter=300),
        GaussianNB(),
        KNeighborsClassifier(),
        MLPClassifier(max_iter=20),
        BaggingClassifier(n_estimators=3),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.parametrize("labels", [NAMES, 10 * Y, Y == 1], ids=["text", "numbers", "booleans"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_class_names_and_their_order_are_read_from_the_model(
    model: Any, labels: np.ndarray, zipmap: bool
) -> None:
    model = clone(model).fit(X32, labels)
    teacher = as_teacher(to_onnx(model, X32[:1], options={"zipmap": zipmap}))
    assert teacher.classes is not None
    assert teacher.classes.tolist() == model.classes_.tolist()
    np.testing.assert_allclose(teacher.predict_proba(X), model.predict_proba(X32), atol=1e-4)
    assert (teacher.predict(X) == model.predict(X32)).all()


def test_classes_may_be_named_anew() -> None:
    teacher = as_teacher(forest(True), classes=["a", "b", "c"])
    np.testing.assert_array_equal(teacher.logits(X), as_teacher(forest(False)).logits(X))
    assert set(teacher.predict(X)) == {"a", "b", "c"}


@pytest.mark.parametrize("library", [pd.DataFrame, pl.from_pandas], ids=["pandas", "polars"])
def test_a_pipeline_with_categories_takes_a_data_frame_of_its_inputs(library: Any) -> None:
    frame, y = people(200)
    frame = frame.fillna(0).assign(employed=lambda f: f["employed"].astype(int))
    pipeline = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(), ["purpose"]),
            (StandardScaler(), ["income", "age"]),
            ("passthrough", ["employed"]),
        ),
        RandomForestClassifier(10, max_depth=4, random_state=0),
    ).fit(frame, y)
    kinds = {"income": FloatTensorType, "purpose": StringTensorType}
    types = [(c, kinds.get(c, Int64TensorType)([None, 1])) for c in frame.columns]
    teacher = as_teacher(to_onnx(pipeline, initial_types=types))
    wanted = pipeline.predict_proba(frame)
    assert np.mean(np.abs(teacher.predict_proba(library(frame)) - wanted).max(axis=1) < 1e-5) > 0.97
    assert teacher.classes is not None and teacher.classes.tolist() == ["no", "yes"]
    columns = {name: frame[name].to_numpy() for name in frame.columns}
    np.testing.assert_array_equal(teacher.logits(columns), teacher.logits(frame))
    np.testing.assert_array_equal(teacher.logits(frame[frame.columns[::-1]]), teacher.logits(frame))
    categorical = frame.astype({"purpose": "category"})
    np.testing.assert_array_equal(teacher.logits(categorical), teacher.logits(frame))

    with pytest.raises(ValueError, match=r"the inputs of the ONNX.*no 'age' and 'ages' as well"):
        teacher.logits(frame.rename(columns={"age": "ages"}))
    with pytest.raises(
        ValueError, match=r"a data frame or dict with the inputs.*Got ndarray of sh"
    ):
        teacher.logits(np.zeros((3, 4)))
    missing = frame.assign(purpose=frame["purpose"].where(frame.index > 1, None))
    with pytest.raises(
        ValueError, match=r"text for the ONNX model. Got input 'purpose' with 2 mis"
    ):
        teacher.logits(missing)
    with pytest.raises(ValueError, match=r"text for the ONNX model. Got input 'purpose' with 1, 1"):
        teacher.logits(frame.assign(purpose=1))
    with pytest.raises(ValueError, match=r"whole numbers that .* take as int64.*'age' with 0.5"):
        teacher.logits(frame.assign(age=0.5))
    with pytest.raises(ValueError, match=r"numbers for the ONNX model. Got input 'age' with 'x'"):
        teacher.logits(frame.assign(age="x"))
    with pytest.raises(ValueError, match=r"4 parts, the inputs of .* in their order. Got 2 parts"):
        teacher.logits((columns["age"], columns["income"]))


def test_numbers_of_a_regression() -> None:
    rows, y = load_diabetes(return_X_y=True)
    model = RandomForestRegressor(10, random_state=0).fit(rows.astype(np.float32), y)
    teacher = as_teacher(to_onnx(model, rows[:1].astype(np.float32)), task="regression")
    np.testing.assert_allclose(
        teacher.predictions(rows), model.predict(rows.astype(np.float32)), rtol=1e-4
    )
    d = run(teacher, rows, y, size=4, quality="greedy")
    assert d.task == "regression"


def test_an_onnx_teacher_is_distilled_like_the_model() -> None:
    quick: dict[str, Any] = {"size": 3, "quality": "greedy", "temperature": 1.0}
    d = run(as_teacher(forest()), FRAME, NAMES, **quick)
    assert d.targets.classes.tolist() == sorted(set(NAMES))
    np.testing.assert_allclose(d.targets.at(1.0), FOREST.predict_proba(X32), atol=1e-4)


# --- networks and their batches ----------------------------------------------------------------


@pytest.mark.parametrize("rows", [None, 1, 64])
def test_a_network_is_asked_in_batches_of_the_size_it_takes(
    network: Callable[[int | None], Path], rows: int | None
) -> None:
    model = net().eval()
    teacher = as_teacher(network(rows), batch_size=100)
    np.testing.assert_allclose(teacher.logits(FRAME), as_teacher(model).logits(FRAME), atol=1e-5)
    assert teacher.kind == "logits" and teacher.classes is None
    assert teacher.name == f"net{rows}.onnx"


def test_a_model_without_an_axis_of_rows_in_its_answer_is_asked_row_by_row() -> None:
    model = graph(
        [helper.make_node("Squeeze", ["x"], ["y"])], [value("x", [1, 3])], [value("y", [3])]
    )
    np.testing.assert_array_equal(as_teacher(model).logits(X[:7, :3]), X32[:7, :3])


def test_images_keep_their_shape() -> None:
    model = graph(
        [helper.make_node("ReduceMean", ["x", "axes"], ["y"], keepdims=0)],
        [value("x", ["n", 3, 8, 8])],
        [value("y", ["n", 3])],
    )
    model.graph.initializer.append(helper.make_tensor("axes", TensorProto.INT64, [2], [2, 3]))
    images = np.random.default_rng(0).normal(size=(10, 3, 8, 8))
    teacher = as_teacher(model)
    np.testing.assert_allclose(teacher.logits(images), images.mean(axis=(2, 3)), atol=1e-6)
    with pytest.raises(
        ValueError, match=r"input 'x' as \(rows, 3, 8, 8\). Got shape \(10, 8, 8, 3"
    ):
        teacher.logits(images.transpose(0, 2, 3, 1))


# --- outputs -----------------------------------------------------------------------------------


def two_outputs(first: str, second: str) -> Any:
    nodes = [helper.make_node("Identity", ["x"], [first]), helper.make_node("Neg", ["x"], [second])]
    return graph(nodes, [value("x", ["n", 3])], [value(first, ["n", 3]), value(second, ["n", 3])])


@pytest.mark.parametrize("name", ["probabilities", "logits"])
def test_the_output_with_the_name_of_an_answer_is_taken(name: str) -> None:
    for model in (two_outputs(name, "hidden"), two_outputs("hidden", name)):
        teacher = as_teacher(model, output="logits")
        sign = 1 if model.graph.output[0].name == name else -1
        np.testing.assert_array_equal(teacher.logits(X[:, :3]), sign * X32[:, :3])


def test_one_of_several_outputs_must_be_named() -> None:
    model = two_outputs("first", "second")
    with pytest.raises(
        ValueError,
        match=r"clearly its probabilities.*'first' \(tensor\(float\), shape \['n', 3\]\), 'second'"
        r".*output_name='...'",
    ):
        as_teacher(model)
    second = as_teacher(model, output_name="second")
    np.testing.assert_array_equal(second.logits(X[:, :3]), -X32[:, :3])
    assert second.fingerprint != as_teacher(model, output_name="first").fingerprint
    with pytest.raises(ValueError, match=r"output_name to be an output.*Did you mean \"second\""):
        as_teacher(model, output_name="secont")


def test_labels_alone_are_refused() -> None:
    model = forest()
    only = onnx.ModelProto()
    only.CopyFrom(model)
    del only.graph.output[1]
    with pytest.raises(ValueError, match="hard labels"):
        as_teacher(only).logits(X)
    with pytest.raises(ValueError, match="hard labels"):
        as_teacher(model, output_name="label").logits(X)
