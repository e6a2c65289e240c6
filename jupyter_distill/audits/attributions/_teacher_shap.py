"""Shapley values of a teacher by what its own kind allows: sums of trees, linear models, EBMs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._optional import is_a, require
from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.data import Table
from jupyter_distill.data._cells import gathered
from jupyter_distill.teachers import Teacher
from jupyter_distill.teachers._tabular import best_of

Floats = NDArray[np.float64]

BOOSTED = ("xgboost", "lightgbm", "catboost")
TREES = ("DecisionTree", "ExtraTree", "ExtraTrees", "RandomForest")
SUMS = ("GradientBoosting", "HistGradientBoosting")
# Steps before a model that make one column of one column, so that its values stay those of it.
ONE_TO_ONE = (
    *("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"),
    *("PowerTransformer", "QuantileTransformer", "SimpleImputer"),
)
CLOSE = 1e-3  # of the spread of the scores: single precision in sums of many trees


class NotNative(Exception):
    """Why a teacher cannot be explained by what its own kind allows."""


@dataclass(frozen=True, eq=False)
class Native:
    """Values that a kind of model allows to be computed.

    Attributes
    ----------
    values : ndarray of shape (n, columns, J)
    explainer : str
        By what.
    """

    values: Floats
    explainer: str


def native_values(
    teacher: Teacher, rows: Table, background: Table, scale: Scale, said: Floats, others: Floats
) -> Native:
    """Return interventional Shapley values of a teacher by its structure.

    They are looked at before they are returned: together with the mean answer to the background
    they must add up to what the teacher says.

    Parameters
    ----------
    teacher : Teacher
        Who is explained; never changed.
    rows, background : Table
        Rows that are explained, and rows that they are compared with.
    scale : Scale
        What of the answers is explained.
    said, others : ndarray of shape (n, J), (B, J)
        The teacher's scores of both.

    Raises
    ------
    NotNative
        If there is no such way, or its values do not add up.
    """
    kind, steps, model = structure(teacher, rows, scale)
    if kind == "ebm":
        found = Native(_of_ebm(teacher, model, rows, background, scale), "native EBM")
    else:
        X, B = (_matrix(teacher, steps, table) for table in (rows, background))
        if X.shape[1] != rows.n_columns:
            raise NotNative("its columns are made of several others")
        if kind == "linear":
            found = Native(_mapped(_of_line(model, X, B), scale), "linear, in closed form")
        else:
            found = Native(_mapped(_of_trees(model, X, B), scale), "shap.TreeExplainer")
    _check_sums(found, said, others)
    return found


def structure(teacher: Teacher, rows: Table, scale: Scale) -> tuple[str, list[Any], Any]:
    """Return the kind of a teacher, the steps before its model, and the model itself.

    Raises
    ------
    NotNative
        If it is of no kind whose structure helps; nothing is asked to find out.
    """
    if teacher.preprocess is not None:
        raise NotNative("what it sees is prepared by a function")
    steps, model = _taken_apart(best_of(getattr(teacher, "model", None)))
    kind = _kind(model, scale)
    if kind == "ebm" and steps:
        raise NotNative("an EBM behind other steps has terms of its own columns")
    if kind != "ebm" and any(column.kind == "category" for column in rows.columns):
        raise NotNative("it sees categories")
    return kind, steps, model


def _kind(model: Any, scale: Scale) -> str:
    """Return of which kind a model is, or say why its structure does not help."""
    name, module = type(model).__name__, type(model).__module__
    package = module.partition(".")[0]
    if package == "interpret" and hasattr(model, "eval_terms"):
        kind = "ebm"
    elif module.startswith("sklearn.linear_model") and hasattr(model, "coef_"):
        kind = "linear"
    else:
        bare = name.removesuffix("Classifier").removesuffix("Regressor")
        ours = module.startswith(("sklearn.ensemble", "sklearn.tree"))
        if not (package in BOOSTED or (ours and bare in (*TREES, *SUMS))):
            raise NotNative(f"{name} is neither a sum of trees, nor linear, nor an EBM")
        shares = ours and bare in TREES and scale.kind != "number"
        if shares != (scale.kind == "probability"):
            means = "probabilities" if shares else "log-odds"
            raise NotNative(f"the leaves of {name} hold {means}")
        if package == "catboost" and scale.n_classes > 2:
            # shap reads its leaves as those of one class, and does not come back
            raise NotNative("shap does not read trees of catboost for several classes")
        if find_spec("shap") is None:
            raise NotNative('shap is not installed (pip install "jupyter-distill[audit]")')
        kind = "trees"
    if kind != "trees" and scale.kind == "probability":
        raise NotNative(f"{name} is a sum of log-odds")
    return kind


def _taken_apart(model: Any) -> tuple[list[Any], Any]:
    """Return the steps of a pipeline that keep columns apart, and the model behind them."""
    if not is_a(model, "sklearn.pipeline", "Pipeline"):
        return [], model
    *before, (_, last) = model.steps
    steps = [step for _, step in before if step not in (None, "passthrough")]
    for step in steps:
        name = type(step).__name__
        ours = type(step).__module__.startswith("sklearn.") and name in ONE_TO_ONE
        if not ours or getattr(step, "add_indicator", False):
            raise NotNative(f"its step {name} may make several columns of one")
    return steps, best_of(last)


def _matrix(teacher: Teacher, steps: list[Any], table: Table) -> Floats:
    """Return rows as the model itself sees them."""
    if not steps:
        return table.values
    seen = teacher.prepare(table.native)
    for step in steps:
        seen = step.transform(seen)
    return np.asarray(seen, dtype=np.float64)


def _of_line(model: Any, X: Floats, B: Floats) -> Floats:
    coef = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
    if coef.shape[1] != X.shape[1]:
        raise NotNative("it reads columns that were put together")
    return np.asarray((X - B.mean(0))[:, :, None] * coef.T[None])


def _of_trees(model: Any, X: Floats, B: Floats) -> Floats:
    shap: Any = require("shap", extra="audit", feature="TreeExplainer")
    try:
        explainer = shap.TreeExplainer(
            model, data=B, feature_perturbation="interventional", model_output="raw"
        )
        # looked at below, against what the teacher says itself
        return np.asarray(explainer.shap_values(X, check_additivity=False), dtype=np.float64)
    except Exception as error:  # what it does not know of a model ends in any kind of exception
        raise NotNative(f"TreeExplainer failed: {type(error).__name__}: {error}") from error


def _mapped(raw: Floats, scale: Scale) -> Floats:
    """Return values of a model's own scores on the scale, shape (n, columns, J)."""
    raw = raw[:, :, None] if raw.ndim == 2 else raw
    if raw.shape[2] == len(scale.outputs) == 1:
        return raw
    if raw.shape[2] != scale.n_classes:
        raise NotNative(f"it has {raw.shape[2]} scores for {scale.n_classes} classes")
    if scale.matrix is not None:
        return np.asarray(raw @ scale.matrix)
    return raw[:, :, 1:] if scale.n_classes == 2 else raw


