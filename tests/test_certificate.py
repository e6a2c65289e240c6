"""The certificate of one decision: every part is checked against the student itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jupyter_distill._resample import FEW
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits.certificate import Certificate
from jupyter_distill.audits.certificate._near_rows import Support
from jupyter_distill.audits.certificate._notable import _unfaithful
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeRegressionStudent

from .certified import FAMILIES, QUOTED, TASKS, distilled, rows, score, target
from .distilling import run

EACH = [(family, task) for family in FAMILIES for task in TASKS]
NEW = "a new one"
each = pytest.mark.parametrize(("family", "task"), EACH)


def replay(one: dict[str, Any]) -> Any:
    """Work the answer out from the JSON alone: from the rule, or from the sum."""
    why = one["decision"]
    if why["kind"] == "sum":
        total = np.sum([why["intercept"], *(term["adds"] for term in why["terms"])], axis=0)
        np.testing.assert_allclose(total, why["total"], atol=1e-9)
        return total
    for condition in why["conditions"]:
        value = one["values"][condition["column"]]
        if value is None or value == NEW:  # what was never seen goes where gaps go
            assert condition["missing"], condition
        elif condition["categories"] is not None:
            assert value in condition["categories"], condition
        else:
            assert condition["low"] is None or value > condition["low"], condition
            assert condition["high"] is None or value <= condition["high"], condition
    return None


def after(d: Distillation, one: Certificate) -> pd.DataFrame:
    """The changed row, made here from the steps."""
    values = dict(one.values)
    for step in one.change.steps:
        assert values[step.column] == step.before or pd.isna(step.before)
        values[step.column] = step.after
    return pd.DataFrame([values])


def holds(d: Distillation, task: str, one: Certificate, wanted: Any) -> None:
    """Assert what every certificate has to keep."""
    said = json.loads(one.to_json())
    row = pd.DataFrame([dict(one.values)])
    if task == "regression":
        assert one.answer == pytest.approx(float(d.student.predict(row)[0]))
        if said["decision"]["kind"] == "sum":
            assert replay(said)[0] == pytest.approx(one.answer)
    else:
        assert one.answer == d.student.predict(row)[0]
        proba = d.student.predict_proba(row)[0]
        np.testing.assert_allclose(list(one.student.probabilities.values()), proba, atol=1e-9)
        total = replay(said)
        if total is not None:
            names = list(one.student.probabilities)
            best = names[int(total[0] > 0)] if len(total) == 1 else names[int(total.argmax())]
            assert best == one.answer
    if task == "regression":
        replay(said)
    assert one.verified and "inf" not in one.describe() and "nan" not in one.describe()
    if one.change is None or not one.change.steps:
        return
    new = after(d, one)
    told = d.student.predict(new)[0]
    if task == "regression":
        low, high = wanted
        assert (low is None or told >= low) and (high is None or told <= high)
        assert one.change.teacher.answer == pytest.approx(float(score(new)[0]))
    else:
        assert told != one.answer and told == one.change.student.answer
        assert one.change.teacher.answer == d.teacher.predict(new)[0]
        wanted = [name for name in one.student.probabilities if name != one.answer]
        assert one.change.shared == (one.change.teacher.answer in wanted)
        assert one.change.moves_teacher == (one.change.teacher.answer != one.teacher.answer)
    assert len(one.change.steps) <= one.change.cost


@each
def test_rules_are_replayed_from_json_and_changes_flip_the_student(family: str, task: str) -> None:
    d = distilled(family, task)
    changed = 0
    for position in (0, 7, 50):
        wanted = target(task, d, position)
        one = d.certificate(position, target=wanted)
        holds(d, task, one, wanted)
        assert one.label == 1000 + position and one.position == position
        held = position in d.rows.held_out
        assert one.part == ("held out" if held else "learnt")
        changed += bool(one.change.steps)
    assert changed


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.generate],
)
@given(data=st.data())
def test_law_any_new_row_is_certified_and_its_change_flips(data: st.DataObject) -> None:
    family, task = data.draw(st.sampled_from(EACH))
    d = distilled(family, task)
    number = st.floats(-100, 200).map(lambda v: round(v, 1))
    values = {
        "income": data.draw(st.none() | number),
        "purpose": data.draw(st.sampled_from(["car", QUOTED, "house", NEW])),
        "employed": data.draw(st.booleans()),
        "age": data.draw(st.integers(0, 120)),
        "z": data.draw(st.floats(-5, 5)),
    }
    low = data.draw(st.sampled_from([0.0, 2.0]))
    wanted = (low, None) if task == "regression" else None
    one = d.certificate(values, target=wanted)
    assert one.part == "new" and one.position is None and one.truth is None
    assert one.teacher is not None
    holds(d, task, one, wanted)
    if one.change.steps:
        assert all(step.before is not None for step in one.change.steps)


@pytest.mark.parametrize("task", ["binary", "three classes"])
@pytest.mark.parametrize("family", ["tree", "rules", "linear", "ebm"])
def test_nothing_cheaper_is_found_by_trying_everything(family: str, task: str) -> None:
    d = distilled(family, task)
    frame = rows()
    learnt = frame.iloc[d.rows.learnt]
    ranges = {name: np.ptp(learnt[name].dropna()) for name in ("income", "age", "z")}
    rng = np.random.default_rng(0)
    for position in (3, 20):
        one = d.certificate(position, ask=False, reasons=False)
        if not one.change.steps:
            continue
        mine = sum(
            1 + (abs(s.after - s.before) / ranges[s.column] if s.column in ranges else 1)
            for s in one.change.steps
        )
        assert one.change.cost == pytest.approx(mine)
        # real and mixed rows: none that flips is nearer
        row = frame.iloc[[position]]
        tried = pd.concat([row] * 2000, ignore_index=True)
        for name in frame.columns:
            if pd.isna(row[name].iloc[0]):
                continue
            swap = rng.random(len(tried)) < 0.4
            tried.loc[swap, name] = rng.choice(learnt[name].dropna(), swap.sum())
        flips = np.asarray(d.student.predict(tried) != one.answer)
        cost = np.zeros(len(tried))
        for name in frame.columns:
            was = row[name].iloc[0]
            if pd.isna(was):
                continue
            moved = (tried[name] != was).to_numpy()
            far = 1.0
            if name in ranges:
                far = (tried[name] - was).abs().to_numpy(dtype=float) / ranges[name]
            cost += moved * (1 + far)
        assert flips.any() and cost[flips].min() >= one.change.cost - 1e-9


def test_limits_are_kept() -> None:
    d = distilled("tree", "binary")
    frame = rows()
    denied = [i for i in range(60) if d.student.predict(frame.iloc[[i]])[0] == "denied"]
    fixed = d.certificate(denied, immutable=["age", "z", "purpose"], limits={"income": "+"})
    moved = 0
    for one in fixed:
        assert one.change.limits.startswith("age, z, purpose may not change; income may only rise")
        for step in one.change.steps:
            moved += step.column == "income"
            assert step.column in ("income", "employed")
            assert step.column != "income" or step.after > step.before
    assert moved
    none = d.certificate(denied, immutable=list(frame.columns))
    assert not any(one.change.steps for one in none)
    assert "none; no change within the limits does it" in none[0].describe()
    ages = d.certificate(denied, limits={"age": (18, 90), "purpose": PURPOSE_LIMIT})
    steps = [step for one in ages for step in one.change.steps]
    assert all(float(step.after).is_integer() for step in steps if step.column == "age")


PURPOSE_LIMIT = ["car", QUOTED, "house"]


def test_a_missing_value_stays_missing_unless_it_may_be_filled_in() -> None:
    d = distilled("tree", "binary")
    values = {"income": None, "purpose": "car", "employed": False, "age": 20, "z": 0.0}
    stays = d.certificate(values)
    assert all(step.column != "income" for step in stays.change.steps)
    rest = ["purpose", "employed", "age", "z"]
    filled = d.certificate(values, fill_missing=True, immutable=rest)
    assert [step.column for step in filled.change.steps] == ["income"]
    assert filled.change.steps[0].before is None and filled.change.steps[0].after > 0


def test_a_step_really_crosses_a_threshold_in_the_precision_of_its_column() -> None:
    d = distilled("tree", "binary")
    found = 0
    for one in d.certificate(list(range(40)), ask=False, reasons=False):
        for step in one.change.steps:
            if step.column == "income":
                found += 1
                assert step.after == round(step.after, 1)
                back = dict(after(d, one).iloc[0])
                nearer = 0.1 if step.before > step.after else -0.1
                back["income"] = round(step.after + nearer, 1)
                assert d.student.predict(pd.DataFrame([back]))[0] == one.answer
            if step.column == "age":
                assert isinstance(step.after, int)
    assert found


@pytest.mark.parametrize("family", FAMILIES)
def test_reasons_add_up_to_the_score(family: str) -> None:
    d = distilled(family, "three classes")
    frame = rows()
    for one in d.certificate([2, 9], ask=False):
        why = one.reasons
        named, other = why.score.removeprefix("log-odds of ").split(" against ")
        p = dict(one.student.probabilities)
        total = why.base + sum(reason.weight for reason in why.student)
        assert total == pytest.approx(np.log(p[named] / p[other]), abs=1e-6)
        weights = [reason.weight for reason in why.student]
        assert weights == sorted(weights, reverse=True)
        assert named == one.answer and all(r.weight > 0 for r in why.principal())
        assert {reason.column for reason in why.student} <= set(frame.columns)


def test_reasons_are_those_of_shap_on_what_is_read() -> None:
    import shap

    from jupyter_distill.audits.certificate._reading_sums import read

    for family in ("tree", "rules", "net"):
        d = distilled(family, "binary")
        reading = read(d.student, d.explanation())
        background = np.random.default_rng([d.random_state, 2]).permutation(d.rows.learnt)[:100]
        why = d.certificate(40).reasons
        exact = shap.ExactExplainer(
            lambda v, of=reading: (
                np.ptp(of.output(np.asarray(v)), axis=1)
                * np.sign(np.diff(of.output(np.asarray(v)))[:, 0])
            ),
            d.table.values[background],
        )
        sign = 1 if why.score.startswith("log-odds of yes") else -1
        wanted = sign * exact(d.table.values[[40]]).values[0]
        names = [column.name for column in d.table.columns]
        for one in why.student:
            assert one.weight == pytest.approx(wanted[names.index(one.column)], abs=1e-9)


def test_support_and_local_fidelity_are_counted_on_the_rows_of_the_leaf() -> None:
    d = distilled("tree", "binary")
    leaf = d.student.apply(rows())
    teacher = d.targets.predicted
    student = d.student.output(d.table).argmax(1)
    one = d.certificate(int(d.rows.held_out[0]))
    same = np.flatnonzero(leaf == leaf[one.position])
    held = [i for i in same if i in d.rows.held_out and i != one.position]
    assert one.support.learnt == sum(i in d.rows.learnt for i in same)
    assert one.support.held_out == len(held) + 1 and one.support.rows == len(held)
    agree = np.mean(teacher[held] == student[held])
    assert one.support.fidelity.value == pytest.approx(agree)
    assert one.support.fidelity.low <= agree <= one.support.fidelity.high
    near = distilled("linear", "regression").certificate(3).support
    assert (near.rows, near.learnt) == (10, 32) and near.fidelity.value > 0


def test_of_numbers_a_few_rows_of_a_leaf_warn_of_nothing() -> None:
    options = {"student": TreeRegressionStudent(quality="greedy"), "size": 32}
    d = run(score, rows(), task="regression", **options)
    found = list(d.certificate(list(range(200)), reasons=False))
    few = [one for one in found if 0 < one.support.rows < FEW]
    assert len(few) > 50
    for one in few:
        assert np.isnan([one.support.fidelity.low, one.support.fidelity.high]).all()
        assert not np.isnan(one.support.fidelity.value)
        assert "locally-unfaithful" not in one.findings.codes
        assert "[nan" not in one.describe()


def test_numbers_that_differ_more_among_like_rows_are_said_so() -> None:
    support = Support("in the same leaf", 9, 8, Interval(4.0, 3.0, 5.0), 8, 1.0, 2.0)
    (one,) = [f for f in [_unfaithful(support, regression=True)] if f is not None]
    assert one.sentence == (
        "The student differs from its teacher by 4 on average over the 8 held-out rows in the "
        "same leaf, against 2 over all of them."
    )
    unknown = Interval(4.0, float("nan"), float("nan"))
    support = Support("in the same leaf", 9, 2, unknown, 2, 1.0, 2.0)
    assert _unfaithful(support, regression=True) is None


def test_an_account_names_what_earlier_rules_miss() -> None:
    d = distilled("rules", "binary")
    last = [c for c in d.certificate(list(range(80)), ask=False) if c.decision.place > 0]
    one = max(last, key=lambda c: c.decision.place)
    assert len(one.decision.earlier) == one.decision.place
    assert all(texts for _, texts in one.decision.earlier)
    assert "rule 1 does not hold, as not: " in one.describe()


def test_margins_say_what_is_beyond_the_threshold() -> None:
    d = distilled("tree", "binary")
    one = d.certificate(0)
    for margin in one.margins:
        if np.isnan(margin.distance):
            continue
        value = one.values[margin.column]
        assert margin.distance == pytest.approx(abs(value - margin.threshold))
        moved = dict(one.values)
        over = margin.threshold if value > margin.threshold else margin.threshold + 1e-6
        moved[margin.column] = over
        told = d.student.predict(pd.DataFrame([moved]))[0]
        assert margin.beyond.startswith(told) and margin.flips == (told != one.answer)
    spreads = [m.spreads for m in one.margins if not np.isnan(m.spreads)]
    assert spreads == sorted(spreads) and spreads


def test_the_same_is_certified_twice() -> None:
    for family in FAMILIES:
        d = distilled(family, "binary")
        assert d.certificate(4).to_json() == d.certificate(4).to_json()


def test_a_rule_that_is_not_the_students_is_never_certified() -> None:
    from copy import deepcopy
    from dataclasses import replace

    d = distilled("linear", "binary")
    wrong = deepcopy(d.student)
    honest = wrong.explain
    wrong.explain = lambda *a: replace(honest(*a), intercept=honest(*a).intercept + 0.1)
    rung = replace(d.rung, student=wrong)
    forged = replace(d, ladder=replace(d.ladder, rungs=(rung,)))
    with pytest.raises(RuntimeError, match="Nothing is certified"):
        forged.certificate(0)


@pytest.mark.parametrize("family", ["tree", "linear"])
def test_shap_and_lime_of_both_models_stand_beside_the_students_own(family: str) -> None:
    d = distilled(family, "three classes")
    methods = ["shap", "lime"]
    one = d.certificate(3, reasons=methods)
    assert [found.method for found in one.beside] == ["SHAP", "LIME"]
    shap = one.beside[0]
    told = d.attributions("shap", rows=[3], evaluations=2_000, progress=False)
    named, other = (
        [str(c) for c in d.targets.classes].index(word)
        for word in shap.scale.removeprefix("log-odds of ").split(" against ")
    )
    assert str(d.targets.classes[named]) == str(one.answer)
    weights = {reason.column: reason.weight for reason in shap.teacher}
    expected = told.teacher.values[0, :, named] - told.teacher.values[0, :, other]
    for name, value in zip(d.table.names, expected, strict=True):
        assert weights.get(name, 0.0) == pytest.approx(value, abs=1e-12)
    assert "By LIME" in one.describe() and "By LIME" in one._repr_html_()
    row = {name: one.values[name] for name in d.table.names}
    new = d.certificate(row, reasons="shap")
    again = {reason.column: reason.weight for reason in new.beside[0].student}
    assert again == pytest.approx({r.column: r.weight for r in shap.student})
    silent = d.certificate(row, reasons="shap", ask=False).beside[0]
    assert not silent.teacher and "ask=False" in silent.how_teacher


@pytest.mark.parametrize("family", ["tree", "rules"])
def test_a_margin_of_a_missing_number_says_what_a_number_beyond_gives(family: str) -> None:
    d = distilled(family, "binary")
    lost = np.flatnonzero(d.table.native["income"].isna().to_numpy())
    seen = 0
    for one in d.certificate(lost.tolist(), reasons=False, ask=False):
        for margin in one.margins:
            if margin.column != "income":
                continue
            seen += 1
            moved = [{**one.values, "income": x} for x in range(-20, 140, 2)]
            said = set(d.student.predict(pd.DataFrame(moved)))
            if not margin.flips and not margin.condition.startswith("rule "):
                assert said == {one.answer}, margin
    assert seen or family == "rules"
