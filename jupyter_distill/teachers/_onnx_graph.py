"""What an ONNX model says of itself: which output is the answer, and what its classes are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jupyter_distill._optional import require
from jupyter_distill._validation import did_you_mean, expected

_NUMBERS = ("tensor(float)", "tensor(double)", "tensor(float16)")
_LABELS = ("tensor(string)", "tensor(int64)")
_KEY = b"\x0a\x08location"  # how a file of weights beside the model is named in its bytes
_PASSED_ON = ("Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten")


def is_zipmap(output: Any) -> bool:
    """Tell an output of one dict per row, from class name to probability."""
    return str(output.type).startswith("seq(map(")


def choose(outputs: Sequence[Any], wanted: str | None, name: str) -> Any:
    """Return the output that is the answer.

    Raises
    ------
    ValueError
        If there is none of that name, or none or several that may be meant.
    """
    listed = ", ".join(f"{o.name!r} ({o.type}, shape {list(o.shape)})" for o in outputs)
    if wanted is not None:
        found = [output for output in outputs if output.name == wanted]
        if not found:
            raise ValueError(
                expected(f"output_name to be an output of {name}: {listed}", got=repr(wanted))
                + did_you_mean(wanted, [output.name for output in outputs])
            )
        return found[0]
    if len(outputs) == 1:
        return outputs[0]
    numbers = [output for output in outputs if is_zipmap(output) or output.type in _NUMBERS]
    named = [output for output in numbers if "probabilit" in output.name.lower()]
    named = named or [output for output in numbers if output.name.lower() == "logits"]
    for found in (numbers, named):
        if len(found) == 1:
            return found[0]
    raise ValueError(
        expected(
            f"one output of {name} that is clearly its probabilities, logits or numbers",
            got=listed,
            remedy="Say which: as_teacher(model, output_name='...')."
            if numbers
            else "Soft targets need probabilities: export them beside the labels.",
        )
    )


def label_beside(outputs: Sequence[Any], answer: Any) -> Any:
    """Return the output with the labels that go with an answer; None unless there is just one."""
    labels = [output for output in outputs if output.type in _LABELS and output is not answer]
    return labels[0] if len(labels) == 1 else None


def graph_of(source: Any) -> Any:
    """Return the graph of a path, bytes or ModelProto, without weights from other files."""
    onnx: Any = require("onnx", extra="onnx", feature="Reading class names from an ONNX model")
    if isinstance(source, bytes):
        return onnx.load_from_string(source).graph
    if isinstance(source, str | Path):
        return onnx.load(str(source), load_external_data=False).graph
    return source.graph


def class_names(graph: Any, label: Any, answer: Any) -> list[Any] | None:
    """Return the class names in the order of the answer's columns; None where they are not found.

    Parameters
    ----------
    graph : onnx.GraphProto
        The model.
    label, answer : onnxruntime.NodeArg
        Its output with the labels, and that with the probabilities.
    """
    makers = {made: node for node in graph.node for made in node.output}
    maker = makers.get(answer.name)
    if maker is not None and maker.op_type == "ZipMap":
        return _attribute_names(maker)
    maker = makers.get(label.name)
    while maker is not None and maker.op_type in _PASSED_ON:
        maker = makers.get(maker.input[0])
    if maker is None:
        return None
    names = _attribute_names(maker)
    if names is None and maker.op_type in ("ArrayFeatureExtractor", "Gather"):
        names = _constant(graph, makers, maker.input[0])
    if names is None or len(set(names)) != len(names):
        return None
    columns = answer.shape[-1] if answer.shape else None
    if isinstance(columns, int) and columns != len(names):
        return None
    if label.type == "tensor(int64)":
        return [int(name) for name in names]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _attribute_names(node: Any) -> list[Any] | None:
    """Return the class names that a node of the ai.onnx.ml kind carries."""
    for attribute in node.attribute:
        if attribute.name.startswith("classlabels"):
            if attribute.strings:
                return [name.decode() for name in attribute.strings]
            if attribute.ints:
                return list(attribute.ints)
    return None


def _constant(graph: Any, makers: dict[str, Any], name: str) -> list[Any] | None:
    """Return a list that is stored in the model."""
    from onnx import numpy_helper

    while name in makers and makers[name].op_type in _PASSED_ON:
        name = makers[name].input[0]
    stored = [tensor for tensor in graph.initializer if tensor.name == name]
    if name in makers and makers[name].op_type == "Constant":
        stored = [attribute.t for attribute in makers[name].attribute if attribute.name == "value"]
    if not stored or stored[0].data_location:  # in another file
        return None
    values: list[Any] = numpy_helper.to_array(stored[0]).ravel().tolist()
    return values


def files_beside(path: str | Path) -> list[str]:
    """Return the names of the files in which a model keeps weights, sorted."""
    if _KEY not in Path(path).read_bytes():
        return []
    onnx: Any = require("onnx", extra="onnx", feature="Hashing weights beside an ONNX model")
    graph = onnx.load(str(path), load_external_data=False).graph
    entries = (entry for tensor in _tensors(graph) for entry in tensor.external_data)
    return sorted({entry.value for entry in entries if entry.key == "location"})


def _tensors(graph: Any) -> Iterator[Any]:
    """Yield every tensor that a graph stores, those of the graphs inside it too."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                yield from _tensors(inner)
