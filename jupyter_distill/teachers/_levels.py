"""Which categories a teacher knows, read from the encoders that were fitted with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from jupyter_distill.data import Table
from jupyter_distill.teachers._base import Teacher
from jupyter_distill.teachers._boosted import comes_from
from jupyter_distill.teachers._tabular import best_of

# A column, and the values that one of its readers knows; None of a reader that does not tell.
_Reading = tuple[str, Iterable[Any] | None]


def known_levels(teacher: Teacher, table: Table) -> dict[str, frozenset[Any]]:
    """Return the values that a teacher knows of the columns that it reads by encoders alone.

    A value that none of them knows is ignored in silence, or taken for missing, by most: by
    ``OneHotEncoder(handle_unknown="ignore")``, by boosted models with columns of categories.

    Parameters
    ----------
    teacher : Teacher
        A pipeline, column transformer or search of scikit-learn in it, a model that reads columns
        of categories by itself, or a `preprocess` that is the ``transform`` of one.
    table : Table
        Rows as the teacher is asked about them.

    Returns
    -------
    dict of str to frozenset
        By column. One that something else reads too is left out, as is all that cannot be told.
    """
    reader = teacher.model if teacher.preprocess is None else teacher.preprocess
    reader = getattr(reader, "__self__", reader)  # of a bound method
    known: dict[str, set[Any]] = {}
    untold: set[str] = set()
    for column, values in _readings(reader, table.names, table.native):
        if values is None:
            untold.add(column)
        else:
            known.setdefault(column, set()).update(values)
    return {name: frozenset(known[name]) for name in table.names if name in known.keys() - untold}


def _readings(reader: Any, names: Sequence[str], native: Any) -> Iterator[_Reading]:
    """Yield what a model or transformer that is given these columns reads of each."""
    reader = best_of(reader)
    inside = _inside(reader)
    if inside is not None:
        for one, columns in inside(names):
            yield from _readings(one, columns, native)
        return
    own = getattr(reader, "categories_", None)  # of an encoder
    if isinstance(own, list) and len(own) == len(names):
        yield from (
            (name, np.asarray(values).tolist()) for name, values in zip(names, own, strict=True)
        )
        return
    boosted = dict(_of_boosted(reader, native))
    yield from ((name, boosted.get(name)) for name in names)


def _inside(reader: Any) -> Any:
    """Return a function from columns to those who read them inside; None where nobody else does."""
    from sklearn import calibration, compose, ensemble, pipeline

    stacks = ensemble.StackingClassifier, ensemble.StackingRegressor
    votes = ensemble.VotingClassifier, ensemble.VotingRegressor
    histograms = ensemble.HistGradientBoostingClassifier, ensemble.HistGradientBoostingRegressor
    if isinstance(reader, pipeline.Pipeline):
        return lambda names: [(_first(reader.steps), names)]
    if isinstance(reader, compose.ColumnTransformer):
        return lambda names: _divided(reader, names)
    if isinstance(reader, pipeline.FeatureUnion):
        return lambda names: [(one, names) for _, one in reader.transformer_list if one != "drop"]
    if isinstance(reader, histograms) and getattr(reader, "_preprocessor", None) is not None:
        return lambda names: [(reader._preprocessor, names)]
    if isinstance(reader, calibration.CalibratedClassifierCV):
        return lambda names: [(one.estimator, names) for one in reader.calibrated_classifiers_]
    if isinstance(reader, votes) or (isinstance(reader, stacks) and not reader.passthrough):
        return lambda names: [(one, names) for one in reader.estimators_]
    return None


def _first(steps: Sequence[tuple[str, Any]]) -> Any:
    """Return the first step that does more than fill what is missing."""
    for _, step in steps:
        fills = type(step).__name__ == "SimpleImputer" and not step.add_indicator
        if not (step is None or isinstance(step, str) or fills):
            return step
    return None


def _divided(reader: Any, names: Sequence[str]) -> Iterator[tuple[Any, list[str]]]:
    """Yield the parts of a column transformer, with the names of the columns they are given."""
    fitted = getattr(reader, "feature_names_in_", None)
    given = np.array(names if fitted is None else fitted, dtype=object)
    for _, part, columns in reader.transformers_:
        if isinstance(columns, str):
            chosen = [columns]
        elif not isinstance(columns, slice) and all(isinstance(c, str) for c in columns):
            chosen = list(columns)
        else:
            chosen = np.atleast_1d(given[columns]).tolist()
        if not (isinstance(part, str) and part == "drop"):
            yield part, [str(name) for name in chosen]


def _of_boosted(model: Any, native: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the columns of categories of models of lightgbm and xgboost."""
    if comes_from(model, "lightgbm"):
        known = getattr(model, "booster_", model).pandas_categorical or []
        import pandas as pd

        kinds = dict(native.dtypes) if isinstance(native, pd.DataFrame) else {}
        chosen = [name for name, kind in kinds.items() if isinstance(kind, pd.CategoricalDtype)]
        if len(known) == len(chosen):  # it matches them by their place among each other
            yield from ((str(name), list(of)) for name, of in zip(chosen, known, strict=True))
    elif comes_from(model, "xgboost"):
        booster = model.get_booster() if hasattr(model, "get_booster") else model
        if hasattr(booster, "get_categories") and find_spec("pyarrow"):  # from 3.1 on
            found = booster.get_categories(export_to_arrow=True)
            for name, values in () if found.empty() else found.to_arrow():
                if values is not None:
                    yield str(name), values.to_pylist()
