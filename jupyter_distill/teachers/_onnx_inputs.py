"""Rows as the inputs of an ONNX model: by name, in its types and shapes, without lost values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, did_you_mean, expected, some
from jupyter_distill.teachers._base import Refused
from jupyter_distill.teachers._rows import frame_names

_TYPES = {
    **{f"tensor({name})": np.dtype(name) for name in ("double", "float16", "bool")},
    **{f"tensor({u}int{bits})": np.dtype(f"{u}int{bits}") for u in ("", "u") for bits in (8, 16)},
    **{f"tensor({u}int{bits})": np.dtype(f"{u}int{bits}") for u in ("", "u") for bits in (32, 64)},
    "tensor(float)": np.dtype(np.float32),
    "tensor(string)": np.dtype(object),
}
_REMEDY = "Give the teacher its own rows with teacher_inputs=, or prepare them with preprocess=."


@dataclass(frozen=True)
class Input:
    """One input of a model: name, type (object: text), and shape; None where any length goes.

    A shape of no axes means that the model does not say.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]


def read_inputs(session: Any, name: str) -> tuple[Input, ...]:
    """Return the inputs of a session.

    Raises
    ------
    ValueError
        If it takes something else than tensors, or nothing.
    """
    found = []
    for one in session.get_inputs():
        if one.type not in _TYPES:
            raise Refusal(
                expected(f"{name} to take tensors", got=f"input {one.name!r} of type {one.type}")
            )
        shape = tuple(length if isinstance(length, int) else None for length in one.shape)
        found.append(Input(one.name, _TYPES[one.type], shape))
    if not found:
        raise Refusal(expected(f"{name} to take rows", got="a model without inputs"))
    return tuple(found)


def fixed_rows(inputs: Sequence[Input], name: str) -> int | None:
    """Return the number of rows that the model takes at a time; None where that is free."""
    fixed = {one.name: one.shape[0] for one in inputs if one.shape and one.shape[0] is not None}
    if len(set(fixed.values())) > 1:
        raise Refusal(
            expected(
                f"one number of rows for all inputs of {name}",
                got=", ".join(f"{rows} for {input!r}" for input, rows in fixed.items()),
                remedy="Export it with a batch size that is free (dynamic) for every input.",
            )
        )
    return next(iter(fixed.values()), None)


def check_names(names: Iterable[object], inputs: Sequence[Input], model: str) -> None:
    """Refuse inputs that are missing, and those that the model does not have."""
    got, known = [str(name) for name in names], [one.name for one in inputs]
    missing = [name for name in known if name not in got]
    strange = [name for name in got if name not in known]
    if not missing and not strange:
        return
    came = [f"no {some(missing)}"] if missing else []
    came += [f"{some(strange)} as well"] if strange else []
    hint = did_you_mean(strange[0], missing) if strange else ""
    raise Refused(
        expected(
            f"the inputs of {model} by name: {some(known, 20)}",
            got=" and ".join(came),
            remedy=_REMEDY + hint,
        )
    )


def feeds(rows: Any, inputs: Sequence[Input], model: str) -> dict[str, NDArray[Any]]:
    """Return rows as arrays by the name of their input."""
    if isinstance(rows, Mapping):
        check_names(rows, inputs, model)
        return {one.name: _array(rows[one.name], one, model) for one in inputs}
    if isinstance(rows, tuple):
        if len(rows) != len(inputs):
            what = f"{len(inputs)} parts, the inputs of {model} in their order"
            raise Refused(expected(what, got=f"{len(rows)} parts"))
        return {one.name: _array(part, one, model) for one, part in zip(inputs, rows, strict=True)}
    if len(inputs) == 1:
        return {inputs[0].name: _array(rows, inputs[0], model)}
    names = frame_names(rows)
    if names is None:
        raise Refused(
            expected(
                f"a data frame or dict with the inputs of {model}: "
                f"{some((one.name for one in inputs), 20)}",
                got=f"{type(rows).__name__} of shape {np.shape(rows)}",
                remedy="E.g. pandas.DataFrame(X, columns=[...]), one column per input.",
            )
        )
    check_names(names, inputs, model)
    frame = nw.from_native(rows, eager_only=True)
    return {one.name: _array(frame.get_column(one.name).to_native(), one, model) for one in inputs}