def _of_ebm(teacher: Teacher, model: Any, rows: Table, background: Table, scale: Scale) -> Floats:
    """Return the values of an EBM: of one column what its term says, of two exactly as well."""
    terms = [tuple(int(j) for j in term) for term in model.term_features_]
    if any(len(term) > 2 for term in terms):
        raise NotNative("it has terms of more than two columns")
    n, b = rows.n_rows, background.n_rows

    def said(table: Table) -> Floats:
        raw = np.asarray(model.eval_terms(teacher.prepare(table.native)), dtype=np.float64)
        return _mapped(raw, scale)

    def mixed(j: int) -> Floats:
        """Return what the terms say where one column is the row's own, on average."""
        both = rows.join(background)
        source = np.empty((n, b, rows.n_columns), dtype=np.intp)
        source[:] = n + np.arange(b)[None, :, None]
        source[:, :, j] = np.arange(n)[:, None]
        answers = said(gathered(both, source.reshape(n * b, -1)))
        return np.asarray(answers.reshape(n, b, *answers.shape[1:]).mean(1))

    whole, nothing = said(rows), said(background).mean(0)
    values = np.zeros((n, rows.n_columns, whole.shape[2]))
    for t, term in enumerate(terms):
        if len(term) == 1:
            values[:, term[0]] += whole[:, t] - nothing[t]
    alone = {j: mixed(j) for j in sorted({j for term in terms if len(term) == 2 for j in term})}
    for t, term in enumerate(terms):
        if len(term) == 2:
            for j, other in (term, term[::-1]):
                gains = alone[j][:, t] - nothing[t] + whole[:, t] - alone[other][:, t]
                values[:, j] += gains / 2
    return values


def _check_sums(found: Native, said: Floats, others: Floats) -> None:
    """Refuse values that do not add up to what the teacher says."""
    missed = np.abs(found.values.sum(1) + others.mean(0) - said).max()
    spread = max(float(np.ptp(np.concatenate([said, others]), axis=0).max()), 1e-9)
    if not missed <= CLOSE * spread:
        raise NotNative(f"the values of {found.explainer} miss what it says by up to {missed:.3g}")
