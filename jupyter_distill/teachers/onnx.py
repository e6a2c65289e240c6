"""An ONNX model as teacher: a file, its bytes, a ModelProto or a session, asked by onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some
from jupyter_distill.teachers import _onnx_graph
from jupyter_distill.teachers._base import Refused, Teacher
from jupyter_distill.teachers._onnx_inputs import check_names, feeds, fixed_rows, read_inputs
from jupyter_distill.teachers._onnx_session import (
    hash_of,
    is_proto,
    is_session,
    name_of,
    open_session,
    source_of,
)
from jupyter_distill.teachers._rows import frame_names


class OnnxTeacher(Teacher):
    """A model in the format ONNX.

    One input takes a matrix of numbers (a data frame without text, an array), or whatever shape it
    has; several take a data frame whose columns are the inputs, as skl2onnx writes them, or a dict
    of arrays by name, or a tuple of them by place. A model whose batch size is fixed is asked in
    pieces of that size. Class names are read from the model: those of a ZipMap, or of the node
    that names the labels beside the probabilities; exports of networks have none.

    Notes
    -----
    Most exports calculate in float32: numbers are rounded to seven digits on their way in, so that
    a threshold between two of them may fall to the other side, and probabilities differ from those
    of the model before its export by about 1e-6 (of a tree: by a leaf, in a few rows).
    """

    default_batch_size = 1024

    def __init__(
        self,
        model: Any,
        *,
        output_name: str | None = None,
        providers: str | Sequence[Any] | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(model, name=name or name_of(model), **options)
        self._made: dict[str, Any] = {"output_name": output_name, "providers": providers}
        self._made |= {"name": self.name, **options}
        self._session = open_session(model, providers, self.name)
        self._inputs = read_inputs(self._session, self.name)
        self._fixed = fixed_rows(self._inputs, self.name)
        outputs = self._session.get_outputs()
        self._output = _onnx_graph.choose(outputs, output_name, self.name)
        self._hash = None if self.version is not None else hash_of(model, self._session)
        self._keys: list[Any] | None = None
        label = _onnx_graph.label_beside(outputs, self._output)
        if label is not None:
            self._read_classes(label)

    def __reduce__(self) -> tuple[Any, ...]:
        """Be sent to another process, where the session is opened anew."""
        source = self.model
        if is_session(source):
            source = source_of(source, self._session)
            if source is None:
                raise TypeError("a session that does not keep what it was made from")
        if isinstance(source, str | Path):
            source = Path(source).absolute()  # it may run in another folder there
        learnt = {name: getattr(self, name) for name in ("task", "kind", "classes", "n_classes")}
        made = partial(type(self), source, **self._made)
        return made, (), {**learnt, "_steady": self._steady}

    def __copy__(self) -> OnnxTeacher:
        """Share the session."""
        again = object.__new__(type(self))
        again.__dict__.update(self.__dict__)
        return again

    def _read_classes(self, label: Any) -> None:
        """Take class names and their order from the model, as far as it holds them."""
        source = source_of(self.model, self._session)
        if source is None:
            return
        graph = _onnx_graph.graph_of(source)
        names = _onnx_graph.class_names(graph, label, self._output)
        if _onnx_graph.is_zipmap(self._output):
            self._keys = names
        if names is not None and len(names) >= 2:
            self.task = self.task or "classification"
            if self.classes is None and self.task == "classification":
                self.classes, self.n_classes = np.array(names), len(names)

    def begin(self, X: Any) -> None:
        """Look whether the columns are the inputs, before anything is asked."""
        names = frame_names(X)
        if self.preprocess is None and names is not None and len(self._inputs) > 1:
            check_names(names, self._inputs, self.name)

    def prepare(self, rows: Any) -> Any:
        """Return arrays by the name of their input, in its type and shape."""
        return feeds(rows, self._inputs, self.name)

    def answer(self, rows: Any) -> Any:
        """Ask one batch; in pieces where the model takes a fixed number of rows."""
        n = len(next(iter(rows.values())))
        size = self._fixed
        if size is None:
            return self._run(rows)
        pieces = []
        for start in range(0, n, size):
            piece = {name: values[start : start + size] for name, values in rows.items()}
            got = min(size, n - start)
            if got < size:  # the last row again: its answers are cut off
                piece = {
                    name: np.concatenate([values, np.repeat(values[-1:], size - got, axis=0)])
                    for name, values in piece.items()
                }
            said = np.asarray(self._run(piece))
            if size == 1 and (said.ndim == 0 or len(said) != 1):
                said = said[None]  # one that leaves out the axis of rows
            if said.ndim == 0 or len(said) != size:
                what = f"{self.name} to answer {size} rows with as many"
                raise Refused(expected(what, got=f"shape {said.shape}"))
            pieces.append(said[:got])
        return np.concatenate(pieces)

    def _run(self, rows: dict[str, NDArray[Any]]) -> Any:
        said = self._session.run([self._output.name], rows)[0]
        if not _onnx_graph.is_zipmap(self._output):
            return said
        keys = self._keys or list(said[0])
        strange = [key for row in said for key in row if key not in keys]
        if strange or any(len(row) != len(keys) for row in said):
            raise Refused(
                expected(f"{self.name} to give each of {some(keys)} a probability", got=some(said))
            )
        return np.array([[row[key] for key in keys] for row in said])

    def state(self) -> Any:
        """Return the hash of the model's bytes, and which output is read."""
        if self._hash is None:
            raise ValueError("a session that does not keep what it was made from")
        return self._hash, self._output.name


def accepts(model: Any) -> int:
    """Take paths that end in .onnx, bytes, ModelProtos and sessions."""
    if isinstance(model, str | Path):
        return 40 if str(model).lower().endswith(".onnx") else 0
    if isinstance(model, bytes) or is_proto(model) or is_session(model):
        return 40
    return 0


def build(
    model: Any,
    *,
    output_name: str | None = None,
    providers: str | Sequence[Any] | None = None,
    **options: Any,
) -> Teacher:
    """Wrap the model.

    Parameters
    ----------
    output_name : str, optional
        Which of its outputs is the answer; found by itself where only one can be.
    providers : str or sequence, optional
        Where onnxruntime calculates, e.g. ``"CUDAExecutionProvider"``; on the CPU by default.
    """
    return OnnxTeacher(model, output_name=output_name, providers=providers, **options)
