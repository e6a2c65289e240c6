"""How a scikit-learn estimator learns what a teacher says: classes, their odds, or numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from jupyter_distill._softmax import FLOOR, log_floored, log_softmax, softmax
from jupyter_distill._validation import expected
from jupyter_distill.data import Table
from jupyter_distill.distillation._assistant_fitted import Fitted, remedy, shown
from jupyter_distill.distillation._assistant_splits import (
    FOLDS,
    SEARCHES,
    Copies,
    by_rows,
    found_splitter,
    hidden_splitter,
    stops_by_copies,
    weighs,
)
from jupyter_distill.students._classifier import score_spread
from jupyter_distill.targets import Predictions, SoftTargets, SquaredLoss, Targets
from jupyter_distill.teachers import Task, as_teacher

Floats = NDArray[np.float64]


def estimator_task(model: Any, task: Task) -> str:
    """Return "classifier" or "regressor", if that can learn from a teacher of this task.

    Raises
    ------
    ValueError
        If it is neither, names classes where numbers are taught, says nothing of its doubts, or
        would split copies of rows deep inside.
    """
    kind = _kind(model)
    if kind not in ("classifier", "regressor"):
        raise ValueError(
            expected(
                "a classifier or a regressor as assistant",
                got=estimator_name(model) + (f" ({kind.replace('_', ' ')})" if kind else ""),
                remedy="Name a family, e.g. assistant='net'.",
            )
        )
    if kind == "classifier" and task == "regression":
        raise ValueError(
            expected(
                "an assistant that gives numbers, as the teacher is a regression",
                got=f"{estimator_name(model)} (classifier)",
                remedy="Give a regressor, or name a family, e.g. assistant='net'.",
            )
        )
    speaks = any(hasattr(model, method) for method in ("predict_proba", "decision_function"))
    # a stack without a last estimator gets one at the fit, which speaks
    if kind == "classifier" and not (speaks or hasattr(model, "final_estimator")):
        raise ValueError(
            expected(
                "a classifier with predict_proba or decision_function as assistant",
                got=f"{estimator_name(model)}, which says no more than a name",
                remedy="Give CalibratedClassifierCV of it, or name a family: assistant='net'.",
            )
        )
    inner = hidden_splitter(model) if kind == "classifier" and weight_key(model) else None
    if inner is not None:
        raise ValueError(
            expected(
                "an assistant that validates at its outside, as every row is taught once per class "
                "and copies of a row must stay together",
                got=f"{type(inner).__name__} inside of {type(model).__name__}",
                remedy=f"Give {type(inner).__name__} alone, or the model inside of it.",
            )
        )
    return kind


def estimator_name(model: Any) -> str:
    """Name a pipeline or search together with the model inside."""
    inner = model
    while True:
        if isinstance(inner, Pipeline):
            inner = inner.steps[-1][1]
        elif isinstance(inner, SEARCHES | CalibratedClassifierCV) and inner.estimator is not None:
            inner = inner.estimator
        else:
            break
    outer = type(model).__name__
    return outer if inner is model else f"{outer} of {type(inner).__name__}"


def fit_estimator(model: Any, name: str, table: Table, targets: Targets, alpha: float) -> Fitted:
    """Teach a clone of a classifier or regressor.

    It sees the owner's frame or array as it is. A regression learns ``alpha y + (1 - alpha) t``.
    Of classes a regressor learns the log-odds of the second of two, or the centred logits of
    several, none of a probability below 1e-6. A classifier learns every row once per class,
    weighted with the teacher's probability at T = 1; where it takes no weights, the class named. A
    search, a calibration or a stack splits rows and not these copies; a search that does not weigh
    what it scores scores classes that are drawn. One that stops early by rows of its own choice is
    left to split copies: one class per row, drawn or named, teaches it much less.
    """
    if isinstance(targets, Predictions):
        blend = SquaredLoss(alpha).blend(targets)
        fitted = _fit(model, name, table, blend, targets.weights, "one number per row")
        return Fitted(name, fitted, partial(_numbers, fitted), _unweighted(model, targets))
    if _kind(model) == "regressor":
        return _learn_logits(model, name, table, targets)
    codes = np.arange(targets.n_classes)
    if weight_key(model) is None:
        named = targets.predicted
        fitted = _fit(model, name, table, named, None, "the class that the teacher names")
        note = f"{name} takes no sample_weight: it learnt the class named, not its probability"
        answers = partial(_logits, fitted, codes=codes)
        return Fitted(f"{name} (of classes named)", fitted, answers, note)
    q = targets.at(1.0)
    copies = Copies.of(q)
    row, code = copies.row, copies.code
    weights = q[row, code] * (1.0 if targets.weights is None else targets.weights[row])
    what = "every row once per class, weighted with the teacher's probability"
    _, splitter = found_splitter(model)
    key = weight_key(model if splitter is None else splitter)
    ready = partial(by_rows, X=shown(table), copies=copies, key=key)
    fitted = _fit(model, name, table.take(row), code, weights, what, ready)
    answers = partial(_logits, fitted, codes=codes)
    notes = []
    if splitter is not None and not weighs(splitter, key):
        notes.append("its search was scored by classes drawn from the teacher's answers")
    if stops_by_copies(model, table.n_rows):
        notes.append("it stopped early by rows of which it had learnt some classes, not by others")
    return Fitted(name, fitted, answers, "; ".join(notes), 1.0)


def _learn_logits(model: Any, name: str, table: Table, targets: SoftTargets) -> Fitted:
    z = log_floored(softmax(targets.logits))  # beyond the floor squares would see nothing else
    spread = score_spread(targets.n_classes)
    if targets.n_classes == 2:
        goal, what = z[:, 1] - z[:, 0], "log-odds, one number per row"
    else:
        goal, what = z - z.mean(1, keepdims=True), f"{targets.n_classes} logits per row"
        if not get_tags(model).target_tags.multi_output:
            model = MultiOutputRegressor(model)
    fitted = _fit(model, name, table, goal, targets.weights, what)
    return Fitted(name, fitted, partial(_spread, fitted, spread), _unweighted(model, targets))


def weight_key(model: Any) -> str | None:
    """Return the parameter of ``fit`` that takes row weights; None where there is none."""
    if isinstance(model, Pipeline):
        step, last = model.steps[-1]
        inner = weight_key(last)
        return None if inner is None else f"{step}__{inner}"
    if isinstance(model, SEARCHES | MultiOutputRegressor):
        return weight_key(model.estimator)
    # a stack has weights among others of its keywords, and hands them on to all that are inside
    inside = _parts(model) if isinstance(model, FOLDS) else [model]
    takes = all(has_fit_parameter(one, "sample_weight") for one in inside)
    return "sample_weight" if takes else None


def _parts(model: Any) -> list[Any]:
    """Return the models inside of a calibration or a stack, but for those that it makes itself."""
    if isinstance(model, CalibratedClassifierCV):
        found = [model.estimator]
    else:
        found = [*(one for _, one in model.estimators), model.final_estimator]
    return [one for one in found if one is not None and not isinstance(one, str)]  # "drop"


def _fit(
    model: Any,
    name: str,
    table: Table,
    goal: Any,
    weights: Floats | None,
    what: str,
    ready: Callable[[Any], Any] = clone,
) -> Any:
    key = weight_key(model)
    beside = {} if weights is None or key is None else {key: weights}
    try:
        return ready(model).fit(shown(table), goal, **beside)
    except Exception as error:
        raise RuntimeError(
            expected(
                f"the assistant {name} to learn {what} from {table.n_rows} rows",
                got=f"{type(error).__name__}: {error}",
                remedy=remedy(table),
            )
        ) from error


def _unweighted(model: Any, targets: Targets) -> str:
    if targets.weights is None or weight_key(model) is not None:
        return ""
    return f"{estimator_name(model)} takes no sample_weight: all rows weighed the same"


def _numbers(model: Any, table: Table) -> Floats:
    return np.asarray(model.predict(shown(table)), dtype=np.float64).reshape(table.n_rows)


def _spread(model: Any, spread: Floats, table: Table) -> Floats:
    said = np.asarray(model.predict(shown(table)), dtype=np.float64)
    answer: Floats = said.reshape(table.n_rows, len(spread)) @ spread
    return answer


def _logits(model: Any, table: Table, *, codes: NDArray[np.intp]) -> Floats:
    """Return logits of all classes; one that no row was taught gets the least probability."""
    said = log_softmax(as_teacher(model).logits(shown(table)))
    known = np.asarray(model.classes_, dtype=np.intp)
    logits = np.full((table.n_rows, len(codes)), np.log(FLOOR))
    logits[:, known] = np.maximum(said, np.log(FLOOR))
    return logits


def _kind(model: Any) -> str | None:
    try:
        found = get_tags(model).estimator_type
    except (AttributeError, TypeError):  # of a library with tags of another release
        found = getattr(model, "_estimator_type", None)
    return found if isinstance(found, str) else None
