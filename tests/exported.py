"""Models as ONNX: a forest, networks, and graphs made by hand."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier

from .taught import X, Y

X32 = X.astype(np.float32)
NAMES = np.array(["virginica", "setosa", "versicolor"])[Y]  # not in the order of the codes
FOREST = RandomForestClassifier(10, random_state=0).fit(X32, NAMES)


@cache
def forest(zipmap: bool = False) -> Any:
    return to_onnx(FOREST, X32[:1], options={"zipmap": zipmap})


def exported(model: torch.nn.Module, rows: torch.Tensor, *, free: bool, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's own
        torch.onnx.export(
            model.eval(),
            (rows,),
            path,
            input_names=["rows"],
            output_names=["logits"],
            dynamic_shapes=[{0: torch.export.Dim("batch")}] if free else None,
            external_data=False,
            verbose=False,
        )
    return path


def graph(nodes: list[Any], inputs: list[Any], outputs: list[Any]) -> Any:
    made = helper.make_graph(nodes, "made", inputs, outputs)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def value(name: str, shape: list[Any] | None, kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)
