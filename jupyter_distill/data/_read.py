"""From an owner's frame or array to columns and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.data.columns import Column

Floats = NDArray[np.float64]
Read = tuple[tuple[Column, ...], Floats]
LARGEST = 1e307  # the difference of two numbers beyond may be infinite
EXACT = 2.0**53  # integers beyond may not be told apart as floats


def read_frame(frame: nw.DataFrame[Any], columns: tuple[Column, ...] | None) -> Read:
    """Read every column of a data frame; like `columns` if given."""
    names = [str(name) for name in frame.columns]
    check_names(names, columns)
    return _assemble(names, lambda j: frame[:, j], frame.shape, columns)


def read_array(X: NDArray[Any], columns: tuple[Column, ...] | None) -> Read:
    """Read a numeric or object array; unnamed columns are called x0, x1, ..."""
    if columns is not None and len(columns) != X.shape[1]:
        raise Refusal(
            expected(
                f"{len(columns)} columns: {some((c.name for c in columns), 10)}",
                got=f"{X.shape[1]} columns (shape={X.shape})",
            )
        )
    names = [c.name for c in columns] if columns else [f"x{j}" for j in range(X.shape[1])]
    if X.dtype.kind in "biuf" and columns is None:
        _check_shape(X.shape)
        if X.dtype.kind in "iu":
            for name, column in zip(names, X.T, strict=True):
                _exact(name, column)
        kinds: Any = "boolean" if X.dtype.kind == "b" else "numeric"
        values = np.array(X, dtype=np.float64)
        categories = (False, True) if kinds == "boolean" else ()
        found = tuple(
            Column(n, kinds, categories, _whole(v)) for n, v in zip(names, values.T, strict=True)
        )
        for name, v in zip(names, values.T, strict=True):
            _check_finite(name, v)
        return found, values
    return _assemble(names, lambda j: X[:, j], X.shape, columns)


def two_axes(X: NDArray[Any]) -> NDArray[Any]:
    """Return an array of shape (rows, columns) as it is, refuse any other."""
    if X.ndim != 2:
        raise Refusal(
            expected(
                "a table of shape (rows, columns)",
                got=f"an array of shape {X.shape}",
                remedy="Reshape your data: X.reshape(-1, 1) for one column, "
                "X.reshape(1, -1) for one row; a series by X.to_frame(), records by "
                "pandas.DataFrame(X).",
            )
        )
    return X


def joined(natives: Sequence[Any]) -> Any:
    """Return the rows of several frames or arrays, one after another."""
    frames = [nw.from_native(X, eager_only=True, pass_through=True) for X in natives]
    if not all(isinstance(frame, nw.DataFrame) for frame in frames):
        return np.concatenate([np.asarray(X) for X in natives])
    try:
        return nw.concat(frames, how="vertical").to_native()
    except Exception as error:  # each kind of frame has exceptions of its own
        raise Refusal(
            expected(
                "frames of one kind whose columns have the same types",
                got=f"{some(dict.fromkeys(type(X) for X in natives))} ({error})",
                remedy="Give all rows in one kind of frame, with the columns' types alike.",
            )
        ) from error


def check_names(names: list[str], columns: tuple[Column, ...] | None = None) -> None:
    """Refuse repeated names, and names other than those of `columns`, each by name."""
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise Refusal(
            expected(
                "every column to have a name of its own",
                got=f"{some(repeated)} more than once",
                remedy="Rename the columns.",
            )
        )
    if columns is None or names == [c.name for c in columns]:
        return
    wanted = [c.name for c in columns]
    missing, unknown = set(wanted) - set(names), set(names) - set(wanted)
    if missing or unknown:
        got = [f"no column {some(sorted(missing))}"] if missing else []
        got += [f"unknown column {some(sorted(unknown))}"] if unknown else []
        raise Refusal(expected(f"the columns {some(wanted, 10)}", got=" and ".join(got)))
    raise Refusal(
        expected(
            f"the columns in the order {some(wanted, 10)}",
            got=some(names, 10),
            remedy="Reorder them: X[columns].",
        )
    )


def _assemble(
    names: list[str],
    series: Callable[[int], Any],
    shape: tuple[int, ...],
    columns: tuple[Column, ...] | None,
) -> Read:
    _check_shape(shape)
    values = np.empty(shape, dtype=np.float64)
    found = []
    for j, name in enumerate(names):
        column, values[:, j] = _read(name, series(j), columns[j] if columns else None)
        found.append(column)
    return columns or tuple(found), values


def _check_shape(shape: tuple[int, ...]) -> None:
    if shape[0] == 0:
        raise Refusal(expected("at least one row", got=f"0 sample(s) (shape={shape})"))
    if shape[1] == 0:
        # scikit-learn's words, which its estimator checks ask for
        raise ValueError(
            f"Found array with 0 feature(s) (shape={shape}) while a minimum of 1 is required."
        )


def _read(name: str, series: Any, like: Column | None) -> tuple[Column, Floats]:
    """Read one column: as `like` says, or as its own type says."""
    if isinstance(series, nw.Series):
        kind = _kind_of_dtype(name, series.dtype)
        raw = series.to_native()
    else:
        kind, raw = ("numeric" if series.dtype.kind in "iuf" else "object"), series
        if series.dtype.kind == "c":
            raise ValueError("Complex data not supported: give real and imaginary part apart.")
    if kind == "numeric" and (like is None or like.kind == "numeric"):
        values = _numbers(name, series)
        _check_finite(name, values)
        return like or Column(name, "numeric", integer=_whole(values)), values
    objects = raw if isinstance(raw, pd.Series) else pd.Series(_objects(series))
    return _read_objects(name, objects, like, boolean=kind == "boolean")


def _kind_of_dtype(name: str, dtype: Any) -> str:
    if dtype == nw.Boolean:
        return "boolean"
    if dtype.is_numeric():
        return "numeric"
    if dtype.is_temporal():
        raise TypeError(
            expected(
                f"numbers, text or booleans in column {name!r}",
                got=f"dates or times ({dtype})",
                remedy="Turn it into a number first, e.g. the days since a fixed day.",
            )
        )
    if dtype.is_nested():
        raise TypeError(
            expected(
                f"one value a row in column {name!r}",
                got=f"{dtype}",
                remedy="Spread it over several columns.",
            )
        )
    return "object"


def _numbers(name: str, series: Any) -> Floats:
    if not isinstance(series, nw.Series):
        return _exact(name, np.asarray(series))
    values = np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)
    if series.dtype.is_integer() and (np.abs(values) >= EXACT).any():
        _exact(name, np.asarray(series.drop_nulls().to_numpy()))
    return values


def _exact(name: str, values: NDArray[Any]) -> Floats:
    """Return numbers as floats, and refuse integers of which two would become the same."""
    try:
        floats = values.astype(np.float64)
    except OverflowError:
        floats = np.full(values.shape, np.inf)
    beyond = np.abs(floats) >= EXACT
    if beyond.any():
        same: dict[float, object] = {}
        for whole, near in zip(values[beyond].tolist(), floats[beyond].tolist(), strict=True):
            if isinstance(whole, int) and (np.isinf(near) or same.setdefault(near, whole) != whole):
                raise Refusal(
                    expected(
                        f"numbers in column {name!r} that floats can tell apart",
                        got=f"the integer {_short(whole)}",
                        remedy="If it is an identifier, leave the column out or turn it into "
                        "text; else subtract a fixed number from it.",
                    )
                )
    return floats


def _short(whole: int) -> str:
    text = repr(whole) if abs(whole) < 10**30 else f"of {len(f'{abs(whole):x}')} hex digits"
    return text


def _objects(series: Any) -> NDArray[Any]:
    return np.asarray(series.to_numpy() if isinstance(series, nw.Series) else series, dtype=object)


def _read_objects(
    name: str, objects: pd.Series[Any], like: Column | None, *, boolean: bool
) -> tuple[Column, Floats]:
    """Read text, categories, booleans, or numbers that came as objects."""
    try:
        codes, levels = pd.factorize(objects)
    except TypeError as error:
        raise TypeError(
            expected(
                f"one number, text or boolean a row in column {name!r} "
                "(an argument must be a string or a number)",
                got=str(error),
                remedy="Spread lists and the like over several columns.",
            )
        ) from error
    found = list(levels)
    _refuse_others(name, found)
    if not found and like is not None:  # all missing: of any kind
        return like, np.full(len(codes), np.nan)
    flags = boolean or (bool(found) and all(isinstance(v, bool | np.bool_) for v in found))
    numbers = not flags and all(
        isinstance(v, int | float | Decimal | np.number) and not isinstance(v, bool) for v in found
    )
    if numbers and not isinstance(objects.dtype, pd.CategoricalDtype):
        lookup = np.append(_exact(name, np.array(found, dtype=object)), np.nan)
        if like is not None and like.kind != "numeric":
            raise _other_kind(like, "numbers")
        _check_finite(name, lookup)
        values = lookup[codes]
        return like or Column(name, "numeric", integer=_whole(values)), values
    if like is not None and like.kind == "numeric":
        raise _other_kind(like, some(found, 3))
    if like is None:
        kind: Any = "boolean" if flags else "category"
        like = Column(name, kind, (False, True) if flags else _ordered(objects, found))
    place = {level: code for code, level in enumerate(like.categories)}
    lookup = np.array([*(place.get(level, -1) for level in found), np.nan], dtype=np.float64)
    return like, lookup[codes]


def _refuse_others(name: str, found: list[object]) -> None:
    """Refuse objects that are neither numbers nor names, such as dates."""
    for value in found:
        if isinstance(value, tuple | frozenset):
            raise TypeError(
                expected(
                    f"one value a row in column {name!r}",
                    got=f"{value!r}",
                    remedy="Spread it over several columns.",
                )
            )
        if isinstance(value, date | time | timedelta | pd.Period | complex):
            raise TypeError(
                expected(
                    f"numbers, text or booleans in column {name!r}",
                    got=f"{value!r} ({type(value).__name__})",
                    remedy="Turn it into a number first, e.g. the days since a fixed day.",
                )
            )


def _ordered(objects: pd.Series[Any], found: list[object]) -> tuple[object, ...]:
    """Put levels in their owner's order where there is one, else sort them."""
    if isinstance(objects.dtype, pd.CategoricalDtype):
        present = set(found)
        return tuple(level for level in objects.dtype.categories if level in present)
    try:
        return tuple(sorted(found))  # type: ignore[type-var]
    except TypeError:  # levels of several types have no order among themselves
        return tuple(sorted(found, key=lambda v: (type(v).__name__, str(v))))


def _other_kind(like: Column, came: str) -> TypeError:
    return TypeError(expected(f"column {like.name!r} to be {like.kind} as before", got=came))


def _whole(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return bool(known.size) and bool((known == np.floor(known)).all())


def _check_finite(name: str, values: Floats) -> None:
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        raise Refusal(
            expected(
                f"finite numbers (or missing) in column {name!r}",
                got=f"infinity in {infinite.size} rows, first row {infinite[0]}",
                remedy="Replace inf by NaN or by the largest value that is meant.",
            )
        )
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    if largest > LARGEST:
        raise Refusal(
            expected(
                f"numbers in column {name!r} whose differences are numbers too",
                got=f"{largest:g}",
                remedy="Give it in a larger unit, or as missing if no value is meant.",
            )
        )
