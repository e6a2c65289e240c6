"""A teacher with scikit-learn's interface: predict_proba, decision_function, or a regressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import expected
from jupyter_distill.teachers._base import Refused, Task, Teacher
from jupyter_distill.teachers._boosted import no_teacher
from jupyter_distill.teachers._rows import count_rows
from jupyter_distill.teachers._tabular import (
    TabularTeacher,
    best_of,
    estimator_type,
    given_names,
    last_of,
    name_of,
    unfitted,
)

_PROBE_ROWS = 256
_KINDS = {"classification": "classifier", "regression": "regressor"}
_UNFIT = {
    "clusterer": "A clustering has no classes of its own; train a classifier on its clusters.",
    "outlier_detector": "Train a classifier on its decisions, or wrap a calibrated score with "
    "as_teacher(lambda rows: probabilities).",
    "density_estimator": "Give a classifier, or wrap its class posteriors with "
    "as_teacher(lambda rows: model.predict_proba(rows)).",
}


class EstimatorTeacher(TabularTeacher):
    """A fitted classifier or regressor.

    Margins of a classifier are its logits where softmax(margins) is its answer.
    """

    def __init__(self, model: Any, *, output: str = "auto", **options: Any) -> None:
        super().__init__(model, output=output, **options)
        self.task = _task(model, self.task)
        _check_is_fitted(model)
        if options.get("name") is None:
            self.name = name_of(model)
        if self.task == "regression":
            self._method: str | None = "predict"
        else:
            _refuse_hard(last_of(model))
            self._take_classes(getattr(model, "classes_", None))
            self._method = _method(model, output)
        n_features = getattr(model, "n_features_in_", None)
        self._fitted_on(
            given_names(getattr(model, "feature_names_in_", None), "Column_"),  # lightgbm's
            None if n_features is None else int(n_features),
        )

    @property
    def asks(self) -> str:
        """The method that is called."""
        return self._method or ""

    def begin(self, X: Any) -> None:
        """Check the columns; find out once whether the margins are the logits."""
        super().begin(X)
        if self._method is None:
            n = min(count_rows(X), _PROBE_ROWS)
            rows = self._input(X, slice(0, n))
            self._method = "predict_proba"
            try:
                margins, probabilities = self.model.decision_function(rows), self.answer(rows)
            except Refused:
                raise
            except Exception:  # the batch itself will tell what is wrong, and with which rows
                self._method = None
            else:
                if _same(np.asarray(margins), np.asarray(probabilities)):
                    self._method = "decision_function"
        if self.task == "classification":
            self.kind = "logits" if self._method == "decision_function" else "probabilities"

    def state(self) -> Any:
        """Return the model; of a search what it found, as all that it tried decides nothing."""
        return best_of(self.model)

    def answer(self, rows: Any) -> Any:
        """Ask the model by the method that was found to be the right one."""
        from sklearn.exceptions import NotFittedError

        try:
            return getattr(self.model, self._method or "predict_proba")(rows)
        except NotFittedError as error:
            raise unfitted(self.model) from error


def accepts(model: Any) -> int:
    """Take whatever gives probabilities or margins; refuse other estimators by name."""
    if _has(model, "predict_proba") or _has(model, "decision_function"):
        return 20
    if _has(model, "get_params"):
        return 10
    return 10 if _has(model, "predict") and not callable(model) else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the fitted estimator."""
    return EstimatorTeacher(model, **options)


def _has(model: Any, method: str) -> bool:
    return callable(getattr(model, method, None))


def _refuse_hard(last: Any) -> None:
    """Refuse xgboost's hinge loss, whose `predict_proba` gives hard labels; itself it is known."""
    if getattr(last, "objective", None) == "binary:hinge":
        raise no_teacher(type(last).__name__, "binary:hinge", "hard")


def _task(model: Any, wanted: Task | None) -> Task:
    """Return what the model is for, as it says itself; refuse what can be neither."""
    kind, name = estimator_type(model), type(model).__name__
    if kind not in (None, "classifier", "regressor"):
        raise ValueError(
            expected(
                "a classifier or a regressor as teacher",
                got=f"{name} ({kind.replace('_', ' ')})",
                remedy=_UNFIT.get(kind, "Give a fitted classifier or regressor."),
            )
        )
    if kind is None:
        return wanted or "classification"
    own: Task = "classification" if kind == "classifier" else "regression"
    if wanted not in (None, own):
        remedy = "Leave task out: the model says it itself."
        if own == "regression":
            remedy = "A regression is distilled without classes: leave task out, and classes too."
        raise ValueError(expected(f"a {_KINDS[wanted]}", got=f"{name} ({kind})", remedy=remedy))
    return own


def _check_is_fitted(model: Any) -> None:
    """Find an unfitted model now where its library tells; others tell when they are asked."""
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if type(model).__module__.partition(".")[0] != "sklearn":
        return
    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise unfitted(model) from error
    except TypeError:  # no `fit`: there is nothing to be checked
        return


def _method(model: Any, output: str) -> str | None:
    """Return the method to ask by; None where the first rows must tell."""
    name = type(model).__name__
    chances, margins = _has(model, "predict_proba"), _has(model, "decision_function")
    if not (chances or margins):
        raise ValueError(
            expected(
                "a teacher with predict_proba or decision_function",
                got=f"{name}, which has neither: soft targets need probabilities, not hard labels",
                remedy="Set the model's own option for probabilities (e.g. "
                "VotingClassifier(voting='soft')), or fit CalibratedClassifierCV(model). If "
                "predict itself returns probabilities: as_teacher(lambda rows: "
                "model.predict(rows)); if it returns a quantity: task='regression'.",
            )
        )
    if output != "auto":
        wanted = "predict_proba" if output == "probabilities" else "decision_function"
        if not _has(model, wanted):
            raise ValueError(
                expected(
                    f"a model with {wanted} for output={output!r}",
                    got=f"{name} without it",
                    remedy="Leave output='auto'.",
                )
            )
    if margins and getattr(model, "decision_function_shape", None) == "ovo":
        if len(getattr(model, "classes_", ())) > 2:  # margins of pairs are not logits of classes
            if not chances or output == "logits":
                raise ValueError(
                    expected(
                        "one margin per class",
                        got=f"{name} with decision_function_shape='ovo': one per pair",
                        remedy="Set model.decision_function_shape = 'ovr'.",
                    )
                )
            return "predict_proba"
    if output != "auto":
        return wanted
    if chances and margins:
        return None
    return "predict_proba" if chances else "decision_function"


def _same(margins: NDArray[Any], probabilities: NDArray[Any]) -> bool:
    """Tell whether the margins are logits of the probabilities."""
    if margins.ndim == 1:
        margins = np.column_stack([np.zeros(len(margins)), margins])
    return (
        margins.shape == probabilities.shape
        and bool(np.isfinite(margins).all())
        and np.allclose(softmax(margins), probabilities, rtol=1e-4, atol=1e-8)
    )