def _array(rows: Any, one: Input, model: str) -> NDArray[Any]:
    """Return one part as an array of the type and shape of its input."""
    part: Any = nw.from_native(rows, eager_only=True, allow_series=True, pass_through=True)
    if isinstance(part, nw.DataFrame):
        columns = [
            _typed(_column(c), one, model, f"column {c.name!r}") for c in part.iter_columns()
        ]
        values = np.column_stack(columns)
    else:
        if isinstance(part, nw.Series):
            part = _column(part)
        elif hasattr(part, "detach"):  # a torch tensor
            part = part.detach().cpu().numpy()
        elif hasattr(part, "toarray"):
            part = part.toarray()
        values = _typed(np.asarray(part), one, model, f"input {one.name!r}")
    return _shaped(values, one, model)


def _column(series: Any) -> NDArray[Any]:
    if not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        return np.array([*series.to_list(), None], dtype=object)[:-1]
    if series.null_count() or series.dtype.is_decimal():
        series = series.cast(nw.Float64)
    return np.asarray(series.to_numpy())


def _typed(values: NDArray[Any], one: Input, model: str, what: str) -> NDArray[Any]:
    """Return values in the type of an input; what it would change is refused."""
    if one.dtype == object:
        return _texts(values, model, what)
    if values.dtype == object:
        known = [v for v in values.ravel().tolist() if v is not None and v == v]
        words = [v for v in known if isinstance(v, str | bytes)]
        if not words:
            try:
                values = values.astype(np.float64)
            except (TypeError, ValueError):
                words = known
        if words:
            raise _unlike(f"numbers for {model}", f"{what} with {some(words, 3)}")
    if values.dtype.kind not in "biuf":
        raise _unlike(f"numbers for {model}", f"{what} of {values.dtype}")
    with np.errstate(over="ignore", invalid="ignore"):
        typed = values.astype(one.dtype)
    if one.dtype.kind == "f":
        lost = np.isinf(typed) & np.isfinite(values)
    else:
        lost = typed != values
    if lost.any():
        raise _unlike(
            f"{'numbers' if one.dtype.kind == 'f' else 'whole numbers'} that {model} can take as "
            f"{one.dtype}",
            f"{what} with {some(values[lost][:3].tolist())} ({lost.sum()} such values)",
        )
    return typed


def _texts(values: NDArray[Any], model: str, what: str) -> NDArray[Any]:
    flat = values.astype(object).ravel().tolist()
    others = [value for value in flat if not isinstance(value, str)]
    if others:
        missing = [value for value in others if value is None or value != value]
        raise _unlike(
            f"text for {model}",
            f"{what} with {len(missing)} missing values"
            if missing
            else f"{what} with {some(others, 3)}",
        )
    return values.astype(object)


def _shaped(values: NDArray[Any], one: Input, model: str) -> NDArray[Any]:
    """Return values in the shape of an input; a single column may have one axis or two."""
    axes = len(one.shape)
    if not axes:
        return values
    fitted = values
    if values.ndim == 1 and axes == 2:
        fitted = values[:, None]
    elif axes == 1 and values.ndim == 2 and values.shape[1] == 1:
        fitted = values[:, 0]
    same = fitted.ndim == axes and all(
        wanted in (None, got) for wanted, got in zip(one.shape[1:], fitted.shape[1:], strict=True)
    )
    if not same:
        wanted = ", ".join("any" if length is None else str(length) for length in one.shape[1:])
        raise _unlike(
            f"{model} to get input {one.name!r} as (rows{', ' if wanted else ''}{wanted})",
            f"shape {values.shape}",
        )
    return fitted


def _unlike(what: str, got: str) -> Refused:
    return Refused(expected(what, got=got, remedy=_REMEDY))
