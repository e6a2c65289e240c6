"""What teachers of boosted trees share: which objectives teach, and which rows they read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.teachers._base import Refused, Task
from jupyter_distill.teachers._columns import check_names
from jupyter_distill.teachers._rows import frame_names
from jupyter_distill.teachers._tabular import (
    TabularTeacher,
    as_fitted,
    estimator_type,
    unfitted,
)

Meaning = Literal[
    "two",
    "several",
    "number",
    "share",
    "hard",
    "apart",
    "labels",
    "ranking",
    "survival",
    "custom",
]
"""What the margins of an objective are: the log-odds of the second of two classes, the logits of
several classes, a number, or the log-odds of a share; all others do not teach."""

_SCORE = (
    "If its score is to be distilled as a number: as_teacher(lambda rows: model.predict(rows), "
    "task='regression')."
)
_REFUSED: dict[Meaning, tuple[str, str]] = {
    "hard": (
        "which gives hard labels: its margins are no log-odds",
        "Train it with objective='binary:logistic', or calibrate it: "
        "CalibratedClassifierCV(model).",
    ),
    "apart": (
        "whose chances do not sum to one: each class has a model of its own",
        "Train it with the softmax of all classes (multi:softprob, multiclass, MultiClass), or say "
        "how the chances become one distribution: as_teacher(lambda rows: "
        "(p := chances(rows)) / p.sum(axis=1, keepdims=True), classes=[...]).",
    ),
    "labels": (
        "which gives several labels per row",
        "Give the teacher of one label: as_teacher(lambda rows: model.predict_proba(rows)[:, 0], "
        "output='probabilities').",
    ),
    "ranking": ("which ranks rows within a group", _SCORE),
    "survival": ("which tells times or hazards of survival", _SCORE),
    "custom": (
        "of which is not known how its margins become chances",
        "If softmax of the margins (of a single one: the logistic function) is the distribution, "
        "say output='logits'; if they are numbers, task='regression'.",
    ),
}


@dataclass(frozen=True)
class Told:
    """What a boosted model says of itself.

    Attributes
    ----------
    objective : str
        Its name in its library.
    meaning : str
        What its margins are.
    outputs : int
        Margins per row; 0 where it does not say.
    names : tuple of str or None
        The columns it was fitted with.
    n_features : int
        How many there are.
    task : {"classification", "regression"} or None
        Of a wrapper for scikit-learn: what it is for.
    classes : sequence or None
        The classes it names.
    categories : frozenset of str or None
        The columns whose categories it knows by name; None where its library checks them.
    predicts : str
        What its ``predict`` gives in place of margins.
    """

    objective: str
    meaning: Meaning
    outputs: int
    names: tuple[str, ...] | None
    n_features: int
    task: Task | None = None
    classes: Any = None
    categories: frozenset[str] | None = None
    predicts: str = "probabilities"


class BoostedTeacher(TabularTeacher):
    """A boosted model, asked for the margins of its trees, which are its logits.

    A regression is asked for what its ``predict`` returns, with the inverse of its link applied.
    Columns of categories are matched by name; what a model was not fitted with is refused.
    """

    _reads_text = False  # whether its library takes columns of text, and checks them itself

    def __init__(self, model: Any, told: Told, *, output: str = "auto", **options: Any) -> None:
        super().__init__(model, output=output, **options)
        if options.get("name") is None:
            self.name = _name(model)
        self.task = _settled(told, self.name, self.task, output)
        self._categories = told.categories
        self._fitted_on(told.names, told.n_features)
        if self.task == "regression":
            return
        self.kind = "probabilities" if output == "probabilities" else "logits"
        if self.kind == "probabilities" and told.predicts != "probabilities":
            raise Refusal(
                expected(
                    f"a model that predicts probabilities for output={output!r}",
                    got=f"{self.name} with the objective {told.objective}, which predicts "
                    f"{told.predicts}",
                    remedy="Leave output='auto': its margins are its logits.",
                )
            )
        unnamed = np.arange(max(2, told.outputs)) if told.outputs else None
        self._take_classes(unnamed if told.classes is None else told.classes)

    @abstractmethod
    def margins(self, rows: Any) -> Any:
        """Return the sums over the trees, shape (rows,) or (rows, classes)."""

    @abstractmethod
    def predicted(self, rows: Any) -> Any:
        """Return probabilities, or the numbers of a regression, as the model predicts them."""

    def answer(self, rows: Any) -> Any:
        """Ask for margins, unless something else was demanded."""
        return self.margins(rows) if self.kind == "logits" else self.predicted(rows)

    def begin(self, X: Any) -> None:
        """Check the columns; rows that the library has already packed cannot be cut."""
        if type(X).__name__ in ("Pool", "DMatrix", "QuantileDMatrix", "Dataset"):
            raise TypeError(
                expected(
                    f"rows for {self.name}",
                    got=f"a {type(X).__module__.partition('.')[0]}.{type(X).__name__}",
                    remedy="Give the data frame or array that it was made of.",
                )
            )
        super().begin(X)

    def prepare(self, rows: Any) -> Any:
        """Return a pandas frame where the model was fitted on a frame, else an array."""
        rows = _as_table(rows, self.name)
        names = frame_names(rows)
        if names is not None and self._fitted_with is not None:  # also after preprocess
            check_names(as_fitted(names, self._fitted_with), self._fitted_with, name=self.name)
        if not self._reads_text:
            self._check_types(rows)
            if names is not None and self._fitted_with is None:
                rows = rows.to_numpy(dtype=np.float64, na_value=np.nan)
        return super().prepare(rows)

    def _check_types(self, rows: Any) -> None:
        """Refuse text, and categories where numbers belong or the other way round."""
        if frame_names(rows) is None:
            if self._categories:
                raise Refused(
                    expected(
                        f"a data frame for {self.name}, with the categories of "
                        f"{some(sorted(self._categories))}",
                        got=f"{type(rows).__name__} of shape {rows.shape}, which has none",
                        remedy="Codes in an array do not say which category they mean.",
                    )
                )
            return
        import pandas as pd

        known = as_fitted(rows.columns, self._fitted_with or ())
        kinds = dict(zip(known, rows.dtypes, strict=True))
        chosen = {c for c, kind in kinds.items() if isinstance(kind, pd.CategoricalDtype)}
        others = set(kinds) - chosen
        wrong = [c for c in kinds if c in others and not pd.api.types.is_numeric_dtype(kinds[c])]
        if wrong:
            what = "columns of numbers or categories"
        else:
            expects = self._categories if self._fitted_with is not None else frozenset()
            if expects is None:
                return
            wrong = [c for c in kinds if (c in chosen) != (c in expects)]
            what = "categories where it was fitted with categories, and only there,"
        if wrong:
            raise Refused(
                expected(
                    f"{what} for {self.name}",
                    got=", ".join(f"{c!r} of type {kinds[c]}" for c in wrong[:8])
                    + (f" and {len(wrong) - 8} more" if len(wrong) > 8 else ""),
                    remedy="Give each column the type it had then, e.g. "
                    "X.astype({name: 'category'}), or prepare them with preprocess=.",
                )
            )


def comes_from(model: Any, package: str) -> bool:
    """Tell whether a model, or what its class is built on, is of a package; imports nothing."""
    kinds = type(model).__mro__
    return any(kind.__module__.partition(".")[0] == package for kind in kinds)


def task_of(model: Any) -> Task | None:
    """Return what a wrapper for scikit-learn is for; None of all else."""
    kinds: dict[str | None, Task] = {"classifier": "classification", "regressor": "regression"}
    return kinds.get(estimator_type(model))


def no_teacher(name: str, objective: str, meaning: Meaning) -> ValueError:
    """Refuse a model of an objective that does not teach."""
    why, remedy = _REFUSED[meaning]
    return ValueError(
        expected(
            "a teacher with a distribution over classes, or with one number per row",
            got=f"{name} with the objective {objective}, {why}",
            remedy=remedy,
        )
    )


def no_model(model: Any, package: str, remedy: str) -> TypeError:
    """Refuse another thing of a package than a model."""
    what = f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}"
    return TypeError(expected(f"a fitted model of {package}", got=what, remedy=remedy))


def trees_of(model: Any, booster: type, inside: str, package: str, remedy: str) -> Any:
    """Return the trees: the model itself, or what a fitted wrapper holds by the name `inside`."""
    from sklearn.exceptions import NotFittedError

    if isinstance(model, booster):
        return model
    if not hasattr(type(model), inside):
        raise no_model(model, package, remedy)
    try:
        found = getattr(model, inside)
        return found() if callable(found) else found
    except NotFittedError as error:
        raise unfitted(model) from error


def _name(model: Any) -> str:
    """Name a booster together with its library: both are called so."""
    name = type(model).__name__
    return f"{type(model).__module__.partition('.')[0]}.{name}" if name == "Booster" else name


def _settled(told: Told, name: str, wanted: Task | None, output: str) -> Task:
    """Return what the model is for; refuse what can be neither, by the name of its objective."""
    meaning, has = told.meaning, f"{name} with the objective {told.objective}"
    if told.task is not None and wanted not in (None, told.task):
        raise Refusal(
            expected(
                f"a model for {wanted}",
                got=f"{name}, which is one for {told.task}",
                remedy="Leave task, classes and output out: the model says it itself.",
            )
        )
    own = told.task or wanted
    said = output == "logits" or own == "regression"  # by the owner, of an objective of their own
    if meaning in _REFUSED and not (meaning == "custom" and said):
        raise no_teacher(name, told.objective, meaning)
    if own is None:
        own = "regression" if meaning in ("number", "share") else "classification"
    if own == "classification" and meaning == "number" and output != "logits":
        raise Refusal(
            expected(
                "a classifier",
                got=f"{has}, which gives numbers and no distribution over classes",
                remedy="Distil it with task='regression'. If it was trained with an objective of "
                "your own whose margins are logits, say output='logits'.",
            )
        )
    if own == "regression" and (meaning == "several" or (meaning == "two" and told.task is None)):
        raise Refusal(
            expected(
                "a regression",
                got=f"{has}, which names classes",
                remedy="Distil it with task='classification'.",
            )
        )
    return own


def _as_table(rows: Any, name: str) -> Any:
    """Return rows as a pandas frame, a matrix or an array.

    Frames of other libraries are read as pandas' too: catboost ends the whole process on some.
    """
    if isinstance(rows, Mapping | tuple):
        raise Refused(
            expected(f"one table for {name}", got=f"a {type(rows).__name__} of several parts")
        )
    if frame_names(rows) is not None:
        return rows if hasattr(rows, "iloc") else rows.to_pandas()
    if not hasattr(rows, "tocsr"):
        rows = np.asarray(rows)
    if len(rows.shape) != 2:
        raise Refused(
            expected(
                f"rows of features for {name}",
                got=f"{type(rows).__name__} of shape {tuple(rows.shape)}",
            )
        )
    return rows
