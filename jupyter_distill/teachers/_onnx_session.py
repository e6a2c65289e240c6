"""ONNX models as they come: opened by onnxruntime, named, and hashed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from jupyter_distill._optional import is_a, require
from jupyter_distill._validation import Refusal, did_you_mean, expected, some
from jupyter_distill.teachers._fingerprint import digest_file
from jupyter_distill.teachers._onnx_graph import files_beside

CPU = "CPUExecutionProvider"


def is_proto(model: Any) -> bool:
    """Tell an onnx.ModelProto."""
    return is_a(model, "onnx", "ModelProto")


def is_session(model: Any) -> bool:
    """Tell a session of onnxruntime."""
    return is_a(model, "onnxruntime", "InferenceSession")


def name_of(model: Any) -> str:
    """Return the name of the model's file, where it came from one."""
    path = model if isinstance(model, str | Path) else getattr(model, "_model_path", None)
    return Path(path).name if path else "the ONNX model"


def open_session(model: Any, providers: Any, name: str) -> Any:
    """Open a session; whatever onnxruntime cannot read is no ONNX model."""
    if is_session(model):
        if providers is not None:
            raise Refusal(
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
    source = model.SerializeToString() if is_proto(model) else model
    try:
        session = runtime.InferenceSession(
            source if isinstance(source, bytes) else str(source),
            options,
            providers=wanted,
            enable_fallback=0,
        )
    except Exception as error:  # of many types, all of them onnxruntime's own
        raise Refusal(
            expected(
                f"{name} to be an ONNX model that onnxruntime {runtime.__version__} can read",
                got=f"{type(error).__name__}: {error}",
                remedy="Export it again, for an opset this onnxruntime knows; weights in a file "
                "of their own must lie beside it.",
            )
        ) from error
    missing = [p for p in map(_provider_name, wanted) if p not in session.get_providers()]
    if missing:
        raise Refusal(
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
            raise Refusal(
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


def source_of(model: Any, session: Any) -> Any:
    """Return path, bytes or ModelProto behind a teacher; None where its session keeps none."""
    if session is not model:
        return model
    path = getattr(session, "_model_path", None)
    if path and Path(path).is_file():
        return path
    return getattr(session, "_model_bytes", None)


def hash_of(model: Any, session: Any) -> Any:
    """Return a hash of the model's bytes, and of weights that it keeps in other files."""
    source = source_of(model, session)
    if source is None:
        return None
    if is_proto(source):
        source = source.SerializeToString(deterministic=True)
    if isinstance(source, bytes):
        return [hashlib.md5(source).hexdigest(), []]
    folder = Path(source).parent
    others = files_beside(source)
    return [digest_file(source), [digest_file(folder / file) for file in others]]
