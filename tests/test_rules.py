"""Rule lists: the same answers as the tree they come from, in fewer words."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill.students.rules import RulesRegressionStudent, RulesStudent
from jupyter_distill.targets import Predictions, SoftTargets

from .small import people
from .trees import rows_of_every_kind

SEEDS = st.integers(0, 2**32 - 1)
LISTED = st.integers(0, 29)


def listed(seed: int, size: int = 9) -> tuple[RulesStudent, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    frame = rows_of_every_kind(300, rng)
    z = rng.normal(size=(300, 3)) * 2
    # every fourth by a longer search, which asks questions that growth never would
    quality = "fast" if seed % 4 == 1 else "greedy"
    student = RulesStudent(size, 0.0, min_rows=3, quality=quality)
    return student.fit_soft(frame, SoftTargets(z, ["a", "b", "c"])), frame


kept = cache(listed)  # to be looked at, not changed


def new_rows(seed: int) -> pd.DataFrame:
    """Rows that no fit saw: other combinations, missing values, a purpose never met."""
    rng = np.random.default_rng(seed)
    frame = rows_of_every_kind(400, rng)
    for name in ("income", "purpose", "employed"):
        frame.loc[rng.random(len(frame)) < 0.15, name] = None
    frame.loc[rng.random(len(frame)) < 0.15, "purpose"] = "boat"
    return frame


def assert_decides_like_its_tree(student: RulesStudent | RulesRegressionStudent, seed: int) -> None:
    new = new_rows(seed)
    leaves = np.array([rule.leaf for rule in student.rules_])
    np.testing.assert_array_equal(leaves[student.decide(new)], student.apply(new))
    says = student.answers_[student.apply(new)]
    if isinstance(student, RulesRegressionStudent):
        says = says[:, 0]
    np.testing.assert_array_equal(student.output(new), says, strict=True)


@given(LISTED)
def test_the_first_rule_that_holds_is_the_leaf_of_the_tree(seed: int) -> None:
    student, _ = kept(seed)
    assert_decides_like_its_tree(student, seed + 1)
    for size in (1, 4):
        assert_decides_like_its_tree(student.at_size(size), seed + 1)


@given(SEEDS)
@settings(max_examples=10)
def test_every_list_of_a_sweep_decides_like_its_tree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = rows_of_every_kind(300, rng)
    students = RulesRegressionStudent(alpha=0.0, min_rows=3, quality="greedy").sweep(
        frame, Predictions(rng.normal(size=300)), (1, 5, 9)
    )
    for student in students:
        assert_decides_like_its_tree(student, seed + 1)


@given(LISTED)
def test_a_list_asks_no_more_than_the_ways_of_its_tree(seed: int) -> None:
    student, _ = kept(seed)
    depth = student.nodes_.depth[student.nodes_.leaves].sum()
    assert student.complexity_.conditions < depth
    assert student.rules_[-1].conditions == ()
    assert all(rule.conditions for rule in student.rules_[:-1])


def test_the_list_that_is_read_is_what_answers() -> None:
    student, frame = listed(0)
    before = student.predict(frame)
    student.rules_ = student.rules_[-1:]  # only "otherwise" is left
    assert len(set(before)) > 1
    assert len(set(student.predict(frame))) == 1


def test_size_counts_the_rules_besides_the_last() -> None:
    student, frame = listed(0, size=4)
    assert len(student.rules_) == 5
    assert student.title_ == "list of 4 rules"
    assert student.at_size(1).title_ == "list of 1 rule"
    with pytest.raises(ValueError, match="size to be a whole number >= 1. Got 0"):
        RulesStudent(size=0).fit(frame, np.arange(len(frame)) % 2)


def test_the_explanation_tells_what_each_rule_decides() -> None:
    student, frame = kept(3)
    explained = student.explain()
    place = student.decide(frame)
    np.testing.assert_array_equal(explained.support, np.bincount(place, minlength=len(explained)))
    frame_of_rules = explained.frame()
    assert frame_of_rules["rule"].iloc[-1] == "otherwise"
    assert [rule.split(" ")[0] for rule in frame_of_rules["rule"]][:2] == ["if", "else"]
    assert frame_of_rules["rule"][0] in repr(explained)
    for i in range(len(explained)):
        assert explained.answer(i) == student.predict(frame)[place == i][0]


def test_a_rule_alone_says_that_none_before_it_held() -> None:
    student, _ = kept(3)
    explained = student.explain()
    last = len(explained) - 1
    asks = [" and ".join(texts) for texts in explained.conditions]
    assert last >= 3
    assert explained.rule(0) == asks[0]
    assert explained.rule(1) == f"{asks[1]}, and not the rule before"
    assert explained.rule(2) == f"{asks[2]}, and none of the 2 rules before"
    assert explained.rule(last) == "otherwise"
    for place in (-1, last + 1):
        with pytest.raises(IndexError, match=f"a rule from 0 to {last}. Got {place}"):
            explained.rule(place)


def test_a_long_list_of_categories_is_cut_where_it_is_drawn() -> None:
    frame = pd.DataFrame({"kind": [f"k{i:02}" for i in range(40)] * 5})
    explained = RulesStudent(1).fit(frame, frame["kind"] < "k20").explain()
    assert explained.rule(0).endswith("5 … and 14 more")
    assert explained.drawn()["rule"][0] == "if " + explained.rule(0)
    for text in (explained.frame()["rule"][0], explained.to_dict()["conditions"][0][0]):
        assert "more" not in text and text.endswith("9") and text.count(",") == 18


def test_categories_are_named_as_their_owner_does() -> None:
    frame, _ = people(400)
    car = (frame["purpose"] == "car").to_numpy()
    z = np.column_stack([np.zeros(400), np.where(car, 3.0, -3.0)])
    student = RulesStudent(1, 0.0).fit_soft(frame, SoftTargets(z, ["no", "yes"]))
    assert student.explain().rule(0).startswith("purpose is ")


def test_a_list_for_numbers() -> None:
    frame, _ = people(400)
    values = frame["age"].fillna(0).to_numpy(float) // 20
    student = RulesRegressionStudent(5, 0.0).fit_soft(frame, Predictions(values))
    explained = student.explain()
    assert explained.classes == ()
    assert explained.error is not None
    assert explained.error.max() < values.std()
    assert float(explained.answer(0)) == pytest.approx(explained.student[0, 0], rel=1e-3)
