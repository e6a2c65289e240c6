"""The columns that a model was fitted with, and those that it is asked with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_distill._validation import Refusal, did_you_mean, expected, some


def check_names(names: Iterable[str], known: Iterable[str], *, name: str) -> None:
    """Refuse columns that the model `name` was not fitted with, missing ones, another order."""
    got, wanted = list(names), list(known)
    strange = [column for column in got if column not in wanted]
    missing = [column for column in wanted if column not in got]
    what = f"the columns {name} was fitted with, in that order ({some(wanted)})"
    if strange:
        hint = did_you_mean(strange[0], [str(column) for column in missing])
        raise Refusal(
            expected(
                what,
                got=f"{some(strange)} as well: the teacher never saw {some(strange)}",
                remedy="Leave them out for the teacher, with "
                f"teacher_inputs=X[[...]] or preprocess=.{hint}",
            )
        )
    if missing:
        raise Refusal(
            expected(
                what,
                got=f"rows without {some(missing)}",
                remedy="Add the missing columns, or give the teacher its own rows with "
                "teacher_inputs=.",
            )
        )
    if got != wanted:
        first = next(i for i, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b)
        raise Refusal(
            expected(
                what,
                got=f"another order: {got[first]!r} where {wanted[first]!r} belongs",
                remedy="Reorder: X = X[list(teacher.columns)].",
            )
        )


def check_width(rows: Any, n_features: int, *, name: str) -> None:
    """Refuse rows of another number of features than the model `name` was fitted with."""
    shape = tuple(getattr(rows, "shape", ()))
    if len(shape) == 2 and shape[1] != n_features:
        raise Refusal(
            expected(
                f"rows of {n_features} features, as {name} was fitted with",
                got=f"{shape[1]} features",
                remedy="Give the teacher its own rows with teacher_inputs=, or prepare "
                "them with preprocess=.",
            )
        )
