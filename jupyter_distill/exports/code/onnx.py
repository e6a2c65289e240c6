"""A student as an ONNX graph of plain operators in double precision."""

from __future__ import annotations

from jupyter_distill._optional import require
from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._onnx_graph import Graph
from jupyter_distill.exports.code._onnx_run import run
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.reading import Form

SUFFIX = ".onnx"


def write(form: Form, about: About) -> bytes:
    """Return a serialised model.

    Each column that is read is an input of shape (n, 1) with its own name: text as strings, all
    else as doubles (booleans 1 and 0) with NaN for what is missing. What stands for missing text
    is said by the model's metadata (``missing_text``). Outputs: ``label`` and ``probabilities``
    (n, K), or ``prediction`` (n,). Opset 17, and 3 of ai.onnx.ml where there is text.
    """
    onnx = require("onnx", extra="onnx", feature="An export as ONNX")
    graph = Graph(form, onnx)
    model = graph.model(about)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def check(content: bytes, form: Form, cells: Cells) -> Checked:
    """Run the model with onnxruntime."""
    return run(content, form, cells)
