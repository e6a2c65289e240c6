"""What teachers of tables share: the columns they were fitted with, and their classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.teachers._base import Refused, Teacher
from jupyter_distill.teachers._columns import check_width
from jupyter_distill.teachers._rows import frame_names, is_pyarrow


class TabularTeacher(Teacher):
    """A model that was fitted on a table or a matrix, and knows the width of it."""

    default_batch_size = 8192
    _fitted_with: tuple[str, ...] | None = None
    _n_features: int | None = None

    def check_columns(self, names: Iterable[str]) -> None:
        """Refuse strange, missing and reordered columns; lightgbm's spelling is known."""
        super().check_columns(as_fitted(names, self.columns or ()))

    def begin(self, X: Any) -> None:
        """Check the columns."""
        names = frame_names(X)
        if names is not None:
            self.check_columns(names)

    def prepare(self, rows: Any) -> Any:
        """Give a frame to a model fitted on a frame, and an array to one fitted on an array."""
        if is_pyarrow(rows):
            rows = rows.to_pandas()
        if self._n_features is None:
            return rows
        check_width(rows, self._n_features, name=self.name)
        if frame_names(rows) is not None and self._fitted_with is None:
            return rows.to_numpy()
        if isinstance(rows, np.ndarray) and rows.ndim == 2 and self._fitted_with is not None:
            import pandas as pd

            return pd.DataFrame(rows, columns=list(self._fitted_with))
        return rows

    def _fitted_on(self, names: tuple[str, ...] | None, n_features: int | None) -> None:
        """Keep what the model was fitted with; what `preprocess` hides, the owner never sees."""
        self._fitted_with, self._n_features = names, n_features
        if self.preprocess is None:
            self.columns = names

    def _take_classes(self, classes: Any) -> None:
        """Take the model's own classes, unless its owner named as many."""
        if classes is None:
            return
        if isinstance(classes, (list, tuple)) and len(classes) and np.ndim(classes[0]) > 0:
            raise Refusal(
                expected(
                    "a teacher of one target",
                    got=f"{self.name} with {len(classes)} targets",
                    remedy="Wrap one of them: as_teacher(lambda rows: "
                    "model.predict_proba(rows)[0], classes=model.classes_[0]).",
                )
            )
        known = np.array(classes)
        if self.classes is None:
            if len(known) < 2:
                raise Refusal(
                    expected(
                        f"{self.name} to know at least two classes",
                        got=repr(known.tolist()),
                        remedy="Fit it on rows of two classes or more.",
                    )
                )
            self.classes, self.n_classes = known, len(known)
        elif len(self.classes) != len(known):
            raise Refusal(
                expected(
                    f"classes= to name the {len(known)} classes of {self.name} "
                    f"({known.tolist()!r})",
                    got=repr(self.classes.tolist()),
                )
            )


def as_fitted(names: Iterable[object], known: Iterable[str]) -> list[str]:
    """Return column names as the model spells them: lightgbm writes ``_`` for spaces."""
    known = set(known)
    spelt = [(str(name), "_".join(str(name).split())) for name in names]
    return [other if name not in known and other in known else name for name, other in spelt]


def given_names(names: Any, prefix: str) -> tuple[str, ...] | None:
    """Return column names; None for none, and for those a library gives to an array."""
    if names is None:
        return None
    known = tuple(str(name) for name in names)
    return None if known == tuple(f"{prefix}{i}" for i in range(len(known))) else known


def best_of(model: Any) -> Any:
    """Return the best model that a search has found, else the model itself."""
    found = getattr(model, "best_estimator_", None)
    return model if found is None else found


def last_of(model: Any) -> Any:
    """Return the last step of a pipeline or of a search's best one, else the model itself."""
    inner = best_of(model)
    steps = getattr(inner, "steps", None)
    return steps[-1][1] if steps else inner


def name_of(model: Any) -> str:
    """Name a pipeline or search together with the model inside."""
    outer, inner = type(model).__name__, last_of(model)
    return outer if inner is model else f"{outer} of {type(inner).__name__}"


def estimator_type(model: Any) -> str | None:
    """Return what an estimator says it is: classifier, regressor, clusterer ..."""
    try:
        found = model.__sklearn_tags__().estimator_type
    except AttributeError:  # no tags, or those of another release of scikit-learn
        found = getattr(model, "_estimator_type", None)
    return found if isinstance(found, str) else None


def unfitted(model: Any) -> Refused:
    """Return the refusal of a model that is not fitted."""
    name = type(model).__name__
    return Refused(
        expected(
            "a fitted teacher",
            got=f"{name} that is not fitted",
            remedy="Call model.fit(X, y) first: a teacher is only asked, never fitted here.",
        )
    )
