"""An ONNX model as teacher: a file, its bytes, a ModelProto or a session, asked by onnxruntime."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._optional import loaded, require
from jupyter_distill._validation import did_you_mean, expected, some
from jupyter_distill.teachers import _onnx_graph
from jupyter_distill.teachers._base import Refused, Teacher
from jupyter_distill.teachers._fingerprint import digest_file
from jupyter_distill.teachers._onnx_inputs import check_names, feeds, fixed_rows, read_inputs
from jupyter_distill.teachers._rows import frame_names

CPU = "CPUExecutionProvider"


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
        super().__init__(model, name=name or _name(model), **options)
        self._session = _session(model, providers, self.name)
        self._inputs = read_inputs(self._session, self.name)
        self._fixed = fixed_rows(self._inputs, self.name)
        outputs = self._session.get_outputs()
        self._output = _onnx_graph.choose(outputs, output_name, self.name)
        self._hash = None if self.version is not None else _hash(model, self._session)
        self._keys: list[Any] | None = None
        label = _onnx_graph.label_beside(outputs, self._output)
        if label is not None:
            self._read_classes(label)

    def _read_classes(self, label: Any) -> None:
        """Take class names and their order from the model, as far as it holds them."""
        source = _source(self.model, self._session)
        if source is None:
            return
        graph = _onnx_graph.graph_of(source)
        names = _onnx_graph.class_names(graph, label, self._output)
        if _onnx_graph.is_zipmap(self._output):
            self._keys = names
        if names is not None and len(names) >= 2:
            self.task = self.task or "classification"
            if self.classes is None:
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
                said = said[None]
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
    if isinstance(model, bytes) or _is_proto(model) or _is_session(model):
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


def _is_proto(model: Any) -> bool:
    onnx: Any = loaded("onnx")
    return onnx is not None and isinstance(model, getattr(onnx, "ModelProto", ()))


def _is_session(model: Any) -> bool:
    runtime: Any = loaded("onnxruntime")
    return runtime is not None and isinstance(model, getattr(runtime, "InferenceSession", ()))


def _name(model: Any) -> str:
    path = model if isinstance(model, str | Path) else getattr(model, "_model_path", None)
    return Path(path).name if path else "the ONNX model"


def _session(model: Any, providers: Any, name: str) -> Any:
    """Open a session; whatever onnxruntime cannot read is no ONNX model."""
    if _is_session(model):
        if providers is not None:
            raise ValueError(
                expected(
                    "no providers= beside a session, which has its own",
                    got=f"providers={providers!r}",
                    remedy="Give the session them, or give the path of the model.",
                )
            )
        return model
    runtime: Any = require("onnxruntime", extra="onnx", feature="A teacher from an ONNX model")
    wanted = _providers(providers, runtime)
    if isinstance(model, str | Path) and not Path(model).is_file():
        raise FileNotFoundError(
            expected("the path of an ONNX model", got=f"{str(model)!r}, where there is no file")
        )
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors: what it warns of is the affair of who exported it
    source = model.SerializeToString() if _is_proto(model) else model
    try:
        session = runtime.InferenceSession(
            source if isinstance(source, bytes) else str(source),
            options,
            providers=wanted,
            enable_fallback=0,
        )
    except Exception as error:  # of many types, all of them onnxruntime's own
        raise ValueError(
            expected(
                f"{name} to be an ONNX model that onnxruntime {runtime.__version__} can read",
                got=f"{type(error).__name__}: {error}",
                remedy="Export it again, for an opset this onnxruntime knows; weights in a file "
                "of their own must lie beside it.",
            )
        ) from error
    missing = [p for p in map(_provider_name, wanted) if p not in session.get_providers()]
    if missing:
        raise ValueError(
            expected(
                f"{name} to be run by {some(map(_provider_name, wanted))}",
                got=f"a session with {some(session.get_providers())} only",
                remedy="Look at what onnxruntime said of missing libraries.",
            )
        )
    return session


def _providers(given: Any, runtime: Any) -> list[Any]:
    wanted = [CPU] if given is None else [given] if isinstance(given, str) else list(given)
    there = runtime.get_available_providers()
    for provider in map(_provider_name, wanted):
        if provider not in there:
            raise ValueError(
                expected(
                    f"providers of this onnxruntime: {some(there, 20)}",
                    got=repr(provider),
                    remedy="Others come with other packages, e.g. onnxruntime-gpu.",
                )
                + did_you_mean(provider, there)
            )
    return wanted


def _provider_name(provider: Any) -> Any:
    return provider[0] if isinstance(provider, tuple) else provider


def _source(model: Any, session: Any) -> Any:
    """Return path, bytes or ModelProto behind a teacher; None where its session keeps none."""
    if session is not model:
        return model
    path = getattr(session, "_model_path", None)
    if path and Path(path).is_file():
        return path
    return getattr(session, "_model_bytes", None)


def _hash(model: Any, session: Any) -> Any:
    """Return a hash of the model's bytes, and of weights that it keeps in other files."""
    source = _source(model, session)
    if source is None:
        return None
    if _is_proto(source):
        source = source.SerializeToString(deterministic=True)
    if isinstance(source, bytes):
        return hashlib.md5(source).hexdigest()
    folder = Path(source).parent
    others = _onnx_graph.files_beside(source)
    return [digest_file(source), [digest_file(folder / file) for file in others]]
