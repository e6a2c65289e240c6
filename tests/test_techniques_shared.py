"""What the families of one run share: folds, made rows and assistants, whatever their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, _teach
from jupyter_distill.distillation._assistants import taught
from jupyter_distill.distillation._lessons import Lessons
from jupyter_distill.distillation._trials import Bench
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.students.rules import RulesStudent
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets

from .assisted import cancer, read
from .distilling import data, run, smooth


def made(*student: Any) -> Distillation:
    options: dict[str, Any] = {"augment": ["local_swap", "copula"], "size": 3, "temperature": 1.0}
    return run(smooth, *data(90), student=list(student), quality="greedy", **options)


def test_the_same_made_rows_are_as_far_off_for_every_family_in_any_order() -> None:
    one, other = made("tree", "linear"), made("linear", "tree")
    for d in (one, other):
        tree, linear = ([t.off_manifold for t in d.courses[f].trials] for f in ("tree", "linear"))
        assert tree == linear and len(tree) == 2 and min(tree) > 0
    for family in ("tree", "linear"):
        assert one.courses[family].trials == other.courses[family].trials
    alone = made("tree")
    assert alone.courses["tree"].trials == one.courses["tree"].trials


def test_off_manifold_is_the_mean_of_the_parts_that_are_asked_about() -> None:
    X, _ = data(90)
    lessons = Lessons(Table.of(X), SoftTargets(smooth(X), ["a", "b"]), _answer)
    parts = [np.arange(20), np.arange(20, 60)]
    for rows in (*parts, np.arange(90)):  # the last are those that the student learns from at last
        lessons.made(rows, "copula")
    one, other = (lessons.off([rows], "copula") for rows in parts)
    assert one != other and lessons.off(parts, "copula") == pytest.approx((one + other) / 2)


def _answer(table: Table) -> SoftTargets:
    return SoftTargets(smooth(table.values), ["a", "b"])


def test_an_assistant_is_shared_by_families_only_if_it_learns_the_same() -> None:
    options: dict[str, Any] = {"assistant": "linear", "augment": None, "size": 3}
    X, y = data(120)
    own = [TreeStudent(alpha=0.5, quality="greedy"), RulesStudent(alpha=0.0, quality="greedy")]
    d = run(smooth, X, y, student=own, temperature=1.0, **options)
    (of_tree,), (of_rules,) = d.courses["tree"].chain, d.courses["rules"].chain
    assert (of_tree.model.alpha, of_rules.model.alpha) == (0.5, 0.0)
    options |= {"quality": "greedy"}
    d = run(smooth, X, y, student=["tree", "rules"], temperature=1.0, **options)
    assert d.courses["tree"].chain[0] is d.courses["rules"].chain[0]


class Counted(KNeighborsClassifier):
    """Who counts how often it is fitted to which number of rows."""

    fits: ClassVar[list[int]] = []

    def fit(self, X: Any, y: Any) -> Any:
        self.fits.append(len(X))
        return super().fit(X, y)


@pytest.mark.parametrize("best", ["chain", "first", "second", "none"])
def test_several_assistants_are_tried_together_and_each_alone(
    best: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {name: 9.0 if name == best else 1.0 for name in ("chain", "first", "second")}
    found = dict.fromkeys(found, -1.0) if best == "none" else found
    compare, left = Bench.compare, iter(found.values())
    monkeypatch.setattr(Bench, "compare", lambda *given: replace(compare(*given), gain=next(left)))
    monkeypatch.setattr(Counted, "fits", [])
    X, y = data(90)
    options: dict[str, Any] = {"size": 3, "temperature": 1.0, "augment": None}
    d = run(smooth, X, y, assistant=[Counted(3), Counted(9)], **options)
    assert len(d.techniques) == 3
    kept = d.techniques["kept"].tolist()
    assert kept == [name == best for name in found]
    sizes = {"chain": [3, 9], "first": [3], "second": [9], "none": [3, 9]}[best]
    assert [one.model.n_neighbors for one in d.course.chain] == sizes
    assert len(d.stages) == len(sizes) + 1
    # three parts, of which the first is taught once for itself and for the chain; then all rows
    assert len(Counted.fits) == 3 * 3 + len(sizes)
    learnt = d.targets.take(d.rows.learnt)
    for fitted in d.course.chain if best != "none" else ():
        learnt = taught(fitted, d.table.take(d.rows.learnt), learnt)
    np.testing.assert_array_equal(d.course.targets.logits, learnt.logits)


def test_assistants_of_one_name_and_other_settings_are_told_apart() -> None:
    _, targets = cancer()

    def key(asked: Any, alpha: float = 0.1) -> Any:
        return read(asked, targets, alpha=alpha)[0].key

    assert key(LogisticRegression()) == key(LogisticRegression())
    assert key(LogisticRegression()) != key(LogisticRegression(C=2.0))
    assert key(LogisticRegression()) != key(LogisticRegression(), alpha=0.0)
    assert key(LinearStudent(size=9)) != key(LinearStudent(size=9, temperature=2.0))
    assert key("linear") == key("linear")
    unnamed = make_pipeline(FunctionTransformer(lambda X: X), LogisticRegression())
    (assistant,) = read(unnamed, targets)  # what cannot be pickled is the same as itself alone
    assert assistant.key == assistant.key != key(unnamed)


def test_without_a_seed_families_are_compared_on_the_same_folds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []
    parts_of = _teach.parts_of

    def noted(*given: Any) -> Any:
        seen.append(parts_of(*given))
        return seen[-1]

    monkeypatch.setattr(_teach, "parts_of", noted)
    options: dict[str, Any] = {"temperature": 1.0, "size": 2, "quality": "greedy"}
    run(smooth, *data(90), student=["tree", "linear"], random_state=None, **options)
    tree, linear = seen
    assert len(tree) == len(linear) == 3
    for one, other in zip(tree, linear, strict=True):
        np.testing.assert_array_equal(one.places, other.places)
        np.testing.assert_array_equal(one.score_rows.values, other.score_rows.values)
