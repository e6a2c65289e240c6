"""ONNX models and rows that are refused by name; fingerprints of what a file holds."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import polars as pl
import pytest
from onnx import helper
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier

from jupyter_distill.teachers import as_teacher

from .exported import NAMES, X32, forest, graph, value
from .taught import FRAME, X

# --- what is refused ---------------------------------------------------------------------------


def test_what_is_no_onnx_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"path of an ONNX model. Got 'none.onnx', where th"
    ):
        as_teacher("none.onnx")
    for content in (b"", b"not a model"):
        path = tmp_path / "bad.onnx"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"bad.onnx to be an ONNX model that onnxruntime \d"):
            as_teacher(path)
    with pytest.raises(ValueError, match=r"the ONNX model to be an ONNX model.*Got Invalid"):
        as_teacher(b"not a model")


def test_rows_that_do_not_fit_are_refused() -> None:
    teacher = as_teacher(forest())
    with pytest.raises(ValueError, match=r"input 'X' as \(rows, 4\). Got shape \(150, 3\)"):
        teacher.logits(X[:, :3])
    with pytest.raises(ValueError, match=r"numbers for the ONNX model. Got column 'kind' with 'a'"):
        teacher.logits(FRAME.assign(kind="a"))
    with pytest.raises(
        ValueError, match=r"numbers that .* take as float32. Got column .* with .*e\+60, .*150 such"
    ):
        teacher.logits(FRAME * 1e60)
    with pytest.raises(ValueError, match=r"Got no 'X' and 'rows' as well.*teacher_inputs="):
        teacher.logits({"rows": X})


def test_missing_numbers_go_through_as_nan() -> None:
    model = graph(
        [helper.make_node("IsNaN", ["x"], ["nan"]), helper.make_node("Cast", ["nan"], ["y"], to=1)],
        [value("x", ["n", 3])],
        [value("y", ["n", 3])],
    )
    frame = pl.DataFrame({"a": [1, None, 3], "b": [None, 0.5, 0.5], "c": [True, False, None]})
    got = as_teacher(model, output="logits").logits(frame)
    np.testing.assert_array_equal(got, frame.select(pl.all().is_null()).to_numpy())


def test_inputs_with_batches_of_their_own_are_refused() -> None:
    model = graph(
        [helper.make_node("Add", ["a", "b"], ["y"])],
        [value("a", [4, 3]), value("b", [1, 3])],
        [value("y", [4, 3])],
    )
    with pytest.raises(
        ValueError, match=r"one number of rows for all inputs.*4 for 'a', 1 for 'b'"
    ):
        as_teacher(model)


def test_providers_are_those_of_this_onnxruntime() -> None:
    assert as_teacher(forest(), providers="CPUExecutionProvider").logits(X).shape == (150, 3)
    with pytest.raises(ValueError, match=r"providers of this onnxruntime.*Got 'CPUProvider'"):
        as_teacher(forest(), providers=["CPUProvider"])
    session = onnxruntime.InferenceSession(forest().SerializeToString())
    with pytest.raises(ValueError, match="no providers= beside a session, which has its own"):
        as_teacher(session, providers="CPUExecutionProvider")


@pytest.mark.parametrize(
    ("package", "message"),
    [
        ("onnxruntime", r"A teacher from an ONNX model needs onnxruntime.*jupyter-distill\[onnx\]"),
        ("onnx", r"Reading class names from an ONNX model needs onnx, .*jupyter-distill\[onnx\]"),
    ],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, message: str
) -> None:
    data = forest().SerializeToString()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=message):
        as_teacher(data)


# --- fingerprints ------------------------------------------------------------------------------


def test_weights_in_a_file_of_their_own_are_part_of_the_fingerprint(tmp_path: Path) -> None:
    def written(scale: float) -> str:
        model = graph(
            [helper.make_node("MatMul", ["x", "w"], ["y"])],
            [value("x", ["n", 3])],
            [value("y", ["n", 3])],
        )
        weights = (scale * np.eye(3)).astype(np.float32)
        model.graph.initializer.append(onnx.numpy_helper.from_array(weights, "w"))
        path = tmp_path / "model.onnx"
        (tmp_path / "weights.bin").unlink(missing_ok=True)
        onnx.save_model(
            model, path, save_as_external_data=True, location="weights.bin", size_threshold=0
        )
        teacher = as_teacher(path)
        np.testing.assert_allclose(teacher.logits(X[:, :3]), scale * X[:, :3], rtol=1e-5)
        return teacher.fingerprint

    first, second = written(2), written(3)
    assert first != second and written(2) == first
    (tmp_path / "weights.bin").unlink()
    with pytest.raises(ValueError, match=r"model.onnx to be an ONNX model.*must lie beside it"):
        as_teacher(tmp_path / "model.onnx")


def test_a_model_trained_anew_has_another_fingerprint() -> None:
    other = RandomForestClassifier(10, random_state=1).fit(X32, NAMES)
    another = as_teacher(to_onnx(other, X32[:1], options={"zipmap": False}))
    assert another.fingerprint != as_teacher(forest()).fingerprint
    assert as_teacher(forest(), version="1").fingerprint != as_teacher(forest()).fingerprint
