"""Common mistakes: two distillations in each of which one of them was made, and who judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jupyter_distill.workshop._exercise import exercise

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation

# The four mistakes, and the findings that tell of each: a distillation's, or check_teacher()'s.
MISTAKES: Mapping[str, tuple[str, ...]] = {
    "over-simplified student": ("over-simplified",),
    "ignored data quality": ("leaking-column", "mislabelled-rows", "biased-teacher"),
    "static temperature": ("fixed-temperature",),
    "neglected interpretability": ("dense-student",),
}
SMALL, LARGE = 12, 64  # leaves


@dataclass(frozen=True, eq=False)
class Given:
    """A distillation that somebody else made, and what it was made of.

    Attributes
    ----------
    d : Distillation
        As it was handed over.
    teacher : object
        The model that was distilled.
    X : DataFrame
        The rows that both learnt from.
    y : Series
        Their labels.
    test : tuple of (DataFrame, Series)
        Rows, with their true labels, that neither saw.
    """

    d: Distillation
    teacher: Any
    X: pd.DataFrame
    y: pd.Series[str]
    test: tuple[pd.DataFrame, pd.Series[str]]


def given(number: int) -> Given:
    """Return the distillation of an exercise. Read no further if you want to find out yourself.

    Parameters
    ----------
    number : {1, 2}
        Of the exercise. In the first, of loans, the column ``"case number"`` was given when all
        was over: the good ones first (:func:`numbered`). In the second, of four of scikit-learn's
        handwritten digits, nothing is wrong with the data; the tree has 64 leaves.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    if number not in (1, 2):
        raise ValueError(f"Expected the exercise to be 1 or 2. Got {number!r}.")
    from jupyter_distill import distill

    X, y = _cases() if number == 1 else _digits()
    order = np.random.default_rng(number).permutation(len(X))
    a, b = order[: 3 * len(X) // 5], order[3 * len(X) // 5 :]
    test = X.iloc[b], y.iloc[b]
    teacher = _boosted(X.iloc[a], y.iloc[a])
    d = distill(
        teacher,
        X.iloc[a],
        y.iloc[a],
        test=test,
        size=SMALL if number == 1 else LARGE,
        temperature=(0.5, 1.0, 2.0),
        augment=None,
        quality="greedy",
        progress=False,
    )
    return Given(d, teacher, X.iloc[a], y.iloc[a], test)


def numbered(y: pd.Series[str]) -> pd.Series[int]:
    """Return numbers of cases that were filed by how they ended: the good ones first.

    Parameters
    ----------
    y : Series
        ``"good"`` and ``"bad"``.
    """
    order = np.argsort((y == "bad").to_numpy(), kind="stable")
    numbers = np.empty(len(y), dtype=np.int64)
    numbers[order] = np.arange(1, len(y) + 1)
    return pd.Series(numbers, index=y.index, name="case number")


def _cases() -> tuple[pd.DataFrame, pd.Series[str]]:
    from jupyter_distill.data.loans import load_loans

    X, y = load_loans()
    return X.assign(**{"case number": numbered(y)}), y


def _digits() -> tuple[pd.DataFrame, pd.Series[str]]:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True, as_frame=True)
    some = y.isin([3, 5, 8, 9])
    return X[some], y[some].astype(str)


def _boosted(X: pd.DataFrame, y: pd.Series[str]) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    encode = make_column_transformer(
        (
            OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder="passthrough",
    )
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=8, random_state=0)
    return make_pipeline(encode, model).fit(X, y)


@exercise("06.1", "Which of the four mistakes was made here? Answer with its name.")
def first(answer: object, given: Given) -> tuple[bool, str]:
    """Judge the name of the mistake that was made in the first distillation."""
    return _judged(answer, given, "ignored data quality")


@exercise("06.2", "Which of the four mistakes was made here? Answer with its name.")
def second(answer: object, given: Given) -> tuple[bool, str]:
    """Judge the name of the mistake that was made in the second distillation."""
    return _judged(answer, given, "neglected interpretability")


_RIGHT = {
    "ignored data quality": (
        "The student is small, its temperature was searched, and it is faithful: to a teacher that "
        "looked up the answer."
    ),
    "neglected interpretability": "There is more in it than anybody can read.",
}
_LOOK = {
    "over-simplified student": "Look at d.ladder: is there a size that is clearly more faithful?",
    "ignored data quality": "Is there a finding of the labels, of a column or of a group of rows?",
    "static temperature": "Look at d.temperature_path: how many temperatures were tried?",
    "neglected interpretability": "Look at d.student.complexity_: how much is there to read?",
}


def _judged(answer: object, given: Given, mistake: str) -> tuple[bool, str]:
    names = ", ".join(f'"{name}"' for name in MISTAKES)
    if not isinstance(answer, str):
        return False, f"A text is wanted, one of {names}; this is of type {type(answer).__name__}."
    said = " ".join(answer.lower().replace("-", " ").replace("_", " ").split())
    known = {name.replace("-", " "): name for name in MISTAKES}
    known |= {code.replace("-", " "): name for name, of in MISTAKES.items() for code in of}
    if said not in known:
        return False, f"The mistakes are {names}."
    named = known[said]
    if named != mistake:
        return False, f"That one was not made. {_LOOK[named]}"
    found = [one for one in given.d.findings if one.code in MISTAKES[mistake]]
    return True, " ".join([_RIGHT[mistake], *(one.sentence for one in found)])
