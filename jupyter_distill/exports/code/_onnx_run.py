"""An exported ONNX model run on rows by onnxruntime."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from jupyter_distill._optional import require
from jupyter_distill.exports.code._cells import Cells, kind_of
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.reading import Answers, Form

MISSING = (
    "Not checked: onnxruntime is not installed. Install it with: "
    'pip install "jupyter-distill[onnx]"'
)


def run(content: bytes, form: Form, cells: Cells) -> Checked:
    """Answer every row; where onnxruntime is missing, say so."""
    try:
        runtime: Any = require("onnxruntime", extra="onnx", feature="A check")
    except ImportError:
        return Checked(None, "nothing", (MISSING,))
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    said = json.loads(session.get_modelmeta().custom_metadata_map["columns"])
    feeds = {of["input"]: _feed(cells, of) for of in said}
    found = session.run(None, feeds)
    by = f"onnxruntime {runtime.__version__}"
    if not form.classes:
        return Checked(Answers(None, found[0][:, None]), by)
    place = {(type(c), c): k for k, c in enumerate(form.classes)}
    labels = [place.get((type(label), label), -1) for label in found[0].tolist()]
    return Checked(Answers(np.array(labels, dtype=np.intp), found[1]), by)


def _feed(cells: Cells, of: dict[str, Any]) -> Any:
    """Return a column as the model's metadata says that it takes it."""
    j = next(j for j, column in enumerate(cells.columns) if column.name == of["name"])
    values = cells.column(j)
    if kind_of(cells.columns[j]) == "text":
        found = np.array([of["missing_text"] if v is None else v for v in values], dtype=object)
    else:
        found = np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    return found[:, None]
