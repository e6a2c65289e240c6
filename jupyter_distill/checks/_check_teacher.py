"""The door: whether a teacher is fit to teach."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._bars import Bar
from jupyter_distill._optional import require
from jupyter_distill._softmax import log_floored
from jupyter_distill._validation import check_number, expected
from jupyter_distill.checks import _linear as linear
from jupyter_distill.checks._accuracy import accuracy
from jupyter_distill.checks._asked import Asked, ask
from jupyter_distill.checks._bias import bias
from jupyter_distill.checks._cheap import LOOKS
from jupyter_distill.checks._drift import drift_and_whole
from jupyter_distill.checks._forest import Forest
from jupyter_distill.checks._given import Given, both, check_order
from jupyter_distill.checks._groups import groups
from jupyter_distill.checks._labels import mislabelled
from jupyter_distill.checks._sensitive import Attribute, read_sensitive
from jupyter_distill.checks._steady import steady
from jupyter_distill.checks._subject import Looked, Subject, truth_of
from jupyter_distill.checks._teacher_check import TeacherCheck
from jupyter_distill.checks._weak import Rival, weak
from jupyter_distill.findings import Findings
from jupyter_distill.targets import Predictions, SoftTargets
from jupyter_distill.targets.asking import Asking, classes_before
from jupyter_distill.targets.store import Store
from jupyter_distill.targets.task import find_teacher

BETTER = (
    "Train the teacher better first, or learn from the labels instead: StudentClass().fit(X, y)."
)
MATTERS = 0.05  # points by which any other model has to be better: some always is, by a little


def check_teacher(
    teacher: Any,
    X: Any,
    y: Any = None,
    *,
    sensitive: Any = None,
    test: tuple[Any, ...] | None = None,
    teacher_inputs: Any = None,
    out_of_fold: Any = None,
    ask_again: int | None = None,
    task: str | None = None,
    classes: Sequence[object] | None = None,
    batch_size: int | None = None,
    store: Store | str | os.PathLike[str] | None = None,
    progress: bool = True,
    random_state: int | None = 0,
) -> TeacherCheck:
    """Say whether a model is fit to teach, before it is copied.

    A student copies what its teacher gets wrong, too. So the teacher, the labels and the rows are
    looked at first: whatever is wrong with them is named, with what was measured and what to do.

    Parameters
    ----------
    teacher : estimator, torch.nn.Module, callable or Teacher
        The model; it is asked, never refitted or changed. See :func:`as_teacher`.
    X : data frame or array of shape (n, d)
        The rows that it is to be distilled on.
    y : array of shape (n,), optional
        The truth. Without it only answers and columns can be looked at.
    sensitive : str, list of str, Series, data frame, or tuple of two of the latter, optional
        Names of columns of `X` by which people may be treated unequally, or such columns beside
        `X` (with `test`: those beside `X` and those beside the test rows). Every group is
        measured, and those by all columns together; numbers are cut into four groups. Needs the
        extra ``audit``.
    test : tuple (X_test, y_test) or (X_test, y_test, teacher_inputs_test), optional
        Rows that the teacher was not trained on: it is measured there. Without them it is measured
        on `X`, which flatters it if it has learnt from these rows, and hides what its training
        labels got wrong.
    teacher_inputs : array, tensor, data frame, Files, or dict or tuple of them, optional
        What the teacher sees, row by row beside `X`; `X` itself unless given. Pictures and the
        like, one in a file beside each row: see :class:`Files`.
    out_of_fold : array of shape (n, K), optional
        Probabilities of models that did not learn from the row, the classes in the teacher's
        order, e.g. ``cross_val_predict(clone(model), X, y, method="predict_proba")``: the labels
        of `X` are judged by them. Unless given, by a forest's votes out of bag.
    ask_again : int, optional
        Rows to ask the teacher about once more, to see whether it says the same. Unless given, 100;
        none where the teacher is a function, which may be far away or cost money.
    task : {"classification", "regression"}, optional
        Whether the model names a class or gives a number, where it does not say it itself.
    classes : sequence, optional
        Class names in the order of the teacher's columns, where it does not say them itself.
    batch_size : int, optional
        Rows per question to the teacher.
    store : Store or path, optional
        As of :func:`distill`, which finds the answers there: what is kept is not asked again. A
        teacher whose answers differ from call to call leaves none.
    progress : bool, default True
        Whether to show progress.
    random_state : int or None, default 0
        Seed of everything that is drawn.

    Returns
    -------
    TeacherCheck
        Findings, each with its severity, and what was measured as data frames.

    Raises
    ------
    TypeError, ValueError
        If anything given is not what is needed; the message says what was expected, what came
        and what to do.
    ImportError
        If `sensitive` is given and fairlearn is missing, or `store` and pyarrow.

    Notes
    -----
    An interrupt (Ctrl-C) while the teacher is asked goes on with the rows that were answered; the
    result's ``notes`` say how many. Positions of rows are those in `X` all the same.

    Examples
    --------
    >>> check = check_teacher(model, X, y, test=(X_test, y_test))  # doctest: +SKIP
    >>> check.ok, check.findings.codes                             # doctest: +SKIP
    (False, ('leaking-column', 'miscalibrated-teacher'))
    """
    check_order("check_teacher", X, y)
    if random_state is not None:
        check_number("random_state", random_state, low=0, high=2**32 - 1, integer=True)
    if ask_again is not None:
        check_number("ask_again", ask_again, low=0, integer=True)
    model = find_teacher(teacher, y, classes, task, None)
    asking = Asking.of(model, batch_size, store)
    given = Given.read(X, y, teacher_inputs, test)
    attributes = read_sensitive(sensitive, given)
    if attributes:
        require("fairlearn", extra="audit", feature="check_teacher(sensitive=...)")
    classes_before(model, both(*given.truth(model)))
    asked = ask(model, given, asking, bool(progress), random_state)
    subject = asked.subject
    aside = None if out_of_fold is None else _out_of_fold(out_of_fold, asked)
    attributes = [one.take(asked.places) for one in attributes]
    looks = _looks(asked, subject, attributes, aside, ask_again, random_state)
    with Bar(looks, desc="checking the teacher", disable=not progress) as bar:
        looked = [look() for look in bar]
    return TeacherCheck(
        teacher=model.name,
        task=asked.teacher.task or "classification",
        rows=len(subject.own),
        test_rows=len(subject.measured) if subject.unseen else 0,
        findings=Findings.ordered(one for each in looked for one in each.findings),
        parts={name: part for each in looked for name, part in each.parts.items()},
        notes=asked.notes,
    )


def _looks(
    asked: Asked,
    subject: Subject,
    attributes: Sequence[Attribute],
    out_of_fold: NDArray[np.float64] | None,
    ask_again: int | None,
    seed: int | None,
) -> list[Callable[[], Looked]]:
    """Return everything that is looked at, what is cheap first."""

    @cache
    def forest() -> Forest | None:
        return Forest.of(subject, seed)

    def of_groups() -> Looked:
        rows = subject.measured if subject.scored is None else subject.scored_rows
        return groups(
            subject.targets.take(rows), [one.take(rows) for one in attributes], subject.where
        )

    masks = [mask for one in attributes for mask in one.take(subject.scored_rows).masks()]
    looks: list[Callable[[], Looked]] = [partial(look, subject) for look in LOOKS]
    looks += [
        partial(accuracy, subject, seed),
        partial(bias, subject, masks),
        partial(drift_and_whole, subject, seed),
        lambda: _weak(subject, forest()),
        lambda: _labels(subject, out_of_fold, forest, seed),
        partial(steady, subject, asked.teacher, asked.given.inputs, ask_again, asked.noise, seed),
    ]
    return [*looks, of_groups] if attributes else looks


def _weak(subject: Subject, forest: Forest | None) -> Looked:
    if forest is None:
        return Looked()
    rival = Rival("a plain forest", lambda: forest.scored(subject), BETTER, MATTERS)
    return Looked(list(weak(subject, rival)))


def _labels(
    subject: Subject,
    out_of_fold: NDArray[np.float64] | None,
    forest: Callable[[], Forest | None],
    seed: int | None,
) -> Looked:
    """Judge labels by models that did not learn from their rows, test rows by the teacher."""
    found = []
    targets = subject.targets
    if isinstance(targets, Predictions):
        return Looked()
    if out_of_fold is not None:
        rows, models = subject.taught, [log_floored(out_of_fold)[subject.taught]]
        by = "models out of fold"
        found.append(mislabelled(targets.take(rows), subject.called(rows), models, "X", by))
    elif (grown := forest()) is not None:
        learnt = targets.take(grown.rows)
        table = subject.table.take(grown.rows)
        straight = linear.out_of_fold(table, truth_of(learnt), learnt.n_classes, seed)
        by = "a forest and a linear model that did not learn from them"
        models = [grown.aside, straight]
        found.append(mislabelled(learnt, subject.called(grown.rows), models, "X", by))
    if subject.unseen and len(subject.scored_rows):
        seen = targets.take(subject.scored_rows)
        rows = subject.among_test(subject.scored_rows)
        found.append(mislabelled(seen, rows, [seen.logits], "test", "the teacher"))
    return Looked(
        [one for each in found for one in each.findings],
        {
            name: pd.concat([e.parts[name] for e in found if name in e.parts], ignore_index=True)
            for name in dict.fromkeys(name for each in found for name in each.parts)
        },
    )


def _out_of_fold(given: Any, asked: Asked) -> NDArray[np.float64]:
    """Return probabilities for the rows of X, or say what is wrong with them."""
    targets, n = asked.targets, asked.n_x
    if isinstance(targets, Predictions) or targets.labels is None:
        raise ValueError(
            expected(
                "out_of_fold only beside labels, which it judges",
                got="no labels" if isinstance(targets, SoftTargets) else "a regression",
                remedy="Leave it out.",
            )
        )
    if len(shape := np.shape(given)) != 2:
        raise ValueError(
            expected(
                f"out_of_fold to hold probabilities, shape ({n}, {targets.n_classes})",
                got=f"shape {shape}",
                remedy="cross_val_predict(model, X, y, method='predict_proba') gives them.",
            )
        )
    p = SoftTargets.from_probabilities(given, targets.classes).at(1.0)
    if len(p) != n:
        raise ValueError(expected(f"out_of_fold to have {n} rows, like X", got=f"{len(p)} rows"))
    return p[asked.places[: asked.given.table.n_rows]]
