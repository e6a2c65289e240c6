"""Which columns of a frame are recorded answers; what cannot be soft targets is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import TOLERANCE
from jupyter_distill._validation import did_you_mean, expected, some

_WHICH = "Say which columns are answers: answers=[...], and which is the id: id=."


def read_answers(
    frame: nw.DataFrame[Any],
    columns: list[Any],
    answers: Any,
    classes: NDArray[Any] | None,
    name: str,
) -> tuple[tuple[Any, ...], NDArray[Any]]:
    """Return the names of the columns that are answers, and their values, shape (n, k).

    Parameters
    ----------
    frame : narwhals.DataFrame
        What was recorded.
    columns : list
        Its columns without the id.
    answers : str or list of str or None
        Those that the owner named.
    classes : ndarray or None
        The classes that the owner named; they name columns too, where these are called like them.
    name : str
        The teacher's name, for messages.

    Raises
    ------
    ValueError
        If it is not clear which they are, or they hold no numbers, or decisions only.
    """
    names = None if classes is None else classes.tolist()
    if answers is not None:
        chosen = _named(columns, answers, names, name)
    else:
        chosen = columns if names is None else _of_classes(columns, names, name)
    if names is not None and len(chosen) != len(names) and (len(chosen), len(names)) != (1, 2):
        raise ValueError(
            expected(
                f"one column of answers for each of the classes {some(names, 20)}",
                got=f"{len(chosen)} in {name}: {some(chosen, 20)}",
                remedy="Say which they are: answers=[...].",
            )
        )
    if not chosen:
        raise ValueError(expected(f"a column of answers in {name}", got="none but the ids"))
    _check_numbers(frame, chosen, name)
    if answers is None and names is None:
        _refuse_others(frame, chosen, name)
    values = np.column_stack([_numbers(frame.get_column(column)) for column in chosen])
    if values.dtype.kind in "biu" and values.shape[1] > 1 and _is_one_hot(values):
        raise _hard(name, f"one-hot columns of whole numbers: {some(chosen)}")
    return tuple(chosen), values


def _named(columns: list[Any], answers: Any, names: list[Any] | None, name: str) -> list[Any]:
    """Return the columns that the owner named."""
    chosen = [answers] if isinstance(answers, str) else list(answers)
    strange = [column for column in chosen if column not in columns]
    if strange or not chosen or len(set(chosen)) < len(chosen):
        raise ValueError(
            expected(
                f"answers to name columns of {name}, each once: {some(columns, 20)}",
                got=repr(answers),
            )
            + (did_you_mean(strange[0], map(str, columns)) if strange else "")
        )
    if names is not None and set(names) == set(chosen) and names != chosen:
        raise ValueError(
            expected(
                f"classes in the order of answers ({some(chosen, 20)})",
                got=some(names, 20),
                remedy="Leave one of the two out.",
            )
        )
    return chosen


def _check_numbers(frame: nw.DataFrame[Any], chosen: Sequence[Any], name: str) -> None:
    kinds = {column: frame.get_column(column).dtype for column in chosen}
    words = [c for c, kind in kinds.items() if not (kind.is_numeric() or kind == nw.Boolean)]
    if len(words) == len(chosen):
        first = some(frame.get_column(words[0]).head(3).to_list())
        raise _hard(name, f"{some(words)} without numbers ({first} and so on)")
    if words:
        listed = ", ".join(f"{column!r} ({kinds[column]})" for column in words[:5])
        what = f"columns of numbers in {name}"
        raise ValueError(expected(what, got=f"{listed} among them", remedy=_WHICH))


def _of_classes(columns: list[Any], names: list[Any], name: str) -> list[Any]:
    """Return the columns called like the classes; all, if none is and the number fits."""
    by_name = {str(column): column for column in columns}  # of a file they are always text
    found = [c if c in columns else by_name.get(str(c)) for c in names]
    if all(column is None for column in found) or columns == found[1:]:
        return columns  # a single one is the answer for the second of two classes
    missing = [c for c, column in zip(names, found, strict=True) if column is None]
    if missing:
        raise ValueError(
            expected(
                f"a column of {name} for each of the classes {some(names, 20)}",
                got=f"none for {some(missing)}; its columns are {some(columns, 20)}",
                remedy="Say which columns they are, in the same order: answers=[...].",
            )
        )
    return found


def _refuse_others(frame: Any, chosen: Sequence[Any], name: str) -> None:
    """Refuse probabilities that stand among other numbers, which would pass for logits."""
    values = {column: _numbers(frame.get_column(column)) for column in chosen}
    values = {c: v for c, v in values.items() if v.dtype.kind == "f" and np.isfinite(v).all()}
    inside = [c for c, v in values.items() if v.min() >= -TOLERANCE and v.max() <= 1 + TOLERANCE]
    if 2 <= len(inside) < len(chosen):
        sums = np.sum([values[column] for column in inside], axis=0)
        if np.allclose(sums, 1, atol=TOLERANCE):
            others = [column for column in chosen if column not in inside]
            raise ValueError(
                expected(
                    f"{name} to hold answers only",
                    got=f"probabilities in {some(inside)}, and beside them {some(others)}",
                    remedy=f"Say which are answers: answers={inside!r}, and which is the id: id=.",
                )
            )


def _numbers(series: Any) -> NDArray[Any]:
    if series.null_count() or series.dtype.is_decimal():
        series = series.cast(nw.Float64)
    return np.asarray(series.to_numpy())


def _is_one_hot(values: NDArray[Any]) -> bool:
    return bool(np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all())


def _hard(name: str, got: str) -> ValueError:
    return ValueError(
        expected(
            f"recorded logits or probabilities in {name}, one column per class",
            got=f"what looks like hard labels: {got}",
            remedy="Soft targets need the teacher's whole distribution: record predict_proba. If "
            "they stand in other columns, say which: answers=[...].",
        )
    )
