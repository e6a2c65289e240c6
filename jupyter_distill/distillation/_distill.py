"""The main door: a model and rows in, a student that people can read out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from typing import Any

from jupyter_distill._validation import check_number, did_you_mean, with_article
from jupyter_distill.checks._given import check_order
from jupyter_distill.data.strata import fixed
from jupyter_distill.distillation._alive import remember
from jupyter_distill.distillation._ask import ask
from jupyter_distill.distillation._ask_partitions import ask_partitions, in_partitions, read_sample
from jupyter_distill.distillation._carry import carry
from jupyter_distill.distillation._distillation import Distillation
from jupyter_distill.distillation._find import MISSING, with_findings
from jupyter_distill.distillation._fit import easiest, fit
from jupyter_distill.distillation._ladder import Ladder
from jupyter_distill.distillation._lessons import Lessons
from jupyter_distill.distillation._more_rows import Answering
from jupyter_distill.distillation._plan import listed, plans, task_of, template_of
from jupyter_distill.distillation._rungs import climb
from jupyter_distill.distillation._teach import Run, teach
from jupyter_distill.distillation._techniques import FEW, TRIED, read_augment
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student
from jupyter_distill.targets.asking import Asking
from jupyter_distill.targets.store import Store
from jupyter_distill.targets.task import find_teacher


def distill(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    task: str | None = None,
    student: str | Student | Sequence[str | Student] = "tree",
    size: int | str = "auto",
    temperature: float | str | Sequence[float] = "auto",
    alpha: float | str | Sequence[float] | None = None,
    classes: Sequence[object] | None = None,
    teacher_inputs: Any = None,
    test: tuple[Any, ...] | None = None,
    sample: int | str = "auto",
    unlabelled: Any = None,
    augment: str | Sequence[str] | None = "auto",
    assistant: Any = None,
    batch_size: int | None = None,
    store: Store | str | os.PathLike[str] | None = None,
    n_jobs: int | None = None,
    progress: bool = True,
    random_state: int | None = 0,
    **options: Any,
) -> Distillation:
    """Distil a model into a student that people can read.

    The teacher is asked once for every row. Temperature and size are chosen on validation rows,
    the student is fitted to the rest and to these; fidelity and ladder are measured on held-out
    rows that no student learnt from, while tree and table count all rows.

    Parameters
    ----------
    model : estimator, torch.nn.Module, callable, data frame of recorded answers, or Teacher
        The teacher; it is never refitted or changed. See :func:`as_teacher`.
    X : data frame or array of shape (n, d), Dask data frame, or path of Parquet files
        What the student sees: numbers, text, categories, booleans and missing values as they are.
        Rows that need not fit into memory are a Dask data frame, of which the teacher is asked on
        the workers of the active client, or a Parquet file, a folder, a pattern or a list of such,
        or a pyarrow dataset; the teacher sees some of them at a time, as a pandas frame.
        See `sample`.
    y : array of shape (n,), optional
        The ground truth. Without it the student follows the teacher alone. Of a Dask data frame
        or Parquet files: the name of the column that holds it; or a Dask series.
    task : {"classification", "regression"}, optional
        Whether the model names a class or gives a number. An estimator says it itself; a function
        or network that returns one number per row gives a number if `y` holds many different ones.
    student : str or Student or sequence of them, default "tree"
        Family, or an unfitted student: what is set on it other than its defaults holds, unless
        `size`, `temperature` or `alpha` say otherwise here. Several families share one ladder,
        ``"auto"`` is all that are installed; of those within a point of the best fidelity the one
        with the least to read is chosen, and ``d.ladder.select(size, family)`` takes another.
    size : int or "auto"
        Leaves, rules, features, terms or units of the student. ``"auto"``: the smallest size of
        the ladder that can be read and is within one point of the best fidelity (of a regression:
        of R2 to the teacher), three of the best mean fidelity per class, and a tenth of what there
        is to know of the teacher's distribution.
    temperature : float, "auto", "logit-standardised" or sequence of float
        T of the soft targets. ``"auto"``: for every size, of a grid from 0.25 to 4, the one with
        the least KL(teacher || student) on validation rows, which is comparable across T; a
        sequence is a grid of your own. ``"logit-standardised"``: the spread of the teacher's
        logits, so that cautious and overconfident teachers teach alike. A regression has none.
    alpha : float, "auto" or sequence of float, optional
        Weight of the ground truth in the loss: 0.1 if `y` is given, else 0. ``"auto"``: of 0, 0.1,
        0.3 and 0.5 the one that is best for the truth of those that cost no measurable fidelity,
        on validation rows (the one nearest to 0.1 where these do not differ measurably); a
        sequence is a grid of your own.
    classes : sequence, optional
        Class names in the order of the teacher's columns, where it does not say them itself.
    teacher_inputs : array, tensor, data frame, Files, or dict or tuple of them, optional
        What the teacher sees, row by row beside `X`; `X` itself unless given. Pictures and the
        like, one in a file beside each row: see :class:`Files`.
    test : tuple (X_test, y_test) or (X_test, y_test, teacher_inputs_test), optional
        Rows that neither teacher nor student saw: they become the held-out rows.
    sample : int or "auto"
        Of a Dask data frame or Parquet files the student is distilled from a sample, stratified by
        what the teacher says, and its fidelity is measured on all rows. ``"auto"``: as many
        rows as a learning curve asks for, at most 200,000. A number is taken as it is, also of
        rows in memory, which all are distilled from otherwise. ``d.sample`` says what was taken.
    unlabelled : data frame, array, or tuple (rows, teacher_inputs), optional
        More real rows, without y: the teacher labels them, and the student learns from them too
        unless they clearly harm on validation rows.
    augment : {"auto", "local_swap", "copula", "munge"} or several of these, or None
        Ways of making more rows for the teacher to label, four for each real one; the best is kept
        where it wins on (real) validation rows. ``"auto"`` tries all of them where there are fewer
        than 2,000 rows to learn from and the teacher is a model at hand, not a function, which may
        be far away or cost money, nor recorded answers, which say nothing of other rows.
    assistant : str, Student, estimator, or list of these, optional
        Who may stand between teacher and student: a family, or any classifier or regressor of
        scikit-learn's kind; several are tried as a chain, each taught by the one before it, and
        each alone, so that two cost half as much again as their chain. They are taught at T = 1
        unless a student is given with a temperature of its own. The best is kept where it wins on
        validation rows; ``d.stages`` and ``d.techniques`` say what came of it.
    batch_size : int, optional
        Rows per question to the teacher. Unless given, questions start with 16 rows and grow until
        one takes about a second, more rows are no faster, or memory runs short; what a network
        says may depend on it in the last digits. An interrupt keeps the questions that were
        answered.
    store : Store or path, optional
        A folder where the teacher's answers are kept as they come, of all rows that it is asked
        about here. What is there is not asked again: run the same after an interrupt or a crash,
        with other students or settings or with more rows, and only what is new is asked.
    n_jobs : int, optional
        Fits at a time, through the backend of joblib that is active (loky, Dask, Ray, ...): with
        ``joblib.parallel_config(backend="dask")`` on a cluster. The result is the same to the bit.
        An interrupt keeps the fits that are done, but for backends that give all at once
        (``multiprocessing``).
    progress : bool, default True
        Whether to show progress.
    random_state : int or None, default 0
        Seed of the split and of everything else that is drawn, here and in audits. None draws one,
        which is kept: ``d.random_state``.
    **options
        What else the family can be told, e.g. ``objective="fidelity"`` or ``quality="best"`` for
        a tree: the parameters of its class.

    Returns
    -------
    Distillation
        Student, ladder, fidelity, disagreements, report. Shows itself in a notebook.

    Raises
    ------
    TypeError, ValueError
        If anything given is not what is needed; the message says what was expected, what came
        and what to do.

    Notes
    -----
    An interrupt (Ctrl-C) ends the stage at hand and goes on with what is done; the result's
    ``notes`` say what was cut short. Interrupt again to stop altogether.

    References
    ----------
    G. Hinton, O. Vinyals, J. Dean: Distilling the Knowledge in a Neural Network, 2015.
    """
    if random_state is not None:
        check_number("random_state", random_state, low=0, high=2**32 - 1, integer=True)
    check_order("distill", X, y)
    # one for all, and for all that is asked later: the same question gets the same answer
    random_state = fixed(random_state)
    work = Work(bool(progress), n_jobs)
    several, of_task = listed(student), task_of(student)
    _refuse_unknown(options, [template_of(s, of_task or "classification", None) for s in several])
    size_of_sample = read_sample(sample)
    partitions = in_partitions(X, y, size_of_sample, teacher_inputs, unlabelled)
    teacher = find_teacher(model, partitions.truth if partitions else y, classes, task, of_task)
    settings = {
        "size": size,
        "temperature": temperature,
        "alpha": alpha,
        "assistant": assistant,
        **options,
    }
    methods = read_augment(augment, inputs_given=teacher_inputs is not None, teacher=teacher)
    # twice if only the answers tell the task: what is wrong is said before the teacher is asked
    tried = plans(several, teacher.task, settings, y is not None, random_state)
    keep = getattr(tried[0].template, "constraints", None)
    asking = Asking.of(teacher, batch_size, store)
    if partitions is None:
        inputs = teacher_inputs
        asked = ask(teacher, X, y, inputs, test, unlabelled, asking, keep, work, random_state)
    else:
        asked = ask_partitions(
            teacher, partitions, test, size_of_sample, asking, tried, keep, work, random_state
        )
    if asked.teacher.task != teacher.task:
        tried = plans(several, asked.teacher.task, settings, y is not None, random_state)

    answering = Answering(asked.teacher, asked.targets, asking, work)
    lessons = Lessons(
        asked.table,
        asked.targets,
        answering,
        answering.unlabelled(asked.unlabelled, asked.table),
        random_state,
    )
    if methods is None:
        few = len(asked.rows.learnt) < FEW and not asked.teacher.remote
        methods = TRIED if few else ()
    courses = teach(tried, Run(asked, lessons, methods, work, random_state))
    fitted = fit(courses, work)
    courses = [course for course in courses if course.family in fitted]
    table, targets = asked.table, asked.targets
    rungs = {
        course.family: climb(
            course.family,
            fitted[course.family],
            course.temperatures,
            course.size,
            *asked.held_out,
            random_state,
        )
        for course in courses
    }
    chosen = easiest(courses, rungs)
    result = Distillation(
        teacher=asked.teacher,
        table=table,
        targets=targets,
        rows=asked.rows,
        ladder=Ladder(
            rungs=tuple(rung for of in rungs.values() for rung in of),
            family=chosen.family,
            chosen=chosen.size,
            piloted={name: tuple(sorted(of)) for name, of in fitted.items()},
            usual={course.family: course.size for course in courses},
            knees={course.family: course.knee for course in courses},
        ),
        courses={course.family: course for course in courses},
        notes=tuple(work.notes),
        random_state=random_state,
        inputs_given=teacher_inputs is not None,
        population=asked.population,
        sample=asked.sample,
    )
    result = _counted(carry(asked, result, "held_out"), work)
    try:
        return remember(with_findings(result, size_asked=tried[0].size is not None))
    except KeyboardInterrupt:
        work.interrupted(MISSING)
    return remember(carry(result, replace(result, notes=tuple(work.notes))))


def _counted(d: Distillation, work: Work) -> Distillation:
    """Measure on all rows, where the student learnt from a sample of them."""
    if d.population is None:
        return d
    try:
        d.count(work)
    except KeyboardInterrupt:
        work.interrupted("fidelity was not measured on all rows; d.fidelity() will do it.")
    except Exception as error:  # of a worker, or of rows that changed: the student is there
        work.failed(
            f"Fidelity was not measured on all rows ({type(error).__name__}: {error}); "
            "d.fidelity() will try it again."
        )
    return carry(d, replace(d, notes=tuple(work.notes)))


def _refuse_unknown(options: dict[str, Any], templates: Sequence[Student]) -> None:
    """Refuse what neither distill() nor any of the students can be told."""
    parameters = signature(distill).parameters.values()
    ours = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    takes = {type(t).__name__: [n for n in t.get_params() if n not in ours] for t in templates}
    theirs = list(dict.fromkeys(name for names in takes.values() for name in names))
    for name in options:
        if name not in theirs:
            also = "; ".join(
                f"{with_article(kind)} also takes {', '.join(names)}"
                for kind, names in takes.items()
            )
            raise TypeError(
                f"distill() has no option {name!r}.{did_you_mean(name, [*ours, *theirs])} "
                f"Its options are {', '.join(ours)}; {also}."
            )
