"""The tree explained: what is said of it is so, and is said in the owner's words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from jupyter_distill.data import Column, Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets

from .trees import PLANTED, planted, rows_of_every_kind, texts


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


# --- what an explanation says is so ------------------------------------------------------------


@given(PLANTED)
def test_the_arrays_lead_every_row_to_its_leaf(seed: int) -> None:
    student, frame, _ = planted(seed)
    e = student.explain()
    rng = np.random.default_rng(seed)
    new = rows_of_every_kind(100, rng)
    new.loc[rng.random(100) < 0.2, "purpose"] = "boat"  # never seen
    new.loc[rng.random(100) < 0.2, "income"] = None
    for rows in (frame, new):
        values = Table.of(rows, columns=student.columns_).values
        ends = [walked(e, row)[-1] for row in values]
        np.testing.assert_array_equal(ends, student.apply(rows))


@given(PLANTED)
def test_class_mixes_and_agreement_are_those_of_the_rows_that_pass(seed: int) -> None:
    student, frame, targets = planted(seed)
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
        positive = f"{column.name} is {listed(inside)}{behind}"
        negative = f"{column.name} is not {listed(outside)}{known}"
        if seen or len(column.categories) <= 2:
            return {positive, negative}
        return {negative if missing else positive}  # a value never seen is none of those named
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


@given(PLANTED)
def test_a_rule_says_of_each_column_what_the_way_lets_through(seed: int) -> None:
    e = planted(seed)[0].explain()
    assert e.rule(0) == "all rows"
    for node in range(1, len(e)):
        columns = list(dict.fromkeys(int(e.feature[above]) for above in e.path(node)[:-1]))
        expected = {""}
        for j in columns:
            expected = {f"{a} and {b}" for a in expected for b in true_texts(e, node, j)}
        assert " and " + e.rule(node) in expected


@given(PLANTED)
def test_a_condition_says_what_parts_the_children(seed: int) -> None:
    e = planted(seed)[0].explain()
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


def test_a_long_list_of_categories_is_cut_where_it_is_drawn() -> None:
    kind = np.array([f"k{i:02}" for i in range(40)] * 5)
    e = explained(pd.DataFrame({"kind": kind}), kind < "k20")
    (node,) = (node for node in (1, 2) if "kind is k" in e.rule(node))
    said = "kind is k00, k01, k02, k03, k04, k05 … and 14 more"
    assert e.rule(node) == e.condition(node) == said
    whole = e.rule(node, in_full=True)
    assert whole.startswith("kind is k00, ") and whole.endswith("k18 or k19")
    assert e.frame()["rule"][node] == e.to_dict()["rules"][node] == whole


def test_conditions_after_a_division_speak_of_what_is_left() -> None:
    kind = np.tile(list("abcdef"), 20)
    answer = np.select([np.isin(kind, ["a", "b"]), np.isin(kind, ["c"])], [0, 1], 2)
    e = explained(pd.DataFrame({"kind": kind}), answer, size=3)
    assert "kind is not c" not in e.rule(len(e) - 1)
    assert {e.rule(int(node)) for node in np.flatnonzero(e.left < 0)} == {
        "kind is a or b",
        "kind is c",
        "kind is not a, b or c",
    }


# --- explanations as data ----------------------------------------------------------------------


@given(PLANTED)
def test_an_explanation_is_valid_json_and_a_frame(seed: int) -> None:
    student, frame, targets = planted(seed)
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
