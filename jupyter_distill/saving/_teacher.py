"""The teacher of a distillation that was loaded: who it was, and who may take its place."""

from __future__ import annotations

import warnings
from copy import copy
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import Refusal, expected
from jupyter_distill.data import Table
from jupyter_distill.saving._refuse import need
from jupyter_distill.targets import Predictions, Targets
from jupyter_distill.teachers import Task, Teacher, as_teacher

ASKED = 32  # rows that a teacher is asked about again, to see whether it is the one
REMEDY = "Give it the teacher: jd.load(path, teacher=model)."


class UncheckedTeacherWarning(UserWarning):
    """Nothing tells whether a teacher is the one that was distilled."""


@dataclass(frozen=True)
class About:
    """What a file knows of a teacher.

    Attributes
    ----------
    name : str
        As it was called.
    made_of : str
        The class of its model.
    task : {"classification", "regression"}
        What it does.
    kind : str or None
        What it returned: logits or probabilities; None for numbers.
    fingerprint : str or None
        What tells its answers from those of any other; None where it could not be hashed.
    version : str or None
        What its owner called its state.
    """

    name: str
    made_of: str
    task: Task
    kind: str | None
    fingerprint: str | None
    version: str | None

    @classmethod
    def of(cls, teacher: Teacher, task: Task) -> About:
        """Note who a teacher is."""
        if isinstance(teacher, AbsentTeacher):
            return teacher.about
        made_of = f"{type(teacher.model).__module__}.{type(teacher.model).__qualname__}"
        try:
            fingerprint = teacher.fingerprint
        except ValueError:  # it holds what cannot be hashed: by its answers it is known still
            fingerprint = None
        return cls(teacher.name, made_of, task, teacher.kind, fingerprint, teacher.version)


class AbsentTeacher(Teacher):
    """Who was distilled, by name: it says what it was, and refuses to be asked.

    Parameters
    ----------
    about : About
        What a file knows of it.
    classes : ndarray or None
        Names of its classes.
    """

    answers_new_rows = False
    silence = "it is not in the file: give it, jupyter_distill.load(path, teacher=model)"
    remote = True  # nobody is to ask it without being asked to

    def __init__(self, about: About, classes: NDArray[Any] | None) -> None:
        super().__init__(None, classes=classes, name=about.name, version=about.version)
        self.about = about
        self.task = about.task
        self.kind = about.kind  # type: ignore[assignment]

    @property
    def fingerprint(self) -> str:
        """What told its answers from those of any other."""
        if self.about.fingerprint is None:
            self._absent("be told from others by what it holds, as it could not be hashed")
        return self.about.fingerprint

    def query(self, X: Any, **options: Any) -> NoReturn:
        """Refuse: only its answers are there."""
        self._absent("be asked about rows")

    def answer(self, rows: Any) -> NoReturn:
        """Refuse: only its answers are there."""
        self._absent("be asked about rows")

    def _absent(self, what: str) -> NoReturn:
        got = "a distillation that was loaded without it"
        raise Refusal(expected(f"{self.name} to {what}", got=got, remedy=REMEDY))

    def __repr__(self) -> str:
        return f"<Teacher {self.name}: not loaded>"


def found_again(model: Any, about: About, table: Table, targets: Targets, same: bool) -> Teacher:
    """Return a model as the teacher of a distillation, if it is that one.

    Parameters
    ----------
    model : Teacher, or what is made one
        Who is said to be.
    about : About
        Who was distilled.
    table, targets
        Rows, and what it said of them.
    same : bool
        Whether it sees those rows as the student does, so that it can be asked about them.

    Raises
    ------
    ValueError
        If it is another one.
    """
    classes = None if isinstance(targets, Predictions) else targets.classes
    teacher = copy(as_teacher(model).of_task(about.task))
    if teacher.classes is None:
        teacher.classes = classes
    if teacher.kind is None:
        teacher.kind = about.kind  # type: ignore[assignment]
    own = About.of(teacher, about.task).fingerprint
    if about.fingerprint is not None and own == about.fingerprint:
        return teacher
    if same and teacher.answers_new_rows and not teacher.remote:
        _ask_again(teacher, about, table, targets)
        return teacher
    if own is not None and about.fingerprint is not None and own != about.fingerprint:
        raise _another(about, f"{teacher.name}, which has another fingerprint")
    warnings.warn(
        f"Nothing tells whether {teacher.name} is the teacher that was distilled ({about.name}): "
        "it could not be hashed, and was not asked again.",
        UncheckedTeacherWarning,
        stacklevel=4,
    )
    return teacher


def _ask_again(teacher: Teacher, about: About, table: Table, targets: Targets) -> None:
    few = np.arange(min(ASKED, table.n_rows))
    rows = table.take(few).native
    if isinstance(targets, Predictions):
        said, known = teacher.predictions(rows), targets.values[few]
    else:
        said, known = teacher.logits(rows), targets.logits[few]
        # only differences of logits are answers, and these are seen in probabilities
        if said.shape == known.shape:
            said, known = softmax(said), softmax(known)
    if said.shape != known.shape or not np.allclose(said, known, rtol=1e-4, atol=1e-4):
        raise _another(about, f"{teacher.name}, which says something else of the same rows")


def _another(about: About, got: str) -> ValueError:
    what = f"the teacher that was distilled, {about.name}"
    return ValueError(
        expected(
            what,
            got=got,
            remedy="Give that one, wrapped as it was (as_teacher(model, preprocess=...)), or load "
            "the file without a teacher.",
        )
    )


def check_about(about: About, task: Task, where: str) -> None:
    """Refuse what no teacher of a task is."""
    need(about.task == task, where, f"a teacher for {task}", about.task)
    kinds = (None, "logits", "probabilities")
    need(about.kind in kinds, where, "what it gives", about.kind)
