"""A pipeline or search that ends in a boosted model as teacher: its margins are the logits."""

from __future__ import annotations

import sys
from typing import Any

from jupyter_distill.teachers import catboost, lightgbm, xgboost
from jupyter_distill.teachers._base import Teacher
from jupyter_distill.teachers._tabular import TabularTeacher, best_of, given_names, name_of

_BOOSTED = (xgboost, lightgbm, catboost)


class PipelineTeacher(TabularTeacher):
    """The steps before the last transform the rows, and the last is asked as it would be alone.

    A pipeline itself has probabilities only, in which little is left of what the trees say of
    unlikely classes. A search is the best model that it found.
    """

    def __init__(self, model: Any, *, output: str = "auto", **options: Any) -> None:
        super().__init__(model, output=output, **options)
        if options.get("name") is None:
            self.name = name_of(model)
        self._steps, last = _taken_apart(model)
        (kind,) = (one for one in _BOOSTED if one.accepts(last))
        asks = {name: options.get(name) for name in ("classes", "task")}
        self._last: Any = kind.build(last, output=output, name=self.name, **asks)
        self.task, self.kind = self._last.task, self._last.kind
        self.classes, self.n_classes = self._last.classes, self._last.n_classes
        self._fitted_on(*self._features())

    def _features(self) -> tuple[tuple[str, ...] | None, int | None]:
        """Return what the first step was fitted with."""
        if not self._steps:
            return self._last._fitted_with, self._last._n_features
        first = best_of(self.model)
        n_features = getattr(first, "n_features_in_", None)
        names = given_names(getattr(first, "feature_names_in_", None), "Column_")  # lightgbm's
        return names, None if n_features is None else int(n_features)

    def answer(self, rows: Any) -> Any:
        """Ask the last step about what the others make of the rows."""
        for step in self._steps:
            rows = step.transform(rows)
        return self._last.answer(self._last.prepare(rows))

    def state(self) -> Any:
        """Return the steps, and the trees as they are saved."""
        return self._steps, self._last.state()


def accepts(model: Any) -> int:
    """Take pipelines and searches of scikit-learn whose last step is a boosted model."""
    if best_of(model) is model and not _is_pipeline(model):
        return 0
    return 45 if any(kind.accepts(_taken_apart(model)[1]) for kind in _BOOSTED) else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the fitted pipeline or search."""
    return PipelineTeacher(model, **options)


def _taken_apart(model: Any) -> tuple[list[Any], Any]:
    """Return the steps that transform, and the last; pipelines and searches may be nested."""
    best = best_of(model)
    if best is not model:
        return _taken_apart(best)
    if not _is_pipeline(model):
        return [], model
    *before, (_, last) = model.steps
    steps = [step for _, step in before if step not in (None, "passthrough")]
    inner, end = _taken_apart(last)
    return [*steps, *inner], end


def _is_pipeline(model: Any) -> bool:
    """Tell scikit-learn's own; others, with steps that only train, know best how they are asked."""
    found = sys.modules.get("sklearn.pipeline")
    return found is not None and type(model) is found.Pipeline
