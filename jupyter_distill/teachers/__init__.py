"""Teachers: any fitted model, asked for its logits or numbers and never changed.

One file per kind of teacher. Each has ``accepts(model) -> int`` (0: not at all; the highest
number wins) and ``build(model, **options) -> Teacher``, whose keyword-only parameters are the
options of this kind alone; files are found by name, so a new kind of teacher is one new file.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Any

from numpy.typing import ArrayLike

from jupyter_distill._classes import check_classes
from jupyter_distill._validation import check_choice, check_number, did_you_mean, expected
from jupyter_distill.teachers._base import TASKS, Task, Teacher
from jupyter_distill.teachers._levels import known_levels
from jupyter_distill.teachers._outputs import Raw
from jupyter_distill.teachers._query import Progress, Query
from jupyter_distill.teachers._rows import count_rows, frame_names, parts_of, take_rows
from jupyter_distill.teachers._steady import Noise

__all__ = [
    "TASKS",
    "Noise",
    "Progress",
    "Query",
    "Raw",
    "Task",
    "Teacher",
    "as_teacher",
    "count_rows",
    "frame_names",
    "known_levels",
    "parts_of",
    "take_rows",
]

_REMEDY = (
    "Give a fitted classifier with predict_proba or decision_function, a fitted regressor, a "
    "torch.nn.Module, a model of transformers with its tokenizer or processor, a path that ends in "
    ".onnx, a function that takes rows and returns an array (rows, classes) of logits or "
    "probabilities, or one number per row (task='regression'), or such answers themselves: a data "
    "frame, or a path that ends in .parquet or .csv."
)


def as_teacher(
    model: Any,
    *,
    task: str | None = None,
    classes: Sequence[object] | ArrayLike | None = None,
    preprocess: Callable[[Any], Any] | None = None,
    output: str = "auto",
    batch_size: int | None = None,
    name: str | None = None,
    version: str | None = None,
    noisy: bool | None = None,
    **options: Any,
) -> Teacher:
    """Wrap a fitted model as a teacher that is only ever asked, never changed.

    Parameters
    ----------
    model : object
        A fitted classifier with ``predict_proba`` or ``decision_function`` (scikit-learn,
        pipelines, searches ...), a fitted regressor, a model of xgboost, lightgbm or catboost
        (their boosters too), a ``torch.nn.Module``, or a function from rows to an array
        ``(rows, classes)``, or to one number per row. A pair ``(model, tokenizer)`` or a pipeline
        of transformers. The path, bytes or session of an ONNX model. Answers that were recorded: a
        data frame, or the path of a Parquet or CSV file. A `Teacher` is returned unchanged.
    task : {"classification", "regression"}, optional
        Whether the model names a class or gives a number. An estimator says it itself; of a
        network or function it may be left to :func:`distill`, which sees what `y` is.
    classes : sequence, optional
        The class names in the order of the model's outputs. Needed when the model does not say
        them itself and the sorted labels are not that order.
    preprocess : callable, optional
        Applied to the rows before the model sees them, e.g. the ``transform`` of a fitted
        ``ColumnTransformer`` (the transformer itself is taken too).
    output : {"auto", "logits", "probabilities"}, default="auto"
        What the model returns. ``"auto"`` decides by value, over all rows at once.
    batch_size : int, optional
        Rows per call of the model. Unless it is given, :func:`distill` starts with a few and takes
        more as long as that pays; ``logits(X)`` and its like call a function once with all rows.
    name : str, optional
        The name in messages and views; the model's own name by default.
    version : str, optional
        What tells this state of the model from any other, e.g. a commit or a date. Answers are
        stored under it; unless given, what the model holds is hashed.
    noisy : bool, optional
        Whether answers may differ from call to call. Unless True, a few rows are asked twice, and
        a teacher that answers them otherwise is refused: its soft targets would be noise. A
        function, which may be a service that costs, is asked twice only where it is False.
    **options
        What else a kind of teacher takes, e.g. ``device="cuda"`` of a network; an unknown one is
        refused by name, with those there are. Of transformers: ``processor`` (tokenizer or
        processor), ``max_length`` (tokens of a text). Of ONNX: ``output_name``, ``providers``. Of
        recorded answers: ``id`` (the column, or index, whose values tie answers to rows),
        ``answers`` (the columns that hold them).

    Returns
    -------
    Teacher
        With ``logits(X)``, ``predict_proba(X)``, ``predict(X)`` and ``query(X)``; of a regression
        ``predictions(X)`` in place of the first two.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> teacher = as_teacher(LogisticRegression(max_iter=500).fit(X, y))
    >>> teacher.logits(X).shape
    (150, 3)
    """
    if isinstance(model, Teacher):
        changed = {
            "classes": classes,
            "preprocess": preprocess,
            "batch_size": batch_size,
            "name": name,
            "version": version,
            "noisy": noisy,
            **options,
            "output": None if output == "auto" else output,
        }
        given = [option for option, value in changed.items() if value is not None]
        if given:
            raise ValueError(
                expected(
                    "no options beside a Teacher, which has its own",
                    got=", ".join(f"{option}={changed[option]!r}" for option in given),
                    remedy="Give them to as_teacher together with the model.",
                )
            )
        return model if task is None else model.of_task(_task(task, classes, output))
    if isinstance(model, type):
        raise TypeError(
            expected(
                "a fitted model", got=f"the class {model.__name__} itself", remedy="Fit one first."
            )
        )
    check_choice("output", output, ("auto", "logits", "probabilities"))
    known = None if task is None else _task(task, classes, output)
    if batch_size is not None:
        batch_size = int(check_number("batch_size", batch_size, low=1, integer=True))
    if noisy is not None and not isinstance(noisy, bool):
        raise TypeError(expected("noisy to be True, False or None", got=repr(noisy)))
    scores = [(kind.accepts(model), kind) for kind in _kinds()]
    score, best = max(scores, key=lambda pair: pair[0])
    if score <= 0:
        raise TypeError(expected("a teacher", got=f"{_short(model)}", remedy=_REMEDY))
    _refuse_unknown(best, options)
    teacher: Teacher = best.build(
        model,
        classes=None if classes is None else check_classes(classes),
        preprocess=_as_callable(preprocess),
        output=output,
        batch_size=batch_size,
        name=name,
        task=known,
        version=version,
        noisy=noisy,
        **options,
    )
    return teacher


def _refuse_unknown(kind: ModuleType, options: dict[str, Any]) -> None:
    """Refuse an option that this kind of teacher does not take."""
    ours = [p.name for p in signature(as_teacher).parameters.values() if p.kind is p.KEYWORD_ONLY]
    theirs = [p.name for p in signature(kind.build).parameters.values() if p.kind is p.KEYWORD_ONLY]
    for name in options:
        if name not in theirs:
            what = kind.__name__.rpartition(".")[2]
            raise TypeError(
                f"as_teacher() has no option {name!r} for a teacher of the kind {what!r}."
                f"{did_you_mean(name, [*ours, *theirs])} It takes {', '.join([*ours, *theirs])}."
            )


def _task(task: str, classes: object, output: str) -> Task:
    """Return a task that goes with the other options."""
    known: Task = check_choice("task", task, TASKS)  # type: ignore[assignment]
    beside = "classes" if classes is not None else "output" if output != "auto" else None
    if known == "regression" and beside is not None:
        raise ValueError(
            expected(
                f"no {beside}= beside task='regression'",
                got=f"{beside}={classes if beside == 'classes' else output!r}",
                remedy="A regression has neither classes nor probabilities.",
            )
        )
    return known


def _kinds() -> Iterator[ModuleType]:
    """Every file of this folder that is a kind of teacher."""
    for found in pkgutil.iter_modules(__path__):
        if not found.name.startswith("_"):
            yield import_module(f"{__name__}.{found.name}")


def _as_callable(preprocess: Any) -> Callable[[Any], Any] | None:
    if preprocess is None or callable(preprocess):
        return preprocess  # type: ignore[no-any-return]
    transform = getattr(preprocess, "transform", None)
    if callable(transform):
        return transform  # type: ignore[no-any-return]
    raise TypeError(
        expected(
            "preprocess to be a function of rows, or a fitted transformer",
            got=_short(preprocess),
            remedy="E.g. preprocess=column_transformer.transform.",
        )
    )


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
