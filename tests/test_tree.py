"""The tree: where rows go, what is said there, and how it is said."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from jupyter_distill.data import Column, Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students import tree
from jupyter_distill.students._bins import roundest
from jupyter_distill.students._leaves import leaf_logits
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import CompositeLoss, SoftTargets, soften

SEEDS = st.integers(0, 2**32 - 1)


def rows_of_every_kind(n: int, rng: np.random.Generator) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "income": rng.normal(50, 20, n).round(1),
            "age": rng.integers(18, 90, n),
            "purpose": rng.choice(["car", "education", "house", "travel"], n).astype(object),
            "employed": (rng.random(n) < 0.6).astype(object),
        }
    )
    for name in ("income", "purpose", "employed"):
        frame.loc[rng.random(n) < rng.choice([0.0, 0.2]), name] = None
    frame["employed"] = frame["employed"].where(frame["employed"].isna(), frame["employed"] == 1)
    return frame


def grown(seed: int, size: int = 12, n: int = 300, **options: Any) -> tuple[Any, ...]:
    """A tree on rows of every kind, grown for a teacher that uses all of them."""
    rng = np.random.default_rng(seed)
    frame = rows_of_every_kind(n, rng)
    codes = np.nan_to_num(Table.of(frame).values, nan=-3.0)
    codes = (codes - codes.mean(0)) / (codes.std(0) + 1e-9)
    z = np.sin(codes @ rng.normal(size=(4, 6))) @ rng.normal(size=(6, 3)) * 2
    targets = SoftTargets(z, np.array(["no", "maybe", "yes"]), rng.integers(0, 3, n))
    return TreeStudent(size=size, min_rows=3, **options).fit_soft(frame, targets), frame, targets


def asked(e: TreeExplanation, node: int, value: float) -> int:
    """Return the child that a value goes to, by the arrays alone."""
    codes = e.left_categories[node]
    if np.isnan(value) or (codes is not None and value < 0):
        left = e.missing_left[node]
    elif codes is None:
        left = value <= e.threshold[node]
    else:
        left = int(value) in codes
    return int(e.left[node] if left else e.right[node])


def walked(e: TreeExplanation, values: np.ndarray) -> list[int]:
    """Return the node in which a row ends, and every node before."""
    nodes = [0]
    while e.left[nodes[-1]] >= 0:
        nodes.append(asked(e, nodes[-1], values[e.feature[nodes[-1]]]))
    return nodes


# --- structure ---------------------------------------------------------------------------------


@given(SEEDS)
def test_leaves_part_the_rows_and_parents_hold_their_children_s(seed: int) -> None:
    student, frame, _ = grown(seed)
    e, leaf = student.explain(), student.apply(frame)
    assert set(leaf) == set(np.flatnonzero(e.left < 0))
    assert e.support[0] == len(frame)
    np.testing.assert_array_equal(
        e.support[e.left < 0], np.bincount(leaf, minlength=len(e))[e.left < 0]
    )
    inner = np.flatnonzero(e.left >= 0)
    np.testing.assert_array_equal(
        e.support[inner], e.support[e.left[inner]] + e.support[e.right[inner]]
    )
    assert (e.parent[e.left[inner]] == inner).all() and (e.parent[e.right[inner]] == inner).all()
    assert (e.parent[1:] < np.arange(1, len(e))).all() and e.parent[0] == -1
    assert (e.depth[1:] == e.depth[e.parent[1:]] + 1).all()
    assert student.n_leaves_ == e.n_leaves <= 12
    assert student.depth_ == e.depth.max()


@given(SEEDS)
def test_a_smaller_tree_is_the_first_part_of_the_growth(seed: int) -> None:
    large, frame, targets = grown(seed)
    whole = large.explain()
    for size in (2, 3, 7):
        small = large.at_size(size)
        e = small.explain()
        m = 2 * size - 1
        assert (len(e), e.n_leaves) == (m, size)
        np.testing.assert_array_equal(e.parent, whole.parent[:m])
        np.testing.assert_array_equal(e.support, whole.support[:m])
        inner = e.left >= 0
        for name in ("left", "right", "feature", "threshold", "missing_left"):
            np.testing.assert_array_equal(getattr(e, name)[inner], getattr(whole, name)[:m][inner])
        np.testing.assert_array_equal(small.logits_, large.logits_[:m])
        assert [e.rule(node) for node in range(m)] == [whole.rule(node) for node in range(m)]
        direct = TreeStudent(size=size, min_rows=3).fit_soft(frame, targets)
        np.testing.assert_array_equal(small.apply(frame), direct.apply(frame))


@given(SEEDS, st.integers(1, 60))
def test_no_leaf_is_lighter_than_it_may_be(seed: int, min_rows: int) -> None:
    rng = np.random.default_rng(seed)
    frame, weights = rows_of_every_kind(200, rng), rng.integers(0, 3, 200)
    targets = SoftTargets(rng.normal(size=(200, 3)), np.arange(3), weights=weights)
    student = TreeStudent(alpha=0.0, min_rows=min_rows).fit_soft(frame, targets)
    leaf = student.apply(frame)
    weight = np.bincount(leaf, weights, minlength=leaf.max() + 1)
    assert (weight[np.unique(leaf[weights > 0])] >= min_rows).all()


# --- the best question -------------------------------------------------------------------------


def squared(response: np.ndarray) -> float:
    return float(((response - response.mean()) ** 2).sum())


def fall(response: np.ndarray, left: np.ndarray) -> float:
    """Return by how much a division lowers the squared error."""
    if left.all() or not left.any():
        return -np.inf
    return squared(response) - squared(response[left]) - squared(response[~left])


def every_division(values: np.ndarray) -> list[np.ndarray]:
    lost = np.isnan(values)
    cuts = [values <= cut for cut in np.unique(values[~lost])]
    return [side for cut in cuts for side in (cut, cut | lost)]


@given(SEEDS)
def test_the_first_question_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 9, (40, 3)).astype(float)
    X[:, 1] += rng.random(40)
    X[rng.random((40, 3)) < 0.15] = np.nan
    z = np.column_stack([np.zeros(40), rng.normal(size=40)])
    student = TreeStudent(size=2, alpha=0.0, min_rows=1).fit_soft(X, SoftTargets(z, [0, 1]))
    response = soften(z)[:, 1]
    best = max(fall(response, side) for column in X.T for side in every_division(column))
    found = fall(response, student.apply(X) == student.nodes_.left[0])
    np.testing.assert_allclose(found, best)


@given(SEEDS)
def test_categories_of_equal_weight_are_divided_in_the_best_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = np.array(list("abcdef"))
    kinds = np.tile(levels, 6)
    z = np.column_stack([np.zeros(36), rng.normal(size=36)])
    student = TreeStudent(size=2, alpha=0.0, min_rows=1)
    student.fit_soft(pd.DataFrame({"kind": kinds}), SoftTargets(z, [0, 1]))
    response = soften(z)[:, 1]
    sets = [set(s) for r in (1, 2, 3) for s in combinations(levels, r)]
    best = max(fall(response, np.isin(kinds, list(s))) for s in sets)
    left = student.apply(pd.DataFrame({"kind": kinds})) == student.nodes_.left[0]
    np.testing.assert_allclose(fall(response, left), best)


# --- what a leaf says --------------------------------------------------------------------------


@given(SEEDS, st.floats(0, 1), st.floats(0.2, 10), st.integers(2, 5))
def test_leaf_values_minimise_the_loss(seed: int, alpha: float, temperature: float, k: int) -> None:
    rng = np.random.default_rng(seed)
    teacher, labels = rng.dirichlet(np.ones(k), 3), rng.dirichlet(np.ones(k), 3)
    teacher, labels = (0.98 * mix + 0.02 / k for mix in (teacher, labels))
    loss = CompositeLoss(alpha, temperature)
    z = leaf_logits(teacher, labels, loss)
    np.testing.assert_allclose(z.mean(1), 0, atol=1e-9)
    for found, q, y in zip(z, teacher, labels, strict=True):
        solved = minimize(
            lambda at, q=q, y=y: float(loss.value_at(at, y, q)),
            np.zeros(k),
            jac=lambda at, q=q, y=y: loss.gradient_at(at, y, q),
            method="BFGS",
            options={"gtol": 1e-7},
        )
        # Values, not places: where the loss is flat there are many places of the same value.
        assert loss.value_at(found, y, q) <= solved.fun + 1e-9
        np.testing.assert_allclose(loss.gradient_at(found, y, q), 0, atol=1e-5)


@given(SEEDS, st.floats(0.05, 0.95), st.floats(1, 6))
@settings(max_examples=10)
def test_every_leaf_minimises_the_loss_of_its_own_rows(
    seed: int, alpha: float, temperature: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "SHRINKAGE", 1e-12)  # nothing borrowed from the parent
        student, frame, targets = grown(seed, alpha=alpha, temperature=temperature)
    slopes = CompositeLoss(alpha, temperature).gradient(student.logits(frame), targets)
    leaf = student.apply(frame)
    for node in np.unique(leaf):
        np.testing.assert_allclose(slopes[leaf == node].mean(0), 0, atol=1e-5)


def test_a_small_leaf_leans_on_its_parent() -> None:
    X = np.repeat([[0.0], [1.0]], [5, 500], axis=0)
    student = TreeStudent(size=2, min_rows=1).fit(X, (X[:, 0] == 0).astype(int))
    few, many = student.predict_proba([[0.0], [1.0]])[:, 1]
    # means of 5 and 500 rows with one row of the root's mean added
    root = (5 + 0.5) / (505 + 1)
    np.testing.assert_allclose([few, many], [(5 + root) / 6, root / 501], rtol=1e-4)


def test_below_temperature_one_leaves_are_filled_at_one() -> None:
    student, frame, targets = grown(3, alpha=0.0, temperature=0.5)
    same = TreeStudent(12, 0.0, 0.5, leaf_temperature=1.0, min_rows=3).fit_soft(frame, targets)
    sharp = TreeStudent(12, 0.0, 0.5, leaf_temperature=0.5, min_rows=3).fit_soft(frame, targets)
    np.testing.assert_array_equal(student.logits(frame), same.logits(frame))
    assert CompositeLoss(0.0)(same.logits(frame), targets) < CompositeLoss(0.0)(
        sharp.logits(frame), targets
    )
    with pytest.raises(ValueError, match="leaf_temperature to be a finite number > 0. Got -1"):
        same.set_params(leaf_temperature=-1).fit_soft(frame, targets)


# --- round thresholds --------------------------------------------------------------------------


def digits(value: float) -> int:
    return len(Decimal(repr(value)).normalize().as_tuple().digits)


def fewest_digits(low: float, high: float) -> int:
    """Return the digits of the shortest decimal number in ``[low, high)``, in exact arithmetic."""
    if low <= 0 < high:
        return 1
    for power in range(310, -340, -1):
        unit = Fraction(10) ** power
        steps = -((-Fraction(low)) // unit)  # the first multiple of the unit that is not below
        if steps * unit < Fraction(high) and float(steps * unit) < high:
            return len(str(abs(steps)))
    raise AssertionError("a float is a decimal number itself")


SIZED = st.one_of(
    st.just(0.0),
    st.builds(
        lambda digits, power, sign: sign * float(f"{digits}e{power}"),
        st.floats(1, 9.999),
        st.integers(-9, 20),  # every power of ten that is met is an exact number
        st.sampled_from([-1, 1]),
    ),
)
FAR = st.tuples(SIZED, SIZED)
NEAR = st.builds(lambda at, step: (at, at + abs(at) * step), SIZED, st.floats(1e-12, 1.0))
GAPS = st.one_of(FAR, NEAR).map(sorted).filter(lambda gap: gap[0] < gap[1])


@given(st.lists(GAPS, min_size=1, max_size=4))
@settings(max_examples=300)
def test_no_shorter_number_lies_in_the_gap_than_the_threshold(gaps: list[list[float]]) -> None:
    low, high = np.array(gaps).T
    for (above, below), found in zip(gaps, roundest(low, high).tolist(), strict=True):
        assert above <= found < below
        assert digits(found) <= fewest_digits(above, below)


@given(st.floats(-1e300, 1e300), st.integers(1, 4))
def test_the_threshold_lies_between_neighbours_however_near(low: float, steps: int) -> None:
    high = low
    for _ in range(steps):
        high = float(np.nextafter(high, np.inf))
    found = roundest(np.array([low]), np.array([high]))[0]
    assert low <= found < high


@pytest.mark.parametrize(
    ("low", "high", "best"),
    [
        (51_873.2, 52_411.9, 52_000),
        (0.0712, 0.0748, 0.073),
        (-3, 8, 0),
        (3, 4, 3),
        (95, 105, 100),
        (1_030, 1_060, 1_050),
        (-0.31, -0.29, -0.3),
        (1e-40, 4e-40, 2e-40),
        (-3.1e250, -2.9e250, -3e250),
    ],
)
def test_thresholds_are_the_numbers_a_person_would_take(
    low: float, high: float, best: float
) -> None:
    # beside a gap of another size, which must not matter
    assert roundest(np.array([low, 1e9]), np.array([high, 2e9]))[0] == best


def test_values_at_the_edge_of_floating_point_are_parted() -> None:
    X = np.array([[-1.7e308], [-5e-324], [0.0], [5e-324], [1.7e308]]).repeat(10, axis=0)
    y = np.arange(5).repeat(10)
    with np.errstate(all="raise", under="ignore"):
        assert TreeStudent(min_rows=1).fit(X, y).score(X, y) == 1.0


# --- what an explanation says is so ------------------------------------------------------------


@given(SEEDS)
def test_the_arrays_lead_every_row_to_its_leaf(seed: int) -> None:
    student, frame, _ = grown(seed)
    e = student.explain()
    rng = np.random.default_rng(seed)
    new = rows_of_every_kind(100, rng)
    new.loc[rng.random(100) < 0.2, "purpose"] = "boat"  # never seen
    new.loc[rng.random(100) < 0.2, "income"] = None
    for rows in (frame, new):
        values = Table.of(rows, columns=student.columns_).values
        ends = [walked(e, row)[-1] for row in values]
        np.testing.assert_array_equal(ends, student.apply(rows))


@given(SEEDS)
def test_class_mixes_and_agreement_are_those_of_the_rows_that_pass(seed: int) -> None:
    student, frame, targets = grown(seed)
    for e, rows in ((student.explain(), frame), (student.explain(frame, targets), frame)):
        passed = np.zeros((len(frame), len(e)), dtype=bool)
        for row, values in enumerate(Table.of(rows, columns=student.columns_).values):
            passed[row, walked(e, values)] = True
        says, logits = student.predict_proba(frame), student.logits(frame)
        agrees = logits.argmax(1) == targets.predicted
        for node in range(len(e)):
            at = passed[:, node]
            assert e.support[node] == at.sum()
            np.testing.assert_allclose(e.teacher[node], targets.at(1.0)[at].mean(0))
            np.testing.assert_allclose(e.student[node], says[at].mean(0))
            np.testing.assert_allclose(e.agreement[node], agrees[at].mean())


def admitted(e: TreeExplanation, node: int, column: int, value: float) -> bool:
    """Tell whether the way to a node lets a value of one column through."""
    path = e.path(node)
    return all(
        asked(e, above, value) == below
        for above, below in zip(path, path[1:], strict=False)
        if e.feature[above] == column
    )


def listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def true_texts(e: TreeExplanation, node: int, j: int) -> set[str]:
    """Return what may truly be said of a column, found by trying every value it can have."""
    column: Column = e.columns[j]
    asks = [above for above in e.path(node)[:-1] if e.feature[above] == j]
    missing = admitted(e, node, j, np.nan)
    seen = bool(e.missing_seen[asks].any())
    behind = " (or missing)" if missing and seen else ""
    if column.kind != "numeric":
        codes = range(len(column.categories))
        inside = [str(column.categories[c]) for c in codes if admitted(e, node, j, c)]
        outside = [str(column.categories[c]) for c in codes if not admitted(e, node, j, c)]
        if not inside:
            return {f"{column.name} is missing" if missing else f"{column.name} is another value"}
        known = " and is known" if seen and not missing else ""
        if not outside:
            return {f"{column.name} is known" if known else f"{column.name} is any value"}
        return {
            f"{column.name} is {listed(inside)}{behind}",
            f"{column.name} is not {listed(outside)}{known}",
        }
    cuts = sorted({float(t) for t in e.threshold[asks] if np.isfinite(t)})
    edges = [-np.inf, *cuts, np.inf]
    inside = [high for high in edges[1:] if admitted(e, node, j, min(high, 1e300))]
    if not inside:
        return {f"{column.name} is missing"}
    low, high = edges[edges.index(inside[0]) - 1], inside[-1]
    assert inside == edges[edges.index(low) + 1 : edges.index(high) + 1]  # one interval
    if low == -np.inf and high == np.inf:
        return {f"{column.name} is known"}
    left = "" if low == -np.inf else column.text(low)
    right = "" if high == np.inf else column.text(high)
    text = f"{left} < {column.name} <= {right}" if left and right else ""
    text = text or (f"{column.name} > {left}" if left else f"{column.name} <= {right}")
    return {text + behind}


@given(SEEDS)
def test_a_rule_says_of_each_column_what_the_way_lets_through(seed: int) -> None:
    e = grown(seed, size=16)[0].explain()
    assert e.rule(0) == "all rows"
    for node in range(1, len(e)):
        columns = list(dict.fromkeys(int(e.feature[above]) for above in e.path(node)[:-1]))
        expected = {""}
        for j in columns:
            expected = {f"{a} and {b}" for a in expected for b in true_texts(e, node, j)}
        assert " and " + e.rule(node) in expected


@given(SEEDS)
def test_a_condition_says_what_parts_the_children(seed: int) -> None:
    e = grown(seed, size=16)[0].explain()
    assert e.condition(0) == ""
    for node in range(1, len(e)):
        above = int(e.parent[node])
        column = e.columns[e.feature[above]]
        said = e.condition(node)
        assert said.startswith(f"{column.name} ")
        if column.kind == "numeric":
            cut = e.threshold[above]
            sign = "<=" if e.left[above] == node else ">"
            plain = f"{column.name} {sign} {column.text(cut)}"
            missing = "missing" if e.missing_left[above] == (e.left[above] == node) else "known"
            assert said in {plain, f"{plain} (or missing)", f"{column.name} is {missing}"}
            continue
        codes = range(len(column.categories))
        j = int(e.feature[above])
        here = [str(column.categories[c]) for c in codes if admitted(e, node, j, c)]
        there = [str(column.categories[c]) for c in codes if admitted(e, above, j, c)]
        there = [name for name in there if name not in here]
        if here and there:
            positive, negative = f"is {listed(here)}", f"is not {listed(there)}"
            phrase = said.removeprefix(f"{column.name} ").removesuffix(" (or missing)")
            assert phrase.removesuffix(" and is known") in {positive, negative}


# --- the owner's words -------------------------------------------------------------------------


def explained(frame: pd.DataFrame, answer: Any, size: int = 2) -> TreeExplanation:
    student = TreeStudent(size=size, min_rows=1).fit(frame, np.asarray(answer).astype(int))
    return student.explain()


def texts(e: TreeExplanation) -> list[str]:
    return sorted(e.condition(node) for node in range(1, len(e)))


def test_categories_are_named() -> None:
    purpose = np.tile(["car", "education", "house", "travel", "wedding"], 10)
    e = explained(pd.DataFrame({"purpose": purpose}), np.isin(purpose, ["car", "education"]))
    assert texts(e) == ["purpose is car or education", "purpose is not car or education"]


def test_a_boolean_is_always_said_positively() -> None:
    flags = np.tile([True, False], 10)
    assert texts(explained(pd.DataFrame({"owns a car": flags}), flags)) == [
        "owns a car is False",
        "owns a car is True",
    ]


def test_numbers_are_round_and_in_the_owner_s_unit() -> None:
    income = np.repeat([48_211.7, 51_873.2, 52_411.9, 60_000.5], 10)
    e = explained(pd.DataFrame({"income": income}), income > 52_000)
    assert texts(e) == ["income <= 52000", "income > 52000"]


def test_missing_values_are_mentioned_where_they_were_met() -> None:
    age = pd.Series(np.repeat([20.0, 40.0, np.nan], 10))
    assert texts(explained(age.to_frame("age"), age <= 30)) == [
        "age <= 30",
        "age > 30 (or missing)",
    ]
    assert texts(explained(age.to_frame("age"), age.isna())) == ["age is known", "age is missing"]
    flag = pd.Series(np.repeat(np.array([True, False, None], dtype=object), 10))
    assert texts(explained(flag.to_frame("flag"), flag.isna())) == [
        "flag is known",
        "flag is missing",
    ]
    job = pd.Series(np.repeat(np.array(["clerk", "nurse", None], dtype=object), 10))
    e = explained(job.to_frame("job"), job.isna() | (job == "nurse"))
    assert texts(e) == ["job is clerk", "job is nurse (or missing)"]


def test_a_gap_below_an_interval_is_said_as_a_gap() -> None:
    # Above 70 or missing come together first; then the missing part from all that are known.
    income = np.repeat([10.0, 20.0, 80.0, 90.0, np.nan], 20)
    answer = np.select([np.isnan(income), income > 70], [1, 2], 0)
    frame = pd.DataFrame({"income": income})
    targets = SoftTargets(np.eye(3)[answer] * [1.0, 6.0, 9.0], np.arange(3))
    e = TreeStudent(size=3, alpha=0.0, min_rows=1).fit_soft(frame, targets).explain()
    rules = {e.rule(int(node)) for node in np.flatnonzero(e.left < 0)}
    assert rules == {"income <= 50", "income > 50", "income is missing"}


def test_a_rule_names_each_column_once() -> None:
    age = np.arange(20, 80).repeat(3)
    e = explained(pd.DataFrame({"age": age}), (age > 30) & (age <= 60), size=3)
    rules = [e.rule(int(node)) for node in np.flatnonzero(e.left < 0)]
    assert sorted(rules) == ["30 < age <= 60", "age <= 30", "age > 60"]


def test_conditions_after_a_division_speak_of_what_is_left() -> None:
    kind = np.tile(list("abcdef"), 20)
    answer = np.select([np.isin(kind, ["a", "b"]), np.isin(kind, ["c"])], [0, 1], 2)
    e = explained(pd.DataFrame({"kind": kind}), answer, size=3)
    assert "kind is not c" not in e.rule(len(e) - 1)
    assert {e.rule(int(node)) for node in np.flatnonzero(e.left < 0)} == {
        "kind is a or b",
        "kind is c",
        "kind is d, e or f",
    }


# --- explanations as data ----------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=10)
def test_an_explanation_is_valid_json_and_a_frame(seed: int) -> None:
    student, frame, targets = grown(seed)
    few = student.explain(frame.head(3), targets.take(slice(3)))  # most nodes see no row
    for e in (student.explain(), few):
        again = json.loads(json.dumps(e.to_dict(), allow_nan=False))
        assert again["rules"] == [e.rule(node) for node in range(len(e))]
        assert again["support"] == e.support.tolist()
        table = e.frame()
        assert table["rule"].tolist() == again["rules"]
        assert table["leaf"].sum() == e.n_leaves
        assert set(table["answer"]) <= set(e.classes)
    assert few.support[0] == 3
    np.testing.assert_array_equal(np.isnan(few.agreement), few.support == 0)


def test_a_division_of_known_from_missing_is_valid_json() -> None:
    age = pd.Series([1.0, 2.0, np.nan] * 10)
    e = explained(age.to_frame("age"), age.isna())
    assert e.threshold[0] == np.inf
    assert json.loads(json.dumps(e.to_dict(), allow_nan=False))["threshold"] == [None] * 3


@pytest.mark.parametrize("node", [-1, 3, 99])
def test_a_node_that_is_not_there_is_refused(node: int) -> None:
    e = explained(pd.DataFrame({"a": [0, 1] * 5}), [0, 1] * 5)
    for ask in (e.rule, e.path, e.condition):
        with pytest.raises(IndexError, match=f"a node from 0 to 2. Got {node}"):
            ask(node)


# --- large tables ------------------------------------------------------------------------------


def test_columns_with_more_values_than_bins_are_still_parted_well() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=60_000)})
    student = TreeStudent(size=2, random_state=0).fit(X, X["x"] > 0.5)
    assert student.score(X, X["x"] > 0.5) > 0.99
    again = TreeStudent(size=2, random_state=0).fit(X, X["x"] > 0.5)
    np.testing.assert_array_equal(student.logits(X), again.logits(X))


def test_of_very_many_categories_the_common_ones_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    rare = [f"rare {k}" for k in range(400)]
    kinds = np.concatenate([np.repeat([f"common {k}" for k in range(10)], 50), rare])
    answer = np.isin(kinds, ["common 3", "common 7"])
    order = rng.permutation(len(kinds))
    frame = pd.DataFrame({"kind": kinds[order]})
    student = TreeStudent(size=2).fit(frame, answer[order])
    assert student.score(frame, answer[order]) == 1.0
    e = student.explain()
    assert "kind is common 3 or common 7" in texts(e)
